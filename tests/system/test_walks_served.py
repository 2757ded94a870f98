"""Rounds planned ahead on a real server, as the command line shows and proves them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from system.house import AREA, SECRET, T0
from system.processes import dispatch
from system.test_walks import BANDS, DAY, NIGHT

from dispatch.services.apply import apply
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.world import world_of


def site() -> dict[str, Any]:
    """Two guards by night, a round over two checkpoints, planned two days at a time."""
    skills = [{"skill": "patrol"}]
    return {
        "world": "site",
        "area": AREA,
        "policy": {"plan_budget": 0, "horizon_days": 2, "rounds": {"days": 2, "budget": 1}},
        "places": [
            {"id": "s1", "kind": "site", "lat": 30.0, "lon": 120.0},
            *({"id": f"p{n}", "kind": "checkpoint", "lat": 30.0 + n / 2000, "lon": 120.0} for n in (1, 2)),
        ],
        "workers": [
            {"id": key, "role": "guard", "base": "s1", "skills": skills, "shifts": [NIGHT]} for key in ("ann", "bob")
        ],
        "rounds": [{"id": "night", "checkpoints": ["p1", "p2"], "minutes": 20, "bands": BANDS}],
    }


async def test_walks_are_shown_and_proven_on_the_command_line(tmp_path: Path) -> None:
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path / "kept", clock, executor=pool, secret=SECRET) as house:
            client = Client(house.to.connection)
            where = ("--area", AREA, "--nats", house.url)
            await apply(world_of(site(), "site"), client, clock.now(), run="first")
            await client.settled()
            for _ in range(5):
                clock.set(clock.now() + DAY)
                await client.settled()
            code, out, err = await dispatch("rounds", "show", *where, "--json")
            assert code == 0, err
            walks = json.loads(out)["walks"]
            assert {one["round"] for one in walks} == {"night"} and len(walks) >= 2 * len(BANDS)
            code, out, err = await dispatch("rounds", "show", *where, "--guard", "ann")
            assert code == 0 and "bob" not in out and "p1" in out, err
            code, out, err = await dispatch("rounds", "prove", *where, "--json")
            draws = json.loads(out)["draws"]
            assert code == 0 and all(one["holds"] for one in draws), err
            assert {one["proof"] is None for one in draws} == {True, False}, "some are closed, some revealed"
            code, out, err = await dispatch("rounds", "prove", *where)
            assert code == 0 and "DOES NOT HOLD" not in out and "closed" in out, err
            for words, says in (
                (("rounds", "show"), "Neither an area nor two files"),
                (("rounds", "prove", "--area", "nowhere", "--nats", house.url), "no area"),
            ):
                code, out, err = await dispatch(*words)
                assert (code, out) == (2, "") and says in err, (words, out, err)
