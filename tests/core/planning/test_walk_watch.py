"""When which checkpoint of a planned walk is due, and what the planner says of it as that time passes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import on
from core.planning.folded import add, commit, planned
from core.planning.walked import MIDNIGHT, NIGHT, a_round, publish, site
from msgspec.structs import replace

from dispatch.decide.order import Status
from dispatch.events.envelope import Entity
from dispatch.events.order import (
    CheckpointJudged,
    CheckpointScanned,
    OrderClosed,
    OrderUnplanned,
    VisitDone,
    WorkerArrived,
)
from dispatch.model.places import Scans
from dispatch.model.watching import WalkWatch
from dispatch.planning.area import AreaState
from dispatch.planning.commit import batch_of
from dispatch.planning.rounds import rounds_due
from dispatch.planning.walk_watch import moments, watching
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.wheel import Timer

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
SCANNED = replace(NIGHT, scans=Scans(late_after=4, missed_after=20))


def walked(*more: Any, days: int = 0) -> tuple[AreaState, dict[str, WalkWatch]]:
    """A site whose round is scanned, its walks of two days planned; by order, what is due on each."""
    state = site(a_round(SCANNED), *more, days=days)
    now = MIDNIGHT
    if days:
        publish(state)
        now += 2 * DAY
    commit(state, rounds_due(state, now), now)
    built, plan = planned(state, now)
    commit(state, batch_of(state, built, plan, now, why="test"), now)
    return state, {key: one.watch for key, one in state.orders.items() if one.watch is not None}


def test_a_walk_that_was_not_planned_ahead_passes_its_checkpoints_as_registered() -> None:
    state, watches = walked()
    assert len(watches) == len(state.orders) > 2
    for key, watch in watches.items():
        order = state.orders[key]
        assert order.start is not None
        assert [one.checkpoint for one in watch.passes] == list(NIGHT.checkpoints)
        assert watch.passes[0].at == order.start
        assert watch.end == order.end
        assert all(a.at < b.at for a, b in zip(watch.passes, watch.passes[1:], strict=False))
        assert (watch.late_s, watch.missed_s) == (240, 1200)


def test_a_walk_planned_ahead_passes_them_as_drawn() -> None:
    state, watches = walked(days=3)
    drawn = {walk.nominal: walk for walk in state.walks["night"].walks}
    seen = 0
    for key, watch in watches.items():
        walk = drawn.get(state.orders[key].opened.windows[0].start)
        if walk is not None and state.orders[key].start == walk.start:
            assert watch.passes == walk.passes
            seen += 1
    assert seen >= 2


def test_of_a_round_that_is_not_scanned_nothing_is_said() -> None:
    state = site()
    commit(state, rounds_due(state, MIDNIGHT), MIDNIGHT)
    built, plan = planned(state, MIDNIGHT)
    commit(state, batch_of(state, built, plan, MIDNIGHT, why="test"), MIDNIGHT)
    assert state.orders and all(one.watch is None for one in state.orders.values())


def first_of(state: AreaState, watches: dict[str, WalkWatch]) -> tuple[Entity, WalkWatch]:
    key = min(watches, key=lambda one: watches[one].opens)
    return Entity(state.area, "order", key), watches[key]


def test_each_checkpoint_is_said_to_be_late_as_its_time_passes_and_missed_at_the_end() -> None:
    state, watches = walked()
    entity, watch = first_of(state, watches)
    said: list[tuple[str, str, dt.datetime]] = []
    for now in sorted(set(moments(watch))):
        assert watching(state, entity.id, now - MINUTE / 60) == {}, "it is said before its time"
        (events,) = watching(state, entity.id, now).values()
        commit(state, {entity: events}, now)
        assert watching(state, entity.id, now) == {}, "it is said twice"
        said += [(one.checkpoint, one.standing, one.since) for one in events if isinstance(one, CheckpointJudged)]
    lates = [(one.checkpoint, "late", one.at + 4 * MINUTE) for one in watch.passes]
    assert said == [*lates, *((one.checkpoint, "missed", watch.gone) for one in watch.passes)]
    assert state.orders[entity.id].status not in {Status.DONE, Status.CLOSED}, "somebody else may walk it yet"


def test_a_walk_somebody_was_seen_on_ends_with_what_was_missed() -> None:
    state, watches = walked()
    entity, watch = first_of(state, watches)
    (worker, *_) = state.orders[entity.id].workers
    (first, *_) = watch.passes
    scan = CheckpointScanned(worker=worker, checkpoint=first.checkpoint, due=first.at)
    add(state, on(entity, WorkerArrived(worker=worker), scan), at=first.at)
    (events,) = watching(state, entity.id, watch.gone).values()
    judged = [one for one in events if isinstance(one, CheckpointJudged)]
    assert [(one.checkpoint, one.standing) for one in judged] == [(p.checkpoint, "missed") for p in watch.passes[1:]]
    done, closed = events[-2:]
    assert isinstance(done, VisitDone) and isinstance(closed, OrderClosed)
    assert not closed.satisfied
    assert {one.rule for one in closed.reasons} == {"checkpoint_missed"}


def test_a_walk_that_falls_out_of_the_plan_is_not_watched_and_is_laid_out_anew() -> None:
    state, watches = walked()
    entity, watch = first_of(state, watches)
    add(state, on(entity, OrderUnplanned(reasons=(), plan=9)))
    assert watching(state, entity.id, watch.gone) == {}
    built, plan = planned(state, MIDNIGHT)
    commit(state, batch_of(state, built, plan, MIDNIGHT, why="test"), MIDNIGHT)
    assert state.orders[entity.id].watch is not None


def test_timers_are_set_for_each_moment_and_again_after_a_restart() -> None:
    state, watches = walked()
    wanted = {(at, key) for key, watch in watches.items() for at in moments(watch)}
    areas = Areas()
    areas.areas[state.area] = state
    for key, order in state.orders.items():
        areas.set_timers_again(state.area, key, order)
    found = {(due.at, due.order) for due in areas.wheel.pop(MIDNIGHT + 9 * DAY) if due.timer is Timer.WATCH}
    assert found == wanted
