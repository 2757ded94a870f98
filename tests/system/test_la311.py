"""A ledger like the Los Angeles one through services as processes, undisturbed and with each of them killed.

The rows are made up from a seed, with the same columns, mix and defects, or are a part of the real file where it is
there. `make full` sends all 10,000 rows of it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.data import LEDGER, ROOT, find
from benchmarks.generated import ledger, text_of
from benchmarks.la311 import MAP, WORLD, Outcome, through_the_service
from benchmarks.replay import world_for

from dispatch.services.ledger.files import ledger_of, read_ledger
from dispatch.services.ledger.mapping import read_mapping
from dispatch.services.ledger.rows import Fault, Ready, request_of
from dispatch.services.world import read_world

ROWS = 240
PART = 200
BAD = 6
PACE_MIN = 12 * 60


@pytest.mark.parametrize("kills", [0, 3])
async def test_nothing_is_lost_nothing_twice_and_no_rule_broken(kills: int) -> None:
    made, counts = ledger(ROWS, seed=7, bad=BAD)
    mapping = read_mapping(MAP)
    rows = ledger_of(text_of(made).encode(), mapping).rows

    outcome = await through_the_service(rows, mapping, world_for(made), pace=PACE_MIN, kills=kills)

    assert outcome.kills == kills
    assert outcome.played.bad == counts.bad
    assert outcome.played.by_reason["bad_place"] == outcome.played.rejected == counts.no_place
    _holds(outcome, rows=ROWS, without_area=counts.no_area)


async def test_rows_without_an_area_wait_in_one_of_their_own_until_somebody_is_registered_there() -> None:
    made, counts = ledger(ROWS, seed=7)
    without = [row for row in made if not row["APC"]]
    assert len(without) == counts.no_area > 0
    mapping = read_mapping(MAP)

    outcome = await through_the_service(
        ledger_of(text_of(without).encode(), mapping).rows, mapping, world_for(made), pace=24 * 60
    )

    orders = outcome.played.book.orders
    assert {area for area, _ in orders} == {"no-apc"}
    assert {order["reasons"][0]["rule"] for order in orders.values()} == {"unknown_area"}


async def test_rows_from_all_of_the_real_file() -> None:
    """Every fiftieth row, with the crews of the example; where the file is not there, as many made up with theirs."""
    kills = 3
    path, mapping = find(LEDGER), read_mapping(MAP)
    if path is None:
        made, counts = ledger(PART, seed=11)
        rows, world, without_area = ledger_of(text_of(made).encode(), mapping).rows, world_for(made), counts.no_area
    else:
        rows, world, without_area = read_ledger(path, mapping).rows[:: 10_000 // PART], read_world(WORLD), 0

    outcome = await through_the_service(rows, mapping, world, pace=PACE_MIN, kills=kills)

    assert outcome.kills == kills
    assert outcome.played.by_reason == {"bad_place": sum(not row.cells["Latitude"] for row in rows)}
    _holds(outcome, rows=PART, without_area=without_area)


@pytest.mark.full
@pytest.mark.parametrize("kills", [0, 20])
@pytest.mark.timeout(1800)
async def test_all_rows_of_the_real_file(kills: int) -> None:
    path = find(LEDGER)
    assert path is not None, f"{LEDGER} is not here. Maybe DISPATCH_BENCHMARKS names its folder."
    mapping = read_mapping(MAP)
    rows = read_ledger(path, mapping).rows

    outcome = await through_the_service(rows, mapping, read_world(WORLD), pace=120, kills=kills)

    assert outcome.kills == kills
    assert outcome.played.by_reason == {"bad_place": 1102}
    _holds(outcome, rows=10_000, without_area=0)


def _holds(outcome: Outcome, *, rows: int, without_area: int) -> None:
    played, before, after = outcome.played, outcome.before, outcome.after
    assert played.accepted + played.rejected == played.sent == rows - played.bad
    assert (before.pending, before.unaccounted, after.pending, after.unaccounted) == (0, 0, 0, 0)
    assert before.accepted == after.accepted == played.accepted
    assert outcome.breaches == []
    assert outcome.unequal == []
    planned = sum(order["planned"] is not None for order in played.book.orders.values())
    assert planned >= 0.95 * played.accepted
    assert planned >= len(outcome.greedy)
    assert len(played.book.orders) == played.accepted
    assert played.accepted - planned == without_area


def test_the_counts_the_example_speaks_of_are_those_of_the_file() -> None:
    """The generated ledger is read with the example's own map; the real one, where it is, has the counts it states."""
    mapping = read_mapping(MAP)
    made, counts = ledger(2000, seed=3, bad=30)
    read = [request_of(row, mapping) for row in ledger_of(text_of(made).encode(), mapping).rows]
    assert Counter(type(one) for one in read) == {Ready: 2000 - counts.bad, Fault: counts.bad}

    path = find(LEDGER)
    if path is not None:
        _real_counts(path)
    text = (ROOT / "examples" / "la311.toml").read_text(encoding="utf-8")
    for count in ("1,102", "837", "667", "9 rows"):
        assert count in text


def _real_counts(path: Path) -> None:
    rows = read_ledger(path, read_mapping(MAP)).rows
    created = [row.cells["CreatedDate"][6:10] + row.cells["CreatedDate"][:5] for row in rows]
    promised = [row.cells["ServiceDate"][6:10] + row.cells["ServiceDate"][:5] for row in rows]
    assert len(rows) == 10_000
    assert sum(not row.cells["Latitude"] for row in rows) == 1102
    assert sum(bool(due) and due < day for due, day in zip(promised, created, strict=True)) == 837
    assert sum(not due for due in promised) == 667
    assert sum(not row.cells["APC"] for row in rows) == 9
