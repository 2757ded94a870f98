"""Promises of home helpers by the hour (`DOMAIN.md`, *Home helpers*), each judged from the log."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.judging.facts import Facts, Happening
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.events.zone import ZoneChanged, ZoneRegistered
from dispatch.model.time import Window, local_day

NOTICE = dt.timedelta(days=3)
HEALTH = "health-certificate"
_ZONES = (ZoneRegistered, ZoneChanged)


def _accepted(facts: Facts, order: str, position: int) -> tuple[str, ...]:
    """Whom the client of an order had agreed to by log ``position``, the agreed helper first."""
    home = facts.opened(order).place.named
    found: tuple[str, ...] = ()
    for events in facts.by_kind["zone"].values():
        for one in events:
            if isinstance(one.event, _ZONES) and one.event.zone.place == home and one.position < position:
                found = one.event.zone.only or ()
    return found


def _visits(facts: Facts) -> list[str]:
    """The orders that came from agreements."""
    return [order for order in facts.asked() if facts.opened(order).household and facts.opened(order).windows]


def agreed_helper(facts: Facts) -> Tally:
    """Whoever comes is somebody the client had agreed to."""
    tally = Tally()
    for order in _visits(facts):
        for one, event in facts.events(order, happened.WorkerArrived):
            known = _accepted(facts, order, one.position)
            tally.note(event.worker in known, f"{event.worker} came to {order}, agreed to are {known}")
    return tally


def same_helper(facts: Facts) -> Tally:
    """Of the visits made, those by the helper the agreement names."""
    tally = Tally()
    for order in _visits(facts):
        for one, event in facts.events(order, happened.WorkerArrived)[-1:]:
            first = _accepted(facts, order, one.position)[:1]
            tally.note((event.worker,) == first, f"{event.worker} came to {order} for {first}")
    return tally


def agreed_hours(facts: Facts) -> Tally:
    """Every visit agreed is made within the hours agreed, unless it was called off."""
    tally = Tally()
    for order in _visits(facts):
        if facts.called_off(order):
            continue
        window = _windows(facts, order)[-1][1][0]
        visits = facts.visits[order]
        kept = any(one.done and window.start <= one.first and (one.ended or one.first) <= window.end for one in visits)
        if window.end <= facts.evidence.until:
            tally.note(kept, f"{order}: agreed for {window.start:%d %b %H:%M}Z, came {[one.first for one in visits]}")
    return tally


def _windows(facts: Facts, order: str) -> list[tuple[Happening, tuple[Window, ...]]]:
    """What was agreed of an order, one after the other."""
    return [
        (one, one.event.windows)
        for one in facts.orders[order]
        if isinstance(one.event, happened.OrderOpened | happened.OrderRescheduled)
    ]


def three_days_notice(facts: Facts) -> Tally:
    """A visit is changed or called off three days ahead at the latest, or because the agreed helper cannot come."""
    tally = Tally()
    for order in _visits(facts):
        agreed = _windows(facts, order)[0][1][0]
        for one in facts.orders[order]:
            if isinstance(one.event, happened.OrderRescheduled | happened.OrderCancelled):
                helper = _accepted(facts, order, one.position)[0]
                cannot = local_day(agreed.start, facts.zone) not in facts.rostered(helper)
                in_time = agreed.start - one.recorded >= NOTICE
                tally.note(in_time or cannot, f"{order} of {agreed.start:%d %b} changed on {one.recorded:%d %b}")
    return tally


def health_certificate(facts: Facts) -> Tally:
    """Nobody is sent anywhere on a day on which they have no valid health certificate."""
    tally = Tally()
    for worker in sorted(facts.schedules):
        newest = {route.duty: route for _, route in facts.routes(worker)}
        for route in newest.values():
            if route.stops:
                day = local_day(route.start, facts.zone)
                valid = facts.workers[worker].holds(HEALTH, 0, day)
                tally.note(valid, f"{worker} is sent on {day} without a valid health certificate")
    return tally
