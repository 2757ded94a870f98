"""Gates, guards and weeks of theirs, folded without any service: what a planner does for a roster in one go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import Happening, on
from core.decide.sample import entity, worker
from core.planning.folded import commit, folded

from dispatch.events.policy import PolicySet
from dispatch.events.post import PostRegistered
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import SkillHeld, Terms
from dispatch.model.policy import Policy, RosterPolicy
from dispatch.model.posts import Post, PostShift
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import Asked, publishing
from dispatch.planning.rosters import Rosters

MONDAY = dt.date(2026, 11, 23)
DAY = dt.timedelta(days=1)
MIDNIGHT = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
"""The first minute of that Monday in Shanghai."""
EARLY = PostShift(id="early", start="06:00", end="14:00")
NIGHT = PostShift(id="night", start="22:00", end="06:00")


def guard(key: str, **changes: Any) -> tuple[Happening, ...]:
    """Somebody who works by roster."""
    terms = changes.pop("terms", Terms())
    fields = {"skills": (SkillHeld(skill="guarding"),), "shifts": (), "terms": terms, **changes}
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **fields)))


def post(key: str, *shifts: PostShift, **changes: Any) -> tuple[Happening, ...]:
    """A post to be manned."""
    made = Post(id=key, place="s1", shifts=shifts or (EARLY,), **changes)
    return on(entity("post", key), PostRegistered(post=made))


def policy(weeks: int = 0, **changes: Any) -> tuple[Happening, ...]:
    """The area's policy."""
    roster = RosterPolicy(weeks=weeks, budget=changes.pop("budget", 2), freeze_days=changes.pop("freeze_days", 2))
    return on(entity("policy", "current"), PolicySet(policy=Policy(roster=roster, **changes)))


def gate(*more: tuple[Happening, ...], guards: int = 2, weeks: int = 0) -> AreaState:
    """One early shift a day, and guards g0, g1 and so on; nothing published yet."""
    people = (guard(f"g{number}") for number in range(guards))
    return folded(policy(weeks), post("gate"), *people, *more)


def asked(state: AreaState, now: dt.datetime = MIDNIGHT) -> Asked | None:
    """What is due."""
    return Rosters().ask(state, now)


def publish(state: AreaState, now: dt.datetime = MIDNIGHT) -> Asked:
    """Plan what is due, and let it be published; the independent check finds nothing wrong."""
    due = asked(state, now)
    assert due is not None, "nothing is due"
    answered = answer(due)
    assert answered.findings == ()
    for batch in publishing(state, Rosters(), due, answered.plan):
        commit(state, batch, now)
    return due


def on_duty(state: AreaState) -> dict[dt.date, set[str]]:
    """Who has a duty, by day."""
    found: dict[dt.date, set[str]] = {}
    for key, roster in state.rosters.items():
        for day in roster.duties:
            found.setdefault(day, set()).add(key)
    return found
