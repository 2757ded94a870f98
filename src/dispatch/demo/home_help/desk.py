"""The desk of the home helpers: holds visits to the agreed helper, and asks the client before somebody else comes."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from dispatch.demo.agenda import Act
from dispatch.demo.draw import draw
from dispatch.demo.front_desk import Case
from dispatch.demo.home_help.agreements import HOURS, Agreement, agreements_of, window_on
from dispatch.demo.play import Scene
from dispatch.demo.roster_desk import RosterDesk
from dispatch.events import order as happened
from dispatch.model.time import local_day
from dispatch.requests import direction as directions
from dispatch.services.client import Saying

_MINUTE = dt.timedelta(minutes=1)
_BY = "front-desk"
_CALLS_AFTER_MIN = 25
"""Minutes after which a client is called whose helper cannot come; somebody to step in is found by then."""
_DECLINES = 0.25
"""Of clients who would rather go without than have somebody else."""


class HomeHelpDesk(RosterDesk):
    """Keeps each visit with the helper the client agreed to; another one comes only where the client says yes."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self._agreements = {one.household: one for one in agreements_of(scene.world, scene.day)}
        self._agreed_to = {one.household: one.zone for one in self._agreements.values()}
        self._helpers = {one.helper for one in self._agreements.values()}

    def hold(self, order: str, agreement: Agreement, now: dt.datetime) -> Saying:
        """Hold a visit to the agreed helper."""
        return self._assign(order, agreement.helper, now)

    def _assign(self, order: str, worker: str, now: dt.datetime) -> Saying:
        assign = directions.Assign(id=self._id(), by=_BY, at=now, order=order, workers=(worker,))
        return self._says("assign", assign)

    def _left_out(self, order: str, case: Case, event: happened.OrderUnplanned, now: dt.datetime) -> None:
        if case.opened.household in self._agreements and case.opened.windows:
            self._agenda.put(self._when_open(now + _CALLS_AFTER_MIN * _MINUTE), self._ask_the_client(order))

    def _ask_the_client(self, order: str) -> Act:
        """Somebody else may come if the client agrees: kept with the home, or else the visit is called off."""

        def act(now: dt.datetime) -> list[Saying]:
            case = self._cases[order]
            household = case.opened.household or ""
            day = local_day(case.opened.windows[0].start, self._zone)
            free = [worker for worker in self.on_duty(day) if worker not in self._helpers]
            if case.over or case.start is not None or self._agreements[household].helper in self.on_duty(day):
                return []
            if not free or draw(self._seed, "consent", household).random() < _DECLINES:
                reason = "the client waits for the agreed helper"
                return [
                    self._says("cancel", directions.Cancel(id=self._id(), by=_BY, at=now, order=order, reason=reason))
                ]
            said = []
            zone = self._agreed_to[household]
            if free[0] not in (zone.only or ()):
                zone = self._agreed_to[household] = replace(zone, only=(*(zone.only or ()), free[0]))
                said.append(self._says("register", directions.Register(id=self._id(), by=_BY, at=now, zone=zone)))
            return [*said, self._assign(order, free[0], now)]

        return act

    def move_one(self, now: dt.datetime) -> list[Saying]:
        """A client asks for other hours on a day far enough ahead; the helper has them free."""
        for order, case in sorted(self._cases.items()):
            agreement = self._agreements.get(case.opened.household or "")
            if agreement is None or case.start is None or case.over:
                continue
            day, helper = local_day(case.start, self._zone), agreement.helper
            spare = sum(one.helper == helper for one in self._agreements.values()) < len(HOURS)
            if spare and case.start - now >= dt.timedelta(days=3, hours=1) and helper in case.workers:
                window = window_on(day, HOURS[1], self._zone)
                moved = directions.Reschedule(id=self._id(), by=_BY, at=now, order=order, windows=(window,))
                return [self._says("reschedule", moved), self._assign(order, helper, now)]
        return []
