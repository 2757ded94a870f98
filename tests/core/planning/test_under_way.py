"""What is under way counts: the next way begins where the last visit was, and what is done calls for another look."""

from __future__ import annotations

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
from core.planning.folded import add, folded, planned

from dispatch.events import order as o
from dispatch.events.place import PlaceRegistered
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerRegistered
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import placements

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
