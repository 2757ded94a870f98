"""The commands ``rounds`` on files: plan, show, prove, watch, commit; inspections planned, proven and scored."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from benchmarks.drawn_rounds import estate
from msgspec.structs import replace

from dispatch.model.travel import Speeds
from dispatch.solver.inspection_plan import SampleShort, ZoneUnseen
from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Inspector, WorkDone
from dispatch.solver.inspections.solve import plan_inspections
from dispatch.solver.problem import Span, Spot
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import Checkpoint, Guard, GuardDuty, RoundProblem, RoundToPlan


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "dispatch", "rounds", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def said(*words: object, code: int = 0) -> dict[str, object]:
    done = run(*words, "--json")
    assert done.returncode == code, done.stderr
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


@pytest.fixture
def planned(tmp_path: Path) -> tuple[Path, Path]:
    """A day of a small estate, and its plan."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_bytes(msgspec.json.encode(estate(1, guards=24, rounds=4, days=1, checkpoints=12)))
    assert run("plan", problem, "--budget", 1, "--out", plan).returncode == 0
    return problem, plan


def test_a_plan_is_shown_proven_and_watched(planned: tuple[Path, Path], tmp_path: Path) -> None:
    problem, plan = planned
    shown = said("show", problem, plan, "--round", "r0")
    walks = shown["walks"]
    assert isinstance(walks, list)
    assert {walk["round"] for walk in walks} == {"r0"}
    assert "checkpoints" in run("show", problem, plan).stdout
    committed = said("commit", problem)["commitment"]
    assert said("prove", problem, plan, "--commitment", committed)["holds"] is True
    scans = tmp_path / "scans.json"
    scans.write_text('{"scans": []}', encoding="utf-8")
    nothing = said("watch", problem, plan, scans, "--now", "2026-03-01T00:00:00Z")
    assert nothing["overdue"] == []
    late = said("watch", problem, plan, scans, "--now", "2026-03-01T12:00:00Z", code=1)["overdue"]
    assert isinstance(late, list)
    assert {one["state"] for one in late} >= {"missed"}


def test_a_plan_changed_by_hand_is_not_proven(planned: tuple[Path, Path]) -> None:
    problem, path = planned
    plan = msgspec.json.decode(path.read_bytes(), type=RoundPlan)
    path.write_bytes(msgspec.json.encode(replace(plan, walks=plan.walks[1:])))
    answer = said("prove", problem, path, code=1)
    assert (answer["same"], answer["holds"]) == (False, False)
    assert run("prove", problem, path).returncode == 1


def test_an_instant_without_a_zone_is_refused(planned: tuple[Path, Path], tmp_path: Path) -> None:
    scans = tmp_path / "scans.json"
    scans.write_text('{"scans": []}', encoding="utf-8")
    done = run("watch", *planned, scans, "--now", "2026-03-01T12:00:00")
    assert done.returncode == 2
    assert "2026-03-01T08:00:00Z was meant" in done.stderr


def test_inspections_are_planned_proven_and_scored(tmp_path: Path) -> None:
    problem, plan, marks = (tmp_path / name for name in ("problem.json", "plan.json", "marks.json"))
    works = tuple(WorkDone(id=f"w{n}", zone="ab"[n % 2], team="t", contractor="firm", day=20_500) for n in range(4))
    asked = InspectionProblem(
        area="x",
        works=works,
        levels=(InspectionLevel(id="leader", share=0.5),),
        inspectors=(Inspector(id="ann", level="leader", days=(20_501,)),),
        seed="0f" * 16,
    )
    problem.write_bytes(msgspec.json.encode(asked))
    found = said("inspections", "plan", problem, "--out", plan)["inspections"]
    assert isinstance(found, list)
    assert len(found) == 2
    assert "2026-02-17" in run("inspections", "show", problem, plan).stdout
    assert said("inspections", "prove", problem, plan)["holds"] is True
    marks.write_text(json.dumps([{"level": "leader", "work": found[0]["work"], "points": 90}]), encoding="utf-8")
    scores = said("inspections", "scores", problem, marks)
    assert [(one["id"], one["score"]) for one in scores["contractors"]] == [("firm", 90.0)]  # type: ignore[attr-defined]


def test_the_day_of_a_re_check_is_told(tmp_path: Path) -> None:
    calendar = tmp_path / "calendar.json"
    calendar.write_text('{"holidays": ["2026-10-01", "2026-10-02"]}', encoding="utf-8")
    answer = said("inspections", "recheck", "2026-09-30", "--days", 1, "--calendar", calendar)
    assert answer == {"found": "2026-09-30", "recheck": "2026-10-05"}
    assert run("inspections", "recheck", "soon").returncode == 2


def short_of_people(tmp_path: Path, *, origin: dt.datetime) -> tuple[Path, Path]:
    """A round that takes two and has one guard, and its plan."""
    asked = RoundProblem(
        area="x",
        origin=origin,
        horizon=Span(0, 1440),
        spots=(Spot(31.2, 121.4),),
        speeds=Speeds(),
        checkpoints=(Checkpoint(id="gate", spot=0),),
        rounds=(
            RoundToPlan(id="one", checkpoints=("gate",), bands=(Span(60, 61),)),
            RoundToPlan(id="two", checkpoints=("gate",), bands=(Span(120, 121),), people=2),
        ),
        guards=(Guard(id="ann", duties=(GuardDuty(id="d", day=20_000, span=Span(0, 600), spot=0),)),),
        seed="0f" * 16,
    )
    problem, plan = tmp_path / "short.json", tmp_path / "short-plan.json"
    problem.write_bytes(msgspec.json.encode(asked))
    made = run("plan", problem, "--seconds", 60, "--out", plan)
    assert (made.returncode, made.stdout.split(";")[0]) == (0, "1 walked, 1 not"), made.stderr
    return problem, plan


def test_times_are_those_of_the_clocks_the_problem_counts_from_and_it_is_said_which(tmp_path: Path) -> None:
    utc = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    for origin, title, start in (
        (utc, "Rounds, times in UTC", "2026-03-01 01:00"),
        (utc.astimezone(dt.timezone(dt.timedelta(hours=8))), "Rounds, times in UTC+08:00", "2026-03-01 09:00"),
    ):
        out = run("show", *short_of_people(tmp_path, origin=origin)).stdout
        assert title in out and start in out, out


def test_a_plan_that_leaves_out_without_a_reason_is_no_plan_to_show(tmp_path: Path) -> None:
    problem, path = short_of_people(tmp_path, origin=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    plan = msgspec.json.decode(path.read_bytes(), type=RoundPlan)
    path.write_bytes(msgspec.json.encode(replace(plan, unplanned=(replace(plan.unplanned[0], reasons=()),))))
    scans = tmp_path / "scans.json"
    scans.write_text('{"scans": []}', encoding="utf-8")
    for words in (("show", problem, path), ("watch", problem, path, scans, "--now", "2026-03-01T12:00:00Z")):
        done = run(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert "left out without a reason" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("field", ["unseen", "short"])
def test_a_plan_of_inspections_that_names_what_is_not_so_is_no_plan_to_show(field: str, tmp_path: Path) -> None:
    problem, path = tmp_path / "problem.json", tmp_path / "plan.json"
    asked = InspectionProblem(
        area="x",
        works=(WorkDone(id="w", zone="a", team="t", day=20_500),),
        levels=(InspectionLevel(id="leader"),),
        inspectors=(Inspector(id="ann", level="leader", days=(20_501,)),),
        seed="0f" * 16,
    )
    problem.write_bytes(msgspec.json.encode(asked))
    plan = plan_inspections(asked)
    extra = {
        "unseen": (ZoneUnseen(level="leader", zone="a", reasons=()),),
        "short": (SampleShort(level="leader", asked=1, planned=1, reasons=()),),
    }
    path.write_bytes(msgspec.json.encode(replace(plan, **{field: extra[field]})))
    done = run("inspections", "show", problem, path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no plan that can stand" in done.stderr and "Traceback" not in done.stderr
