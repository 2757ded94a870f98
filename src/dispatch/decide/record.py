"""Master data: registering, changing, retiring and moving records; and a worker's absences."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from dispatch.decide import contract
from dispatch.decide.contract import Dated
from dispatch.decide.outcome import Refused
from dispatch.events.category import CategoryChanged, CategoryRegistered, CategoryRetired
from dispatch.events.contract import ContractChanged, ContractRegistered, ContractRetired
from dispatch.events.order import ReasonGiven
from dispatch.events.personal import remark
from dispatch.events.place import PlaceChanged, PlaceRegistered, PlaceRetired
from dispatch.events.policy import PolicySet
from dispatch.events.post import PostChanged, PostRegistered, PostRetired
from dispatch.events.round import RoundChanged, RoundRegistered, RoundRetired
from dispatch.events.worker import (
    RouteBrought,
    WorkerAbsent,
    WorkerBack,
    WorkerBrought,
    WorkerChanged,
    WorkerRegistered,
    WorkerRetired,
)
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneRegistered, ZoneRetired, ZoneUncovered
from dispatch.model.contracts import fault_of
from dispatch.model.quoting import quoted
from dispatch.model.statements import other_statements
from dispatch.model.time import zone as time_zone
from dispatch.requests.direction import REGISTERED, Absence, GiveZone, Register, Return
from dispatch.requests.report import Absent, Back


class _Events(NamedTuple):
    registered: type[Struct]
    changed: type[Struct]
    retired: type[Struct] | None


KINDS: dict[str, _Events] = {
    "worker": _Events(WorkerRegistered, WorkerChanged, WorkerRetired),
    "place": _Events(PlaceRegistered, PlaceChanged, PlaceRetired),
    "zone": _Events(ZoneRegistered, ZoneChanged, ZoneRetired),
    "round": _Events(RoundRegistered, RoundChanged, RoundRetired),
    "post": _Events(PostRegistered, PostChanged, PostRetired),
    "contract": _Events(ContractRegistered, ContractChanged, ContractRetired),
    "category": _Events(CategoryRegistered, CategoryChanged, CategoryRetired),
    "policy": _Events(PolicySet, PolicySet, None),
}
"""The kinds of record, with the events that register, change and retire one."""

_DAY = dt.timedelta(days=1)

POLICY_ID = "current"
"""The one policy of an area."""


class Away(Struct, frozen=True):
    """An absence ``[start, end)``."""

    start: dt.datetime
    end: dt.datetime


class RecordState(Struct, frozen=True, kw_only=True):
    """A record now: its newest ``item``, the ``world`` that states it so, whether it is ``retired``.

    ``others``: what other worlds state it as, the newest last; the record is there as long as any states it.
    ``away`` is for workers, and ``back_at``, when they last said they were back; ``helper`` for zones: who the plan
    gave it to, or ``reasons`` why nobody has it. ``brought``: what of a worker's day is on no schedule. ``dated``: the
    visits of a contract.
    """

    item: Any
    world: str = ""
    others: dict[str, Any] = {}
    retired: bool = False
    away: tuple[Away, ...] = ()
    back_at: dt.datetime | None = None
    brought: tuple[RouteBrought, ...] = ()
    helper: str | None = None
    reasons: tuple[ReasonGiven, ...] = ()
    dated: Dated = contract.NOTHING

    def stated_by(self, world: str) -> Any:
        """What ``world`` states it as; None if it does not."""
        return self.item if world == self.world else self.others.get(world)


def evolve(state: RecordState | None, event: Struct, at: dt.datetime) -> RecordState | None:
    """Fold one event of a worker, place, zone, round, post, contract, category or policy."""
    name = type(event).__name__
    if name.endswith(("Registered", "Changed", "Set")):
        item, world, *rest = (getattr(event, field) for field in event.__struct_fields__)
        if state is None:
            return RecordState(item=item, world=world)
        others = other_statements(state.others, state.world, state.item, now=world, without="".join(rest))
        return msgspec.structs.replace(
            state, item=item, world=world, others={} if state.retired else others, retired=False
        )
    if state is None:
        return None
    match event:
        case WorkerAbsent():
            return msgspec.structs.replace(state, away=(*state.away, Away(event.start, event.end)))
        case WorkerBack():
            later = tuple(one for one in state.away if one.start >= event.at) if event.keeps_later else ()
            back_at = max(event.at, state.back_at or event.at) if event.keeps_later else state.back_at
            return msgspec.structs.replace(state, away=(*_shortened(state.away, event.at), *later), back_at=back_at)
        case WorkerBrought():
            return msgspec.structs.replace(state, brought=event.routes)
        case ZoneGiven():
            return msgspec.structs.replace(state, helper=event.helper, reasons=())
        case ZoneUncovered():
            return msgspec.structs.replace(state, helper=None, reasons=event.reasons)
    dated = contract.evolve(state.dated, event)
    if name.endswith("Retired"):
        # Absences a worker takes along to another area do not stay behind for when they come back.
        away = state.away if getattr(event, "moved_to", None) is None else ()
        return msgspec.structs.replace(state, retired=True, others={}, away=away, dated=dated)
    return state if dated is state.dated else msgspec.structs.replace(state, dated=dated)


def _shortened(away: tuple[Away, ...], at: dt.datetime) -> list[Away]:
    return [Away(one.start, min(one.end, at)) for one in away if one.start < at]


def kind_and_item(direction: Register) -> tuple[str, str, Any]:
    """The kind, id and content of the record that ``direction`` carries."""
    for kind in REGISTERED:
        item = getattr(direction, kind)
        if item is not None:
            return kind, POLICY_ID if kind == "policy" else item.id, item
    raise Refused("No record to register.", code="bad_record")


def register(direction: Register, state: RecordState | None) -> tuple[Struct, ...]:
    """The events that make the record be as ``direction`` says; none when its world stated just that before.

    Of two worlds that differ the newer statement holds. Applying the older again does not bring it back: only what
    somebody changed in a file since is news. Raises `Refused`.
    """
    kind, _, item = kind_and_item(direction)
    if kind == "policy":
        time_zone(item.time_zone)
    if kind == "contract" and (fault := fault_of(item)) is not None:
        raise Refused(f"The contract {quoted(item.id)} {fault[0]}", code="bad_contract", hint=fault[1])
    if kind == "round" and (fault := item.contradiction()):
        raise Refused(f"The round {quoted(item.id)} {fault[0]}", code="bad_round", hint=fault[1])
    if kind == "post" and (fault := item.contradiction()):
        raise Refused(f"The post {quoted(item.id)} {fault[0]}", code="bad_post", hint=fault[1])
    events = KINDS[kind]
    if state is None or state.retired:
        return (events.registered(**{kind: item, "world": direction.world}),)
    if state.stated_by(direction.world) == item:
        return ()
    return (events.changed(**{kind: item, "world": direction.world}),)


def retire(
    kind: str, target: str, state: RecordState | None, *, moved_to: str | None = None, world: str = ""
) -> tuple[Struct, ...]:
    """The events that retire a record; none when it already is. Raises `Refused` (``unknown_record``).

    With ``world`` only that world states it no longer: while others do, it stays, as the newest of them says.
    """
    events = KINDS[kind]
    if state is None or events.retired is None:
        raise Refused(
            f"There is no {kind} {quoted(target)} in this area.", code="unknown_record", hint="it was mistyped."
        )
    if state.retired or (world and state.stated_by(world) is None):
        return ()
    if not world or not state.others:
        return (events.retired(moved_to=moved_to),)
    remains = (state.world, state.item) if world != state.world else list(state.others.items())[-1]
    return (events.changed(**{"world": remains[0], kind: remains[1], "without": world}),)


def moved(kind: str, state: RecordState) -> tuple[Struct, ...]:
    """The events by which a record joins the area it moved to; a worker takes their absences along."""
    registered = KINDS[kind].registered(**{kind: state.item, "world": state.world})
    return (registered, *(WorkerAbsent(start=one.start, end=one.end) for one in state.away))


def kept(state: RecordState | None, worked: tuple[RouteBrought, ...], at: dt.datetime) -> tuple[WorkerBrought, ...]:
    """That ``worked`` is of the worker's day beside what stood on no schedule before; what is over long ago is left."""
    if state is None:
        return ()
    recent = tuple(route for route in state.brought if route.end > at - _DAY)
    return (WorkerBrought(routes=(*recent, *worked)),)


def attendance(message: Absence | Return | Absent | Back, worker: str, state: RecordState | None) -> tuple[Struct, ...]:
    """The events of a worker's absence or return, reported or directed; none when it is already so.

    Their own word that they are back ends what they are in, also where it comes before the word that they were away:
    what a phone without a signal holds back arrives in any order. Leave agreed for later stands; a direction strikes
    it.
    """
    if state is None or state.retired:
        raise Refused(
            f"There is no worker {quoted(worker)} in this area.", code="unknown_worker", hint="it was mistyped."
        )
    match message:
        case Absence(start=start, end=end, reason=reason):
            return _absent(state, start, end, reason)
        case Absent(at=start, until=end, reason=reason):
            back_at = state.back_at
            return _absent(state, start, back_at if back_at and start < back_at < end else end, reason)
        case Return(start=at):
            return (WorkerBack(at=at),) if any(one.end > at for one in state.away) else ()
        case Back(at=at):
            known = state.back_at is not None and state.back_at >= at
            away = any(one.start < at < one.end for one in state.away)
            return (WorkerBack(at=at, keeps_later=True),) if away or not known else ()


def _absent(state: RecordState, start: dt.datetime, end: dt.datetime, reason: str) -> tuple[Struct, ...]:
    known = any(one.start <= start and end <= one.end for one in state.away)
    return () if known else (WorkerAbsent(start=start, end=end, remark=remark(reason)),)


def give_zone(direction: GiveZone, state: RecordState | None) -> tuple[Struct, ...]:
    """The events that pin a zone to a helper, or free it."""
    if state is None or state.retired:
        raise Refused(
            f"There is no zone {quoted(direction.zone)} in this area.", code="unknown_record", hint="see the board."
        )
    if state.item.helper == direction.helper:
        return ()
    return (ZoneChanged(zone=msgspec.structs.replace(state.item, helper=direction.helper), world=state.world),)
