"""Technicians with skills, tools, parts and a depot as a problem: working time is all that is paid.

A request with one skill asks for it; one with more is kept to those who have them all. The depot is a store. What stays
out costs more than any way to it, so that fewest unserved come first.
"""

from __future__ import annotations

import time

from benchmarks.instances.pillac import DEPOT, Place, Trsp
from benchmarks.problems.scale import Scale, scale_of
from benchmarks.problems.solving import MODE, ORIGIN, matrix, numbers_by_worker, plan, spots
from benchmarks.recost.dump import Dump
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.pillac import pillac as timed
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Duty, RouteProblem, RouteWeights, Skill, Span, Store, Visit, Worker

OUT = 2000
"""Price, in the instance's unit, of a request left out."""


def to_problem(instance: Trsp) -> RouteProblem:
    """Spots, workers, visits and the store carry the ids of the instance; spot i is row i of its table."""
    places = (instance.depot, *instance.technicians, *instance.requests)
    scale = scale_for(instance)
    stocked = any(one.tools or any(one.parts) for one in instance.requests)
    return RouteProblem(
        area=instance.name,
        origin=ORIGIN,
        tick_seconds=1,
        now=scale.up(min(one.earliest for one in instance.technicians)),
        spots=spots(len(places)),
        matrix=matrix([scale.up(instance.travel(here, there)) for there in places] for here in places),
        workers=tuple(_worker(one, scale) for one in instance.technicians),
        visits=tuple(_visit(instance, one, scale) for one in instance.requests),
        stores=(Store(id=str(DEPOT), spot=DEPOT),) if stocked else (),
        weights=RouteWeights(travel=0, duration=1, continuity=0, change_worker=0, change_tick=0),
    )


def scale_for(instance: Trsp) -> Scale:
    """Ticks to a unit of ``instance``."""
    places = (instance.depot, *instance.technicians, *instance.requests)
    times = (value for one in places for value in (one.earliest, one.latest, one.service))
    return scale_of([*times, *(instance.travel(here, there) for here in places for there in places)])


def _worker(one: Place, scale: Scale) -> Worker:
    day = Span(scale.up(one.earliest), scale.down(one.latest))
    return Worker(
        id=str(one.id),
        mode=MODE,
        skills=tuple(Skill(skill=f"skill-{skill}") for skill in sorted(one.skills)),
        tools=tuple(f"tool-{tool}" for tool in sorted(one.tools)),
        parts={f"part-{kind}": count for kind, count in enumerate(one.parts) if count},
        duties=(Duty(id=str(one.id), day=0, span=day, start_spot=one.id, end_spot=one.id),),
    )


def _visit(instance: Trsp, one: Place, scale: Scale) -> Visit:
    able = tuple(str(technician.id) for technician in instance.technicians if one.skills <= technician.skills)
    return Visit(
        id=str(one.id),
        spot=one.id,
        ticks=scale.up(one.service),
        windows=(Span(scale.up(one.earliest), scale.down(one.latest) + scale.up(one.service)),),
        skill=f"skill-{min(one.skills)}" if len(one.skills) == 1 else None,
        among=able if len(one.skills) > 1 else None,
        price=OUT * scale.ticks,
        tools=tuple(f"tool-{tool}" for tool in sorted(one.tools)),
        parts={f"part-{kind}": count for kind, count in enumerate(one.parts) if count},
    )


def dump(instance: Trsp, seed: int, found: RoutePlan) -> Dump:
    """The plan's orders, timed from the instance."""
    return timed(instance, seed, numbers_by_worker(found))


def solve(instance: Trsp, effort: Effort) -> Answer:
    """Our answer."""
    began = time.perf_counter()
    found = plan(to_problem(instance), effort, began=began)
    return Answer(dump=dump(instance, effort.seed, found), repeatable=found.effort.repeatable)
