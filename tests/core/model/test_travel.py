"""Distance on the sphere, and the minutes it takes."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model.travel import EARTH_KM, Speeds, distance_km, travel_minutes

spots = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
near = st.tuples(st.floats(29.9, 30.1), st.floats(119.9, 120.1))
modes = st.sampled_from(["walk", "bike", "car"])
HALF_ROUND = math.pi * EARTH_KM


@given(spots, spots)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_round_the_earth(
    here: tuple[float, float], there: tuple[float, float]
) -> None:
    way = distance_km(*here, *there)
    assert way == pytest.approx(distance_km(*there, *here), abs=1e-9)
    assert 0 <= way <= HALF_ROUND * (1 + 1e-12)
    assert distance_km(*here, *here) == 0


@given(spots, spots, spots)
def test_a_detour_is_never_shorter(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert distance_km(*a, *c) <= distance_km(*a, *b) + distance_km(*b, *c) + 1e-6


@pytest.mark.parametrize(
    ("here", "there", "km"),
    [
        ((0, 0), (0, 1), 2 * HALF_ROUND / 360),
        ((0, 0), (1, 0), 2 * HALF_ROUND / 360),
        ((60, 0), (60, 1), 55.5971),  # asin(cos 60° · sin 0.5°) · 2 R, by hand
        ((90, 0), (-90, 17), HALF_ROUND),
        ((0, -179.5), (0, 179.5), 2 * HALF_ROUND / 360),
    ],
)
def test_known_distances(here: tuple[float, float], there: tuple[float, float], km: float) -> None:
    assert distance_km(*here, *there) == pytest.approx(km, rel=1e-5)


@given(near, near, modes)
def test_minutes_are_whole_enough_for_the_way_and_not_one_too_many(
    here: tuple[float, float], there: tuple[float, float], mode: str
) -> None:
    speeds = Speeds(fixed_min=3)
    minutes = travel_minutes(speeds, mode, here, there)
    way = distance_km(*here, *there) * speeds.detour / speeds.of(mode) * 60
    if here == there:
        assert minutes == 0
    else:
        assert way - 1e-6 <= minutes - 3 < way + 1


@given(near, near, modes)
def test_who_is_faster_is_never_later(here: tuple[float, float], there: tuple[float, float], mode: str) -> None:
    slow = Speeds(walk=4, bike=4, car=4)
    assert travel_minutes(Speeds(walk=4, bike=10, car=30), mode, here, there) <= travel_minutes(slow, mode, here, there)


def test_an_exact_number_of_minutes_is_not_rounded_up_by_the_last_bit() -> None:
    degree_km = distance_km(0, 0, 0, 1)
    for minutes in range(34, 120):
        speeds = Speeds(walk=degree_km / minutes * 60, detour=1.0, fixed_min=0)
        assert travel_minutes(speeds, "walk", (0, 0), (0, 1)) == minutes
        assert travel_minutes(speeds, "walk", (0, 0), (0, 1.001)) == minutes + 1
