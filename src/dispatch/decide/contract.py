"""The dated visits of a contract, and its promises that are about to break."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.contract import (
    ContractRetired,
    DatedVisit,
    PromiseAtRisk,
    PromisesAtRisk,
    VisitMoved,
    VisitsDated,
    visits_after,
)
from dispatch.events.envelope import Entity
from dispatch.model.words import key_of

KIND = "contracts"
"""The id of the horizon that visits are dated under."""


class Dated(Struct, frozen=True):
    """Its ``visits`` by id; ``since``: the first day any was dated of; ``risks``: promises about to break."""

    since: dt.date | None = None
    visits: dict[str, DatedVisit] = {}
    risks: tuple[PromiseAtRisk, ...] = ()

    def from_day(self, first: dt.date) -> Dated:
        """The same without visits before the day ``first``."""
        return replace(self, visits={key: one for key, one in self.visits.items() if one.day >= first})


NOTHING = Dated()


def evolve(state: Dated, event: Struct) -> Dated:
    """Fold one event of a contract, as far as its visits and promises go."""
    match event:
        case VisitsDated():
            since = min(state.since or event.start, event.start)
            return replace(state, since=since, visits=visits_after(state.visits, event))
        case VisitMoved():
            return replace(state, visits=visits_after(state.visits, event))
        case PromisesAtRisk():
            return replace(state, risks=event.risks)
        case ContractRetired():
            return replace(state, visits={}, risks=())
    return state


def contract_of(area: str, contract: str) -> Entity:
    """The entity of a contract."""
    return Entity(area, "contract", contract)


def visit_id(number: int, index: int = 0) -> str:
    """The id of the ``index``-th visit that horizon ``number`` brought; no other ever has it in that area."""
    return f"v{number}-{index}"


def order_of(area: str, contract: str, visit: str) -> Entity:
    """The work order of a dated visit: one for ever, readable while it fits a token."""
    readable = f"{contract}-{visit}"
    return Entity(area, "order", readable if len(readable) <= 64 else key_of("contract", area, contract, visit))
