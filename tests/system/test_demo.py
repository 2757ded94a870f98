"""A whole day is played once; then every promise is broken, one at a time, and must be caught, and nothing else."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from dispatch.demo.command import report, run_demo
from dispatch.demo.day import play_days
from dispatch.demo.evidence import Evidence, gather
from dispatch.demo.judging.facts import Facts
from dispatch.demo.plays import PLAYS, area_of, find_world
from dispatch.demo.promises import judge
from dispatch.demo.summary import Summary
from dispatch.events import order as happened
from dispatch.model.errors import SettingError, WorldError
from dispatch.model.time import at_clock
from dispatch.services.clock import SystemClock
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.wiring import Settings, wired
from tests.system import (
    demo_breaches,
    demo_breaches_of_contracts,
    demo_breaches_of_homes,
    demo_breaches_of_mall,
    demo_breaches_of_plans,
    demo_breaches_of_rosters,
)
from tests.system.demo_tampering import BREACHES, without
from tests.system.processes import dispatch

SEED = 1
pytestmark = pytest.mark.alone  # one day is played for all of these, and held to the clock

LONGEST_S = 120.0
ESTATE = PLAYS["estate"]
PROMISES = ESTATE.promises


class Played(NamedTuple):
    """A day that was played: what the command printed, its exit code, and the log it left."""

    code: int
    out: str
    evidence: Evidence

    @property
    def summary(self) -> Summary:
        return msgspec.json.decode(self.out, type=Summary)


def start_and_end() -> tuple[dt.datetime, dt.datetime]:
    _, time_zone = area_of(find_world("estate"))
    start, end = (at_clock(ESTATE.day + dt.timedelta(days=ahead), "00:00", time_zone) for ahead in (0, 1))
    return start, end


async def look_again(data_dir: Path) -> Evidence:
    """What is kept in ``data_dir``, read by somebody who was not there."""
    area, time_zone = area_of(find_world("estate"))
    start, end = start_and_end()
    async with (
        EmbeddedServer(data_dir) as server,
        wired(Settings(url=server.url, clock=SystemClock(), monitor_urls=(server.monitor_url,)), "test") as to,
    ):
        return await gather(to.store, area=area, time_zone=time_zone, start=start, end=end, until=end + ESTATE.after)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    data_dir = tmp_path_factory.mktemp("day") / "data"
    words = ("demo", "--headless", "--json", "--seed", str(SEED), "--data", str(data_dir))
    code, out, err = asyncio.run(dispatch(*words, timeout_s=LONGEST_S))
    assert out, err
    return Played(code, out, asyncio.run(look_again(data_dir)))


def summary_of(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = report(evidence, play=ESTATE, seed=SEED, seconds=0.0, as_json=True)
    return code, msgspec.json.decode(capsys.readouterr().out)


def test_the_day_ends_with_every_promise_applied_and_kept_and_nothing_lost(played: Played) -> None:
    summary = played.summary
    assert [(one.name, one.broken) for one in summary.promises if not one.ok] == []
    assert played.code == 0
    assert summary.ok
    assert summary.seconds <= LONGEST_S
    assert summary.accepted + summary.rejected + summary.duplicates == summary.requests
    assert summary.lost == 0
    assert summary.live_is_rebuilt
    assert summary.refused_plans == 0


def test_the_day_had_everything_in_it(played: Played) -> None:
    summary = played.summary
    assert summary.rejected >= 4
    assert summary.duplicates >= 1
    assert summary.cancelled == 1
    assert summary.rework >= 1
    assert {"unknown_category", "unknown_place"} <= set(summary.unplanned_reasons)
    assert set(summary.workload) == {"cleaner", "guard", "technician"}
    (said,) = summary.notes
    assert "105 places" in said and "can give 96" in said and "9 stay open" in said, "what the guards cannot give"
    assert "2 more people" in said and "shifts of 12 hours" in said and "a day of rest" in said


def test_the_log_says_the_same_when_it_is_opened_again(played: Played) -> None:
    assert played.evidence.digest() == played.summary.digests["log"]
    assert [one for one in judge(played.evidence, PROMISES) if not one.ok] == []


@pytest.mark.parametrize("name", [promise.name for promise in PROMISES])
def test_one_breach_ends_the_demo_with_1_and_names_that_promise(
    name: str, played: Played, capsys: pytest.CaptureFixture[str]
) -> None:
    found = []
    for tampered in BREACHES[name](played.evidence):
        found.append([one.name for one in judge(tampered, PROMISES) if not one.ok])
        if found[-1] == [name]:
            code, summary = summary_of(tampered, capsys)
            assert code == 1
            assert [one["name"] for one in summary["promises"] if not one["ok"]] == [name]
            return
    pytest.fail(f"no tampering broke {name} alone: {found[:20]}")


def test_no_breach_is_left_over() -> None:
    of = (
        demo_breaches_of_contracts,
        demo_breaches_of_homes,
        demo_breaches_of_mall,
        demo_breaches_of_plans,
        demo_breaches_of_rosters,
    )
    assert all(one.__doc__ for one in (demo_breaches, *of))
    assert set(BREACHES) == {promise.name for play in PLAYS.values() for promise in play.promises}


def test_a_promise_that_never_applied_is_a_failure(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    facts = Facts(played.evidence)
    failed = [one.position for order in facts.asked() for one, _ in facts.events(order, happened.VisitFailed)]
    code, summary = summary_of(without(played.evidence, *failed), capsys)
    assert code == 1
    verdict = next(one for one in summary["promises"] if one["name"] == "nobody-in-noted")
    assert (verdict["applied"], verdict["ok"]) == (0, False)


def test_people_see_each_promise_with_its_source(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(played.evidence, play=ESTATE, seed=SEED, seconds=0.0, as_json=False) == 0
    printed = capsys.readouterr().out
    for promise in PROMISES:
        assert promise.name in printed
    assert "All promises kept" in printed


async def test_one_seed_gives_one_log_and_another_seed_another(tmp_path: Path) -> None:
    """Played up to five in the morning, to save time."""
    until = start_and_end()[0] + dt.timedelta(hours=5)
    first, again, other = [
        (await play_days(ESTATE, tmp_path / name, seed=seed, until=until)).digest()
        for name, seed in (("first", 3), ("again", 3), ("other", 4))
    ]
    assert first == again
    assert first != other


async def test_a_world_that_is_not_there_is_named() -> None:
    with pytest.raises(WorldError, match=r"There is no world 'mars' to play\. Maybe .*estate.* was meant\."):
        await run_demo(headless=True, as_json=True, seed=SEED, world="mars")


async def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kept").touch()
    with pytest.raises(SettingError, match="is not empty"):
        await run_demo(headless=True, as_json=True, seed=SEED, data_dir=tmp_path)
