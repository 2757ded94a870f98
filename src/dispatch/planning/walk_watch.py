"""When which checkpoint of a walk is due, and what is to be said of it once that time has passed."""

from __future__ import annotations

import datetime as dt
import itertools

from msgspec import Struct

from dispatch.decide.order import ENDED, OrderState, Status
from dispatch.decide.walk import after, ending, judging
from dispatch.events.envelope import Entity
from dispatch.model.places import PlaceRef, Round, Scans
from dispatch.model.watching import PlannedPass, WalkWatch, due_once
from dispatch.planning.area import AreaState
from dispatch.planning.spots import position_of
from dispatch.solver.problem import Spot
from dispatch.solver.travel import way_by_speed

MODE = "walk"
_MINUTE = dt.timedelta(minutes=1)
_WALKED = frozenset({Status.ARRIVED, Status.DONE})


def laid_out(state: AreaState, order: OrderState, start: dt.datetime, end: dt.datetime) -> WalkWatch | None:
    """What is due on a walk that is planned ``[start, end)``; None if its checkpoints are not scanned, or it has begun.

    A walk planned ahead passes its checkpoints in the order drawn, one that was not as they are registered.
    """
    round_id = order.opened.round
    record = None if round_id is None else state.rounds.get(round_id)
    if record is None or record.item.scans is None or order.scans or order.status in {*_WALKED, *ENDED}:
        return None
    item: Round = record.item
    scans: Scans = record.item.scans
    ahead = _planned_ahead(state, item, order.opened.windows[0].start)
    offsets = ahead or _spread(state, item)
    return WalkWatch(
        passes=tuple(PlannedPass(checkpoint=name, at=start + after) for name, after in offsets),
        end=max(end, start + offsets[-1][1]),
        late_s=scans.late_after * 60,
        missed_s=scans.missed_after * 60,
    )


def _planned_ahead(state: AreaState, item: Round, nominal: dt.datetime) -> list[tuple[str, dt.timedelta]]:
    known = state.walks.get(item.id)
    walk = None if known is None else known.at(nominal)
    if walk is None or {one.checkpoint for one in walk.passes} != set(item.checkpoints):
        return []
    return [(one.checkpoint, one.at - walk.start) for one in due_once(walk.passes)]


def _spread(state: AreaState, item: Round) -> list[tuple[str, dt.timedelta]]:
    """How long after the start each checkpoint is due: the ways between them, the same stay at each."""
    names = list(dict.fromkeys(item.checkpoints))
    at = [position_of(state, PlaceRef(checkpoint=name)) for name in names]
    ways = [
        0 if here is None or there is None else way_by_speed(state.policy.speeds, MODE, Spot(*here), Spot(*there))
        for here, there in itertools.pairwise(at)
    ]
    stays = max(0, item.minutes - sum(ways))
    offsets = [(stays * number // len(names) + sum(ways[:number])) for number in range(len(names))]
    return [(name, offset * _MINUTE) for name, offset in zip(names, offsets, strict=True)]


def moments(watch: WalkWatch) -> list[dt.datetime]:
    """When a walk is to be looked at: as a checkpoint would be late, and as all not scanned are missed."""
    return [*(watch.late_at(one) for one in watch.passes), watch.gone]


def watching(state: AreaState, order_id: str, now: dt.datetime) -> dict[Entity, list[Struct]]:
    """What is to be said of a walk at ``now``: checkpoints that are late or missed, and its end once it is over.

    A walk nobody was seen on does not end so: somebody else may walk the round yet.
    """
    order = state.orders.get(order_id)
    if order is None or order.watch is None:
        return {}
    events: list[Struct] = [*judging(order, now)]
    if now >= order.watch.gone and (order.status is Status.DONE or (order.scans and order.status is Status.ARRIVED)):
        worker = next(iter(order.arrivals), None) or order.workers[0]
        events += ending(after(order, events, now), worker)
    return {Entity(state.area, "order", order_id): events} if events else {}
