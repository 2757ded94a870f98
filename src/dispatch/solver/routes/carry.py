"""Carry a given plan over into a state: what can stand stays, in its order; what cannot is left to be placed anew."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dispatch.solver.plan import RoutePlan
from dispatch.solver.routes.compiled import Compiled, start_windows
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.together import let_go, place_tied

_PIN_RANK = {"under_way": 0, "frozen": 1}
_EVER = -(2**61)

Order = dict[int, list[int]]
"""Visits per duty in the order in which they are to be done."""


def carry(state: State, plan: RoutePlan | None, *, only_cover: bool = False, believed: bool = False) -> None:
    """Put into the empty ``state`` what of ``plan`` can stand, and every pin, whatever the plan says of it.

    Told, pinned and tied visits and crews are held at the plan's start, others may slide; what ties bind stands
    together or not at all. With ``only_cover`` the plan's visits that are neither rounds nor pinned are left out; with
    ``believed`` pins that it names as unplanned stay so.
    """
    out = {one.id for one in plan.unplanned} if plan is not None and believed else set()
    pins = [visit for visit, facts in enumerate(state.compiled.visits) if facts.pin is not None and facts.id not in out]
    order = _kept(state, plan)
    if only_cover:
        for visit in {one for visits in order.values() for one in visits if not _cover_or_pin(state, one)}:
            state.release(visit)
        order = {duty: [one for one in visits if _cover_or_pin(state, one)] for duty, visits in order.items()}
    _add_pins(state, order, pins)
    lay(state, order)
    if not only_cover:
        let_go(state)
    force_pins(state, pins)
    if not only_cover:
        let_go(state)


def carry_rest(state: State, plan: RoutePlan) -> None:
    """Lay what else of ``plan`` can stand around what ``state`` holds already; rounds not in ``state`` stay out."""
    order = _kept(state, plan)
    stops = {stop for visits in order.values() for stop in visits}
    rest = {visit for visit in filter(state.compiled.is_visit, stops) if visit not in state.where}
    for visit in [one for one in rest if _cover_or_pin(state, one)]:
        rest.discard(visit)
        state.release(visit)
    lay_singly(state, order, sorted(rest))


def lay(state: State, order: Order) -> None:
    """Put the visits of ``order`` on their duties: whole routes where they stand, else visit by visit by rank."""
    order = {duty: [one for one in visits if one not in state.where] for duty, visits in order.items()}
    order = {duty: visits for duty, visits in order.items() if any(map(state.compiled.is_visit, visits))}
    built: dict[int, Route] = {}
    for duty, visits in order.items():
        whole = None if state.routes[duty].visits else _capped(state, duty, tuple(visits), built)
        if whole is not None:
            built[duty] = whole
    loose = _loosen(state, order, built)
    for duty, route in built.items():
        state.put(route)
        for visit in filter(state.compiled.is_visit, route.visits):
            state.where[visit] = (*state.where.get(visit, ()), duty)
    lay_singly(state, order, loose)


def _loosen(state: State, order: Order, built: dict[int, Route]) -> list[int]:
    """The visits of duties whose route does not stand as a whole; crews among them leave the other routes too."""
    loose: dict[int, None] = {}
    waiting = [duty for duty in order if duty not in built]
    while waiting:
        duty = waiting.pop()
        fresh = [visit for visit in filter(state.compiled.is_visit, order[duty]) if visit not in loose]
        loose.update(dict.fromkeys(fresh))
        crews = {visit for visit in fresh if state.compiled.visits[visit].people > 1}
        for other, route in list(built.items()):
            if not crews.isdisjoint(route.visits):
                rest = _capped(state, other, tuple(visit for visit in route.visits if visit not in crews), built)
                if rest is None:
                    del built[other]
                    waiting.append(other)
                else:
                    built[other] = rest
    return list(loose)


def lay_singly(state: State, order: Order, visits: Iterable[int]) -> list[int]:
    """Put ``visits`` back one by one, the least movable first, each where ``order`` has it; returns those that fail."""
    homes: dict[int, list[int]] = {}
    stocked = _lay_stores(state, order)
    for duty, ordered in order.items():
        for visit in ordered:
            homes.setdefault(visit, []).append(duty)
    failed = []
    for visit in sorted(visits, key=lambda one: _rank(state, one)):
        routes = [_with_in_order(state, duty, visit, order[duty]) for duty in homes[visit]]
        standing = [route for route in routes if route is not None]
        if len(standing) < len(routes):
            failed.append(visit)
            state.release(visit)
            continue
        for route in standing:
            state.put(route)
        state.where[visit] = tuple(route.duty for route in standing)
    for duty in sorted(stocked):
        state.put(state.without_idle_stores(state.routes[duty]))
    return failed


def _lay_stores(state: State, order: Order) -> list[int]:
    """Let empty duties pass by the stores of ``order``: which do so now."""
    is_visit = state.compiled.is_visit
    laid = []
    for duty, ordered in order.items() if state.pass_stores else ():
        if not state.routes[duty].visits:
            route = state.build(duty, tuple(stop for stop in ordered if not is_visit(stop)))
            if route is not None:
                state.put(route)
                laid.append(duty)
    return laid


def _with_in_order(state: State, duty: int, visit: int, ordered: list[int]) -> Route | None:
    """The route of ``duty`` with ``visit`` back after what came before it; what is new there may be on either side."""
    place = ordered.index(visit)
    before, after = set(ordered[:place]), set(ordered[place:])
    now = state.routes[duty].visits
    first = max((index + 1 for index, one in enumerate(now) if one in before), default=0)
    last = min((index for index, one in enumerate(now) if one in after), default=len(now))
    for position in range(first, last + 1):
        route = _capped(state, duty, (*now[:position], visit, *now[position:]))
        if route is not None:
            return route
    return None


def _capped(state: State, duty: int, visits: tuple[int, ...], built: dict[int, Route] | None = None) -> Route | None:
    """The route of ``duty`` over ``visits`` if caps and time allow it; ``built`` are routes about to stand."""
    instead = {other: route.visits for other, route in (built or {}).items()}
    return state.build(duty, visits) if state.under_caps(duty, visits, instead) else None


def _rank(state: State, visit: int) -> tuple[int, int, int]:
    """How little a visit may be moved: pins first, then rounds, told visits, crews, the rest."""
    facts = state.compiled.visits[visit]
    windows = state.windows[visit]
    start = windows[0][0] if windows else 0
    if facts.pin is not None:
        return _PIN_RANK.get(facts.pin.why, 2), start, visit
    if facts.cover:
        return 3, start, visit
    if facts.told is not None:
        return 4, start, visit
    return 5 if facts.people > 1 else 6, start, visit


def _cover_or_pin(state: State, visit: int) -> bool:
    if not state.compiled.is_visit(visit):
        return False
    facts = state.compiled.visits[visit]
    return facts.cover or facts.pin is not None


def _kept(state: State, plan: RoutePlan | None) -> Order:
    """The plan's visits per duty that may be where they are; those that must not slide are held from here on."""
    compiled = state.compiled
    order: Order = {}
    stores = {store.id: place - len(compiled.problem.stores) for place, store in enumerate(compiled.problem.stores)}
    found: dict[int, list[tuple[int, int]]] = {}
    for given in plan.routes if plan is not None else ():
        duty = compiled.duty_index.get((given.worker, given.duty))
        if duty is None or duty in order:
            continue
        order[duty] = []
        for stop in given.stops:
            visit = compiled.visit_index.get(stop.visit)
            if visit is None and state.pass_stores and stop.visit in stores:
                order[duty].append(stores[stop.visit])
            elif visit is not None and visit not in order[duty]:
                order[duty].append(visit)
                found.setdefault(visit, []).append((duty, stop.start))
    standing = {visit for visit, members in found.items() if _stands(state, visit, members)}
    kept = standing | set(stores.values())
    return {duty: [visit for visit in visits if visit in kept] for duty, visits in order.items()}


def _stands(state: State, visit: int, members: list[tuple[int, int]]) -> bool:
    """Whether the people and the start of a planned visit are still right, held where it must not slide."""
    compiled = state.compiled
    if visit in state.where:
        return True
    facts = compiled.visits[visit]
    start = members[0][1]
    workers = {compiled.duties[duty].worker for duty, _ in members}
    if len(members) != facts.people or len(workers) != facts.people:
        return False
    if not all(compiled.may_do(visit, duty) and at == start for duty, at in members):
        return False
    windows = compiled.windows[visit]
    if facts.pin is not None:
        names = {compiled.workers[worker].id for worker in workers}
        if not set(facts.pin.workers) <= names or facts.pin.start not in (None, start):
            return False
        windows = start_windows(facts, _EVER, compiled.least_ticks(visit))
    if not compiled.stands_still(visit):
        return bool(windows)
    own = [compiled.windows_on(visit, duty, windows) for duty, _ in members]
    if not all(any(first <= start <= last for first, last in spans) for spans in own):
        return False
    state.hold(visit, start)
    return True


def _add_pins(state: State, order: Order, pins: Iterable[int]) -> None:
    """Merge into ``order`` those ``pins`` with people and start that the plan has elsewhere or not at all.

    Not what is tied: whether it can stand at all depends on more than its own people.
    """
    compiled = state.compiled
    present = {visit for visits in order.values() for visit in visits}
    for visit in pins:
        facts = compiled.visits[visit]
        pin = facts.pin
        assert pin is not None
        if pin.start is None or visit in present or len(set(pin.workers)) != facts.people or compiled.bonds.of(visit):
            continue
        duties = [_duty_at(compiled, worker, visit, pin.start) for worker in pin.workers]
        homes = [duty for duty in duties if duty is not None and compiled.may_do(visit, duty)]
        if len(homes) < facts.people or not compiled.windows[visit]:
            continue
        state.hold(visit, pin.start)
        for duty in homes:
            _merge(state, order.setdefault(duty, []), visit, pin.start)


def _merge(state: State, ordered: list[int], visit: int, start: int) -> None:
    """Put ``visit`` before the first visit that cannot come before it."""
    for index, other in enumerate(ordered):
        windows = state.windows[other]
        if windows and windows[0][0] >= start:
            ordered.insert(index, visit)
            return
    ordered.append(visit)


def _duty_at(compiled: Compiled, worker: str, visit: int, start: int) -> int | None:
    index = compiled.worker_index.get(worker)
    for duty in compiled.duties_of[index] if index is not None else ():
        end = start + compiled.ticks_on(visit, duty)
        if compiled.duties[duty].start <= start and end <= compiled.duties[duty].end:
            return duty
    return None


def force_pins(state: State, pins: Iterable[int]) -> list[int]:
    """Place those of ``pins`` still missing, with what they are tied to; what is not pinned makes way and is put back
    as far as it fits: what of it is out now.
    """
    lost: list[int] = []
    for visit in pins:
        if visit in state.where or _place_pin(state, visit):
            continue
        before = state.snapshot()
        order, cleared = _clear_for(state, visit)
        if _place_pin(state, visit):
            lost += lay_singly(state, order, [one for one in cleared if one not in state.where])
        else:
            state.restore(before)
    return [visit for visit in dict.fromkeys(lost) if visit not in state.where]


def _place_pin(state: State, visit: int) -> bool:
    """Put a pinned visit, and what it is tied to, where it is cheapest, at any price; False if it fits nowhere."""
    if state.compiled.bonds.of(visit):
        return place_tied(state, visit, lambda *_: float("inf"))
    place = best_place(state, visit)
    if place is not None:
        settle(state, place)
    return place is not None


def _clear_for(state: State, pinned: int) -> tuple[Order, list[int]]:
    """Take what is not pinned off the duties that a pin, and what of its ties is out, could need, and off those that
    have the shared tools for it; returns the order there was, and what was taken.
    """
    compiled = state.compiled
    mask = np.zeros(len(compiled.duties), dtype=bool)
    for one in (one for one in compiled.bonds.group(pinned) if one not in state.where):
        facts = compiled.visits[one]
        able = compiled.eligible(facts)
        if facts.pin is not None and len(facts.pin.workers) >= facts.people:
            able &= compiled.duties_mask(facts.pin.workers)
        mask |= able
        for tool in compiled.shared.of(facts):
            mask |= state.taking[tool]
    moving: dict[int, int | None] = {}
    for duty in np.flatnonzero(mask).tolist():
        for one in filter(compiled.is_visit, state.routes[duty].visits):
            if compiled.visits[one].pin is None:
                moving[one] = state.held.get(one)
    order = {
        duty: list(route.visits)
        for duty, route in enumerate(state.routes)
        if not moving.keys().isdisjoint(route.visits)
    }
    cleared = [one for one in moving if state.remove(one)]
    for one in cleared:
        held = moving[one]
        if held is not None:
            state.hold(one, held)
    return order, cleared
