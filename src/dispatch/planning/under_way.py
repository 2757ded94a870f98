"""What is under way, for whom of its crew, and who of them cannot come any more."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from msgspec import Struct

from dispatch.decide.order import OPEN_TO_PLAN, OVER, UNDER_WAY, Status
from dispatch.decide.record import RecordState
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.model.people import Duty
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.crews import Gathered, is_overruled, lacks
from dispatch.planning.held_up import given_up_at, held_up
from dispatch.planning.on_duty import duties_of
from dispatch.planning.past import stops_of_day
from dispatch.planning.whereabouts import over_at

_DAY = dt.timedelta(days=1)
_LEFT = frozenset({*UNDER_WAY, *OVER})


class Begun(Struct, frozen=True):
    """A stop of ``worker`` that is under way, and the route it is of."""

    worker: str
    route: RouteChanged
    stop: ScheduledStop


def under_way(state: AreaState, now: dt.datetime) -> frozenset[str]:
    """The orders that are past or under way, for every one of their crew: what stands before one on a route is too.

    An order of which one of the crew cannot come any more, or not as told, is neither: others must be found for it;
    unless somebody is there or on the way already, who stays (`waiting`).
    """
    held, active = waiting(state, now), state.active_workers()
    held |= {order: one.there for order, one in to_come(state, now, held).items()}
    routes = [
        (worker, route, tuple(stop for stop in stops_of_day(state, route) if worker in held.get(stop.order, (worker,))))
        for worker, route in state.routes()
        if route.end > now
    ]
    broken = {
        stop.order
        for worker, route, stops in routes
        for stop in stops
        if _cannot_go(state, route, stop, worker, active.get(worker), now)
    } | held_up(state, now)
    broken -= held.keys()
    fixed = {
        stop.order for worker, _, stops in routes for stop in stops if _has_left(state, stop, worker, now)
    } - broken
    fixed.update(held)
    while True:
        before = len(fixed)
        for _, _, stops in routes:
            in_turn = (i for i, stop in enumerate(stops) if stop.order in fixed and not _out_of_turn(state, stop))
            split = max(in_turn, default=0)
            fixed.update(stop.order for stop in stops[:split] if stop.order not in broken)
        if len(fixed) == before:
            return frozenset(fixed)


def waiting(state: AreaState, now: dt.datetime) -> dict[str, tuple[str, ...]]:
    """The orders for which somebody is there, or on the way, and not everybody needed can come; by order, who is.

    Either one of the crew cannot go, by what is known now, or nobody was found when that was so.
    """
    crews = {
        key: order
        for key, order in state.orders.items()
        if order.status in UNDER_WAY and (len(order.workers) > 1 or order.short)
    }
    if not crews:
        return {}
    active = state.active_workers()
    lost: dict[str, set[str]] = defaultdict(set)
    standing: dict[str, set[str]] = defaultdict(set)
    for worker, route in state.routes():
        for stop in route.stops:
            if stop.order in crews and worker in crews[stop.order].workers:
                if route.end > now:
                    standing[stop.order].add(worker)
                if _cannot_go(state, route, stop, worker, active.get(worker), now):
                    lost[stop.order].add(worker)
    found = {}
    for key, order in crews.items():
        left = standing[key] - lost[key]
        there = tuple(one for one in order.workers if one in left and order.stages.get(one) in UNDER_WAY)
        if there and (lost[key] or order.short):
            found[key] = there
    return found


def to_come(state: AreaState, now: dt.datetime, waits: Mapping[str, tuple[str, ...]]) -> dict[str, Gathered]:
    """The orders for which some set out, or came, before the others need to, and what stands; but those in ``waits``.

    The others, ``joiners``, come at the time planned, and until then do what they have time for.
    """
    crews = {
        key: order
        for key, order in state.orders.items()
        if order.status in UNDER_WAY and len(order.workers) > 1 and not order.short and key not in waits
    }
    if not crews:
        return {}
    active = state.active_workers()
    later: dict[str, set[str]] = defaultdict(set)
    lost: set[str] = set()
    for worker, route in state.routes():
        for stop in route.stops if route.end > now else ():
            order = crews.get(stop.order)
            if order is None or worker not in order.workers:
                continue
            if _cannot_go(state, route, stop, worker, active.get(worker), now):
                lost.add(stop.order)
            as_planned = (stop.start, stop.end) == (order.start, order.end)
            if as_planned and order.stages.get(worker) not in _LEFT and stop.leaves > now:
                later[stop.order].add(worker)
    found = {}
    for key, joiners in later.items():
        order = crews[key]
        there = tuple(worker for worker in order.workers if worker not in joiners)
        if there and key not in lost and order.start is not None and order.end is not None:
            found[key] = Gathered(there=there, start=order.start, end=order.end, joiners=tuple(sorted(joiners)))
    return found


def stranded(state: AreaState, now: dt.datetime) -> frozenset[str]:
    """The orders somebody set out for who cannot come any more, as long as they stand on a route.

    Nor does who said nothing of it since their duty ended, for as long as the visit was to take.
    """
    set_out = {key: order for key, order in state.orders.items() if order.status is Status.ON_THE_WAY}
    if not set_out:
        return frozenset()
    fixed, active = under_way(state, now), state.active_workers()
    return frozenset(
        stop.order
        for worker, route in state.routes()
        for stop in route.stops
        if stop.order in set_out and stop.order not in fixed and worker in set_out[stop.order].workers
        if given_up_at(route, stop) <= now
        or route.end > now
        or _cannot_go(state, route, stop, worker, active.get(worker), now)
    )


def begun_apart(state: AreaState, now: dt.datetime) -> tuple[Begun, ...]:
    """What is under way, by the plan and not by what was said, on duties that are people's no more, or not as long.

    Their hours changed when they, or others who go with them, had set out: it stays as it was told.
    """
    active = state.active_workers()
    lost: list[Begun] = []
    for worker, route in state.routes():
        if route.end <= now or worker not in active or not route.stops:
            continue
        about = _duties_about(state, route, worker)
        until = next((duty.end for duty in about if duty.id == route.duty and duty.end > now), now)
        lost += (Begun(worker, route, stop) for stop in stops_of_day(state, route) if until == now or until < stop.end)
    fixed = under_way(state, now) if lost else ()
    return tuple(
        one
        for one in lost
        if one.stop.order in fixed
        if one.stop.order in state.orders and state.orders[one.stop.order].status in OPEN_TO_PLAN
    )


def _duties_about(state: AreaState, route: RouteChanged, worker: str) -> tuple[Duty, ...]:
    """The duties of ``worker``, by their hours as they are now, of the day of ``route`` and the one before."""
    day = local_day(route.start, state.policy.time_zone)
    return duties_of(state, worker, day - _DAY, day)


def _out_of_turn(state: AreaState, stop: ScheduledStop) -> bool:
    """Whether ``stop`` was over before it was to begin, which says nothing of the stops ahead of it on the route."""
    over = over_at(state.order_of(stop))
    return over is not None and over < stop.start


def _has_left(state: AreaState, stop: ScheduledStop, worker: str, now: dt.datetime) -> bool:
    """Whether the worker has left for ``stop``, by their own report or because the plan says they must have."""
    order = state.order_of(stop)
    if order is None:
        # Closed or cancelled since: history if it lies behind, gone from the route if it lies ahead.
        return stop.start <= now
    if worker in order.workers and (order.status in _LEFT or order.stages.get(worker) in _LEFT):
        return True
    # Whom a dispatcher wants to begin it at a later moment has not begun it, by their word.
    later = order.pin is not None and order.pin.start is not None and order.pin.start > max(now, stop.start)
    return stop.leaves < now and not later


def _cannot_go(
    state: AreaState,
    route: RouteChanged,
    stop: ScheduledStop,
    worker_id: str,
    worker: RecordState | None,
    now: dt.datetime,
) -> bool:
    """Whether somebody who is not there yet retired, fell ill, refused or lost the skill, so that others must do
    ``stop``. That others of the crew are there changes nothing for them.
    """
    order = state.order_of(stop)
    if order is None or order.status in OVER or order.stages.get(worker_id) is Status.ARRIVED:
        return False
    if worker is None or worker_id in order.refused_by or lacks(order, stop, worker, state.policy.time_zone):
        return True
    if is_overruled(order, worker_id) or _is_off_duty(state, route, stop, worker_id, now):
        return True
    end = stop.end
    if order.stages.get(worker_id) is Status.ON_THE_WAY:
        # They are late, and it takes as long once they are there.
        end = max(end, now + (stop.end - stop.start))
    return any(one.start < end and one.end > max(stop.start, now) for one in away_of(state, worker_id))


def _is_off_duty(state: AreaState, route: RouteChanged, stop: ScheduledStop, worker_id: str, now: dt.datetime) -> bool:
    """Whether the hours of somebody who is to go with others, and has not left yet, have changed and are not then.

    Where nobody else goes, what they have not left for is planned anew in any case.
    """
    order = state.order_of(stop)
    if order is None or len(order.workers) < 2 or order.stages.get(worker_id) in _LEFT or stop.leaves < now:
        return False
    return not any(one.start <= stop.leaves and stop.end <= one.end for one in _duties_about(state, route, worker_id))
