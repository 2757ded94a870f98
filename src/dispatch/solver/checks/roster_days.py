"""Rules of a roster over several days of one person: rest, runs of days, sums."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dispatch.solver.checks.rosters import RosterView, Worked
from dispatch.solver.plan import Finding
from dispatch.solver.roster_problem import RosterLimit, RosterPerson
from dispatch.solver.rules import Rule

Row = list[Worked | None]


def rest(view: RosterView) -> Iterator[Finding]:
    """Between the end of a day's work and the next day's there is the rest agreed, and nothing that must not follow."""
    for person in view.held(Rule.REST):
        row = [*view.before(person)[-1:], *view.rows[person.id]]
        first = len(view.rows[person.id]) - len(row)
        for place in range(len(row) - 1):
            one, other, day = row[place], row[place + 1], first + place + 1
            if one is None or other is None:
                continue
            pause = 1440 + other.start - (one.start + one.minutes)
            if pause < person.rest_minutes:
                message = f"{person.id} has {pause} minutes of rest before day {day}, not {person.rest_minutes}."
                yield Finding(rule=Rule.REST, message=message, worker=person.id, value=pause, limit=person.rest_minutes)
            if one.shift is not None and other.shift in view.shifts[one.shift].not_before:
                message = f"{person.id} has {other.shift} on day {day}, which must not follow {one.shift}."
                yield Finding(rule=Rule.REST, message=message, worker=person.id)


def rest_days(view: RosterView) -> Iterator[Finding]:
    """Any days that follow each other, as many as agreed, hold the free days agreed; unknown days were free."""
    for person in view.held(Rule.REST_DAYS):
        agreed = person.rest_days
        if agreed is None:
            continue
        row: Row = [*view.before(person), *view.rows[person.id]]
        shift = len(view.before(person))
        for last in range(shift, len(row)):
            window = row[max(0, last - agreed.in_any + 1) : last + 1]
            free = agreed.in_any - sum(one is not None for one in window)
            if free < agreed.days:
                message = (
                    f"{person.id} has {free} free of the {agreed.in_any} days to day {last - shift}, not {agreed.days}."
                )
                yield Finding(rule=Rule.REST_DAYS, message=message, worker=person.id, value=free, limit=agreed.days)
                break


def lengths(row: Row, before: Row, counts: Callable[[Worked | None], bool]) -> Iterator[tuple[int, int, int, bool]]:
    """Every run of days that count and reach into ``row``: its first and last day, length, and whether it has ended.

    A run that may have begun before anything is known has ended nowhere that is too early.
    """
    whole = [*before, *row]
    start = None
    for place in range(len(whole) + 1):
        inside = place < len(whole) and counts(whole[place])
        if inside and start is None:
            start = place
        if not inside and start is not None:
            if place > len(before) or (place == len(before) and row):
                yield start - len(before), place - 1 - len(before), place - start, place < len(whole) and start > 0
            start = None


def run_cost(limit: RosterLimit, run: tuple[int, int, int, bool]) -> int:
    """By how many days a run is beyond ``limit``; days too many count from day 0 on."""
    _, last, length, ended = run
    over = 0 if limit.most is None else min(max(0, length - limit.most), last + 1)
    short = max(0, limit.least - length) if limit.least is not None and ended else 0
    return over + short


def runs(view: RosterView, person: RosterPerson) -> Iterator[tuple[Rule, RosterLimit, Callable[[Worked | None], bool]]]:
    """Every limit on runs of days that holds for ``person``, and which days count."""
    if person.days_in_row is not None:
        yield Rule.DAYS_IN_ROW, person.days_in_row, lambda one: one is not None
    if person.nights_in_row is not None:
        yield Rule.NIGHTS_IN_ROW, person.nights_in_row, lambda one: one is not None and one.night
    if person.off_in_row is not None:
        yield Rule.OFF_IN_ROW, person.off_in_row, lambda one: one is None
    for shift in view.problem.shifts:
        if shift.in_row is not None:
            yield Rule.SHIFT_IN_ROW, shift.in_row, _has(shift.id)


def _has(shift: str) -> Callable[[Worked | None], bool]:
    return lambda one: one is not None and one.shift == shift


def _in_row(view: RosterView, rule: Rule) -> Iterator[Finding]:
    for person in view.held(rule):
        for about, limit, counts in runs(view, person):
            if about != rule or limit.price is not None:
                continue
            for run in lengths(view.rows[person.id], view.before(person), counts):
                if run_cost(limit, run):
                    message = f"{person.id} has {run[2]} in a row from day {run[0]}, not {_range(limit)}."
                    yield Finding(rule=rule, message=message, worker=person.id, value=run[2])


def days_in_row(view: RosterView) -> Iterator[Finding]:
    """Days of work in a row, within the limit."""
    return _in_row(view, Rule.DAYS_IN_ROW)


def nights_in_row(view: RosterView) -> Iterator[Finding]:
    """Nights in a row, within the limit."""
    return _in_row(view, Rule.NIGHTS_IN_ROW)


def off_in_row(view: RosterView) -> Iterator[Finding]:
    """Days off in a row, within the limit."""
    return _in_row(view, Rule.OFF_IN_ROW)


def shift_in_row(view: RosterView) -> Iterator[Finding]:
    """Days with the same shift in a row, within the limit."""
    return _in_row(view, Rule.SHIFT_IN_ROW)


def weeks(view: RosterView, person: RosterPerson) -> Iterator[tuple[int, int, bool]]:
    """Of every week its last day planned, the minutes worked in it, and whether it ends on that day."""
    total = person.before.week_minutes
    for day, worked in enumerate(view.rows[person.id]):
        total += worked.minutes if worked is not None else 0
        ends = view.weekday(day) == 6
        if ends or day == view.problem.days - 1:
            yield day, total, ends
            total = 0


def beyond(limit: RosterLimit, value: int, *, whole: bool = True) -> int:
    """By how much ``value`` is outside ``limit``; only above it unless ``whole``."""
    over = max(0, value - limit.most) if limit.most is not None else 0
    return over + (max(0, limit.least - value) if limit.least is not None and whole else 0)


def worked_weekends(view: RosterView, person: RosterPerson) -> int:
    """Weekends of which a day planned is worked; one of which the Saturday was worked before is not counted again."""
    row, found = view.rows[person.id], set()
    for day, worked in enumerate(row):
        if worked is not None and view.weekday(day) >= 5:
            saturday = day - (view.weekday(day) - 5)
            before = view.before(person)
            if saturday >= 0 or not before or before[-1] is None:
                found.add(saturday)
    return len(found)


def sums(view: RosterView, person: RosterPerson) -> Iterator[tuple[Rule, RosterLimit | None, int]]:
    """Every sum over all days with its limit."""
    row = [one for one in view.rows[person.id] if one is not None]
    yield Rule.MINUTES, person.minutes, sum(one.minutes for one in row)
    yield Rule.DUTIES, person.duties, sum(one.shift is not None for one in row)
    yield Rule.WEEKENDS, person.weekends, worked_weekends(view, person)


def _sum(view: RosterView, rule: Rule) -> Iterator[Finding]:
    for person in view.held(rule):
        for about, limit, value in sums(view, person):
            if about == rule and limit is not None and limit.price is None and beyond(limit, value):
                message = f"{person.id} has {value}, not {_range(limit)}."
                yield Finding(rule=rule, message=message, worker=person.id, value=value)


def minutes(view: RosterView) -> Iterator[Finding]:
    """Minutes over all days, within the limit."""
    return _sum(view, Rule.MINUTES)


def duties(view: RosterView) -> Iterator[Finding]:
    """Shifts over all days, within the limit."""
    return _sum(view, Rule.DUTIES)


def weekends(view: RosterView) -> Iterator[Finding]:
    """Weekends of which a day is worked, within the limit."""
    return _sum(view, Rule.WEEKENDS)


def minutes_a_week(view: RosterView) -> Iterator[Finding]:
    """Minutes of every week, within the limit; a week that goes on after the last day cannot have too few."""
    for person in view.held(Rule.MINUTES_A_WEEK):
        limit = person.week_minutes
        if limit is None or limit.price is not None:
            continue
        for day, total, ends in weeks(view, person):
            if beyond(limit, total, whole=ends):
                message = f"{person.id} works {total} minutes in the week of day {day}, not {_range(limit)}."
                yield Finding(rule=Rule.MINUTES_A_WEEK, message=message, worker=person.id, value=total)


def shift_cap(view: RosterView) -> Iterator[Finding]:
    """No more of a kind of shift than agreed."""
    for person in view.held(Rule.SHIFT_CAP):
        for shift, most in person.shifts.items():
            count = sum(one is not None and one.shift == shift for one in view.rows[person.id])
            if count > most:
                message = f"{person.id} has shift {shift} {count} times, not {most} at most."
                yield Finding(rule=Rule.SHIFT_CAP, message=message, worker=person.id, value=count, limit=most)


def _range(limit: RosterLimit) -> str:
    return f"{limit.least or 0} to {'any number' if limit.most is None else limit.most}"
