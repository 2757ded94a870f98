"""The arithmetic of a roster: how many places there are to fill, how many people can give, what would close the gap.

What somebody can give is what their best row has when every place they may have is worth the same, so every rule about
that person counts, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from msgspec.structs import replace

from dispatch.solver.roster_plan import RosterShortage
from dispatch.solver.roster_problem import RosterPerson, RosterProblem
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.rows import ROOM_MAX, Rower
from dispatch.solver.rosters.state import Roster

_WORTH = 1e6
LONG_SHIFT = 720


def shortage(facts: RosterFacts, roster: Roster) -> RosterShortage | None:
    """Why places are open below their minimum, by number; None if none is."""
    missing = int(np.maximum(0, facts.minimum - roster.cover).sum())
    if not missing:
        return None
    problem = facts.problem
    needed = int(facts.minimum.sum())
    gives = [_most(facts, person) for person in problem.people]
    can = sum(gives)
    gap = max(missing, needed - can)
    message = f"{needed} places to fill in {problem.days} days at the minimum; {len(gives)} people can give {can}."
    message += f" {missing} stay open."
    if can >= needed:
        message += " The number of people would do; skills, rest and days off do not fit the days."
    would = [*_more_people(gap, max(gives, default=0)), *_more_days(problem, needed, can), *_long(problem, can)]
    return RosterShortage(needed=needed, can_give=can, open=missing, message=message, would_close=tuple(would))


def _most(facts: RosterFacts, person: RosterPerson) -> int:
    """How many duties ``person`` can have at most."""
    worth = np.where(facts.minimum > 0, -_WORTH, 0.0)
    best = Rower(facts, person).best(worth, np.empty(ROOM_MAX, dtype=np.float32))
    if best is None:
        return 0
    worked = np.flatnonzero(best.row >= 0)
    return int((facts.minimum[worked, best.row[worked]] > 0).sum())


def _more_people(gap: int, each: int) -> Sequence[str]:
    if not each:
        return ()
    count = ceil(gap / each)
    return [f"{count} more {'person' if count == 1 else 'people'} able to work as these ({each} duties each)"]


def _more_days(problem: RosterProblem, needed: int, can: int) -> Sequence[str]:
    """An agreement to a day more than now, as many people as it takes."""
    found = []
    for name, say in (
        ("rest_days", "an agreement to work on a day of rest"),
        ("days_in_row", "an agreement to one more day in a row"),
        ("nights_in_row", "an agreement to one more night in a row"),
        ("week_minutes", "an agreement to one more shift a week"),
        ("minutes", "an agreement to two more shifts in these days"),
    ):
        people = [_looser(problem, person, name) for person in problem.people]
        if tuple(people) == problem.people:
            continue
        facts = RosterFacts(replace(problem, people=tuple(people)))
        gains = sorted((_most(facts, one) for one in people), reverse=True)
        if sum(gains) > can:
            enough = "" if sum(gains) >= needed else f", which gives {sum(gains)} of {needed}"
            found.append(f"{say}, for everybody{enough}")
    return found


def _looser(problem: RosterProblem, person: RosterPerson, name: str) -> RosterPerson:
    """``person`` with one limit wider by a step."""
    if name == "rest_days":
        return replace(person, rest_days=None)
    limit = getattr(person, name)
    if limit is None or limit.most is None or limit.price is not None:
        return person
    longest = max(shift.minutes for shift in problem.shifts)
    step = {"week_minutes": longest, "minutes": 2 * longest}.get(name, 1)
    return replace(person, **{name: replace(limit, most=limit.most + step)})


def _long(problem: RosterProblem, can: int) -> Sequence[str]:
    """Two shifts of twelve hours where there are three of eight around the clock."""
    needs: dict[tuple[int, str], list[int]] = {}
    minutes = {shift.id: shift.minutes for shift in problem.shifts}
    for one in problem.cover:
        if one.minimum:
            needs.setdefault((one.day, one.post), []).append(one.minimum * minutes[one.shift])
    round_the_clock = [sum(some) for some in needs.values()]
    long = sum(ceil(some / LONG_SHIFT) for some in round_the_clock)
    now = sum(one.minimum for one in problem.cover)
    if not round_the_clock or long >= now or max(minutes.values()) >= LONG_SHIFT:
        return ()
    fits = all(
        person.week_minutes is None or person.week_minutes.most is None or person.week_minutes.most >= 6 * LONG_SHIFT
        for person in problem.people
    )
    if long > can and not fits:
        return ()
    hours = "" if fits else ", if the hours of a week allow it"
    return [f"shifts of {LONG_SHIFT // 60} hours: {long} places instead of {now}{hours}"]
