"""The commands on contracts: a plan from a file, what it dates, what it breaks, and what may break soon."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
from benchmarks.drawn_contracts import advisers

from .processes import dispatch


async def test_a_plan_is_made_shown_checked_and_its_risks_named(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(msgspec.json.encode(advisers(1, 1, 6)))
    code, out, err = await dispatch("contracts", "plan", str(problem), "--budget", "1", "--out", str(plan))
    assert (code, err) == (0, "")
    assert "0 promises broken" in out
    code, out, _ = await dispatch("check", str(problem), str(plan))
    assert (code, out) == (0, "")
    code, out, _ = await dispatch("contracts", "show", str(problem), str(plan), "--contract", "c00-01", "--json")
    visits = json.loads(out)["visits"]
    assert code == 0 and visits and {one["contract"] for one in visits} == {"c00-01"}
    code, out, _ = await dispatch("contracts", "risks", str(problem), str(plan), "--json")
    named = json.loads(out)
    assert code == (1 if named else 0)
    assert all(one["keep_by"] is not None or one["overdue"] for one in named)


async def test_a_broken_promise_is_named_by_a_plan_that_keeps_every_rule(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(msgspec.json.encode(advisers(1, 1, 4, minutes=60)))
    code, out, _ = await dispatch("contracts", "plan", str(problem), "--budget", "1", "--out", str(plan))
    assert code == 0
    assert (await dispatch("check", str(problem), str(plan)))[0] == 0
    assert "broken: monthly of c00-" in out and "(maybe " in out
    code, out, _ = await dispatch("contracts", "show", str(problem), str(plan))
    assert code == 0 and "broken: monthly of" in out
    code, out, _ = await dispatch("contracts", "risks", str(problem), str(plan))
    assert code == 1 and "broken by the plan" in out


async def test_a_plan_that_breaks_a_rule_is_not_shown(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(msgspec.json.encode(advisers(1, 1, 2)))
    _, out, _ = await dispatch("contracts", "plan", str(problem), "--budget", "1", "--json")
    made = json.loads(out)
    made["visits"][0]["day"] += 100
    plan.write_text(json.dumps(made))
    code, out, err = await dispatch("contracts", "show", str(problem), str(plan))
    assert (code, out) == (2, "")
    assert "agreed_day" in err and "dispatch check" in err
