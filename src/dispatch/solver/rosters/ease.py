"""When what is agreed with somebody cannot all be kept whatever they work: which rule gives way, and by how little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce

import numpy as np
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.roster_plan import RosterConflict
from dispatch.solver.roster_problem import RosterLimit, RosterPerson, RosterProblem
from dispatch.solver.rosters.facts import RosterFacts, Singles
from dispatch.solver.rosters.rows import ROOM_MAX, Rower
from dispatch.solver.rules import Rule

HIGH = 1e5
"""What a unit beyond a limit costs that gives way."""
MORE_MAX = 14
"""How many more of a kind of shift somebody has at most where that rule gives way."""

Softer = Callable[[RosterPerson], RosterPerson]

_LIMITS = (
    (Rule.MINUTES, "minutes"),
    (Rule.DUTIES, "duties"),
    (Rule.WEEKENDS, "weekends"),
    (Rule.MINUTES_A_WEEK, "week_minutes"),
    (Rule.OFF_IN_ROW, "off_in_row"),
    (Rule.DAYS_IN_ROW, "days_in_row"),
    (Rule.NIGHTS_IN_ROW, "nights_in_row"),
)


def eased(problem: RosterProblem) -> tuple[RosterProblem, tuple[RosterConflict, ...]]:
    """``problem`` so that everybody can have some row, and what gave way for it. `ProblemError` where nothing helps."""
    facts = RosterFacts(problem)
    scratch = np.empty(ROOM_MAX, dtype=np.float32)
    people, conflicts = [], []
    for person in problem.people:
        chosen = person
        if not _has_row(facts, person, scratch):
            rules, chosen = _softened(person, lambda other: _has_row(facts, other, scratch))
            conflicts += [_conflict(person, rule) for rule in rules]
        people.append(chosen)
    return (replace(problem, people=tuple(people)) if conflicts else problem), tuple(conflicts)


def _conflict(person: RosterPerson, rule: Rule) -> RosterConflict:
    message = f"What is agreed with {person.id} cannot all be kept: {rule} gives way, as little as can be."
    return RosterConflict(person=person.id, rule=rule, message=message)


def _has_row(facts: RosterFacts, person: RosterPerson, scratch: Singles) -> bool:
    return Rower(facts, person).best(np.zeros(facts.asked.shape), scratch) is not None


def _softened(person: RosterPerson, has_row: Callable[[RosterPerson], bool]) -> tuple[tuple[Rule, ...], RosterPerson]:
    """The rules that give way, and ``person`` with them: one, the harmless ones first, if that is enough.

    Else what is left of all after each, the worst first, was held again where that leaves a row. Raises `ProblemError`
    where nothing helps.
    """
    ways = list(_ways(person))
    for rule, softer in ways:
        if has_row(softer(person)):
            return (rule,), softer(person)
    widest = dict(ways)

    def without(rules: tuple[Rule, ...]) -> RosterPerson:
        return reduce(lambda one, rule: widest[rule](one), rules, person)

    given = tuple(widest)
    if not has_row(without(given)):
        raise ProblemError(
            f"No row of days keeps what is agreed with {person.id!r}, whichever rules give way.",
            code="bad_problem",
            hint="pins, trainings and what was worked before leave nothing; take one of them off.",
        )
    for rule in reversed(given):
        fewer = tuple(one for one in given if one != rule)
        given = fewer if has_row(without(fewer)) else given
    return given, without(given)


def _ways(person: RosterPerson) -> Iterator[tuple[Rule, Softer]]:
    """How each rule gives way; the one about kinds of shifts in steps, the widest last."""
    if any(person.shifts.values()):
        yield from ((Rule.SHIFT_CAP, _wider(more)) for more in range(1, MORE_MAX + 1))
    for rule, name in _LIMITS:
        limit: RosterLimit | None = getattr(person, name)
        if limit is not None and limit.price is None:
            yield rule, _priced(name, limit)
    if person.rest_days is not None:
        yield Rule.REST_DAYS, lambda one: replace(one, rest_days=None)
    if person.rest_minutes:
        yield Rule.REST, lambda one: replace(one, rest_minutes=0)


def _wider(more: int) -> Softer:
    return lambda one: replace(one, shifts={shift: most + more if most else 0 for shift, most in one.shifts.items()})


def _priced(name: str, limit: RosterLimit) -> Softer:
    return lambda one: replace(one, **{name: replace(limit, price=HIGH)})
