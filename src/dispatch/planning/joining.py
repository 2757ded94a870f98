"""Who is sent to join somebody who is at a visit, or on the way to it, when another of the crew cannot come.

Asked before the plan itself: until when those there are held is known only once it is known when the others can come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from msgspec.structs import replace

from dispatch.decide.order import OrderState, Status
from dispatch.events.order import ReasonGiven
from dispatch.model.catalogue import Category
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Placed, placements, reasons_given
from dispatch.planning.crews import Gathered
from dispatch.planning.duties import OpenDuty
from dispatch.planning.problem import Built, build
from dispatch.solver import problem as ask
from dispatch.solver.plan import RoutePlan
from dispatch.solver.rules import Rule

_BY_HAND = "somebody who is free is registered, comes back, or is freed of what they are at; or take it off by hand."


def asking(
    state: AreaState,
    categories: dict[str, Category],
    now: dt.datetime,
    waits: Mapping[str, tuple[str, ...]],
    settled: Mapping[str, Gathered],
) -> Built:
    """The problem of who can join those there for ``waits`` (by order), and how soon, round all else that stands.

    ``settled``: those nobody can join, as was found before; whoever is there may be waited for elsewhere, too.
    Those who are there stay: until then they do nothing else. What they were to do next is asked about later.
    """
    held = {
        order: Gathered(there=there, start=at, end=at, asked=True)
        for order, there, at in ((one, there, _all_from(state, one, there, now)) for one, there in waits.items())
    }
    built = build(state, categories, now, only=frozenset(), gathered={**settled, **held})
    taken = {worker for there in waits.values() for worker in there}
    theirs = {stop.visit for route in built.plan.routes if route.worker in taken for stop in route.stops}
    visits = tuple(
        replace(
            visit,
            never=tuple(sorted({*visit.never, *taken.difference(waits.get(visit.id, ()))})),
            windows=_while_on_duty(state, built, visit, waits[visit.id]) if visit.id in waits else visit.windows,
        )
        for visit in built.problem.visits
        if visit.id in waits or not (visit.id in theirs or _is_pinned_to(visit, taken))
    )
    asked = {visit.id for visit in visits}
    routes = tuple(
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit in asked)) for route in built.plan.routes
    )
    return replace(built, problem=replace(built.problem, visits=visits), plan=replace(built.plan, routes=routes))


def joining(state: AreaState, asked: Built, plan: RoutePlan) -> dict[str, Gathered]:
    """What ``plan``, an answer to ``asked``, makes of the orders asked about: who joins when, or why nobody does."""
    placed = placements(plan, asked)
    why = {left.id: reasons_given(left) for left in plan.unplanned}
    why |= {order: (reason,) for order, reason in asked.left_out.items()}
    found = {}
    for order, one in asked.gathered.items():
        if not one.asked:
            continue
        there = placed.get(order)
        if not _is_on_duty(state, asked, order, one.there):
            reason = ReasonGiven(
                rule=Rule.SHIFT, message="The shift of those who are there is over, or is another now."
            )
            found[order] = left_alone(state.orders[order], one.there, (reason,))
        elif there is not None and set(there.workers) > set(one.there):
            found[order] = _joined(one, there)
        else:
            found[order] = left_alone(state.orders[order], one.there, why.get(order, ()))
    return found


def _is_on_duty(state: AreaState, asked: Built, order: str, there: tuple[str, ...]) -> bool:
    """Whether all of ``there`` have ``order`` on a duty that is still theirs."""
    return all(_duty_with(state, asked, order, worker) is not None for worker in there)


def _duty_with(state: AreaState, asked: Built, order: str, worker: str) -> OpenDuty | None:
    """The duty ``worker`` has ``order`` on, if it is still theirs."""
    for duty, route in state.schedules[worker].routes.items():
        if (worker, duty) in asked.duties and any(stop.order == order for stop in route.stops):
            return asked.duties[worker, duty]
    return None


def _while_on_duty(state: AreaState, built: Built, visit: ask.Visit, there: tuple[str, ...]) -> tuple[ask.Span, ...]:
    """The windows of ``visit`` up to when the duty ends that those there are on: nobody waits until the next day."""
    duties = (_duty_with(state, built, visit.id, worker) for worker in there)
    until = min((built.ticks.down(duty.duty.end) for duty in duties if duty is not None), default=None)
    if until is None:
        return visit.windows
    windows = (ask.Span(span.start, min(span.end, until)) for span in visit.windows if span.start < until)
    return tuple(windows) or (ask.Span(until - 1, until),)


def left_alone(order: OrderState, there: tuple[str, ...], reasons: tuple[ReasonGiven, ...]) -> Gathered:
    """Nobody can join those there, for ``reasons``; they may do it alone, and are held as long as it was to take."""
    assert order.start is not None and order.end is not None
    people = max(order.needs.people if order.needs is not None else 1, len(there) + 1)
    who = f"{', '.join(there)} {'are' if len(there) > 1 else 'is'} there or on the way"
    first = ReasonGiven(rule=Rule.CREW, message=f"{who}; {people} are needed, and nobody can join them.", hint=_BY_HAND)
    # That those there are held to it is no reason why others cannot come; a dispatcher's pin is.
    why = reasons if order.pin is not None else tuple(one for one in reasons if one.rule != Rule.PIN)
    return Gathered(there=there, start=order.start, end=order.end, reasons=(first, *why))


def _joined(one: Gathered, placed: Placed) -> Gathered:
    joiners = tuple(worker for worker in placed.workers if worker not in one.there)
    return Gathered(there=one.there, start=placed.start, end=placed.end, joiners=joiners)


def _all_from(state: AreaState, key: str, there: tuple[str, ...], now: dt.datetime) -> dt.datetime:
    """From when on all of ``there`` could begin: now, or when those who are on the way are to be there.

    No sooner than the duties begin that it stands on, also where somebody came before. While nobody is there yet it
    begins no sooner than whoever asked was told.
    """
    order = state.orders[key]
    coming = [worker for worker in there if order.stages.get(worker) is not Status.ARRIVED]
    moments = [
        stop.arrive if worker in coming else route.start
        for worker in there
        for route in state.schedules[worker].routes.values()
        for stop in route.stops
        if stop.order == key
    ]
    if len(coming) == len(there) and order.start is not None:
        moments.append(order.start)
    return max(now, *moments) if moments else now


def _is_pinned_to(visit: ask.Visit, workers: set[str]) -> bool:
    return visit.pin is not None and not workers.isdisjoint(visit.pin.workers)
