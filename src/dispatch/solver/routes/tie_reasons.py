"""Why a tied visit stays out though somebody could do it: what it is tied to, and how far from fitting that is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dispatch.solver.plan import Reason
from dispatch.solver.routes.bonds import FOREVER, Bond
from dispatch.solver.routes.gaps import Gaps, able_duties, find_gaps
from dispatch.solver.routes.hints import clock, date, minutes
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.together import best_together
from dispatch.solver.rules import Rule

_TRIES = 4
"""Starts tried for the cheapest places of all that is tied: it is said for many visits at a time."""


def tied_reason(state: State, visit: int, workers: int, of: Callable[[State, int], tuple[Reason, ...]]) -> Reason:
    """The reason of a tied visit that ``workers`` could do alone. ``of``: the reasons of a visit that fits nowhere."""
    compiled = state.compiled
    out = [one for one in compiled.bonds.group(visit) if one not in state.where]
    others = [one for one in compiled.bonds.group(visit) if one != visit]
    names = ", ".join(compiled.visits[one].id for one in others)
    for other in (one for one in out if one != visit):
        if best_place(state, other) is None:
            why = of(state, other)[0]
            message = f"It is bound to {compiled.visits[other].id}, which stays out: {why.message}"
            return Reason(rule=Rule.TIE, message=message, workers=workers, hint=why.hint)
    found = best_together(state, out, tries=_TRIES)
    if found is None:
        message = f"It is bound to {names}; no times and people were found that keep it."
        hint = tie_hint(state, visit, np.arange(len(compiled.workers)))
        return Reason(rule=Rule.TIE, message=message, workers=workers, hint=hint)
    place = next(one for one in found.places if one.visit == visit)
    people = ", ".join(compiled.workers[compiled.duties[route.duty].worker].id for route in place.routes)
    start = place.routes[0].stops[place.routes[0].visits.index(visit)].start
    hint = f"{people} could start at {clock(state, start)}"
    prices = sum(compiled.visits[one].price for one in out)
    if found.cost < prices:
        message = f"It was not asked for; with {names} it would cost {found.cost:g} min."
    else:
        message = f"The cheapest places with {names} cost {found.cost:g} min, not less than their prices of {prices:g}."
    return Reason(rule=Rule.UNPLANNED, message=message, workers=0, hint=hint)


def tie_hint(state: State, visit: int, workers: Ints) -> str:
    """By how much ``workers`` fail at least to keep what binds ``visit``, as far as it is about time; else empty."""
    worker_of = state.compiled.duty_worker
    duties = able_duties(state, visit)
    mine = find_gaps(state, visit, duties[np.isin(worker_of[duties], workers)])
    if not len(mine.duty):
        return ""
    worst: tuple[int, str] = (0, "")
    for bond in state.compiled.bonds.of(visit):
        worst = max(worst, _short_of(state, mine, bond))
    return worst[1]


def _short_of(state: State, mine: Gaps, bond: Bond) -> tuple[int, str]:
    """The ticks by which ``bond`` is missed at the least by a visit in the gaps ``mine``, and that as words."""
    compiled = state.compiled
    name = compiled.visits[bond.other].id
    if bond.other in state.where:
        people = np.array([compiled.duties[duty].worker for duty in state.where[bond.other]], dtype=np.int64)
        first = last = np.full(len(people), state.start_of(bond.other), dtype=np.int64)
        there = np.isin(compiled.duty_worker[mine.duty], people)
        days = compiled.duty_day[list(state.where[bond.other])]
        names, is_ = ", ".join(compiled.workers[int(one)].id for one in people), "is" if len(people) == 1 else "are"
        if bond.workers == "different" and there.all():
            return FOREVER, f"{names} {is_} at {name}, and others have to be at this one"
        if bond.workers == "same" and not there.any():
            return FOREVER, f"{names} {is_} at {name}, and one who is has to be at this one"
        if bond.same_day and not np.isin(compiled.duty_day[mine.duty], days).any():
            return FOREVER, f"{name} is on {date(int(days[0]))}, and this one has to be on the same day"
    else:
        theirs = find_gaps(state, bond.other, able_duties(state, bond.other))
        people, first, last = compiled.duty_worker[theirs.duty], theirs.first, theirs.last
        days = compiled.duty_day[theirs.duty]
    if not len(first):
        return 0, ""
    late = first - mine.last[:, None] - bond.most
    early = bond.least - (last - mine.first[:, None])
    missed = np.maximum(np.maximum(late, early), 0)
    same = compiled.duty_worker[mine.duty][:, None] == people
    if bond.workers != "any" and bond.other not in state.where:
        missed = np.where(same == (bond.workers == "same"), missed, np.iinfo(np.int64).max)
    if bond.same_day:
        together = compiled.duty_day[mine.duty][:, None] == days
        if not together.any():
            return FOREVER, f"there is no day on which this one and {name} could both be"
        missed = np.where(together, missed, np.iinfo(np.int64).max)
    least = int(missed.min())
    if least in (0, np.iinfo(np.int64).max):
        return 0, ""
    too = "late" if late.flat[int(missed.argmin())] > 0 else "early"
    return least, f"{name} would start {minutes(state, least)} too {too} at the nearest"
