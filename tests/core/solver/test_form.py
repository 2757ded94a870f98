"""A problem that cannot be planned is refused by solver and check alike, with what, which value and where."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import DAY, duty, line_matrix, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.model.travel import Speeds
from dispatch.solver.checks import check, faults
from dispatch.solver.plan import Effort, RoutePlan, ZonePlan
from dispatch.solver.problem import Matrix, RouteProblem, Span, Spot, ZoneHelper, ZoneProblem, ZoneToGive
from dispatch.solver.solve import insert, solve

EFFORT = Effort(solver="hand", seed=0, budget=0, used=0)
GOOD = line_problem((worker(),), (visit(),))

BAD: dict[str, RouteProblem] = {
    "visit 'v1' stands in it twice": replace(GOOD, visits=(visit(), visit())),
    "worker 'w1' stands in it twice": replace(GOOD, workers=(worker(), worker())),
    "duty 'd1' stands in it twice": replace(GOOD, workers=(worker("w1", duty(), duty(start=1000, end=1100)),)),
    "visit 'v1' is at spot 10, but there are 10 spots": replace(GOOD, visits=(visit(spot=10),)),
    "names spot 99": replace(GOOD, workers=(worker("w1", duty(end_spot=99)),)),
    "no travel times for the mode 'car'": replace(GOOD, workers=(worker(mode="car"),)),
    "is not 10 × 10": replace(GOOD, matrix=line_matrix(9)),
    "holds a negative travel time": replace(GOOD, matrix=Matrix(ticks={"walk": ((-1,) * 10,) * 10})),
    "neither speeds nor a matrix": replace(GOOD, matrix=UNSET),
    "no speed for the mode of travel 'rocket'": replace(
        GOOD, matrix=UNSET, speeds=Speeds(), workers=(worker(mode="rocket"),)
    ),
    "window of visit 'v1' ends before it starts": replace(GOOD, visits=(visit(windows=(Span(5, 4),)),)),
    "span of duty 'd1' of 'w1' ends before": replace(GOOD, workers=(worker("w1", duty(start=9, end=8)),)),
    "duties 'd1' and 'd2' of 'w1' overlap": replace(
        GOOD, workers=(worker("w1", duty("d2", 900, 999), duty("d1", 480, 901)),)
    ),
}


@pytest.mark.parametrize("words", BAD)
def test_a_route_problem_at_fault_is_refused(words: str) -> None:
    problem = BAD[words]
    assert any(words in fault for fault in faults(problem))
    with pytest.raises(ProblemError, match="cannot be planned"):
        insert(problem)
    with pytest.raises(ProblemError, match="cannot be planned"):
        check(problem, RoutePlan(effort=EFFORT))


def test_a_sound_problem_has_no_fault() -> None:
    assert list(faults(GOOD)) == []
    touching = replace(GOOD, workers=(worker("w1", duty("a", 480, 900), duty("b", 900, 960)),))
    assert list(faults(touching)) == []


ZONES = ZoneProblem(
    area="z",
    day=DAY,
    spots=(Spot(31, 121),),
    helpers=(ZoneHelper(id="h", spot=0),),
    zones=(ZoneToGive(id="z", spot=0),),
)

BAD_ZONES: dict[str, ZoneProblem] = {
    "zone 'z' stands in it twice": replace(ZONES, zones=ZONES.zones * 2),
    "helper 'h' stands in it twice": replace(ZONES, helpers=ZONES.helpers * 2),
    "'z' is at spot 1, but there are 1 spots": replace(ZONES, zones=(ZoneToGive(id="z", spot=1),)),
    "no speed for 'rocket'": replace(ZONES, helpers=(ZoneHelper(id="h", spot=0, mode="rocket"),)),
    "negative number of households": replace(ZONES, zones=(ZoneToGive(id="z", spot=0, households=-1),)),
}


@pytest.mark.parametrize("words", BAD_ZONES)
def test_a_zone_problem_at_fault_is_refused(words: str) -> None:
    assert any(words in fault for fault in faults(BAD_ZONES[words]))
    with pytest.raises(ProblemError, match="cannot be planned"):
        solve(BAD_ZONES[words], budget=0, seed=0)


def test_a_start_of_the_other_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="ZonePlan"):
        solve(GOOD, budget=0, seed=0, start=ZonePlan(effort=EFFORT))
    with pytest.raises(TypeError, match="RoutePlan"):
        solve(ZONES, budget=0, seed=0, start=RoutePlan(effort=EFFORT))
