"""The command ``solve``: what its effort is, what is told meanwhile, that it can be ended, and a plan mended."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from benchmarks.drawn_zones import random_zones
from core.solver.solver_problems import line_problem, random_problem, visit, without_rounds, worker
from msgspec.structs import replace

from dispatch.cli.common import units
from dispatch.solver.checks import check
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Told
from dispatch.solver.solve import solve

from .processes import dispatch, environment

SMALL = line_problem((worker("ann"), worker("bob")), tuple(visit(f"v{number}", number) for number in range(6)))


def written(folder: Path, value: Problem | Plan, name: str = "problem") -> str:
    """The file of a problem or a plan."""
    file = folder / f"{name}.json"
    file.write_bytes(msgspec.json.encode(value))
    return str(file)


async def effort(file: str, *options: str) -> Any:
    """What the plan of a problem file says of its effort."""
    code, out, err = await dispatch("solve", file, *options, timeout_s=300)
    assert code == 0, err
    return json.loads(out)["effort"]


@pytest.mark.parametrize(
    ("budget", "seconds", "asked"), [(None, None, 40), (None, 60.0, None), (7, 60.0, 7), (7, None, 7), (0, None, 0)]
)
def test_seconds_alone_are_no_budget(budget: int | None, seconds: float | None, asked: int | None) -> None:
    assert units(budget, seconds, usual=40) == asked


async def test_seconds_alone_search_as_long_as_they_say(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL)
    alone = await effort(file, "--seconds", "2")
    assert alone["repeatable"] is False
    assert alone["budget"] == alone["used"] > 0
    usual = await effort(file)
    assert (usual["repeatable"], usual["budget"], usual["used"]) == (True, 40, 40)
    # What takes 40 units a moment takes many more in so long: nothing stops it there any more.
    assert alone["used"] > 40


async def test_seconds_alone_are_the_effort_of_other_kinds_too(tmp_path: Path) -> None:
    zones = await effort(written(tmp_path, random_zones(1, zones=6, helpers=2, unit=False)), "--seconds", "0.2")
    assert zones["repeatable"] is False


async def test_ctrl_c_ends_the_search_with_the_best_plan_so_far(tmp_path: Path) -> None:
    problem = without_rounds(random_problem(5, workers=12, visits=90))
    out = tmp_path / "plan.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dispatch", "solve", written(tmp_path, problem), "--seconds", "600", "--progress",
        "--out", str(out), stderr=asyncio.subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert process.stderr is not None
    try:
        line = await asyncio.wait_for(process.stderr.readline(), 300)
        while b" min" not in line:
            assert line.startswith(b"Compiling"), line
            line = await asyncio.wait_for(process.stderr.readline(), 300)
        process.send_signal(signal.SIGINT)
        rest = await asyncio.wait_for(process.stderr.read(), 60)
        assert await asyncio.wait_for(process.wait(), 60) == 130
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert b"interrupted" in rest and b"Traceback" not in rest
    plan = msgspec.json.decode(out.read_bytes(), type=RoutePlan)
    assert check(problem, plan) == []
    assert plan.routes and not plan.effort.repeatable
    told = [float(one.split(b" min")[0]) for one in [line, *rest.splitlines()] if b" min" in one]
    assert told == sorted(told, reverse=True)
    assert plan.total <= told[-1] + 0.1
    assert b" after " in line and line.rstrip().endswith(b" s")


async def test_progress_is_told_only_where_it_is_asked_for_and_changes_nothing(tmp_path: Path) -> None:
    file = written(tmp_path, without_rounds(random_problem(2, workers=4, visits=25)))
    _, quiet, nothing = await dispatch("solve", file, "--budget", "4", timeout_s=300)
    _, told, lines = await dispatch("solve", file, "--budget", "4", "--progress", timeout_s=300)
    assert " min" not in nothing
    assert " min" in lines
    assert quiet == told


async def test_only_the_room_of_the_problem_is_compiled_and_a_line_says_so(tmp_path: Path) -> None:
    """In a folder of its own nothing is compiled yet: of zones that takes seconds, of all rooms minutes."""
    file = written(tmp_path, random_zones(1, zones=6, helpers=2, unit=False))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dispatch", "solve", file, "--budget", "1", stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE, env={**environment(), "DISPATCH_CACHE_DIR": str(tmp_path / "cache")},
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 300)
    assert process.returncode == 0, err
    assert json.loads(out)["plan"] == "zones"
    assert err.decode().startswith("Compiling the search for this kind of problem")
    assert [one.name for one in (tmp_path / "cache").rglob("warm-*")] == ["warm-zones"]


def told_day(problem: Any, plan: RoutePlan) -> Any:
    """Everybody was told what ``plan`` says."""
    at = {stop.visit: (route.worker, stop.start) for route in plan.routes for stop in route.stops}
    told = (replace(one, told=Told(workers=(at[one.id][0],), start=at[one.id][1])) for one in problem.visits)
    return replace(problem, visits=tuple(told))


async def test_a_plan_is_mended_for_who_is_away(tmp_path: Path) -> None:
    plan = solve(SMALL, budget=0, seed=1)
    assert isinstance(plan, RoutePlan)
    away = plan.routes[0].worker
    told = told_day(SMALL, plan)
    files = written(tmp_path, told), "--start", written(tmp_path, plan, "plan")
    code, out, err = await dispatch("solve", *files, "--repair", away, "--changes", "0")
    assert code == 0, err
    mended = msgspec.json.decode(out, type=RoutePlan)
    assert check(told, mended) == []
    assert all(route.worker != away for route in mended.routes)
    assert {stop.visit for route in mended.routes for stop in route.stops} == {one.id for one in SMALL.visits}

    for options, said in (
        (("--repair", away, "--budget", "3"), "A repair searches nothing"),
        (("--repair", "nobody"), "There is no worker 'nobody'"),
        (("--changes", "3"), "--repair WORKER was left out"),
    ):
        code, out, err = await dispatch("solve", *files, *options)
        assert (code, out, said in err, "Traceback" in err) == (2, "", True, False), err
    code, _, err = await dispatch("solve", files[0], "--repair", away)
    assert (code, "--start PLAN was left out" in err) == (2, True)


async def test_what_is_new_goes_into_a_plan_that_stands(tmp_path: Path) -> None:
    plan = solve(SMALL, budget=0, seed=1)
    assert isinstance(plan, RoutePlan)
    more = replace(told_day(SMALL, plan), visits=(*told_day(SMALL, plan).visits, visit("new", 8)))
    before = {(route.worker, stop.visit, stop.start) for route in plan.routes for stop in route.stops}
    files = written(tmp_path, more), "--start", written(tmp_path, plan, "plan")
    code, out, err = await dispatch("solve", *files, "--budget", "0")
    assert code == 0, err
    grown = msgspec.json.decode(out, type=RoutePlan)
    after = {(route.worker, stop.visit, stop.start) for route in grown.routes for stop in route.stops}
    assert before < after
    assert {name for _, name, _ in after - before} == {"new"}
