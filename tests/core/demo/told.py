"""Small logs made by hand, for the judges of the demo to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts
from dispatch.events.catalogue import VERSIONS
from dispatch.events.envelope import Entity, Recorded, Stored
from dispatch.events.policy import PolicySet
from dispatch.events.post import PostRegistered
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Role, SkillHeld, Terms, Worker
from dispatch.model.policy import Policy
from dispatch.model.posts import Post, PostShift

AREA, ZONE = "east", "Asia/Shanghai"
MONDAY = dt.date(2026, 11, 23)
START = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)
"""Monday's first minute in Shanghai."""
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
Told = tuple[str, str, Struct]
"""The kind and the id of what it happened to, and what happened."""


def facts(*told: Told, days: int = 7, policy: Policy | None = None, at: dt.datetime = START) -> Facts:
    """The facts of a log in which these things happened one after the other, ``at`` one instant."""
    every: Iterable[Told] = (("policy", AREA, PolicySet(policy=policy or Policy())), *told)
    events = tuple(_stored(position, at, one) for position, one in enumerate(every, 1))
    end = START + days * DAY
    return Facts(
        Evidence(
            area=AREA, time_zone=ZONE, start=START, end=end, until=end, events=events, said=(), rejected=(), verified=()
        )
    )


def _stored(position: int, at: dt.datetime, told: Told) -> Stored:
    kind, key, event = told
    recorded = Recorded(
        id=f"e{position}", type=type(event).__name__, version=VERSIONS[type(event).__name__],
        happened_at=at, recorded_at=at, by="chen", cause="c",
        correlation="", data=msgspec.Raw(msgspec.json.encode(event)),
    )  # fmt: skip
    return Stored(position=position, entity=Entity(AREA, kind, key), recorded=recorded)


def guard(key: str, *, terms: Terms | None = None, **more: object) -> Told:
    """Somebody who guards, by roster."""
    who = Worker(
        id=key, role=Role.GUARD, base="gate", skills=(SkillHeld(skill="guarding"),), terms=terms or Terms(), **more
    )  # type: ignore[arg-type]
    return "worker", key, WorkerRegistered(worker=who)


def gate(minimum: int = 1) -> Told:
    """A gate manned by day."""
    shift = PostShift(id="day", start="08:00", end="16:00", minimum=minimum)
    return "post", "gate", PostRegistered(post=Post(id="gate", place="gate", skill="guarding", shifts=(shift,)))
