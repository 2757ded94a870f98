"""What was decided about inspections: who re-checks what on which day, what no one can see, and what marks come to."""

from __future__ import annotations

from msgspec import Struct

from dispatch.solver.plan import Effort, Reason
from dispatch.solver.problem import Day, Id
from dispatch.solver.rules import Rule


class Inspection(Struct, frozen=True, kw_only=True):
    """``inspector`` re-checks ``work`` for ``level`` on the local ``day``."""

    level: Id
    work: Id
    inspector: Id
    day: Day


class ZoneUnseen(Struct, frozen=True, kw_only=True):
    """A zone of which a level can see nothing, and why."""

    level: Id
    zone: Id
    reasons: tuple[Reason, ...]


class SampleShort(Struct, frozen=True, kw_only=True):
    """A level whose sample is smaller than asked: ``asked`` pieces of work, ``planned`` of them, and why."""

    level: Id
    asked: int
    planned: int
    reasons: tuple[Reason, ...]


class InspectionPlan(Struct, frozen=True, kw_only=True, tag_field="plan", tag="inspections"):
    """A plan for an `InspectionProblem`. ``cost``: pieces of work that samples lack, zones that no one sees."""

    inspections: tuple[Inspection, ...] = ()
    unseen: tuple[ZoneUnseen, ...] = ()
    short: tuple[SampleShort, ...] = ()
    commitment: str
    cost: dict[Rule, float] = {}
    effort: Effort

    @property
    def total(self) -> float:
        """Zones unseen and pieces of work missing, added up."""
        return sum(self.cost.values())


class Score(Struct, frozen=True, kw_only=True):
    """The month's score of a team or contractor, 0 to 100: of how many ``marks``, and the mean mark by level."""

    id: Id
    score: float
    marks: int
    levels: dict[Id, float]
