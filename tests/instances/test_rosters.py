"""The roster sets: a made-up instance of each is read, solved and costed by hand; a broken roster is not feasible."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path

import msgspec
import pytest
from benchmarks.instances import curtois, inrc2
from benchmarks.instances.text import BadInstanceError
from benchmarks.problems import curtois as curtois_problem
from benchmarks.problems import inrc2 as inrc2_problem
from benchmarks.recost import curtois as recost_curtois
from benchmarks.recost import inrc2 as recost_inrc2
from benchmarks.recost.roster import RosterDump
from benchmarks.rosters import command
from benchmarks.routing.effort import Effort

CURTOIS = """# made up
SECTION_HORIZON
7
SECTION_SHIFTS
D,480,
N,600,D
SECTION_STAFF
A,D=7|N=2,2400,960,3,2,2,1
B,D=7|N=0,2400,960,3,1,1,0
SECTION_DAYS_OFF
A,0
SECTION_SHIFT_ON_REQUESTS
A,1,N,3
SECTION_SHIFT_OFF_REQUESTS
B,2,D,2
SECTION_COVER
0,D,1,10,1
1,D,1,10,1
2,D,1,10,1
2,N,1,7,1
"""
CLEAN: dict[str, list[str | list[str] | None]] = {
    "A": [None, "N", "N", None, None, "D", None],
    "B": ["D", "D", None, None, None, None, None],
}
EFFORT = Effort(seed=1, cores=1, budget=6)


@pytest.fixture
def instance(tmp_path: Path) -> curtois.Curtois:
    path = tmp_path / "Instance1.txt"
    path.write_text(CURTOIS, encoding="utf-8")
    return curtois.read(path)


def dump(**changes: list[str | list[str] | None]) -> RosterDump:
    return RosterDump(instance="Instance1", roster={**CLEAN, **changes})


def test_a_roster_is_costed_as_by_hand(instance: curtois.Curtois) -> None:
    roster = dump(A=[None, "N", "N", None, None, None, None])
    verdict = recost_curtois.recost(instance, roster)
    assert verdict.faults == ()
    # Day 2 lacks its D; nothing else is asked for. A has the N wished for, B not the D of day 2.
    assert verdict.parts == {"requests": 0, "under": 10, "over": 0}


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"A": ["N", "N", None, None, None, None, None]}, "day_off"),
        ({"A": [None, "N", "D", None, None, None, None]}, "follows"),
        ({"A": [None, "N", "N", "N", None, None, None]}, "max_shifts"),
        ({"B": ["D", None, None, None, None, None, None]}, "minutes"),
        ({"B": ["D", "D", None, None, None, "D", None]}, "weekends"),
        ({"B": ["D", "D", "D", "D", None, None, None]}, "most_in_row"),
        ({"A": [None, "N", None, None, "D", "D", None]}, "least_in_row"),
        ({"A": [None, "D", "D", None, "D", "D", None]}, "least_off"),
        ({"B": ["X", "D", "D", None, None, None, None]}, "shift"),
        ({"B": ["D", "D"]}, "days"),
        ({"C": [None] * 7}, "employees"),
    ],
)
def test_a_broken_rule_is_found(
    instance: curtois.Curtois, changes: dict[str, list[str | list[str] | None]], rule: str
) -> None:
    roster = dump(**{"A": [None, "N", "N", None, None, None, None], **changes})
    assert rule in {fault.rule for fault in recost_curtois.recost(instance, roster).faults}


def test_ours_is_feasible_and_as_cheap_as_can_be(instance: curtois.Curtois) -> None:
    answer = curtois_problem.solve(instance, EFFORT)
    verdict = recost_curtois.recost(instance, answer.dump)
    assert verdict.faults == ()
    # Day 2 needs B on D, who wishes it off (2); A has both nights; nobody is too many.
    assert verdict.cost == answer.bound == 2
    assert answer.repeatable


def test_what_is_no_instance_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "Instance2.txt"
    path.write_text("SECTION_HORIZON\n7\n", encoding="utf-8")
    with pytest.raises(BadInstanceError, match="no section SHIFTS"):
        curtois.read(path)
    path.write_text(CURTOIS.replace("D,480", "D,eight"), encoding="utf-8")
    with pytest.raises(BadInstanceError, match="not whole numbers"):
        curtois.read(path)


def test_the_command_prints_rows_and_writes_dumps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = tmp_path / "shift-scheduling-curtois"
    at.mkdir()
    (at / "Instance1.txt").write_text(CURTOIS, encoding="utf-8")
    out, results = tmp_path / "out", tmp_path / "rows.jsonl"
    given = _given("curtois", "--data", str(tmp_path), "--budget", "4", "--dump", str(out), "--results", str(results))
    said = io.StringIO()
    with redirect_stdout(said):
        assert command.main(given) == 0
    (row,) = json.loads(said.getvalue())
    assert row["cost"] == 2 and row["best_known"] == 607 and row["feasible"] and row["bound"] == 2
    assert json.loads(results.read_text(encoding="utf-8"))["row"] == row
    monkeypatch.setattr(command, "_solved", None)
    with redirect_stdout(again := io.StringIO()):
        assert command.main(given) == 0, "what is kept is not solved again"
    assert json.loads(again.getvalue()) == [row]
    written = msgspec.json.decode((out / "Instance1.json").read_bytes(), type=RosterDump)
    assert [len(days) for days in written.roster.values()] == [7, 7]


def test_what_is_not_there_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inrc2").mkdir()
    assert command.main(_given("inrc2", "--data", str(tmp_path), "--instances", "n005w4_0_1-2-3-9")) == 2


def _given(name: str, *arguments: str) -> object:
    import argparse

    parser = argparse.ArgumentParser()
    command.arguments(parser)
    given = parser.parse_args(arguments)
    given.name, given.json = name, True
    return given


def small_inrc2(weeks: int) -> inrc2.Inrc2:
    """Two nurses, one skill, two shifts."""
    need = {f"requirementOn{day}": {"minimum": 1, "optimal": 1} for day in inrc2.DAYS}
    week = {
        "requirements": [{"shiftType": "Early", "skill": "Nurse", **need}],
        "shiftOffRequests": [{"nurse": "Ann", "shiftType": "Any", "day": "Monday"}],
    }
    contract = {
        "id": "Full", "minimumNumberOfAssignments": 2, "maximumNumberOfAssignments": 8,
        "minimumNumberOfConsecutiveWorkingDays": 2, "maximumNumberOfConsecutiveWorkingDays": 4,
        "minimumNumberOfConsecutiveDaysOff": 2, "maximumNumberOfConsecutiveDaysOff": 4,
        "maximumNumberOfWorkingWeekends": 1, "completeWeekends": 1,
    }  # fmt: skip
    shift = {"minimumNumberOfConsecutiveAssignments": 2, "maximumNumberOfConsecutiveAssignments": 4}
    scenario = {
        "id": "n002w2", "numberOfWeeks": weeks, "skills": ["Nurse"],
        "shiftTypes": [{"id": "Early", **shift}, {"id": "Late", **shift}],
        "forbiddenShiftTypeSuccessions": [{"precedingShiftType": "Late", "succeedingShiftTypes": ["Early"]}],
        "contracts": [contract],
        "nurses": [{"id": who, "contract": "Full", "skills": ["Nurse"]} for who in ("Ann", "Bob")],
    }  # fmt: skip
    return inrc2.Inrc2(
        name="n002w2_0_0-0",
        scenario=msgspec.convert(scenario, inrc2.Scenario),
        history={
            "Ann": inrc2.NurseHistory("Ann", 0, 0, "None", 0, 0, 2),
            "Bob": inrc2.NurseHistory("Bob", 0, 0, "Late", 1, 3, 0),
        },
        weeks=(msgspec.convert(week, inrc2.Week),) * weeks,
    )


def test_a_week_costs_by_the_competition_as_by_the_plan() -> None:
    """Of one week alone every rule is paid in it, so the two reckonings must agree."""
    instance = small_inrc2(1)
    answer = inrc2_problem.solve(instance, EFFORT)
    verdict = recost_inrc2.recost(instance, answer.dump)
    assert verdict.faults == ()
    from dispatch.solver.rosters.search import solve_rosters

    plan = solve_rosters(inrc2_problem.to_problem(instance, 0, instance.history), budget=6, seed=1)
    assert plan.total == verdict.cost


def test_weeks_follow_each_other_and_broken_rules_are_found() -> None:
    instance = small_inrc2(2)
    answer = inrc2_problem.solve(instance, EFFORT)
    verdict = recost_inrc2.recost(instance, answer.dump)
    assert verdict.faults == ()
    assert all(len(row) == 14 for row in answer.dump.roster.values())
    early = ["Early", "Nurse"]
    nobody: list[str | list[str] | None] = [None] * 14
    rows: dict[str, list[str | list[str] | None]] = {"Ann": list(nobody), "Bob": [early, *nobody[1:]]}
    faults = recost_inrc2.recost(instance, RosterDump(instance=instance.name, roster=rows)).faults
    assert {fault.rule for fault in faults} == {"succession", "minimum"}
    stranger = {"Ann": [["Early", "Head"], *nobody[1:]], "Bob": nobody}
    faults = recost_inrc2.recost(instance, RosterDump(instance=instance.name, roster=stranger)).faults
    assert "skill" in {fault.rule for fault in faults}
