"""What happened to a contract (服务合同): registered, changed, retired; visits dated, promises at risk.

An event holds all visits of the days it speaks of, so that whoever follows ``feed.<area>.contract.<id>`` knows when
somebody comes without anything else.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.order import ReasonGiven
from dispatch.model.contracts import Contract
from dispatch.model.words import Token


class ContractRegistered(Struct, frozen=True, kw_only=True):
    """It is to be kept from now on. ``world`` names the file that says so."""

    contract: Contract
    world: str = ""


class ContractChanged(Struct, frozen=True, kw_only=True):
    """Something about it changed; the whole new record. ``without``: the file that says so no longer."""

    contract: Contract
    world: str = ""
    without: str = ""


class ContractRetired(Struct, frozen=True, kw_only=True):
    """It is not kept any more; ``moved_to`` names the area that has it now."""

    moved_to: Token | None = None


class DatedVisit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A visit of ``category`` on the local ``day`` by ``helper``, for so many ``minutes``.

    ``id`` is its own within the contract for ever: a visit on another day is another visit. ``directed``: a
    dispatcher's choice, which the planner follows.
    """

    id: Token
    category: Token
    day: dt.date
    helper: Token
    minutes: int
    directed: bool = False


class VisitsDated(Struct, frozen=True, kw_only=True):
    """These are all its visits on the local days from ``start`` to before ``until``; ``number`` of the horizon."""

    number: int
    start: dt.date
    until: dt.date
    visits: tuple[DatedVisit, ...]


class VisitMoved(Struct, frozen=True, kw_only=True):
    """A dispatcher put ``visit`` in the place of the one that had the id ``before``."""

    number: int
    before: Token
    visit: DatedVisit


class ShortOf(Struct, frozen=True, kw_only=True):
    """Of ``need`` visits that count as ``category`` there are, or will be, ``have``."""

    category: Token
    need: int
    have: int


class PromiseAtRisk(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ``promise`` whose period goes from ``first`` to ``last`` is about to break, or broken.

    ``missing`` visits are still to be made. It can be kept if the next is made by ``keep_by`` (unset: not even then);
    ``next`` is planned, ``spare`` days before that; ``lapsed``: missed or failed visits. ``broken``: what is dated does
    not keep it, ``short`` of that and for these ``reasons``; ``over``: its period has passed so. ``overdue``: the day
    it was due by has passed.
    """

    promise: Token
    first: dt.date
    last: dt.date
    missing: int = 0
    keep_by: dt.date | None = None
    next: dt.date | None = None
    spare: int = 0
    lapsed: int = 0
    broken: bool = False
    overdue: bool = False
    over: bool = False
    short: tuple[ShortOf, ...] = ()
    reasons: tuple[ReasonGiven, ...] = ()


class PromisesAtRisk(Struct, frozen=True, kw_only=True):
    """These of its promises are about to break, or broken; all others are kept by what is dated. None: all are."""

    number: int
    risks: tuple[PromiseAtRisk, ...]


def visits_after(visits: dict[str, DatedVisit], event: VisitsDated | VisitMoved) -> dict[str, DatedVisit]:
    """The dated ``visits`` by id after ``event``."""
    if isinstance(event, VisitMoved):
        kept = {key: one for key, one in visits.items() if key != event.before}
        return kept | {event.visit.id: event.visit}
    kept = {key: one for key, one in visits.items() if not event.start <= one.day < event.until}
    return kept | {one.id: one for one in event.visits}


ContractEvent = ContractRegistered | ContractChanged | ContractRetired | VisitsDated | VisitMoved | PromisesAtRisk
EVENTS: tuple[type[Struct], ...] = ContractEvent.__args__
