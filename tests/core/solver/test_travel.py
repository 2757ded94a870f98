"""Travel in whole rows is travel way by way, which is the model's own formula or the matrix, to the tick."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from solver_problems import line_problem, worker

from dispatch.model.travel import EARTH_KM, Speeds, distance_km, travel_minutes
from dispatch.solver.problem import Matrix, Spot
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.ways import ways
from dispatch.solver.travel import Travel, way_by_speed

POSITION = st.builds(
    Spot,
    st.floats(-85, 85, allow_nan=False).map(lambda value: round(value, 4)),
    st.floats(-179, 179, allow_nan=False).map(lambda value: round(value, 4)),
)
NEAR = st.builds(
    Spot,
    st.integers(0, 300).map(lambda step: 31.2 + step / 10_000),
    st.integers(0, 300).map(lambda step: 121.4 + step / 10_000),
)

COMPILED = settings(deadline=None)
"""The first call may have to compile."""


def travel_over(spots: list[Spot], tick_seconds: int = 60, **more: object) -> Travel:
    walker, rider = worker("w1", mode="walk"), worker("w2", mode="bike")
    given_ways = {"matrix": UNSET, **(more or {"speeds": Speeds()})}
    return Travel(line_problem((walker, rider), (), spots=tuple(spots), tick_seconds=tick_seconds, **given_ways))


@given(st.lists(st.one_of(NEAR, POSITION), min_size=2, max_size=12))
def test_minutes_are_those_of_the_model(spots: list[Spot]) -> None:
    travel = travel_over(spots)
    for index, mode in enumerate(travel.modes):
        for here, start in enumerate(spots):
            row = travel.away(here)[index].tolist()
            for there, end in enumerate(spots):
                minutes = travel_minutes(Speeds(), mode, (start.lat, start.lon), (end.lat, end.lon))
                assert row[there] == travel.between(index, here, there) == minutes
                assert travel.to(here)[index, there] == travel.between(index, there, here)


@given(st.lists(NEAR, min_size=2, max_size=8), st.sampled_from([1, 10, 30, 90]))
def test_finer_ticks_round_up_to_the_tick(spots: list[Spot], tick_seconds: int) -> None:
    travel = travel_over(spots, tick_seconds)
    speeds = Speeds()
    for there in range(1, len(spots)):
        one, other = spots[0], spots[there]
        km = distance_km(one.lat, one.lon, other.lat, other.lon)
        seconds = (speeds.fixed_min + km * speeds.detour / speeds.walk * 60) * 60
        ticks = travel.between(travel.mode_index["walk"], 0, there)
        assert ticks == (0 if one == other else math.ceil(seconds / tick_seconds - 1e-9))
        assert ticks == travel.away(0)[travel.mode_index["walk"], there]


def whole_ticks_apart(steps: list[tuple[int, float]], tick_seconds: int) -> list[Spot]:
    """Spots along a meridian, by steps of one tick on foot, each a few billionths of a tick off."""
    speeds = Speeds()
    step = math.degrees(tick_seconds / 3600 * speeds.walk / speeds.detour / EARTH_KM)
    return [Spot(31.2 + (count + off) * step, 121.4) for count, off in steps]


def same_as_way_by_way(spots: list[Spot], tick_seconds: int) -> None:
    people = (worker("w1", mode="walk"), worker("w2", mode="bike"), worker("w3", mode="car"))
    problem = line_problem(people, (), spots=tuple(spots), tick_seconds=tick_seconds, speeds=Speeds(), matrix=UNSET)
    compiled = Compiled(problem)
    found = ways(compiled, range(len(spots)))
    for index, mode in enumerate(compiled.travel.modes):
        ticks = [[way_by_speed(Speeds(), mode, one, other, tick_seconds) for other in spots] for one in spots]
        assert found[index, :-1, :-1].tolist() == ticks
        assert not found[index, -1].any() and not found[index, :, -1].any()


@COMPILED
@given(st.lists(st.one_of(NEAR, POSITION), max_size=12), st.sampled_from([1, 10, 30, 60, 90]))
def test_ways_of_the_search_are_those_of_one_by_one(spots: list[Spot], tick_seconds: int) -> None:
    same_as_way_by_way([*spots, *spots[:2]], tick_seconds)


@COMPILED
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.sampled_from([0.0, 1e-10, -1e-10, 1e-9, -1e-9, 2e-9, -2e-9, 1e-7, -1e-7])),
        min_size=2,
        max_size=24,
    ),
    st.sampled_from([1, 10, 30, 60]),
)
def test_ways_of_the_search_are_exact_where_the_last_bit_decides(
    steps: list[tuple[int, float]], tick_seconds: int
) -> None:
    same_as_way_by_way(whole_ticks_apart(steps, tick_seconds), tick_seconds)


def test_there_may_be_more_doubtful_ways_than_were_expected() -> None:
    same_as_way_by_way(whole_ticks_apart([(step, 0.0) for step in range(60)], 60), 60)


def test_a_matrix_may_be_lopsided() -> None:
    ticks = ((0, 5), (9, 0))
    travel = travel_over([Spot(0, 0), Spot(1, 1)], matrix=Matrix(ticks={"walk": ticks, "bike": ticks}))
    assert travel.between(0, 0, 1) == 5
    assert travel.between(0, 1, 0) == 9
    assert travel.away(0)[0].tolist() == [0, 5]
    assert travel.to(0)[0].tolist() == [0, 9]


@pytest.mark.alone
@pytest.mark.parametrize("count", [1_000, 20_000])
def test_nothing_is_computed_before_it_is_asked_for(count: int) -> None:
    spots = [Spot(31 + index / 1e6, 121 + index / 1e6) for index in range(count)]
    begun = time.perf_counter()
    travel = travel_over(spots)
    assert travel.between(0, 0, count - 1) > 0
    assert time.perf_counter() - begun < 0.5
