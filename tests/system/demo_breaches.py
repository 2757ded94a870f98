"""Ways to break what is promised about repairs, cleaning and rounds: a played day, tampered with for each promise.

A breach gives candidates, because the day decides where it can be made without breaking anything else; the test takes
the first that breaks the promise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts
from dispatch.events import order as happened
from dispatch.events.envelope import Entity
from dispatch.events.personal import remark
from dispatch.events.zone import ZoneRegistered, ZoneUncovered
from dispatch.model.people import Role
from tests.system.demo_tampering import (
    BREACHES,
    MINUTE,
    REASON,
    at_end,
    away,
    breach,
    changed_stop,
    edited,
    first_of,
    newest_of,
    newest_routes,
    order_entity,
    without,
)


@breach("urgent-on-site")
def _late_to_the_urgent(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.repairs():
        late = facts.opened(order).reported_at + 31 * MINUTE
        done = first_of(facts, order, happened.VisitDone)
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
                stop.order for _, _, route in newest_of(facts, worker) for stop in route.stops
                if stop.start < at + 30 * MINUTE and at < stop.end + 30 * MINUTE
            }
            for worker in technicians
        }  # fmt: skip
        idle = [worker for worker in technicians if not there[worker]]
        if len(technicians) - len(idle) <= 1:
            tampered = evidence
            for worker in idle:
                tampered = away(tampered, facts, worker, at, at + 30 * MINUTE)
            yield tampered
        at += 30 * MINUTE


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
        planned = first_of(facts, order, happened.OrderPlanned)
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
        closed = first_of(facts, order, happened.OrderClosed)
        if closed is None or facts.opened(order).origin != "request" or made == 2:
            continue
        made, again = made + 1, f"again-{made}"
        tampered = edited(tampered, closed.position, lambda event, to=again: replace(event, satisfied=False, rework=to))
        opened = replace(facts.opened(order), origin=happened.Origin.REWORK, rework_of=order, windows=())
        tampered = at_end(tampered, order_entity(evidence, again), opened)
        tampered = at_end(tampered, order_entity(evidence, again), happened.OrderUnplanned(reasons=REASON, plan=1))
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
        closed, done = first_of(facts, order, happened.OrderClosed), first_of(facts, order, happened.VisitDone)
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
    for _, sent, route in newest_routes(Facts(evidence)):
        for index, stop in enumerate(route.stops):
            if stop.crew:
                yield edited(evidence, sent.position, changed_stop(route, index, crew=()))


@breach("nobody-in-noted")
def _no_note(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        for one, _ in facts.events(order, happened.VisitFailed):
            yield edited(evidence, one.position, lambda event: replace(event, remark=None))


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
        done = first_of(facts, order, happened.VisitDone)
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


def _not_walked(evidence: Evidence, *skills: str, named: bool) -> Iterator[Evidence]:
    """A round that was walked is reported as not done, and named as uncovered or not."""
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        done, walked = first_of(facts, order, happened.VisitDone), facts.opened(order).round
        if done is None or not walked or facts.rounds[walked].skill not in skills:
            continue
        tampered = edited(
            evidence, done.position, lambda event: happened.VisitFailed(worker=event.worker, remark=remark("no time"))
        )
        if named:
            tampered = at_end(tampered, order_entity(evidence, order), happened.OrderUnplanned(reasons=REASON, plan=1))
        yield tampered


BREACHES["outdoors-cleaned"] = lambda evidence: _not_walked(evidence, "outdoor-cleaning", named=True)
BREACHES["floors-walked"] = lambda evidence: _not_walked(evidence, "lead", named=True)
BREACHES["rounds-covered"] = lambda evidence: _not_walked(evidence, "patrol", "equipment", named=False)


@breach("five-on-duty")
def _a_guard_away(evidence: Evidence) -> Iterator[Evidence]:
    """A guard is away for half an hour in which nobody sends them anywhere."""
    facts = Facts(evidence)
    for guard in sorted(key for key, worker in facts.workers.items() if worker.role is Role.GUARD):
        stops = [stop for _, _, route in newest_of(facts, guard) for stop in route.stops]
        for duty, _ in facts.duties_around(guard):
            at = duty.start
            while evidence.start <= duty.start < evidence.end and at < duty.end:
                if not any(stop.leaves < at + 30 * MINUTE and at < stop.end for stop in stops):
                    yield away(evidence, facts, guard, at, at + 30 * MINUTE)
                    break
                at += 30 * MINUTE


@breach("hazards-reported")
def _a_repair_that_is_not_linked(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        if facts.opened(order).origin is happened.Origin.HAZARD:
            other = next(key for key in sorted(facts.orders) if facts.opened(key).round and key != order)
            opened = facts.orders[order][0].position
            yield edited(evidence, opened, lambda event, to=other: replace(event, found_on=to))
    for order in sorted(facts.orders):
        done = first_of(facts, order, happened.VisitDone)
        if done is not None and facts.opened(order).round and done.event.remark is None:  # type: ignore[attr-defined]
            yield edited(evidence, done.position, lambda event: replace(event, remark=remark("hazard: a grate")))
