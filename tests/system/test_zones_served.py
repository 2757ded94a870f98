"""Thirty zones and four helpers on a real server: who leaves hands on theirs and nobody else's move, with the reason.

The cap of ten households a helper leaves room for one to go and not for two: what is then uncovered is named with the
cheapest change that would cover it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any

from system.house import AREA
from system.processes import dispatch
from system.served_day import ServedDay

from dispatch.events.catalogue import event_in
from dispatch.events.horizon import HorizonPublished
from dispatch.events.zone import ZoneGiven, ZoneUncovered
from dispatch.projections.workload import WorkloadRow
from dispatch.services.apply import apply
from dispatch.services.audit import verify
from dispatch.services.world import world_of

CAP = 10


def world(*helpers: str) -> dict[str, Any]:
    """A row of thirty households, each a zone, and ``helpers`` with a cap; only h0 and h3 may have the first zone."""
    spots = [{"id": f"s{n}", "kind": "unit", "lat": 31.2, "lon": 121.5 + n / 1000} for n in range(30)]
    skills, caps = [{"skill": "cleaning"}], {"households": CAP}
    return {
        "world": "home-help",
        "area": AREA,
        "policy": {"plan_budget": 1, "horizon_days": 2},
        "places": spots,
        "workers": [
            {"id": one, "role": "helper", "base": f"s{7 * int(one[1])}", "skills": skills, "caps": caps}
            for one in helpers
        ],
        "zones": [
            {"id": f"z{n}", "place": f"s{n}", "households": 1}
            | ({"never": [one for one in helpers if one in ("h1", "h2")]} if n == 0 else {})
            for n in range(30)
        ],
    }


async def held(day: ServedDay) -> dict[str, str | None]:
    """Who has which zone, as it is shown."""
    return {row.id: row.helper async for row in day.client.rows("workload", WorkloadRow) if row.of == "zone"}


async def events_after(day: ServedDay, position: int) -> list[tuple[str, Any]]:
    """What happened to zones, and to what is published of them, after a position."""
    log = day.client.store.events
    every = log.follow((f"event.{AREA}.zone.*", f"event.{AREA}.horizon.zones"), position, until=await log.position())
    return [(one.entity.id, event_in(one)) async for batch in every for one in batch]


async def retire(day: ServedDay, worker: str) -> list[tuple[str, Any]]:
    """A helper leaves; what came of it."""
    before = await day.client.store.events.position()
    await day.direct("retire", kind="worker", target=worker)
    await day.settle()
    return await events_after(day, before)


async def test_who_leaves_hands_on_their_zones_and_all_is_as_rebuilt(tmp_path: Path) -> None:
    async with ServedDay.opened(tmp_path / "kept") as day:
        await apply(world_of(world("h0", "h1", "h2", "h3"), "home-help"), day.client, day.clock.now(), run="first")
        await day.settle()
        first = await held(day)
        # Published once, or more often if the planner was quick enough to see half of the world.
        heads = [one.number for _, one in await events_after(day, 0) if isinstance(one, HorizonPublished)]
        assert max(Counter(first.values()).values()) <= CAP and None not in first.values()
        assert first["z0"] in {"h0", "h3"}

        moved = await retire(day, "h1")
        second = await held(day)
        theirs = {zone for zone, helper in first.items() if helper == "h1"}
        assert theirs and {zone for zone in first if first[zone] != second[zone]} == theirs
        given = {zone: one for zone, one in moved if isinstance(one, ZoneGiven)}
        assert given.keys() == theirs
        for one in given.values():
            assert (one.before, one.why and one.why.message) == ("h1", "h1 does not work here any more.")
        (head,) = [one for _, one in moved if isinstance(one, HorizonPublished)]
        assert (head.number, head.open_count, head.why) == (heads[-1] + 1, 0, "what was asked has changed")

        lost = {zone: one for zone, one in await retire(day, "h2") if isinstance(one, ZoneUncovered)}
        third = await held(day)
        assert lost.keys() == {zone for zone in third if third[zone] is None}
        assert len(lost) == CAP and Counter(third.values())["h0"] == Counter(third.values())["h3"] == CAP
        for one in lost.values():
            assert one.before == "h2" and one.reasons[0].rule == "households_cap"
            assert one.reasons[0].hint.startswith("a cap of 1 households more for h")
        await shown(day, sorted(lost)[0])
    async with ServedDay.opened(tmp_path / "kept") as again:
        position = await again.client.store.events.position()
        await again.settle()
        assert await again.client.store.events.position() == position, "nothing is shared twice"
        for view in await verify(again.client.store):
            assert view.equal, view


async def shown(day: ServedDay, out: str) -> None:
    """It is shown and changed on the command line, too."""
    where = ("--area", AREA, "--nats", day.client.connection.connected_url.geturl())
    code, text, err = await dispatch("zones", "show", *where, "--json")
    told = json.loads(text)
    assert (code, len(told["zones"]), len(told["uncovered"])) == (0, 30, CAP), err
    code, text, _ = await dispatch("zones", "show", *where)
    assert code == 0 and f"{out} is uncovered." in text and "does not work here any more" in text
    code, text, err = await dispatch("zones", "move", *where, out, "h3", "--json")
    assert (code, json.loads(text)["decision"]) == (0, "noted"), err
    await day.settle()
    now = await held(day)
    assert now[out] == "h3" and Counter(now.values())["h3"] == CAP
    code, text, _ = await dispatch("zones", "move", *where, out, "nobody-here")
    assert code == 1 and "rejected" in text
    code, text, _ = await dispatch("zones", "move", *where, "z0", "h2")
    assert code == 1 and "rejected (" in text, "who left has nothing"
    await away(day, where)
    for words, says in (
        (("zones", "move", *where, "No Zone", "h3"), "is no id"),
        (("zones", "move", *where, out, "h3", "--leaver", "h0"), "not said which zones"),
        (("zones", "show"), "not said which zones"),
        (("zones", "move", "nothing.json"), "not said which zones"),
        (("zones", "show", "--area", "nowhere", *where[2:]), "no area"),
    ):
        code, text, err = await dispatch(*words)
        assert (code, text) == (2, "") and says in err, (words, text, err)


async def away(day: ServedDay, where: tuple[str, ...]) -> None:
    """The zones of who is away for days are shown as without them, and stay theirs."""
    now, before = day.clock.now(), await held(day)
    await day.direct("absence", worker="h0", start=now.isoformat(), end=(now + dt.timedelta(days=3)).isoformat())
    await day.settle()
    assert await held(day) == before
    code, text, err = await dispatch("zones", "show", *where, "--json")
    told = json.loads(text)
    assert code == 0 and {one["helper"] for one in told["away"]} == {"h0"} and len(told["away"]) == CAP, err
    assert told["published"]["until"] < "2100"
    code, text, _ = await dispatch("zones", "show", *where)
    assert "is without h0 until" in text and "nobody could stand in" in text and "Published for" in text
