"""Contracts on a real server, as the command line shows and moves them, and after a new start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from system.contracted import CATEGORIES, DAY, MORNING, adviser, contract
from system.house import AREA
from system.processes import dispatch
from system.served_day import ServedDay

from dispatch.services.apply import apply
from dispatch.services.audit import verify
from dispatch.services.world import world_of


def world() -> dict[str, Any]:
    """Two advisers, three enterprises, and a lift whose certificate ends."""
    places = [
        {"id": key, "kind": "site", "lat": 31.2 + n / 500, "lon": 121.5} for n, key in enumerate(("office", "acme"))
    ]
    lift = {"id": "certificate", "category": "safety-check", "by": "2026-12-20", "opens": 30, "every_months": 12}
    hopeless = {"id": "daily", "category": "visit", "least": 60}
    return {
        "world": "advisers",
        "area": AREA,
        "policy": {"plan_budget": 0, "contracts": {"months": 0, "budget": 1}},
        "categories": CATEGORIES,
        "places": places,
        "workers": [adviser("ann"), adviser("bob")],
        "contracts": [
            contract("acme"),
            contract("lift", place="acme", promises=[], deadlines=[lift]),
            contract("greedy", place="acme", promises=[hopeless]),
        ],
    }


async def test_contracts_are_shown_moved_and_the_same_after_a_new_start(tmp_path: Path) -> None:
    async with ServedDay.opened(tmp_path / "kept") as day:
        day.clock.set(MORNING)
        await apply(world_of(world(), "advisers"), day.client, day.clock.now(), run="first")
        await day.settle()
        where = ("--area", AREA, "--nats", day.client.connection.connected_url.geturl())
        found = await shown(where)
        assert found["acme"]["kept"] == ["monthly"] and len(found["acme"]["visits"]) == 2
        assert [one["promise"] for one in found["lift"]["at_risk"]] == [] and found["lift"]["kept"] == ["certificate"]
        (broken,) = found["greedy"]["broken"]
        assert broken["promise"] == "daily" and broken["reasons"] and broken["short"][0]["need"] == 60
        code, text, _ = await dispatch("contracts", "show", *where, "--contract", "greedy", "--helper", "ann")
        assert code == 0 and "will break: daily of greedy" in text and "bob" not in text
        visit = found["lift"]["visits"][0]
        on = "2026-12-17" if visit["day"] != "2026-12-17" else "2026-12-18"
        code, text, err = await dispatch("contracts", "move", "lift", visit["id"], on, *where, "--json")
        assert (code, json.loads(text)["decision"]) == (0, "noted"), err
        await day.settle()
        (moved,) = (await shown(where))["lift"]["visits"]
        assert (moved["day"], moved["directed"]) == (on, True)
        code, text, _ = await dispatch("contracts", "move", "lift", "v9-9", on, *where)
        assert code == 1 and "rejected (no_visit)" in text
        code, text, err = await dispatch("contracts", "move", "lift", visit["id"], "soon", *where)
        assert (code, text) == (2, "") and "is no date" in err
        code, text, err = await dispatch("contracts", "show")
        assert (code, text) == (2, "") and "not said which contracts" in err
        await left_aside(day, where)
        day.clock.set(MORNING + DAY)
        await day.settle()
    async with ServedDay.opened(tmp_path / "kept") as again:
        again.clock.set(MORNING + DAY)
        await again.settle()
        position = await again.client.store.events.position()
        await again.settle()
        assert await again.client.store.events.position() == position
        for view in await verify(again.client.store):
            assert view.equal, view


async def left_aside(day: ServedDay, where: tuple[str, ...]) -> None:
    """Of a contract that cannot be planned no promise is said to be kept, and it is said why."""
    strange = contract("odd", place="acme", promises=[{"id": "p", "category": "unheard-of", "least": 1}])
    await day.direct("register", contract=strange)
    await day.settle()
    found = await shown(where)
    assert found["odd"]["kept"] == [] and found["odd"]["left_aside"]["rule"] == "unknown_category"
    assert found["acme"]["kept"] == ["monthly"] and found["acme"]["left_aside"] is None
    _, text, _ = await dispatch("contracts", "show", *where)
    assert "odd is left aside. unknown_category:" in text and "contracts nobody looked at 1." in text
    code, text, _ = await dispatch("contracts", "risks", *where, "--json")
    told = json.loads(text)
    assert code == 1 and ("greedy", "daily") in {(one["contract"], one["promise"]) for one in told["risks"]}
    assert list(told["left_aside"]) == ["odd"]


async def shown(where: tuple[str, ...]) -> dict[str, Any]:
    """The contracts of the area, as the command line tells machines."""
    code, text, err = await dispatch("contracts", "show", *where, "--json")
    assert code == 0, err
    told = json.loads(text)
    assert told["published"]["id"] == "contracts"
    return {one["contract"]: one for one in told["contracts"]}
