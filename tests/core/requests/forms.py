"""Valid messages of every form, as plain data, to be bent out of shape."""

from __future__ import annotations

from typing import Any

import msgspec

from dispatch.requests.edge import read_direction, read_report, read_request
from dispatch.requests.reasons import REASONS

AT = "2026-11-22T08:41:07+08:00"
LATER = "2026-11-22T10:41:07+08:00"

REQUEST: dict[str, Any] = {
    "id": "sr-870704814",
    "source": "hotline",
    "category": "water-leak",
    "place": {"unit": "b3-1202"},
    "household": "h-1202",
    "contact": {"name": "李华", "phone": "139"},
    "detail": "kitchen ceiling drips",
    "urgency": "urgent",
    "window": {"from": AT, "to": LATER},
    "inside": True,
    "reported_at": AT,
}
_REPORT = {"id": "r1", "at": AT, "order": "ord1"}
REPORTS: dict[str, dict[str, Any]] = {
    "accepted": _REPORT,
    "refused": {**_REPORT, "reason": "ill"},
    "on_the_way": _REPORT,
    "arrived": {**_REPORT, "proof": {"lat": 30.0, "lon": 120.0, "photo": "p", "signature": "s"}},
    "done": {**_REPORT, "note": "tap"},
    "could_not": {**_REPORT, "reason": "nobody in"},
    "hazard": {**_REPORT, "checkpoint": "gate", "category": "lamp", "urgency": "urgent", "note": "live wire"},
    "scan": {"id": "r1", "at": AT, "checkpoint": "gate", "proof": {"photo": "p"}},
    "inspected": {"id": "r1", "at": AT, "zone": "z1", "work": "z1-20261102", "points": 87.5, "note": "dust"},
    "breach": {"id": "r1", "at": AT, "place": {"unit": "b3-1202"}, "note": "a wall is gone"},
    "rechecked": {"id": "r1", "at": AT, "notice": "n1", "put_right": False, "note": "still gone"},
    "absent": {"id": "r1", "at": AT, "until": LATER, "reason": "ill"},
    "back": {"id": "r1", "at": AT},
}
for _tag, _body in REPORTS.items():
    REPORTS[_tag] = {"report": _tag, **_body}
_BY = {"id": "d1", "by": "chen", "at": AT}
WORKER: dict[str, Any] = {
    "id": "w1",
    "role": "technician",
    "base": "s1",
    "skills": [{"skill": "plumbing", "level": 1, "expires": "2027-01-01"}],
    "shifts": [{"start": "08:00", "end": "18:00", "days": ["mon"], "on": ["2026-11-22"], "breaks": [
        {"start_from": "12:00", "end_by": "13:00", "minutes": 30}]}],
    "caps": {"visits_per_day": 8},
}  # fmt: skip
DIRECTIONS: dict[str, dict[str, Any]] = {
    "register": {**_BY, "world": "estate", "worker": WORKER},
    "retire": {**_BY, "kind": "worker", "target": "w1"},
    "move": {**_BY, "kind": "worker", "target": "w1", "to": "west"},
    "assign": {**_BY, "order": "ord1", "workers": ["w1", "w2"], "start": AT},
    "unpin": {**_BY, "order": "ord1"},
    "cancel": {**_BY, "order": "ord1", "reason": "sold"},
    "reschedule": {**_BY, "order": "ord1", "windows": [{"from": AT, "to": LATER}]},
    "follow-up": {**_BY, "order": "ord1", "satisfied": False, "note": "still drips"},
    "absence": {**_BY, "worker": "w1", "start": AT, "end": LATER, "reason": "ill"},
    "return": {**_BY, "worker": "w1", "start": AT},
    "give-zone": {**_BY, "zone": "z1", "helper": "w1"},
    "stand-in": {**_BY, "worker": "w1", "day": "2026-11-22", "instead": "w2", "leaves": True},
    "move-visit": {**_BY, "contract": "acme", "visit": "v1-0", "day": "2026-11-25", "helper": "w2"},
}
ALL: dict[str, dict[str, Any]] = {
    "request": REQUEST,
    **{f"report {tag}": body for tag, body in REPORTS.items()},
    **{f"direct {verb}": body for verb, body in DIRECTIONS.items()},
}


def read(form: str, body: bytes) -> msgspec.Struct:
    """The message in ``body``, read as the named form of `ALL`."""
    kind, _, name = form.partition(" ")
    if kind == "request":
        return read_request(body)
    return read_report(body) if kind == "report" else read_direction(name, body)


KNOWN = frozenset(REASONS)
