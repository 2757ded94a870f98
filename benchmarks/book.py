"""The log read as plain JSON into one book of people, places, orders and schedules.

Shares nothing with the service but the reading of the log: no decider, planner, projection or model is used, so that
what is checked on this book is checked independently.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from dispatch.events.envelope import Stored

UTC = dt.UTC
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EARTH_KM = 6371.0088

Plain = dict[str, Any]
Key = tuple[str, str]


class Shift(Struct, frozen=True):
    """A span of duty ``[start, end)`` on the local ``day``, with its breaks (span and minutes)."""

    day: dt.date
    start: dt.datetime
    end: dt.datetime
    breaks: tuple[tuple[dt.datetime, dt.datetime, int], ...]


class Book(Struct):
    """What the log says stands, by (area, id), as plain JSON."""

    workers: dict[Key, Plain] = field(default_factory=dict)
    away: dict[Key, list[tuple[dt.datetime, dt.datetime]]] = field(default_factory=dict)
    places: dict[Key, Plain] = field(default_factory=dict)
    categories: dict[str, Plain] = field(default_factory=dict)
    policies: dict[str, Plain] = field(default_factory=dict)
    orders: dict[Key, Plain] = field(default_factory=dict)
    routes: dict[Key, dict[str, Plain]] = field(default_factory=dict)
    accepted: dict[Key, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)
    findings_recorded: int = 0

    def take(self, batch: Iterable[Stored]) -> None:
        """Take in a batch of the log."""
        for stored in batch:
            area, kind, key = stored.entity.area, stored.entity.kind, stored.entity.id
            recorded = stored.recorded
            self._take((area, key), kind, recorded.type, json.loads(bytes(recorded.data)), recorded.happened_at)

    def _take(self, key: Key, kind: str, name: str, event: Plain, at: dt.datetime) -> None:
        match kind:
            case "worker" | "place" | "category" | "policy":
                self._take_record(key, kind, name, event)
            case "request" if name == "RequestAccepted":
                identity = (event["source"], event["request"])
                if identity in self.accepted:
                    self.twice.append(f"{identity[0]}/{identity[1]} was accepted twice")
                self.accepted[identity] = event["order"]
            case "order":
                self._take_order(key, name, event, at)
            case "schedule" if name == "RouteChanged":
                self.routes.setdefault(key, {})[event["duty"]] = event
            case "plan" if name == "PlanRefused":
                self.findings_recorded += len(event["findings"])

    def _take_record(self, key: Key, kind: str, name: str, event: Plain) -> None:
        if name == "WorkerAbsent":
            self.away.setdefault(key, []).append((instant(event["start"]), instant(event["end"])))
        elif name == "WorkerBack":
            at = instant(event["at"])
            kept = [one for one in self.away.get(key, []) if event.get("keeps_later") and one[0] >= at]
            self.away[key] = [(start, min(end, at)) for start, end in self.away.get(key, []) if start < at] + kept
        elif kind == "worker" and "worker" in event:
            self.workers[key] = event["worker"]
        elif kind == "place" and "place" in event:
            self.places[key] = event["place"]
        elif kind == "category" and "category" in event:
            self.categories[key[1]] = event["category"]
        elif kind == "policy" and "policy" in event:
            self.policies[key[0]] = event["policy"]

    def _take_order(self, key: Key, name: str, event: Plain, at: dt.datetime) -> None:
        match name:
            case "OrderOpened":
                if key in self.orders:
                    self.twice.append(f"order {key[1]} was opened twice")
                self.orders[key] = {"opened": event, "planned": None, "ended": False, "reasons": []}
            case "OrderPlanned" | "OrderShort":
                self.orders[key] |= {"planned": event, "reasons": []}
            case "OrderUnplanned":
                self.orders[key] |= {"planned": None, "reasons": event["reasons"]}
            case "VisitDone":
                self.orders[key]["done"] = at
            case "OrderRescheduled":
                self.orders[key] |= {"planned": None, "windows": event.get("windows", [])}
            case "OrderCancelled" | "OrderClosed":
                self.orders[key]["ended"] = True
                if name == "OrderCancelled":
                    self.orders[key]["planned"] = None

    def zone(self, area: str) -> ZoneInfo:
        """The time zone of an area."""
        return ZoneInfo(self.policies.get(area, {}).get("time_zone", "Asia/Shanghai"))

    def position(self, area: str, place: Plain) -> tuple[float, float] | None:
        """Degrees of a place reference; None for one nobody registered."""
        if "lat" in place and place["lat"] is not None:
            return place["lat"], place["lon"]
        named = place.get("unit") or place.get("site") or place.get("checkpoint")
        found = self.places.get((area, named or ""))
        return None if found is None else (found["lat"], found["lon"])

    def shifts(self, worker: Key, first: dt.date, last: dt.date) -> list[Shift]:
        """The shifts of a worker that begin on the local days ``first`` to ``last``, in order."""
        zone = self.zone(worker[0])
        found = []
        for offset in range((last - first).days + 1):
            day = first + offset * DAY
            for shift in self.workers[worker]["shifts"]:
                if WEEKDAYS[day.weekday()] in shift.get("days", ()) or day.isoformat() in shift.get("on", ()):
                    found.append(_shift(shift, day, zone))
        return sorted(found, key=lambda one: one.start)

    def minutes(self, area: str, mode: str, here: tuple[float, float], there: tuple[float, float]) -> int:
        """Whole minutes of travel, by the rule of the area's policy."""
        if here == there:
            return 0
        speeds = self.policies.get(area, {}).get("speeds", {})
        speed = speeds.get(mode, {"walk": 4.5, "bike": 12.0, "car": 25.0}[mode])
        way = kilometres(here, there) * speeds.get("detour", 1.3) / speed * 60
        return int(speeds.get("fixed_min", 1) + math.ceil(way - 1e-9))


def kilometres(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance, by the cosine rule on the unit vectors (the service uses the haversine)."""
    ends = [(math.radians(lat), math.radians(lon)) for lat, lon in (here, there)]
    one, two = [(math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)) for lat, lon in ends]
    cross = math.dist((0, 0, 0), tuple(one[i - 2] * two[i - 1] - one[i - 1] * two[i - 2] for i in range(3)))
    return _EARTH_KM * math.atan2(cross, sum(a * b for a, b in zip(one, two, strict=True)))


def instant(text: str) -> dt.datetime:
    """An instant of the log."""
    return dt.datetime.fromisoformat(text)


def _shift(shift: Plain, day: dt.date, zone: ZoneInfo) -> Shift:
    def at(clock: str, on: dt.date) -> dt.datetime:
        return dt.datetime.combine(on, dt.time.fromisoformat(clock), zone).astimezone(UTC)

    def on_shift(clock: str) -> dt.datetime:
        return at(clock, day if clock >= shift["start"] else day + DAY)

    end = at(shift["end"], day if shift["end"] > shift["start"] else day + DAY)
    breaks = tuple((on_shift(one["start_from"]), on_shift(one["end_by"]), one["minutes"]) for one in shift["breaks"])
    return Shift(day, at(shift["start"], day), end, breaks)
