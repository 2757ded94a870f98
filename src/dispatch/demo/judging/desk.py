"""Promises of the front desk: nothing lost, nothing asked twice, one owner to the end, every step on record."""

from __future__ import annotations

from collections import Counter

import msgspec
from msgspec import Struct

from dispatch.demo.judging.facts import Facts, Happening
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.events.request import RequestAccepted, RequestRepeated


def counts(facts: Facts) -> dict[str, int]:
    """Requests kept, and what became of them, each counted on its own."""
    accepted = facts.all("request", RequestAccepted)
    return {
        "requests": len(facts.evidence.said),
        "accepted": len(accepted),
        "rejected": sum(one.subject.startswith("request.") for one in facts.evidence.rejected),
        "duplicates": len(facts.all("request", RequestRepeated)),
    }


def nothing_lost(facts: Facts) -> Tally:
    """Every request that was kept has one outcome: accepted, rejected or recognised as a repeat."""
    tally = Tally()
    outcomes: Counter[int] = Counter()
    for of in (RequestAccepted, RequestRepeated):
        outcomes.update(one.event.said for one in facts.all("request", of))  # type: ignore[attr-defined]
    outcomes.update(one.position for one in facts.evidence.rejected)
    for said in facts.evidence.said:
        tally.note(outcomes[said.position] == 1, f"message {said.position} has {outcomes[said.position]} outcomes")
    return tally


def one_owner(facts: Facts) -> Tally:
    """Every accepted request is one work order, for what was asked; none is accepted twice."""
    tally = Tally()
    accepted = facts.all("request", RequestAccepted)
    seen: Counter[tuple[str, str]] = Counter()
    seen.update((one.event.source, one.event.request) for one in accepted)  # type: ignore[attr-defined]
    said = {one.position: one for one in facts.evidence.said}
    for one in accepted:
        event = one.event
        assert isinstance(event, RequestAccepted)
        opened = (
            [first for first, _ in facts.events(event.order, happened.OrderOpened)]
            if event.order in facts.orders
            else []
        )
        asked = msgspec.json.decode(said[event.said].body) if event.said in said else {}
        kept = (
            len(opened) == 1
            and seen[event.source, event.request] == 1
            and asked.get("id") == event.request
            and facts.opened(event.order).category == asked.get("category")
        )
        tally.note(kept, f"{event.source}/{event.request}: {len(opened)} orders")
    return tally


def unplanned_visible(facts: Facts) -> Tally:
    """What is not in the plan is named with a reason: what stays out, what could not be done, what nobody can place."""
    tally = Tally()
    for order, events in sorted(facts.orders.items()):
        last = standing(events)
        if isinstance(last, happened.OrderUnplanned | happened.OrderShort):
            tally.note(bool(last.reasons) and all(one.message for one in last.reasons), f"{order}: no reason")
        elif last is None:
            tally.note(False, f"{order} is neither planned nor named as unplanned")
    return tally


def standing(events: list[Happening]) -> Struct | None:
    """The last event that says whether an order is in the plan or over; None if none does."""
    last: Struct | None = None
    for one in events:
        match one.event:
            case (
                happened.OrderPlanned() | happened.OrderShort() | happened.OrderUnplanned() | happened.OrderCancelled()
            ):
                last = one.event
            case happened.VisitDone() | happened.VisitFailed() | happened.OrderClosed():
                last = one.event
            case happened.OrderRescheduled():
                last = None
    return last


def reasons_out(facts: Facts, order: str) -> tuple[str, ...]:
    """The rules in the way of an order that is not in the plan at the end; empty for all others."""
    last = standing(facts.orders[order])
    return tuple(one.rule for one in last.reasons) if isinstance(last, happened.OrderUnplanned) else ()


def told_before(facts: Facts) -> Tally:
    """Nobody sets out for a visit they were not told of."""
    tally = Tally()
    for order in sorted(facts.orders):
        for left, event in facts.events(order, happened.WorkerOnTheWay):
            told = [
                one
                for one, said in facts.events(order, happened.OrderTold)
                if one.position < left.position and event.worker in said.workers
            ]
            tally.note(bool(told), f"{event.worker} set out for {order} untold")
    return tally


_STEPS = (
    happened.OrderOpened,
    happened.OrderPlanned,
    happened.WorkerOnTheWay,
    happened.WorkerArrived,
    happened.VisitDone,
)


def steps_traced(facts: Facts) -> Tally:
    """Of everything done, each step is on record in its order, with who said so and through which message."""
    tally = Tally()
    for order, events in sorted(facts.orders.items()):
        if not facts.events(order, happened.VisitDone):
            continue
        first = [next((one for one in events if isinstance(one.event, step)), None) for step in _STEPS]
        positions = [one.position for one in first if one is not None]
        owned = all(one.by and one.cause for one in events)
        kept = len(positions) == len(_STEPS) and positions == sorted(positions) and owned
        tally.note(kept, f"{order}: {[type(one.event).__name__ for one in events]}")
    return tally
