"""A small estate in words: entities, records and events the rules are tried on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import NOW, Happening, on

from dispatch.decide.needs import needs_of
from dispatch.events import order as o
from dispatch.events.category import CategoryRegistered
from dispatch.events.envelope import Entity
from dispatch.events.home import HomeTaken
from dispatch.events.place import PlaceRegistered
from dispatch.events.plan import PlanCommitted
from dispatch.events.policy import PolicySet
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerRegistered
from dispatch.events.zone import ZoneRegistered
from dispatch.model.catalogue import Category, Kind
from dispatch.model.contracts import Contract, Promise
from dispatch.model.people import Role, Shift, SkillHeld, Worker
from dispatch.model.places import Band, Place, PlaceKind, PlaceRef, Round, Zone
from dispatch.model.policy import Policy
from dispatch.model.posts import Post, PostShift
from dispatch.model.time import Window

AREA = "east"
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)

LEAK = Category(id="water-leak", kind=Kind.REPAIR, skill="plumbing", minutes=45, inside=True)
LAMP = Category(id="lamp", kind=Kind.REPAIR, skill="electric", minutes=20)
SITE = Place(id="s1", kind=PlaceKind.SITE, lat=30.0, lon=120.0)
FLAT = Place(id="b3-1202", kind=PlaceKind.UNIT, lat=30.002, lon=120.001, within="s1", household="h-1202")
POLICY = Policy(title="East")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def worker(key: str, **changes: Any) -> Worker:
    """A plumber at work from 8 to 18 every day."""
    fields: dict[str, Any] = {
        "id": key,
        "role": Role.TECHNICIAN,
        "base": "s1",
        "skills": (SkillHeld(skill="plumbing"), SkillHeld(skill="electric")),
        "shifts": (Shift(start="08:00", end="18:00", days=WEEK),),
    }
    return Worker(**{**fields, **changes})


ZONE = Zone(id="z1", place="s1", households=30, minutes_per_day=120)
CONTRACT = Contract(
    id="acme",
    place="b3-1202",
    signed=dt.date(2026, 6, 1),
    promises=(Promise(id="monthly", category="water-leak", least=2, apart=3),),
    weekdays=("mon", "tue", "wed", "thu", "fri"),
    helper="w1",
)
POST = Post(id="gate", place="s1", skill="guarding", shifts=(PostShift(id="day", start="08:00", end="16:00"),))
ROUND = Round(id="night", checkpoints=("s1",), minutes=30, bands=(Band(start_from="22:00", start_to="23:00"),))


def order_entity(key: str = "ord1") -> Entity:
    """The work order ``key``."""
    return Entity(AREA, "order", key)


def category_entity(key: str) -> Entity:
    """A line of the catalogue."""
    return Entity("all", "category", key)


def entity(kind: str, key: str, area: str = AREA) -> Entity:
    """Any other entity."""
    return Entity(area, kind, key)


def home_entity(worker: str) -> Entity:
    """Where a worker belongs."""
    return Entity("all", "home", worker)


HEAD = entity("plan", "head")

CATALOGUE = on(category_entity("water-leak"), CategoryRegistered(category=LEAK)) + on(
    category_entity("lamp"), CategoryRegistered(category=LAMP)
)
PLACES = on(entity("place", "s1"), PlaceRegistered(place=SITE)) + on(
    entity("place", "b3-1202"), PlaceRegistered(place=FLAT)
)
WORKERS = tuple(
    happening
    for key in ("w1", "w2", "w3")
    for happening in (
        *on(entity("worker", key), WorkerRegistered(worker=worker(key))),
        *on(home_entity(key), HomeTaken(area=AREA)),
    )
)
ZONES = on(entity("zone", "z1"), ZoneRegistered(zone=ZONE))
ESTATE = CATALOGUE + PLACES + WORKERS + ZONES + on(entity("policy", "current"), PolicySet(policy=POLICY))


def opened(category: Category = LEAK, **changes: Any) -> o.OrderOpened:
    """An order as a request opens it."""
    fields: dict[str, Any] = {
        "origin": o.Origin.REQUEST,
        "kind": category.kind,
        "category": category.id,
        "place": PlaceRef(unit="b3-1202"),
        "reported_at": NOW,
        "source": "hotline",
        "request": "sr-1",
    }
    made = o.OrderOpened(**{**fields, **changes})
    if "needs" in changes:
        return made
    return o.OrderOpened(**{**fields, **changes, "needs": needs_of(made, category, POLICY)})


START = NOW + HOUR
PLANNED = o.OrderPlanned(workers=("w1", "w2"), start=START, end=START + 45 * MINUTE, plan=1)
TOLD = o.OrderTold(workers=("w1", "w2"), start=START)


def stop(order: str = "ord1", start: dt.datetime = START, crew: tuple[str, ...] = ()) -> ScheduledStop:
    """A stop of 45 minutes."""
    return ScheduledStop(
        order=order,
        category="water-leak",
        place=PlaceRef(unit="b3-1202"),
        arrive=start,
        start=start,
        end=start + 45 * MINUTE,
        travel_min=5,
        crew=crew,
    )


def route(*stops: ScheduledStop, plan: int = 1) -> RouteChanged:
    """The route of today's duty."""
    return RouteChanged(duty="20261122t0000", start=NOW - HOUR, end=NOW + 9 * HOUR, stops=stops, plan=plan)


def committed(number: int = 1) -> PlanCommitted:
    """A plan that became current."""
    return PlanCommitted(
        number=number,
        parent=number - 1,
        saw=1,
        policy=0,
        why="new",
        solver="routes-1",
        seed=1,
        budget=0,
        used=0,
        repeatable=True,
        cost={},
        planned=1,
        moved=0,
        unplanned=0,
    )


def planned_order(*more: Any, key: str = "ord1", category: Category = LEAK) -> tuple[Happening, ...]:
    """An order opened, planned for w1 and w2, and what happened to it since."""
    return on(order_entity(key), opened(category), PLANNED, *more)


def on_the_plan() -> tuple[Happening, ...]:
    """The plan and the two schedules that hold the planned order."""
    return (
        *on(HEAD, committed()),
        *on(entity("schedule", "w1"), route(stop(crew=("w2",)), stop("other", START + 2 * HOUR))),
        *on(entity("schedule", "w2"), route(stop(crew=("w1",)))),
    )


def window(start: dt.datetime, minutes: int) -> Window:
    """A window of so many minutes."""
    return Window(start=start, end=start + minutes * MINUTE)
