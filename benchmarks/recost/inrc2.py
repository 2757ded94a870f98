"""Cost and rules of a roster of INRC-II over all its weeks, from the dump alone (arXiv 1501.04177, section 2).

A run that begins before the first day counts with its length before it; one that reaches the last day has not ended, so
it is not too short. Days beyond the most in a row are paid from the first day of the roster on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from benchmarks.instances.inrc2 import DAYS, Contract, Inrc2, Nurse, NurseHistory
from benchmarks.recost.roster import RosterDump, account
from benchmarks.recost.verdict import Fault, Verdict

Cell = tuple[str, str] | None


def recost(instance: Inrc2, dump: RosterDump) -> Verdict:
    """The cost by the competition's weights and every hard rule broken."""
    scenario, days = instance.scenario, 7 * len(instance.weeks)
    faults = account(dump, instance.name, [one.id for one in scenario.nurses], days)
    rows: dict[str, list[Cell]] = {}
    for nurse in scenario.nurses:
        row: list[Cell] = [
            (one[0], one[1]) if isinstance(one, list) and len(one) == 2 else None
            for one in dump.roster.get(nurse.id, [])
        ]
        rows[nurse.id] = row + [None] * (days - len(row))
    contracts = {one.id: one for one in scenario.contracts}
    parts: Counter[str] = Counter()
    for nurse in scenario.nurses:
        faults += _hard(instance, nurse, rows[nurse.id])
        parts += _soft(instance, contracts[nurse.contract], instance.history[nurse.id], rows[nurse.id])
    faults += _cover(instance, rows, parts)
    for week, data in enumerate(instance.weeks):
        for wish in data.shift_off_requests:
            has = rows[wish.nurse][7 * week + DAYS.index(wish.day)]
            if has is not None and wish.shift_type in ("Any", has[0]):
                parts["preferences"] += 10
    return Verdict(cost=sum(parts.values()), parts=dict(parts), unserved=0, faults=tuple(faults))


def _hard(instance: Inrc2, nurse: Nurse, row: list[Cell]) -> list[Fault]:
    after = {
        one.preceding_shift_type: one.succeeding_shift_types
        for one in instance.scenario.forbidden_shift_type_successions
    }
    shifts = {one.id for one in instance.scenario.shift_types}
    faults = []
    for day, cell in enumerate(row):
        if cell is not None and (cell[0] not in shifts or cell[1] not in nurse.skills):
            faults.append(Fault("skill", f"{nurse.id} has {cell} on day {day}, and may not."))
    names = [instance.history[nurse.id].last_assigned_shift_type, *("None" if one is None else one[0] for one in row)]
    for day, (one, other) in enumerate(pairwise(names)):
        if other in after.get(one, ()):
            faults.append(Fault("succession", f"{nurse.id} has {other} after {one} on day {day}."))
    return faults


def _cover(instance: Inrc2, rows: dict[str, list[Cell]], parts: Counter[str]) -> list[Fault]:
    there = Counter((day, *cell) for row in rows.values() for day, cell in enumerate(row) if cell is not None)
    faults = []
    for week, data in enumerate(instance.weeks):
        for one in data.requirements:
            for day, need in enumerate(one.days(), 7 * week):
                count = there[day, one.shift_type, one.skill]
                if count < need.minimum:
                    faults.append(
                        Fault("minimum", f"{one.shift_type} {one.skill} on day {day} has {count} of {need.minimum}.")
                    )
                parts["optimal"] += 30 * max(0, need.optimal - count)
    return faults


def _soft(instance: Inrc2, terms: Contract, past: NurseHistory, row: list[Cell]) -> Counter[str]:
    parts: Counter[str] = Counter()
    for shift in instance.scenario.shift_types:
        before = past.number_of_consecutive_assignments if past.last_assigned_shift_type == shift.id else 0
        parts["in_row"] += 15 * _beyond(
            row, before, _is(shift.id),
            shift.minimum_number_of_consecutive_assignments, shift.maximum_number_of_consecutive_assignments,
        )  # fmt: skip
    parts["days_in_row"] += 30 * _beyond(
        row, past.number_of_consecutive_working_days, lambda cell: cell is not None,
        terms.minimum_number_of_consecutive_working_days, terms.maximum_number_of_consecutive_working_days,
    )  # fmt: skip
    parts["off_in_row"] += 30 * _beyond(
        row, past.number_of_consecutive_days_off, lambda cell: cell is None,
        terms.minimum_number_of_consecutive_days_off, terms.maximum_number_of_consecutive_days_off,
    )  # fmt: skip
    weekends = [row[day : day + 2] for day in range(5, len(row), 7)]
    if terms.complete_weekends:
        parts["complete_weekends"] += 30 * sum((one[0] is None) != (one[1] is None) for one in weekends)
    worked = past.number_of_working_weekends + sum(any(cell is not None for cell in one) for one in weekends)
    parts["weekends"] += 30 * max(0, worked - terms.maximum_number_of_working_weekends)
    total = past.number_of_assignments + sum(cell is not None for cell in row)
    least, most = terms.minimum_number_of_assignments, terms.maximum_number_of_assignments
    parts["assignments"] += 20 * (max(0, least - total) + max(0, total - most))
    return parts


def _is(shift: str) -> Callable[[Cell], bool]:
    return lambda cell: cell is not None and cell[0] == shift


def _beyond(row: list[Cell], before: int, counts: Callable[[Cell], bool], least: int, most: int) -> int:
    """Days too many and too few over all runs of days that count."""
    total, run = 0, before
    for cell in row:
        if counts(cell):
            run += 1
            total += run > most
        else:
            total += max(0, least - run) if run else 0
            run = 0
    return total
