"""Who says of their visits how far they are in another order than the plan's sets out from where they are."""

from __future__ import annotations

import datetime as dt

import pytest
from system.day import Day
from system.test_held_up import town
from system.voices import HOUR, MINUTE

from dispatch.planning import duties

__all__ = ["town"]
"""The fixture, taken over."""

WAY = 21 * MINUTE
"""From u1, at the base, to u2."""


async def alone(town: Day) -> None:
    """Nobody is there but w1."""
    await town.direct("retire", kind="worker", target="w2")


async def asked_at(town: Day, when: dt.timedelta, place: str) -> dt.timedelta:
    """Somebody asks for something at once; the hour and minute w1 is to begin it."""
    town.pass_time(when)
    order = await town.ask(when, 10 * HOUR, place)
    return town.starts(order)[1]


async def elsewhere_since(town: Day) -> dt.timedelta:
    """At nine w1 is to be at the base, but comes to u2, where they were due in the afternoon; then somebody asks."""
    await alone(town)
    first, early = await town.ask(1 * HOUR, 3 * HOUR), await town.ask(0 * HOUR, 12 * HOUR, "u2")
    await town.given(first, 1 * HOUR)
    await town.given(early, 6 * HOUR)
    await town.at(70 * MINUTE, "w1", "arrived", order=early)
    await town.at(100 * MINUTE, "w1", "done", order=early)
    return await asked_at(town, 105 * MINUTE, "u1")


async def test_who_came_elsewhere_is_not_at_what_they_said_nothing_of(town: Day) -> None:
    assert await elsewhere_since(town) == 2 * HOUR + WAY
    assert await town.house.findings() == []


@pytest.mark.parametrize(
    ("due", "said_at", "said", "then", "done", "asked"),
    [
        pytest.param(60, 60, {"what": "arrived"}, 180, 225, 230, id="forgot to say that they were done"),
        pytest.param(240, 10, {"what": "could_not", "reason": "no part"}, 150, 210, 310, id="could not, early"),
    ],
)
async def test_what_was_said_of_an_earlier_visit_is_not_where_somebody_is(
    town: Day, due: int, said_at: int, said: dict[str, str], then: int, done: int, asked: int
) -> None:
    """W1 says something of a visit at the base, and nothing more; later they are done at u2. All in minutes."""
    await alone(town)
    base, away = await town.ask(0 * HOUR, 10 * HOUR), await town.ask(0 * HOUR, 12 * HOUR, "u2")
    await town.given(base, due * MINUTE)
    await town.given(away, then * MINUTE)
    await town.at(said_at * MINUTE, "w1", order=base, **said)
    await town.at(then * MINUTE, "w1", "arrived", order=away)
    await town.at(done * MINUTE, "w1", "done", order=away)
    assert await asked_at(town, asked * MINUTE, "u1") == asked * MINUTE + WAY
    assert await town.house.findings() == []


async def failed_early(town: Day) -> str:
    """Before nine w1 says that their visit of the afternoon cannot be; the one before it is given to w2."""
    first, late = await town.ask(0 * HOUR, 10 * HOUR), await town.ask(0 * HOUR, 12 * HOUR, "u2")
    await town.given(first, 3 * HOUR)
    await town.given(late, 6 * HOUR)
    await town.at(30 * MINUTE, "w1", "could_not", order=late, reason="no part")
    await town.direct("assign", order=first, workers=["w2"])
    return first


async def test_what_could_not_be_early_leaves_what_stands_before_it_open(town: Day) -> None:
    first = await failed_early(town)
    assert town.starts(first)[0] == ("w2",)
    assert await town.house.findings() == []


async def test_a_planner_that_takes_the_plan_for_where_somebody_is_is_found_out(
    town: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "last_there", lambda *given: ((end, False, stop) for stop, end in given[2]))
    await elsewhere_since(town)
    assert [one for one in await town.house.findings() if "has 0 minutes" in one and "the way takes" in one]
