"""What there is to plan of patrol rounds (巡更): checkpoints, rounds, guards on duty, and how far starts must vary.

Data only. Time is counted in ticks of ``tick_seconds`` from ``origin``; spans are half-open. A *time* of a round is one
of its bands or one moment of its interval; its *nominal* tick is where the band opens, or that moment. Every time is
walked once.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from dispatch.model.travel import Speeds
from dispatch.solver.problem import Cost, Day, Id, Matrix, Rest, Skill, Span, Spot, SpotIndex, Tick, Ticks

Seed = Annotated[
    str,
    Meta(
        pattern=r"^([0-9a-f]{2}){16,64}$(?!\n)",
        description="16 to 64 bytes in hexadecimal, from a good source of chance; kept closed until it is revealed",
    ),
]
Share = Annotated[float, Meta(ge=0, le=1)]
Step = Annotated[int, Meta(ge=1, le=2**20)]


class Checkpoint(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a guard must pass and be seen, for ``ticks``."""

    id: Id
    spot: SpotIndex
    ticks: Ticks = 1


class Every(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times at ``first``, ``first + every`` and so on before ``until``.

    A start lies at most ``jitter`` ticks before or after its moment; unset: the `Variation.max_jitter` of the problem.
    """

    first: Tick
    every: Step
    until: Tick
    jitter: Ticks | None = None


class PastStart(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time walked before: where it was due (``nominal``) and when it began (``start``)."""

    nominal: Tick
    start: Tick


class RoundToPlan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A round over ``checkpoints``, walked by ``people`` guards together at each of its times.

    Every checkpoint stands in it once; but where the first is the last as well, the walk begins and ends there. It
    starts inside one of ``bands``, or near the moments of ``every``. ``ticks``: the most it may take from start to
    end; unset: as long as the way takes. Between its checkpoints all go by ``mode``. ``past``: what was walked before,
    in order of time, so that new starts differ from those. ``price`` is paid for every time that nobody walks.
    """

    id: Id
    checkpoints: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=100)]
    bands: tuple[Span, ...] = ()
    every: Every | None = None
    ticks: Ticks | None = None
    mode: str = "walk"
    skill: Id | None = None
    level: int = 0
    people: Annotated[int, Meta(ge=1, le=8)] = 1
    past: tuple[PastStart, ...] = ()
    price: Cost = 600.0

    @property
    def closed(self) -> bool:
        """Whether it begins and ends at the same checkpoint, with others between."""
        return len(self.checkpoints) > 2 and self.checkpoints[0] == self.checkpoints[-1]


class Post(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somewhere a guard stands for the whole ``span``: they walk no round and take no break in it."""

    span: Span
    spot: SpotIndex


class GuardDuty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One guard's working time that begins on the local ``day``, at ``spot``, and may end anywhere.

    ``midnights``: where the following days begin, for a duty that reaches into them. Every one of ``rests`` is taken
    if any round is walked on the duty; none of them meets a post.
    """

    id: Id
    day: Day
    span: Span
    spot: SpotIndex
    rests: tuple[Rest, ...] = ()
    posts: tuple[Post, ...] = ()
    midnights: tuple[Tick, ...] = ()


class Guard(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who can walk rounds: what they can, when they are on duty, how they get from one round to the next."""

    id: Id
    mode: str = "walk"
    skills: tuple[Skill, ...] = ()
    duties: tuple[GuardDuty, ...] = ()


class Variation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far nobody may foresee a round. The *offset* of a start is its distance from its nominal tick.

    Starts are drawn on every ``step``-th tick of what is allowed. A start repeats if its offset is less than
    ``min_jitter`` from that of one of the ``within`` starts of the same round before it. ``max_jitter``: the farthest
    a moment of an interval moves. ``spread``: the least entropy of the offsets of a round, as a share of the greatest
    there can be for so many starts. ``detour``: by which share the way over the checkpoints may exceed the shortest.
    """

    min_jitter: Ticks = 1
    max_jitter: Ticks = 15
    within: Annotated[int, Meta(ge=0, le=1000)] = 3
    step: Step = 1
    spread: Share = 0.8
    detour: Annotated[float, Meta(ge=0, le=10)] = 0.15


class RoundWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices in minutes: per tick under way on and between rounds, for each guard; per round that a guard walks beyond
    their share by time on duty away from posts; per start that repeats; and per whole share of entropy that a round
    lacks.
    """

    travel: Cost = 1.0
    share: Cost = 10.0
    repeat: Cost = 30.0
    spread: Cost = 100.0


class ToldWalk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of a round whose ``guards`` were told that they walk it from ``start`` on."""

    round: Id
    nominal: Tick
    start: Tick
    guards: tuple[Id, ...]


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was told of the times to be planned; ``change`` is paid for every guard on such a walk who was not told."""

    walks: tuple[ToldWalk, ...]
    change: Cost = 20.0


class RoundProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="rounds"):
    """Who walks which round when, in what order of checkpoints: covered, fairly shared, and not to be foreseen.

    Times with their nominal tick in ``horizon`` are planned. Travel is ``speeds`` over the positions of ``spots``, or
    ``matrix``. ``seed`` is what starts and orders are drawn from; a plan carries its commitment only. ``told``: what
    stands so far, unset before the first plan.
    """

    area: Id
    origin: dt.datetime
    tick_seconds: Annotated[int, Meta(ge=1, le=3600)] = 60
    horizon: Span
    spots: tuple[Spot, ...]
    speeds: Speeds | UnsetType = UNSET
    matrix: Matrix | UnsetType = UNSET
    checkpoints: tuple[Checkpoint, ...]
    rounds: tuple[RoundToPlan, ...]
    guards: tuple[Guard, ...]
    seed: Seed
    variation: Variation = Variation()
    weights: RoundWeights = RoundWeights()
    told: Told | UnsetType = UNSET
