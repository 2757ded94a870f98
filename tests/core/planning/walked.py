"""A site with checkpoints, guards by night and a round, folded without any service."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import Happening, on
from core.decide.sample import WEEK, entity, worker
from core.planning.folded import commit, folded

from dispatch.events.place import PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.round import RoundRegistered
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Role, Shift, SkillHeld
from dispatch.model.places import Band, Place, PlaceKind, Round
from dispatch.model.policy import Policy, RoundsPolicy
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import Asked, publishing
from dispatch.planning.walks import Walks

SECRET = "known to the planner and nobody else"
MIDNIGHT = dt.datetime(2026, 11, 22, 16, 0, tzinfo=dt.UTC)
"""The first minute of a Monday in Shanghai."""
MONDAY = dt.date(2026, 11, 23)
NIGHT = Round(
    id="night",
    checkpoints=("p1", "p2", "p3"),
    minutes=20,
    bands=(Band(start_from="22:00", start_to="23:00"), Band(start_from="23:30", start_to="00:30")),
)


def guard(key: str, **changes: Any) -> tuple[Happening, ...]:
    """Somebody on patrol from 20 to 6 every night."""
    night = Shift(start="20:00", end="06:00", days=WEEK)
    fields = {"role": Role.GUARD, "skills": (SkillHeld(skill="patrol"),), "shifts": (night,), **changes}
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **fields)))


def policy(days: int = 3, **changes: Any) -> tuple[Happening, ...]:
    """The area's policy."""
    return on(entity("policy", "current"), PolicySet(policy=Policy(rounds=RoundsPolicy(days=days, **changes))))


def a_round(item: Round = NIGHT) -> tuple[Happening, ...]:
    """A round."""
    return on(entity("round", item.id), RoundRegistered(round=item))


def site(*more: tuple[Happening, ...], guards: int = 2, days: int = 3) -> AreaState:
    """Three checkpoints, a round and guards g0, g1 and so on; nothing published yet."""
    places = [Place(id="s1", kind=PlaceKind.SITE, lat=30.0, lon=120.0)]
    places += [Place(id=f"p{n}", kind=PlaceKind.CHECKPOINT, lat=30.0 + n / 2000, lon=120.0) for n in (1, 2, 3)]
    known = (on(entity("place", one.id), PlaceRegistered(place=one)) for one in places)
    return folded(policy(days), *known, a_round(), *(guard(f"g{n}") for n in range(guards)), *more)


def asked(state: AreaState, now: dt.datetime = MIDNIGHT) -> Asked | None:
    """What is due."""
    return Walks().ask(state, now)


def publish(state: AreaState, now: dt.datetime = MIDNIGHT, secret: str = SECRET) -> Asked:
    """Plan what is due, and let it be published; the independent check finds nothing wrong."""
    due = asked(state, now)
    assert due is not None, "nothing is due"
    due = Walks().keyed(state.area, due, secret)
    answered = answer(due)
    assert answered.findings == ()
    for batch in publishing(state, Walks(), due, answered.plan):
        commit(state, batch, now)
    return due
