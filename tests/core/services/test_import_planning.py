"""What an imported ledger asks of planning: hundreds of orders at once, promises long past, days that leap by.

Passes run over an area folded from a log in memory, on a clock set by hand; nothing else is replaced.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import AsyncIterator

import msgspec

from dispatch.decide.order import OrderState, Status
from dispatch.decide.record import POLICY_ID
from dispatch.events.catalogue import Origin as From
from dispatch.events.catalogue import record
from dispatch.events.category import CategoryRegistered
from dispatch.events.envelope import Entity
from dispatch.events.order import OrderOpened, Origin
from dispatch.events.place import PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerRegistered
from dispatch.model.catalogue import Category, Kind
from dispatch.model.people import Role, Shift, SkillHeld, Worker
from dispatch.model.places import Place, PlaceKind, PlaceRef
from dispatch.model.policy import Policy, Weights
from dispatch.model.time import Window
from dispatch.planning.area import AreaState, Dirt
from dispatch.services.clock import ManualClock
from dispatch.services.planner.areas import Areas
from dispatch.services.planner.committing import Committer
from dispatch.services.planner.passes import Passes
from dispatch.store.base import EventStore, Write
from dispatch.store.memory import MemoryStore

AREA = "east"
T0 = dt.datetime(2018, 1, 2, 6, 0, tzinfo=dt.UTC)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Planning:
    """An area with ``workers`` sweepers on duty from 8 to 16, planned by real passes over a log in memory."""

    def __init__(self, *, workers: int, policy: Policy | None = None) -> None:
        self.clock = ManualClock(T0)
        self.store = MemoryStore().events
        self.areas = Areas()
        self.passes = Passes(self.areas, Committer(self.store, self.areas, "test"), self.clock)
        self._workers = workers
        self._policy = policy or Policy(time_zone="UTC")

    @property
    def area(self) -> AreaState:
        """The area as folded."""
        return self.areas.areas[AREA]

    @property
    def orders(self) -> dict[str, OrderState]:
        """Its orders."""
        return self.area.orders

    async def register(self) -> None:
        """Register people, place, catalogue and policy."""
        sweep = Category(id="sweep", kind=Kind.CLEANING, skill="broom", minutes=20, people=1)
        await self.happen(Entity("all", "category", "sweep"), CategoryRegistered(category=sweep))
        await self.happen(Entity(AREA, "policy", POLICY_ID), PolicySet(policy=self._policy))
        yard = Place(id="yard", kind=PlaceKind.SITE, lat=31.0, lon=121.0)
        await self.happen(Entity(AREA, "place", "yard"), PlaceRegistered(place=yard))
        for number in range(self._workers):
            worker = Worker(
                id=f"w{number}",
                role=Role.CLEANER,
                base="yard",
                skills=(SkillHeld(skill="broom"),),
                shifts=(Shift(start="08:00", end="16:00", days=WEEK),),
            )
            await self.happen(Entity(AREA, "worker", worker.id), WorkerRegistered(worker=worker))

    async def open(self, key: str, *, promised_by: dt.datetime | None = None, windows: tuple[Window, ...] = ()) -> None:
        """Open an order at the yard."""
        opened = OrderOpened(
            origin=Origin.REQUEST,
            kind=Kind.CLEANING,
            category="sweep",
            place=PlaceRef(lat=31.0, lon=121.0),
            reported_at=self.clock.now(),
            promised_by=promised_by,
            windows=windows,
        )
        await self.happen(Entity(AREA, "order", key), opened)

    async def happen(self, entity: Entity, event: object) -> None:
        """Append one event and fold it in."""
        now = self.clock.now()
        origin = From(happened_at=now, recorded_at=now, by="test", cause=f"test/{entity.id}", correlation="test")
        position = await self.store.append([Write(entity, record(entity, [event], origin), 0)])  # type: ignore[list-item]
        self.areas.take_one(position[0], entity, event, now)  # type: ignore[arg-type]

    async def plan(self, dirt: Dirt = Dirt.NEW) -> None:
        """One pass."""
        await self.passes.run(self.area, dirt)

    def standing(self) -> Counter[str]:
        """On how many routes each order stands, as the log has it."""
        return Counter(stop.order for _, route in self.area.routes() for stop in route.stops)


async def test_hundreds_of_orders_at_once_are_decided_on_in_appends_the_log_takes() -> None:
    made = Planning(workers=2)
    await made.register()
    for number in range(700):
        await made.open(f"o{number}")

    await made.plan()

    planned = [order for order in made.orders.values() if order.workers]
    assert planned
    assert all(order.workers or order.reasons for order in made.orders.values())
    assert set(made.standing().values()) == {1}
    await made.plan(Dirt.ALL)
    assert all(order.workers or order.reasons for order in made.orders.values())


async def test_orders_that_wait_their_turn_are_not_called_unplanned_meanwhile() -> None:
    made = Planning(workers=40)
    await made.register()
    for number in range(400):
        await made.open(f"o{number}")

    await made.plan()

    unplanned = [one async for one in _types(made.store) if one == "OrderUnplanned"]
    assert unplanned == []


async def test_a_clock_that_leaps_tells_hundreds_of_visits_each_once() -> None:
    made = Planning(workers=400, policy=Policy(time_zone="UTC", tell_ahead_min=119))
    await made.register()
    for number in range(1100):
        await made.open(f"o{number}", windows=(Window(T0.replace(hour=8), T0.replace(hour=9)),))
    await made.plan()
    assert Counter(order.status for order in made.orders.values()) == {Status.PLANNED: 1100}

    made.clock.set(T0.replace(hour=7))
    await made.plan()

    assert Counter(order.status for order in made.orders.values()) == {Status.TOLD: 1100}
    assert Counter([one async for one in _types(made.store)])["OrderTold"] == 1100


async def test_an_order_promised_for_a_day_long_past_is_planned_at_once() -> None:
    made = Planning(workers=1, policy=Policy(time_zone="UTC", weights=Weights(unplanned=100.0)))
    await made.register()

    await made.open("late", promised_by=T0 - dt.timedelta(days=90))
    await made.plan()

    assert made.orders["late"].start == T0.replace(hour=8)


async def test_what_nobody_reported_on_is_planned_anew_and_leaves_the_old_schedule() -> None:
    made = Planning(workers=1)
    await made.register()
    await made.open("o1")
    await made.plan()
    assert made.orders["o1"].start == T0.replace(hour=8)

    for days in (1, 4):
        made.clock.set(T0 + dt.timedelta(days=days))
        await made.plan(Dirt.ALL)

        assert made.orders["o1"].start == T0.replace(hour=8) + dt.timedelta(days=days)
        assert made.standing() == {"o1": 1}


async def _types(store: EventStore) -> AsyncIterator[str]:
    async for batch in store.follow(("event.>",), 0, until=await store.position()):
        for stored in batch:
            yield stored.recorded.type


async def test_a_clock_follows_the_latest_event_of_a_batch_not_its_last() -> None:
    made = Planning(workers=1)
    made.clock.set(T0 + dt.timedelta(hours=3))
    await made.open("o1")
    late = T0 + dt.timedelta(hours=3)
    stored, _ = await made.store.load(Entity(AREA, "order", "o1"))
    earlier = msgspec.structs.replace(stored[0].recorded, recorded_at=T0)

    batch = [stored[0], msgspec.structs.replace(stored[0], position=2, recorded=earlier)]

    assert Areas().take(batch) == late
