"""Second International Nurse Rostering Competition (Ceschia et al., arXiv 1501.04177): scenario, history, weeks (JSON).

An instance is named as in the competition: ``n030w4_1_6-2-9-1`` is scenario n030w4, history 1, weeks 6, 2, 9, 1.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
from msgspec import Struct

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAME = re.compile(r"(n\d+w\d+)_(\d+)_(\d+(?:-\d+)*)")
CHOSEN = (
    "n005w4_0_1-2-3-3", "n030w4_1_6-2-9-1", "n030w4_1_6-7-5-3", "n060w4_1_6-1-1-5", "n060w4_1_9-6-3-8",
)  # fmt: skip
"""Rows of weeks that are solved if none are named."""


class ShiftType(Struct, frozen=True, rename="camel"):
    """A kind of shift and how often it should come in a row."""

    id: str
    minimum_number_of_consecutive_assignments: int
    maximum_number_of_consecutive_assignments: int


class Succession(Struct, frozen=True, rename="camel"):
    """What must not follow a shift on the next day."""

    preceding_shift_type: str
    succeeding_shift_types: tuple[str, ...]


class Contract(Struct, frozen=True, rename="camel"):
    """Limits over all weeks, and in a row."""

    id: str
    minimum_number_of_assignments: int
    maximum_number_of_assignments: int
    minimum_number_of_consecutive_working_days: int
    maximum_number_of_consecutive_working_days: int
    minimum_number_of_consecutive_days_off: int
    maximum_number_of_consecutive_days_off: int
    maximum_number_of_working_weekends: int
    complete_weekends: int


class Nurse(Struct, frozen=True):
    """Somebody, their contract and their skills."""

    id: str
    contract: str
    skills: tuple[str, ...]


class Scenario(Struct, frozen=True, rename="camel"):
    """What holds for all weeks."""

    id: str
    number_of_weeks: int
    skills: tuple[str, ...]
    shift_types: tuple[ShiftType, ...]
    forbidden_shift_type_successions: tuple[Succession, ...]
    contracts: tuple[Contract, ...]
    nurses: tuple[Nurse, ...]


class NurseHistory(Struct, frozen=True, rename="camel"):
    """Where a nurse stands at the end of a week; ``last_assigned_shift_type`` is ``None`` as a word after a day off."""

    nurse: str
    number_of_assignments: int
    number_of_working_weekends: int
    last_assigned_shift_type: str
    number_of_consecutive_assignments: int
    number_of_consecutive_working_days: int
    number_of_consecutive_days_off: int


class _History(Struct, frozen=True, rename="camel"):
    nurse_history: tuple[NurseHistory, ...]


class Need(Struct, frozen=True):
    """Nurses needed at least, and best."""

    minimum: int
    optimal: int


class Requirement(Struct, frozen=True, rename="camel"):
    """What a shift needs of a skill on each day of the week."""

    shift_type: str
    skill: str
    requirement_on_monday: Need
    requirement_on_tuesday: Need
    requirement_on_wednesday: Need
    requirement_on_thursday: Need
    requirement_on_friday: Need
    requirement_on_saturday: Need
    requirement_on_sunday: Need

    def days(self) -> list[Need]:
        """The needs from Monday on."""
        return [getattr(self, f"requirement_on_{day.lower()}") for day in DAYS]


class ShiftOff(Struct, frozen=True, rename="camel"):
    """A wish not to have a shift (``Any``: to be off)."""

    nurse: str
    shift_type: str
    day: str


class Week(Struct, frozen=True, rename="camel"):
    """What is known of a week when it begins."""

    requirements: tuple[Requirement, ...]
    shift_off_requests: tuple[ShiftOff, ...] = ()


class Inrc2(Struct, frozen=True, kw_only=True):
    """An instance: weeks are to be solved one after the other, without a look at the next."""

    name: str
    scenario: Scenario
    history: dict[str, NurseHistory]
    weeks: tuple[Week, ...]


def find(folder: Path, asked: str | None) -> dict[str, tuple[str, Path]]:
    """The instances ``asked`` for, or `CHOSEN`: name and folder of the scenario; those not there are passed over."""
    found = {}
    for name in (one.strip() for one in (asked or ",".join(CHOSEN)).split(",")):
        match = NAME.fullmatch(name)
        at = next(iter(sorted(folder.rglob(match[1]))), None) if match else None
        if at is not None:
            found[name] = (name, at)
    return found


def read(source: tuple[str, Path]) -> Inrc2:
    """The instance of that name in that folder. Raises `OSError` or `msgspec.DecodeError`."""
    name, at = source
    match = NAME.fullmatch(name)
    assert match is not None
    scenario, history, weeks = match[1], match[2], match[3].split("-")
    first = msgspec.json.decode((at / f"H0-{scenario}-{history}.json").read_bytes(), type=_History)
    return Inrc2(
        name=name,
        scenario=msgspec.json.decode((at / f"Sc-{scenario}.json").read_bytes(), type=Scenario),
        history={one.nurse: one for one in first.nurse_history},
        weeks=tuple(msgspec.json.decode((at / f"WD-{scenario}-{week}.json").read_bytes(), type=Week) for week in weeks),
    )
