"""What was decided about patrol rounds: who walks when, in what order, what nobody can walk and what would help."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.solver.plan import Effort, Reason
from dispatch.solver.problem import Id, Tick, Ticks
from dispatch.solver.rules import Rule


class Pass(Struct, frozen=True, kw_only=True):
    """A checkpoint passed on a walk: there from ``arrive`` to ``leave``."""

    checkpoint: Id
    arrive: Tick
    leave: Tick


class Walk(Struct, frozen=True, kw_only=True):
    """One time of a round, walked by ``guards`` together from ``start`` to ``end``.

    ``rank``: how manieth of the drawn starts it is; 0 unless nobody could walk it at those before. ``passes`` in the
    drawn order of checkpoints, the first at ``start``.
    """

    round: Id
    nominal: Tick
    start: Tick
    end: Tick
    guards: tuple[Id, ...]
    passes: tuple[Pass, ...]
    rank: Annotated[int, Meta(ge=0)] = 0


class RestsTaken(Struct, frozen=True, kw_only=True):
    """When each break of a duty begins, as in the duty; for duties with any walk."""

    guard: Id
    duty: Id
    rests: tuple[Tick, ...]


class ShortestWay(Struct, frozen=True, kw_only=True):
    """The checkpoints of a round in the order of the shortest way known, which orders drawn are measured by."""

    round: Id
    checkpoints: tuple[Id, ...]


class SmallestChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What would let a time be walked that nobody can walk, with all else as planned.

    ``earlier``/``later``: the start may lie so many ``ticks`` before or behind what is allowed. ``post``/``break``:
    ``guard`` is let off that post or break, which begins or may begin at ``at``. ``skill``: ``guard`` is certified for
    it. ``time``: the round may take so many ``ticks`` more. ``people``: so many guards more on duty for it.
    """

    kind: Literal["earlier", "later", "post", "break", "skill", "time", "people"]
    ticks: Ticks = 0
    guard: Id | None = None
    at: Tick | None = None
    people: int = 0


class RoundLeft(Struct, frozen=True, kw_only=True):
    """A time of a round that nobody walks: why, the reason nearest to a way out first, and the smallest change."""

    round: Id
    nominal: Tick
    reasons: tuple[Reason, ...]
    change: SmallestChange | None = None


class RoundPlan(Struct, frozen=True, kw_only=True, tag_field="plan", tag="rounds"):
    """A plan for a `RoundProblem`. ``cost`` is in minutes by weighted rule.

    ``commitment``: the hash that binds the seed and the problem before the seed is revealed, see `rounds.draw`.
    """

    walks: tuple[Walk, ...] = ()
    rests: tuple[RestsTaken, ...] = ()
    shortest: tuple[ShortestWay, ...] = ()
    unplanned: tuple[RoundLeft, ...] = ()
    commitment: str
    cost: dict[Rule, float] = {}
    effort: Effort

    @property
    def total(self) -> float:
        """The cost of the plan in minutes."""
        return sum(self.cost.values())
