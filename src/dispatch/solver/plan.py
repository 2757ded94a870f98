"""What was decided: routes, zones given, what stays out and why, what it costs, and how to decide it again."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.solver.problem import Id, Tick, Ticks
from dispatch.solver.rules import Rule


class Stop(Struct, frozen=True, kw_only=True):
    """A visit on a route: ``arrive`` ≤ ``start`` < ``end`` in ticks, after ``travel`` ticks under way.

    ``visit`` may be the id of a store, for a stop there.
    """

    visit: Id
    arrive: Tick
    start: Tick
    end: Tick
    travel: Ticks = 0


class Route(Struct, frozen=True, kw_only=True):
    """The stops of one worker on one duty in order of time. ``rests`` holds the start of each break, as in the duty."""

    worker: Id
    duty: Id
    stops: tuple[Stop, ...] = ()
    rests: tuple[Tick, ...] = ()


class Reason(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule in the way of a visit or zone: of how many ``workers`` it kept out, and what may help."""

    rule: Rule
    message: str
    workers: int = 0
    hint: str = ""


class Unplanned(Struct, frozen=True, kw_only=True):
    """A visit or zone that stays out, with the reasons, the one nearest to a way out first."""

    id: Id
    reasons: tuple[Reason, ...]


class Effort(Struct, frozen=True, kw_only=True):
    """How a plan was found: enough to find it again. ``budget`` and ``used`` count units of 500 rounds of
    ruin and recreate per core; for zones, rounds of search.

    ``repeatable`` is false when a wall-clock stop cut the search short.
    """

    solver: str
    seed: int
    budget: int
    used: int
    repeatable: bool = True


class Costed:
    """What has a cost by weighted rule."""

    __slots__ = ()
    cost: dict[Rule, float]

    @property
    def total(self) -> float:
        """The cost of the plan: in minutes; of teams in the unit of the problem's weights."""
        return sum(self.cost.values())


class RoutePlan(Costed, Struct, frozen=True, kw_only=True, tag_field="plan", tag="routes"):
    """A plan for a `RouteProblem`. ``cost`` is in minutes by weighted rule; `total` adds it up."""

    routes: tuple[Route, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    cost: dict[Rule, float] = {}
    effort: Effort


class ZoneGiven(Struct, frozen=True, kw_only=True):
    """A zone and the helper who has it."""

    zone: Id
    helper: Id


class ZonePlan(Costed, Struct, frozen=True, kw_only=True, tag_field="plan", tag="zones"):
    """A plan for a `ZoneProblem`. No plan costs less than ``bound``; ``optimal`` when that proves that none costs less
    than this one.
    """

    given: tuple[ZoneGiven, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    cost: dict[Rule, float] = {}
    optimal: bool = False
    bound: float | None = None
    effort: Effort


class TeamStop(Struct, frozen=True, kw_only=True):
    """A job from ``start`` to ``end``, in ticks from the beginning of day 1."""

    job: Id
    start: Tick
    end: Tick


class Team(Struct, frozen=True, kw_only=True):
    """Workers who stay together for a whole day, and what they do, in order of time."""

    workers: tuple[Id, ...]
    stops: tuple[TeamStop, ...] = ()


class TeamDay(Struct, frozen=True, kw_only=True):
    """One day, counted from 1: its teams, and in ``off`` everybody who is in none (absent or not needed)."""

    day: int
    teams: tuple[Team, ...] = ()
    off: tuple[Id, ...] = ()


class TeamPlan(Costed, Struct, frozen=True, kw_only=True, tag_field="plan", tag="teams"):
    """A plan for a `TeamProblem`. ``handed_out``: jobs that go to contractors."""

    days: tuple[TeamDay, ...] = ()
    handed_out: tuple[Id, ...] = ()
    unplanned: tuple[Unplanned, ...] = ()
    cost: dict[Rule, float] = {}
    effort: Effort


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with a plan: the ``rule`` broken, where, the value found and the limit, as one sentence."""

    rule: Rule
    message: str
    severity: Literal["broken", "wrong_cost"] = "broken"
    visit: str | None = None
    worker: str | None = None
    duty: str | None = None
    value: Annotated[float, Meta(description="what was found")] | None = None
    limit: float | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"
