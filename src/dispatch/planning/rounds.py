"""Registered rounds become work orders: one for each time they are due on each day ahead, opened once under a fixed id.

One whose walk was planned ahead is pinned to its start and guards; the pin comes off once they cannot keep it, and the
round may be walked at any time of its band. What a round brought is cancelled when it is retired or changed, to be
opened anew as it is then; what was begun stays. It is closed a day after it was missed.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from dispatch.decide.order import OPEN_TO_PLAN, OrderState, Status
from dispatch.decide.plan import head_of
from dispatch.decide.schedule import without
from dispatch.events.envelope import Entity
from dispatch.events.order import (
    Needs,
    OrderCancelled,
    OrderClosed,
    OrderOpened,
    OrderPinned,
    OrderUnpinned,
    Origin,
    ReasonGiven,
)
from dispatch.events.plan import PlanDirected
from dispatch.events.round import PlannedWalk
from dispatch.model.catalogue import Flow, Kind, Urgency
from dispatch.model.places import PlaceRef, Round
from dispatch.model.time import Window, local_day
from dispatch.model.words import key_of
from dispatch.planning.area import WITHDRAWN, AreaState, Occurrence
from dispatch.planning.commit import Batch
from dispatch.planning.round_times import Due, times_on
from dispatch.solver.rules import Rule

DAYS_AHEAD = 2
"""Rounds are opened for today and tomorrow; further ahead nobody needs to know them."""
MISSED_STAY = dt.timedelta(days=1)
"""How long after its band a round that nobody walked stands among what is not planned."""
PRIORITY = 8
CATEGORY = "round"


def occurrence_id(round_id: str, start: dt.datetime, time: int = 1) -> str:
    """The order id of the round whose band opens at ``start`` (UTC): readable while it fits a token.

    ``time``: the how manieth order of that; an order is opened once, and two bands may open at one time. What follows
    the time of day is never part of the name of a round, so that no two rounds share an id.
    """
    readable = f"{round_id}-{start:%Y%m%dt%H%M}" + (f"-{time}" if time > 1 else "")
    again = () if time == 1 else (str(time),)
    return readable if len(readable) <= 64 else key_of("round", round_id, start.isoformat(), *again)


def rounds_due(state: AreaState, now: dt.datetime) -> Batch:
    """The rounds to be opened: bands of today and tomorrow that have not passed and were not opened before."""
    zone = state.policy.time_zone
    today = local_day(now, zone)
    standing: dict[str, list[Occurrence]] = defaultdict(list)
    for order, one in state.opened_rounds.items():
        if one.round is not None and order not in state.withdrawn:
            standing[one.round].append(one)
    batch: Batch = {}
    for key, record in sorted(state.rounds.items()):
        if record.retired:
            continue
        days = (today + dt.timedelta(days=offset) for offset in range(-1, DAYS_AHEAD))
        windows = [_window(record.item, due) for day in days for due in times_on(record.item, day, zone)]
        for window in _not_opened(windows, standing[key]):
            latest = window.end - dt.timedelta(minutes=record.item.minutes)
            if latest > now:
                entity = _free(state, batch, key, window.start)
                # Of two bands that open at one time one was planned; a round that changed was planned otherwise.
                first = entity.id == occurrence_id(key, window.start)
                walk = _walk(state, key, window) if first else None
                pins = [] if walk is None or walk.start <= now else [_pinned(walk)]
                batch[entity] = [_opened(record.item, window, now), *pins]
    return batch


def releasing(state: AreaState) -> Batch:
    """The pins that come off: of walks planned ahead that were tried and are in no plan, so their guards cannot."""
    batch: Batch = {}
    for key, order in sorted(state.orders.items()):
        opened = order.opened
        if opened.round is not None and order.status is Status.OPENED and order.reasons and order.pin is not None:
            walk = _walk(state, opened.round, opened.windows[0])
            if walk is not None and order.pin == _pinned(walk):
                batch[Entity(state.area, "order", key)] = [OrderUnpinned()]
    return batch


def _walk(state: AreaState, round_id: str, window: Window) -> PlannedWalk | None:
    """The walk that was planned ahead for the band that opens with ``window``."""
    known = state.walks.get(round_id)
    return None if known is None else known.at(window.start)


def _pinned(walk: PlannedWalk) -> OrderPinned:
    return OrderPinned(workers=walk.guards, start=walk.start)


def _not_opened(windows: Iterable[Window], standing: Sequence[Occurrence]) -> Iterator[Window]:
    """Those of ``windows`` nothing was opened for; ``standing``: what was.

    Two bands may fall on the same span where clocks are put forward; then each of them is walked. What was begun as the
    round was before it changed is not walked a second time for that.
    """
    by_start: dict[dt.datetime, list[Window]] = defaultdict(list)
    for window in windows:
        by_start[window.start].append(window)
    for start, several in by_start.items():
        others = [one.end for one in standing if one.start == start]
        missing: list[Window] = []
        for window in several:
            if window.end in others:
                others.remove(window.end)
            else:
                missing.append(window)
        yield from missing[len(others) :]


def _free(state: AreaState, batch: Batch, round_id: str, start: dt.datetime) -> Entity:
    """The first order that was never opened of those a round has for a band that opens at ``start``."""
    ids = (occurrence_id(round_id, start, time) for time in itertools.count(1))
    orders = (Entity(state.area, "order", one) for one in ids if one not in state.opened_rounds)
    return next(order for order in orders if order not in batch and order.id not in state.withdrawn)


def withdrawing(state: AreaState, now: dt.datetime) -> Batch:
    """The end of one order of a round that was retired, or is walked otherwise now; empty when there is none.

    What is under way stays, and so does a band that passed uncovered while the round stood.
    """
    for key, order in sorted(state.orders.items()):
        round_id = order.opened.round
        if round_id is None or order.status not in OPEN_TO_PLAN or _stands(state, round_id, key, order, now):
            continue
        return withdrawal(state, key, OrderCancelled(round=round_id))
    return {}


def withdrawal(state: AreaState, order_id: str, cancelled: OrderCancelled) -> Batch:
    """The events by which an order the service opened itself ends: off every schedule, under the plan head."""
    number = state.head.number + 1
    directed = PlanDirected(number=number, parent=state.head.number, verb=WITHDRAWN, order=order_id)
    batch: Batch = {Entity(state.area, "order", order_id): [cancelled], head_of(state.area): [directed]}
    for worker in sorted({name for name, route in state.routes() if any(one.order == order_id for one in route.stops)}):
        batch[Entity(state.area, "schedule", worker)] = [*without(state.schedules[worker], order_id, number)]
    return batch


def closing(state: AreaState, now: dt.datetime) -> Batch:
    """The end of the orders of rounds that were missed more than `MISSED_STAY` ago: nobody can walk them any more.

    Each is closed as not satisfied, with what kept it from being walked.
    """
    return {
        Entity(state.area, "order", key): [OrderClosed(satisfied=False, reasons=kept_from(order))]
        for key, order in sorted(state.orders.items())
        if order.opened.origin is Origin.ROUND and order.status is Status.OPENED
        if order.windows and max(window.end for window in order.windows) < now - MISSED_STAY
    }


def kept_from(order: OrderState) -> tuple[ReasonGiven, ...]:
    """What kept a round or visit from being made; that its time is over only if nothing else is known."""
    return tuple(one for one in order.reasons if one.rule != Rule.WINDOW_PAST) or order.reasons


def _stands(state: AreaState, round_id: str, order_id: str, order: OrderState, now: dt.datetime) -> bool:
    """Whether the round an order is of is still walked at that time, as it was when it was opened."""
    record = state.rounds.get(round_id)
    if record is None or record.retired:
        return False
    (window, *_) = order.opened.windows
    if window.end <= now:
        return True
    zone = state.policy.time_zone
    first = local_day(window.start, zone) - dt.timedelta(days=1)
    days = [first + dt.timedelta(days=offset) for offset in range(3)]
    windows = (_window(record.item, due) for day in days for due in times_on(record.item, day, zone))
    same = (one for one in windows if one.start == window.start)
    times = sum(_opened(record.item, one, order.opened.reported_at) == order.opened for one in same)
    # Two bands may fall on the same span; if there is one less than before, one of their orders goes.
    alike = (key for key, one in state.opened_rounds.items() if one == Occurrence(round_id, window.start, window.end))
    return sum(one < order_id for one in alike if one not in state.withdrawn) < times


def _window(item: Round, due: Due) -> Window:
    """The span the whole round lies in: it starts when it is due."""
    return Window(start=due.first, end=due.last + dt.timedelta(minutes=item.minutes))


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
