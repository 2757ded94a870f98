"""The commands ``zones plan|show|move`` on files, and that ``solve``, ``check`` and ``schema`` know zones, too."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from msgspec.structs import replace

from dispatch.solver.words import Spot
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive

from .processes import dispatch

PROBLEM = ZoneProblem(
    area="a",
    day=20_000,
    spots=tuple(Spot(31.0, 121.0 + place / 1000) for place in range(4)),
    helpers=tuple(ZoneHelper(id=f"h{n}", spot=3 * n, max_households=40) for n in range(2)),
    zones=tuple(ZoneToGive(id=f"z{n}", spot=n, households=20, week_minutes=300) for n in range(4)),
)


def written(folder: Path, problem: ZoneProblem = PROBLEM) -> str:
    file = folder / "problem.json"
    file.write_bytes(msgspec.json.encode(problem))
    return str(file)


async def test_zones_are_planned_shown_and_checked(tmp_path: Path) -> None:
    problem, plan = written(tmp_path), str(tmp_path / "plan.json")
    code, out, _ = await dispatch("zones", "plan", problem, "--out", plan)
    assert code == 0 and out.splitlines()[-1] == "It costs 6 min (distance 6); no plan costs less than 6."
    assert (await dispatch("check", problem, plan))[:2] == (0, "")
    code, out, _ = await dispatch("zones", "show", problem, plan, "--json")
    told = json.loads(out)
    assert [(row["helper"], row["zones"], row["households"]) for row in told["helpers"]] == [
        ("h0", ["z0", "z1"], 40),
        ("h1", ["z2", "z3"], 40),
    ]
    assert (code, told["uncovered"]) == (0, [])
    code, out, _ = await dispatch("solve", problem)
    assert (code, [one["helper"] for one in json.loads(out)["given"]]) == (0, ["h0", "h0", "h1", "h1"])


async def test_after_a_leaver_what_is_uncovered_says_what_would_cover_it(tmp_path: Path) -> None:
    problem, plan, after = written(tmp_path), str(tmp_path / "plan.json"), str(tmp_path / "after.json")
    await dispatch("zones", "plan", problem, "--out", plan, "--json")
    code, out, _ = await dispatch("zones", "move", problem, plan, "--leaver", "h1", "--out", after)
    lines = out.splitlines()
    assert code == 0 and lines[-1] == "2 zones move; no plan moves fewer."
    assert lines[0] == "z2: h1 -> nobody (unplanned: h1 is not among the helpers any more)"
    assert "Maybe a cap of 20 households more for h0 would make it fit." in out
    code, _, err = await dispatch("zones", "show", problem, after)
    assert (code, err) == (0, "")
    code, out, _ = await dispatch("zones", "show", written(tmp_path), after)
    assert "z2 is uncovered." in out


async def test_a_zone_is_handed_on(tmp_path: Path) -> None:
    roomy = replace(PROBLEM, helpers=tuple(replace(one, max_households=60) for one in PROBLEM.helpers))
    problem, plan = written(tmp_path, roomy), str(tmp_path / "plan.json")
    await dispatch("zones", "plan", problem, "--out", plan, "--json")
    code, out, _ = await dispatch("zones", "move", problem, plan, "--zone", "z0", "--to", "h1", "--json")
    told = json.loads(out)
    assert (code, told["least"], [(one["zone"], one["rule"]) for one in told["moves"]]) == (0, 1, [("z0", "pin")])


async def test_what_makes_no_sense_is_refused(tmp_path: Path) -> None:
    problem, plan = written(tmp_path), str(tmp_path / "plan.json")
    await dispatch("zones", "plan", problem, "--out", plan, "--json")
    for words, command in (
        ("both --zone and --to", ("move", problem, plan, "--zone", "z0")),
        ("no helper 'h9'", ("move", problem, plan, "--leaver", "h9")),
        ("no zone 'z9'", ("move", problem, plan, "--zone", "z9", "--to", "h1")),
    ):
        code, out, err = await dispatch("zones", *command)
        assert (code, out) == (2, "") and words in err
    smaller = tmp_path / "smaller.json"
    smaller.write_bytes(msgspec.json.encode(replace(PROBLEM, helpers=PROBLEM.helpers[:1])))
    code, out, err = await dispatch("zones", "show", str(smaller), plan)
    assert (code, out) == (2, "") and "is no plan that can stand" in err
