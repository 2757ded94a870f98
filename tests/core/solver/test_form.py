"""A problem that cannot be planned is refused by solver and check alike, with what, which value and where."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import msgspec
import pytest
from benchmarks.drawn_contracts import advisers
from benchmarks.drawn_rounds import random_rounds
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import DAY, duty, line_matrix, line_problem, visit, worker

from dispatch.model.errors import ProblemError
from dispatch.model.travel import Speeds
from dispatch.solver.checks import check, faults
from dispatch.solver.checks.visit_form import ROUND
from dispatch.solver.plan import Effort, RoutePlan, ZonePlan
from dispatch.solver.problem import (
    DayCap,
    Matrix,
    Pin,
    Rest,
    RouteProblem,
    RouteWeights,
    SharedTool,
    Skill,
    Span,
    Spot,
    Store,
    Tie,
    Told,
    Traffic,
    ZoneHelper,
    ZoneProblem,
    ZoneToGive,
)
from dispatch.solver.search.prepare import MUST
from dispatch.solver.solve import insert, solve

EFFORT = Effort(solver="hand", seed=0, budget=0, used=0)
GOOD = line_problem((worker(),), (visit(),))
VISIT = {"id": "v1", "spot": 1, "ticks": 30, "windows": [[0, 1440]]}
STORE = Store(id="depot", spot=1)
DRAIN = SharedTool(id="drain", pieces=0)
AB = replace(GOOD, visits=(visit("a"), visit("b"), visit("c")))


def tied(*ties: tuple[str, str, int | None, int | None]) -> RouteProblem:
    """Visits a, b and c with these ties: first, then, least, most."""
    found = tuple(Tie(first=first, then=then, least=least, most=most) for first, then, least, most in ties)
    return replace(AB, ties=found)


def busy(*spans: tuple[int, int, int]) -> RouteProblem:
    """The good problem with traffic for who walks: from, to, percent."""
    traffic = tuple(Traffic(mode="walk", span=Span(start, end), speed=speed) for start, end, speed in spans)
    return replace(GOOD, traffic=traffic)


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
    "overlap. Maybe by the overtime of the first": replace(
        GOOD, workers=(worker("w1", duty("d1", 480, 900, overtime=1), duty("d2", 900, 999)),)
    ),
    "allows -1 ticks of overtime": replace(GOOD, workers=(worker("w1", duty(overtime=-1)),)),
    "traffic for 'walk' ends before it starts": busy((9, 8, 50)),
    "lets 'walk' get on at 0 percent": busy((8, 9, 0)),
    "lets 'walk' get on at 101 percent": busy((8, 9, 101)),
    "two spans of traffic for 'walk' overlap at tick 8": busy((5, 9, 50), (8, 12, 60)),
    "store 'depot' stands in it twice": replace(GOOD, stores=(STORE, STORE)),
    "'v1' is the id of a store and of a visit": replace(GOOD, stores=(replace(STORE, id="v1"),)),
    "store 'depot' is at spot 10, but there are 10": replace(GOOD, stores=(replace(STORE, spot=10),)),
    "a stop at store 'depot' takes -1 ticks": replace(GOOD, stores=(replace(STORE, ticks=-1),)),
    "shared tool 'drain' stands in it twice": replace(GOOD, shared=(DRAIN, DRAIN)),
    "there are -1 pieces of the shared tool 'drain'": replace(GOOD, shared=(replace(DRAIN, pieces=-1),)),
    "duty 'd1' of 'w1' has taken 'saw', which is no shared tool": replace(
        GOOD, shared=(DRAIN,), workers=(worker("w1", duty(taken=("drain", "saw"))),)
    ),
    "visit 'v1' has negative ticks or weight": replace(GOOD, visits=(visit(weight=-1),)),
    "visit 'v1' has negative ticks": replace(GOOD, visits=(visit(ticks=-1),)),
    "has negative ticks or weight": replace(GOOD, visits=(visit(ticks_by={"w1": 5, "w2": -1}),)),
    "or fewer than one person": replace(GOOD, visits=(visit(people=0),)),
    "visit 'v1' asks for -1 of part 'valve'": replace(GOOD, visits=(visit(parts={"tap": 0, "valve": -1}),)),
    "worker 'w1' has -2 of part 'valve'": replace(GOOD, workers=(worker(parts={"valve": -2}),)),
    "the tie of visits 'a' and 'x' names 'x', which is no visit": tied(("a", "x", 0, 0)),
    "the tie of visits 'x' and 'b' names 'x', which is no visit": tied(("x", "b", 0, 0)),
    "the tie of visits 'a' and 'a' binds a visit to itself": tied(("a", "a", 0, 0)),
    "the tie of visits 'b' and 'c' has a negative gap": tied(("b", "c", 0, -1)),
    "has a gap of at least 6 and at most 5 ticks": tied(("a", "b", 6, 5)),
    "the ties of visits 'a', 'b' contradict each other": tied(("a", "b", 1, 5), ("b", "a", 0, None), ("b", "c", 0, 9)),
    "the ties of visits 'a', 'b', 'c' contradict each other": tied(
        ("a", "b", 5, 9), ("b", "c", 5, 9), ("a", "c", 0, 9)
    ),
    "spot 1 lies at latitude 95 and longitude 400": replace(
        GOOD, spots=(GOOD.spots[0], Spot(95, 400), *GOOD.spots[2:])
    ),
    "spot 0 lies at latitude nan": replace(GOOD, spots=(Spot(math.nan, 0.0), *GOOD.spots[1:])),
    "latitude 121.4 and longitude 31.2; they go from -90 to 90 and from -180 to 180. Maybe longitude stands": replace(
        GOOD, spots=(Spot(121.4, 31.2), *GOOD.spots[1:])
    ),
    "its origin has no time zone": replace(GOOD, origin=GOOD.origin.replace(tzinfo=None)),
    "visit 'v1' has no window": replace(GOOD, visits=(visit(windows=()),)),
    "the price of visit 'v1' is nan": replace(GOOD, visits=(visit(price=math.nan),)),
    "the price of visit 'v1' is -1": replace(GOOD, visits=(visit(price=-1.0),)),
    "the price of a tick of lateness of visit 'v1' is inf": replace(GOOD, visits=(visit(late_weight=math.inf),)),
    "visit 'v1' has a price of 1e+10, more than a round or a pin": replace(
        GOOD, visits=(visit(price=1e10), visit("round", cover=True))
    ),
    "visit 'v1' has a price of 2e+09": replace(
        GOOD, visits=(visit(price=2e9), visit("pinned", pin=Pin(workers=("w1",))))
    ),
    "the weight fair of the problem is nan": replace(GOOD, weights=RouteWeights(fair=math.nan)),
    "the weight travel of the problem is -1": replace(GOOD, weights=RouteWeights(travel=-1.0)),
    "the certificate 'gas' of 'w1' holds from day 5 to day 4": replace(
        GOOD, workers=(worker(skills=(Skill(skill="gas", first=5, last=4),)),)
    ),
    "the cap of day 3 of 'w1' is -1 visits": replace(GOOD, workers=(worker(caps=(DayCap(day=3, max_visits=-1),)),)),
    "the cap of day 3 of 'w1' is -2 ticks": replace(GOOD, workers=(worker(caps=(DayCap(day=3, max_ticks=-2),)),)),
    "the cap of visits of duty 'd1' of 'w1' is -1": replace(GOOD, workers=(worker("w1", duty(max_visits=-1)),)),
    "the cap of ticks of duty 'd1' of 'w1' is -1": replace(GOOD, workers=(worker("w1", duty(max_ticks=-1)),)),
    "the cap of weight of duty 'd1' of 'w1' is -1": replace(GOOD, workers=(worker("w1", duty(max_weight=-1)),)),
    "the cap of households of duty 'd1' of 'w1' is -1": replace(GOOD, workers=(worker("w1", duty(max_households=-1)),)),
    "the price of duty 'd1' of 'w1' is nan": replace(GOOD, workers=(worker("w1", duty(price=math.nan)),)),
    "the price of a tick of overtime of duty 'd1' of 'w1' is -1": replace(
        GOOD, workers=(worker("w1", duty(overtime_price=-1.0)),)
    ),
    "a break of duty 'd1' of 'w1' takes -1 ticks": replace(
        GOOD, workers=(worker("w1", duty(rests=(Rest(span=Span(500, 600), ticks=-1),))),)
    ),
    "a break of duty 'd1' of 'w1' takes 30 ticks, its span is only 20": replace(
        GOOD, workers=(worker("w1", duty(rests=(Rest(span=Span(720, 740), ticks=30),))),)
    ),
    "the ties of visits 'b', 'c' contradict": tied(("a", "b", 0, 9), ("b", "c", 0, 4), ("b", "c", 5, 9)),
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
    overtime = replace(GOOD, workers=(worker("w1", duty("a", 480, 900, overtime=60), duty("b", 960, 970)),))
    assert list(faults(overtime)) == []
    at_store = replace(GOOD, stores=(STORE, Store(id="other", spot=1)), workers=(worker(parts={"valve": 0}),))
    assert list(faults(at_store)) == []


@pytest.mark.parametrize(
    "ties",
    [
        [("a", "b", 0, 0), ("b", "c", 0, 0), ("c", "a", 0, 0)],
        [("a", "b", 0, None), ("b", "c", 5, None), ("a", "c", 5, 5)],
        [("a", "b", 5, 9), ("b", "c", 5, 9), ("a", "c", 0, 10)],
        [("a", "b", 0, None), ("b", "a", 0, None)],
        [("a", "b", 3, 3), ("a", "b", 0, 5)],
        [("a", "b", -5, 5), ("b", "a", -3, 0)],
        [("a", "b", None, 0), ("b", "a", None, None), ("b", "c", 1, None), ("c", "a", -1, 9)],
    ],
)
def test_ties_that_some_starts_keep_have_no_fault(ties: list[tuple[str, str, int | None, int | None]]) -> None:
    assert list(faults(tied(*ties))) == []


def test_what_is_left_of_a_day_has_no_fault() -> None:
    """As a day goes on duties are cut to what is left of them, and people named are off: no fault."""
    over = (Rest(span=Span(300, 360), ticks=30), Rest(span=Span(470, 500), ticks=30))
    cut = duty(rests=over, absences=(Span(0, 400),), midnights=(-10, 2000))
    people = (worker("w1", cut, caps=(DayCap(day=DAY + 7, max_visits=0),)),)
    off = visit(
        ticks_by={"off": 5}, among=("off", "w1"), keep=("off",), never=("gone",), told=Told(workers=("off",), start=500)
    )
    problem = replace(GOOD, workers=people, visits=(off,))
    assert list(faults(problem)) == []
    plan = insert(problem)
    assert check(problem, plan) == []
    assert [stop.visit for route in plan.routes for stop in route.stops] == ["v1"]


def test_what_the_search_itself_asks_has_no_fault() -> None:
    """What it holds still it prices as a round; above that goes nothing where there are rounds."""
    assert ROUND == MUST
    assert list(faults(replace(GOOD, visits=(visit(price=MUST), visit("round", cover=True))))) == []
    assert list(faults(replace(GOOD, visits=(visit(price=1e11),)))) == []


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"spots": [[0, 1e308], *[[0, 0]] * 9]}, r"`float` <= 180.0 - at `\$.spots\[0\]\[1\]`"),
        ({"spots": [[95, 0], *[[0, 0]] * 9]}, r"`float` <= 90.0"),
        ({"visits": [{**VISIT, "price": 1e9}]}, r"`float` <= 100000000.0 - at `\$.visits.0..price`"),
        ({"visits": [{**VISIT, "late_weight": 1e7}]}, r"late_weight"),
        ({"weights": {"fair": 1e9}}, r"\$.weights.fair"),
        ({"origin": "2026-11-23T00:00:00"}, r"timezone component - at `\$.origin`"),
    ],
)
def test_a_file_says_where_it_is_out_of_range(part: dict[str, Any], where: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=where):
        msgspec.convert(msgspec.to_builtins(GOOD) | part, RouteProblem)


@pytest.mark.parametrize("kind", ["zones", "rounds", "contracts"])
def test_positions_of_every_kind_are_on_the_globe(kind: str) -> None:
    problem = {"zones": ZONES, "rounds": random_rounds(1), "contracts": advisers(1, helpers=2, each=6)}[kind]
    off = replace(problem, spots=(Spot(0.0, math.nan), *problem.spots[1:]))
    assert list(faults(problem)) == []
    assert any("spot 0 lies at latitude 0 and longitude nan" in fault for fault in faults(off))


def test_a_part_nobody_has_keeps_a_visit_out_not_the_problem() -> None:
    assert list(faults(replace(GOOD, visits=(visit(tools=("saw",), parts={"valve": 1}),)))) == []


GAPS = st.tuples(st.integers(-2, 2) | st.none(), st.integers(0, 4) | st.none()).filter(
    lambda gap: None in gap or gap[0] <= gap[1]
)
"""Least and most."""


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.permutations("abc"), GAPS), max_size=4))
def test_ties_contradict_exactly_if_no_starts_keep_them(
    drawn: list[tuple[list[str], tuple[int | None, int | None]]],
) -> None:
    ties = [(pair[0], pair[1], *gap) for pair, gap in drawn]
    kept = any(
        all(
            at[then] - at[first] in range(-99 if least is None else least, 99 if most is None else most + 1)
            for first, then, least, most in ties
        )
        for at in (dict(zip("abc", starts, strict=True)) for starts in product(range(9), repeat=3))
    )
    assert kept == (list(faults(tied(*ties))) == [])


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
    with pytest.raises(ProblemError, match="ZonePlan"):
        solve(GOOD, budget=0, seed=0, start=ZonePlan(effort=EFFORT))
    with pytest.raises(ProblemError, match="RoutePlan"):
        solve(ZONES, budget=0, seed=0, start=RoutePlan(effort=EFFORT))
