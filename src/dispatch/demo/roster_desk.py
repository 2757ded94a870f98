"""A desk where people work by roster: it knows who is on duty, and calls somebody in for who cannot come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from msgspec import Struct

from dispatch.demo.front_desk import Desk
from dispatch.demo.play import Scene
from dispatch.events.envelope import Entity
from dispatch.events.roster import DutiesPublished, DutyDirected, RosteredDuty
from dispatch.events.worker import WorkerAbsent
from dispatch.requests import direction as directions
from dispatch.services.client import Saying
from dispatch.services.questions import StandInsAsked

_MINUTE = dt.timedelta(minutes=1)
_BY = "front-desk"
_STANDS_IN_AFTER_MIN = 10
"""Minutes from the word that somebody cannot come to the call of who steps in."""


class RosterDesk(Desk):
    """Follows rosters on the feed; for a duty somebody cannot come to, it has the best of who could step in."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(area=scene.area, time_zone=scene.time_zone, seed=scene.seed, agenda=scene.agenda)
        self._scene = scene
        self.duties: dict[str, dict[dt.date, RosteredDuty]] = {}

    def on_duty(self, day: dt.date) -> dict[str, RosteredDuty]:
        """Who has a duty on the local ``day``, in order of their ids."""
        return {worker: known[day] for worker, known in sorted(self.duties.items()) if day in known}

    def notice(self, entity: Entity, event: Struct, now: dt.datetime) -> None:
        """Rosters that were published or changed, and whoever cannot come."""
        match event:
            case DutiesPublished(start=start, until=until, duties=duties):
                known = self.duties.get(entity.id, {})
                kept = {day: duty for day, duty in known.items() if not start <= day < until}
                self.duties[entity.id] = kept | {duty.day: duty for duty in duties}
            case DutyDirected(day=day, duty=duty):
                known = self.duties.setdefault(entity.id, {})
                known.pop(day, None)
                known |= {} if duty is None else {day: duty}
            case WorkerAbsent(start=start, end=end):
                for day, duty in sorted(self.duties.get(entity.id, {}).items()):
                    if start < duty.end and duty.start < end:
                        self._agenda.put(now + _STANDS_IN_AFTER_MIN * _MINUTE, self._stand_in(entity.id, day))

    def _stand_in(self, gone: str, day: dt.date) -> Callable[[dt.datetime], Awaitable[list[Saying]]]:
        """Ask who can step in, and call the first who breaks no agreement by it and leaves nothing else open."""

        async def act(now: dt.datetime) -> list[Saying]:
            found = await self._scene.ask(StandInsAsked(area=self._area, worker=gone, day=day))
            best = next((one.worker for one in found.found if not one.breaks and not one.leaves), None)
            if best is None:
                return []
            called = directions.StandIn(id=self._id(), by=_BY, at=now, worker=best, day=day, instead=gone)
            return [self._says("stand-in", called)]

        return act
