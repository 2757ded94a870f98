"""What must hold of any log, checked batch by batch: the judge of histories and races.

Every batch of a plan is judged by what the planner could know when it decided, the position its plan says it saw;
what is guarded (orders, schedules, the plan head) is judged by what stands.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from system.coming import can_do, day_of, held_up, left_alone
from system.log_state import (
    MINUTE,
    Data,
    Happened,
    Key,
    LogState,
    Order,
    instant,
    plain,
)
from system.on_duty import shift_spans
from system.ways import busy_until, the_way

from dispatch.events.envelope import Stored

_LATE = 6 * MINUTE
"""How long after somebody should have set out it may take until it is planned anew."""
_AFTER_THE_END = frozenset(
    {"OrderPlanned", "OrderTold", "OrderPinned", "OrderRescheduled", "OrderCancelled", "WorkerArrived"}
)


def breaches(log: Iterable[Stored]) -> list[str]:
    """Everything in ``log`` that must not be, as sentences."""
    state = LogState()
    found: list[str] = []
    for _, batch in groupby(map(plain, log), key=_append_of):
        found.extend(_batch(state, list(batch)))
    return found


def _append_of(one: Happened) -> tuple[str, dt.datetime]:
    """What tells one append from the next: a planner's its cause; a desk's holds many messages of one moment."""
    return one.cause if one.by == "planner" else "desk", one.recorded_at


def unanswered(log: Iterable[Stored], requests: Iterable[int], rejected: Iterable[int]) -> list[str]:
    """The kept requests that were not answered exactly once: accepted, repeated or rejected."""
    answers: Counter[int] = Counter(rejected)
    accepted: Counter[str] = Counter()
    for one in map(plain, log):
        if one.type in {"RequestAccepted", "RequestRepeated"}:
            answers[one.data["said"]] += 1
            accepted[one.id] += one.type == "RequestAccepted"
    wrong = [f"request {at} has {answers[at]} answers" for at in requests if answers[at] != 1]
    return wrong + [f"request {key} was accepted {times} times" for key, times in accepted.items() if times > 1]


def unsettled(log: Sequence[Stored], now: dt.datetime) -> list[str]:
    """What stands at the end, all being planned, though what is known by now stands against it."""
    state = LogState()
    for one in map(plain, log):
        state.take(one)
    return list(_standing(state, now))


def _standing(state: LogState, now: dt.datetime) -> Iterator[str]:
    last = 2**62
    for (area, key), order in state.orders.items():
        if order.ended or order.done or order.failed:
            continue
        if order.under_way:
            yield from left_alone(state, (area, key), order, now)
            continue
        walked = order.opened.get("round")
        if walked and (area, walked) not in state.rounds:
            yield f"order {key} is of round {walked}, which is retired"
        if not order.workers and not order.told_why_not:
            yield f"order {key} is neither planned nor is it said why not"
        yield from held_up(state, area, key, order, now)
        if order.start is None or order.end is None or order.start <= now:
            continue
        for name in sorted(order.refused & set(order.workers)):
            yield f"order {key} is planned for {name}, who refused"
        for name in order.workers:
            worker = state.worker((area, name), last)
            if worker is None or worker.retired:
                yield f"order {key} is planned for {name}, who is not there"
                continue
            if any(start < order.end and end > order.start for start, end in worker.away):
                yield f"order {key} is planned for {name}, who is away"
            if order.needs and not can_do(state, area, worker.record, order.needs, (order.start, order.end)):
                yield f"order {key} is planned for {name}, who cannot do it"


def _batch(state: LogState, batch: list[Happened]) -> Iterator[str]:
    """Fold a batch that was appended as one, and say what is wrong with it or with what stands after it."""
    before = {key: dict(routes) for key, routes in state.routes.items()}
    plan = next((one for one in batch if one.kind == "plan"), None)
    for one in batch:
        yield from _event(state, one, plan)
        state.take(one)
    saw = plan.data["saw"] if plan is not None and plan.type == "PlanCommitted" else batch[0].position - 1
    written = {(one.area, one.id) for one in batch if one.kind == "schedule"}
    touched = {(one.area, one.id) for one in batch if one.kind == "order"}
    for key in written:
        for routes in (before.get(key, {}), state.routes[key]):
            touched |= {(key[0], stop["order"]) for route in routes.values() for stop in route["stops"]}
    at = batch[0].recorded_at
    for order in sorted(touched):
        yield from _one_place(state, order, at)
    for key in sorted(written):
        yield from _double_booking(state, key, at)
        if plan is not None and plan.type == "PlanCommitted":
            yield from _new_stops(state, key, before.get(key, {}), saw, at)
    yield from _zones(state, batch)


def _event(state: LogState, one: Happened, plan: Happened | None) -> Iterator[str]:
    """What is wrong with an event by itself, where it stands in the log."""
    if one.type in {"OrderPlanned", "RouteChanged", "OrderUnplanned", "OrderShort"} and plan is None:
        yield f"{one.type} of {one.id} at {one.position} did not go through the plan head"
    if one.type == "PlanRefused":
        yield f"a plan was refused at {one.position}: {one.data['findings'][0]['message']}"
    elif one.kind == "plan":
        head = state.heads.get(one.area, 0)
        if (one.data["parent"], one.data["number"]) != (head, head + 1):
            yield f"plan {one.data['number']} at {one.position} follows {one.data['parent']}, the head was {head}"
    if one.type == "WorkerRegistered":
        for (area, name), known in state.workers.items():
            if name == one.id and area != one.area and not known[-1][1].retired:
                yield f"{name} works in {area} and {one.area} from {one.position} on"
    if one.kind != "order":
        return
    order = state.orders.get((one.area, one.id))
    anew = order is None or order.ended == "OrderMoved"
    if anew != (one.type == "OrderOpened"):
        yield f"order {one.id} was opened twice, or something happened to it before, at {one.position}"
        state.orders.setdefault((one.area, one.id), Order(one.data, None, []))
    elif anew:
        for area, key in state.orders:
            if key == one.id and not state.orders[area, key].ended:
                yield f"order {one.id} goes on in {area} and is opened in {one.area} at {one.position}"
    elif order is not None and order.ended and one.type in _AFTER_THE_END:
        yield f"{one.type} at {one.position} happened to order {one.id} after {order.ended}"
    elif order is not None and one.type == "OrderPlanned":
        yield from _planned(order, one)
        notice = state.policies.get(one.area, {}).get("notice_min", 120) * MINUTE
        for name in set(one.data["workers"]) & order.accepted.keys() - order.there:
            if abs(instant(one.data["start"]) - order.accepted[name]) > notice:
                yield f"order {one.id} moves far from what {name} accepted, who is not asked again, at {one.position}"
    elif order is not None and one.type == "OrderShort":
        yield from _short(order, one)


def _planned(order: Order, one: Happened) -> Iterator[str]:
    workers, start = one.data["workers"], instant(one.data["start"])
    people = order.needs["people"] if order.needs else 1
    if len(set(workers)) < people or len(set(workers)) != len(workers):
        yield f"order {one.id} needs {people} people and is planned for {workers} at {one.position}"
    if order.pin and not set(order.pin["workers"]) <= set(workers):
        yield f"order {one.id} is pinned to {order.pin['workers']} and planned for {workers} at {one.position}"
    if order.pin and order.pin["start"] and instant(order.pin["start"]) != start:
        yield f"order {one.id} is pinned to {order.pin['start']} and planned at {start} at {one.position}"
    if order.refused & set(workers):
        yield f"order {one.id} is planned for {order.refused & set(workers)}, who refused, at {one.position}"
    end = instant(one.data["end"])
    if order.windows and not any(instant(w["from"]) <= start and end <= instant(w["to"]) for w in order.windows):
        yield f"order {one.id} is planned at {start}, outside its windows, at {one.position}"


def _short(order: Order, one: Happened) -> Iterator[str]:
    if not one.data["reasons"]:
        yield f"order {one.id} has too few without a reason at {one.position}"
    if not one.data["workers"] or not set(one.data["workers"]) <= order.set_out:
        yield f"order {one.id} is left to {one.data['workers']}, who have not set out, at {one.position}"


def _one_place(state: LogState, key: Key, at: dt.datetime) -> Iterator[str]:
    """An order stands on the schedules of its crew, at one time, and on no other; on none if it is not planned."""
    area, name = key
    order = state.orders.get(key)
    found = {
        worker: (instant(stop["start"]), instant(stop["end"]))
        for (where, worker), routes in state.routes.items()
        if where == area
        for route in routes.values()
        if instant(route["end"]) > at
        for stop in route["stops"]
        if stop["order"] == name
    }
    if order is None:
        if found:
            yield f"{name} stands on schedules and is no order"
        return
    if order.ended in {"OrderCancelled", "OrderMoved"} and found:
        yield f"order {name} is not here any more ({order.ended}) and on the schedules of {sorted(found)}"
    if order.ended or order.done or order.failed or (order.end is not None and order.end <= at):
        return
    if set(found) != set(order.workers):
        yield f"order {name} is planned for {order.workers} and on the schedules of {sorted(found)} at {at}"
    elif any(times != (order.start, order.end) for times in found.values()):
        yield f"the crew of order {name} is not there at the same time"


def _stops(state: LogState, key: Key, at: dt.datetime) -> list[Data]:
    routes = state.routes.get(key, {}).values()
    stops = [stop for route in routes if instant(route["end"]) > at for stop in route["stops"]]
    return sorted(stops, key=lambda stop: (stop["start"], stop["end"]))


def _double_booking(state: LogState, key: Key, at: dt.datetime) -> Iterator[str]:
    # What was done before it should have begun keeps nobody busy.
    busy = [stop for stop in _stops(state, key, at) if busy_until(state, key[0], stop) > instant(stop["start"])]
    for one, other in pairwise(busy):
        if busy_until(state, key[0], one) > instant(other["start"]):
            yield f"{key[1]} is at {one['order']} and {other['order']} at {other['start']}"
    names = Counter(stop["order"] for stop in _stops(state, key, at))
    for name, times in names.items():
        if times > 1:
            yield f"{key[1]} is sent to {name} {times} times"


def _new_stops(state: LogState, key: Key, before: dict[str, Data], saw: int, at: dt.datetime) -> Iterator[str]:
    """Shift, absence, skill, travel and caps of every stop that was not on the route, at that time, before."""
    area, name = key
    worker = state.worker(key, saw)
    known = {(stop["order"], stop["start"]) for route in before.values() for stop in route["stops"]}
    for route in state.routes[key].values():
        new = [stop for stop in route["stops"] if (stop["order"], stop["start"]) not in known]
        if not new:
            continue
        if worker is None or worker.retired:
            yield f"{name} is sent to {new[0]['order']} and is not there"
            continue
        first, last = instant(route["start"]), instant(route["end"])
        day = day_of(state, area, first)
        if (first, last) not in _spans_on(state, key, worker.record, day, saw):
            yield f"{name} has no shift from {first} to {last}"
        for stop in new:
            start, end = first, last
            leaves = instant(stop["arrive"]) - stop.get("travel_min", 0) * MINUTE
            stop_end = instant(stop["end"])
            there = name in state.orders[area, stop["order"]].there
            if there:
                # Who is there already has no way to it, and no other duty to do it on than the one they are on.
                leaves, start, end = (
                    instant(stop["start"]),
                    *_shift_at(state, key, worker.record, stop, (start, end), saw),
                )
            if leaves < start or stop_end > end or instant(stop["arrive"]) > instant(stop["start"]):
                yield f"{name} is sent to {stop['order']} outside the shift"
            if any(_meets(stop, since, until, there=there) for since, until in worker.away):
                yield f"{name} is sent to {stop['order']} while away"
            if any(_meets(stop, instant(rest[0]), instant(rest[1]), there=there) for rest in route["rests"]):
                yield f"{name} is sent to {stop['order']} in a break"
            needs = state.orders[area, stop["order"]].needs
            if needs and not can_do(state, area, worker.record, needs, (instant(stop["start"]), stop_end)):
                yield f"{name} is sent to {stop['order']} without the skill"
            yield from the_way(state, key, route, stop, worker.record, saw, at)
        yield from _caps(state, key, route, worker.record, saw, at)


def _spans_on(state: LogState, key: Key, record: Data, day: dt.date, saw: int) -> list[tuple[dt.datetime, dt.datetime]]:
    """The duties of somebody that start on a local day: of who works by roster what was published by then."""
    if record.get("terms") is not None:
        return state.rosters.spans(key, day, saw)
    return shift_spans(record, day, state.time_zone(key[0]))


def _shift_at(
    state: LogState, key: Key, record: Data, stop: Data, duty: tuple[dt.datetime, dt.datetime], saw: int
) -> tuple[dt.datetime, dt.datetime]:
    """The shift that the work at a stop begins in; the ``duty`` it stands on if it begins in none."""
    begins = instant(stop["start"])
    days = {day_of(state, key[0], begins), day_of(state, key[0], begins - dt.timedelta(days=1))}
    spans = [span for day in days for span in _spans_on(state, key, record, day, saw)]
    return next((span for span in spans if span[0] <= begins < span[1]), duty)


def _meets(stop: Data, start: dt.datetime, end: dt.datetime, *, there: bool) -> bool:
    """Whether the way to a stop, of who is not ``there``, or the work meets a span; waiting for the work may."""
    arrive = instant(stop["arrive"])
    way = arrive - stop.get("travel_min", 0) * MINUTE, arrive
    work = instant(stop["start"]), instant(stop["end"])
    spans = (work,) if there else (way, work)
    return any(one < end and other > start and one < other for one, other in spans)


def _counts(state: LogState, area: str, route: Data, stop: Data, at: dt.datetime) -> bool:
    """Whether a stop takes of a day's caps: not one nobody went to on a duty that is over, to be planned anew."""
    order = state.orders.get((area, stop["order"]))
    went = order is None or order.done or order.failed or order.under_way or order.ended
    return bool(went) or instant(route["end"]) > at


def _caps(state: LogState, key: Key, route: Data, record: Data, saw: int, at: dt.datetime) -> Iterator[str]:
    """What was done counts for its day by the reports alone, what is still to be done by the schedule."""
    area, name = key
    day = day_of(state, area, instant(route["start"]))
    known = [one for one in state.done.get(key, ()) if one.position <= saw]
    done, reported = [one for one in known if one.day == day], {one.order for one in known}
    stops = [
        stop
        for other in state.routes[key].values()
        if day_of(state, area, instant(other["start"])) == day
        for stop in other["stops"]
        if (area, stop["order"]) not in reported and _counts(state, area, other, stop, at)
    ]
    caps = record.get("caps", {})
    visits, minutes = caps.get("visits_per_day"), caps.get("minutes_per_day")
    count = len(stops) + len(done) + sum(day_of(state, area, start) == day for start in state.worked_off.get(key, ()))
    if visits is not None and count > visits:
        yield f"{name} has {count} visits on {day}; the cap is {visits}"
    if minutes is not None:
        work = sum((instant(stop["end"]) - instant(stop["start"])) // MINUTE for stop in stops)
        work += sum(one.minutes for one in done)
        work += sum(
            state.zones[zone]["minutes_per_day"] for zone, who in state.zone_helpers.items() if (zone[0], who) == key
        )
        if work > minutes:
            yield f"{name} has {work} minutes of work on {day}; the cap is {minutes}"


WEEK_CAP = "zone_minutes_per_week"


def _zones(state: LogState, batch: list[Happened]) -> Iterator[str]:
    for one in batch:
        if one.type != "ZoneGiven":
            continue
        helper = one.data["helper"]
        held = [state.zones[key] for key, who in state.zone_helpers.items() if key[0] == one.area and who == helper]
        worker = state.worker((one.area, helper), one.position)
        cap = worker.record.get("caps", {}).get("households") if worker else None
        if cap is None:
            cap = state.policies.get(one.area, {}).get("households_per_helper", 40)
        households = sum(zone["households"] for zone in held)
        if households > cap:
            yield f"{helper} has {households} households; the cap is {cap}"
        record = worker.record if worker else {}
        week, cap = sum(zone.get("minutes_per_week", 0) for zone in held), record.get("caps", {}).get(WEEK_CAP)
        if cap is not None and week > cap:
            yield f"{helper} has {week} minutes of zones a week; the cap is {cap}"
        zone = state.zones[one.area, one.id]
        if helper in (zone.get("never") or ()) or helper not in (zone.get("only") or (helper,)):
            yield f"{helper} has {one.id}, to which its client did not agree"
        if record.get("serves") is not None and zone.get("part") not in record["serves"]:
            yield f"{helper} has {one.id}, which lies in a part of town they do not serve"
