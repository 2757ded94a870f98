"""The simulated front desk: watches the orders on the feed, calls back, agrees new times, pins and cancels."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import msgspec
from msgspec import Struct

from dispatch.demo.agenda import Act, Agenda
from dispatch.demo.draw import NowAndThen, draw
from dispatch.demo.generator import Slots
from dispatch.events import order as happened
from dispatch.events.envelope import Entity
from dispatch.model.catalogue import Kind
from dispatch.model.time import Window, at_clock, local_day
from dispatch.requests import direction as directions
from dispatch.requests.direction import Direction
from dispatch.services.client import Saying

_MINUTE = dt.timedelta(minutes=1)
_BY = "front-desk"
_OPEN, _CLOSE = "08:30", "20:30"
"""Between these hours residents are called."""
_CANCEL_AHEAD = dt.timedelta(minutes=90)
_PIN_AHEAD = dt.timedelta(minutes=100)
_RULES_OF_OURS = frozenset({"unknown_category", "unknown_place", "unknown_area"})


class Case(Struct):
    """An order as the desk sees it on the board."""

    opened: happened.OrderOpened
    workers: tuple[str, ...] = ()
    start: dt.datetime | None = None
    pinned: bool = False
    over: bool = False


class Desk:
    """Whoever sits at a desk of ``area``: follows every order on the board, and directs."""

    def __init__(self, *, area: str, time_zone: str, seed: int, agenda: Agenda) -> None:
        self._area, self._zone, self._seed, self._agenda = area, time_zone, seed, agenda
        self._cases: dict[str, Case] = {}
        self._counts = itertools.count(1)

    def take(self, order: str, event: Struct, now: dt.datetime) -> None:
        """What happened to an order, as the feed brings it."""
        if isinstance(event, happened.OrderOpened):
            self._cases[order] = Case(opened=event)
            self._opened(order, self._cases[order], now)
            return
        case = self._cases.get(order)
        if case is None or case.over:
            return
        match event:
            case happened.OrderPlanned() | happened.OrderShort():
                case.workers, case.start = event.workers, event.start
            case happened.OrderUnplanned():
                case.workers, case.start = (), None
                self._left_out(order, case, event, now)
            case happened.OrderPinned():
                case.pinned = True
            case happened.VisitFailed():
                self._failed(order, case, now)
            case happened.VisitDone() if case.opened.origin != "round":
                self._done(order, case, now)
            case happened.OrderClosed() | happened.OrderCancelled():
                case.over = True

    def notice(self, entity: Entity, event: Struct, now: dt.datetime) -> None:
        """What happened to anything but orders and routes, as the feed brings it."""

    def _opened(self, order: str, case: Case, now: dt.datetime) -> None:
        """An order was opened."""

    def _left_out(self, order: str, case: Case, event: happened.OrderUnplanned, now: dt.datetime) -> None:
        """An order is not in the plan, or not any more."""

    def _failed(self, order: str, case: Case, now: dt.datetime) -> None:
        """A visit could not be done."""

    def _done(self, order: str, case: Case, now: dt.datetime) -> None:
        """The work somebody asked for is done."""

    def _follow_up_soon(self, order: str, now: dt.datetime, satisfied: Callable[[Case], bool]) -> None:
        """Call back in an hour or so, when one may call."""

        def act(then: dt.datetime) -> list[Saying]:
            content = satisfied(self._cases[order])
            note = "" if content else "it drips again"
            call = directions.FollowUp(id=self._id(), by=_BY, at=then, order=order, satisfied=content, note=note)
            return [self._says("follow-up", call)]

        delay = draw(self._seed, "call", order).randint(20, 90)
        self._agenda.put(self._when_open(now + delay * _MINUTE), act)

    def _when_open(self, at: dt.datetime) -> dt.datetime:
        """``at``, or the next hour at which one may call."""
        day = local_day(at, self._zone)
        if at < at_clock(day, _OPEN, self._zone):
            return at_clock(day, _OPEN, self._zone)
        if at > at_clock(day, _CLOSE, self._zone):
            return at_clock(day + dt.timedelta(days=1), _OPEN, self._zone)
        return at

    def _id(self) -> str:
        return f"call-{next(self._counts)}"

    def _says(self, verb: str, direction: Direction) -> Saying:
        return Saying(f"direct.{self._area}.{verb}", msgspec.json.encode(direction))


class FrontDesk(Desk):
    """The front desk of residents: whoever takes a call keeps the case until it is closed (首问负责制)."""

    def __init__(self, *, area: str, time_zone: str, seed: int, agenda: Agenda) -> None:
        super().__init__(area=area, time_zone=time_zone, seed=seed, agenda=agenda)
        self._slots = Slots(time_zone)
        self._unsatisfied = NowAndThen(draw(seed, "follow-up").randint(4, 9), 30)

    def _opened(self, order: str, case: Case, now: dt.datetime) -> None:
        if case.opened.origin == "rework" and case.opened.household:
            self._agenda.put(now + 4 * _MINUTE, self._agree(order, lambda case: not case.over))

    def _left_out(self, order: str, case: Case, event: happened.OrderUnplanned, now: dt.datetime) -> None:
        ours = any(reason.rule in _RULES_OF_OURS for reason in event.reasons)
        if case.opened.household and case.opened.windows and not ours:
            self._agenda.put(now + 3 * _MINUTE, self._agree(order, lambda case: case.start is None))

    def _failed(self, order: str, case: Case, now: dt.datetime) -> None:
        self._agenda.put(now + 15 * _MINUTE, self._agree(order, lambda case: not case.over))

    def _done(self, order: str, case: Case, now: dt.datetime) -> None:
        def satisfied(case: Case) -> bool:
            repair = case.opened.kind is Kind.REPAIR and case.opened.origin == "request"
            return not (repair and self._unsatisfied())

        self._follow_up_soon(order, now, satisfied)

    def cancel_one(self, now: dt.datetime) -> list[Saying]:
        """A resident calls off a repair that was agreed for later."""
        order = self._planned(lambda case, start: bool(case.opened.household) and start - now > _CANCEL_AHEAD)
        if order is None:
            self._agenda.put(now + 20 * _MINUTE, self.cancel_one)
            return []
        return [
            self._says("cancel", directions.Cancel(id=self._id(), by=_BY, at=now, order=order, reason="works again"))
        ]

    def pin_one(self, now: dt.datetime) -> list[Saying]:
        """A dispatcher promises somebody these very people at this very time."""
        order = self._planned(lambda case, start: case.opened.kind is Kind.REPAIR and start - now > _PIN_AHEAD)
        if order is None:
            self._agenda.put(now + 20 * _MINUTE, self.pin_one)
            return []
        case = self._cases[order]
        assign = directions.Assign(id=self._id(), by=_BY, at=now, order=order, workers=case.workers, start=case.start)
        return [self._says("assign", assign)]

    def _planned(self, wanted: Callable[[Case, dt.datetime], bool]) -> str | None:
        """The first order that is planned, not pinned, and ``wanted``."""
        for order, case in sorted(self._cases.items()):
            if not case.over and not case.pinned and case.start is not None and wanted(case, case.start):
                return order
        return None

    def _agree(self, order: str, still: Callable[[Case], bool]) -> Act:
        """Phone the resident and agree the next windows, if it is ``still`` called for."""

        def act(now: dt.datetime) -> list[Saying]:
            case = self._cases[order]
            if case.over or not still(case):
                return []
            free = self._slots.after(now + 90 * _MINUTE, local_day(now, self._zone))
            windows = tuple(Window(start=first, end=last) for first, last in free[:3])
            return [
                self._says(
                    "reschedule", directions.Reschedule(id=self._id(), by=_BY, at=now, order=order, windows=windows)
                )
            ]

        return act
