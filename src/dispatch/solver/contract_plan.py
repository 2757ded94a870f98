"""What was decided about contracts: dated visits, promises broken and at risk, what was called off, samples drawn."""

from __future__ import annotations

from msgspec import Struct

from dispatch.solver.plan import Effort, Reason
from dispatch.solver.problem import Day, Id
from dispatch.solver.rules import Rule


class DatedVisit(Struct, frozen=True, kw_only=True):
    """A visit of ``kind`` under ``contract`` on ``day`` by ``helper``; ``told`` is the told visit it carries on."""

    contract: Id
    kind: Id
    day: Day
    helper: Id
    minutes: int
    told: Id | None = None


class ShortPart(Struct, frozen=True, kw_only=True):
    """Of ``need`` visits that count as ``kind`` there are ``have``, those done before included."""

    kind: Id
    need: int
    have: int


class BrokenPromise(Struct, frozen=True, kw_only=True):
    """A promise (or deadline, or review) of ``contract`` not kept in its period, and why, what nearly fits first."""

    contract: Id
    promise: Id
    first: Day
    last: Day
    short: tuple[ShortPart, ...]
    reasons: tuple[Reason, ...]


class PromiseAtRisk(Struct, frozen=True, kw_only=True):
    """A promise not kept yet of which the plan breaks or leaves little.

    ``missing`` visits are still to be made. They can be kept if the first of them is made on ``keep_by`` at the latest
    (None: not even then), everybody's other work left aside. ``next``: the first visit planned for it, ``spare`` how
    many days on which somebody may go lie between that and ``keep_by``; ``lapsed``: missed or failed visits in the
    period. ``overdue``: the deadline has passed.
    """

    contract: Id
    promise: Id
    first: Day
    last: Day
    missing: int
    keep_by: Day | None = None
    next: Day | None = None
    spare: int = 0
    lapsed: int = 0
    broken: bool = False
    overdue: bool = False


class CalledOff(Struct, frozen=True, kw_only=True):
    """A told visit that is not made, and why."""

    id: Id
    reasons: tuple[Reason, ...]


class Sample(Struct, frozen=True, kw_only=True):
    """The clients that a review visits in a quarter (written 2026Q1), as its seed draws them, in the order drawn."""

    review: Id
    quarter: str
    seed: int
    clients: tuple[Id, ...]


class ContractPlan(Struct, frozen=True, kw_only=True, tag_field="plan", tag="contracts"):
    """A plan for a `ContractProblem`. ``cost`` is in minutes by weighted rule; `total` adds it up.

    ``bound``: no plan breaks fewer promises than so many; where it is the number broken, that is proven least.
    """

    visits: tuple[DatedVisit, ...] = ()
    broken: tuple[BrokenPromise, ...] = ()
    at_risk: tuple[PromiseAtRisk, ...] = ()
    called_off: tuple[CalledOff, ...] = ()
    samples: tuple[Sample, ...] = ()
    cost: dict[Rule, float] = {}
    bound: int = 0
    effort: Effort

    @property
    def total(self) -> float:
        """The cost of the plan in minutes."""
        return sum(self.cost.values())
