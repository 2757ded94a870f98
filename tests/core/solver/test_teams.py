"""Teams made for a day: plans are clean, small ones cost the least there is, and the same call gives the same plan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from benchmarks.drawn_teams import DAY, job, random_teams, team_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from team_problems import least_cost

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.kinds import Problem
from dispatch.solver.plan import Effort, TeamPlan, ZonePlan
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve
from dispatch.solver.team_problem import TeamNeed, TeamProblem, TeamWorker
from dispatch.solver.teams.search import solve_teams

ONE = TeamWorker(id="one", levels={"cable": 1})


def plan_of(problem: TeamProblem, budget: int = 24, seed: int = 1, start: TeamPlan | None = None) -> TeamPlan:
    plan = solve(problem, budget=budget, seed=seed, start=start)
    assert isinstance(plan, TeamPlan)
    assert check(problem, plan) == []
    return plan


@pytest.mark.parametrize("seed", range(12))
def test_the_least_cost_is_found_on_small_problems(seed: int) -> None:
    problem = random_teams(seed, jobs=6, workers=3, budget=4 if seed % 2 else 0)
    assert plan_of(problem, budget=200).total == least_cost(problem)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 40), st.integers(1, 8), st.integers(0, 20))
def test_whatever_the_problem_the_plan_is_clean_and_search_makes_it_no_worse(
    seed: int, jobs: int, workers: int, budget: int
) -> None:
    problem = random_teams(seed, jobs, workers, budget=budget)
    first = plan_of(problem, budget=0)
    better = plan_of(problem, budget=4)
    assert first.unplanned == better.unplanned == ()
    assert better.total <= first.total
    assert plan_of(problem, budget=1, seed=2, start=better).total <= better.total


def test_a_better_contractor_budget_or_one_more_worker_never_costs_more() -> None:
    for seed in range(6):
        problem = random_teams(seed, jobs=5, workers=3, budget=2)
        cost = plan_of(problem).total
        assert plan_of(replace(problem, contractor_budget=5)).total <= cost
        more = TeamWorker(id="more", levels={"cable": 2, "power": 2})
        assert plan_of(replace(problem, workers=(*problem.workers, more))).total <= cost


def test_what_all_workers_together_cannot_do_is_handed_out_or_named_with_all_that_follows() -> None:
    hard = replace(job("hard", 2, price=5), needs=(TeamNeed(skill="cable", level=2, people=1),))
    jobs = (hard, job("next", 1, after=("hard",), price=1), job("other", 2))
    plan = plan_of(team_problem(jobs, (ONE,)))
    assert [(one.id, one.reasons[0].rule) for one in plan.unplanned] == [
        ("hard", Rule.TEAM_SKILL),
        ("next", Rule.JOB_ORDER),
    ]
    assert "1 more with cable at level 2" in plan.unplanned[0].reasons[0].hint
    assert plan_of(team_problem(jobs, (ONE,), budget=6)).handed_out == ("hard", "next")


def test_what_nobody_can_do_is_paid_for_when_it_follows_a_job_to_the_contractor() -> None:
    hard = replace(job("hard", 2, after=("first",), price=5), needs=(TeamNeed(skill="cable", level=2, people=1),))
    jobs = (job("first", 8, price=2), hard, job("other", 8))
    short = plan_of(team_problem(jobs, (ONE,), budget=3))
    assert (short.handed_out, [one.id for one in short.unplanned]) == ((), ["hard"])
    assert plan_of(team_problem(jobs, (ONE,), budget=7)).handed_out == ("first", "hard")


def test_a_plan_that_leaves_less_out_is_not_given_up_for_one_that_ends_no_later() -> None:
    impossible = (TeamNeed(skill="cable", level=2, people=1),)
    lone = (replace(job("cheap", 2, price=1), needs=impossible), replace(job("dear", 2, price=2), needs=impossible))
    leader = replace(job("leader", 2, price=0), needs=impossible)
    jobs = (leader, *(job(f"after{one}", 1, after=("leader",), price=1) for one in "abc"), job("other", 2))
    kept = plan_of(team_problem((*(replace(one, price=None) for one in lone), *jobs), (ONE,), budget=3))
    assert [one.id for one in kept.unplanned] == ["cheap", "dear"]
    again = plan_of(team_problem((*lone, *jobs), (ONE,), budget=3), budget=0, start=kept)
    assert again.total <= kept.total


def test_a_job_waits_for_a_day_on_which_enough_people_are_there() -> None:
    away = replace(ONE, absent=tuple(range(1, 40)))
    plan = plan_of(team_problem((job("only", 3),), (away,)), budget=0)
    assert [(day.day, len(day.teams)) for day in plan.days][-1] == (40, 1)
    assert plan.total == 8 * (39 * DAY + 3)


def test_nobody_and_nothing_give_an_empty_plan_and_nobody_names_the_work() -> None:
    assert plan_of(team_problem((), (ONE,))).days == ()
    plan = plan_of(team_problem((job("only", 3),), ()))
    assert [one.id for one in plan.unplanned] == ["only"]


def test_a_standing_plan_is_gone_on_from_and_kept_where_nothing_is_better() -> None:
    problem = random_teams(3, jobs=20, workers=4)
    good = plan_of(problem, budget=40)
    again = plan_of(problem, budget=0, seed=9, start=good)
    assert again.total <= good.total
    assert {stop.job for day in again.days for team in day.teams for stop in team.stops} == {
        one.id for one in problem.jobs
    }


def test_a_standing_plan_that_breaks_rules_is_mended() -> None:
    problem = random_teams(3, jobs=12, workers=4)
    good = plan_of(problem)
    torn = replace(good, days=tuple(replace(day, day=1) for day in good.days))
    assert plan_of(problem, budget=0, start=torn).unplanned == ()


def test_the_clock_and_a_cancel_end_the_search_and_the_plan_says_so() -> None:
    problem = random_teams(5, jobs=30, workers=4)
    assert plan_of(problem, budget=3).effort.repeatable
    assert not solve_teams(problem, budget=10**9, seed=1, seconds=0.0).effort.repeatable
    asked: Iterator[bool] = iter((False, False, True))
    stopped = solve_teams(problem, budget=10**9, seed=1, cancel=lambda: next(asked))
    assert not stopped.effort.repeatable
    assert stopped.effort.used > 0
    assert check(problem, stopped) == []


def test_without_a_budget_only_a_cancel_or_the_clock_ends_the_search() -> None:
    problem = random_teams(3, jobs=30, workers=5)
    asked = iter([False] * 5)
    stopped = solve(problem, budget=None, seed=1, cancel=lambda: next(asked, True))
    assert stopped.effort.budget == stopped.effort.used > 0
    assert not stopped.effort.repeatable


def test_better_plans_are_told_as_they_are_found() -> None:
    problem = random_teams(8, jobs=40, workers=5)
    told: list[float] = []
    plan = solve_teams(problem, budget=60, seed=1, on_best=lambda one: told.append(one.total))
    assert told == sorted(told, reverse=True)
    assert told[-1:] == [plan.total][: len(told)]


def test_a_plan_that_costs_enough_ends_the_search() -> None:
    problem = random_teams(8, jobs=40, workers=5)
    told: list[float] = []
    solve_teams(problem, budget=60, seed=1, on_best=lambda one: told.append(one.total))
    plan = solve(problem, budget=60, seed=1, enough=told[0])
    assert plan.total == told[0]
    assert plan.effort.used < plan.effort.budget
    assert plan.effort.repeatable


def test_one_core_or_two_and_another_process_give_the_same_plan(tmp_path: Path) -> None:
    problem = random_teams(11, jobs=30, workers=5, budget=6)
    here = msgspec.json.encode(solve_teams(problem, budget=20, seed=7))
    assert msgspec.json.encode(solve_teams(problem, budget=20, seed=7, cores=1)) == here
    path = tmp_path / "problem.json"
    path.write_bytes(msgspec.json.encode(problem))
    out = tmp_path / "plan.json"
    command = [sys.executable, "-m", "dispatch", "solve", str(path), "--budget", "20", "--seed", "7", "--out", str(out)]
    subprocess.run(command, check=True, capture_output=True)
    assert msgspec.json.decode(out.read_bytes(), type=TeamPlan) == msgspec.json.decode(here, type=TeamPlan)
    found = subprocess.run(
        [sys.executable, "-m", "dispatch", "check", str(path), str(out)], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stdout) == (0, "")


def test_a_problem_file_is_read_as_what_it_is() -> None:
    problem = random_teams(1, jobs=3, workers=2)
    assert msgspec.json.decode(msgspec.json.encode(problem), type=Problem) == problem


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (team_problem((job("a", 1), job("a", 2)), (ONE,)), "job 'a' stands in it twice"),
        (team_problem((), (ONE, ONE)), "worker 'one' stands in it twice"),
        (team_problem((job("a", DAY + 1),), (ONE,)), "takes 9 ticks, but a day has 8"),
        (team_problem((job("a", 1, after=("z",)),), (ONE,)), "comes after 'z', which is unknown"),
        (team_problem((job("a", 1, after=("b",)), job("b", 1, after=("a",))), (ONE,)), "is a circle"),
    ],
)
def test_what_is_no_problem_is_said(problem: TeamProblem, says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        solve(problem, budget=1, seed=1)


def test_a_plan_of_another_kind_cannot_start_it() -> None:
    zones = ZonePlan(effort=Effort(solver="", seed=0, budget=0, used=0))
    with pytest.raises(ProblemError, match="A ZonePlan cannot start a TeamProblem"):
        solve(team_problem((), (ONE,)), budget=1, seed=1, start=zones)
