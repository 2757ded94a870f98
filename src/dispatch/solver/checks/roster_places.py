"""Rules of a roster about places: the minimum while somebody is free, what is open and named; and what it all costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.solver.checks import roster_days
from dispatch.solver.checks.roster_excuses import needless
from dispatch.solver.checks.rosters import (
    RosterView,
    able,
    holiday,
    place,
    roster_absent,
    roster_pin,
    roster_skill,
    training,
)  # fmt: skip
from dispatch.solver.plan import Finding
from dispatch.solver.roster_problem import RosterDuty, RosterPerson
from dispatch.solver.rules import Rule

_OTHERS = (
    place, roster_skill, roster_absent, training, holiday, roster_pin, roster_days.rest, roster_days.rest_days,
    roster_days.days_in_row, roster_days.nights_in_row, roster_days.off_in_row, roster_days.shift_in_row,
    roster_days.minutes, roster_days.minutes_a_week, roster_days.duties, roster_days.weekends, roster_days.shift_cap,
)  # fmt: skip


def minimum(view: RosterView) -> Iterator[Finding]:
    """A place below its minimum is named, with what is missing and why, and nobody with nothing to do could take it."""
    yield from needless(view, _OTHERS)
    there = Counter((duty.day, duty.shift, duty.post) for duty in view.plan.duties)
    named = {(one.day, one.shift, one.post): one for one in view.plan.open}
    for key, cover in view.cover.items():
        day, shift, post = key
        missing, short = max(0, cover.minimum - there[key]), max(0, cover.wanted - there[key])
        said = named.get(key)
        if (missing, short) != ((said.missing, said.short) if said is not None else (0, 0)):
            message = (
                f"{shift} at {post} on day {day} lacks {missing}, and {short} to what is wanted; the plan says else."
            )
            yield Finding(rule=Rule.MINIMUM, message=message, value=missing)
        if missing:
            if said is not None and not said.reasons and view.problem.people:
                message = f"{shift} at {post} on day {day} is open without a reason."
                yield Finding(rule=Rule.MINIMUM, message=message)
            for person in view.problem.people:
                if _could(view, person, day, shift, post):
                    message = f"{shift} at {post} on day {day} lacks {missing}, and {person.id} is free for it."
                    yield Finding(rule=Rule.MINIMUM, message=message, worker=person.id, value=missing)
    for day, shift, post in sorted(set(named) - set(view.cover)):
        yield Finding(rule=Rule.MINIMUM, message=f"{shift} at {post} on day {day} is open but not to be covered.")


def _could(view: RosterView, person: RosterPerson, day: int, shift: str, post: str) -> bool:
    """Whether ``person`` could have this duty beside all they have, by every rule."""
    if view.rows[person.id][day] is not None or not able(view, person, post, shift, day):
        return False
    alone = replace(view.problem, people=(person,), pins=tuple(x for x in view.problem.pins if x.person == person.id))
    own = tuple(duty for duty in view.plan.duties if duty.person == person.id)
    more = RosterDuty(person=person.id, day=day, shift=shift, post=post)
    trial = RosterView(alone, replace(view.plan, duties=(*own, more)))
    return not any(True for rule in _OTHERS for _ in rule(trial))


def roster_cost(view: RosterView) -> dict[Rule, float]:
    """Cost by rule."""
    found: dict[Rule, float] = {}

    def pay(rule: Rule, cost: float) -> None:
        found[rule] = found.get(rule, 0.0) + cost

    there = Counter((duty.day, duty.shift, duty.post) for duty in view.plan.duties)
    for key, cover in view.cover.items():
        pay(Rule.OPEN, view.problem.weights.open * max(0, cover.minimum - there[key]))
        pay(Rule.UNDER, cover.under * max(0, cover.wanted - there[key]))
        pay(Rule.OVER, cover.over * max(0, there[key] - cover.wanted))
    for wish in view.problem.wishes:
        has = any(wish.shift in (None, duty.shift) for duty in view.given.get((wish.person, wish.day), ()))
        pay(Rule.WISH, wish.weight if has != wish.wanted else 0.0)
    told = {(duty.person, duty.day): {(duty.shift, duty.post)} for duty in view.problem.told}
    for person in view.problem.people:
        trainings = {one.day for one in person.trainings}
        for day in range(view.problem.told_days):
            now = {(duty.shift, duty.post) for duty in view.given.get((person.id, day), ())}
            if day not in trainings and now != told.get((person.id, day), set()):
                pay(Rule.ROSTER_CHANGE, view.problem.weights.change)
        for rule, cost in _of_person(view, person):
            pay(rule, cost)
    return found


def _of_person(view: RosterView, person: RosterPerson) -> Iterator[tuple[Rule, float]]:
    """What the row of ``person`` costs: pay, limits with a price, halves of weekends, shares."""
    weights, row = view.problem.weights, view.rows[person.id]
    for duty in view.plan.duties:
        if duty.person == person.id and duty.shift in view.shifts:
            pay = weights.pay * person.hour_price * view.shifts[duty.shift].minutes / 60
            yield Rule.PAY, pay
            if person.holidays == "double" and duty.day in view.problem.holidays:
                yield Rule.DOUBLE_DAY, pay + weights.double_day
    for rule, limit, counts in roster_days.runs(view, person):
        for run in roster_days.lengths(row, view.before(person), counts) if limit.price else ():
            yield rule, (limit.price or 0.0) * roster_days.run_cost(limit, run)
    for rule, bound, value in roster_days.sums(view, person):
        if bound is not None and bound.price is not None:
            yield rule, bound.price * roster_days.beyond(bound, value)
    if person.week_minutes is not None and person.week_minutes.price is not None:
        for _, total, ends in roster_days.weeks(view, person):
            yield (
                Rule.MINUTES_A_WEEK,
                person.week_minutes.price * roster_days.beyond(person.week_minutes, total, whole=ends),
            )
    known = [*view.before(person)[-1:], *row]
    first = len(row) - len(known)
    for at in range(1, len(known)):
        if view.weekday(first + at) == 6 and (known[at] is None) != (known[at - 1] is None):
            yield Rule.WHOLE_WEEKENDS, person.whole_weekends or 0.0
    yield from _unfair(view, person)


def _unfair(view: RosterView, person: RosterPerson) -> Iterator[tuple[Rule, float]]:
    weights, row = view.problem.weights, view.rows[person.id]
    nights = sum(one is not None and one.night for one in row)
    holidays = sum(row[day] is not None and row[day].shift is not None for day in set(view.problem.holidays))  # type: ignore[union-attr]
    shares = fair_shares(view, person)
    before = person.before
    for rule, price, had, more, share in (
        (Rule.FAIR_NIGHTS, weights.fair_nights, before.nights, nights, shares[0]),
        (
            Rule.FAIR_WEEKENDS,
            weights.fair_weekends,
            before.weekends,
            roster_days.worked_weekends(view, person),
            shares[1],
        ),
        (Rule.FAIR_HOLIDAYS, weights.fair_holidays, before.holidays, holidays, shares[2]),
    ):
        yield rule, price * sum(max(0, number - share) for number in range(had + 1, had + more + 1))


def fair_shares(view: RosterView, person: RosterPerson) -> tuple[int, int, int]:
    """Nights, weekends and holidays of ``person`` if all had the same for each day on which they were there.

    All there is: places of that sort, and those worked. The places of a weekend are the mean of its days, rounded up; a
    place counts for its minimum or what is wanted.
    """
    problem = view.problem
    by_day = [0] * problem.days
    nights = 0
    for one in problem.cover:
        by_day[one.day] += max(one.minimum, one.wanted)
        nights += max(one.minimum, one.wanted) if view.shifts[one.shift].night else 0
    of_weekend: dict[int, list[int]] = {}
    for day, places in enumerate(by_day):
        if view.weekday(day) >= 5:
            of_weekend.setdefault(day - view.weekday(day), []).append(places)
    weekends = sum(-(-sum(some) // len(some)) for some in of_weekend.values())
    holidays = sum(by_day[day] for day in set(problem.holidays))
    there = {one.id: one.before.days + len({*range(problem.days)} - {*one.absent}) for one in problem.people}
    mine, everybody = there[person.id], max(1, sum(there.values()))
    had = [one.before for one in problem.people]
    return (
        (nights + sum(one.nights for one in had)) * mine // everybody,
        (weekends + sum(one.weekends for one in had)) * mine // everybody,
        (holidays + sum(one.holidays for one in had)) * mine // everybody,
    )
