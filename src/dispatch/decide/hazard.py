"""A hazard reported on a round: it opens a repair order at the checkpoint, linked to the order of the round."""

from __future__ import annotations

import datetime as dt

import msgspec

from dispatch.decide.needs import needs_of
from dispatch.decide.order import OrderState, Status, check_here
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.register import Register
from dispatch.decide.report import check_time, happened_at
from dispatch.events.envelope import Entity
from dispatch.events.order import HazardReported, OrderOpened, Origin
from dispatch.events.personal import remark
from dispatch.model.catalogue import Kind
from dispatch.model.places import PlaceRef
from dispatch.model.quoting import quoted
from dispatch.model.words import key_of
from dispatch.requests.report import Hazard


def repair_of(entity: Entity, worker: str, report: Hazard) -> Entity:
    """The order that ``worker``'s ``report`` of a hazard on the round's order ``entity`` opens; always the same."""
    return Entity(entity.area, "order", key_of("hazard", entity.area, entity.id, worker, report.id))


def decide(
    report: Hazard, worker: str, entity: Entity, state: OrderState | None, register: Register, now: dt.datetime
) -> tuple[Happened, ...]:
    """What a hazard found on the round's order ``entity`` brings: word of it there, and a repair order; else nothing.

    It may be said after the round is done, too. What the catalogue does not know, or a checkpoint that nobody has
    registered, keeps no hazard from being kept: the order waits, as any other does. Raises `Refused`:
    ``unknown_order``, ``order_moved``, ``order_ended``, ``not_a_round``, ``not_yours``, ``before_order``.
    """
    if state is None:
        raise Refused(f"There is no work order {quoted(entity.id)}.", code="unknown_order", hint="it was mistyped.")
    check_here(entity.id, state)
    if state.opened.origin is not Origin.ROUND:
        raise Refused(
            f"Order {entity.id} is no round.",
            code="not_a_round",
            hint="a hazard found elsewhere is a request of its own.",
        )
    if state.status is Status.CANCELLED:
        raise Refused(
            f"Order {entity.id} is cancelled.", code="order_ended", hint="a hazard found all the same is a request."
        )
    if worker not in state.workers:
        planned = ", ".join(state.workers) or "nobody"
        raise Refused(
            f"Order {entity.id} is planned for {planned}, not for {quoted(worker)}.",
            code="not_yours",
            hint="name the round you walk.",
        )
    check_time(report, entity.id, state)
    repair = repair_of(entity, worker, report)
    if repair.id in state.hazards:
        return ()
    at = happened_at(report, state, now)
    found = HazardReported(
        worker=worker,
        checkpoint=report.checkpoint,
        category=report.category,
        order=repair.id,
        remark=remark(report.note),
        proof=report.proof,
    )
    return (Happened(entity, (found,), at), Happened(repair, (_opened(report, entity, register, at),), at))


def _opened(report: Hazard, entity: Entity, register: Register, at: dt.datetime) -> OrderOpened:
    """The repair order, promised as any other of its category and urgency."""
    category = register.categories.get(report.category)
    opened = OrderOpened(
        origin=Origin.HAZARD,
        kind=Kind.REPAIR if category is None else category.kind,
        category=report.category,
        place=PlaceRef(checkpoint=report.checkpoint),
        reported_at=at,
        urgency=report.urgency,
        found_on=entity.id,
    )
    if category is None:
        return opened
    return msgspec.structs.replace(opened, needs=needs_of(opened, category, register.policy(entity.area)))
