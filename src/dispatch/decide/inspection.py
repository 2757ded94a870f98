"""The inspections of a zone: what is planned, what came of it, and whose mark counts for which."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.outcome import Refused
from dispatch.events.inspection import (
    InspectionMarked,
    InspectionMissed,
    InspectionsPublished,
    PlannedInspection,
)
from dispatch.events.personal import remark
from dispatch.model.quoting import quoted
from dispatch.requests.report import Inspected

KIND = "inspections"
"""The id of the horizon that inspections are published under."""


class InspectionsState(Struct, frozen=True, kw_only=True):
    """``planned``: in order of days. ``marked`` and ``missed``: which of them, as words of level and work."""

    planned: tuple[PlannedInspection, ...] = ()
    marked: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()

    def from_day(self, first: dt.date) -> InspectionsState:
        """The same without what was planned for before the day ``first``."""
        kept = tuple(one for one in self.planned if one.day >= first)
        names = {name_of(one.level, one.work) for one in kept}
        return InspectionsState(planned=kept, marked=self.marked & names, missed=self.missed & names)

    def is_marked(self, one: PlannedInspection) -> bool:
        """Whether it was done."""
        return name_of(one.level, one.work) in self.marked

    def is_missed(self, one: PlannedInspection) -> bool:
        """Whether it was said that its day passed without it."""
        return name_of(one.level, one.work) in self.missed


def name_of(level: str, work: str) -> str:
    """A level and a piece of work as one word; tokens hold no slash."""
    return f"{level}/{work}"


def evolve(state: InspectionsState | None, event: Struct, at: dt.datetime) -> InspectionsState | None:
    """Fold one event of the inspections of a zone."""
    known = state or InspectionsState()
    match event:
        case InspectionsPublished():
            # What is drawn again takes the place of what was missed.
            new = {name_of(one.level, one.work) for one in event.inspections}
            kept = (one for one in known.planned if not event.start <= one.day < event.until)
            kept = (one for one in kept if name_of(one.level, one.work) not in new)
            planned = tuple(sorted((*kept, *event.inspections), key=lambda one: (one.day, one.level, one.work)))
            return replace(known, planned=planned, missed=known.missed - new)
        case InspectionMarked():
            return replace(known, marked=known.marked | {name_of(event.level, event.work)})
        case InspectionMissed():
            return replace(known, missed=known.missed | {name_of(event.level, event.work)})
    return state


def decide(report: Inspected, worker: str, state: InspectionsState | None) -> tuple[Struct, ...]:
    """The mark ``worker`` gives a piece of work, for the level they were to re-check it for.

    It may come on another day than planned. Raises `Refused`: ``unknown_inspection``, ``marked_before``.
    """
    theirs = [
        one
        for one in (state or InspectionsState()).planned
        if one.work == report.work and one.inspector == worker and report.level in {None, one.level}
    ]
    if state is None or not theirs:
        raise Refused(
            f"{quoted(worker)} was not to re-check work {quoted(report.work)} of zone {quoted(report.zone)}.",
            code="unknown_inspection",
            hint="`dispatch rounds inspections show --area` says who re-checks what.",
        )
    open_ = [one for one in theirs if not state.is_marked(one)]
    if not open_:
        raise Refused(
            f"{quoted(worker)} has marked work {quoted(report.work)} of zone {quoted(report.zone)} before.",
            code="marked_before",
            hint="a mark stands; what was found since is an inspection of its own.",
        )
    (first, *_) = open_
    marked = InspectionMarked(
        worker=worker, level=first.level, work=report.work, points=report.points,
        remark=remark(report.note), proof=report.proof,
    )  # fmt: skip
    return (marked,)
