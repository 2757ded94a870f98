"""Plays a world: the whole service on a clock that jumps from one thing that is due to the next, with quiet between.

Nothing is said before all that was said earlier is decided, planned, improved and seen on the feed. That makes the
outcome depend on the world, the days and the seed alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path

from dispatch.demo.agenda import Agenda
from dispatch.demo.evidence import Evidence, gather
from dispatch.demo.feed import Feed
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.plays import area_of, find_world
from dispatch.events.schedule import RouteChanged
from dispatch.services.apply import apply
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import Local, local
from dispatch.services.questions import StandInsAsked, StandInsFound
from dispatch.store.connection import Connection

Watch = Callable[[Local, dt.datetime], None]
"""Called as the simulated time moves on."""


async def play_days(
    play: Play, data_dir: Path, *, seed: int, until: dt.datetime | None = None, watch: Watch | None = None
) -> Evidence:
    """Play the days of ``play`` with its log in ``data_dir``; returns what is kept of it.

    ``until`` breaks off there; by default it goes on for as long ``after`` the last day as the play says.
    """
    world = find_world(play.name)
    area, time_zone = area_of(world)
    agenda, feed = Agenda(), Feed()
    clients: list[Client] = []

    async def ask(question: StandInsAsked) -> StandInsFound:
        return await clients[0].ask("ask.planner.standins", question, StandInsFound)

    scene = Scene(
        world=world, area=area, time_zone=time_zone, day=play.day, days=play.days, seed=seed, agenda=agenda, ask=ask
    )
    players = play.players(scene)
    clock = ManualClock(scene.start - play.before)
    until = until or scene.end + play.after

    async def prepare(connection: Connection) -> None:
        await feed.follow(connection)
        clients.append(Client(connection))
        await apply(world, clients[0], clock.now(), run="demo")
        await play.beforehand(scene, players, clients[0])

    async with local(data_dir, clock, secret=secret_of(play.name, seed), prepare=prepare) as service:
        run = Run(service, clock, scene.agenda, players, feed, watch)
        play.begin(scene, players)
        await run.until(until)
        return await gather(
            service.to.store, area=area, time_zone=time_zone, start=scene.start, end=scene.end, until=until
        )


def secret_of(world: str, seed: int) -> str:
    """The secret of a world played with ``seed``, so that what is drawn ahead is the same in every run."""
    return hashlib.sha256(f"{world}/{seed}/secret".encode()).hexdigest()


class Run:
    """One run of the service: says things one after the other and lets the players see what came of each."""

    def __init__(
        self,
        service: Local,
        clock: ManualClock,
        agenda: Agenda,
        players: Players,
        feed: Feed,
        watch: Watch | None,
    ) -> None:
        self._service = service
        self._clock = clock
        self._agenda = agenda
        self._players = players
        self._watch = watch
        self._client = Client(service.to.connection)
        self._feed = feed

    async def until(self, end: dt.datetime) -> None:
        """Let everything happen that is due by ``end``, each at its instant."""
        await self._settle()
        wheel = self._service.planner.areas.wheel
        while True:
            dues = [due for due in (self._agenda.next_at(), wheel.next_at()) if due is not None and due <= end]
            if not dues:
                break
            timers = (next_at := wheel.next_at()) is not None and next_at == min(dues)
            self._clock.set(min(dues))
            if timers:
                await self._settle()
            while (act := self._agenda.pop(self._clock.now())) is not None:
                sayings = act(self._clock.now())
                for saying in await sayings if inspect.isawaitable(sayings) else sayings:
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
            else:
                self._players.desk.notice(seen.entity, seen.event, now)
