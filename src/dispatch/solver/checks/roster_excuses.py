"""Whether a rule had to give way for somebody, as a plan says: disproven by a row of theirs that keeps them all.

Rows are looked for day by day, and a way is left as soon as the days so far break a rule. Only what is certain counts:
where no row is found in `TRIED_MAX` steps, the plan is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from dispatch.solver.checks.rosters import RosterView
from dispatch.solver.plan import Finding
from dispatch.solver.roster_problem import RosterDuty, RosterLimit, RosterPerson, RosterProblem

TRIED_MAX = 2_000
"""Rows, begun or whole, looked at for one person in each order of trying, at most."""

Rules = Sequence[Callable[[RosterView], Iterator[Finding]]]
Begun = tuple[RosterDuty, ...]


def needless(view: RosterView, rules: Rules) -> Iterator[Finding]:
    """A finding for each rule that a plan says gave way for somebody who could have kept all ``rules``."""
    could: dict[str, bool] = {}
    for conflict in view.plan.conflicts:
        person = view.people.get(conflict.person)
        if person is not None and person.id not in could:
            could[person.id] = _could_keep_all(view, person, rules)
        if person is None or could[person.id]:
            message = f"{conflict.rule} need not give way for {conflict.person}: there is a row that keeps every rule."
            yield Finding(rule=conflict.rule, message=message, worker=conflict.person)


def _could_keep_all(view: RosterView, person: RosterPerson, rules: Rules) -> bool:
    problem = view.problem
    alone = replace(problem, people=(person,), pins=tuple(pin for pin in problem.pins if pin.person == person.id))

    def kept(problem: RosterProblem, duties: Begun) -> bool:
        trial = RosterView(problem, replace(view.plan, duties=duties, conflicts=()))
        return not any(True for rule in rules for _ in rule(trial))

    for turns in ("even", "off", "work"):
        for row in islice(_begun(alone, person, kept, turns), TRIED_MAX):
            if row is not None and kept(alone, row):
                return True
    return False


def _begun(
    problem: RosterProblem, person: RosterPerson, kept: Callable[[RosterProblem, Begun], bool], turns: str
) -> Iterator[Begun | None]:
    """Depth first, every whole row of which no beginning breaks a rule; None for each row begun.

    ``turns``: days off are tried first, or work, or whichever keeps the minutes even over the days.
    """
    minutes = {shift.id: shift.minutes for shift in problem.shifts}
    cuts = [_first_days(problem, person, day + 1) for day in range(problem.days)]
    first: Begun = ()
    ways = [_choices(problem, person, 0, first, turns, minutes)]
    rows = [first]
    while ways:
        choice = next(ways[-1], None)
        if choice is None:
            ways.pop()
            rows.pop()
            continue
        yield None
        day, row = len(ways) - 1, rows[-1] if choice == () else (*rows[-1], *choice)
        used = {(one.day, one.shift, one.post) for one in row}
        cut = replace(cuts[day], cover=tuple(x for x in cuts[day].cover if (x.day, x.shift, x.post) in used))
        if not _can_reach(problem, person, day, row, minutes) or not kept(cut, row):
            continue
        if day + 1 == problem.days:
            yield row
            continue
        ways.append(_choices(problem, person, day + 1, row, turns, minutes))
        rows.append(row)


def _first_days(problem: RosterProblem, person: RosterPerson, days: int) -> RosterProblem:
    """The first ``days`` of ``problem``, in which nobody has too little yet."""

    def most(limit: RosterLimit | None) -> RosterLimit | None:
        return None if limit is None else replace(limit, least=None)

    begun = replace(
        person,
        minutes=most(person.minutes),
        duties=most(person.duties),
        weekends=most(person.weekends),
        absent=tuple(day for day in person.absent if day < days),
        absent_from=tuple(one for one in person.absent_from if one.day < days),
        trainings=tuple(one for one in person.trainings if one.day < days),
    )
    return replace(
        problem,
        days=days,
        people=(begun,),
        pins=tuple(pin for pin in problem.pins if pin.day < days),
        holidays=tuple(day for day in problem.holidays if day < days),
    )


def _can_reach(problem: RosterProblem, person: RosterPerson, day: int, row: Begun, minutes: dict[str, int]) -> bool:
    """Whether the days after ``day`` are enough for the least of minutes and duties."""
    left = problem.days - 1 - day
    trained = sum(one.minutes for one in person.trainings)
    for limit, so_far, each in (
        (person.minutes, trained + sum(minutes[one.shift] for one in row), max(minutes.values(), default=0)),
        (person.duties, len(row), 1),
    ):
        if limit is not None and limit.price is None and so_far + left * each < (limit.least or 0):
            return False
    return True


def _choices(
    problem: RosterProblem, person: RosterPerson, day: int, row: Begun, turns: str, minutes: dict[str, int]
) -> Iterator[Begun]:
    """What ``day`` may bring: nothing, or a duty on what is to be covered then; the shift least used first."""
    least = 0 if person.minutes is None else person.minutes.least or 0
    if person.duties is not None:
        least = max(least, (person.duties.least or 0) * min(minutes.values(), default=0))
    behind = sum(minutes[one.shift] for one in row) * problem.days < least * (day + 1)
    work_first = turns == "work" or (turns == "even" and behind)
    used = [one.shift for one in row]
    places = sorted(
        ((one.shift, one.post) for one in problem.cover if one.day == day),
        key=lambda one: (used.count(one[0]) / max(1, person.shifts.get(one[0], problem.days)), one),
    )
    if not work_first:
        yield ()
    for shift, post in places:
        yield (RosterDuty(person=person.id, day=day, shift=shift, post=post),)
    if work_first:
        yield ()
