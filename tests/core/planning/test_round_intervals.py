"""Rounds due once in an interval: each moment once, starts within its tolerance and varied, clocks changed or not."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from core.decide.given import given as given_events
from core.decide.given import on
from core.decide.sample import ESTATE, entity
from core.planning.folded import commit, folded
from core.planning.walked import MIDNIGHT, MONDAY, NIGHT, a_round, asked, guard, publish, site
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.events.order import OrderOpened
from dispatch.events.policy import PolicySet
from dispatch.events.round import PlannedWalk, RoundRegistered
from dispatch.model.errors import WorldError
from dispatch.model.people import Shift
from dispatch.model.places import Every, Round
from dispatch.model.policy import Policy
from dispatch.planning.area import AreaState
from dispatch.planning.round_times import times_on
from dispatch.planning.rounds import rounds_due
from dispatch.services.world import world_of

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
HOURLY = replace(NIGHT, bands=(), every=Every(minutes=60, tolerance=10), minutes=15)
ALL_DAY = tuple(
    Shift(start=f"{hour:02}:00", end=f"{(hour + 8) % 24:02}:00", days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    for hour in (0, 8, 16)
)


def test_once_an_hour_is_24_times_a_day_and_starts_10_minutes_before_or_after() -> None:
    found = times_on(HOURLY, MONDAY, "Asia/Shanghai")
    assert [one.first for one in found] == [MIDNIGHT + n * HOUR - 10 * MINUTE for n in range(24)]
    assert {one.last - one.first for one in found} == {20 * MINUTE}


@pytest.mark.parametrize(("day", "times"), [((2027, 3, 28), 23), ((2027, 10, 31), 25), ((2027, 5, 1), 24)])
def test_where_clocks_are_changed_the_hours_of_the_day_are_counted(day: tuple[int, int, int], times: int) -> None:
    assert len(times_on(HOURLY, dt.date(*day), "Europe/Berlin")) == times


@given(
    st.integers(5, 1440),
    st.integers(0, 700),
    st.sampled_from(["00:00", "06:30", "22:00"]),
    st.sampled_from(["00:00", "05:00", "22:00"]),
    st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
)
def test_moments_are_as_far_apart_as_it_says_within_the_hours_it_says(
    minutes: int, tolerance: int, first: str, last: str, day: dt.date
) -> None:
    every = Every(minutes=minutes, tolerance=tolerance, start_from=first, start_to=last)
    item = replace(HOURLY, every=every)
    found = times_on(item, day, "Asia/Shanghai")
    hours = (int(last[:2]) * 60 + int(last[3:]) - int(first[:2]) * 60 - int(first[3:])) % 1440 or 1440
    assert len(found) == -(-hours // minutes)
    assert all(b.first - a.first == minutes * MINUTE for a, b in pairwise(found))
    if item.contradiction() is None:
        assert all(a.last < b.first for a, b in pairwise(found)), "one start could be that of two moments"


def test_each_moment_is_opened_as_one_order_once() -> None:
    state = folded(ESTATE, on(entity("policy", "current"), PolicySet(policy=Policy())), a_round(HOURLY))
    for hour in range(0, 72, 8):
        commit(state, rounds_due(state, MIDNIGHT + hour * HOUR), MIDNIGHT + hour * HOUR)
    opened = sorted(order.opened.windows[0].start for order in state.orders.values())
    assert opened == [opened[0] + n * HOUR for n in range(len(opened))]
    assert opened[0] <= MIDNIGHT
    assert opened[-1] >= MIDNIGHT + 3 * DAY
    (length,) = {one.opened.windows[0].end - one.opened.windows[0].start for one in state.orders.values()}
    assert length == 35 * MINUTE
    assert all(isinstance(one.opened, OrderOpened) and one.opened.round == "night" for one in state.orders.values())


def hourly(days: int = 2, every: Every | None = HOURLY.every) -> AreaState:
    """Guards round the clock, a round once an hour."""
    item = replace(HOURLY, every=every)
    return site(a_round(item), guard("day", shifts=ALL_DAY), guard("also", shifts=ALL_DAY), guards=0, days=days)


def walks(state: AreaState) -> list[PlannedWalk]:
    return sorted(state.walks["night"].walks, key=lambda one: one.nominal)


def test_walks_are_drawn_within_the_interval_and_vary() -> None:
    state = hourly()
    due = publish(state)
    planned = walks(state)
    days = (due.until - due.start).days
    assert len(planned) == 24 * days
    opens = [one.nominal for one in planned]
    assert all(b - a == HOUR for a, b in pairwise(opens))
    offsets = [(one.start - one.nominal) // MINUTE - 10 for one in planned]
    assert all(-10 <= one <= 10 for one in offsets)
    assert len(set(offsets)) > 10, "starts do not vary"
    near = sum(abs(a - b) < 3 for a, b in pairwise(offsets))
    assert near == 0, "a start repeats the one before"
    assert asked(state) is None


@pytest.mark.parametrize("start", ["00:00", "13:00"])
def test_over_block_after_block_each_moment_has_one_walk_also_those_about_midnight(start: str) -> None:
    state = hourly(days=1, every=Every(minutes=60, tolerance=10, start_from=start, start_to=start))
    for day in range(3):
        now = MIDNIGHT + day * DAY
        if asked(state, now) is not None:
            publish(state, now)
    opens = [one.nominal for one in walks(state)]
    assert len(set(opens)) == len(opens)
    assert all(b - a == HOUR for a, b in pairwise(opens))
    assert len(opens) >= 3 * 24 - 1


def test_the_orders_of_the_day_are_pinned_to_what_was_drawn() -> None:
    state = hourly()
    publish(state)
    now = MIDNIGHT + 2 * DAY
    commit(state, rounds_due(state, now), now)
    drawn = {one.nominal: one for one in walks(state)}
    pinned = 0
    for order in state.orders.values():
        walk = drawn.get(order.opened.windows[0].start)
        if walk is not None and order.pin is not None:
            assert (order.pin.start, order.pin.workers) == (walk.start, walk.guards)
            pinned += 1
    assert pinned >= 24


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"bands": []}, "neither bands nor an interval"),
        ({"every": {"minutes": 60, "tolerance": 30}}, "60 minutes"),
        ({"every": {"minutes": 0}}, "minutes"),
        ({"every": {"minutes": 60, "start_from": "25:00"}}, "start_from"),
        ({"every": {"minutes": 60}, "scans": {"late_after": -1}}, "late_after"),
    ],
)
def test_a_round_that_cannot_be_meant_is_refused_by_name(wrong: dict[str, object], says: str) -> None:
    point = {"id": "p1", "kind": "checkpoint", "lat": 30.0, "lon": 120.0}
    rounds = [{"id": "night", "checkpoints": ["p1"], "minutes": 20, **wrong}]
    with pytest.raises(WorldError) as error:
        world_of({"area": "east", "places": [point], "rounds": rounds}, "file")
    assert "night" in error.value.message and says in error.value.message


def test_the_desk_refuses_it_as_well_and_takes_one_that_can_be() -> None:
    def register(**more: object) -> dict[str, object]:
        item = {"id": "night", "checkpoints": ["s1"], "minutes": 20, **more}
        return {"id": "d1", "by": "chen", "at": MIDNIGHT.isoformat(), "round": item}

    given_events().when("direct.east.register", register()).refused("bad_round")
    overlapping = register(every={"minutes": 30, "tolerance": 15})
    given_events().when("direct.east.register", overlapping).refused("bad_round")
    item = Round(id="night", checkpoints=("s1",), minutes=20, every=Every(minutes=120, tolerance=15))
    given_events().when("direct.east.register", register(every={"minutes": 120, "tolerance": 15})).then(
        on(entity("round", "night"), RoundRegistered(round=item))
    )
