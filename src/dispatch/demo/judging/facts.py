"""The log as a checker reads it: every event beside its entity, visits as they took place, the roster as registered.

Folded here anew on purpose. What the deciders and the planner believe is not asked.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import cached_property
from typing import Any, TypeVar

from msgspec import Struct

from dispatch.demo.evidence import Evidence
from dispatch.events import order as happened
from dispatch.events import roster
from dispatch.events import round as rounds
from dispatch.events import worker as workers
from dispatch.events import zone as zones
from dispatch.events.catalogue import event_of
from dispatch.events.category import CategoryChanged, CategoryRegistered
from dispatch.events.place import PlaceChanged, PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.schedule import RouteChanged
from dispatch.model.catalogue import Category, Kind
from dispatch.model.people import Worker
from dispatch.model.places import Place, Round, Zone
from dispatch.model.policy import Policy
from dispatch.model.time import Window, at_clock, local_day

E = TypeVar("E", bound=Struct)

MINUTE = dt.timedelta(minutes=1)


class Happening(Struct, frozen=True):
    """One event: its ``position``, when it was so (``at``), when it was recorded, by whom and through what."""

    position: int
    id: str
    at: dt.datetime
    recorded: dt.datetime
    by: str
    cause: str
    event: Struct


class Presence(Struct, frozen=True):
    """A worker's arrival at a visit."""

    worker: str
    at: dt.datetime
    proof: happened.Proof | None


class Visit(Struct, kw_only=True):
    """One time on site as it took place: who came, when it ended, and whether the work was done."""

    order: str
    windows: tuple[Window, ...]
    came: list[Presence]
    ended: dt.datetime | None = None
    done: bool = False
    proof: happened.Proof | None = None

    def came_by(self, deadline: dt.datetime) -> int:
        """How many people had arrived by ``deadline``."""
        return len({one.worker for one in self.came if one.at <= deadline})

    @property
    def first(self) -> dt.datetime:
        """When the first arrived."""
        return min(one.at for one in self.came)

    @property
    def last(self) -> dt.datetime:
        """When the last arrived."""
        return max(one.at for one in self.came)


class Work(Struct, frozen=True):
    """An order somebody reported as done: where in the log, on which local day, and how long it was to take."""

    order: str
    position: int
    day: dt.date
    minutes: int


class Span(Struct, frozen=True, order=True):
    """``[start, end)`` of a duty, break or absence."""

    start: dt.datetime
    end: dt.datetime
    minutes: int = 0

    def meets(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether it has an instant in common with ``[start, end)``."""
        return self.start < end and start < self.end


class Facts:
    """All there is to judge by, each kind of entity by id, its events in the order of the log."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.zone = evidence.time_zone
        self.by_kind: dict[str, dict[str, list[Happening]]] = defaultdict(lambda: defaultdict(list))
        for stored in evidence.events:
            recorded = stored.recorded
            one = Happening(
                stored.position,
                stored.entity.id,
                recorded.happened_at,
                recorded.recorded_at,
                recorded.by,
                recorded.cause,
                event_of(recorded),
            )
            self.by_kind[stored.entity.kind][stored.entity.id].append(one)
        self._around: dict[str, list[tuple[Span, tuple[Span, ...]]]] = {}
        self.orders = self.by_kind["order"]
        self.schedules = self.by_kind["schedule"]
        self.policy: Policy = next(one.event.policy for one in self.all("policy", PolicySet))  # type: ignore[attr-defined]
        self.categories: dict[str, Category] = self._records("category", CategoryRegistered, CategoryChanged)
        self.workers: dict[str, Worker] = self._records("worker", workers.WorkerRegistered, workers.WorkerChanged)
        self.places: dict[str, Place] = self._records("place", PlaceRegistered, PlaceChanged)
        self.zones: dict[str, Zone] = self._records("zone", zones.ZoneRegistered, zones.ZoneChanged)
        self.rounds: dict[str, Round] = self._records("round", rounds.RoundRegistered, rounds.RoundChanged)
        self.visits: dict[str, list[Visit]] = {order: visits_of(told) for order, told in self.orders.items()}

    def _records(self, kind: str, *of: type[Struct]) -> dict[str, Any]:
        """The newest record of each entity, by id, from events that carry it whole."""
        return {one.id: getattr(one.event, kind) for event in of for one in self.all(kind, event)}

    def all(self, kind: str, of: type[Struct]) -> list[Happening]:
        """Every event of one type, by entity."""
        return [one for events in self.by_kind[kind].values() for one in events if isinstance(one.event, of)]

    def events(self, order: str, of: type[E]) -> list[tuple[Happening, E]]:
        """The events of one type of an order."""
        return [(one, one.event) for one in self.orders[order] if isinstance(one.event, of)]

    def opened(self, order: str) -> happened.OrderOpened:
        """How the order was opened."""
        first = self.orders[order][0].event
        assert isinstance(first, happened.OrderOpened)
        return first

    def asked(self) -> list[str]:
        """Orders from requests and the rework of them; rounds left out."""
        return [order for order in self.orders if self.opened(order).origin != happened.Origin.ROUND]

    def repairs(self) -> list[str]:
        """Repairs whose kind of work is known."""
        return [
            order
            for order in self.asked()
            if self.opened(order).kind is Kind.REPAIR and self.opened(order).category in self.categories
        ]

    def is_urgent(self, order: str) -> bool:
        """Whether the urgent promise runs, by the request or else the catalogue."""
        opened = self.opened(order)
        category = self.categories.get(opened.category)
        return (opened.urgency or (category.urgency if category else None)) == "urgent"

    def people(self, order: str) -> int:
        """People needed at once: the catalogue's number, else two inside a home (`DOMAIN.md`), else one."""
        opened = self.opened(order)
        if opened.round:
            return self.rounds[opened.round].people
        category = self.categories[opened.category]
        inside = category.inside if opened.inside is None else opened.inside
        return category.people or (2 if inside else 1)

    def skill(self, order: str) -> tuple[str, int] | None:
        """The skill and level an order asks for; None while its kind of work is unknown."""
        opened = self.opened(order)
        if opened.round:
            return self.rounds[opened.round].skill, self.rounds[opened.round].level
        category = self.categories.get(opened.category)
        return None if category is None else (category.skill, category.level)

    def called_off(self, order: str) -> bool:
        """Whether the order was cancelled."""
        return bool(self.events(order, happened.OrderCancelled))

    def absences(self, worker: str) -> list[tuple[int, Span]]:
        """A worker's absences with the position they were recorded at."""
        return [
            (one.position, Span(one.event.start, one.event.end))
            for one in self.by_kind["worker"][worker]
            if isinstance(one.event, workers.WorkerAbsent)
        ]

    def days(self) -> list[dt.date]:
        """The local days that were played."""
        first, after = (local_day(at, self.zone) for at in (self.evidence.start, self.evidence.end))
        return [first + dt.timedelta(days=ahead) for ahead in range((after - first).days)]

    def rostered(self, worker: str, position: int | None = None) -> dict[dt.date, roster.RosteredDuty]:
        """The duties of a worker by day as they were published by log ``position``; by the end of the log without."""
        found: dict[dt.date, roster.RosteredDuty] = {}
        for one in self.by_kind["roster"][worker]:
            if position is not None and one.position >= position:
                break
            match one.event:
                case roster.DutiesPublished(start=start, until=until, duties=duties):
                    found = {day: duty for day, duty in found.items() if not start <= day < until}
                    found |= {duty.day: duty for duty in duties}
                case roster.DutyDirected(day=day, duty=duty):
                    found.pop(day, None)
                    found |= {} if duty is None else {day: duty}
        return found

    def duties(self, worker: str, day: dt.date, position: int | None = None) -> list[tuple[Span, tuple[Span, ...]]]:
        """The duties of a worker that begin on the local ``day``, each with its breaks.

        As registered; of who works by roster as published by log ``position``, or by the end of the log.
        """
        if self.workers[worker].terms is not None:
            duty = self.rostered(worker, position).get(day)
            return [] if duty is None else [(Span(duty.start, duty.end), tuple(Span(*rest) for rest in duty.breaks))]
        found = []
        name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
        for shift in self.workers[worker].shifts:
            if name not in shift.days and day not in shift.on:
                continue

            def clock(text: str, start: str = shift.start) -> dt.datetime:
                late = text < start
                return at_clock(day + dt.timedelta(days=late), text, self.zone)

            start = clock(shift.start)
            end = clock(shift.end) if shift.end != shift.start else start + dt.timedelta(days=1)
            rests = tuple(Span(clock(rest.start_from), clock(rest.end_by), rest.minutes) for rest in shift.breaks)
            found.append((Span(start, end), rests))
        return found

    def duties_around(self, worker: str, position: int | None = None) -> list[tuple[Span, tuple[Span, ...]]]:
        """The duties of a worker from the day before the first to two days after the last, as in `duties`."""
        if position is None and worker in self._around:
            return self._around[worker]
        days = self.days()
        around = (days[0] + dt.timedelta(days=ahead) for ahead in range(-1, len(days) + 2))
        found = [duty for day in around for duty in self.duties(worker, day, position)]
        if position is None:
            self._around[worker] = found
        return found

    def routes(self, worker: str) -> list[tuple[Happening, RouteChanged]]:
        """Every route a worker was ever sent, in the order of the log."""
        return [(one, one.event) for one in self.schedules[worker] if isinstance(one.event, RouteChanged)]

    def done_by(self, worker: str) -> list[Work]:
        """What a worker did, by their own reports that they came or were done; of a night, for the day it began on."""
        return [
            Work(order, one.position, self._day_of_work(worker, one.at), minutes)
            for order, one, people, minutes in self._visits_done
            if worker in people
        ]

    @cached_property
    def _visits_done(self) -> list[tuple[str, Happening, set[str], int]]:
        """Every visit reported as done: its order, the report, who was there, the minutes it was planned for."""
        found = []
        for order, told in self.orders.items():
            came: set[str] = set()
            minutes = 0
            for one in told:
                match one.event:
                    case happened.OrderPlanned(start=start, end=end):
                        minutes = int((end - start) / MINUTE)
                    case happened.OrderRescheduled():
                        came = set()
                    case happened.WorkerArrived():
                        came.add(one.event.worker)
                    case happened.VisitDone():
                        found.append((order, one, {one.event.worker, *came}, minutes))
        return found

    def _day_of_work(self, worker: str, at: dt.datetime) -> dt.date:
        begun = [span.start for span, _ in self.duties_around(worker) if span.start <= at <= span.end]
        return local_day(max(begun, default=at), self.zone)

    def ended_by(self, order: str, position: int) -> dt.datetime | None:
        """When the last visit of an order before log ``position`` ended; None while it is still to be made."""
        ended = None
        for one in self.orders.get(order, []):
            if one.position >= position:
                break
            if isinstance(one.event, (happened.VisitDone, happened.VisitFailed, happened.OrderCancelled)):
                ended = one.at
            elif isinstance(one.event, happened.OrderRescheduled):
                ended = None
        return ended


def visits_of(events: list[Happening]) -> list[Visit]:
    """The visits of one order: from the first arrival to the report that it was done, or could not be."""
    found: list[Visit] = []
    windows: tuple[Window, ...] = ()
    current: Visit | None = None
    for one in events:
        match one.event:
            case happened.OrderOpened() | happened.OrderRescheduled():
                windows = one.event.windows
            case happened.WorkerArrived():
                if current is None:
                    current = Visit(order=one.id, windows=windows, came=[])
                    found.append(current)
                current.came.append(Presence(one.event.worker, one.at, one.event.proof))
            case happened.VisitDone() | happened.VisitFailed():
                if current is not None:
                    current.ended, current.proof = one.at, one.event.proof
                    current.done = isinstance(one.event, happened.VisitDone)
                current = None
    return found
