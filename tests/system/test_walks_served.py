"""Rounds planned ahead on a real server, as the command line shows and proves them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import msgspec
import pytest
from system.house import AREA, SECRET, T0
from system.processes import dispatch
from system.test_walks import BANDS, DAY, HOUR, NIGHT

from dispatch.planning.walks import Walks
from dispatch.services.apply import apply
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.questions import Health
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
        "rounds": [
            {"id": "night", "checkpoints": ["p1", "p2"], "minutes": 20, "bands": BANDS},
            {"id": "three", "checkpoints": ["p1"], "minutes": 20, "bands": BANDS[:1], "people": 3},
        ],
    }


def fails(*_: object) -> NoReturn:
    """What nobody expected."""
    raise ArithmeticError("nothing adds up")


async def refused_is_noticed(
    url: str, where: tuple[str, ...], client: Client, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that failed is named by what shows rounds, by the status and by whoever asks whether all is up."""
    monkeypatch.setattr(Walks, "solve", fails)
    changed = site()
    changed["rounds"][0]["minutes"] = 25
    await apply(world_of(changed, "site"), client, clock.now(), run="second")
    await client.settled()
    says = "planner_error: The planner failed at it (ArithmeticError: nothing adds up)."
    for words in (("rounds", "show", *where), ("status", "--nats", url), ("health", "projector", "--nats", url)):
        code, out, err = await dispatch(*words)
        assert code == 0 and says in out, (words, out, err)
    code, out, err = await dispatch("status", "--nats", url, "--json")
    (one,) = json.loads(out)["refused_ahead"]
    assert code == 0 and (one["area"], one["kind"], one["rule"]) == (AREA, "rounds", "planner_error"), err
    health = await client.ask("ask.projector.health", None, Health)
    assert [msgspec.to_builtins(each) for each in health.refused] == [one]


async def test_walks_are_shown_and_proven_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
            assert min(one["day"] for one in walks) == f"{clock.now() + 8 * HOUR:%Y-%m-%d}", "what is past is not shown"
            assert sum(json.loads(out)["rounds_by_guard"].values()) == len(walks)
            code, out, err = await dispatch("rounds", "show", *where)
            shown, open_, shares = out.partition("Open")[0], out.partition("Open")[2], out.partition("Shares")[2]
            assert code == 0 and "2026-11-2" in shown, err
            assert "three" in open_ and "1 more on duty then" in open_, out
            assert "ann" in shares and "bob" in shares
            code, out, err = await dispatch("rounds", "show", *where, "--guard", "ann")
            assert code == 0 and "bob" not in out and "p1" in out, err
            code, out, err = await dispatch("rounds", "prove", *where, "--json")
            draws = json.loads(out)["draws"]
            assert code == 0 and all(one["holds"] for one in draws), err
            assert {one["proof"] is None for one in draws} == {True, False}, "some are closed, some revealed"
            code, out, err = await dispatch("rounds", "prove", *where)
            assert code == 0 and "DOES NOT HOLD" not in out and "closed" in out, err
            await refused_is_noticed(house.url, where, client, clock, monkeypatch)
            for words, says in (
                (("rounds", "show"), "not said which rounds"),
                (("rounds", "show", "a.json", "b.json", *where), "not said which rounds"),
                (("rounds", "inspections", "show", "a.json", "b.json", *where), "not said which inspections"),
                (("rounds", "prove", "--area", "nowhere", "--nats", house.url), "no area"),
            ):
                code, out, err = await dispatch(*words)
                assert (code, out) == (2, "") and says in err, (words, out, err)
