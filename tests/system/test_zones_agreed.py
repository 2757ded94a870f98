"""Consent, parts of town and minutes a week in the running service: kept, and followed when they change."""

from __future__ import annotations

from typing import Any

from system.estate import WORKERS, open_estate
from system.house import House
from system.rostered import direct, register

from dispatch.events.catalogue import event_in
from dispatch.events.zone import ZoneGiven, ZoneUncovered
from dispatch.services.audit import verify
from dispatch.store.base import Store


def helper(key: str, **changes: Any) -> dict[str, Any]:
    """Somebody who can be given zones, by default everywhere and without a cap on the week."""
    return {"id": key, "role": "helper", "base": "s1", "skills": [{"skill": "cleaning"}], **changes}


def zone(key: str, **changes: Any) -> dict[str, Any]:
    """A household as a zone, two hours a week."""
    return {"id": key, "place": "b1", "households": 1, "minutes_per_week": 120, **changes}


async def changes(house: House, position: int) -> dict[str, ZoneGiven | ZoneUncovered]:
    """What became of zones after a position."""
    every = [(one.entity.id, event_in(one)) for one in await house.log() if one.position > position]
    return {key: event for key, event in every if isinstance(event, ZoneGiven | ZoneUncovered)}


async def test_what_was_agreed_is_kept_and_followed_when_it_changes(store: Store) -> None:
    house = House(store, planners=2)
    await house.start()
    await open_estate(house, zones=False, rounds=False)
    for number, key in enumerate(key for key, one in WORKERS.items() if one.get("role") in ("cleaner", "helper")):
        await direct(house, "retire", str(number), kind="worker", target=key)
    people = [
        helper("ann", serves=["north"]),
        helper("bob", serves=["south"], caps={"zone_minutes_per_week": 240}),
        helper("cid", serves=["south"], caps={"zone_minutes_per_week": 240}),
    ]
    zones = [
        zone("z0", part="north"),
        *(zone(f"z{n}", part="south") for n in (1, 2, 3)),
        zone("z4", part="south", only=["bob"]),
        zone("z5", part="west"),
    ]
    records = [*({"worker": one} for one in people), *({"zone": one} for one in zones)]
    for number, record in enumerate(records):
        await register(house, number, **record)
    await house.settle()
    first = await changes(house, 0)
    held = {key: one.helper for key, one in first.items() if isinstance(one, ZoneGiven)}
    assert (held["z0"], held["z4"]) == ("ann", "bob")
    assert sorted(held[f"z{n}"] for n in (1, 2, 3)) == ["bob", "cid", "cid"], "240 minutes a week are two zones"
    left = first["z5"]
    assert isinstance(left, ZoneUncovered) and {one.rule for one in left.reasons} == {"serves"}

    position = await store.events.position()
    with_bob = next(key for key in ("z1", "z2", "z3") if held[key] == "bob")
    await register(house, 50, zone=zone(with_bob, part="south", never=["bob"]))
    await house.settle()
    moved = await changes(house, position)
    reasons = {key: one.why and one.why.rule for key, one in moved.items()}
    (other,) = moved.keys() - {with_bob}
    assert reasons == {with_bob: "consent", other: "moved"}, "another one makes room for it"
    now = {key: one.helper for key, one in moved.items() if isinstance(one, ZoneGiven)}
    assert now == {with_bob: "cid", other: "bob"}

    position = await store.events.position()
    away = {"start": house.clock.now().isoformat(), "end": "2027-03-01T00:00:00Z"}
    await direct(house, "absence", "0", worker="cid", **away)
    gone = await changes(house, position)
    assert len(gone) == 2 and with_bob in gone
    for key, one in gone.items():
        assert isinstance(one, ZoneUncovered) and (one.before, one.why and one.why.rule) == ("cid", "absent")
        hint = "a cap of 120 minutes a week more for bob would make it fit"
        assert (one.reasons[0].rule, one.reasons[0].hint) == (
            ("consent", "") if key == with_bob else ("zone_week_cap", hint)
        ), "for one of them no single change would do"

    position = await store.events.position()
    for name in ("planner0", "planner1", "projector", "desk"):
        await house.restart(name)
    await house.settle()
    assert await store.events.position() == position, "nothing is shared twice"
    for view in await verify(store):
        assert view.equal, view
    assert await house.findings() == []
    await house.close()
