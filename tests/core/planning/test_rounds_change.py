"""Rounds that are retired, or walked at other times: what they brought is cancelled and leaves the schedules."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

import pytest
from core.decide.given import NOW, on
from core.decide.sample import HOUR, MINUTE, PLACES, ROUND, entity, worker
from core.planning.folded import add, batch, commit, folded, planned
from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import Status
from dispatch.events.order import OrderCancelled, OrderClosed, VisitDone, WorkerOnTheWay
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


def test_no_two_rounds_share_an_order_however_they_are_called() -> None:
    state = guarded()
    second = entity("round", "night-2")
    add(state, on(second, RoundRegistered(round=replace(ROUND, id="night-2"))))
    commit(state, rounds_due(state, NOW))
    add(state, on(NIGHT, RoundRetired()))
    withdraw_all(state)
    add(state, on(NIGHT, RoundRegistered(round=ROUND)))
    commit(state, rounds_due(state, NOW))
    assert Counter(order.opened.round for order in state.orders.values()) == {"night": 2, "night-2": 2}


def test_two_bands_that_open_at_one_time_are_two_rounds() -> None:
    (band,) = ROUND.bands
    longer = Band(start_from=band.start_from, start_to="23:59")
    state = folded(PLACES, on(NIGHT, RoundRegistered(round=replace(ROUND, bands=(band, longer)))))
    commit(state, rounds_due(state, NOW))
    assert len(state.orders) == 4
    assert rounds_due(state, NOW) == {} and withdrawing(state, NOW) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"people": 2},
        {"minutes": 50},
        {"level": 2},
        {"checkpoints": ("b1",)},
        {"bands": (Band(start_from="22:00", start_to="22:10"),)},
    ],
)
def test_what_was_opened_follows_a_round_that_changed(changes: dict[str, Any]) -> None:
    state = guarded()
    assert ROUND.bands[0].start_from == "22:00"
    changed = replace(ROUND, **changes)
    add(state, on(NIGHT, RoundChanged(round=changed)))
    assert len(withdraw_all(state)) == 2
    commit(state, rounds_due(state, NOW))
    assert len(state.orders) == 2
    for order in state.orders.values():
        needs, (window,) = order.opened.needs, order.opened.windows
        assert needs is not None
        assert (needs.people, needs.minutes, needs.level) == (changed.people, changed.minutes, changed.level)
        assert order.opened.place.checkpoint == changed.checkpoints[0]
        assert f"{window.end + 8 * HOUR - changed.minutes * MINUTE:%H:%M}" == changed.bands[0].start_to
    assert withdrawing(state, NOW) == {} and rounds_due(state, NOW) == {}


@pytest.mark.parametrize("done", [False, True])
def test_what_was_begun_before_the_round_changed_is_not_walked_twice(done: bool) -> None:
    state = guarded()
    first = entity("order", min(state.orders))
    begun: tuple[Struct, ...] = (WorkerOnTheWay(worker="w1"),)
    add(state, on(first, *begun, *((VisitDone(worker="w1"), OrderClosed(satisfied=True)) if done else ())))
    add(state, on(NIGHT, RoundChanged(round=replace(ROUND, minutes=50))))
    assert len(withdraw_all(state)) == 1
    assert [entity.id[:14] for entity in rounds_due(state, NOW)] == ["night-20261123"]
