"""Visits that one and the same person must do and the search cannot plan: placed before it, which leaves them there.

It plans two visits of one person one after the other (`search.tasks`). What it cannot do, a crew of which one comes
again, a gap that lets either come first, what needs a store, gets the cheapest places as things stand (pins and rounds
first), and is to the search a visit of its own at this moment for these people, at a price nobody pays. So is what it
found no place for, for there nobody waits for what they do later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from dispatch.solver.checks import check, cost
from dispatch.solver.plan import Finding, RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Tie, Visit
from dispatch.solver.routes.compiled import Compiled, Windows
from dispatch.solver.routes.gaps import able_duties
from dispatch.solver.routes.insert import price_limit
from dispatch.solver.routes.place import Place, best_place, settle
from dispatch.solver.routes.route import build_route
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.together import by_day
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.prepare import MUST
from dispatch.solver.search.tasks import Tasks
from dispatch.solver.version import no_search
from dispatch.solver.within.moment import NEVER

FIRST_MAX = 60
"""Places of the first visit, the cheapest, from which places of the others are looked for."""


class Held(NamedTuple):
    """A problem in which what one person must do stands still, and the plan of it to begin from."""

    problem: RouteProblem
    plan: RoutePlan


def hold_pairs(problem: RouteProblem, plan: RoutePlan, pairs: Sequence[Sequence[int]]) -> Held | None:
    """``problem`` and ``plan`` with ``pairs`` placed (groups of `out_of_reach` or `left_out`); None if none can be.

    Where ``plan`` has them, and nothing is wrong, there they stay. What finds no place remains as it is, tied and out.
    """
    if not pairs:
        return None
    state = _stood(problem, plan, check(problem, plan))
    compiled = state.compiled
    for visit, facts in enumerate(compiled.visits):
        alone = not any(facts.id in (tie.first, tie.then) for tie in problem.ties)
        if (facts.pin is not None or facts.cover) and alone and visit not in state.where:
            place = best_place(state, visit)
            if place is not None:
                _fix(state, place)
    paid = _paid(state)
    for group in pairs:
        if not any(visit in state.where for visit in group):
            before = state.snapshot()
            _place_group(state, group)
            if _paid(state) < paid:
                paid = _paid(state)
            else:
                state.restore(before)
    placed = {visit for group in pairs for visit in group if all(one in state.where for one in group)}
    if not placed:
        return None
    state.take_off(sorted({visit for group in pairs for visit in group} & state.where.keys() - placed))
    names = {compiled.visits[visit].id for visit in placed}
    asked = replace(
        problem,
        visits=tuple(_still(state, visit) if visit in placed else one for visit, one in enumerate(problem.visits)),
        ties=tuple(tie for tie in problem.ties if tie.first not in names),
    )
    begun = write_plan(state, (), no_search())
    return Held(asked, replace(begun, cost=cost(asked, begun)))


def given_back(problem: RouteProblem, plan: RoutePlan) -> RoutePlan | None:
    """A ``plan`` of `Held.problem` as one of ``problem``; None if it is none, for something was left out after all."""
    plan = replace(plan, cost=cost(problem, plan))
    return None if check(problem, plan) else plan


def out_of_reach(problem: RouteProblem) -> list[list[int]]:
    """What is bound to each other and to the same person in a way the search cannot plan; the dearest first."""
    if not any(tie.workers == "same" for tie in problem.ties):
        return []
    tasks = Tasks(Compiled(problem))
    return _dearest_first(problem, (group for group in tasks.groups if not tasks.out_of_reach.isdisjoint(group)))


def left_out(problem: RouteProblem, plan: RoutePlan) -> list[list[int]]:
    """What is bound to each other and to the same person and not in ``plan``; the dearest first."""
    same = {end for tie in problem.ties if tie.workers == "same" for end in (tie.first, tie.then)}
    out = {unplanned.id for unplanned in plan.unplanned}
    if same.isdisjoint(out):
        return []
    visits = problem.visits
    groups = Tasks(Compiled(problem)).groups
    return _dearest_first(problem, (group for group in groups if any(visits[one].id in same & out for one in group)))


def may_go(problem: RouteProblem, pairs: Iterable[Sequence[int]]) -> bool:
    """Whether some of ``pairs`` are neither pinned nor rounds, so that other work may be worth more."""
    visits = problem.visits
    return any(all(visits[one].pin is None and not visits[one].cover for one in group) for group in pairs)


def _dearest_first(problem: RouteProblem, groups: Iterable[list[int]]) -> list[list[int]]:
    visits = problem.visits
    return sorted(groups, key=lambda group: -sum(visits[one].price + MUST * bool(visits[one].pin) for one in group))


def _stood(problem: RouteProblem, plan: RoutePlan, findings: Sequence[Finding]) -> State:
    """``plan`` as a state, every visit held at its start, without what ``findings`` name and what cannot be built."""
    compiled = Compiled(problem)
    state = State(compiled)
    workers = {finding.worker for finding in findings}
    visits = {finding.visit for finding in findings}
    stores = {store.id: len(compiled.visits) + place for place, store in enumerate(problem.stores)}
    index = {**stores, **compiled.visit_index}
    for route in plan.routes:
        duty = compiled.duty_index.get((route.worker, route.duty))
        if duty is None or route.worker in workers or not visits.isdisjoint(stop.visit for stop in route.stops):
            continue
        along = tuple(index[stop.visit] for stop in route.stops if stop.visit in index)
        for stop in route.stops:
            if stop.visit in compiled.visit_index:
                state.hold(index[stop.visit], stop.start)
        built = build_route(compiled, state.windows, duty, along)
        if built is not None:
            state.put(built)
            for visit in filter(compiled.is_visit, along):
                state.where[visit] = (*state.where.get(visit, ()), duty)
    state.take_off([one for one, duties in state.where.items() if len(duties) != compiled.visits[one].people])
    for visit in state.held.keys() - state.where.keys():
        state.release(visit)
    return state


def _fix(state: State, place: Place) -> None:
    """Put a visit where ``place`` says, not to move from there."""
    settle(state, place)
    if place.held is None:
        state.hold(place.visit, state.start_of(place.visit))
        for route in place.routes:
            state.put(route)


def _paid(state: State) -> tuple[int, float]:
    """How many pins and rounds are out, and what the plan costs by every rule, whether insertion knows it or not."""
    out = (facts for visit, facts in enumerate(state.compiled.visits) if visit not in state.where)
    return sum(facts.pin is not None or facts.cover for facts in out), write_plan(state, (), no_search()).total


def _place_group(state: State, group: Sequence[int]) -> None:
    """Put all of ``group`` where it is cheapest together, if that is less than staying out costs; else nothing."""
    visits = state.compiled.visits
    open_then = _open(state, group)
    order = sorted(group, key=lambda one: (-visits[one].people, open_then[one][0], one))
    limit = sum(price_limit(state, one) for one in group)
    best: list[Place] = []
    before = state.snapshot()
    for first in _first_places(state, order[0], open_then[order[0]]):
        if first.cost >= limit:
            break
        _fix(state, first)
        places, total = [first], first.cost
        for visit in order[1:]:
            place = _next_place(state, visit, group, limit - total)
            if place is None:
                break
            _fix(state, place)
            places.append(place)
            total += place.cost
        if len(places) == len(order) and total < limit:
            best, limit = places, total
        state.restore(before)
    for place in best:
        _fix(state, place)


def _first_places(state: State, visit: int, span: tuple[int, int]) -> list[Place]:
    """The cheapest place of a visit on each duty, the cheapest of all first; for a crew the cheapest alone."""
    able = able_duties(state, visit)
    single = state.compiled.visits[visit].people == 1 and len(able)
    offered = np.split(able, len(able)) if single else by_day(state, visit, able)
    with _cut(state, visit, span):
        found = [place for duties in offered if (place := best_place(state, visit, duties=duties)) is not None]
    return sorted(found, key=lambda place: place.cost)[:FIRST_MAX]


def _next_place(state: State, visit: int, group: Sequence[int], limit: float) -> Place | None:
    """The cheapest place of a visit with those of ``group`` standing that do."""
    with _cut(state, visit, _open(state, group)[visit]):
        offered = by_day(state, visit, _duties(state, visit))
        found = (best_place(state, visit, limit=limit, duties=duties) for duties in offered)
        return min((place for place in found if place is not None), key=lambda place: place.cost, default=None)


@contextmanager
def _cut(state: State, visit: int, span: tuple[int, int]) -> Iterator[None]:
    """For this while ``visit`` may start in ``span`` (both ends included) only."""
    usual: Windows = state.windows[visit]
    cut = tuple((max(first, span[0]), min(last, span[1])) for first, last in usual)
    state.windows[visit] = tuple((first, last) for first, last in cut if first <= last)
    yield
    state.windows[visit] = usual


def _open(state: State, group: Sequence[int]) -> dict[int, tuple[int, int]]:
    """For each of ``group`` the first and last start that its windows and ties leave; one that stands has its own."""
    index = state.compiled.visit_index
    windows = {one: state.windows[one] or ((NEVER, -NEVER),) for one in group}
    first = {one: spans[0][0] for one, spans in windows.items()}
    last = {one: spans[-1][1] for one, spans in windows.items()}
    ties = [tie for tie in state.compiled.problem.ties if index[tie.first] in first]
    for _ in group:
        for tie in ties:
            here, there = index[tie.first], index[tie.then]
            if tie.least is not None:
                first[there] = max(first[there], first[here] + tie.least)
                last[here] = min(last[here], last[there] - tie.least)
            if tie.most is not None:
                first[here] = max(first[here], first[there] - tie.most)
                last[there] = min(last[there], last[here] + tie.most)
    return {one: (first[one], last[one]) for one in group}


def _duties(state: State, visit: int) -> Ints:
    """The duties able to take ``visit`` by who is at what it is tied to, and on which day; none where a crew must have
    one of them.
    """
    compiled = state.compiled
    able = able_duties(state, visit)
    for other, tie in _tied(compiled, visit):
        if other not in state.where:
            continue
        if tie.same_day:
            days = {compiled.duties[duty].day for duty in state.where[other]}
            able = able[np.isin(compiled.duty_day[able], list(days) if len(days) == 1 else [])]
        if tie.workers == "any":
            continue
        there = np.isin(compiled.duty_worker[able], compiled.duty_worker[list(state.where[other])])
        if tie.workers == "different":
            able = able[~there]
        else:
            able = able[there] if compiled.visits[visit].people == 1 else able[:0]
    return able


def _tied(compiled: Compiled, visit: int) -> Iterator[tuple[int, Tie]]:
    """What ``visit`` is tied to, and how."""
    name = compiled.visits[visit].id
    for tie in compiled.problem.ties:
        if name in (tie.first, tie.then):
            yield compiled.visit_index[tie.then if tie.first == name else tie.first], tie


def _still(state: State, visit: int) -> Visit:
    """A placed visit as it stands: this moment, these people."""
    compiled, start = state.compiled, state.held[visit]
    facts = compiled.visits[visit]
    people = tuple(compiled.workers[compiled.duties[duty].worker].id for duty in state.where[visit])
    end = start + max(compiled.ticks_on(visit, duty) for duty in state.where[visit])
    return replace(facts, windows=(Span(start, end),), among=people, price=MUST)
