"""Cost and rules of a roster of the Curtois & Qu set, from the dump alone.

A run of shifts or of days off that reaches the first or the last day may go on outside, so it is never too short.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise

from benchmarks.instances.curtois import Curtois, Employee
from benchmarks.recost.roster import RosterDump, account
from benchmarks.recost.verdict import Fault, Verdict


def recost(instance: Curtois, dump: RosterDump) -> Verdict:
    """The roster's cost and every rule it breaks."""
    faults = account(dump, instance.name, [one.id for one in instance.employees], instance.days)
    rows: dict[str, list[str | None]] = {
        who: [one if isinstance(one, str) else None for one in row] for who, row in dump.roster.items()
    }
    for employee in instance.employees:
        row = rows.setdefault(employee.id, [None] * instance.days)
        row += [None] * (instance.days - len(row))
        faults += _row(instance, employee, row)
    requests = sum(
        one.weight
        for one in instance.requests
        if one.employee in rows and (rows[one.employee][one.day] == one.shift) != one.on
    )
    there = Counter((day, shift) for row in rows.values() for day, shift in enumerate(row) if shift is not None)
    under = sum(max(0, one.wanted - there[one.day, one.shift]) * one.under for one in instance.cover)
    over = sum(max(0, there[one.day, one.shift] - one.wanted) * one.over for one in instance.cover)
    return Verdict(
        cost=requests + under + over,
        parts={"requests": requests, "under": under, "over": over},
        unserved=0,
        faults=tuple(faults),
    )


def _row(instance: Curtois, one: Employee, row: list[str | None]) -> list[Fault]:
    faults = [
        Fault("shift", f"{one.id} has {shift}, which is none.")
        for shift in row
        if shift not in (*instance.shifts, None)
    ]
    worked = [shift for shift in row if shift in instance.shifts]
    minutes = sum(instance.shifts[shift] for shift in worked if shift is not None)
    if not one.least_minutes <= minutes <= one.most_minutes:
        faults.append(Fault("minutes", f"{one.id} works {minutes}, not {one.least_minutes} to {one.most_minutes}."))
    for shift, count in Counter(worked).items():
        if count > one.shifts.get(shift or "", instance.days):
            faults.append(Fault("max_shifts", f"{one.id} has {shift} {count} times, not {one.shifts[shift or '']}."))
    faults += [Fault("day_off", f"{one.id} works on day {day}.") for day in sorted(one.off) if row[day] is not None]
    for day, (before, after) in enumerate(pairwise(row)):
        if before in instance.shifts and after in instance.not_after[before or ""]:
            faults.append(Fault("follows", f"{one.id} has {after} after {before} on day {day + 1}."))
    weekends = sum(any(row[day : day + 2]) for day in range(5, len(row), 7))
    if weekends > one.weekends:
        faults.append(Fault("weekends", f"{one.id} works {weekends} weekends, not {one.weekends}."))
    return faults + _runs(one, row)


def _runs(one: Employee, row: list[str | None]) -> list[Fault]:
    faults, day = [], 0
    for worked, run in groupby(row, key=lambda shift: shift is not None):
        length = len(list(run))
        inner = day > 0 and day + length < len(row)
        if worked and length > one.most_in_row:
            faults.append(Fault("most_in_row", f"{one.id} works {length} days from day {day}, not {one.most_in_row}."))
        if worked and inner and length < one.least_in_row:
            faults.append(
                Fault("least_in_row", f"{one.id} works {length} days from day {day}, not {one.least_in_row}.")
            )
        if not worked and inner and length < one.least_off:
            faults.append(Fault("least_off", f"{one.id} is off {length} days from day {day}, not {one.least_off}."))
        day += length
    return faults
