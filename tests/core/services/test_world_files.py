"""World files: what they state, and above all what they do not."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.model.errors import WorldError
from dispatch.model.policy import Policy
from dispatch.services.world import world_of

GATE = {"places": [{"id": "gate", "kind": "checkpoint", "lat": 31.2, "lon": 121.5}]}


def policies(**plain: Any) -> dict[str, Policy]:
    """What a file states of policies, by area."""
    records = world_of(plain, "file").records
    return {record.area: record.item for record in records if isinstance(record.item, Policy)}


def test_a_file_that_says_nothing_of_a_policy_leaves_it_as_it_is() -> None:
    assert policies(area="estate", **GATE) == {}


def test_a_policy_holds_in_every_area_the_file_speaks_of() -> None:
    found = policies(area="estate", policy={"notice_min": 20}, areas={"mall": {"notice_min": 5}}, **GATE)
    assert {area: policy.notice_min for area, policy in found.items()} == {"estate": 20, "mall": 5}


def test_a_policy_may_stand_alone_and_is_looked_at() -> None:
    assert policies(area="estate", policy={"notice_min": 20}) == {"estate": Policy(notice_min=20)}
    for wrong in ({"notice_min": -5}, {"time_zone": "../../etc/passwd"}):
        with pytest.raises(WorldError):
            policies(area="estate", policy=wrong)


@pytest.mark.parametrize("plain", [{"world": 5}, {"area": 7}, {"area": "No Such", "policy": {}}, {"areas": {"A": {}}}])
def test_names_that_are_none_are_refused(plain: dict[str, Any]) -> None:
    with pytest.raises(WorldError):
        world_of({**plain}, "file")
