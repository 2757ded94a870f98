"""Gates, guards and weeks of theirs, folded without any service: what a planner does for a roster in one go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import Happening, on
from core.decide.sample import HOUR, entity, worker
from core.planning.folded import add, commit, folded

from dispatch.events.horizon import HorizonPublished
from dispatch.events.policy import PolicySet
from dispatch.events.post import PostRegistered
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.model.people import SkillHeld, Terms
from dispatch.model.policy import Policy, RosterPolicy
from dispatch.model.posts import Post, PostShift
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import Asked, publishing
from dispatch.planning.roster_ask import build_roster
from dispatch.planning.roster_days import Period
from dispatch.planning.rosters import Rosters
from dispatch.solver.roster_problem import RosterPerson, RosterProblem

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


def duty(day: dt.date, shift: PostShift = EARLY, **more: Any) -> RosteredDuty:
    """A duty at the gate."""
    start = dt.datetime.combine(day, dt.time.fromisoformat(shift.start), dt.UTC) - 8 * HOUR
    return RosteredDuty(
        **{"day": day, "post": "gate", "shift": shift.id, "start": start, "end": start + 8 * HOUR, **more}
    )


def told(state: AreaState, key: str, *duties: RosteredDuty, since: dt.date = MONDAY) -> None:
    """Let these duties have been published, from a day on for a week."""
    head = HorizonPublished(
        number=1, parent=0, start=since, until=MONDAY + 7 * DAY, frozen=since, saw=0, why="first", inputs="other",
        solver="by hand", seed=0, budget=0, used=0, repeatable=True, cost={}, changed=1, open_count=0,
    )  # fmt: skip
    published = DutiesPublished(number=1, start=since, until=MONDAY + 7 * DAY, duties=duties)
    add(state, on(entity("horizon", "roster"), head), on(entity("roster", key), published))


def away(state: AreaState, key: str, start: dt.datetime, hours: float) -> None:
    """Let somebody be absent so long from then on."""
    add(state, on(entity("worker", key), WorkerAbsent(start=start, end=start + hours * HOUR)))


def problem(state: AreaState, first: dt.date = MONDAY, days: int = 7, now: dt.datetime = MIDNIGHT) -> RosterProblem:
    """What is asked of the solver."""
    return build_roster(state, Period(first, first + days * DAY, now))


def person(state: AreaState, key: str = "g0", **when: Any) -> RosterPerson:
    """What it is asked about somebody."""
    (found,) = [one for one in problem(state, **when).people if one.id == key]
    return found


def on_duty(state: AreaState) -> dict[dt.date, set[str]]:
    """Who has a duty, by day."""
    found: dict[dt.date, set[str]] = {}
    for key, roster in state.rosters.items():
        for day in roster.duties:
            found.setdefault(day, set()).add(key)
    return found
