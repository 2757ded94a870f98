"""From the folded state of an area to its routing problem and the plan that stands. No personal data goes in."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.needs import needs_of
from dispatch.decide.order import OPEN_TO_PLAN, OrderState, Status
from dispatch.events.order import Needs, Origin, ReasonGiven
from dispatch.events.schedule import ScheduledStop
from dispatch.model.catalogue import Category, Urgency
from dispatch.model.policy import Weights
from dispatch.model.quoting import quoted
from dispatch.model.time import zone as time_zone
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.contract_people import among, dated_helper
from dispatch.planning.crews import Gathered
from dispatch.planning.duties import OpenDuty, open_duties
from dispatch.planning.held_up import held_up
from dispatch.planning.people import base_of, worker_of
from dispatch.planning.spots import Spots, position_of, unknown_place
from dispatch.planning.ticks import Ticks
from dispatch.planning.under_way import begun_apart, stranded
from dispatch.solver import problem as ask
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.rules import RULE_TEXT, Rule
from dispatch.solver.words import PRICE_MOST

_MINUTE = dt.timedelta(minutes=1)
_AT_ONCE = 1000.0
"""What a minute costs that somebody waits for another to join them, in minutes: more than any way."""


class Built(Struct, frozen=True, kw_only=True):
    """A routing problem with the plan that stands today and what is needed to turn the answer into events.

    ``left_out``: orders that cannot even be asked about, with the reason. ``needs``: what each order takes.
    ``duties``: by (worker, duty id). ``aside``: how many that stand on no open duty were not asked about.
    ``gathered``: what becomes of orders to which one of the crew cannot come while others are there. ``homeless``: why
    some workers are sent nowhere.
    """

    problem: ask.RouteProblem
    plan: RoutePlan
    ticks: Ticks
    duties: dict[tuple[str, str], OpenDuty]
    needs: dict[str, Needs]
    left_out: dict[str, ReasonGiven]
    aside: int = 0
    gathered: dict[str, Gathered] = {}
    homeless: tuple[ReasonGiven, ...] = ()


def off_plan(state: AreaState, now: dt.datetime) -> list[str]:
    """The orders that could be planned and stand on no open duty: never planned, or on a duty that ended meanwhile.

    Not those of which it is said that their windows are over: nothing but a new window helps them.
    """
    fixed, ahead = _standing_orders(state, open_duties(state, now), now)
    standing = fixed | ahead
    return [
        key
        for key, order in state.orders.items()
        if order.status in OPEN_TO_PLAN and key not in standing and not _is_over(order, now)
    ]


def _standing_orders(
    state: AreaState, found: Mapping[str, Sequence[OpenDuty]], now: dt.datetime
) -> tuple[set[str], set[str]]:
    """The orders on the duties ``found``: those that stay as they are, and those the plan may still change."""
    every = [duty for each in found.values() for duty in each]
    fixed = {stop.order for duty in every for stop in duty.past}
    fixed |= {one.stop.order for one in begun_apart(state, now)}
    return fixed, {stop.order for duty in every for stop in duty.ahead}


def _is_over(order: OrderState, now: dt.datetime) -> bool:
    """Whether it was said that the windows of an order nobody is planned for are over, and they are."""
    said = order.status is Status.OPENED and order.reasons and order.reasons[0].rule == Rule.WINDOW_PAST
    return bool(said and order.windows) and all(window.end <= now for window in order.windows)


def build(
    state: AreaState,
    categories: dict[str, Category],
    now: dt.datetime,
    *,
    only: frozenset[str] | None = None,
    thaw: frozenset[str] = frozenset(),
    gathered: Mapping[str, Gathered] | None = None,
) -> Built:
    """The routing problem of the area as of ``now``, in minutes from one day before.

    ``only``: of the orders that stand on no open duty, ask about these (None: all); the others stay as they are, and
    so do those of which it is known that their windows are over.
    ``thaw``: orders that are not frozen although they are near, because where they are they can no longer stand.
    ``gathered``: what becomes of orders that are `waiting`; the others of them stay as they are.
    """
    gathered = gathered or {}
    ticks, spots = Ticks.around(now), Spots()
    policy = state.policy
    open_by_worker = open_duties(state, now, gathered)
    fixed, ahead = _standing_orders(state, open_by_worker, now)
    left_lying = stranded(state, now)
    workers = tuple(
        worker_of(state, worker, found, ticks, spots, now)
        for worker, found in open_by_worker.items()
        if base_of(state, worker) is not None
    )
    visits: list[ask.Visit] = []
    needs: dict[str, Needs] = {}
    left_out: dict[str, ReasonGiven] = {}
    aside = 0
    horizon = max((duty.duty.end for found in open_by_worker.values() for duty in found), default=now)
    for order_id in sorted(state.orders, key=lambda key: (state.orders[key].opened.reported_at, key)):
        order, joined = state.orders[order_id], gathered.get(order_id)
        open_to_plan = order_id not in fixed and (order.status in OPEN_TO_PLAN or order_id in left_lying)
        if not (open_to_plan if joined is None else joined.asked or joined.joiners):
            continue
        left_aside = only is not None and order_id not in only and order_id not in ahead
        if joined is None and (left_aside or _is_over(order, now)):
            aside += 1
            continue
        made = _visit(state, order_id, categories, ticks, spots, now=now, horizon=horizon, thaw=thaw)
        if isinstance(made, ReasonGiven):
            left_out[order_id] = made
        else:
            visit, needs[order_id] = made
            visits.append(visit if joined is None else _with(visit, order, joined, ticks))
    problem = ask.RouteProblem(
        area=state.area,
        # In local time, so that what the solver says about hours reads as people here read clocks.
        origin=ticks.origin.astimezone(time_zone(policy.time_zone)),
        now=ticks.up(now),
        spots=spots.all(),
        speeds=policy.speeds,
        workers=workers,
        visits=tuple(priced(visits, policy.weights, now=ticks.up(now), horizon=ticks.down(horizon))),
        weights=_weights(policy.weights),
    )
    by_duty = {(worker, duty.duty.id): duty for worker, found in open_by_worker.items() for duty in found}
    return Built(
        problem=problem,
        plan=_standing(problem, by_duty, ticks, anew=left_lying | held_up(state, now)),
        ticks=ticks,
        duties=by_duty,
        needs=needs,
        left_out=left_out,
        aside=aside,
        gathered=dict(gathered),
        homeless=tuple(_homeless(state, open_by_worker)),
    )


def _homeless(state: AreaState, workers: Iterable[str]) -> Iterator[ReasonGiven]:
    """Who can be sent nowhere, as nobody knows where their duties begin: that may be why something stays out."""
    missing = sorted(worker for worker in workers if base_of(state, worker) is None)
    if missing:
        yield ReasonGiven(
            rule=Rule.UNKNOWN_PLACE,
            message=f"{len(missing)} of the workers cannot be sent, as their base is not registered.",
            workers=len(missing),
            hint=f"{missing[0]} has the base {quoted(state.workers[missing[0]].item.base)}: register it in this area.",
        )


def _weights(weights: Weights) -> ask.RouteWeights:
    return ask.RouteWeights(
        travel=weights.travel,
        change_worker=weights.change_worker,
        change_tick=weights.change_minute,
        continuity=weights.continuity,
    )


def _with(visit: ask.Visit, order: OrderState, joined: Gathered, ticks: Ticks) -> ask.Visit:
    """What is asked about a visit some are there for: who can join them, how soon; or that these do, at that time.

    Whom a dispatcher named is asked for, as long as they named those who are there.
    """
    if not joined.asked:
        pin = ask.Pin(workers=joined.joiners, start=ticks.up(joined.start), why="under_way")
        return replace(visit, people=len(joined.joiners), pin=pin, told=None, keep=(), cover=False)
    named = order.pin is not None and set(joined.there) <= set(order.pin.workers)
    first = ticks.up(joined.start)
    return replace(
        visit,
        pin=ask.Pin(workers=order.pin.workers if named and order.pin else joined.there, why="under_way"),
        due=first,
        late_weight=_AT_ONCE,
        windows=tuple(ask.Span(max(span.start, first), span.end) for span in visit.windows if span.end > first)
        or visit.windows,
        told=None,
        # Who was to come as well and still can is the first to be asked.
        keep=tuple(worker for worker in order.workers if worker not in joined.there),
        cover=False,
    )


def _visit(
    state: AreaState,
    order_id: str,
    categories: dict[str, Category],
    ticks: Ticks,
    spots: Spots,
    *,
    now: dt.datetime,
    horizon: dt.datetime,
    thaw: frozenset[str],
) -> tuple[ask.Visit, Needs] | ReasonGiven:
    order = state.orders[order_id]
    needs = order.needs
    if needs is None:
        category = categories.get(order.opened.category)
        if category is None:
            return _reason(Rule.UNKNOWN_CATEGORY, f"register the category {quoted(order.opened.category)}.")
        needs = needs_of(order.opened, category, state.policy)
    position = position_of(state, order.opened.place)
    if position is None:
        return unknown_place(order.opened.place.named or "")
    if not state.has_workers():
        return _reason(Rule.UNKNOWN_AREA, f"register workers in area {state.area!r}.")
    windows = _windows(order, needs.minutes, ticks, now, horizon)
    if isinstance(windows, ReasonGiven):
        return windows
    weights = state.policy.weights
    pin = _pin(state, order, ticks, now, thawed=order_id in thaw)
    # What people were told of a start that has passed without them is nothing they still count on.
    told = order.told if order.told is not None and order.told.start >= now else None
    visit = ask.Visit(
        id=order_id,
        spot=spots.index(position),
        ticks=needs.minutes,
        windows=windows,
        people=max(needs.people, len(order.pin.workers) if order.pin else 0),
        skill=needs.skill,
        level=needs.level,
        # A promise that has run out is late whatever is done; only the minutes from now on can still be saved.
        due=None if needs.due is None else max(ticks.down(needs.due), ticks.up(now)),
        late_weight=weights.late_urgent if needs.urgency is Urgency.URGENT else weights.late,
        price=weights.unplanned * (1 + needs.priority),
        among=among(state, order, needs.people),
        never=tuple(sorted(order.refused_by)),
        keep=_keep(state, order),
        pin=pin,
        told=None if told is None else ask.Told(workers=told.workers, start=ticks.down(told.start)),
        cover=order.opened.origin is Origin.ROUND,
    )
    return visit, needs


def _windows(
    order: OrderState, minutes: int, ticks: Ticks, now: dt.datetime, horizon: dt.datetime
) -> tuple[ask.Span, ...] | ReasonGiven:
    if not order.windows:
        return (ask.Span(ticks.up(now), max(ticks.down(horizon), ticks.up(now) + minutes)),)
    usable = tuple(
        ask.Span(ticks.up(window.start), ticks.down(window.end))
        for window in order.windows
        if ticks.down(window.end) - max(ticks.up(window.start), ticks.up(now)) >= minutes
    )
    # What stands in the plan and is about to start keeps its window though `now` has moved into it.
    return usable or _closed(order, minutes, now)


def _closed(order: OrderState, minutes: int, now: dt.datetime) -> ReasonGiven:
    """Why no window of ``order`` can be used any more, or ever could."""
    if max(window.minutes for window in order.windows) < minutes and any(window.end > now for window in order.windows):
        message = f"No agreed window is as long as the work, {minutes} minutes."
        return ReasonGiven(rule=Rule.WINDOW, message=message, hint="agree a longer window with whoever asked.")
    if order.opened.origin is not Origin.ROUND:
        return _reason(Rule.WINDOW_PAST, "agree a new window with whoever asked.")
    message = "The round was missed: its band is over."
    if order.workers:
        message = f"Its band is over and nobody said that it was walked; it was planned for {', '.join(order.workers)}."
    return ReasonGiven(rule=Rule.WINDOW_PAST, message=message)


def priced(visits: list[ask.Visit], weights: Weights, *, now: int, horizon: int) -> list[ask.Visit]:
    """``visits`` with prices for staying out that none of them is worth paying, be it only done at the horizon.

    All prices grow alike, so that priorities weigh against each other as the policy says. What is left of a price
    beyond its own lateness and changes is what the visit may cost others. None grows beyond `PRICE_MOST`: rounds and
    pins come first whatever the policy pays.
    """
    share = max((_dearest(visit, weights, now, horizon) / visit.price for visit in visits if visit.price), default=0.0)
    highest = max((visit.price for visit in visits), default=0.0)
    times = min(1 + math.ceil(share), max(1, int(PRICE_MOST / highest))) if highest else 1
    return [replace(visit, price=visit.price * times) for visit in visits]


def _dearest(visit: ask.Visit, weights: Weights, now: int, horizon: int) -> float:
    """What ``visit`` costs where it is latest and changed most."""
    last = max(now, min(horizon, max(window.end for window in visit.windows)) - visit.ticks)
    cost = weights.continuity if visit.keep else 0.0
    if visit.due is not None:
        cost += visit.late_weight * max(0, last - visit.due)
    if visit.told is not None:
        cost += weights.change_worker
        cost += weights.change_minute * max(abs(last - visit.told.start), visit.told.start - now)
    return cost


def _pin(state: AreaState, order: OrderState, ticks: Ticks, now: dt.datetime, *, thawed: bool) -> ask.Pin | None:
    """What may not move: a dispatcher's pin, and what is too near, as long as it can still stand."""
    if order.pin is not None:
        start = None if order.pin.start is None else ticks.up(order.pin.start)
        return ask.Pin(workers=order.pin.workers, start=start)
    if thawed or order.start is None or order.end is None or not order.workers:
        return None
    policy = state.policy
    told = order.told is not None and order.told.workers == order.workers and order.told.start == order.start
    near = max(policy.freeze_min, policy.notice_min if told else 0)
    if order.start - now > near * _MINUTE or order.start < now:
        return None
    if not all(_can_stand(state, worker, order) for worker in order.workers):
        return None
    return ask.Pin(workers=order.workers, start=ticks.down(order.start), why="frozen")


def _can_stand(state: AreaState, worker: str, order: OrderState) -> bool:
    record = state.workers.get(worker)
    if record is None or record.retired or worker in order.refused_by:
        return False
    assert order.start is not None and order.end is not None
    return not any(one.start < order.end and one.end > order.start for one in away_of(state, worker))


def _keep(state: AreaState, order: OrderState) -> tuple[str, ...]:
    """The workers this household or zone is used to (`DOMAIN.md`: continuity matters to residents), or who is dated."""
    if (dated := dated_helper(state, order)) is not None:
        return (dated,)
    if order.opened.household and order.opened.household in state.household_workers:
        return state.household_workers[order.opened.household]
    named = order.opened.place.named
    helpers = {
        zone.helper for zone in state.zones.values() if not zone.retired and zone.item.place == named and zone.helper
    }
    return tuple(sorted(helpers))


def _reason(rule: Rule, hint: str) -> ReasonGiven:
    return ReasonGiven(rule=rule, message=RULE_TEXT[rule], hint=hint)


def _standing(
    problem: ask.RouteProblem, duties: dict[tuple[str, str], OpenDuty], ticks: Ticks, *, anew: frozenset[str]
) -> RoutePlan:
    """The plan that stands: what lies ahead on every open duty, in ticks.

    Without what is to be planned ``anew``: it cannot be as it stands, and whoever has it has no claim to it.
    """
    asked = {visit.id for visit in problem.visits} - anew
    routes = tuple(
        Route(
            worker=worker,
            duty=duty_id,
            stops=tuple(_stop(stop, ticks) for stop in duty.ahead if stop.order in asked),
        )
        for (worker, duty_id), duty in duties.items()
        if duty.ahead
    )
    return RoutePlan(routes=routes, effort=Effort(solver="standing", seed=0, budget=0, used=0))


def _stop(stop: ScheduledStop, ticks: Ticks) -> Stop:
    return Stop(
        visit=stop.order,
        arrive=ticks.down(stop.arrive),
        start=ticks.down(stop.start),
        end=ticks.down(stop.end),
        travel=stop.travel_min,
    )
