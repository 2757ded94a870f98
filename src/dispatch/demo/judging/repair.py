"""Promises about repairs and the visits they take (`DOMAIN.md`, *Repair*, and *Cleaning* for spills)."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.judging.facts import MINUTE, Facts, Visit
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.model.time import Window
from dispatch.model.travel import distance_km

URGENT = dt.timedelta(minutes=30)
SPILL = dt.timedelta(minutes=30)
NEAR_KM = 0.2
"""A position told from further away than this is no proof of having been there."""


def urgent_on_site(facts: Facts) -> Tally:
    """As many people as it takes are on site within 30 minutes of the report."""
    tally = Tally()
    for order in facts.repairs():
        opened = facts.opened(order)
        deadline = opened.reported_at + URGENT
        if opened.origin == "request" and facts.is_urgent(order) and deadline <= facts.evidence.until:
            came = max((visit.came_by(deadline) for visit in facts.visits[order]), default=0)
            kept = came >= facts.people(order) or facts.called_off(order)
            tally.note(kept, f"{order} ({opened.category}, {opened.reported_at:%H:%M}Z): {came} on site in time")
    return tally


def spill_dealt_with(facts: Facts) -> Tally:
    """A spill is gone within 30 minutes of the report."""
    tally = Tally()
    for order in facts.asked():
        opened = facts.opened(order)
        deadline = opened.reported_at + SPILL
        if opened.category == "spill" and deadline <= facts.evidence.until and not facts.called_off(order):
            done = min((visit.ended for visit in facts.visits[order] if visit.done and visit.ended), default=None)
            tally.note(done is not None and done <= deadline, f"{order}: reported {opened.reported_at}, done {done}")
    return tally


def on_time(facts: Facts) -> Tally:
    """A repair that is not urgent is begun when it was agreed, or by the time the catalogue promises."""
    tally = Tally()
    for order in facts.repairs():
        opened = facts.opened(order)
        if facts.is_urgent(order) or opened.origin != "request" or facts.called_off(order):
            continue
        if opened.windows:
            _at_agreed_times(facts, order, tally)
            continue
        promise = facts.categories[opened.category].promise_min
        deadline = opened.reported_at + (promise or 0) * MINUTE
        known_place = (opened.place.named or "") in facts.places
        if promise and known_place and deadline <= facts.evidence.end:
            kept = any(visit.first <= deadline for visit in facts.visits[order])
            tally.note(kept, f"{order} ({opened.category}): nobody by {deadline:%H:%M}Z")
    return tally


def _at_agreed_times(facts: Facts, order: str, tally: Tally) -> None:
    """Every time something was agreed and the last window of it is past, somebody came inside one of the windows."""
    agreements = [
        (one, one.event.windows)
        for one in facts.orders[order]
        if isinstance(one.event, (happened.OrderOpened, happened.OrderRescheduled))
    ]
    for index, (one, windows) in enumerate(agreements):
        changed = agreements[index + 1][0].recorded if index + 1 < len(agreements) else None
        last = max((window.end for window in windows), default=None)
        if (
            last is None
            or last > facts.evidence.end
            or (changed is not None and not _came(facts, order, windows) and changed < last)
        ):
            continue
        tally.note(_came(facts, order, windows), f"{order}: agreed at {one.recorded:%H:%M}Z, nobody came in time")


def _came(facts: Facts, order: str, windows: tuple[Window, ...]) -> bool:
    came = [visit.last for visit in facts.visits[order]]
    return any(window.start <= at < window.end for at in came for window in windows)


def rework_rate(facts: Facts) -> Tally:
    """Of the repairs done, those whose follow-up call led to rework."""
    tally = Tally()
    for order in facts.repairs():
        if facts.opened(order).origin == "request" and facts.events(order, happened.VisitDone):
            again = [closed for _, closed in facts.events(order, happened.OrderClosed) if not closed.satisfied]
            tally.note(not again, f"{order}: {again[0].remark if again else ''}")
    return tally


def rework_linked(facts: Facts) -> Tally:
    """A failed follow-up call opens rework at once, linked both ways, for the same work at the same place."""
    tally = Tally()
    for order in facts.asked():
        for _, closed in facts.events(order, happened.OrderClosed):
            if closed.satisfied:
                continue
            again = closed.rework or ""
            first, then = facts.opened(order), facts.opened(again) if again in facts.orders else None
            kept = (
                then is not None
                and then.origin == "rework"
                and then.rework_of == order
                and (then.place, then.category) == (first.place, first.category)
            )
            tally.note(kept, f"{order}: closed unsatisfied, rework {closed.rework}")
    return tally


def called_back(facts: Facts) -> Tally:
    """Whoever asked is called back within the time the policy gives."""
    tally = Tally()
    limit = facts.policy.follow_up_within_min * MINUTE
    for order in facts.asked():
        for done, _ in facts.events(order, happened.VisitDone):
            called = [one.at for one, _ in facts.events(order, happened.OrderClosed)]
            if called or done.at + limit <= facts.evidence.until:
                kept = bool(called) and done.at <= called[0] <= done.at + limit
                tally.note(kept, f"{order}: done {done.at}, called back {called[:1]}")
    return tally


def two_inside(facts: Facts) -> Tally:
    """Where two are needed inside a home, two are there together: all came before the visit ended."""
    tally = Tally()
    for visit in _ended(facts):
        if facts.opened(visit.order).household and facts.people(visit.order) > 1:
            together = {one.worker for one in visit.came if visit.ended is not None and one.at < visit.ended}
            tally.note(len(together) >= facts.people(visit.order), f"{visit.order}: {sorted(together)} inside")
    return tally


def same_time(facts: Facts) -> Tally:
    """Those who go together are sent for the same moment, each with the others named."""
    tally = Tally()
    newest: dict[str, dict[str, tuple[dt.datetime, dt.datetime, tuple[str, ...]]]] = {}
    for worker in facts.schedules:
        routes = {route.duty: route for _, route in facts.routes(worker)}
        for route in routes.values():
            for stop in route.stops:
                newest.setdefault(stop.order, {})[worker] = (stop.start, stop.end, stop.crew)
    for order, crew in sorted(newest.items()):
        if order in facts.orders and len(crew) > 1:
            spans = {(start, end) for start, end, _ in crew.values()}
            named = all({worker, *others} == set(crew) for worker, (_, _, others) in crew.items())
            tally.note(len(spans) == 1 and named, f"{order}: {crew}")
    return tally


def proof_left(facts: Facts) -> Tally:
    """Everybody who came left proof of having been there: a position at the place, a photo or a signature."""
    tally = Tally()
    for visit in _ended(facts):
        place = facts.places.get(facts.opened(visit.order).place.named or "")
        for one in visit.came:
            proof = one.proof
            kept = proof is not None and bool(proof.photo or proof.signature or proof.lat is not None)
            if kept and proof is not None and place is not None and proof.lat is not None and proof.lon is not None:
                kept = distance_km(proof.lat, proof.lon, place.lat, place.lon) <= NEAR_KM
            tally.note(kept, f"{visit.order}: {one.worker} proved {proof}")
    return tally


def nobody_in_noted(facts: Facts) -> Tally:
    """Nobody in: a note was left, the time recorded, and a new time agreed."""
    tally = Tally()
    for order in facts.asked():
        for failed, event in facts.events(order, happened.VisitFailed):
            again = [one for one, _ in facts.events(order, happened.OrderRescheduled) if one.position > failed.position]
            kept = bool(event.remark) and event.proof is not None and (bool(again) or facts.called_off(order))
            tally.note(kept, f"{order}: {event.remark}, {len(again)} new times")
    return tally


def _ended(facts: Facts) -> list[Visit]:
    """Visits that took place, of known work, in the order of the log."""
    known = (visit for visits in facts.visits.values() for visit in visits if visit.ended is not None)
    return [visit for visit in known if facts.skill(visit.order) is not None]
