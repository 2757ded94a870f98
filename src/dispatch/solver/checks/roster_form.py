"""Whether a `RosterProblem` is one at all: names that are there, days within it, limits the right way round."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.roster_problem import RosterLimit, RosterPerson, RosterProblem

_NEVER = 10**9
"""The minute of a day at which nothing begins."""


def roster_faults(problem: RosterProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be solved and checked."""
    for what, ids in (
        ("shift", [one.id for one in problem.shifts]),
        ("post", [one.id for one in problem.posts]),
        ("person", [one.id for one in problem.people]),
        ("cover of", [f"day {one.day}, {one.shift}, {one.post}" for one in problem.cover]),
        ("pin of", [f"{one.person}, day {one.day}" for one in problem.pins]),
        ("what was told to", [f"{one.person}, day {one.day}" for one in problem.told]),
    ):
        yield from (f"{what} {one!r} stands in it twice." for one in sorted({one for one in ids if ids.count(one) > 1}))
    yield from _unknown(problem)
    yield from _outside(problem)
    for person in problem.people:
        yield from _person_faults(problem, person)
    for shift in problem.shifts:
        yield from _limit_faults(f"days in a row of shift {shift.id!r}", shift.in_row)
    if problem.told_days > problem.days:
        yield f"{problem.told_days} days were told, but there are {problem.days}."


def _unknown(problem: RosterProblem) -> Iterator[str]:
    known = {
        "shift": {one.id for one in problem.shifts},
        "post": {one.id for one in problem.posts},
        "person": {one.id for one in problem.people},
    }
    named = [("shift", other, f"shift {one.id!r}") for one in problem.shifts for other in one.not_before]
    for cover in problem.cover:
        where = f"the cover of day {cover.day}"
        named += [("shift", cover.shift, where), ("post", cover.post, where)]
    for person in problem.people:
        named += [
            ("shift", shift, f"person {person.id!r}") for shift in (*person.shifts, *person.before.shifts) if shift
        ]
        named += [("shift", one.shift, f"an absence of {person.id!r}") for one in person.absent_from]
    for wish in problem.wishes:
        named += [("person", wish.person, f"a wish for day {wish.day}")]
        named += [("shift", wish.shift, f"a wish for day {wish.day}")] if wish.shift else []
    for pin in problem.pins:
        where = f"a pin of day {pin.day}"
        named += [("person", pin.person, where)]
        named += [("shift", pin.shift, where)] if pin.shift else []
        named += [("post", pin.post, where)] if pin.post else []
    for told in problem.told:
        named += [("person", told.person, f"what was told of day {told.day}")]
    for what, name, where in named:
        if name not in known[what]:
            yield f"{where} names {what} {name!r}, which is unknown."


def _outside(problem: RosterProblem) -> Iterator[str]:
    days = [(one.day, f"the cover of shift {one.shift!r}") for one in problem.cover]
    days += [(one.day, f"a pin of {one.person!r}") for one in problem.pins]
    days += [(one.day, f"a wish of {one.person!r}") for one in problem.wishes]
    days += [(one, "a holiday") for one in problem.holidays]
    for person in problem.people:
        days += [(one, f"an absence of {person.id!r}") for one in person.absent]
        days += [(one.day, f"an absence of {person.id!r}") for one in person.absent_from]
        days += [(one.day, f"a training of {person.id!r}") for one in person.trainings]
    for day, what in days:
        if day >= problem.days:
            yield f"{what} is on day {day}, but the days are 0 to {problem.days - 1}."


def _person_faults(problem: RosterProblem, person: RosterPerson) -> Iterator[str]:
    for what in ("minutes", "week_minutes", "duties", "weekends", "days_in_row", "nights_in_row", "off_in_row"):
        yield from _limit_faults(f"{what} of {person.id!r}", getattr(person, what))
    days = [one.day for one in person.trainings]
    if len(set(days)) < len(days):
        yield f"{person.id!r} has two trainings on one day."
    for day in sorted({*days} & {*person.absent}):
        yield f"{person.id!r} has a training on day {day}, but is absent then."
    rest = person.rest_days
    if rest is not None and rest.days >= rest.in_any:
        yield f"{person.id!r} has {rest.days} days of rest in any {rest.in_any}, which leaves none to work."
    yield from endless_rest(problem, person)


def endless_rest(problem: RosterProblem, person: RosterPerson) -> Iterator[str]:
    """A sentence for each work after which ``person`` must rest so long that work may begin two days later before.

    That is after a shift to be covered that they may have, a training, or what they did the day before the first.
    """
    asked = {one.shift for one in problem.cover}
    may = [one for one in problem.shifts if one.id in asked and person.shifts.get(one.id, 1)]
    last = [one for one in problem.shifts if one.id in person.before.shifts[-1:]]
    ends = [(one.start + one.minutes, f"shift {one.id!r}") for one in dict.fromkeys((*may, *last))]
    ends += [(one.start + one.minutes, f"the training of day {one.day}") for one in person.trainings]
    first = min([one.start for one in may] + [one.start for one in person.trainings], default=_NEVER)
    for end, what in ends:
        if end + person.rest_minutes > 2 * 1440 + first:
            yield (
                f"after {what} the rest of {person.id!r} goes on into the second day after."
                " Maybe give days off in a row instead."
            )


def _limit_faults(what: str, limit: RosterLimit | None) -> Iterator[str]:
    if limit is not None and limit.least is not None and limit.most is not None and limit.least > limit.most:
        yield f"{what}: at least {limit.least} and at most {limit.most}."
