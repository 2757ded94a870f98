"""What is pinned, frozen or under way stays as it is, whatever is planned, comes in, or goes wrong."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.plan import Reason, RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, Span, Visit
from dispatch.solver.rules import Rule
from dispatch.solver.solve import improve, insert
from dispatch.solver.standing import Standing

SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
INSTANT = frozenset(KINDS) - {"tie", "same", "needs"}
"""What answers at once knows, beside what everything knows."""
At = dict[str, set[tuple[str, int]]]


@st.composite
def pinned_problems(draw: st.DrawFn, of: Iterable[str]) -> RouteProblem:
    """Up to 24 visits of which a fifth is pinned: to workers, or to workers and a start; not all of it possible."""
    seed = draw(st.integers(0, 10**6))
    use = some_kinds(seed, frozenset(of)) | {"pin"}
    return drawn_routes(
        seed, workers=draw(st.integers(1, 6)), visits=draw(st.integers(1, 24)), days=draw(st.integers(1, 2)), use=use
    )


def where(plan: RoutePlan) -> At:
    """Who starts each visit of ``plan``, and when."""
    found: At = {}
    for route in plan.routes:
        for stop in route.stops:
            found.setdefault(stop.visit, set()).add((route.worker, stop.start))
    return found


def reasons(plan: RoutePlan) -> dict[str, tuple[Reason, ...]]:
    return {one.id: one.reasons for one in plan.unplanned}


def assert_as_pinned(problem: RouteProblem, at: At, out: Mapping[str, tuple[Reason, ...]]) -> None:
    """Every pin is followed, or said to be impossible."""
    for visit in problem.visits:
        if visit.pin is None:
            continue
        members = at.get(visit.id)
        if not members:
            assert any(reason.rule is Rule.PIN for reason in out[visit.id]), visit
            continue
        assert set(visit.pin.workers) <= {worker for worker, _ in members}, (visit, members)
        assert visit.pin.start is None or {start for _, start in members} == {visit.pin.start}, (visit, members)


def frozen(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> RouteProblem:
    """Half of what ``plan`` has and nobody pinned is frozen where it stands, as what is too near to move."""
    at = where(plan)

    def pinned(visit: Visit) -> Visit:
        if visit.id not in at or visit.pin is not None or draw.random() < 0.5:
            return visit
        start = min(start for _, start in at[visit.id])
        return replace(
            visit, pin=Pin(workers=tuple(sorted(name for name, _ in at[visit.id])), start=start, why="frozen")
        )

    return replace(problem, visits=tuple(map(pinned, problem.visits)))


@SLOW
@given(pinned_problems(KINDS), st.integers(1, 3))
def test_the_search_follows_every_pin_or_says_that_it_cannot_stand(problem: RouteProblem, budget: int) -> None:
    plan = improve(problem, RoutePlan(effort=insert(problem).effort), budget=budget, seed=1)
    assert check(problem, plan) == []
    assert_as_pinned(problem, where(plan), reasons(plan))


@SLOW
@given(pinned_problems(INSTANT), st.integers(0, 10**6))
def test_what_is_frozen_stands_while_more_comes_in(problem: RouteProblem, seed: int) -> None:
    draw = random.Random(seed)
    early = replace(problem, visits=problem.visits[: draw.randint(0, len(problem.visits))])
    plan = insert(early)
    still = frozen(early, plan, draw)
    grown = replace(problem, visits=(*still.visits, *problem.visits[len(early.visits) :]))
    after = insert(grown, plan)
    assert_as_pinned(grown, where(after), reasons(after))
    stood, stand = where(plan), where(after)
    pins = [visit.id for visit in still.visits if visit.pin is not None and visit.pin.why == "frozen"]
    assert all(stand[name] == stood[name] for name in pins if name in stood)


@SLOW
@given(pinned_problems(INSTANT), st.integers(0, 10**6))
def test_what_is_frozen_stands_through_improvement(problem: RouteProblem, seed: int) -> None:
    plan = insert(problem)
    still = frozen(problem, plan, random.Random(seed))
    after = improve(still, plan, budget=1, seed=seed)
    assert check(still, after) == []
    assert_as_pinned(still, where(after), reasons(after))
    stood, stand = where(plan), where(after)
    for visit in still.visits:
        # Whoever else of a crew a pin leaves open may change.
        if visit.id in stood and visit.pin is not None and visit.pin.start is not None:
            assert {(name, visit.pin.start) for name in visit.pin.workers} <= stand[visit.id]


@SLOW
@given(pinned_problems(INSTANT), st.integers(0, 10**6), st.sampled_from([0, 8]))
def test_pins_stand_whatever_happens_to_a_standing_plan(problem: RouteProblem, seed: int, polish: int) -> None:
    draw = random.Random(seed)
    kept = draw.randint(0, len(problem.visits))
    plan = insert(replace(problem, visits=problem.visits[:kept]))
    one = Standing(frozen(replace(problem, visits=problem.visits[:kept]), plan, draw), plan)
    for fresh in problem.visits[kept:]:
        stood = where(one.plan())
        one.insert(fresh, polish=polish)
        assert_unmoved(one, stood, but="")
    away = draw.choice(problem.workers)
    start = away.duties[0].span.start + draw.randrange(240)
    stood = where(one.plan())
    answer = one.absent(away.id, Span(start, start + draw.randrange(30, 400)), polish=polish)
    assert_unmoved(one, stood, but=away.id)
    for visit in one.problem.visits:
        if visit.pin is not None and visit.id in answer.left:
            assert any(reason.rule is Rule.PIN for reason in answer.left[visit.id]), answer.left[visit.id]


def assert_unmoved(one: Standing, stood: At, *, but: str) -> None:
    """Every pinned visit that stood still stands there, but those ``but`` is at; pins are followed or cannot stand."""
    plan = one.plan()
    stand = where(plan)
    assert_as_pinned(one.problem, stand, reasons(plan))
    for visit in one.problem.visits:
        members = stood.get(visit.id, set())
        if visit.pin is not None and members and but not in {name for name, _ in members}:
            assert stand[visit.id] == members, visit
