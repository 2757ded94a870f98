"""Rounds that are retired, or walked at other times: what they brought is cancelled and leaves the schedules."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, on
from core.decide.sample import HOUR, PLACES, ROUND, entity, worker
from core.planning.folded import add, batch, commit, folded, planned
from msgspec.structs import replace

from dispatch.decide.order import Status
from dispatch.events.order import OrderCancelled, WorkerOnTheWay
from dispatch.events.plan import PlanDirected
from dispatch.events.round import RoundChanged, RoundRegistered, RoundRetired
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Shift, SkillHeld
from dispatch.model.places import Band
from dispatch.planning.area import AreaState
from dispatch.planning.rounds import rounds_due, withdrawing

WATCH = worker(
    "w1",
    skills=(SkillHeld(skill=ROUND.skill),),
    shifts=(Shift(start="20:00", end="08:00", days=worker("w1").shifts[0].days),),
)
NIGHT = entity("round", "night")


def guarded() -> AreaState:
    """One guard, one round a night, planned for tonight and tomorrow."""
    state = folded(
        PLACES, on(entity("worker", "w1"), WorkerRegistered(worker=WATCH)), on(NIGHT, RoundRegistered(round=ROUND))
    )
    commit(state, rounds_due(state, NOW))
    commit(state, batch(state))
    assert [len(stops) for stops in routes(state)] == [1, 1]
    return state


def routes(state: AreaState) -> list[tuple[str, ...]]:
    return [tuple(stop.order for stop in route.stops) for _, route in state.routes()]


def withdraw_all(state: AreaState, now: dt.datetime = NOW) -> list[str | None]:
    """Let all that is to be withdrawn happen; the rounds named, one for each order."""
    reasons = []
    while events := withdrawing(state, now):
        numbers = [event.number for several in events.values() for event in several if isinstance(event, PlanDirected)]
        assert numbers == [state.head.number + 1]
        reasons += [
            event.round for several in events.values() for event in several if isinstance(event, OrderCancelled)
        ]
        commit(state, events, now)
    return reasons


def test_the_orders_of_a_retired_round_are_cancelled_with_the_reason() -> None:
    state = guarded()
    assert withdraw_all(state) == []
    add(state, on(NIGHT, RoundRetired()))
    assert withdraw_all(state) == ["night"] * 2
    assert state.orders == {} and routes(state) == [(), ()]
    assert rounds_due(state, NOW) == {}


@pytest.mark.parametrize("times", [1, 2])
def test_a_round_that_comes_back_is_walked_again_under_orders_of_its_own(times: int) -> None:
    state = guarded()
    known = set(state.orders)
    for _ in range(times):
        add(state, on(NIGHT, RoundRetired()))
        withdraw_all(state)
        add(state, on(NIGHT, RoundRegistered(round=ROUND)))
        commit(state, rounds_due(state, NOW))
        assert known.isdisjoint(state.orders) and len(state.orders) == 2
        known |= set(state.orders)
    assert planned(state)[1].unplanned == ()
    assert rounds_due(state, NOW) == {}


def test_a_band_that_moved_takes_its_orders_along() -> None:
    state = guarded()
    later = replace(ROUND, bands=(Band(start_from="23:30", start_to="00:30"),))
    add(state, on(NIGHT, RoundChanged(round=later)))
    assert len(withdraw_all(state)) == 2
    commit(state, rounds_due(state, NOW))
    clocks = {(order.windows[0].start + 8 * HOUR).strftime("%H:%M") for order in state.orders.values()}
    assert clocks == {"23:30"}
    assert withdraw_all(state) == []


def test_who_has_set_out_for_it_walks_it() -> None:
    state = guarded()
    first = min(state.orders)
    add(state, on(entity("order", first), WorkerOnTheWay(worker="w1")), on(NIGHT, RoundRetired()))
    assert len(withdraw_all(state)) == 1
    assert state.orders[first].status is Status.ON_THE_WAY
    assert (first,) in routes(state)


def test_a_band_that_passed_uncovered_stays_on_the_list() -> None:
    state = guarded()
    add(state, on(NIGHT, RoundChanged(round=replace(ROUND, bands=(Band(start_from="04:00", start_to="05:00"),)))))
    assert len(withdraw_all(state, min(order.windows[0].end for order in state.orders.values()))) == 1
    assert len(state.orders) == 1
