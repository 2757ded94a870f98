"""When what is agreed with somebody cannot all be kept whatever they work: which rule gives way, and by how little."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.roster_plan import RosterConflict
from dispatch.solver.roster_problem import RosterLimit, RosterPerson, RosterProblem
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.rows import ROOM_MAX, Rower
from dispatch.solver.rules import Rule

HIGH = 1e5
"""What a unit beyond a limit costs that gives way."""

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
    nothing = np.zeros(facts.asked.shape)
    people, conflicts = [], []
    for person in problem.people:
        chosen = person
        if Rower(facts, person).best(nothing, scratch) is None:
            for rule, other in _softer(person):
                if Rower(facts, other).best(nothing, scratch) is not None:
                    message = (
                        f"What is agreed with {person.id} cannot all be kept: {rule} gives way, as little as can be."
                    )
                    conflicts.append(RosterConflict(person=person.id, rule=rule, message=message))
                    chosen = other
                    break
            else:
                raise ProblemError(
                    f"No row of days keeps what is agreed with {person.id!r}, whichever one rule gives way.",
                    code="bad_problem",
                    hint="pins, trainings and what was worked before leave nothing; take one of them off.",
                )
        people.append(chosen)
    return (replace(problem, people=tuple(people)) if conflicts else problem), tuple(conflicts)


def _softer(person: RosterPerson) -> Iterator[tuple[Rule, RosterPerson]]:
    """The same person with one rule that gives way, the harmless ones first."""
    kinds = [shift for shift, most in person.shifts.items() if most]
    for more in range(1, 15) if kinds else ():
        yield (
            Rule.SHIFT_CAP,
            replace(person, shifts={shift: most + more if most else 0 for shift, most in person.shifts.items()}),
        )
    for rule, name in _LIMITS:
        limit: RosterLimit | None = getattr(person, name)
        if limit is not None and limit.price is None:
            yield rule, replace(person, **{name: replace(limit, price=HIGH)})
    if person.rest_days is not None:
        yield Rule.REST_DAYS, replace(person, rest_days=None)
    if person.rest_minutes:
        yield Rule.REST, replace(person, rest_minutes=0)
