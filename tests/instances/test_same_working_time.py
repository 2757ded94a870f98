"""The check of a plan and the re-costing of the technicians, written apart, agree on time, tools and parts."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.instances.pillac import DEPOT, Place, Trsp
from benchmarks.problems.pillac import scale_for, to_problem
from benchmarks.recost.dump import Dump
from benchmarks.recost.pillac import recost
from benchmarks.timing.pillac import pillac as timed
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.facts import way_ticks
from dispatch.solver.plan import Effort, Reason, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.problem import RouteProblem
from dispatch.solver.rules import Rule


def place(draw: random.Random, number: int, **more: Any) -> Place:
    opens = draw.randrange(60)
    fields: dict[str, Any] = {
        "id": number,
        "x": float(draw.randrange(15)),
        "y": 0.0,
        "earliest": float(opens),
        "latest": float(opens + draw.randrange(20, 80)),
        "service": float(draw.randrange(8)),
        "skills": frozenset[int](),
        "tools": frozenset(draw.sample((0, 1), draw.choice((0, 0, 1)))),
        "parts": (draw.randrange(2), draw.randrange(2)),
    }
    return Place(**{**fields, **more})


def day(seed: int) -> tuple[Trsp, Dump]:
    """Two technicians, six requests, and some order of them, in which there may be a turn by the depot."""
    draw = random.Random(seed)
    crew = tuple(place(draw, 1 + one, earliest=0.0, latest=150.0, service=0.0, parts=(2, 2)) for one in range(2))
    depot = place(draw, DEPOT, earliest=0.0, latest=150.0, service=0.0, tools=frozenset[int](), parts=(0, 0))
    requests = tuple(place(draw, 3 + one) for one in range(6))
    instance = Trsp(name="made", depot=depot, technicians=crew, requests=requests, unserved=True)
    taken = draw.sample([one.id for one in requests], draw.randrange(1, 6))
    cut = draw.randrange(len(taken) + 1)
    orders = {1: taken[:cut], 2: taken[cut:]}
    for route in orders.values():
        if route and draw.random() < 0.7:
            route.insert(draw.randrange(len(route)), DEPOT)
    return instance, timed(instance, seed, orders)


def as_plan(instance: Trsp, problem: RouteProblem, dump: Dump) -> RoutePlan:
    """The dump as a plan: everybody arrives just in time."""
    scale = scale_for(instance)
    spot = {one.id: one.spot for one in (*problem.visits, *problem.stores)}
    ticks = {one.id: one.ticks for one in (*problem.visits, *problem.stores)}
    routes = []
    for route in dump.routes:
        here, stops = int(route.worker), []
        for stop in route.stops:
            name, start = str(stop.visit), scale.up(stop.start)
            way = way_ticks(problem, "car", here, spot[name])
            stops.append(Stop(visit=name, arrive=start, start=start, end=start + ticks[name], travel=way))
            here = spot[name]
        routes.append(Route(worker=str(route.worker), duty=str(route.worker), stops=tuple(stops)))
    why = (Reason(rule=Rule.UNPLANNED, message="left out"),)
    out = tuple(Unplanned(id=str(one), reasons=why) for one in dump.unplanned)
    plan = RoutePlan(routes=tuple(routes), unplanned=out, effort=Effort(solver="hand", seed=0, budget=0, used=0))
    return replace(plan, cost=cost(problem, plan))


SAME = {"day": Rule.SHIFT, "travel": Rule.OVERLAP, "window": Rule.WINDOW, "tool": Rule.TOOLS, "part": Rule.PARTS}


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_they_agree(seed: int) -> None:
    instance, dump = day(seed)
    problem, verdict = to_problem(instance), recost(instance, dump)
    # Whoever needs neither tools nor parts has no store in the problem, and no turn by the depot in the plan.
    if not problem.stores:
        return
    plan = as_plan(instance, problem, dump)
    assert plan.cost[Rule.DURATION] == verdict.cost * scale_for(instance).ticks
    # The window of a request is for its start in the instance; `known` and the rest are not in these.
    assert {finding.rule for finding in check(problem, plan)} == {SAME[fault.rule] for fault in verdict.faults}
