"""In words: how far an order has come, and of a crew how many."""

from __future__ import annotations

import datetime as dt

import pytest

from dispatch.model.places import PlaceRef
from dispatch.projections.board import BoardRow

TWO = ("w1", "w2")


@pytest.mark.parametrize(
    ("status", "workers", "stages", "said"),
    [
        ("told", TWO, {}, "told"),
        ("accepted", TWO, {"w1": "accepted", "w2": "accepted"}, "accepted"),
        ("on_the_way", TWO, {"w1": "on_the_way"}, "on_the_way (1 of 2)"),
        ("arrived", TWO, {"w1": "arrived", "w2": "on_the_way"}, "arrived (1 of 2)"),
        ("arrived", TWO, {"w1": "arrived", "w3": "arrived"}, "arrived (1 of 2)"),
        ("arrived", TWO, {"w1": "arrived", "w2": "arrived"}, "arrived"),
        ("arrived", ("w1",), {"w1": "arrived"}, "arrived"),
        ("done", TWO, {"w1": "arrived"}, "done"),
    ],
)
def test_a_crew_is_counted_while_they_come_one_by_one(
    status: str, workers: tuple[str, ...], stages: dict[str, str], said: str
) -> None:
    at = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    row = BoardRow(
        area="east", order="o1", origin="request", kind="repair", category="tap", place=PlaceRef(unit="b1"),
        reported_at=at, status=status, workers=workers, stages=stages,
    )  # fmt: skip
    assert row.standing == said
    row.missed = True
    assert row.standing == f"{said} LATE"
