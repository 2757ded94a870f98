"""The form in which a roster is written down, so that anybody can cost it again."""

from __future__ import annotations

from msgspec import Struct

from benchmarks.recost.verdict import Fault


class RosterDump(Struct, frozen=True, kw_only=True):
    """For each employee what they have on each day: a shift (of inrc2 a shift and a skill), or None."""

    instance: str
    roster: dict[str, list[str | list[str] | None]]


def account(dump: RosterDump, name: str, employees: list[str], days: int) -> list[Fault]:
    """Faults in who and how many days stand in ``dump``."""
    faults = []
    if dump.instance != name:
        faults.append(Fault("instance", f"The dump is of {dump.instance}, not of {name}."))
    if sorted(dump.roster) != sorted(employees):
        faults.append(Fault("employees", "The dump does not have just the employees of the instance."))
    faults += [
        Fault("days", f"{who} has {len(row)} days, not {days}.") for who, row in dump.roster.items() if len(row) != days
    ]
    return faults
