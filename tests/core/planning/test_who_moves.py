"""Who moves in the midst of a day: what they did counts for it once, wherever they go, and nobody is in two places."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from core.decide.given import NOW, Given, Happening, given, on
from core.decide.sample import CATALOGUE, LAMP, MINUTE, PLACES, SITE, entity, home_entity, opened, order_entity, worker
from core.planning.folded import folded, planned

from dispatch.events import order as o
from dispatch.events.envelope import Entity
from dispatch.events.home import HomeTaken
from dispatch.events.place import PlaceRegistered
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerRegistered
from dispatch.model.people import Caps
from dispatch.model.places import PlaceRef
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import placements
from dispatch.planning.duties import open_duties, promised_minutes

EIGHT = NOW - 60 * MINUTE
TODAY = local_day(NOW, "Asia/Shanghai")
WAYS = [
    ("east-2", "east"),
    ("east-2", "west", "east"),
    ("east", "east-2", "east"),
    ("east", "east-2", "west", "east"),
    ("west", "east", "east-2", "east"),
]
"""Areas they are in, one after the other, from where they worked to where they are planned."""


def stop(order: str, start: dt.datetime) -> ScheduledStop:
    return ScheduledStop(
        order=order, category="lamp", place=PlaceRef(site="s1"), arrive=start, start=start, end=start + 20 * MINUTE
    )


def worked_in(area: str, *last: o.OrderEvent) -> Given:
    """Three visits a day at most; one was done in ``area``, with ``last`` happening to the second."""
    stops = (stop("first", EIGHT), stop("second", EIGHT + 30 * MINUTE))
    done: list[tuple[Happening, ...]] = []
    for one, events in zip(stops, ((o.VisitDone(worker="w1"),), last), strict=True):
        way = o.OrderPlanned(workers=("w1",), start=one.start, end=one.end, plan=1)
        began = opened(LAMP, place=one.place, reported_at=EIGHT)
        done.append(on(Entity(area, "order", one.order), began, way, o.WorkerArrived(worker="w1"), *events))
    route = RouteChanged(duty="20261122t0000", start=EIGHT, end=EIGHT + 600 * MINUTE, stops=stops, plan=1)
    return given(
        CATALOGUE + PLACES,
        on(entity("place", "s1", area), PlaceRegistered(place=SITE)),
        on(entity("worker", "w1", area), WorkerRegistered(worker=worker("w1", caps=Caps(visits_per_day=3)))),
        on(home_entity("w1"), HomeTaken(area=area)),
        on(entity("schedule", "w1", area), route),
        *done,
        *(on(order_entity(f"lamp{n}"), opened(LAMP)) for n in range(4)),
    )


def move(history: Given, *way: str) -> None:
    """The worker goes from each area to the next."""
    for number, (here, there) in enumerate(pairwise(way)):
        message = {"id": f"m-{here}-{there}", "by": "chen", "at": NOW, "kind": "worker", "target": "w1", "to": there}
        assert history.when(f"direct.{here}.move", message, said=100 + number).recorded()


def in_east(history: Given) -> AreaState:
    return folded(history.happened())


def visits_today(state: AreaState, now: dt.datetime) -> int:
    built, plan = planned(state, now)
    return sum(
        local_day(there.start, "Asia/Shanghai") == TODAY and there.workers == ("w1",)
        for there in placements(plan, built).values()
    )


@pytest.mark.parametrize("way", WAYS)
def test_what_they_did_counts_once_wherever_they_come_from(way: tuple[str, ...]) -> None:
    history = worked_in(way[0], o.VisitDone(worker="w1"))
    move(history, *way)
    state = in_east(history)
    now = NOW + MINUTE
    assert promised_minutes(state, "w1", TODAY, now) == 40
    assert visits_today(state, now) == 1


@pytest.mark.parametrize("way", WAYS)
def test_who_is_at_a_visit_is_free_after_it_wherever_they_come_from(way: tuple[str, ...]) -> None:
    history = worked_in(way[0])
    move(history, *way)
    state = in_east(history)
    now = NOW + MINUTE
    (duty, *_) = open_duties(state, now)["w1"]
    # They came at nine, and the visit takes twenty minutes.
    assert duty.free_at == NOW + 20 * MINUTE
    built, plan = planned(state, now)
    assert min(there.start for there in placements(plan, built).values() if there.workers == ("w1",)) >= duty.free_at
    assert visits_today(state, now) == 1


@pytest.mark.parametrize("way", [way for way in WAYS if way[0] == "east"])
def test_what_comes_off_the_plan_while_they_are_away_counts_when_they_are_back(way: tuple[str, ...]) -> None:
    history = worked_in("east", o.VisitFailed(worker="w1"))
    move(history, *way[:-1])
    cancel = {"id": "c1", "by": "chen", "at": NOW, "order": "second"}
    assert history.when("direct.east.cancel", cancel, said=200).recorded()
    move(history, *way[-2:])
    assert visits_today(in_east(history), NOW + MINUTE) == 1


def test_what_came_off_the_plan_goes_along_and_comes_back_once() -> None:
    history = worked_in("east", o.VisitFailed(worker="w1"))
    assert history.when("direct.east.cancel", {"id": "c1", "by": "chen", "at": NOW, "order": "second"}).recorded()
    move(history, "east", "east-2")
    away = folded(history.happened()).workers["w1"]
    assert away.retired
    move(history, "east-2", "west", "east")
    assert visits_today(in_east(history), NOW + MINUTE) == 1
