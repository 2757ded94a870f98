"""The same problem, seed and budget give the same bytes in any process; and the problems tried have every rule."""

from __future__ import annotations

import argparse
import asyncio

import pytest
from benchmarks import repeat
from msgspec import Struct, structs

from dispatch.solver.inspection_problem import InspectionLevel, InspectionProblem, Inspector, WorkDone
from dispatch.solver.kinds import Problem
from dispatch.solver.problem import (
    DayCap,
    Duty,
    Pin,
    RouteProblem,
    RouteWeights,
    Skill,
    Tie,
    Visit,
    Worker,
    ZoneHelper,
    ZoneProblem,
    ZoneToGive,
)
from dispatch.solver.round_problem import Every, Guard, GuardDuty, RoundProblem, RoundToPlan, Variation
from dispatch.solver.team_problem import TeamJob, TeamProblem, TeamWorker


def same(problems: int) -> None:
    given = argparse.Namespace(problems=problems, budget=2, seed=1)
    figures = {one.name: one for one in asyncio.run(repeat.run(given))}
    assert figures["same plan twice"].value == problems
    assert figures["plans compared"].value > 1


def test_a_few_problems_have_the_same_plan_under_load() -> None:
    same(3)


def test_half_of_the_problems_of_every_kind_are_searched_on_two_cores() -> None:
    by_kind: dict[type, list[int]] = {}
    for number in range(repeat.PROBLEMS):
        by_kind.setdefault(type(repeat.problem(number)), []).append(repeat.cores_of(number))
    assert all(set(some) == {1, 2} for some in by_kind.values())
    assert sum(some.count(2) for some in by_kind.values()) == repeat.PROBLEMS // 2


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_all_problems_have_the_same_plan_under_load() -> None:
    same(repeat.PROBLEMS)


def parts(problem: Problem) -> list[Struct]:
    """``problem`` and everything in it that has fields."""
    match problem:
        case RouteProblem():
            duties = [duty for worker in problem.workers for duty in worker.duties]
            skills = [skill for worker in problem.workers for skill in worker.skills]
            caps = [cap for worker in problem.workers for cap in worker.caps]
            pins = [visit.pin for visit in problem.visits if visit.pin is not None]
            lists = (problem.workers, problem.visits, problem.ties, duties, skills, caps, pins)
            return [problem, problem.weights, *(one for some in lists for one in some)]
        case ZoneProblem():
            return [problem, *problem.helpers, *problem.zones]
        case TeamProblem():
            return [problem, *problem.jobs, *problem.workers]
        case RoundProblem():
            every = [one.every for one in problem.rounds if one.every is not None]
            duties = [duty for guard in problem.guards for duty in guard.duties]
            return [problem, problem.variation, *problem.rounds, *problem.guards, *every, *duties]
        case InspectionProblem():
            return [problem, *problem.works, *problem.levels, *problem.inspectors]


@pytest.mark.parametrize(
    "form",
    [
        RouteProblem, RouteWeights, Worker, Duty, DayCap, Skill, Visit, Pin, Tie,
        ZoneProblem, ZoneHelper, ZoneToGive, TeamProblem, TeamJob, TeamWorker,
        RoundProblem, RoundToPlan, Every, Guard, GuardDuty, Variation,
        InspectionProblem, WorkDone, InspectionLevel, Inspector,
    ],
)  # fmt: skip
def test_every_field_of_a_problem_is_used_and_unused(form: type[Struct]) -> None:
    found = [part for number in range(repeat.PROBLEMS) for part in parts(repeat.problem(number)) if type(part) is form]
    for field in structs.fields(form):
        if field.name in FIXED:
            continue
        values = {repr(getattr(part, field.name)) for part in found}
        assert len(values) > 1, f"{form.__name__}.{field.name} is always {values}"


FIXED = {"area", "origin", "day_ticks", "weights", "first", "day"}
