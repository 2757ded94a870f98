"""What is under way counts: the next way begins where the last visit was, and what is done calls for another look."""

from __future__ import annotations

import datetime as dt

from core.decide.given import NOW, on
from core.decide.sample import (
    CATALOGUE,
    HEAD,
    HOUR,
    LAMP,
    MINUTE,
    PLACES,
    committed,
    entity,
    opened,
    order_entity,
    worker,
)
from core.planning.folded import add, batch, commit, folded, planned

from dispatch.events import order as o
from dispatch.events.place import PlaceRegistered
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerRegistered
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import placements
from dispatch.planning.duties import open_duties

FAR = Place(id="far", kind=PlaceKind.UNIT, lat=30.05, lon=120.0)
"""An hour and a half on foot from the base."""


def at_work_far_away() -> AreaState:
    """Somebody has been at work far from their base since nine, for twenty minutes; another lamp there waits."""
    there = PlaceRef(unit="far")
    stop = ScheduledStop(
        order="first", category="lamp", place=there, arrive=NOW, start=NOW, end=NOW + 20 * MINUTE, travel_min=0
    )
    first = (
        opened(LAMP, place=there),
        o.OrderPlanned(workers=("w1",), start=NOW, end=NOW + 20 * MINUTE, plan=1),
        o.WorkerArrived(worker="w1"),
    )
    route = RouteChanged(duty="20261122t0000", start=NOW - HOUR, end=NOW + 9 * HOUR, stops=(stop,), plan=1)
    return folded(
        CATALOGUE,
        PLACES,
        on(entity("place", "far"), PlaceRegistered(place=FAR)),
        on(entity("worker", "w1"), WorkerRegistered(worker=worker("w1"))),
        on(order_entity("first"), *first),
        on(HEAD, committed()),
        on(entity("schedule", "w1"), route),
        on(order_entity("near"), opened(LAMP, place=PlaceRef(site="s1"))),
        on(order_entity("far"), opened(LAMP, place=there)),
    )


def test_the_next_way_begins_where_the_visit_under_way_is() -> None:
    built, plan = planned(at_work_far_away(), NOW + 5 * MINUTE)
    there = placements(plan, built)
    assert there["far"].start == NOW + 20 * MINUTE
    assert there["near"].start >= NOW + 100 * MINUTE


def test_what_is_done_early_calls_for_another_look() -> None:
    state = at_work_far_away()
    dirt = add(state, on(order_entity("first"), o.VisitDone(worker="w1")), at=NOW + 6 * MINUTE)
    assert dirt is Dirt.ALL
    built, plan = planned(state, NOW + 6 * MINUTE)
    assert placements(plan, built)["far"].start == NOW + 6 * MINUTE


def told_for_tomorrow(done_at: dt.datetime) -> AreaState:
    """Two lamps of tomorrow, the first of them far away; of that one it becomes known that it was done at ``done_at``.

    This is what is left when a visit nobody reported on was moved to another day just before the report arrived.
    """
    state = at_work_far_away()
    there, start = PlaceRef(unit="far"), NOW + 24 * HOUR
    stops = tuple(
        ScheduledStop(
            order=order,
            category="lamp",
            place=place,
            arrive=start + late,
            start=start + late,
            end=start + late + 20 * MINUTE,
            travel_min=1,
        )
        for order, place, late in (("near", PlaceRef(site="s1"), 2 * MINUTE), ("far", there, 150 * MINUTE))
    )
    route = RouteChanged(duty="20261123t0000", start=start - HOUR, end=start + 9 * HOUR, stops=stops, plan=2)
    add(
        state,
        *(
            on(order_entity(stop.order), o.OrderPlanned(workers=("w1",), start=stop.start, end=stop.end, plan=2))
            for stop in stops
        ),
        on(HEAD, committed(2)),
        on(entity("schedule", "w1"), route),
    )
    add(state, on(order_entity("far"), o.VisitDone(worker="w1")), at=done_at)
    return state


def test_what_was_done_on_another_day_is_not_where_tomorrow_begins() -> None:
    state = told_for_tomorrow(NOW)
    tomorrow = next(one for one in open_duties(state, NOW + MINUTE)["w1"] if one.duty.id == "20261123t0000")
    assert [stop.order for stop in (*tomorrow.past, *tomorrow.ahead)] == ["near"]
    assert tomorrow.free_stop is None
    assert tomorrow.free_at == tomorrow.duty.start

    commit(state, batch(state, NOW + MINUTE), NOW + MINUTE)
    assert [stop.order for stop in state.schedules["w1"].routes["20261123t0000"].stops] == ["near"]


def test_what_was_done_out_of_turn_says_nothing_of_what_stands_before_it() -> None:
    start = NOW + 24 * HOUR
    state = told_for_tomorrow(start - 30 * MINUTE)
    now = start - 10 * MINUTE
    tomorrow = next(one for one in open_duties(state, now)["w1"] if one.duty.id == "20261123t0000")
    assert [stop.order for stop in tomorrow.past] == ["far"]
    assert [stop.order for stop in tomorrow.ahead] == ["near"]
    assert tomorrow.free_at == now
