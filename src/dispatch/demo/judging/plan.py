"""Promises of the plan: pins and agreed times hold, nothing told is changed at the last moment, what is shown is so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import MINUTE, Facts, Happening
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.model.time import Window


def agreed_times(facts: Facts) -> Tally:
    """Whenever a visit is planned, the whole of it lies inside a window that was agreed."""
    tally = Tally()
    for order in sorted(facts.orders):
        windows: tuple[Window, ...] = ()
        for one in facts.orders[order]:
            match one.event:
                case happened.OrderOpened() | happened.OrderRescheduled():
                    windows = one.event.windows
                case happened.OrderPlanned(start=start, end=end) if windows:
                    kept = any(window.start <= start and end <= window.end for window in windows)
                    tally.note(kept, f"{order}: planned {start:%H:%M}Z to {end:%H:%M}Z")
    return tally


def pins_hold(facts: Facts) -> Tally:
    """From a dispatcher's pin on, the people and the time stay as pinned until they refuse or the desk frees them.

    What was not in the plan when it was pinned, and never since, is not taken off it.
    """
    tally = Tally()
    for order in sorted(facts.orders):
        pin: happened.OrderPinned | None = None
        stands = False
        for one in facts.orders[order]:
            before, stands = stands, _stands(one.event, stands)
            match one.event:
                case happened.OrderPinned():
                    pin = one.event
                    tally.note(True, "")
                case happened.OrderUnpinned() | happened.OrderRescheduled() | happened.OrderCancelled():
                    pin = None
                case happened.VisitRefused(worker=worker) if pin is not None and worker in pin.workers:
                    pin = None
                case happened.OrderPlanned(workers=workers, start=start) if pin is not None:
                    kept = set(pin.workers) <= set(workers) and pin.start in (None, start)
                    tally.note(kept, f"{order}: pinned to {pin.workers} at {pin.start}, planned {workers} at {start}")
                case happened.OrderUnplanned() if pin is not None and before:
                    kept = _pinned_away(facts, pin, one) and bool(one.event.reasons)
                    tally.note(kept, f"{order}: pinned to {pin.workers}, taken off the plan")
    return tally


def _stands(event: Struct, before: bool) -> bool:
    """Whether an order is in the plan after ``event``, as it was ``before``."""
    if isinstance(event, happened.OrderPlanned | happened.OrderShort):
        return True
    return before and not isinstance(event, happened.OrderUnplanned | happened.OrderRescheduled)


def _pinned_away(facts: Facts, pin: happened.OrderPinned, dropped: Happening) -> bool:
    """Whether somebody who was pinned had fallen ill by then, so that the pin could not stand and the plan said so."""
    return any(
        position < dropped.position and (pin.start is None or span.start <= pin.start < span.end)
        for worker in pin.workers
        for position, span in facts.absences(worker)
    )


def notice_kept(facts: Facts) -> Tally:
    """What was told for the next minutes of notice is changed only where it could no longer stand."""
    tally = Tally()
    for order in sorted(facts.orders):
        told: tuple[Happening, happened.OrderTold] | None = None
        for one in facts.orders[order]:
            match one.event:
                case happened.OrderTold():
                    told = (one, one.event)
                    tally.note(True, "")
                case happened.OrderRescheduled() | happened.OrderCancelled() | happened.OrderPinned():
                    told = None
                case happened.OrderPlanned() | happened.OrderUnplanned() if told is not None:
                    if _changes(one.event, told[1]) and _near(facts, one, told[1]):
                        kept = _could_not_stand(facts, order, told, one)
                        tally.note(kept, f"{order}: told {told[1].start:%H:%M}Z, changed at {one.recorded:%H:%M}Z")
                    told = None
    return tally


def _changes(event: object, told: happened.OrderTold) -> bool:
    if isinstance(event, happened.OrderPlanned):
        return (event.workers, event.start) != (told.workers, told.start)
    return True


def _near(facts: Facts, change: Happening, told: happened.OrderTold) -> bool:
    left = told.start - change.recorded
    return dt.timedelta(0) <= left <= facts.policy.notice_min * MINUTE


def _could_not_stand(facts: Facts, order: str, told: tuple[Happening, happened.OrderTold], change: Happening) -> bool:
    """Whether somebody refused, is away, or is held up by what they were already at."""
    said, what = told
    refused = any(
        one.position > said.position and event.worker in what.workers
        for one, event in facts.events(order, happened.VisitRefused)
    )
    planned = next(
        (
            event
            for one, event in reversed(facts.events(order, happened.OrderPlanned))
            if one.position < change.position
        ),
        None,
    )
    end = planned.end if planned is not None else what.start
    away = any(
        position < change.position and span.meets(what.start, end)
        for worker in what.workers
        for position, span in facts.absences(worker)
    )
    return refused or away or any(_held_up(facts, order, worker, what.start, change) for worker in what.workers)


def _held_up(facts: Facts, order: str, worker: str, start: dt.datetime, change: Happening) -> bool:
    """Whether ``worker`` cannot be there by ``start``: on site elsewhere, or moved with what comes before it."""
    before = _route(facts, worker, order, change.position)
    if before is None:
        return False
    index = next(place for place, stop in enumerate(before.stops) if stop.order == order)
    earlier = before.stops[:index]
    way = before.stops[index].travel_min * MINUTE
    if any(_free_at(facts, stop, change) + way > start for stop in earlier[-1:]):
        return True
    there = [_free_at(facts, stop, change) for stop in before.stops if _is_at(facts, stop, order, worker, change)]
    # Who is on site for longer than it was to take may be for longer still.
    if any(free_at + way > start or free_at == change.recorded for free_at in there):
        return True
    # What stood before it on the route was itself moved later by the same plan.
    names = {stop.order for stop in earlier}
    return any(
        stop.order in names and stop.end + way > start
        for route in _same_plan(facts, worker, change)
        for stop in route.stops
    )


def _is_at(facts: Facts, stop: ScheduledStop, order: str, worker: str, change: Happening) -> bool:
    """Whether ``worker`` had come to ``stop``, another than that of ``order``, and nobody said that it was over."""
    came = any(
        one.position < change.position and event.worker == worker
        for one, event in facts.events(stop.order, happened.WorkerArrived)
    )
    return came and stop.order != order and facts.ended_by(stop.order, change.position) is None


def _route(facts: Facts, worker: str, order: str, position: int) -> RouteChanged | None:
    """The last route of ``worker`` with ``order`` on it that was sent before ``position``."""
    found = None
    for sent, route in facts.routes(worker):
        if sent.position < position and any(stop.order == order for stop in route.stops):
            found = route
    return found


def _same_plan(facts: Facts, worker: str, change: Happening) -> Iterator[RouteChanged]:
    return (route for sent, route in facts.routes(worker) if sent.cause == change.cause)


def _free_at(facts: Facts, stop: ScheduledStop, change: Happening) -> dt.datetime:
    """When whoever is at ``stop`` is free, as far as could be known at the time of ``change``."""
    ended = facts.ended_by(stop.order, change.position)
    if ended is not None:
        return max(ended, change.recorded) if stop.end < change.recorded else ended
    arrived = [one.at for one, _ in facts.events(stop.order, happened.WorkerArrived) if one.position < change.position]
    begun = max(arrived) if arrived else max(stop.start, change.recorded)
    return max(begun + (stop.end - stop.start), change.recorded)


def shown_is_so(facts: Facts) -> Tally:
    """Every read model as people see it equals one rebuilt from the log."""
    tally = Tally()
    for one in facts.evidence.verified:
        tally.note(one.equal, f"{one.name} at {one.position}: {', '.join(one.differing)}")
    return tally


def decided_again(facts: Facts) -> Tally:
    """Every plan says what is needed to decide it again, and that it is repeatable."""
    tally = Tally()
    number = 0
    for one in sorted(facts.all("plan", PlanCommitted), key=lambda each: each.position):
        event = one.event
        assert isinstance(event, PlanCommitted)
        kept = event.repeatable and bool(event.solver) and event.saw < one.position and event.number > number
        number = event.number
        tally.note(kept, f"plan {event.number}: repeatable {event.repeatable}, saw {event.saw}")
    return tally
