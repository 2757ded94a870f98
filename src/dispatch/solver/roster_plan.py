"""A roster as it was decided: duties, places open with what is in the way, what would close them."""

from __future__ import annotations

from msgspec import Struct

from dispatch.solver.plan import Costed, Effort, Reason
from dispatch.solver.roster_problem import DayIndex, Name, RosterDuty
from dispatch.solver.rules import Rule


class OpenPlace(Struct, frozen=True, kw_only=True):
    """``post`` on ``shift`` of ``day`` has ``missing`` people below its minimum, ``short`` below what is wanted.

    ``in_the_way`` names for each person not there the rule that keeps them off it; ``reasons`` the same by rule.
    """

    day: DayIndex
    shift: Name
    post: Name
    missing: int
    short: int
    in_the_way: dict[Name, Rule] = {}
    reasons: tuple[Reason, ...] = ()


class RosterShortage(Struct, frozen=True, kw_only=True):
    """Why places stay open, in numbers: ``needed`` at the minimum and ``can_give`` at most, over all days planned.

    ``would_close`` names changes each of which would be enough by the same arithmetic.
    """

    needed: int
    can_give: int
    open: int
    message: str
    would_close: tuple[str, ...] = ()


class RosterConflict(Struct, frozen=True, kw_only=True):
    """What is agreed with ``person`` cannot all be kept whatever they work: ``rule`` gives way, as little as it can."""

    person: Name
    rule: Rule
    message: str


class RosterPlan(Costed, Struct, frozen=True, kw_only=True, tag_field="plan", tag="roster"):
    """A plan for a `RosterProblem`. ``bound``: no plan costs less, where that is known. `total` adds up ``cost``."""

    duties: tuple[RosterDuty, ...] = ()
    open: tuple[OpenPlace, ...] = ()
    shortage: RosterShortage | None = None
    conflicts: tuple[RosterConflict, ...] = ()
    cost: dict[Rule, float] = {}
    bound: float | None = None
    effort: Effort


class StandIn(Struct, frozen=True, kw_only=True):
    """Somebody who could take a duty: what it adds to the cost, the rules it would break, and what would be lost.

    ``leaves``: their own duty of that day, which would then be open.
    """

    person: Name
    cost: float
    breaks: dict[Rule, str] = {}
    leaves: RosterDuty | None = None
    loses: dict[Rule, float] = {}
