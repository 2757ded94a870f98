"""Ways to break what is promised about people, the desk and the plan: a played day, tampered with for each promise.

A breach gives candidates, because the day decides where it can be made without breaking anything else; the test takes
the first that breaks the promise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts, Happening
from dispatch.events import order as happened
from dispatch.events.envelope import Entity
from dispatch.events.plan import PlanCommitted
from dispatch.events.roster import DutyDirected
from dispatch.events.schedule import ScheduledStop
from dispatch.model.people import WEEKDAYS, Role
from tests.system.demo_tampering import (
    MINUTE,
    another_worker,
    at_end,
    away,
    breach,
    changed_stop,
    edited,
    newest_routes,
    order_entity,
    put_in,
    widened,
    without,
)


@breach("certificate-valid")
def _expired_the_day_before(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    yesterday = evidence.start.date() - dt.timedelta(days=1)
    for worker, _, _ in newest_routes(facts):
        held = facts.workers[worker].skills
        yield another_worker(evidence, facts, worker, skills=tuple(replace(one, expires=yesterday) for one in held))
        for one in held:
            ended = tuple(replace(other, expires=yesterday) if other == one else other for other in held)
            yield another_worker(evidence, facts, worker, skills=ended)


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
            early = before[1] - dt.timedelta(seconds=30)
            yield edited(evidence, after[2].position, happened_at=early)
            yield edited(widened(evidence, facts, after[2].id), after[2].position, happened_at=early)


@breach("way-between")
def _no_time_for_the_way(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in newest_routes(Facts(evidence)):
        for index, (before, after) in enumerate(pairwise(route.stops)):
            way = int((after.arrive - before.end) / MINUTE) + 1
            if after.travel_min < way <= 15:
                yield edited(evidence, sent.position, changed_stop(route, index + 1, travel_min=way))
            yield edited(evidence, sent.position, changed_stop(route, index, end=after.leaves + MINUTE))


@breach("in-shift")
def _after_the_shift(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in newest_routes(Facts(evidence)):
        last: ScheduledStop = route.stops[-1]
        late = route.end + 5 * MINUTE - last.end
        if not last.crew:
            moved = {"arrive": last.arrive + late, "start": last.start + late, "end": last.end + late}
            yield edited(evidence, sent.position, changed_stop(route, len(route.stops) - 1, **moved))


@breach("no-work-in-break")
def _work_in_the_break(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in newest_routes(Facts(evidence)):
        stop = route.stops[-1]
        if stop.arrive - stop.travel_min * MINUTE >= sent.recorded:
            rests = (*route.rests, (stop.start, stop.start + 10 * MINUTE))
            yield edited(evidence, sent.position, lambda event, told=rests: replace(event, rests=told))


@breach("breaks-taken")
def _no_break_at_all(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        for one, event in facts.events(order, happened.WorkerArrived):
            for _, rests in facts.duties_around(event.worker):
                for rest in rests:
                    if rest.end <= one.at < rest.end + 180 * MINUTE:
                        yield edited(evidence, one.position, happened_at=rest.start)
                        yield edited(widened(evidence, facts, order), one.position, happened_at=rest.start)
                        yield from _the_last_took_longer(evidence, facts, event.worker, min(rest.end, one.at))


def _the_last_took_longer(evidence: Evidence, facts: Facts, worker: str, until: dt.datetime) -> Iterator[Evidence]:
    """What ``worker`` was at before ``until`` lasted up to a minute before."""
    ended = [
        (done.at, done.position)
        for order, visits in facts.visits.items()
        if any(one.worker == worker for visit in visits for one in visit.came)
        for done, _ in facts.events(order, happened.VisitDone)
        if done.at < until
    ]
    if ended:
        yield edited(evidence, max(ended)[1], happened_at=until - MINUTE)


@breach("absent-not-sent")
def _sent_whileaway(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, route in newest_routes(facts):
        if facts.workers[worker].role in (Role.CLEANER, Role.HELPER):
            yield away(evidence, facts, worker, route.stops[0].start, route.stops[0].end)


@breach("visits-cap")
def _more_visits_than_the_cap(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, route in newest_routes(facts):
        caps = replace(facts.workers[worker].caps, visits_per_day=len(route.stops) - 1)
        yield another_worker(evidence, facts, worker, caps=caps)


@breach("minutes-cap")
def _more_minutes_than_the_cap(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, _ in newest_routes(facts):
        yield another_worker(evidence, facts, worker, caps=replace(facts.workers[worker].caps, minutes_per_day=1))


@breach("rest-day")
def _seven_days_a_week(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, record in sorted(facts.workers.items()):
        duties = facts.rostered(worker)
        if record.terms is None:
            shifts = tuple(replace(shift, days=WEEKDAYS) for shift in record.shifts)
            yield another_worker(evidence, facts, worker, shifts=shifts)
        elif duties:
            terms = replace(record.terms, week_minutes=None, holidays="double")
            tampered = another_worker(evidence, facts, worker, terms=terms)
            one = min(duties.values(), key=lambda duty: duty.day)
            for day in (one.day + dt.timedelta(days=ahead) for ahead in range(-7, 8)):
                moved = day - one.day
                duty = replace(one, day=day, start=one.start + moved, end=one.end + moved, breaks=())
                if day not in duties:
                    more = DutyDirected(number=99, day=day, duty=duty, other="nobody")
                    tampered = at_end(tampered, Entity(evidence.area, "roster", worker), more)
            yield tampered


@breach("quarter-hour")
def _a_long_way(evidence: Evidence) -> Iterator[Evidence]:
    for _, sent, route in newest_routes(Facts(evidence)):
        free = (route.start, *(stop.end for stop in route.stops))
        for index, stop in enumerate(route.stops):
            if stop.arrive - 16 * MINUTE >= free[index]:
                yield edited(evidence, sent.position, changed_stop(route, index, travel_min=16))


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
            yield at_end(evidence, order_entity(evidence, order), facts.opened(order))


@breach("unplanned-visible")
def _out_without_a_reason(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for one in facts.orders[order][-1:]:
            if isinstance(one.event, happened.OrderUnplanned):
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
                yield put_in(evidence, before[0].position, order_entity(evidence, order), pin, before[0].recorded)
        for one, planned in facts.events(order, happened.OrderPlanned):
            late = happened.OrderPinned(workers=planned.workers, start=planned.start + MINUTE)
            yield put_in(evidence, one.position - 1, order_entity(evidence, order), late, one.recorded)


@breach("notice-kept")
def _changed_at_the_last_moment(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in sorted(facts.orders):
        for before, after in pairwise(facts.events(order, happened.OrderPlanned)):
            told = happened.OrderTold(workers=before[1].workers, start=after[0].recorded + 10 * MINUTE)
            if facts.opened(order).origin != "round":
                yield put_in(evidence, after[0].position - 1, order_entity(evidence, order), told, before[0].recorded)
        for one, told in facts.events(order, happened.OrderTold):
            planned = facts.events(order, happened.OrderPlanned)[-1][1]
            later = replace(planned, start=planned.start + 10 * MINUTE, end=planned.end + 10 * MINUTE)
            at = told.start - 10 * MINUTE
            yield put_in(evidence, one.position, order_entity(evidence, order), later, at)


@breach("shown-is-so")
def _shown_otherwise(evidence: Evidence) -> Iterator[Evidence]:
    first, *others = evidence.verified
    yield replace(evidence, verified=(replace(first, rebuilt="0" * 32, differing=("some.row",)), *others))


@breach("decided-again")
def _cut_short_by_a_clock(evidence: Evidence) -> Iterator[Evidence]:
    for one in Facts(evidence).all("plan", PlanCommitted):
        yield edited(evidence, one.position, lambda event: replace(event, repeatable=False))
