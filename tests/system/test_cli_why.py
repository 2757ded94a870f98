"""The command ``why``: what it says of visits and of what is no plan; and what ``check`` finds, one line each."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from core.solver.solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.kinds import Plan
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.problem import RouteProblem, Span, Tie
from dispatch.solver.solve import solve

from .processes import dispatch


def _written(folder: Path, problem: RouteProblem, plan: Plan) -> tuple[str, str]:
    """The files of a problem and a plan."""
    for name, value in (("problem", problem), ("plan", plan)):
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(value))
    return str(folder / "problem.json"), str(folder / "plan.json")


def _broken_pair(folder: Path) -> tuple[str, str, list[str]]:
    """A problem file, a plan file that breaks its rules, and what the check finds."""
    problem = line_problem(
        (worker("w1", duty()),), (visit("a-visit-with-a-name-of-some-length", 1, 30, windows=(Span(500, 700),)),)
    )
    stop = Stop(visit=problem.visits[0].id, arrive=100, start=100, end=110, travel=0)
    effort = Effort(solver="by hand", seed=1, budget=0, used=0)
    plan = RoutePlan(routes=(Route(worker="w1", duty="d1", stops=(stop,)),), effort=effort)
    for name, value in (("problem", problem), ("plan", plan)):
        (folder / f"{name}.json").write_bytes(msgspec.json.encode(value))
    return str(folder / "problem.json"), str(folder / "plan.json"), [str(one) for one in check(problem, plan)]


async def test_in_a_pipe_a_finding_is_one_line_whatever_the_width(tmp_path: Path) -> None:
    *files, findings = _broken_pair(tmp_path)
    assert len(findings) > 1 and max(map(len, findings)) > 120
    code, out, _ = await dispatch("check", *files)
    assert (code, out.splitlines()) == (1, findings)


async def test_why_a_visit_is_where_it_is(tmp_path: Path) -> None:
    far = worker("far", duty(start_spot=9))
    job, large = visit("tap", 1), visit("roof", 2, skill="roofing")
    problem = line_problem((worker("near"), far), (job, large))
    plan = solve(problem, budget=0, seed=1)
    files = _written(tmp_path, problem, plan)

    code, out, _ = await dispatch("why", *files, "tap")
    assert (code, out.splitlines()) == (
        0,
        ["tap: near at 2026-11-23 08:10.", "  or far at 2026-11-23 09:20: +70 min (travel +70)"],
    )
    left_out = [
        "roof is left out.",
        "  skill: 2 workers do not hold roofing at level 0 on the day. (nobody else here holds roofing)",
        "  not near: skill (near holds roofing at level 0, which they do not now)",
        "  not far: skill (far holds roofing at level 0, which they do not now)",
    ]
    code, out, _ = await dispatch("why", *files, "roof", "tap")
    assert (code, out.splitlines()[:5]) == (0, [*left_out, "tap: near at 2026-11-23 08:10."])
    code, out, _ = await dispatch("why", *files)
    assert (code, out.splitlines()) == (0, ["The plan costs 610 min: travel 10, unplanned 600.", *left_out])
    code, out, _ = await dispatch("why", *files, "tap", "--json")
    (told,) = json.loads(out)["visits"]
    assert (code, told["alternatives"][0]["by_rule"]) == (0, {"travel": 70.0})
    code, out, _ = await dispatch("why", *files, "--json")
    whole = json.loads(out)
    assert (whole["cost"]["unplanned"], [one["visit"] for one in whole["visits"]]) == (600.0, ["roof"])
    assert {one["worker"]: one["rule"] for one in whole["visits"][0]["hindrances"]} == {"near": "skill", "far": "skill"}
    (change,) = whole["visits"][0]["hindrances"][0]["changes"]
    day = problem.workers[0].duties[0].day
    to = {"skill": "roofing", "level": 0, "first": day, "last": day}
    assert change == {"what": "certificate", "rule": "skill", "by": 1, "worker": "near", "from": None, "to": to}


async def test_why_says_what_a_visit_is_tied_to(tmp_path: Path) -> None:
    ties = (Tie(first="saw", then="hold"),)
    problem = line_problem((worker("a"), worker("b"), worker("c")), (visit("saw", 1), visit("hold", 1)), ties=ties)
    plan = solve(problem, budget=1, seed=1)
    files = _written(tmp_path, problem, plan)
    code, out, err = await dispatch("why", *files, "saw")
    first, tied, *others = out.splitlines()
    assert code == 0, err
    assert first.startswith("saw: ") and first.endswith(" at 2026-11-23 08:10.")
    assert tied.startswith("  tied to hold: ") and tied.endswith(" at 2026-11-23 08:10")
    assert any(line.startswith("  or ") and line.endswith(" at 2026-11-23 08:10: +0 min (nothing)") for line in others)
    assert any("; with it hold: " in line for line in others)


async def test_why_asks_for_a_problem_and_a_plan_for_it(tmp_path: Path) -> None:
    problem = line_problem((worker("near"),), (visit("tap", 1),))
    files = _written(tmp_path, problem, solve(problem, budget=0, seed=1))
    code, out, err = await dispatch("why", *files, "tab")
    assert (code, out, "There is no visit 'tab'" in err, "tap was meant" in err) == (2, "", True, True)
    code, out, err = await dispatch("why", files[1], files[0])
    assert (code, out) == (2, "") and "plan.json is not a routing problem: " in err
    *broken, findings = _broken_pair(tmp_path)
    code, out, err = await dispatch("why", *broken, "--json")
    assert (code, out, findings[0] in err) == (2, "", True)
    assert "Maybe `dispatch check" in err
    (tmp_path / "plan.json").write_text("{")
    code, _, err = await dispatch("why", *files)
    assert (code, "plan.json is not a plan for routes: " in err) == (2, True)
    code, _, err = await dispatch("why", files[0], str(tmp_path / "nowhere.json"))
    assert (code, "nowhere.json cannot be read" in err) == (2, True)


async def test_why_of_what_lies_beyond_the_calendar_is_said_in_ticks(tmp_path: Path) -> None:
    far = 2**39
    late = worker("w1", duty(start=far, end=far + 480))
    problem = line_problem((late,), (visit("tap", 1, windows=(Span(far, far + 60),)),))
    files = _written(tmp_path, problem, solve(problem, budget=0, seed=1))
    code, out, err = await dispatch("why", *files, "tap")
    assert (code, out.splitlines()[0]) == (0, f"tap: w1 at tick {far + 10}."), err
