"""Travel in whole rows is travel way by way, which is the model's own formula or the matrix, to the tick."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from solver_problems import line_problem, worker

from dispatch.model.travel import Speeds, distance_km, travel_minutes
from dispatch.solver.problem import Matrix, Spot
from dispatch.solver.travel import Travel

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


def travel_over(spots: list[Spot], tick_seconds: int = 60, **more: object) -> Travel:
    walker, rider = worker("w1", mode="walk"), worker("w2", mode="bike")
    settings = {"spots": tuple(spots), "tick_seconds": tick_seconds, **(more or {"speeds": Speeds()})}
    if "matrix" not in more:
        settings["matrix"] = UNSET
    return Travel(line_problem((walker, rider), (), **settings))


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


def test_a_matrix_may_be_lopsided() -> None:
    ticks = ((0, 5), (9, 0))
    travel = travel_over([Spot(0, 0), Spot(1, 1)], matrix=Matrix(ticks={"walk": ticks, "bike": ticks}))
    assert travel.between(0, 0, 1) == 5
    assert travel.between(0, 1, 0) == 9
    assert travel.away(0)[0].tolist() == [0, 5]
    assert travel.to(0)[0].tolist() == [0, 9]


@pytest.mark.parametrize("count", [1_000, 20_000])
def test_nothing_is_computed_before_it_is_asked_for(count: int) -> None:
    spots = [Spot(31 + index / 1e6, 121 + index / 1e6) for index in range(count)]
    begun = time.perf_counter()
    travel = travel_over(spots)
    assert travel.between(0, 0, count - 1) > 0
    assert time.perf_counter() - begun < 0.5
