"""World files: what they state, and above all what they do not."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dispatch.model.contracts import Contract
from dispatch.model.errors import WorldError
from dispatch.model.places import Zone
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


def zones_of(*zones: dict[str, Any]) -> dict[str, Any]:
    """A file with a place, two helpers and zones there."""
    places = [{"id": "s1", "kind": "site", "lat": 31.2, "lon": 121.5}]
    workers = [{"id": key, "role": "helper", "base": "s1"} for key in ("ann", "bob")]
    return {"area": "east", "places": places, "workers": workers, "zones": [{"place": "s1", **one} for one in zones]}


def test_a_zone_states_its_client_s_consent_its_part_of_town_and_its_week() -> None:
    plain = zones_of({"id": "z1", "only": ["ann"], "part": "north", "minutes_per_week": 300}, {"id": "z2"})
    (zone, other) = (record.item for record in world_of(plain, "file").records if isinstance(record.item, Zone))
    assert (zone.only, zone.never, zone.part, zone.minutes_per_week) == (("ann",), (), "north", 300)
    assert (other.only, other.never, other.part, other.minutes_per_week) == (None, (), None, 0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"only": ["cid"]}, "names the worker 'cid'"),
        ({"never": ["cid"]}, "names the worker 'cid'"),
        ({"only": []}, "length >= 1"),
        ({"only": ["ann"], "never": ["ann"]}, "in only and in never"),
        ({"helper": "ann", "never": ["ann"]}, "fixed to 'ann'"),
        ({"helper": "ann", "only": ["bob"]}, "fixed to 'ann'"),
        ({"adjacent": ["z1"]}, "itself as a neighbour"),
        ({"part": "The North"}, "part"),
        ({"minutes_per_week": -1}, "minutes_per_week"),
    ],
)
def test_a_zone_that_cannot_be_meant_is_refused_by_name(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(WorldError) as error:
        world_of(zones_of({"id": "z1", **wrong}), "file")
    assert "z1" in error.value.message and says in error.value.message


def contracts_of(*contracts: dict[str, Any]) -> dict[str, Any]:
    """A file with a place, two helpers and contracts there."""
    known = {"place": "s1", "signed": "2026-06-01"}
    return zones_of() | {"contracts": [{"id": "acme", **known, **one} for one in contracts]}


def test_a_contract_states_its_promises_its_deadlines_and_whose_it_is() -> None:
    monthly = {"id": "monthly", "category": "visit", "least": 2, "of": [{"category": "check", "least": 1}], "apart": 5}
    plan = {"id": "plan", "category": "visit", "working_days": 30}
    plain = contracts_of({"promises": [monthly], "deadlines": [plan], "helper": "ann", "firm": True})
    (found,) = (record.item for record in world_of(plain, "file").records if isinstance(record.item, Contract))
    assert (found.first, found.promised()) == (dt.date(2026, 6, 1), {"monthly": "visit", "plan": "visit"})
    assert found.categories() == {"visit", "check"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"place": "s9"}, "names the place 's9'"),
        ({"helper": "cid"}, "names the worker 'cid'"),
        ({"only": ["ann"], "helper": "bob"}, "is bob's"),
        ({"firm": True}, "names no helper"),
        ({"end": "2026-01-01"}, "before it begins"),
        ({"hours": {"start_from": "12:00", "end_by": "09:00"}}, "end before they begin"),
        ({"deadlines": [{"id": "plan", "category": "visit"}]}, "without a day"),
        (
            {"promises": [{"id": "a", "category": "visit", "least": 1}, {"id": "a", "category": "check", "least": 1}]},
            "two promises 'a'",
        ),
        (
            {"promises": [{"id": "a", "category": "v", "least": 1, "of": [{"category": "v", "least": 1}]}]},
            "a category twice",
        ),
    ],
)
def test_a_contract_that_cannot_be_meant_is_refused_by_name(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(WorldError, match=says):
        world_of(contracts_of(wrong), "file")
