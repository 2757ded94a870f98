"""The moves of the search: each changes a few duties and says whether what it tried stands; the search judges cost."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from dispatch.solver.improve.submodel import Submodel
from dispatch.solver.routes.gaps import able_duties
from dispatch.solver.routes.insert import missing, price_limit, urgency
from dispatch.solver.routes.part import must_stay_planned, on_duties
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.state import Route, State

EXTRA_MAX = 12
"""Visits that are out offered to one neighbourhood."""

RUINS = 4
"""Ruins per neighbourhood: together they take about as long as one polish."""


class Move(NamedTuple):
    """A way to change some duties: its name, whether it applies to a state at all, and the change itself.

    ``change`` returns False when what it did does not stand; the caller then restores the state.
    """

    name: str
    applies: Callable[[State], bool]
    change: Callable[[State, Sequence[int], random.Random], bool]


def offered(state: State, duties: Sequence[int]) -> list[int]:
    """The dearest visits that are out and might go onto ``duties``."""
    wanted = set(duties)
    fits = [visit for visit in missing(state) if state.windows[visit] and not wanted.isdisjoint(_able(state, visit))]
    return sorted(fits, key=lambda visit: urgency(state, visit))[:EXTRA_MAX]


def _able(state: State, visit: int) -> list[int]:
    able: list[int] = able_duties(state, visit).tolist()
    return able


def ruin(state: State, duties: Sequence[int], draw: random.Random) -> bool:
    """Take some visits near each other off ``duties`` and place them anew, with those that are out, one by one."""
    loose = [visit for visit in on_duties(state, duties) if state.compiled.visits[visit].pin is None]
    if not loose:
        return False
    extra = offered(state, duties)
    center = draw.choice(loose)
    ways = state.compiled.travel.to(state.compiled.spot[center])[0]
    loose.sort(key=lambda visit: (int(ways[state.compiled.spot[visit]]) * (0.5 + draw.random()), visit))
    taken = [visit for visit in loose[: draw.randint(2, max(2, min(12, len(loose))))] if state.remove(visit)]
    order = [*taken, *extra]
    if draw.random() < 0.5:
        order.sort(key=lambda visit: urgency(state, visit))
    else:
        draw.shuffle(order)
    for visit in order:
        place = best_place(state, visit, limit=price_limit(state, visit))
        if place is not None:
            settle(state, place)
    return all(visit in state.where for visit in taken if must_stay_planned(state, visit))


def polish(state: State, duties: Sequence[int], draw: random.Random) -> bool:
    """Re-solve ``duties`` with the routing library and take over what it proposes, if it stands exactly."""
    alone = [visit for visit in offered(state, duties) if state.compiled.visits[visit].people == 1]
    extra = [visit for visit in alone if state.compiled.visits[visit].pin is None]
    proposed = Submodel(state, duties, extra).solve()
    if proposed is None:
        return False
    return _take_over(state, dict(zip(duties, proposed, strict=True)))


def _take_over(state: State, proposed: dict[int, tuple[int, ...]]) -> bool:
    """Let ``proposed`` stand for its duties; False if time or a crew forbids it."""
    compiled = state.compiled
    before = {visit: state.where[visit] for visit in on_duties(state, list(proposed))}
    after: dict[int, list[int]] = {
        visit: [duty for duty in where if duty not in proposed] for visit, where in before.items()
    }
    for duty, visits in proposed.items():
        for visit in visits:
            after.setdefault(visit, []).append(duty)
            told = compiled.visits[visit].told
            if visit not in before and told is not None:
                state.hold(visit, told.start)
    if any(len(set(duties)) not in (0, compiled.visits[visit].people) for visit, duties in after.items()):
        return False
    routes: list[Route] = []
    for duty, visits in proposed.items():
        # Two duties of one day are capped one by one in the model.
        route = state.build(duty, visits) if state.under_caps(duty, visits, proposed) else None
        if route is None:
            return False
        routes.append(route)
    for visit, where in after.items():
        if where:
            state.where[visit] = tuple(sorted(where))
        else:
            del state.where[visit]
            state.release(visit)
    for route in routes:
        state.put(route)
    return True


MOVES: tuple[Move, ...] = (
    Move("polish", lambda state: len(state.compiled.duties) > 0, polish),
    *(Move("ruin", lambda state: len(state.where) > 0, ruin) for _ in range(RUINS)),
)
"""The moves, in the order in which they are tried on one neighbourhood."""
