"""One message after the other: read it, load what it concerns, decide, let it happen in the unit of work."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from dispatch.decide import (
    direct,
    hazard,
    home,
    inspection,
    move_visit,
    notice,
    record,
    report,
    request,
    schedule,
    standin,
)
from dispatch.decide import message as messages
from dispatch.decide.contract import KIND as CONTRACTS
from dispatch.decide.contract import contract_of, order_of
from dispatch.decide.horizon import HorizonHead, horizon_of
from dispatch.decide.order import OrderState
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.plan import PlanHead, head_of
from dispatch.decide.register import Register as RegisterState
from dispatch.decide.roster import KIND as ROSTER
from dispatch.decide.roster import roster_of
from dispatch.events.envelope import Entity
from dispatch.events.plan import PlanDirected
from dispatch.model.catalogue import Kind
from dispatch.model.errors import FormError
from dispatch.model.quoting import quoted
from dispatch.model.words import EVERYWHERE
from dispatch.requests import direction as directed
from dispatch.requests import report as reported
from dispatch.requests.answer import Answer
from dispatch.requests.edge import read_direction, read_report, read_request
from dispatch.requests.service import ServiceRequest
from dispatch.services.desk import moving, scanning
from dispatch.services.desk.work import Work
from dispatch.store.base import Said
from dispatch.store.subjects import DIRECT, REPORT, Address, parse_said

Message = ServiceRequest | reported.WorkerReport | directed.Direction


_KINDS = frozenset(Kind)


class Read(Struct, frozen=True):
    """A kept message that could be read."""

    said: Said
    address: Address
    message: Message


def read(said: Said) -> Read:
    """Read a kept message; raises `FormError` with the reason it cannot be."""
    address = parse_said(said.subject)
    if address.area == EVERYWHERE and address.tree != DIRECT:
        raise FormError(
            f"The area {EVERYWHERE!r} is reserved.", code="reserved_area", hint="the name of an area was meant."
        )
    match address.tree:
        case "request":
            if address.name not in _KINDS:
                raise FormError(
                    f"There is no kind of request {quoted(address.name)}.",
                    code="unknown_kind",
                    hint=f"one of {', '.join(Kind)} was meant.",
                )
            return Read(said, address, read_request(said.body))
        case "report":
            return Read(said, address, read_report(said.body))
    return Read(said, address, read_direction(address.name, said.body))


def instant_of(one: Read) -> dt.datetime:
    """When what the message tells was so."""
    return one.message.reported_at if isinstance(one.message, ServiceRequest) else one.message.at


def concerns(one: Read) -> tuple[Entity, ...]:
    """The entities a message is about, as far as its own words say, to be loaded together with those of others.

    The first is what it is to change, or for a request its identity; the second the identity of any other message.
    Where somebody comes or goes, the third is their home.
    """
    area, message = one.address.area, one.message
    if isinstance(message, ServiceRequest):
        return (request.entity_of(message),)
    sender = message.by if isinstance(message, directed.Direction) else one.address.name
    changed, identity = _changed(message, area, one.address.name), messages.entity_of(message, area, sender)
    comes_or_goes = isinstance(message, (directed.Register, directed.Retire, directed.Move))
    return (changed, identity, *([home.entity_of(changed.id)] if comes_or_goes and changed.kind == "worker" else []))


def _changed(message: reported.WorkerReport | directed.Direction, area: str, name: str) -> Entity:
    match message:
        case reported.Absent() | reported.Back():
            return Entity(area, "worker", name)
        case reported.Scan():
            return Entity(area, "schedule", name)
        case reported.Inspected():
            return Entity(area, "inspection", message.zone)
        case reported.Breach():
            return notice.notice_of(area, name, message)
        case reported.Rechecked():
            return Entity(area, "notice", message.notice)
        case directed.Register():
            return _record_entity(area, *record.kind_and_item(message)[:2])
        case directed.Retire() | directed.Move():
            return _record_entity(area, message.kind, message.target)
        case directed.Absence() | directed.Return():
            return Entity(area, "worker", message.worker)
        case directed.GiveZone():
            return Entity(area, "zone", message.zone)
        case directed.StandIn():
            return roster_of(area, message.worker)
        case directed.MoveVisit():
            return contract_of(area, message.contract)
    return Entity(area, "order", message.order)  # type: ignore[union-attr]


def touches_register(one: Read) -> bool:
    """Whether a message changes what other decisions look up; it is then decided apart from what follows."""
    return isinstance(one.message, (directed.Register, directed.Retire, directed.Move))


async def decide(one: Read, work: Work, register: RegisterState) -> Answer:
    """Decide one message within ``work``; raises `Refused` or `FormError` when a rule stands against it."""
    match one.address.tree:
        case "request":
            return await _request(one, work, register)
        case "report":
            return await _report(one, work, register)
    return await _direction(one, work, register)


async def _request(one: Read, work: Work, register: RegisterState) -> Answer:
    message = one.message
    assert isinstance(message, ServiceRequest)
    state = (await work.get(request.entity_of(message))).state
    outcome = request.decide(
        message,
        state,
        register,
        hint=one.address.area,
        kind=Kind(one.address.name),
        said=one.said.position,
    )
    for happened in outcome.happened:
        # The identity was not there, so neither is the order: both are written in one batch or not at all.
        await work.assume_new(happened.entity)
        work.happen(happened, by="desk", cause=f"said/{one.said.position}", correlation=outcome.answer.order)
    if state is None:
        return outcome.answer
    return msgspec.structs.replace(outcome.answer, area=await _area_now(outcome.answer, work))


async def _area_now(answer: Answer, work: Work) -> str:
    """The area the order of a request accepted earlier is in by now; it moves with its place."""
    area, seen = answer.area, set[str]()
    while area not in seen:
        seen.add(area)
        order: OrderState | None = (await work.get(Entity(area, "order", answer.order))).state
        area = area if order is None or order.moved_to is None else order.moved_to
    return area


async def _report(one: Read, work: Work, register: RegisterState) -> Answer:
    message, worker = one.message, one.address.name
    assert isinstance(message, reported.Report)
    cause = f"{REPORT}/{worker}/{message.id}"
    entity, identity, *_ = concerns(one)
    state = (await work.get(entity)).state
    noted = Answer(decision="noted", id=message.id, source=worker, area=one.address.area)
    bound = messages.decide(message, worker, (await work.get(identity)).state, said=one.said.position)
    if not bound:
        return noted
    about = entity.id
    if isinstance(message, (reported.Absent, reported.Back)):
        so: tuple[Happened, ...] = (Happened(entity, record.attendance(message, worker, state), message.at),)
    elif isinstance(message, reported.Hazard):
        so = hazard.decide(message, worker, entity, state, register, work.now)
        await work.load(happened.entity for happened in so)
    elif isinstance(message, (reported.Inspected, reported.Breach, reported.Rechecked)):
        await _check_workers((worker,), one.address.area, work)
        found = _found(message, worker, one.address.area, state, register, work.now)
        so = (Happened(entity, found, min(message.at, work.now)),)
    elif isinstance(message, reported.Scan):
        so = (await scanning.decide(message, worker, one.address.area, work, register),)
        about = so[0].entity.id
    else:
        events = report.decide(message, worker, entity.id, state)
        so = (Happened(entity, events, report.happened_at(message, state, work.now)),)
    for happened in (*so, Happened(identity, bound, message.at)):
        work.happen(happened, by=f"worker/{worker}", cause=cause, correlation=about)
    return noted


def _found(
    message: reported.Inspected | reported.Breach | reported.Rechecked,
    worker: str,
    area: str,
    state: Any,
    register: RegisterState,
    now: dt.datetime,
) -> tuple[Struct, ...]:
    match message:
        case reported.Inspected():
            return inspection.decide(message, worker, state)
        case reported.Breach():
            # Said twice under one id it is one notice; what it said first stands.
            return () if state is not None else notice.issue(message, worker, register.policy(area), now)
    return notice.recheck(message, worker, state, register.policy(area), now)


async def _direction(one: Read, work: Work, register: RegisterState) -> Answer:
    message, area = one.message, one.address.area
    assert isinstance(message, directed.Direction)
    cause = f"{DIRECT}/{message.by}/{message.id}"
    entity, identity, *_ = concerns(one)
    noted = Answer(decision="noted", id=message.id, source=message.by, area=area)
    bound = messages.decide(message, message.by, (await work.get(identity)).state, said=one.said.position)
    if not bound:
        return noted
    directed_events = await _directed(message, area, entity, work, register)
    await work.load(happened.entity for happened in directed_events)
    # What changed nothing is bound, too: a late repeat of it must not change what came to be since.
    for happened in (*directed_events, Happened(identity, bound, message.at)):
        work.happen(happened, by=f"dispatcher/{message.by}", cause=cause, correlation=entity.id)
    return noted


async def _directed(
    message: directed.Direction, area: str, entity: Entity, work: Work, register: RegisterState
) -> tuple[Happened, ...]:
    state = (await work.get(entity)).state
    match message:
        case directed.Register():
            _check_area(message, area)
            if message.worker is not None:
                return await moving.registered(message, entity, state, work, register)
            return (Happened(entity, record.register(message, state), message.at),)
        case directed.Retire():
            retired = record.retire(message.kind, message.target, state, world=message.world)
            return (Happened(entity, retired, message.at), *await moving.left(entity, retired, message.at, work))
        case directed.Move():
            return await moving.moved(message, entity, state, work, register)
        case directed.Absence() | directed.Return():
            return (Happened(entity, record.attendance(message, message.worker, state), message.at),)
        case directed.GiveZone():
            if message.helper is not None:
                await _check_workers((message.helper,), area, work)
            return (Happened(entity, record.give_zone(message, state), message.at),)
        case directed.StandIn():
            return await _stand_in(message, area, work, register)
        case directed.MoveVisit():
            return await _move_visit(message, area, state, work, register)
        case directed.Assign():
            await _check_workers(message.workers, area, work)
    happened = direct.decide(message, entity, state)
    if isinstance(message, (directed.Cancel, directed.Reschedule)) and happened and state is not None and state.workers:
        return (*happened, *await _off_the_plan(message, entity, state, work))
    return happened


async def _stand_in(message: directed.StandIn, area: str, work: Work, register: RegisterState) -> tuple[Happened, ...]:
    worker, head = Entity(area, "worker", message.worker), horizon_of(area, ROSTER)
    own = roster_of(area, message.worker)
    other = None if message.instead is UNSET else roster_of(area, message.instead)
    await work.load((worker, head, own, *([] if other is None else [other])))
    known: HorizonHead = (await work.get(head)).state or HorizonHead()
    theirs = None if other is None else (await work.get(other)).state
    duty = standin.sought(message, theirs, known)
    named = message.post if duty is None else duty.post
    posts = {} if named is UNSET else {named: (await work.get(Entity(area, "post", named))).state}
    seen = standin.Seen(
        area=area,
        time_zone=register.policy(area).time_zone,
        now=work.now,
        worker=(await work.get(worker)).state,
        own=(await work.get(own)).state,
        other=theirs,
        head=known,
        posts=posts,
    )
    return standin.decide(message, seen)


async def _move_visit(
    message: directed.MoveVisit, area: str, state: record.RecordState | None, work: Work, register: RegisterState
) -> tuple[Happened, ...]:
    head, order = horizon_of(area, CONTRACTS), order_of(area, message.contract, message.visit)
    before = move_visit.sought(message, state)
    goes = message.helper or ("" if before is None else before.helper)
    helper, roster = Entity(area, "worker", goes), roster_of(area, goes)
    await work.load((head, order, *([helper, roster] if goes else [])))
    seen = move_visit.Seen(
        area=area,
        now=work.now,
        policy=register.policy(area),
        contract=state,
        helper=(await work.get(helper)).state if goes else None,
        roster=(await work.get(roster)).state if goes else None,
        order=(await work.get(order)).state,
        head=(await work.get(head)).state or HorizonHead(),
        categories=register.categories,
    )
    return move_visit.decide(message, seen)


async def _off_the_plan(
    message: directed.Cancel | directed.Reschedule, entity: Entity, state: OrderState, work: Work
) -> tuple[Happened, ...]:
    """Take the order off the schedules it stands on, and let the plan head say so: one batch with the direction.

    What was worked on it by then stays with those who were there: it counts for their day.
    """
    head_entity = head_of(entity.area)
    head: PlanHead = (await work.get(head_entity)).state or PlanHead()
    number = head.number + 1
    happened = []
    for worker in state.workers:
        schedule_entity = Entity(entity.area, "schedule", worker)
        stands = (await work.get(schedule_entity)).state
        routes = schedule.without(stands, entity.id, number)
        if routes:
            happened.append(Happened(schedule_entity, routes, message.at))
        if worked := schedule.worked_off(stands, entity, state, worker, min(message.at, work.now)):
            worker_entity = Entity(entity.area, "worker", worker)
            known = (await work.get(worker_entity)).state
            happened.append(Happened(worker_entity, record.kept(known, worked, message.at), message.at))
    verb = type(message).__name__.lower()
    directed_event = PlanDirected(number=number, parent=head.number, verb=verb, order=entity.id)
    return (Happened(head_entity, (directed_event,), message.at), *happened)


async def _check_workers(workers: tuple[str, ...], area: str, work: Work) -> None:
    entities = [Entity(area, "worker", worker) for worker in workers]
    await work.load(entities)
    for entity in entities:
        state = (await work.get(entity)).state
        if state is None or state.retired:
            raise Refused(
                f"There is no worker {quoted(entity.id)} in area {quoted(area)}.",
                code="unknown_worker",
                hint="it was mistyped.",
            )


def _check_area(message: directed.Register, area: str) -> None:
    if (area == EVERYWHERE) != (message.category is not None):
        raise FormError(
            f"A record cannot be registered in area {quoted(area)}.",
            code="reserved_area",
            hint=f"categories belong to {EVERYWHERE!r}, all else to an area of its own name.",
        )


def _record_entity(area: str, kind: str, key: str) -> Entity:
    return Entity(EVERYWHERE if kind == "category" else area, kind, key)
