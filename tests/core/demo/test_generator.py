"""The generator makes the same day from the same seed, at the real rates, with everything in it a desk meets."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import msgspec
import pytest

from dispatch.demo.estate.requests import (
    COMMON_A_DAY,
    HOUSEHOLD_A_DAY,
    UNKNOWN_CATEGORY,
    UNKNOWN_PLACE,
    EstateRequests,
)
from dispatch.demo.generator import Spoken
from dispatch.demo.plays import PLAYS, area_of, find_world
from dispatch.model.errors import FormError, WorldError
from dispatch.model.people import Role, Worker
from dispatch.model.places import Place, Zone
from dispatch.model.time import at_clock
from dispatch.requests.edge import read_request
from dispatch.requests.service import ServiceRequest

WORLD = find_world("estate")
DAY = PLAYS["estate"].day
AREA, TIME_ZONE = area_of(WORLD)


def said(seed: int) -> tuple[Spoken, ...]:
    return EstateRequests(WORLD, area=AREA, day=DAY, time_zone=TIME_ZONE, seed=seed).said()


def readable(seed: int) -> list[ServiceRequest]:
    found = []
    for spoken in said(seed):
        try:
            found.append(read_request(spoken.body))
        except FormError:
            continue
    return found


def test_one_seed_gives_one_day_and_another_seed_another() -> None:
    assert said(1) == said(1)
    assert said(1) != said(2)


@pytest.mark.parametrize("seed", range(1, 6))
def test_repairs_of_the_day_come_at_the_yearly_rate(seed: int) -> None:
    start = at_clock(DAY, "00:00", TIME_ZONE)
    today = {request.id: request for request in readable(seed) if request.reported_at >= start}.values()
    household = [request for request in today if request.household]
    # One leak at night is added on every day, and one common repair is at a place nobody knows.
    assert len(household) == round(HOUSEHOLD_A_DAY) + 1
    common = [request for request in today if request.id.split("-")[1] == "cp"]
    assert len(common) == round(COMMON_A_DAY)


@pytest.mark.parametrize("seed", range(1, 6))
def test_every_day_has_repeats_bad_messages_and_what_we_do_not_know(seed: int) -> None:
    everything = said(seed)
    bodies = Counter(spoken.body for spoken in everything)
    assert max(bodies.values()) > 1
    requests = readable(seed)
    assert 3 <= len(everything) - len(requests) <= 4
    assert any(request.category == UNKNOWN_CATEGORY for request in requests)
    assert any(request.place.named == UNKNOWN_PLACE for request in requests)
    digests = {(request.source, request.id): set() for request in requests}  # type: ignore[var-annotated]
    for request in requests:
        digests[request.source, request.id].add(msgspec.json.encode(request))
    assert any(len(contents) > 1 for contents in digests.values()), "one id comes with other content"


@pytest.mark.parametrize("seed", range(1, 6))
def test_nothing_is_said_before_it_is_reported_and_all_is_said_by_midnight(seed: int) -> None:
    end = at_clock(DAY + dt.timedelta(days=1), "00:00", TIME_ZONE)
    for spoken in said(seed):
        assert spoken.at < end
    for spoken in said(seed):
        try:
            assert read_request(spoken.body).reported_at <= spoken.at
        except FormError:
            continue


@pytest.mark.parametrize("seed", range(1, 6))
def test_agreed_windows_lie_behind_the_report_and_are_long_enough(seed: int) -> None:
    for request in readable(seed):
        for window in request.windows:
            assert window.start > request.reported_at
            assert window.end - window.start == dt.timedelta(hours=2)


def test_the_world_is_the_estate_of_the_domain() -> None:
    items = [record.item for record in WORLD.records]
    workers = [item for item in items if isinstance(item, Worker)]
    roles = Counter(worker.role for worker in workers)
    assert (roles[Role.GUARD], roles[Role.CLEANER]) == (16, 6)
    units = [item for item in items if isinstance(item, Place) and item.kind == "unit" and not item.household]
    assert len(units) == 9
    zones = [item for item in items if isinstance(item, Zone)]
    assert sum(zone.households for zone in zones) == sum(
        isinstance(item, Place) and bool(item.household) for item in items
    )
    expired = [held for worker in workers for held in worker.skills if held.expires is not None and held.expires < DAY]
    assert len(expired) == 1, "one certificate has expired, so that the rule applies"


@pytest.mark.parametrize("name", ["nowhere", "../pyproject", "estate.toml", ""])
def test_an_unknown_world_is_named_with_those_there_are(name: str) -> None:
    with pytest.raises(WorldError, match=r"There is no world .*Maybe .*estate.* was meant\."):
        find_world(name)
