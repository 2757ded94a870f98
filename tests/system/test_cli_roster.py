"""``dispatch roster`` on files: a plan is made, shown and checked; who can step in is told, as JSON too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from core.solver.roster_problems import places, roster_problem
from msgspec.structs import replace

from dispatch.solver.roster_problem import RosterPerson, RosterRest

from .processes import dispatch

WEEK = RosterRest(days=1, in_any=7)


PEOPLE = (RosterPerson(id="ann", rest_days=WEEK, absent=(3, 4)), RosterPerson(id="bob", rest_days=WEEK))
PROBLEM = roster_problem(PEOPLE, places(8, "early", minimum=1), days=8)


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Two people for one place on eight days, of whom one is away on two."""
    file = tmp_path / "problem.json"
    file.write_bytes(msgspec.json.encode(PROBLEM))
    return file


def with_part(part: dict[str, Any]) -> str:
    """The problem of `asked` with some of it otherwise."""
    return json.dumps(json.loads(msgspec.json.encode(PROBLEM)) | part)


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


async def test_what_stays_open_is_named_with_what_would_close_it(tmp_path: Path) -> None:
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    guards = tuple(RosterPerson(id=f"guard-{one}", rest_days=WEEK) for one in range(16))
    problem.write_bytes(msgspec.json.encode(roster_problem(guards, places(7, "early", "late", "night", minimum=5))))
    code, out, err = await dispatch("roster", "plan", str(problem), "--budget", "4", "--out", str(plan))
    assert (code, err) == (0, "")
    assert "105 places to fill in 7 days at the minimum; 16 people can give 96. 9 stay open." in out
    assert "Would close it: 2 more people" in out
    assert "Would close it: shifts of 12 hours: 70 places instead of 105" in out
    assert sum(one["missing"] for one in json.loads(plan.read_bytes())["open"]) == 9
    assert (await dispatch("roster", "show", str(problem), str(plan)))[:2] == (0, out)
    assert (await dispatch("check", str(problem), str(plan)))[:2] == (0, "")


@pytest.mark.parametrize("part", [{"people": []}, {"cover": []}, {"people": [], "cover": [], "shifts": []}])
async def test_nobody_or_nothing_to_cover_is_a_roster_too(asked: Path, part: dict[str, Any]) -> None:
    empty, plan = asked.with_name("empty.json"), asked.with_name("plan.json")
    empty.write_text(with_part(part))
    code, out, err = await dispatch("roster", "plan", str(empty), "--budget", "1", "--out", str(plan))
    assert (code, err) == (0, "")
    assert ("8 stay open" in out and "nobody in the roster" in out) == (part == {"people": []})
    assert (await dispatch("check", str(empty), str(plan)))[:2] == (0, "")


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ({"days": 0}, "Expected `int` >= 1 - at `$.days`"),
        ({"shifts": []}, "the cover of day 0 names shift 'early', which is unknown"),
        ({"people": [{"id": "a"}, {"id": "a"}]}, "person 'a' stands in it twice"),
        ({"people": [{"id": "a", "nights": 3}]}, "unknown field `nights` - at `$.people[0]`"),
        ({"weights": {"open": -1}}, "at `$.weights.open`"),
        (
            {"people": [{"id": "a", "absent": [0]}], "pins": [{"person": "a", "day": 0, "shift": "early"}]},
            "No row of days keeps what is agreed with 'a'",
        ),
    ],
)
async def test_what_is_no_roster_problem_is_refused(asked: Path, part: dict[str, Any], says: str) -> None:
    broken = asked.with_name("broken.json")
    broken.write_text(with_part(part))
    code, out, err = await dispatch("roster", "plan", str(broken))
    assert (code, out) == (2, "") and says in err and "Traceback" not in err


async def test_a_roster_for_other_days_is_neither_shown_nor_stood_in_for(asked: Path) -> None:
    plan, shorter = asked.with_name("plan.json"), asked.with_name("shorter.json")
    await dispatch("roster", "plan", str(asked), "--budget", "0", "--out", str(plan), "--json")
    shorter.write_bytes(msgspec.json.encode(replace(PROBLEM, people=PEOPLE[1:])))
    for words, says in (
        (("show", str(shorter), str(plan)), "is no plan that can stand"),
        (("standins", str(shorter), str(plan), "--person", "bob", "--day", "1"), "is no plan that can stand"),
    ):
        code, out, err = await dispatch("roster", *words)
        assert (code, out) == (2, "") and says in err and "Traceback" not in err
    # A roster to begin from may be of other days: what fits is kept.
    code, out, _ = await dispatch("roster", "plan", str(shorter), "--start", str(plan), "--budget", "1", "--json")
    assert code == 0 and {one["person"] for one in json.loads(out)["duties"]} == {"bob"}


async def test_what_makes_no_sense_is_refused(asked: Path) -> None:
    plan = asked.with_name("plan.json")
    await dispatch("roster", "plan", str(asked), "--budget", "0", "--out", str(plan), "--json")
    for words, says in (
        (("--person", "who", "--day", "1"), "nobody called"),
        (("--person", "ann", "--day", "9"), "no day 9"),
        (("--person", "ann", "--day", "-1"), "no day -1"),
    ):
        code, out, err = await dispatch("roster", "standins", str(asked), str(plan), *words)
        assert (code, out) == (2, "") and says in err
