"""Plays a day: the whole service on a clock that jumps from one thing that is due to the next, with quiet between.

Nothing is said before all that was said earlier is decided, planned, improved and seen on the feed. That makes the
outcome depend on the world, the day and the seed alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from dispatch.demo.agenda import Act, Agenda
from dispatch.demo.draw import draw
from dispatch.demo.evidence import Evidence, gather
from dispatch.demo.feed import Feed
from dispatch.demo.front_desk import FrontDesk
from dispatch.demo.generator import Generator, Spoken
from dispatch.demo.staff import FieldStaff
from dispatch.events.schedule import RouteChanged
from dispatch.model.errors import WorldError
from dispatch.model.policy import Policy
from dispatch.model.time import at_clock
from dispatch.services.apply import apply
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import Local, local
from dispatch.services.world import World, read_world
from dispatch.store.connection import Connection

WORLDS = Path(__file__).parent.parent / "worlds"
DAY = dt.date(2026, 11, 23)
"""The day that is played, a Monday."""
BEFORE = dt.timedelta(minutes=40)
"""The services start and the world is applied this long before midnight."""
AFTER = dt.timedelta(hours=2)
"""What was asked before midnight is seen to for this long; nothing new is asked."""

Watch = Callable[[Local, dt.datetime], None]
"""Called as the simulated time moves on."""


class Players(Struct, frozen=True):
    """Who acts in the day, and what they mean to do."""

    agenda: Agenda
    staff: FieldStaff
    desk: FrontDesk


def find_world(name: str) -> World:
    """The world called ``name`` that comes with this package; raises `WorldError` if there is none."""
    path = WORLDS / f"{name}.toml"
    known = ", ".join(sorted(found.stem for found in WORLDS.glob("*.toml")))
    if not path.is_file() or path.parent != WORLDS:
        raise WorldError(f"There is no world {name!r} to play.", hint=f"{known} was meant.")
    world = read_world(path)
    area_of(world)
    return world


def area_of(world: World) -> tuple[str, str]:
    """The one area of ``world`` and its time zone; raises `WorldError` if there are several."""
    if len(world.areas) != 1:
        raise WorldError(f"The world {world.name!r} has {len(world.areas)} areas; a day is played in one.")
    policy = next((record.item for record in world.records if isinstance(record.item, Policy)), Policy())
    return world.areas[0], policy.time_zone


async def play(
    world: World,
    data_dir: Path,
    *,
    seed: int,
    day: dt.date = DAY,
    until: dt.datetime | None = None,
    watch: Watch | None = None,
) -> Evidence:
    """Play ``day`` in ``world`` with its log in ``data_dir``; returns what is kept of it.

    ``until`` breaks off there; by default it goes on for `AFTER` the day.
    """
    area, time_zone = area_of(world)
    start, end = (at_clock(day + dt.timedelta(days=ahead), "00:00", time_zone) for ahead in (0, 1))
    until = until or end + AFTER
    clock = ManualClock(start - BEFORE)
    spoken = Generator(world, area=area, day=day, time_zone=time_zone, seed=seed).said()
    feed = Feed()

    async def prepare(connection: Connection) -> None:
        await feed.follow(connection)
        await apply(world, Client(connection), clock.now(), run="demo")

    async with local(data_dir, clock, prepare=prepare) as service:
        players = _players(world, area, time_zone, seed)
        run = Run(service, clock, players, feed, watch)
        _put_down(players, spoken, start, seed)
        await run.until(until)
        return await gather(service.to.store, area=area, time_zone=time_zone, start=start, end=end, until=until)


def _players(world: World, area: str, time_zone: str, seed: int) -> Players:
    agenda = Agenda()
    staff = FieldStaff(world, area=area, seed=seed, agenda=agenda)
    return Players(agenda, staff, FrontDesk(area=area, time_zone=time_zone, seed=seed, agenda=agenda))


def _put_down(players: Players, spoken: tuple[Spoken, ...], midnight: dt.datetime, seed: int) -> None:
    """What the day brings in any case: the requests, an absence, a cancellation, two pins."""
    for one in spoken:
        players.agenda.put(one.at, _saying(one))
    source = draw(seed, "incidents")
    for act, hours in (
        (players.desk.pin_one, (9, 10)),
        (players.staff.fall_ill, (9, 12)),
        (players.desk.cancel_one, (10, 14)),
        (players.desk.pin_one, (12, 14)),
    ):
        players.agenda.put(midnight + dt.timedelta(minutes=source.randrange(hours[0] * 60, hours[1] * 60)), act)


def _saying(spoken: Spoken) -> Act:
    return lambda now: [Saying(spoken.subject, spoken.body)]


class Run:
    """One run of the service: says things one after the other and lets the players see what came of each."""

    def __init__(self, service: Local, clock: ManualClock, players: Players, feed: Feed, watch: Watch | None) -> None:
        self._service = service
        self._clock = clock
        self._players = players
        self._watch = watch
        self._client = Client(service.to.connection)
        self._feed = feed

    async def until(self, end: dt.datetime) -> None:
        """Let everything happen that is due by ``end``, each at its instant."""
        await self._settle()
        wheel = self._service.planner.areas.wheel
        while True:
            dues = [due for due in (self._players.agenda.next_at(), wheel.next_at()) if due is not None and due <= end]
            if not dues:
                break
            timers = (next_at := wheel.next_at()) is not None and next_at == min(dues)
            self._clock.set(min(dues))
            if timers:
                await self._settle()
            while (act := self._players.agenda.pop(self._clock.now())) is not None:
                for saying in act(self._clock.now()):
                    await self._client.say([saying])
                    await self._settle()
            if self._watch is not None:
                self._watch(self._service, self._clock.now())
        self._clock.set(end)
        await self._settle()
        await self._client.settled()

    async def _settle(self) -> None:
        """Wait until nothing is left to plan or to improve, and the players know of everything."""
        log = self._service.to.store.events
        while True:
            position = await log.position()
            await self._service.planner.settled(position)
            if await log.position() == position:
                break
        now = self._clock.now()
        for seen in await self._feed.up_to(position):
            if isinstance(seen.event, RouteChanged):
                self._players.staff.take(seen.entity.id, seen.event, now)
            elif seen.entity.kind == "order":
                self._players.desk.take(seen.entity.id, seen.event, now)
