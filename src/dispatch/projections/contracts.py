"""Contracts (服务合同): per contract the visits dated and the promises at risk, per visit what came of its order.

Visits and promises of the three months behind stay in the rows, so that what was kept can be read off them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import msgspec
from msgspec.structs import replace

from dispatch.events import order as happened
from dispatch.events.contract import DatedVisit, PromiseAtRisk, PromisesAtRisk, visits_after
from dispatch.events.envelope import Entity, Recorded
from dispatch.model.contracts import Contract
from dispatch.projections.base import Projection, Row

KEEP = dt.timedelta(days=92)


class ContractsRow(Row, kw_only=True, omit_defaults=True):
    """``of`` a contract: ``client``, ``place``, what is ``promised`` by id, ``visits`` in order of days, and ``risks``.

    ``of`` a visit: the ``contract`` and ``visit`` its order is of, how far it has come (``status``), who goes, when.
    """

    area: str
    of: str
    id: str
    client: str = ""
    place: str = ""
    promised: tuple[str, ...] = ()
    visits: tuple[DatedVisit, ...] = ()
    risks: tuple[PromiseAtRisk, ...] = ()
    terms: str = ""
    agreed: int = 0
    contract: str = ""
    visit: str = ""
    category: str = ""
    promises: tuple[str, ...] = ()
    status: str = ""
    workers: tuple[str, ...] = ()
    start: dt.datetime | None = None
    done_at: dt.datetime | None = None

    @property
    def agreed_at(self) -> int:
        """The log position since which its terms are as they are: a plan that saw it has looked at them."""
        return self.agreed or self.position


class Contracts(Projection[ContractsRow]):
    """Rows by ``<area>.contract-<id>`` and ``<area>.visit-<order>``; a retired contract has none."""

    name = "contracts"
    version = 2
    row = ContractsRow
    takes = frozenset(
        {
            "ContractRegistered",
            "ContractChanged",
            "ContractRetired",
            "VisitsDated",
            "VisitMoved",
            "PromisesAtRisk",
            "OrderOpened",
            "OrderPlanned",
            "OrderShort",
            "OrderUnplanned",
            "OrderRescheduled",
            "WorkerOnTheWay",
            "WorkerArrived",
            "VisitDone",
            "VisitFailed",
            "OrderClosed",
            "OrderCancelled",
        }
    )

    def keys(self, entity: Entity, event: Any) -> tuple[str, ...]:
        """One row for the contract, or for the order of a visit."""
        return (f"{entity.area}.{'contract' if entity.kind == 'contract' else 'visit'}-{entity.id}",)

    def apply(self, row: ContractsRow | None, entity: Entity, event: Any, recorded: Recorded) -> ContractsRow | None:
        """The row after ``event``; None for orders that are of no contract."""
        if entity.kind == "contract":
            return _contract(row, entity, event, recorded)
        if isinstance(event, happened.OrderOpened) and event.contract is not None:
            return ContractsRow(
                area=entity.area,
                of="visit",
                id=entity.id,
                contract=event.contract,
                visit=event.visit or "",
                category=event.category,
                promises=event.promises,
                status="opened",
            )
        return None if row is None else _visit(row, event, recorded)


def _contract(row: ContractsRow | None, entity: Entity, event: Any, recorded: Recorded) -> ContractsRow | None:
    if recorded.type == "ContractRetired":
        return None
    made = row or ContractsRow(area=entity.area, of="contract", id=entity.id)
    made.agreed = made.agreed_at
    if recorded.type in {"ContractRegistered", "ContractChanged"}:
        item: Contract = event.contract
        terms = _digest(item)
        made.terms, made.agreed = terms, made.agreed if made.terms == terms else 0
        made.client, made.place = item.client or item.place, item.place
        made.promised = tuple(item.promised())
    elif isinstance(event, PromisesAtRisk):
        made.risks = event.risks
    else:
        visits = visits_after({one.id: one for one in made.visits}, event)
        first = (recorded.recorded_at - KEEP).date()
        kept = (one for one in visits.values() if one.day >= first)
        made.visits = tuple(sorted(kept, key=lambda one: (one.day, one.id)))
    return made


def _digest(item: Contract) -> str:
    """A digest of all that was agreed; a title is no part of it."""
    return hashlib.blake2b(msgspec.json.encode(replace(item, title="")), digest_size=16).hexdigest()


def _visit(row: ContractsRow, event: Any, recorded: Recorded) -> ContractsRow:
    match event:
        case happened.OrderPlanned() | happened.OrderShort():
            row.status, row.workers, row.start = "planned", event.workers, event.start
        case happened.OrderUnplanned() | happened.OrderRescheduled():
            row.status, row.workers, row.start = "opened", (), None
        case happened.WorkerOnTheWay():
            row.status = "on_the_way"
        case happened.WorkerArrived():
            row.status = "arrived"
        case happened.VisitDone():
            row.status, row.done_at = "done", recorded.happened_at
        case happened.VisitFailed():
            row.status = "could_not"
        case happened.OrderClosed() if row.status != "done":
            row.status = "missed" if row.status != "could_not" else "could_not"
        case happened.OrderCancelled():
            row.status, row.workers, row.start = "cancelled", (), None
    return row
