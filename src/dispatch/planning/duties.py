"""What is left of each duty: what of its route is past or under way, and where and when the worker is free again."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import UNDER_WAY, Status
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import RouteBrought
from dispatch.model.people import Duty
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.crews import Gathered, gather, is_off
from dispatch.planning.held_up import given_up_at
from dispatch.planning.on_duty import duties_of
from dispatch.planning.past import day_of, stops_of_day, was_there
from dispatch.planning.under_way import begun_apart, under_way
from dispatch.planning.whereabouts import Word, expected_end, heard, last_there, over_at

_MINUTE = dt.timedelta(minutes=1)
_TOLD = frozenset({Status.TOLD, Status.ACCEPTED, *UNDER_WAY})


class OpenDuty(Struct, frozen=True, kw_only=True):
    """A duty that has not ended. ``past``: stops done, under way, or due to be under way; they stay as they are.

    ``ahead``: stops the plan may still change. ``free_at``: when the worker is free for them; ``free_stop``: the last
    stop before that, unset for the base. ``busy``: when they were, or will be, at ``past`` or at a stop of another duty
    that they are still under way with. ``rests``: the breaks they were told. ``gone``: stops done or under way on other
    duties of the day, which ended or are duties no more, or done on the day though they stand on one of a later day.
    """

    duty: Duty
    past: tuple[ScheduledStop, ...] = ()
    ahead: tuple[ScheduledStop, ...] = ()
    free_at: dt.datetime
    free_stop: ScheduledStop | None = None
    busy: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    rests: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    gone: tuple[ScheduledStop, ...] = ()

    def rests_until(self, first: dt.datetime, last: dt.datetime, now: dt.datetime) -> dt.datetime | None:
        """When the break within ``[first, last)`` that they are in ends; None when they are in none."""
        if self.free_at > now:
            return None
        return next((end for start, end in self.rests if first <= start <= now < end <= last), None)

    def has_rested(self, first: dt.datetime, last: dt.datetime, minutes: int, now: dt.datetime) -> bool:
        """Whether a break of ``minutes`` within ``[first, last)`` is behind them: they were free that long by ``now``.

        A break that was cut short is still to be taken, whole; one that was told and has passed was taken.
        """
        free, until = max(first, self.duty.start), min(last, now)
        if any(first <= start and end <= until and end - start >= minutes * _MINUTE for start, end in self.rests):
            return True
        for start, end in sorted(self.busy):
            if min(start, until) - free >= minutes * _MINUTE:
                return True
            free = max(free, end)
        return until - free >= minutes * _MINUTE


def open_duties(
    state: AreaState, now: dt.datetime, gathered: Mapping[str, Gathered] | None = None
) -> dict[str, list[OpenDuty]]:
    """The duties of every active worker that end after ``now``, up to the policy's horizon, by worker.

    ``gathered``: what becomes of orders that are `waiting`; who cannot come to them has them on no duty any more.
    """
    gathered = gathered or {}
    policy = state.policy
    today = local_day(now, policy.time_zone)
    last = today + dt.timedelta(days=policy.horizon_days - 1)
    fixed, apart = under_way(state, now), _done_apart(state)
    word = heard(state)
    begun: dict[str, list[_Still]] = defaultdict(list)
    for one in begun_apart(state, now):
        begun[one.worker].append(_Still(one.stop, one.route, expected_end(state, one.stop, word, now)))
    found: dict[str, list[OpenDuty]] = {}
    for worker_id, record in state.active_workers().items():
        schedule = state.schedules.get(worker_id)
        routes = schedule.routes if schedule else {}
        early = apart.get(worker_id, [])
        still_open = [
            duty for duty in duties_of(state, worker_id, today - dt.timedelta(days=1), last) if duty.end > now
        ]
        ends = {duty.id: duty.end for duty in still_open}
        still = _under_way_by_report(state, worker_id, routes, ends, fixed, word, now)
        still = [one for one in still if not is_off(gathered, one.stop, worker_id)]
        still += begun[worker_id]
        still += [_Still(stop, route, stop.end) for route in record.brought for stop in route.stops]
        over = (route for key, route in routes.items() if key not in ends)
        others: list[RouteChanged | RouteBrought] = [*over, *record.brought]
        found[worker_id] = [
            replace(
                _open(state, duty, routes.get(duty.id), still + early, fixed, word, now, gathered),
                gone=_gone(state, duty, others, still, early),
            )
            for duty in still_open
        ]
    return found


class _Still(Struct, frozen=True):
    """A stop somebody is under way with, the route it is of, here or brought, and when they will be free of it."""

    stop: ScheduledStop
    route: RouteChanged | RouteBrought
    until: dt.datetime

    def is_of(self, duty: Duty) -> bool:
        """Whether it is on the plan of ``duty`` itself."""
        return isinstance(self.route, RouteChanged) and self.route.duty == duty.id

    def is_way(self, seen: dt.datetime | None) -> bool:
        """Whether they set out from there when they are free of it.

        From where it came off the plan, as long as nothing brought them elsewhere since: ``seen`` is when they last
        came somewhere, or were done, that is still on it.
        """
        return isinstance(self.route, RouteChanged) or not self.route.off or seen is None or seen <= self.stop.start


def _under_way_by_report(
    state: AreaState,
    worker: str,
    routes: dict[str, RouteChanged],
    ends: Mapping[str, dt.datetime],
    fixed: frozenset[str],
    word: Word,
    now: dt.datetime,
) -> list[_Still]:
    """What the worker set out for, or is at, by their own word: a new duty cannot begin before they are free of it.

    So with what could not be when they were there: it is where they were. And with what they did before the duty began
    that it is planned for: they were there then, on the duty they were on. And with what was over on a duty that, as
    hours changed, is one no more, or had ended by then. ``ends``: when the duties end that have not by ``now``.
    """
    found = []
    for route in routes.values():
        for stop in route.stops:
            order = state.order_of(stop)
            if order is None or worker not in order.workers:
                continue
            over = over_at(order)
            if over is not None and over <= now and over < route.start:
                began = over - (stop.end - stop.start)
                found.append(_Still(replace(stop, arrive=began, start=began, end=over), route, over))
            elif over is not None and order.status is Status.COULD_NOT:
                found += [_Still(stop, route, over)] if worker in order.arrivals else []
            elif over is not None and ends.get(route.duty, route.start) < over <= now < route.end:
                found.append(_Still(stop, route, over))
            if order.status not in UNDER_WAY:
                continue
            until = expected_end(state, stop, word, now)
            if route.end <= now and order.status is Status.ON_THE_WAY:
                # Who forgot to report is not under way for ever.
                until = min(until, given_up_at(route, stop))
            if stop.order in fixed or route.end <= now:
                found.append(_Still(stop, route, until))
    return found


def _done_apart(state: AreaState) -> dict[str, list[_Still]]:
    """By worker, what they did that stands on no route of theirs that day: work of that day, and where they were then.

    Such is what was done on a day before the duty it was planned for.
    """
    planned = {(worker, stop.order) for worker, route in state.routes() for stop in stops_of_day(state, route)}
    found: dict[str, list[_Still]] = defaultdict(list)
    for key, order in chain(state.orders.items(), state.closed.items()):
        done = order.done_at
        if order.status is not Status.DONE or done is None or order.start is None or order.end is None:
            continue
        for worker in order.workers:
            if (worker, key) not in planned:
                start = done - (order.end - order.start)
                category, place = order.opened.category, order.opened.place
                stop = ScheduledStop(order=key, category=category, place=place, arrive=start, start=start, end=done)
                route = RouteBrought(area=state.area, start=start, end=done, stops=(stop,))
                found[worker].append(_Still(stop, route, done))
    return found


def _gone(
    state: AreaState,
    duty: Duty,
    others: Iterable[RouteChanged | RouteBrought],
    still: list[_Still],
    early: list[_Still],
) -> tuple[ScheduledStop, ...]:
    """What of the day of ``duty`` was done, or is under way, on ``others``; not what is to be planned anew.

    ``early``: what was done on a day before the one it was planned for.
    """
    zone = state.policy.time_zone
    still_there = {(one.stop.order, one.stop.start) for one in still}
    of_day = [
        stop
        for route in others
        if local_day(route.start, zone) == duty.day
        for stop in route.stops
        if day_of(state, route, stop) == duty.day
        if (stop.order, stop.start) in still_there or was_there(state, stop)
    ]
    return (*of_day, *(one.stop for one in early if local_day(one.until, zone) == duty.day))


def promised_minutes(state: AreaState, worker: str, day: dt.date, now: dt.datetime) -> int:
    """The minutes of visits that ``worker`` did on the local ``day``, is at, or was told of and can still go to."""
    zone = state.policy.time_zone
    early = _done_apart(state).get(worker, ())
    schedule = state.schedules.get(worker)
    stops = [
        stop
        for route in (schedule.routes.values() if schedule else ())
        if local_day(route.start, zone) == day
        for stop in stops_of_day(state, route)
        if was_there(state, stop) or (route.end > now and state.orders[stop.order].status in _TOLD)
    ]
    brought = (route for route in state.workers[worker].brought if local_day(route.start, zone) == day)
    stops += [stop for route in brought for stop in route.stops]
    stops += [one.stop for one in early if local_day(one.until, zone) == day]
    return sum((stop.end - stop.start) // _MINUTE for stop in stops)


def _open(
    state: AreaState,
    duty: Duty,
    route: RouteChanged | None,
    still: list[_Still],
    fixed: frozenset[str],
    word: Word,
    now: dt.datetime,
    gathered: Mapping[str, Gathered],
) -> OpenDuty:
    stops = stops_of_day(state, route) if route is not None else ()
    stops = tuple(gather(gathered, stop, duty.worker) for stop in stops if not is_off(gathered, stop, duty.worker))
    asked = {order for order, one in gathered.items() if one.asked}
    stays = tuple(stop for stop in stops if stop.order in fixed)
    past = tuple(stop for stop in stays if stop.order not in asked)
    ahead = tuple(stop for stop in stops if stop.order not in fixed)
    elsewhere = [one for one in still if not one.is_of(duty)]
    joined = {order for order, one in gathered.items() if one.joiners} | asked
    ends = [(stop, stop.end if stop.order in joined else expected_end(state, stop, word, now)) for stop in stays]
    busy = tuple((min(stop.leaves, end), end) for stop, end in (*ends, *((one.stop, one.until) for one in elsewhere)))
    free_at = max(duty.start, now, *(end for _, end in busy))
    # They come straight from there only if their duty had not ended before this one begins.
    straight = [one for one in elsewhere if one.until > duty.start and one.route.end >= duty.start]
    seen = word.seen.get(duty.worker)
    ways = [one for one in straight if one.is_way(seen)]
    own = [*((one.stop, one.until) for one in ways if isinstance(one.route, RouteChanged)), *reversed(ends)]
    last = list(last_there(state, duty.worker, own, word))
    last += [(one.until, False, one.stop) for one in ways if not isinstance(one.route, RouteChanged)]
    # The last of those that end last: what was done out of turn is not where they are now.
    free_stop = max(last, key=itemgetter(0, 1))[2] if last else None
    rests = route.rests if route is not None else ()
    return OpenDuty(duty=duty, past=past, ahead=ahead, free_at=free_at, free_stop=free_stop, busy=busy, rests=rests)
