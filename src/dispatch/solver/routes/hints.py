"""What would make a visit fit: the nearest other time, the nearest certificate, the fullest crew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from dispatch.solver.problem import Visit, Worker
from dispatch.solver.routes.certificates import asked_of
from dispatch.solver.routes.compiled import start_windows
from dispatch.solver.routes.gaps import find_gaps
from dispatch.solver.routes.state import Ints, State

_REACH_S = 7 * 24 * 3600
"""How far outside its windows a visit is tried, in seconds."""
_TRIES = 6
_OFFERS_MAX, _STARTS_MAX = 100, 20
"""How many gaps of a crew, and moments in them, are built with all breaks and absences."""


def clock(state: State, tick: int) -> str:
    """``tick`` as the time of day where the problem begins on that day, else with the date."""
    problem = state.compiled.problem
    try:
        moment = problem.origin + dt.timedelta(seconds=tick * problem.tick_seconds)
    except OverflowError:
        return f"tick {tick}"
    return f"{moment:%H:%M}" if moment.date() == problem.origin.date() else f"{moment:%Y-%m-%d %H:%M}"


def minutes(state: State, ticks: int) -> str:
    """``ticks`` as whole minutes, rounded up."""
    return f"{-(-ticks * state.compiled.problem.tick_seconds // 60)} min"


def time_hint(state: State, visit: int, only: Sequence[int] = ()) -> str:
    """The start nearest to the windows at which somebody able would be free; empty if there is none within a week.

    ``only`` these workers are looked at, all if none is named.
    Crews are looked at person by person, so the hint then names the first of them.
    """
    compiled = state.compiled
    facts, ticks = compiled.visits[visit], compiled.ticks_over(visit)
    windows = start_windows(facts, compiled.problem.now, compiled.least_ticks(visit))
    if not windows:
        return ""
    able = compiled.eligible(facts)
    able &= state.has_room(ticks) & state.has_pieces(facts)
    if only:
        able &= np.isin(compiled.duty_worker, only)
    reach = _REACH_S // compiled.problem.tick_seconds
    first, last = windows[0][0], windows[-1][1]
    found = []
    for opens, closes in ((last + 1, last + reach), (max(compiled.problem.now, first - reach), first - 1)):
        if opens <= closes:
            found += _nearest(state, visit, np.flatnonzero(able), opens=opens, closes=closes, late=opens > last)
    if not found:
        return ""
    off, start, worker = min(found)
    if start > last:
        return f"{worker} would be free from {clock(state, start)}, {minutes(state, off)} after the last start agreed"
    return f"{worker} would be free at {clock(state, start)}, {minutes(state, off)} before the window"


def _nearest(
    state: State, visit: int, duties: Ints, *, opens: int, closes: int, late: bool
) -> list[tuple[int, int, str]]:
    """The start nearest to the windows of those between ``opens`` and ``closes`` that stands, of the first few gaps.

    How far off it is, when, and who; nothing if none stands.
    """
    compiled = state.compiled
    usual = state.windows[visit]
    state.windows[visit] = ((opens, closes),)
    gaps = find_gaps(state, visit, duties)
    state.windows[visit] = usual
    order = np.argsort(gaps.first if late else -gaps.last, kind="stable").tolist()
    for index in order[:_TRIES]:
        duty, position, at = int(gaps.duty[index]), int(gaps.position[index]), int(gaps.last[index])
        route = state.build_with(duty, position, visit, ((opens, closes) if late else (at, at),))
        if route is not None:
            start = route.stops[route.visits.index(visit)].start
            off = start - opens + 1 if late else closes - start + 1
            return [(off, start, compiled.workers[compiled.duties[duty].worker].id)]
    return []


def skill_hint(state: State, visit: int, only: Sequence[int] = ()) -> str:
    """The certificate nearest to what is asked: expired, not yet valid, or of a lower level.

    ``only`` these workers are looked at, all if none is named; where they hold none, those who do are named.
    """
    compiled = state.compiled
    workers = [compiled.workers[index] for index in only] or compiled.workers
    return nearest_certificate(compiled.visits[visit], workers) or _holders(state, visit)


def nearest_certificate(facts: Visit, workers: Sequence[Worker]) -> str:
    """Of the certificates ``workers`` hold for the skills of a visit the nearest to what is asked; empty if none is.

    One that is high enough and out of date by the fewest days comes first, then the one of the highest level.
    """
    dated: list[tuple[int, str]] = []
    lower: list[tuple[int, str]] = []
    for asked, worker in product(asked_of(facts), workers):
        for held in worker.skills:
            if held.skill != asked.skill:
                continue
            if held.level < asked.level:
                said = f"{worker.id} holds {held.skill} at level {held.level}, {asked.level} is asked"
                lower.append((asked.level - held.level, said))
            for duty in worker.duties if held.level >= asked.level else ():
                over = 0 if held.last is None else duty.day + len(duty.midnights) - held.last
                ahead = 0 if held.first is None else held.first - duty.day
                if over > 0 and held.last is not None:
                    dated.append((over, f"the certificate of {worker.id} ends on {date(held.last)}"))
                elif ahead > 0 and held.first is not None:
                    dated.append((ahead, f"the certificate of {worker.id} begins on {date(held.first)}"))
    return min(dated or lower, key=lambda one: one[0], default=(0, ""))[1]


def _holders(state: State, visit: int) -> str:
    """Who holds what ``visit`` asks, by the duties they have."""
    compiled = state.compiled
    facts = compiled.visits[visit]
    able = np.unique(compiled.duty_worker[compiled.certified(facts)]).tolist()
    if not able:
        return f"nobody else here holds {' and '.join(one.skill for one in asked_of(facts))}"
    names = ", ".join(compiled.workers[worker].id for worker in able[:4])
    return f"{names} {'holds' if len(able) == 1 else 'hold'} it"


def date(day: int) -> str:
    """The local ``day`` as people write it."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=day)).isoformat()


def crew_hint(state: State, visit: int, duties: Ints, pinned: tuple[int, ...] = ()) -> tuple[str, str]:
    """How many of the people needed are free at the best single moment, beside breaks and absences, and who.

    ``pinned`` must be among them.
    """
    compiled = state.compiled
    facts = compiled.visits[visit]
    offers = _offers(state, visit, duties, pinned)
    best: list[int] = []
    at = 0
    there = {
        start: {offer.worker for offer in offers if offer.start <= start <= offer.last}
        for start in sorted({offer.start for offer in offers})
    }
    starts = [start for start, people in there.items() if set(pinned) <= people]
    for start in sorted(starts, key=lambda start: (-len(there[start]), start))[:_STARTS_MAX]:
        if len(there[start]) <= len(best):
            break
        free = sorted({offer.worker for offer in offers if _holds(state, visit, offer, start)})
        if len(free) > len(best) and set(pinned) <= set(free):
            best, at = free, start
    named = ", ".join(compiled.workers[worker].id for worker in pinned)
    if pinned and not best:
        return f"{named} are never free for it at the same moment.", ""
    beside = f" with {named}" if pinned else ""
    most = f"{len(best)} is" if len(best) == 1 else f"{len(best)} are"
    message = f"Never are {facts.people} people free for it{beside} at the same moment; at most {most}."
    if len(best) >= facts.people:
        message = f"{len(best)} people have time for it, but not {facts.people} of them together beside their breaks."
    names = ", ".join(compiled.workers[worker].id for worker in best[:4])
    return message, f"{names} could start at {clock(state, at)}" if best else ""


class _Offer(NamedTuple):
    """A gap in which one of a crew can really do a visit: from ``start`` on, and not after ``last``."""

    worker: int
    duty: int
    position: int
    start: int
    last: int


def _offers(state: State, visit: int, duties: Ints, pinned: tuple[int, ...]) -> list[_Offer]:
    """What the first gaps found offer, those of the ``pinned`` before all others."""
    found = []
    gaps = find_gaps(state, visit, duties)
    worker_of = state.compiled.duty_worker[gaps.duty]
    for index in np.argsort(~np.isin(worker_of, pinned), kind="stable")[:_OFFERS_MAX].tolist():
        duty, position, last = int(gaps.duty[index]), int(gaps.position[index]), int(gaps.last[index])
        route = state.build_with(duty, position, visit)
        if route is not None:
            start = route.stops[route.visits.index(visit)].start
            found.append(_Offer(int(worker_of[index]), duty, position, start, last))
    return found


def _holds(state: State, visit: int, offer: _Offer, start: int) -> bool:
    if not offer.start <= start <= offer.last:
        return False
    return state.build_with(offer.duty, offer.position, visit, ((start, start),)) is not None
