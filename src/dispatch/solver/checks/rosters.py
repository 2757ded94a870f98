"""Rules of a roster about single days: what there is to be covered, skills, absences, trainings, holidays, pins."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from dispatch.solver.plan import Finding
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterDuty, RosterPerson, RosterProblem
from dispatch.solver.rules import Rule


class Worked(Struct, frozen=True):
    """What somebody works on a day: a shift, or with ``shift`` unset a training."""

    shift: str | None
    start: int
    minutes: int
    night: bool = False


class RosterView:
    """A `RosterProblem` and a `RosterPlan` by id, person and day."""

    def __init__(self, problem: RosterProblem, plan: RosterPlan) -> None:
        self.problem, self.plan = problem, plan
        self.shifts = {one.id: one for one in problem.shifts}
        self.posts = {one.id: one for one in problem.posts}
        self.people = {one.id: one for one in problem.people}
        self.cover = {(one.day, one.shift, one.post): one for one in problem.cover}
        self.given: dict[tuple[str, int], list[RosterDuty]] = {}
        for duty in plan.duties:
            self.given.setdefault((duty.person, duty.day), []).append(duty)
        self.rows = {one.id: [self._worked(one, day) for day in range(problem.days)] for one in problem.people}
        self._excused = {(one.person, one.rule) for one in plan.conflicts}

    def shift(self, id_: str) -> Worked:
        """The work that a shift is."""
        one = self.shifts[id_]
        return Worked(one.id, one.start, one.minutes, one.night)

    def _worked(self, person: RosterPerson, day: int) -> Worked | None:
        for training in person.trainings:
            if training.day == day:
                return Worked(None, training.start, training.minutes)
        known = [one for one in self.given.get((person.id, day), ()) if one.shift in self.shifts]
        return self.shift(known[0].shift) if known else None

    def before(self, person: RosterPerson) -> list[Worked | None]:
        """What is known of the days before the first, the latest last."""
        return [None if one is None else self.shift(one) for one in person.before.shifts]

    def weekday(self, day: int) -> int:
        """0 for a Monday, 6 for a Sunday."""
        return (self.problem.first_day + day - 4) % 7

    def excused(self, person: RosterPerson, rule: Rule) -> bool:
        """Whether the plan says that what is agreed with ``person`` contradicts itself, and ``rule`` gave way."""
        return (person.id, rule) in self._excused

    def held(self, rule: Rule) -> Iterator[RosterPerson]:
        """Everybody who is held to ``rule``."""
        return (one for one in self.problem.people if not self.excused(one, rule))


def place(view: RosterView) -> Iterator[Finding]:
    """Every duty is of somebody known, on a place that is to be covered, and the only one of that day."""
    for duty in view.plan.duties:
        if duty.person not in view.people:
            yield Finding(rule=Rule.PLACE, message=f"{duty.person} on day {duty.day} is unknown.", worker=duty.person)
        if (duty.day, duty.shift, duty.post) not in view.cover:
            message = f"{duty.person} has {duty.shift} at {duty.post} on day {duty.day}, which is not to be covered."
            yield Finding(rule=Rule.PLACE, message=message, worker=duty.person)
    for (person, day), some in view.given.items():
        if len(some) > 1:
            message = f"{person} has {len(some)} duties on day {day}."
            yield Finding(rule=Rule.PLACE, message=message, worker=person, value=len(some), limit=1)


def able(view: RosterView, person: RosterPerson, post: str, shift: str, day: int) -> bool:
    """Whether ``person`` holds what ``post`` asks for on every day on which ``shift`` of ``day`` goes on."""
    asked, worked = view.posts[post], view.shift(shift)
    if asked.skill is None:
        return True
    for held in person.skills:
        last_day = day + (worked.start + worked.minutes - 1) // 1440
        dates = range(view.problem.first_day + day, view.problem.first_day + last_day + 1)
        valid = all((held.first or one) <= one and (held.last is None or one <= held.last) for one in dates)
        if held.skill == asked.skill and held.level >= asked.level and valid:
            return True
    return False


def roster_skill(view: RosterView) -> Iterator[Finding]:
    """Who is at a post holds its skill at its level, with a certificate valid as long as the duty goes on."""
    for duty in view.plan.duties:
        known = duty.person in view.people and duty.shift in view.shifts and duty.post in view.posts
        if known and not able(view, view.people[duty.person], duty.post, duty.shift, duty.day):
            asked = view.posts[duty.post]
            needs = f"{asked.skill} at level {asked.level}"
            message = f"{duty.person} at {duty.post} on day {duty.day} does not hold {needs}."
            yield Finding(rule=Rule.SKILL, message=message, worker=duty.person)


def roster_absent(view: RosterView) -> Iterator[Finding]:
    """Nobody has a duty on a day on which they are absent, nor a shift that an absence takes too much of."""
    for person in view.problem.people:
        for day in person.absent:
            if view.given.get((person.id, day)):
                message = f"{person.id} has a duty on day {day} but is absent."
                yield Finding(rule=Rule.ABSENT, message=message, worker=person.id, value=day)
        for one in person.absent_from:
            if any(duty.shift == one.shift for duty in view.given.get((person.id, one.day), ())):
                message = f"{person.id} has {one.shift} on day {one.day} but is absent during it."
                yield Finding(rule=Rule.ABSENT, message=message, worker=person.id, value=one.day)


def training(view: RosterView) -> Iterator[Finding]:
    """Nobody has a duty on a day of a training."""
    for person in view.problem.people:
        for one in person.trainings:
            if view.given.get((person.id, one.day)):
                message = f"{person.id} has a duty on day {one.day} beside a training."
                yield Finding(rule=Rule.TRAINING, message=message, worker=person.id, value=one.day)


def holiday(view: RosterView) -> Iterator[Finding]:
    """Who has holidays off by agreement has them off."""
    for person in view.problem.people:
        for day in view.problem.holidays if person.holidays == "off" else ():
            if view.given.get((person.id, day)):
                message = f"{person.id} has a duty on the holiday of day {day}, but has holidays off."
                yield Finding(rule=Rule.HOLIDAY, message=message, worker=person.id, value=day)


def roster_pin(view: RosterView) -> Iterator[Finding]:
    """What is pinned is so."""
    for pin in view.problem.pins:
        has = [(one.shift, one.post) for one in view.given.get((pin.person, pin.day), ())]
        if pin.shift is None:
            kept = not has
        else:
            kept = any(shift == pin.shift and pin.post in (None, post) for shift, post in has)
        if not kept:
            what = "a day off" if pin.shift is None else f"{pin.shift} at {pin.post or 'any post'}"
            message = f"{pin.person} on day {pin.day} is pinned to {what}."
            yield Finding(rule=Rule.PIN, message=message, worker=pin.person, value=pin.day)
