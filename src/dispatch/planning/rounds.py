"""Registered rounds become work orders: one for each band of each day ahead, opened once under a fixed id."""

from __future__ import annotations

import datetime as dt

from dispatch.events.envelope import Entity
from dispatch.events.order import Needs, OrderOpened, Origin
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import Band, PlaceRef, Round
from dispatch.model.time import Window, at_clock, local_day
from dispatch.model.words import key_of
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch

DAYS_AHEAD = 2
"""Rounds are opened for today and tomorrow; further ahead nobody needs to know them."""
PRIORITY = 8
CATEGORY = "round"


def occurrence_id(round_id: str, start: dt.datetime) -> str:
    """The order id of the round whose band opens at ``start`` (UTC): readable while it fits a token."""
    readable = f"{round_id}-{start:%Y%m%dt%H%M}"
    return readable if len(readable) <= 64 else key_of("round", round_id, start.isoformat())


def rounds_due(state: AreaState, now: dt.datetime) -> Batch:
    """The rounds to be opened: bands of today and tomorrow that have not passed and were not opened before."""
    policy = state.policy
    today = local_day(now, policy.time_zone)
    batch: Batch = {}
    for key, record in sorted(state.rounds.items()):
        if record.retired:
            continue
        for offset in range(-1, DAYS_AHEAD):
            day = today + dt.timedelta(days=offset)
            for band in record.item.bands:
                window = _window(record.item, band, day, policy.time_zone)
                entity = Entity(state.area, "order", occurrence_id(key, window.start))
                latest = window.end - dt.timedelta(minutes=record.item.minutes)
                if latest > now and entity.id not in state.opened_rounds:
                    batch[entity] = [_opened(record.item, window, now)]
    return batch


def _window(item: Round, band: Band, day: dt.date, time_zone: str) -> Window:
    """The span the whole round lies in: it starts inside its band."""
    start = at_clock(day, band.start_from, time_zone)
    next_day = day + dt.timedelta(days=1)
    last_start = at_clock(day if band.start_to > band.start_from else next_day, band.start_to, time_zone)
    # A band within the hour that clocks skip would end before it starts; its round is still walked, then.
    return Window(start=start, end=max(start, last_start) + dt.timedelta(minutes=item.minutes))


def _opened(item: Round, window: Window, now: dt.datetime) -> OrderOpened:
    return OrderOpened(
        origin=Origin.ROUND,
        kind=Kind.PATROL,
        category=CATEGORY,
        place=PlaceRef(checkpoint=item.checkpoints[0]),
        reported_at=now,
        windows=(window,),
        round=item.id,
        needs=Needs(
            kind=Kind.PATROL,
            skill=item.skill,
            level=item.level,
            minutes=item.minutes,
            people=item.people,
            urgency=Urgency.NORMAL,
            priority=PRIORITY,
            flow=Flow.COMMON,
        ),
    )
