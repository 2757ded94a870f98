"""All areas in memory, folded from the log; which of them need planning, and the timers their events set."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from dispatch.decide.order import OrderState
from dispatch.decide.register import Register
from dispatch.events import order as happened
from dispatch.events.catalogue import ENTITIES, event_in
from dispatch.events.category import CategoryChanged, CategoryRegistered
from dispatch.events.envelope import Entity, Stored, Unreadable
from dispatch.model.time import at_clock, local_day
from dispatch.model.words import EVERYWHERE
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.held_up import next_late
from dispatch.planning.walk_watch import moments
from dispatch.services.planner.wheel import Due, Timer, Wheel

_PLANNED_FROM = frozenset(ENTITIES) - {"request", "message", "home"}
"""The kinds of entity that are folded here."""


class Areas:
    """The areas as of ``position``. ``dirt`` says what each area calls for since it was last planned."""

    def __init__(self) -> None:
        self.areas: dict[str, AreaState] = {}
        self.register = Register()
        self.dirt: dict[str, Dirt] = {}
        self.ahead: set[str] = set()
        """The areas of which it is to be seen what is due of what is planned for weeks ahead."""
        self.marks: Counter[str] = Counter()
        """How often each area called for planning so far."""
        self.wheel = Wheel()
        self.position = 0
        self.last = ""
        """The id of the event at `position`."""

    def take(self, batch: Iterable[Stored]) -> dt.datetime | None:
        """Fold a batch of events; returns when the latest of them was recorded, which need not be the last."""
        recorded_at = None
        for stored in batch:
            if stored.position <= self.position:
                continue
            self.position, self.last = stored.position, stored.recorded.id
            if stored.entity.kind not in ENTITIES:
                continue
            event = event_in(stored) if stored.entity.kind in _PLANNED_FROM else None
            if not isinstance(event, Unreadable):
                recorded_at = max(recorded_at or stored.recorded.recorded_at, stored.recorded.recorded_at)
            if event is not None:
                self.take_one(stored.position, stored.entity, event, stored.recorded.happened_at)
        return recorded_at

    def take_one(self, position: int, entity: Entity, event: Struct, at: dt.datetime) -> None:
        """Fold one event; one that was folded before changes nothing."""
        if entity.kind == "category":
            self._take_category(entity, event)
            return
        if entity.kind == "place":
            self.register.take(entity, event)
            for name, other in self.areas.items():
                if other.orders:
                    self.mark(name, Dirt.HOMES)
        area = self.areas.get(entity.area)
        if area is None:
            area = self.areas[entity.area] = AreaState(entity.area, self.register.categories)
        dirt = area.take(position, entity, event, at)
        if dirt:
            self.mark(entity.area, dirt)
        if entity.kind == "order":
            self._set_timers(area, entity.id, event)

    def position_of(self, entity: Entity) -> int:
        """The position of the last event of ``entity`` that was folded; 0 if none."""
        area = self.areas.get(entity.area)
        return 0 if area is None else area.position_of(entity)

    def mark(self, area: str, dirt: Dirt) -> None:
        """Note that ``area`` calls for planning."""
        if Dirt.HORIZONS in dirt:
            self.ahead.add(area)
            dirt &= ~Dirt.HORIZONS
        if not dirt:
            return
        self.dirt[area] = self.dirt.get(area, Dirt.CLEAN) | dirt
        self.marks[area] += 1

    def clean(self, area: str) -> Dirt:
        """What ``area`` calls for; it counts as seen to from here on."""
        return self.dirt.pop(area, Dirt.CLEAN)

    def set_new_day(self, area: AreaState, now: dt.datetime) -> None:
        """Set the timer of the next local day, when the horizon and the rounds move on."""
        zone = area.policy.time_zone
        tomorrow = local_day(now, zone) + dt.timedelta(days=1)
        self.wheel.set(Due(at_clock(tomorrow, "00:00", zone), Timer.NEW_DAY, area.area))

    def set_late(self, area: AreaState, now: dt.datetime) -> None:
        """Set the timer of the next moment at which somebody may be late for what they were told."""
        at = next_late(area, now)
        if at is not None:
            self.wheel.set(Due(at, Timer.LATE, area.area))

    def _take_category(self, entity: Entity, event: Struct) -> None:
        self.register.take(entity, event)
        for area, state in self.areas.items():
            if state.contracts:
                self.mark(area, Dirt.HORIZONS)
        if entity.area == EVERYWHERE and isinstance(event, (CategoryRegistered, CategoryChanged)):
            for area, state in self.areas.items():
                if any(order.needs is None and order.opened.category == entity.id for order in state.orders.values()):
                    self.mark(area, Dirt.ALL)

    def set_timers_again(self, area: str, order_id: str, order: OrderState) -> None:
        """Set the timers of an order as it stands: those that ran out while another planner had the area, or all."""
        self._set_promise(self.areas[area], order_id, order)
        self._set_look_again(area, order_id, order)
        self._set_watch(area, order_id, order)
        if order.start is not None:
            self._set_tell(self.areas[area], order_id, order.start)

    def _set_timers(self, area: AreaState, order_id: str, event: Struct) -> None:
        order = area.orders.get(order_id)
        if order is None:
            return
        match event:
            case happened.OrderOpened() | happened.OrderSpecified():
                self._set_promise(area, order_id, order)
                self._set_look_again(area.area, order_id, order)
            case happened.OrderRescheduled():
                self._set_look_again(area.area, order_id, order)
            case happened.OrderPlanned():
                self._set_tell(area, order_id, event.start)
            case happened.WalkLaidOut() | happened.VisitDone():
                self._set_watch(area.area, order_id, order)

    def _set_look_again(self, area: str, order_id: str, order: OrderState) -> None:
        for window in order.windows:
            self.wheel.set(Due(window.end, Timer.LOOK_AGAIN, area, order_id))

    def _set_watch(self, area: str, order_id: str, order: OrderState) -> None:
        for at in () if order.watch is None else moments(order.watch):
            self.wheel.set(Due(at, Timer.WATCH, area, order_id))

    def _set_tell(self, area: AreaState, order_id: str, start: dt.datetime) -> None:
        tell_at = start - dt.timedelta(minutes=area.policy.tell_ahead_min)
        self.wheel.set(Due(tell_at, Timer.TELL, area.area, order_id))

    def _set_promise(self, area: AreaState, order_id: str, order: OrderState) -> None:
        if order.needs is not None and order.needs.due is not None:
            self.wheel.set(Due(order.needs.due, Timer.PROMISE, area.area, order_id))
