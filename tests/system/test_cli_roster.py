"""``dispatch roster`` on files: a plan is made, shown and checked; who can step in is told, as JSON too."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from core.solver.roster_problems import places, roster_problem

from dispatch.solver.roster_problem import RosterPerson, RosterRest

from .processes import dispatch

WEEK = RosterRest(days=1, in_any=7)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Two people for one place on eight days, of whom one is away on two."""
    people = (RosterPerson(id="ann", rest_days=WEEK, absent=(3, 4)), RosterPerson(id="bob", rest_days=WEEK))
    file = tmp_path / "problem.json"
    file.write_bytes(msgspec.json.encode(roster_problem(people, places(8, "early", minimum=1), days=8)))
    return file


async def test_a_roster_is_planned_shown_checked_and_stood_in_for(asked: Path) -> None:
    plan = asked.with_name("plan.json")
    code, out, err = await dispatch("roster", "plan", str(asked), "--budget", "3", "--out", str(plan), "--json")
    assert code == 0, err
    assert json.loads(out) == json.loads(plan.read_bytes())
    assert len(json.loads(out)["duties"]) == 8
    code, out, _ = await dispatch("check", str(asked), str(plan))
    assert (code, out) == (0, "")
    code, out, _ = await dispatch("roster", "show", str(asked), str(plan))
    assert code == 0 and "early gate" in out and "Total 0" in out
    who = next(one["person"] for one in json.loads(plan.read_bytes())["duties"] if one["day"] == 1)
    where = ("roster", "standins", str(asked), str(plan), "--person", who, "--day", "1")
    code, out, _ = await dispatch(*where, "--json")
    (other,) = json.loads(out)
    assert code == 0 and other["person"] == ({"ann", "bob"} - {who}).pop()
    code, out, _ = await dispatch(*where)
    assert code == 0 and other["person"] in out


async def test_the_kind_is_known_to_solve(asked: Path) -> None:
    code, out, _ = await dispatch("solve", str(asked), "--budget", "1")
    assert code == 0 and json.loads(out)["plan"] == "roster"


async def test_what_makes_no_sense_is_refused(asked: Path) -> None:
    plan = asked.with_name("plan.json")
    await dispatch("roster", "plan", str(asked), "--budget", "0", "--out", str(plan), "--json")
    for words, says in (
        (("--person", "who", "--day", "1"), "nobody called"),
        (("--person", "ann", "--day", "9"), "no day 9"),
    ):
        code, out, err = await dispatch("roster", "standins", str(asked), str(plan), *words)
        assert (code, out) == (2, "") and says in err
