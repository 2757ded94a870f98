"""What a log says, folded from plain data: shares nothing with the rules, the planner or the solver it judges."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from system.on_duty import Rosters

from dispatch.events.envelope import Stored

Data = dict[str, Any]
MINUTE = dt.timedelta(minutes=1)
_KM_PER_RADIAN = 6371.0088


def instant(text: str) -> dt.datetime:
    """An instant as stored."""
    return dt.datetime.fromisoformat(text)


@dataclass
class Happened:
    """One event in plain data."""

    position: int
    area: str
    kind: str
    id: str
    type: str
    by: str
    cause: str
    happened_at: dt.datetime
    recorded_at: dt.datetime
    data: Data


def plain(stored: Stored) -> Happened:
    """The event in plain data."""
    recorded = stored.recorded
    return Happened(
        position=stored.position,
        area=stored.entity.area,
        kind=stored.entity.kind,
        id=stored.entity.id,
        type=recorded.type,
        by=recorded.by,
        cause=recorded.cause,
        happened_at=recorded.happened_at,
        recorded_at=recorded.recorded_at,
        data=msgspec.json.decode(recorded.data),
    )


@dataclass
class Order:
    """A work order. ``free_at``: from when on nobody is kept busy by it any more, whatever its stop says.

    ``under_way``: the position of the report by which it is; 0 if nobody set out.
    """

    opened: Data
    needs: Data | None
    windows: list[Data]
    workers: tuple[str, ...] = ()
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    pin: Data | None = None
    refused: set[str] = field(default_factory=set)
    under_way: int = 0
    set_out: set[str] = field(default_factory=set)
    there: set[str] = field(default_factory=set)
    done: bool = False
    failed: bool = False
    ended: str = ""
    told_why_not: bool = False
    free_at: dt.datetime | None = None
    came: dt.datetime | None = None
    accepted: dict[str, dt.datetime] = field(default_factory=dict)


@dataclass
class Worked:
    """A visit somebody did: where in the log and when they said so, on which local day of work, for how long, where."""

    position: int
    at: dt.datetime
    day: dt.date
    order: Key
    minutes: int
    place: Data


@dataclass
class Seen:
    """The last somebody said of being at an order, or through with it: when, which, whether they are ``there``."""

    at: dt.datetime
    order: Key
    there: bool


@dataclass
class Said:
    """One of all the times somebody said where they are: where in the log, when, of which order, where that is.

    ``there``: that they came, else that it is done, or could not be; ``came``: when they came. ``place`` is unset where
    it could not be and they never said that they came. ``off``: the order came off the plan since.
    """

    position: int
    at: dt.datetime
    order: Key
    there: bool
    came: dt.datetime
    place: Data | None
    off: bool = False


@dataclass
class Left:
    """An order that came off the plan with somebody there: where in the log, the last they said of it, where it is.

    ``since``: when they came there; unset if nobody said so, or only just then.
    """

    position: int
    at: dt.datetime
    place: Data
    since: dt.datetime | None


@dataclass
class Worker:
    """Somebody's record at one moment."""

    record: Data
    retired: bool = False
    away: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)


Key = tuple[str, str]


class LogState:
    """Everything the checks look at, folded event by event, with every earlier state of each worker."""

    def __init__(self) -> None:
        self.orders: dict[Key, Order] = {}
        self.workers: dict[Key, list[tuple[int, Worker]]] = {}
        self.places: dict[Key, Data] = {}
        self.policies: dict[str, Data] = {}
        self.rounds: dict[Key, Data] = {}
        self.zones: dict[Key, Data] = {}
        self.zone_helpers: dict[Key, str] = {}
        self.routes: dict[Key, dict[str, Data]] = {}
        self.worked_off: dict[Key, list[dt.datetime]] = {}
        self.done: dict[Key, list[Worked]] = {}
        self.seen: dict[Key, Seen] = {}
        self.said: dict[Key, list[Said]] = {}
        self.left: dict[Key, list[Left]] = {}
        self.heads: dict[str, int] = {}
        self.rosters = Rosters()

    def worker(self, key: Key, position: int) -> Worker | None:
        """The worker as of a log position."""
        found = None
        for at, state in self.workers.get(key, []):
            if at > position:
                break
            found = state
        return found

    def time_zone(self, area: str) -> ZoneInfo:
        """The area's wall clock."""
        return ZoneInfo(self.policies.get(area, {}).get("time_zone", "Asia/Shanghai"))

    def take(self, one: Happened) -> None:
        """Fold one event."""
        key = (one.area, one.id)
        match one.kind:
            case "order":
                self._order(key, one)
            case "worker":
                self._worker(key, one)
            case "schedule":
                self.routes.setdefault(key, {})[one.data["duty"]] = one.data
            case "plan" if one.type != "PlanRefused":
                self.heads[one.area] = one.data["number"]
            case "roster":
                self.rosters.take(key, one.position, one.type, one.data)
            case "policy":
                self.policies[one.area] = one.data["policy"]
            case "place":
                if one.type == "PlaceRetired":
                    self.places.pop(key, None)
                else:
                    self.places[key] = one.data["place"]
            case "round":
                if one.type == "RoundRetired":
                    self.rounds.pop(key, None)
                elif one.type != "WalksPublished":
                    self.rounds[key] = one.data["round"]
            case "zone":
                self._zone(key, one)

    def _order(self, key: Key, one: Happened) -> None:
        data = one.data
        if one.type == "OrderOpened":
            self.orders[key] = Order(opened=data, needs=data["needs"], windows=data["windows"])
            return
        order = self.orders[key]
        self._see(key, order, one)
        match one.type:
            case "OrderSpecified":
                order.needs = data["needs"]
            case "OrderPlanned":
                order.workers = tuple(data["workers"])
                order.start, order.end, order.told_why_not = instant(data["start"]), instant(data["end"]), False
                order.accepted = {name: at for name, at in order.accepted.items() if name in order.workers}
            case "OrderAskedAgain":
                order.accepted = {name: at for name, at in order.accepted.items() if name not in data["workers"]}
            case "VisitAccepted" if order.start is not None:
                order.accepted[data["worker"]] = order.start
            case "OrderShort":
                order.workers, order.told_why_not = tuple(data["workers"]), bool(data["reasons"])
                order.start, order.end = instant(data["start"]), instant(data["end"])
            case "OrderUnplanned":
                order.workers, order.start, order.end, order.told_why_not = (), None, None, bool(data["reasons"])
                order.accepted = {}
            case "OrderPinned":
                order.pin, order.refused = data, order.refused - set(data["workers"])
            case "OrderUnpinned":
                order.pin = None
            case "VisitRefused":
                order.refused.add(data["worker"])
                order.pin = None if order.pin and data["worker"] in order.pin["workers"] else order.pin
            case "WorkerOnTheWay" | "WorkerArrived":
                order.under_way = order.under_way or one.position
                order.set_out.add(data["worker"])
                order.there |= {data["worker"]} if one.type == "WorkerArrived" else set()
                order.came = order.came or (one.happened_at if one.type == "WorkerArrived" else None)
                if one.type == "WorkerArrived" and order.start and order.end and order.free_at is None:
                    # Who is there early will be done early.
                    order.free_at = one.happened_at + (order.end - order.start)
            case "VisitDone":
                order.done, order.free_at = True, one.happened_at
                self._done(key, order, one)
            case "VisitFailed":
                order.failed, order.free_at = True, min(order.free_at or one.recorded_at, one.recorded_at)
                order.there = set(order.workers)
            case "OrderRescheduled":
                self._worked_off(key, order)
                order.windows, order.pin, order.workers, order.start, order.end = data["windows"], None, (), None, None
                order.failed, order.told_why_not, order.under_way = False, False, 0
                order.free_at, order.came, order.accepted, order.set_out = None, None, {}, set()
            case "OrderCancelled" | "OrderClosed" | "OrderMoved":
                order.ended = one.type
                order.free_at = min(order.free_at or one.recorded_at, one.recorded_at)
                if one.type != "OrderClosed":
                    self._worked_off(key, order)
                    order.workers, order.start, order.end = (), None, None

    def _see(self, key: Key, order: Order, one: Happened) -> None:
        """Note where an event says somebody is, and where it takes them off the plan."""
        came, off = one.type == "WorkerArrived", one.type in {"OrderRescheduled", "OrderCancelled"}
        if not (came or off or one.type in {"VisitDone", "VisitFailed"}):
            return
        for name in [one.data["worker"]] if came else order.workers:
            worker, at = (key[0], name), one.happened_at
            if off and name in order.there:
                since = order.came if order.came and order.came < at else None
                self.left.setdefault(worker, []).append(Left(one.position, since or at, order.opened["place"], since))
            if off:
                for said in self.said.get(worker, ()):
                    said.off = said.off or said.order == key
            else:
                self._hear(worker, key, order, one)
            last = self.seen.get(worker)
            if off and last is not None and last.order == key:
                last.there = False
            elif not off and (last is None or at >= last.at):
                self.seen[worker] = Seen(at, key, came)

    def _hear(self, worker: Key, key: Key, order: Order, one: Happened) -> None:
        """Note that somebody said that they are at an order, or through with it."""
        said, there = self.said.setdefault(worker, []), one.type == "WorkerArrived"
        arrived = next((was.at for was in said if was.order == key and was.there and not was.off), None)
        took = order.end - order.start if order.start and order.end else dt.timedelta()
        came = one.happened_at if there else arrived or one.happened_at - took
        known = there or arrived or one.type == "VisitDone"
        place = order.opened["place"] if known else None
        said.append(Said(one.position, one.happened_at, key, there, came, place))

    def _done(self, key: Key, order: Order, one: Happened) -> None:
        """Note for each of the crew that it is work of the day, whatever becomes of the order or their schedules."""
        assert order.start is not None and order.end is not None
        for name in order.workers:
            worker = (key[0], name)
            starts = [
                instant(route["start"])
                for route in self.routes.get(worker, {}).values()
                if any(stop["order"] == key[1] for stop in route["stops"])
            ]
            day = min([one.happened_at, *starts]).astimezone(self.time_zone(key[0])).date()
            minutes = (order.end - order.start) // MINUTE
            worked = Worked(one.position, one.happened_at, day, key, minutes, order.opened["place"])
            self.done.setdefault(worker, []).append(worked)

    def _worked_off(self, key: Key, order: Order) -> None:
        """Note the duties somebody was at an order on that comes off the plan: it is work of that day all the same."""
        for name in order.there & set(order.workers):
            for route in self.routes.get((key[0], name), {}).values():
                if any(stop["order"] == key[1] for stop in route["stops"]):
                    self.worked_off.setdefault((key[0], name), []).append(instant(route["start"]))
        order.there = set()

    def _worker(self, key: Key, one: Happened) -> None:
        before = self.workers.setdefault(key, [])
        last = before[-1][1] if before else Worker(record={})
        record, retired, away = last.record, last.retired, list(last.away)
        match one.type:
            case "WorkerRegistered" | "WorkerChanged":
                record, retired = one.data["worker"], False
            case "WorkerRetired":
                retired = True
                away = [] if one.data["moved_to"] else away
            case "WorkerAbsent":
                away.append((instant(one.data["start"]), instant(one.data["end"])))
            case "WorkerBack":
                back = instant(one.data["at"])
                kept = [span for span in away if one.data["keeps_later"] and span[0] >= back]
                away = [(start, min(end, back)) for start, end in away if start < back] + kept
        before.append((one.position, Worker(record, retired, away)))

    def _zone(self, key: Key, one: Happened) -> None:
        match one.type:
            case "ZoneRegistered" | "ZoneChanged":
                self.zones[key] = one.data["zone"]
            case "ZoneRetired":
                self.zones.pop(key, None)
                self.zone_helpers.pop(key, None)
            case "ZoneGiven":
                self.zone_helpers[key] = one.data["helper"]
            case "ZoneUncovered":
                self.zone_helpers.pop(key, None)


def position_of(state: LogState, area: str, place: Data) -> tuple[float, float] | None:
    """Where a place reference is, if that is known."""
    if place.get("lat") is not None:
        return place["lat"], place["lon"]
    named = place.get("unit") or place.get("site") or place.get("checkpoint")
    found = state.places.get((area, named or ""))
    return None if found is None else (found["lat"], found["lon"])


def way_min(state: LogState, area: str, mode: str, here: tuple[float, float], there: tuple[float, float]) -> int:
    """Whole minutes under way: spherical law of cosines, so that not even the formula is shared."""
    if here == there:
        return 0
    speeds = {"walk": 4.5, "bike": 12.0, "car": 25.0, "detour": 1.3, "fixed_min": 1}
    speeds |= state.policies.get(area, {}).get("speeds", {})
    first, second = math.radians(here[0]), math.radians(there[0])
    cosine = math.sin(first) * math.sin(second) + math.cos(first) * math.cos(second) * math.cos(
        math.radians(there[1] - here[1])
    )
    kilometres = _KM_PER_RADIAN * math.acos(max(-1.0, min(1.0, cosine)))
    # The cosine of small angles is coarse; two hundredths of a minute of doubt go to the planner.
    return int(speeds["fixed_min"]) + math.ceil(kilometres * speeds["detour"] / speeds[mode] * 60 - 0.02)


def holds(record: Data, skill: str, level: int, day: dt.date) -> bool:
    """Whether a worker's record proves a skill on a day."""
    for held in record.get("skills", []):
        since, until = held.get("valid_from"), held.get("expires")
        in_time = (since is None or since <= day.isoformat()) and (until is None or day.isoformat() <= until)
        if in_time and held["skill"] == skill and held.get("level", 0) >= level:
            return True
    return False
