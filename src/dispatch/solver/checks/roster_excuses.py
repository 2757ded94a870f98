"""Whether a rule had to give way for somebody, as a plan says: disproven by a row of theirs that keeps them all.

Only what is certain counts. Where no such row is found here, by days off and on in turns, the plan is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from msgspec.structs import replace

from dispatch.solver.checks.rosters import RosterView
from dispatch.solver.plan import Finding
from dispatch.solver.roster_problem import RosterDuty, RosterPerson, RosterProblem

TRIED_MAX = 2_000
"""Rows looked at for one person, at most."""

Rules = Sequence[Callable[[RosterView], Iterator[Finding]]]


def needless(view: RosterView, rules: Rules) -> Iterator[Finding]:
    """A finding for each rule that a plan says gave way for somebody who could have kept all ``rules``."""
    for conflict in view.plan.conflicts:
        person = view.people.get(conflict.person)
        if person is None or _could_keep_all(view, person, rules):
            message = f"{conflict.rule} need not give way for {conflict.person}: there is a row that keeps every rule."
            yield Finding(rule=conflict.rule, message=message, worker=conflict.person)


def _could_keep_all(view: RosterView, person: RosterPerson, rules: Rules) -> bool:
    problem = view.problem
    alone = replace(problem, people=(person,), pins=tuple(pin for pin in problem.pins if pin.person == person.id))
    for duties in _rows(alone, person):
        trial = RosterView(alone, replace(view.plan, duties=duties, conflicts=()))
        if not any(True for rule in rules for _ in rule(trial)):
            return True
    return False


def _rows(problem: RosterProblem, person: RosterPerson) -> Iterator[tuple[RosterDuty, ...]]:
    """Rows of one shift and post: so many days on, so many off, from one day on; pins and days away kept."""
    pins = {pin.day: pin for pin in problem.pins}
    away = {*person.absent, *(one.day for one in person.trainings)}
    away |= {*problem.holidays} if person.holidays == "off" else set()
    places: dict[tuple[str, str], set[int]] = {}
    for cover in problem.cover:
        places.setdefault((cover.shift, cover.post), set()).add(cover.day)
    count = 0
    for on in (0, 1, 2, 3, 4, 5, 6, problem.days):
        for off in (1, 2, 3, problem.days):
            for first in range(on + off):
                for (shift, post), days in places.items():
                    count += 1
                    if count > TRIED_MAX:
                        return
                    row = []
                    for day in range(problem.days):
                        pin = pins.get(day)
                        wanted = (day + first) % (on + off) < on if pin is None else pin.shift is not None
                        what = (pin.shift or shift, pin.post or post) if pin is not None else (shift, post)
                        if wanted and day in days and day not in away:
                            row.append(RosterDuty(person=person.id, day=day, shift=what[0], post=what[1]))
                    yield tuple(row)
