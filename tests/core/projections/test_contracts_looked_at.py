"""A promise is called kept only where what is published looked at its contract as it was agreed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.sample import CONTRACT, entity
from msgspec.structs import replace

from dispatch.cli.contracts_live import why_aside
from dispatch.events.catalogue import Origin, record
from dispatch.events.contract import ContractChanged, ContractRegistered, DatedVisit, PromisesAtRisk, VisitsDated
from dispatch.events.envelope import Entity, Stored
from dispatch.events.horizon import HorizonPublished, HorizonRefused, LeftOpen
from dispatch.events.order import ReasonGiven
from dispatch.events.plan import FindingRecorded
from dispatch.planning.horizons import OPEN_SHOWN
from dispatch.projections.base import Rows
from dispatch.projections.contracts import Contracts, ContractsRow
from dispatch.projections.roster import Roster, RosterRow

AT = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)
ACME, HEAD = entity("contract", "acme"), entity("horizon", "contracts")


def published(saw: int, **changes: Any) -> HorizonPublished:
    """What is published, made of the log up to ``saw``."""
    fields: dict[str, Any] = {
        "number": 1, "parent": 0, "start": TODAY, "until": dt.date(2027, 1, 1), "frozen": TODAY, "saw": saw,
        "why": "first", "inputs": "i", "solver": "s", "seed": 1, "budget": 1, "used": 1, "repeatable": True,
        "cost": {}, "changed": 0, "open_count": 0,
    }  # fmt: skip
    return HorizonPublished(**{**fields, **changes})


def shown(*happened: tuple[Entity, Any]) -> tuple[ContractsRow, RosterRow | None]:
    """The rows after these events, one position each from 1 on."""
    rows: tuple[Rows[Any], Rows[Any]] = Rows(Contracts()), Rows(Roster())
    for number, (of, event) in enumerate(happened, start=1):
        origin = Origin(happened_at=AT, recorded_at=AT, by="test", cause=f"c/{number}", correlation="test")
        (recorded,) = record(of, (event,), origin)
        for one in rows:
            one.take([Stored(position=number, entity=of, recorded=recorded)])
    return rows[0].rows["east.contract-acme"], rows[1].rows.get("east.horizon-contracts")


REGISTERED = (ACME, ContractRegistered(contract=CONTRACT))
ASIDE = LeftOpen(id="acme", reasons=(ReasonGiven(rule="unknown_place", message="Not there."),))
BROKEN = LeftOpen(id="acme", part="monthly", reasons=ASIDE.reasons)


@pytest.mark.parametrize(
    ("happened", "rule"),
    [
        ([], "unplanned"),
        ([(HEAD, published(0))], "unplanned"),
        ([(HEAD, published(1))], None),
        ([(HEAD, published(1, open=(BROKEN,)))], None),
        ([(HEAD, published(1, open=(ASIDE,)))], "unknown_place"),
        ([(HEAD, published(1, open=(replace(ASIDE, id="other"),)))], None),
        ([(HEAD, published(1, open=(replace(ASIDE, id="other"),) * OPEN_SHOWN))], "unplanned"),
        ([(HEAD, published(1)), (ACME, ContractChanged(contract=replace(CONTRACT, title="Acme")))], None),
        ([(HEAD, published(1)), (ACME, ContractChanged(contract=replace(CONTRACT, firm=True)))], "unplanned"),
        ([(HEAD, published(1)), (ACME, PromisesAtRisk(number=1, risks=()))], None),
        (
            [
                (HEAD, published(1)),
                (ACME, ContractChanged(contract=replace(CONTRACT, firm=True))),
                (
                    HEAD,
                    HorizonRefused(
                        parent=1, saw=3, inputs="j", findings=(FindingRecorded(rule="apart", message="X."),)
                    ),
                ),
            ],
            "apart",
        ),
    ],
)
def test_whose_promises_nobody_looked_at_is_said_with_the_reason(
    happened: list[tuple[Entity, Any]], rule: str | None
) -> None:
    why = why_aside(*shown(REGISTERED, *happened))
    assert (None if why is None else why.rule) == rule


def test_where_more_is_left_aside_than_can_be_named_a_dated_contract_was_looked_at() -> None:
    visit = DatedVisit(id="v1-0", category="water-leak", day=TODAY, helper="w1", minutes=45)
    dated = VisitsDated(number=1, start=TODAY, until=dt.date(2027, 1, 1), visits=(visit,))
    others = (replace(ASIDE, id="other"),) * OPEN_SHOWN
    assert why_aside(*shown(REGISTERED, (HEAD, published(1, open=others)), (ACME, dated))) is None


def test_what_was_agreed_is_known_again_after_the_rows_were_written_down() -> None:
    row, head = shown(REGISTERED, (HEAD, published(1)), (ACME, PromisesAtRisk(number=1, risks=())))
    again = msgspec.json.decode(msgspec.json.encode(row), type=ContractsRow)
    assert row.position == 3 and again.agreed_at == 1 and why_aside(again, head) is None
