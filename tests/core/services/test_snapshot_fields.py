"""The planner's snapshot keeps all that an area knows."""

from __future__ import annotations

import msgspec

from dispatch.planning.area import AreaState
from dispatch.services.planner.snapshot import KeptArea

RECORDS = {"workers", "places", "zones", "rounds", "posts", "contracts", "policies"}
"""Kept together as ``records``."""


def test_whatever_an_area_knows_is_in_the_snapshot() -> None:
    known = {name for name in vars(AreaState("east")) if not name.startswith("_")}
    kept = {field.name for field in msgspec.structs.fields(KeptArea)} - {"records"}
    assert known - RECORDS == kept
