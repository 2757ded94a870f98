"""For every promise a way to break it: a played day, tampered with so that exactly this promise was not kept.

A breach gives candidates, because the day decides where it can be made without breaking anything else; the test takes
the first that breaks the promise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts, Happening
from dispatch.events import order as happened
from dispatch.events.envelope import Entity, Recorded, Stored
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.events.zone import ZoneRegistered, ZoneUncovered
from dispatch.model.people import WEEKDAYS, Role

MINUTE = dt.timedelta(minutes=1)
REASON = (happened.ReasonGiven(rule="shift", message="Nobody was on duty."),)
Breach = Callable[[Evidence], Iterator[Evidence]]
BREACHES: dict[str, Breach] = {}


def breach(name: str) -> Callable[[Breach], Breach]:
    """The function that follows breaks the promise ``name``."""

    def keep(function: Breach) -> Breach:
        BREACHES[name] = function
        return function

    return keep


def edited(
    evidence: Evidence, position: int, change: Callable[[Any], Struct] | None = None, **envelope: object
) -> Evidence:
    """The evidence with one event changed, or fields of its envelope."""

    def edit(stored: Stored) -> Stored:
        recorded = replace(stored.recorded, **envelope)
        if change is not None:
            event = change(msgspec.json.decode(recorded.data, type=type(_event(stored))))
            recorded = replace(recorded, type=type(event).__name__, data=msgspec.Raw(msgspec.json.encode(event)))
        return replace(stored, recorded=recorded)

    events = tuple(edit(stored) if stored.position == position else stored for stored in evidence.events)
    return replace(evidence, events=events)


def without(evidence: Evidence, *positions: int) -> Evidence:
    """The evidence less some events."""
    return replace(evidence, events=tuple(one for one in evidence.events if one.position not in positions))


def put_in(evidence: Evidence, after: int, entity: Entity, event: Struct, at: dt.datetime) -> Evidence:
    """The evidence with one more event behind position ``after``; what follows moves up by one."""
    recorded = Recorded(
        id="tampered", type=type(event).__name__, happened_at=at, recorded_at=at, by="nobody", cause="tampered",
        correlation="", data=msgspec.Raw(msgspec.json.encode(event)),
    )  # fmt: skip
    before = [one for one in evidence.events if one.position <= after]
    behind = [replace(one, position=one.position + 1) for one in evidence.events if one.position > after]
    return replace(evidence, events=(*before, Stored(position=after + 1, entity=entity, recorded=recorded), *behind))


def at_end(evidence: Evidence, entity: Entity, event: Struct) -> Evidence:
    """The evidence with one more event at the end."""
    return put_in(evidence, evidence.events[-1].position, entity, event, evidence.until)


def _event(stored: Stored) -> Struct:
    from dispatch.events.catalogue import event_of

    return event_of(stored.recorded)


def _order(evidence: Evidence, order: str) -> Entity:
    return Entity(evidence.area, "order", order)


def _first(facts: Facts, order: str, of: type[Struct]) -> Happening | None:
    return next((one for one, _ in facts.events(order, of)), None)


def _registered(facts: Facts, worker: str) -> int:
    return next(one.position for one in facts.by_kind["worker"][worker] if isinstance(one.event, WorkerRegistered))


def _worker(evidence: Evidence, facts: Facts, worker: str, **changes: object) -> Evidence:
    """The evidence with another record of a worker."""
    return edited(
        evidence, _registered(facts, worker), lambda event: replace(event, worker=replace(event.worker, **changes))
    )


def _away(evidence: Evidence, facts: Facts, worker: str, start: dt.datetime, end: dt.datetime) -> Evidence:
    """The evidence with a worker known to be away from the beginning on."""
    last = max(_registered(facts, one) for one in facts.workers)
    return put_in(
        evidence, last, Entity(evidence.area, "worker", worker), WorkerAbsent(start=start, end=end), evidence.start
    )


def _newest(facts: Facts) -> Iterator[tuple[str, Happening, RouteChanged]]:
    """The last route of each duty that had any stop."""
    for worker in sorted(facts.schedules):
        for sent, route in {route.duty: (sent, route) for sent, route in facts.routes(worker)}.values():
            if route.stops:
                yield worker, sent, route


def _stop(route: RouteChanged, index: int, **changes: object) -> Callable[[Any], Struct]:
    stops = list(route.stops)
    stops[index] = replace(stops[index], **changes)
    return lambda event: replace(event, stops=tuple(stops))


@breach("urgent-on-site")
def _late_to_the_urgent(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.repairs():
        late = facts.opened(order).reported_at + 31 * MINUTE
        done = _first(facts, order, happened.VisitDone)
        if facts.is_urgent(order) and done is not None and late < done.at:
            tampered = evidence
            for one, _ in facts.events(order, happened.WorkerArrived):
                tampered = edited(tampered, one.position, happened_at=late)
            yield tampered


@breach("line-manned")
def _one_technician_left(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    technicians = sorted(key for key, worker in facts.workers.items() if worker.role is Role.TECHNICIAN)
    at = evidence.start
    while at < evidence.end:
        there = {
            worker: {
                stop.order for _, _, route in _of(facts, worker) for stop in route.stops
                if stop.start < at + 30 * MINUTE and at < stop.end + 30 * MINUTE
            }
            for worker in technicians
        }  # fmt: skip
        idle = [worker for worker in technicians if not there[worker]]
        if len(technicians) - len(idle) <= 1:
            tampered = evidence
            for worker in idle:
                tampered = _away(tampered, facts, worker, at, at + 30 * MINUTE)
            yield tampered
        at += 30 * MINUTE


def _of(facts: Facts, worker: str) -> Iterator[tuple[str, Happening, RouteChanged]]:
    return (one for one in _newest(facts) if one[0] == worker)


@breach("on-time")
def _reported_long_before(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.repairs():
        opened, visits = facts.opened(order), facts.visits[order]
        promise = facts.categories[opened.category].promise_min
        if promise and visits and not facts.is_urgent(order) and opened.origin == "request":
            reported = visits[0].first - (promise + 5) * MINUTE
            position = facts.orders[order][0].position
            yield edited(evidence, position, lambda event, at=reported: replace(event, reported_at=at))


@breach("agreed-time")
def _planned_outside_the_window(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        planned = _first(facts, order, happened.OrderPlanned)
        if planned is not None and facts.opened(order).windows:
            yield edited(evidence, planned.position, _earlier_by_half_a_day)


def _earlier_by_half_a_day(event: Any) -> Struct:
    early = dt.timedelta(hours=12)
    moved: Struct = replace(event, start=event.start - early, end=event.end - early)
    return moved


@breach("rework-rate")
def _more_rework(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    tampered, made = evidence, 0
    for order in facts.repairs():
        closed = _first(facts, order, happened.OrderClosed)
        if closed is None or facts.opened(order).origin != "request" or made == 2:
            continue
        made, again = made + 1, f"again-{made}"
        tampered = edited(tampered, closed.position, lambda event, to=again: replace(event, satisfied=False, rework=to))
        opened = replace(facts.opened(order), origin=happened.Origin.REWORK, rework_of=order, windows=())
        tampered = at_end(tampered, _order(evidence, again), opened)
        tampered = at_end(tampered, _order(evidence, again), happened.OrderUnplanned(reasons=REASON, plan=1))
    yield tampered


@breach("rework-linked")
def _rework_of_nothing(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        if facts.opened(order).rework_of:
            yield edited(evidence, facts.orders[order][0].position, lambda event: replace(event, rework_of=None))


@breach("called-back")
def _called_before_it_was_done(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        closed, done = _first(facts, order, happened.OrderClosed), _first(facts, order, happened.VisitDone)
        if closed is not None and done is not None:
            yield edited(evidence, closed.position, happened_at=done.at - 60 * MINUTE)


@breach("two-inside")
def _one_inside_alone(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.repairs():
        arrived = facts.events(order, happened.WorkerArrived)
        if facts.opened(order).household and not facts.is_urgent(order) and len(arrived) == 2:
            yield without(evidence, arrived[1][0].position)


@breach("same-time")
def _the_other_not_named(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in _newest(Facts(evidence)):
        for index, stop in enumerate(route.stops):
            if stop.crew:
                yield edited(evidence, sent.position, _stop(route, index, crew=()))


@breach("nobody-in-noted")
def _no_note(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        for one, _ in facts.events(order, happened.VisitFailed):
            yield edited(evidence, one.position, lambda event: replace(event, reason=""))


@breach("proof-left")
def _proof_from_afar(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        for one, _ in facts.events(order, happened.WorkerArrived):
            yield edited(evidence, one.position, lambda event: replace(event, proof=happened.Proof(lat=0.0, lon=0.0)))


@breach("spill-dealt-with")
def _spill_reported_long_ago(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        done = _first(facts, order, happened.VisitDone)
        if facts.opened(order).category == "spill" and done is not None:
            reported = done.at - 31 * MINUTE
            position = facts.orders[order][0].position
            yield edited(evidence, position, lambda event, at=reported: replace(event, reported_at=at))


@breach("zones-held")
def _nobody_has_it(evidence: Evidence) -> Iterator[Evidence]:
    for zone in sorted(Facts(evidence).zones):
        yield at_end(evidence, Entity(evidence.area, "zone", zone), ZoneUncovered(reasons=REASON, plan=1))


@breach("households-cap")
def _more_households(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for one in facts.all("zone", ZoneRegistered):
        yield edited(evidence, one.position, lambda event: replace(event, zone=replace(event.zone, households=41)))


def _not_walked(evidence: Evidence, skill: str, *, named: bool) -> Iterator[Evidence]:
    """A round that was walked is reported as not done, and named as uncovered or not."""
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        done, walked = _first(facts, order, happened.VisitDone), facts.opened(order).round
        if done is None or not walked or facts.rounds[walked].skill != skill:
            continue
        tampered = edited(
            evidence, done.position, lambda event: happened.VisitFailed(worker=event.worker, reason="no time")
        )
        if named:
            tampered = at_end(tampered, _order(evidence, order), happened.OrderUnplanned(reasons=REASON, plan=1))
        yield tampered


BREACHES["outdoors-cleaned"] = lambda evidence: _not_walked(evidence, "outdoor-cleaning", named=True)
BREACHES["floors-walked"] = lambda evidence: _not_walked(evidence, "lead", named=True)
BREACHES["rounds-covered"] = lambda evidence: _not_walked(evidence, "patrol", named=False)


@breach("five-on-duty")
def _a_guard_away(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for guard in sorted(key for key, worker in facts.workers.items() if worker.role is Role.GUARD):
        for duty, _ in facts.duties_around(guard):
            if evidence.start <= duty.start < evidence.end and guard not in {one for one, _, _ in _newest(facts)}:
                yield _away(evidence, facts, guard, duty.start, duty.end)


@breach("hazards-reported")
def _a_hazard_nobody_followed(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        done = _first(facts, order, happened.VisitDone)
        if done is not None and facts.opened(order).round and not done.event.note:  # type: ignore[attr-defined]
            yield edited(evidence, done.position, lambda event: replace(event, note="hazard: a loose grating"))


@breach("certificate-valid")
def _expired_the_day_before(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    yesterday = evidence.start.date() - dt.timedelta(days=1)
    for worker, _, _ in _newest(facts):
        skills = tuple(replace(held, expires=yesterday) for held in facts.workers[worker].skills)
        yield _worker(evidence, facts, worker, skills=skills)


@breach("one-place")
def _there_before_the_last_visit_ended(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    stays: dict[str, list[tuple[dt.datetime, dt.datetime, Happening]]] = {}
    for order in facts.orders:
        for one, event in facts.events(order, happened.WorkerArrived):
            visit = next(visit for visit in facts.visits[order] if any(came.at == one.at for came in visit.came))
            stays.setdefault(event.worker, []).append((one.at, visit.ended or one.at, one))
    for spans in stays.values():
        for before, after in pairwise(sorted(spans, key=lambda span: span[0])):
            yield edited(evidence, after[2].position, happened_at=before[1] - dt.timedelta(seconds=30))


@breach("way-between")
def _no_time_for_the_way(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in _newest(Facts(evidence)):
        for index, (before, after) in enumerate(pairwise(route.stops)):
            way = int((after.arrive - before.end) / MINUTE) + 1
            if after.travel_min < way <= 15:
                yield edited(evidence, sent.position, _stop(route, index + 1, travel_min=way))


@breach("in-shift")
def _after_the_shift(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in _newest(Facts(evidence)):
        last: ScheduledStop = route.stops[-1]
        late = route.end + 5 * MINUTE - last.end
        if not last.crew:
            moved = {"arrive": last.arrive + late, "start": last.start + late, "end": last.end + late}
            yield edited(evidence, sent.position, _stop(route, len(route.stops) - 1, **moved))


@breach("no-work-in-break")
def _work_in_the_break(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in _newest(Facts(evidence)):
        stop = route.stops[-1]
        if stop.arrive - stop.travel_min * MINUTE >= sent.recorded:
            rests = (*route.rests, (stop.start, stop.start + 10 * MINUTE))
            yield edited(evidence, sent.position, lambda event, told=rests: replace(event, rests=told))


@breach("breaks-taken")
def _no_break_at_all(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.repairs():
        for one, event in facts.events(order, happened.WorkerArrived):
            for _, rests in facts.duties_around(event.worker):
                for rest in rests:
                    if rest.end <= one.at < rest.end + 180 * MINUTE:
                        yield edited(evidence, one.position, happened_at=rest.start)


@breach("absent-not-sent")
def _sent_while_away(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, route in _newest(facts):
        if facts.workers[worker].role is Role.CLEANER:
            yield _away(evidence, facts, worker, route.stops[0].start, route.stops[0].end)


@breach("visits-cap")
def _more_visits_than_the_cap(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, route in _newest(facts):
        caps = replace(facts.workers[worker].caps, visits_per_day=len(route.stops) - 1)
        yield _worker(evidence, facts, worker, caps=caps)


@breach("minutes-cap")
def _more_minutes_than_the_cap(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, _ in _newest(facts):
        yield _worker(evidence, facts, worker, caps=replace(facts.workers[worker].caps, minutes_per_day=1))


@breach("rest-day")
def _seven_days_a_week(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, record in sorted(facts.workers.items()):
        shifts = tuple(replace(shift, days=WEEKDAYS) for shift in record.shifts)
        yield _worker(evidence, facts, worker, shifts=shifts)


@breach("quarter-hour")
def _a_long_way(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in _newest(Facts(evidence)):
        if route.stops[0].arrive - 16 * MINUTE >= route.start:
            yield edited(evidence, sent.position, _stop(route, 0, travel_min=16))


@breach("nothing-lost")
def _a_refusal_forgotten(evidence: Evidence) -> Iterator[Evidence]:
    kept = tuple(one for one in evidence.rejected if not one.subject.startswith("request."))
    others = [one for one in evidence.rejected if one.subject.startswith("request.")]
    yield replace(evidence, rejected=(*kept, *others[1:]))


@breach("one-owner")
def _two_orders_for_one_request(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        if facts.opened(order).origin == "request":
            yield at_end(evidence, _order(evidence, order), facts.opened(order))


@breach("unplanned-visible")
def _out_without_a_reason(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for one, _ in facts.events(order, happened.OrderUnplanned)[-1:]:
            yield edited(evidence, one.position, lambda event: replace(event, reasons=()))


@breach("told-before")
def _nobody_told_them(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        if facts.events(order, happened.WorkerOnTheWay):
            yield without(evidence, *(one.position for one, _ in facts.events(order, happened.OrderTold)))


@breach("steps-traced")
def _said_by_nobody(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for one, _ in facts.events(order, happened.VisitDone):
            yield edited(evidence, one.position, by="")


@breach("pins-hold")
def _pinned_and_moved(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for before, after in pairwise(facts.events(order, happened.OrderPlanned)):
            if before[1].workers != after[1].workers:
                pin = happened.OrderPinned(workers=before[1].workers, start=before[1].start)
                yield put_in(evidence, before[0].position, _order(evidence, order), pin, before[0].recorded)


@breach("notice-kept")
def _changed_at_the_last_moment(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for before, after in pairwise(facts.events(order, happened.OrderPlanned)):
            told = happened.OrderTold(workers=before[1].workers, start=after[0].recorded + 10 * MINUTE)
            if facts.opened(order).origin != "round":
                yield put_in(evidence, after[0].position - 1, _order(evidence, order), told, before[0].recorded)


@breach("shown-is-so")
def _shown_otherwise(evidence: Evidence) -> Iterator[Evidence]:
    first, *others = evidence.verified
    yield replace(evidence, verified=(replace(first, rebuilt="0" * 32, differing=("some.row",)), *others))


@breach("decided-again")
def _cut_short_by_a_clock(evidence: Evidence) -> Iterator[Evidence]:
    for one in Facts(evidence).all("plan", PlanCommitted):
        yield edited(evidence, one.position, lambda event: replace(event, repeatable=False))
