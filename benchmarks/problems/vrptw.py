"""VRPTW as a problem: ticks are tenths, exact; the load is the weight; every customer must be served."""

from __future__ import annotations

import time

from benchmarks.instances.vrptw import Vrptw, tenths
from benchmarks.problems.solving import MODE, ORIGIN, matrix, numbers_by_worker, plan, spots
from benchmarks.recost.dump import Dump
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.plain import vrptw as timed
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, RouteProblem, RouteWeights, Span, Visit, Worker

OUT = 1_000_000
"""Price in tenths of a customer left out: beyond any detour of these maps."""


def to_problem(instance: Vrptw) -> RouteProblem:
    """Spot 0 is the depot, spot i the i-th customer; vehicles are workers ``1`` and on, customers visits by number."""
    places = (instance.depot, *instance.customers)
    day = Span(round(instance.depot.ready * 10), round(instance.depot.due * 10))
    return RouteProblem(
        area=instance.name,
        origin=ORIGIN,
        tick_seconds=1,
        now=day.start,
        spots=spots(len(places)),
        matrix=matrix([tenths(here, there) for there in places] for here in places),
        workers=tuple(
            Worker(
                id=str(number),
                mode=MODE,
                duties=(
                    Duty(
                        id=str(number),
                        day=0,
                        span=day,
                        start_spot=0,
                        end_spot=0,
                        max_weight=round(instance.capacity),
                    ),
                ),
            )
            for number in range(1, instance.vehicles + 1)
        ),
        visits=tuple(
            Visit(
                id=str(one.id),
                spot=spot,
                ticks=round(one.service * 10),
                windows=(Span(round(one.ready * 10), round((one.due + one.service) * 10)),),
                price=OUT,
                weight=round(one.demand),
            )
            for spot, one in enumerate(instance.customers, 1)
        ),
        weights=RouteWeights(continuity=0, change_worker=0, change_tick=0),
    )


def dump(instance: Vrptw, seed: int, found: RoutePlan) -> Dump:
    """The plan's orders, timed from the instance."""
    return timed(instance, seed, numbers_by_worker(found))


def solve(instance: Vrptw, effort: Effort) -> Answer:
    """Our answer."""
    began = time.perf_counter()
    found = plan(to_problem(instance), effort, began=began)
    return Answer(dump=dump(instance, effort.seed, found), repeatable=found.effort.repeatable)
