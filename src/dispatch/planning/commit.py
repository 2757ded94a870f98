"""From a plan to the events that make it so: one batch with the plan head, each changed route, each changed order."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import OPEN_TO_PLAN, OrderState, Status
from dispatch.decide.plan import head_of
from dispatch.events.envelope import Entity
from dispatch.events.order import (
    OrderAskedAgain,
    OrderPlanned,
    OrderShort,
    OrderSpecified,
    OrderTold,
    OrderUnplanned,
    Origin,
    ReasonGiven,
    WalkLaidOut,
)
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.crews import Gathered
from dispatch.planning.problem import Built
from dispatch.planning.walk_watch import laid_out
from dispatch.solver.plan import Route, RoutePlan, Stop, Unplanned, ZonePlan
from dispatch.solver.rules import Rule

Batch = dict[Entity, list[Struct]]
"""The events of one atomic append, by entity; each entity is guarded by the position it was folded to."""

TOLD_AT_ONCE = 900
"""Orders told of in one append at most; an append has a limit."""


class Placed(Struct, frozen=True):
    """Where a plan puts a visit: the people and ``[start, end)``."""

    workers: tuple[str, ...]
    start: dt.datetime
    end: dt.datetime


def placements(plan: RoutePlan, built: Built) -> dict[str, Placed]:
    """Where ``plan`` puts each visit, by order, with those who are there already."""
    crews: dict[str, list[tuple[str, Stop]]] = defaultdict(list)
    for route in plan.routes:
        for stop in route.stops:
            crews[stop.visit].append((route.worker, stop))
    at = built.ticks.at
    return {
        order: Placed(_people(crew, built.gathered.get(order)), at(crew[0][1].start), at(crew[0][1].end))
        for order, crew in crews.items()
    }


def _people(crew: list[tuple[str, Stop]], gathered: Gathered | None) -> tuple[str, ...]:
    there = () if gathered is None else gathered.there
    return tuple(sorted({*(worker for worker, _ in crew), *there}))


def batch_of(
    state: AreaState,
    built: Built,
    plan: RoutePlan,
    now: dt.datetime,
    *,
    why: str,
    tried: frozenset[str] | None = None,
) -> Batch:
    """The events by which ``plan`` becomes current; empty when nothing changes.

    Routes are compared stop by stop, orders by people and time, so that only what changed is written.
    """
    number = state.head.number + 1
    placed = placements(plan, built)
    batch: Batch = {}
    moved = _orders(state, built, placed, plan, number, now, batch)
    _routes(state, built, plan, placed, number, batch)
    if not batch:
        return {}
    head = committed(
        state,
        plan,
        why,
        planned=len(placed),
        moved=moved,
        unplanned=len(plan.unplanned) + len(built.left_out) + built.aside + _too_few(built),
        tried=None if tried is None else tuple(sorted(tried)),
    )
    return {head_of(state.area): [head], **batch}


def committed(
    state: AreaState,
    plan: RoutePlan | ZonePlan,
    why: str,
    *,
    planned: int,
    moved: int,
    unplanned: int,
    tried: tuple[str, ...] | None = None,
) -> PlanCommitted:
    """The event that makes ``plan`` the area's current one, with all it takes to find it again."""
    effort = plan.effort
    return PlanCommitted(
        number=state.head.number + 1,
        parent=state.head.number,
        saw=state.position,
        policy=state.policy_position,
        why=why,
        solver=effort.solver,
        seed=effort.seed,
        budget=effort.budget,
        used=effort.used,
        repeatable=effort.repeatable,
        cost={str(rule): round(cost, 3) for rule, cost in plan.cost.items()},
        planned=planned,
        moved=moved,
        unplanned=unplanned,
        tried=tried,
    )


def overtaken(state: AreaState, batch: Batch, now: dt.datetime) -> bool:
    """Whether ``batch`` changes what has begun by ``now``: a stop set out for, or a break, as it stands or is to be."""
    for entity, events in batch.items():
        for event in events:
            if isinstance(event, RouteChanged):
                schedule = state.schedules.get(entity.id)
                before = schedule.routes.get(event.duty) if schedule else None
                stands = set() if before is None else _spans(before, now)
                if any(start < now for start, _ in stands ^ _spans(event, now)):
                    return True
    return False


def _spans(route: RouteChanged, now: dt.datetime) -> set[tuple[dt.datetime, object]]:
    """When somebody sets out or rests on ``route``, and what for. Breaks that are over drop out of new routes."""
    ways = {(stop.leaves, stop) for stop in route.stops}
    return {*ways, *(rest for rest in route.rests if rest[1] > now)}


def _orders(
    state: AreaState,
    built: Built,
    placed: dict[str, Placed],
    plan: RoutePlan,
    number: int,
    now: dt.datetime,
    batch: Batch,
) -> int:
    """Add what happens to orders to ``batch``; returns how many planned ones moved."""
    tell_until = now + dt.timedelta(minutes=state.policy.tell_ahead_min)
    moved = 0
    for order_id, there in placed.items():
        order = state.orders[order_id]
        events = _specified(order, built, order_id)
        if (order.workers, order.start, order.end) != (there.workers, there.start, there.end):
            moved += bool(order.workers)
            if again := _asked_again(state, order, there, now):
                events.append(OrderAskedAgain(workers=again))
            events.append(OrderPlanned(workers=there.workers, start=there.start, end=there.end, plan=number))
        told = OrderTold(workers=there.workers, start=there.start)
        # A clock that leaps a day makes hundreds to be told of at once; those the plan leaves alone wait for `telling`.
        if events and there.start <= tell_until and order.told != told:
            events.append(told)
        watch = laid_out(state, order, there.start, there.end)
        if watch not in {None, order.watch}:
            events.append(WalkLaidOut(watch=watch))
        if events:
            batch[Entity(state.area, "order", order_id)] = events
    reasons: dict[str, tuple[ReasonGiven, ...]] = {
        key: (reason, *_why_before(state.orders[key], reason)) for key, reason in built.left_out.items()
    }
    reasons |= {left.id: (*reasons_given(left), *built.homeless) for left in plan.unplanned}
    for order_id, why in reasons.items():
        order = state.orders[order_id]
        events = _specified(order, built, order_id)
        if order.workers or other_rules(order.reasons, why):
            events.append(OrderUnplanned(reasons=why, plan=number))
        if events:
            batch[Entity(state.area, "order", order_id)] = events
    _short(state, built, number, batch)
    return moved


def _asked_again(state: AreaState, order: OrderState, there: Placed, now: dt.datetime) -> tuple[str, ...]:
    """Those of the crew who said that they come, or set out, and are to be asked anew.

    Such is whose visit now starts further from the time they agreed to than the notice of the policy, and who set out
    and is away before they can be there.
    """
    notice = dt.timedelta(minutes=state.policy.notice_min)
    again = []
    for worker in there.workers:
        stage = order.stages.get(worker)
        if stage is None or stage is Status.ARRIVED:
            continue
        agreed = order.agreed.get(worker) or order.start or there.start
        away = away_of(state, worker) if stage is Status.ON_THE_WAY and worker in state.workers else ()
        broken_off = any(one.start < there.start and one.end > now for one in away)
        if broken_off or abs(there.start - agreed) > notice:
            again.append(worker)
    return tuple(again)


def _too_few(built: Built) -> int:
    return sum(not one.joiners for one in built.gathered.values())


def _short(state: AreaState, built: Built, number: int, batch: Batch) -> None:
    """Add which orders have too few, of whom some are there, and nobody who could join them; those are told."""
    for order_id, one in built.gathered.items():
        order = state.orders[order_id]
        same = order.short and order.workers == one.there and not other_rules(order.reasons, one.reasons)
        if one.joiners or same:
            continue
        events: list[Struct] = [
            OrderShort(workers=one.there, start=one.start, end=one.end, reasons=one.reasons, plan=number)
        ]
        told = OrderTold(workers=one.there, start=one.start)
        batch[Entity(state.area, "order", order_id)] = events if order.told == told else [*events, told]


def _why_before(order: OrderState, reason: ReasonGiven) -> tuple[ReasonGiven, ...]:
    """What kept a round from being walked stays to be seen once its band is over."""
    if order.opened.origin is not Origin.ROUND or reason.rule != Rule.WINDOW_PAST:
        return ()
    return tuple(one for one in order.reasons if one.rule != Rule.WINDOW_PAST)


def reasons_given(left: Unplanned) -> tuple[ReasonGiven, ...]:
    """Why a plan leaves something out, as events tell it."""
    return tuple(
        ReasonGiven(rule=reason.rule, message=reason.message, workers=reason.workers, hint=reason.hint)
        for reason in left.reasons
    )


def other_rules(before: tuple[ReasonGiven, ...], now: tuple[ReasonGiven, ...]) -> bool:
    """Whether other rules are in the way now. The words of a reason change with the hour; that alone is no news."""
    return [one.rule for one in before] != [one.rule for one in now]


def _specified(order: OrderState, built: Built, order_id: str) -> list[Struct]:
    needs = built.needs.get(order_id)
    return [OrderSpecified(needs=needs)] if order.needs is None and needs is not None else []


def _routes(
    state: AreaState, built: Built, plan: RoutePlan, placed: dict[str, Placed], number: int, batch: Batch
) -> None:
    new = {(route.worker, route.duty): route for route in plan.routes}
    for (worker, duty_id), open_duty in built.duties.items():
        schedule = state.schedules.get(worker)
        before = schedule.routes.get(duty_id) if schedule else None
        route = new.get((worker, duty_id))
        ahead = _stops(state, built, route, placed) if route is not None else ()
        stops = open_duty.past + ahead
        rests = _rests(built, route)
        # Breaks that are over drop out of what lies ahead; that alone is no news.
        same_rests = before is not None and set(rests) <= set(before.rests)
        unchanged = before.stops == stops and (same_rests or not ahead) if before else not stops
        if unchanged:
            continue
        changed = RouteChanged(
            duty=duty_id, start=open_duty.duty.start, end=open_duty.duty.end, stops=stops, rests=rests, plan=number
        )
        batch.setdefault(Entity(state.area, "schedule", worker), []).append(changed)
    _off_other_duties(state, built, number, batch)


def _off_other_duties(state: AreaState, built: Built, number: int, batch: Batch) -> None:
    """Take what was asked about anew off duties that are not planned: they ended, or are no duties any more because
    somebody was retired, moved, or has other shifts since. Otherwise one order would stand on two schedules.

    What is under way there, or done, stays.
    """
    for worker, route in state.routes():
        if (worker, route.duty) in built.duties:
            continue
        kept = tuple(stop for stop in route.stops if not _comes_off(built, stop, worker))
        if len(kept) != len(route.stops):
            changed = replace(route, stops=kept, plan=number)
            batch.setdefault(Entity(state.area, "schedule", worker), []).append(changed)


def _comes_off(built: Built, stop: ScheduledStop, worker: str) -> bool:
    gathered = built.gathered.get(stop.order)
    if gathered is not None:
        return worker not in gathered.there
    return stop.order in built.needs or stop.order in built.left_out


def _stops(state: AreaState, built: Built, route: Route, placed: dict[str, Placed]) -> tuple[ScheduledStop, ...]:
    at = built.ticks.at
    return tuple(
        ScheduledStop(
            order=stop.visit,
            category=state.orders[stop.visit].opened.category,
            place=state.orders[stop.visit].opened.place,
            arrive=at(stop.arrive),
            start=at(stop.start),
            end=at(stop.end),
            travel_min=stop.travel,
            crew=tuple(worker for worker in placed[stop.visit].workers if worker != route.worker),
        )
        for stop in route.stops
    )


def _rests(built: Built, route: Route | None) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    if route is None:
        return ()
    if not route.rests:
        return ()
    worker = next(one for one in built.problem.workers if one.id == route.worker)
    duty = next(one for one in worker.duties if one.id == route.duty)
    at = built.ticks.at
    told = built.duties[route.worker, route.duty].rests
    rests = [(at(start), at(start + rest.ticks)) for start, rest in zip(route.rests, duty.rests, strict=True)]
    # Of a break under way only the rest is planned; it is told as it began.
    return tuple(next((one for one in told if one[0] <= rest[0] and one[1] == rest[1]), rest) for rest in rests)


def telling(state: AreaState, now: dt.datetime) -> Batch:
    """What is to be told because it is near enough now: planned visits whose people were not told of them yet.

    At most `TOLD_AT_ONCE` of them; the next call gives the rest, once these are told.
    """
    tell_until = now + dt.timedelta(minutes=state.policy.tell_ahead_min)
    told = (
        (Entity(state.area, "order", order_id), now_so)
        for order_id, order in state.orders.items()
        # Whoever said yes before they were told of it is told all the same.
        if order.status in OPEN_TO_PLAN and order.start is not None and order.start <= tell_until
        if order.told != (now_so := OrderTold(workers=order.workers, start=order.start))
    )
    return {entity: [event] for entity, event in itertools.islice(told, TOLD_AT_ONCE)}
