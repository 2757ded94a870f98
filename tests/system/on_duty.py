"""When people are on duty, from the plain data of the log: by their own shifts, or by what was published for them."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

Span = tuple[dt.datetime, dt.datetime]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def shift_spans(record: dict[str, Any], day: dt.date, zone: ZoneInfo) -> list[Span]:
    """The shifts of a worker's record that start on a local day, in UTC."""
    spans = []
    for shift in record.get("shifts", []):
        if _DAYS[day.weekday()] in shift.get("days", []) or day.isoformat() in shift.get("on", []):
            start = dt.datetime.combine(day, dt.time.fromisoformat(shift["start"]), zone)
            last = day if shift["end"] > shift["start"] else day + dt.timedelta(days=1)
            end = dt.datetime.combine(last, dt.time.fromisoformat(shift["end"]), zone)
            spans.append((start.astimezone(dt.UTC), end.astimezone(dt.UTC)))
    return spans


class Rosters:
    """Every state of every roster: by person the duties of each day, with the log position from which on it is so."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], list[tuple[int, dict[str, Any]]]] = {}

    def take(self, key: tuple[str, str], position: int, kind: str, data: dict[str, Any]) -> None:
        """Fold one event of a roster."""
        states = self._states.setdefault(key, [])
        duties = dict(states[-1][1]) if states else {}
        if kind == "DutiesPublished":
            duties = {day: one for day, one in duties.items() if not data["start"] <= day < data["until"]}
            duties |= {one["day"]: one for one in data["duties"]}
        else:
            duties.pop(data["day"], None)
            duties |= {} if data["duty"] is None else {data["day"]: data["duty"]}
        states.append((position, duties))

    def duties(self, key: tuple[str, str], position: int) -> dict[str, Any]:
        """The duties of somebody by day, as of a log position."""
        found: dict[str, Any] = {}
        for at, duties in self._states.get(key, []):
            if at > position:
                break
            found = duties
        return found

    def spans(self, key: tuple[str, str], day: dt.date, position: int) -> list[Span]:
        """What of it leaves them free for visits on a local day, in UTC."""
        one = self.duties(key, position).get(day.isoformat())
        if one is None or one.get("bound"):
            return []
        return [(dt.datetime.fromisoformat(one["start"]), dt.datetime.fromisoformat(one["end"]))]
