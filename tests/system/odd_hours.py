"""What makes an estate hard: two shifts a day under one cap, nights with papers that run out, and an area next door."""

from __future__ import annotations

from typing import Any

from system.estate import WEEK, worker
from system.house import AREA, T0

NEXT_DOOR = "west"
HALVES = [{"start": "08:00", "end": "12:00", "days": WEEK}, {"start": "13:00", "end": "17:00", "days": WEEK}]
NIGHT = [{"start": "22:00", "end": "06:00", "days": WEEK}]
ODD: dict[str, dict[str, Any]] = {
    "d1": {"skills": [{"skill": "plumbing"}], "shifts": HALVES, "caps": {"visits_per_day": 3}},
    "n1": {"skills": [{"skill": "plumbing", "expires": "2026-11-22"}], "shifts": NIGHT},
    # A zone takes 60 of these minutes.
    "c1": {"skills": [{"skill": "cleaning"}], "shifts": HALVES, "caps": {"minutes_per_day": 150}, "role": "cleaner"},
}
STAIRS = {"id": "stairs", "kind": "repair", "skill": "cleaning", "minutes": 30}
FAR = {"far-s": ("site", 30.2, 120.0), "far-b": ("unit", 30.201, 120.0)}


def pumps(start: str = "10:00", end: str = "10:30") -> dict[str, Any]:
    """The estate's round, walked at this time and in the night."""
    bands = [{"start_from": start, "start_to": end}, {"start_from": "22:00", "start_to": "22:30"}]
    return {"id": "pumps", "checkpoints": ["s1"], "minutes": 10, "bands": bands, "skill": "electric"}


def further_registrations() -> list[tuple[str, dict[str, Any]]]:
    """What is to be said to add all this to the estate."""
    said: list[tuple[str, dict[str, Any]]] = []

    def register(area: str, **record: Any) -> None:
        head = {"id": f"odd-{len(said)}", "by": "apply-odd", "at": T0.isoformat()}
        said.append((f"direct.{area}.register", {**head, **record}))

    register("all", category=STAIRS)
    # Histories are to be many rather than well improved.
    register(AREA, policy={"title": "The estate", "plan_budget": 1, "horizon_days": 2})
    for key, changes in ODD.items():
        register(AREA, worker=worker(key, **changes))
    register(NEXT_DOOR, policy={"title": "Next door", "plan_budget": 1, "horizon_days": 2})
    for key, (kind, lat, lon) in FAR.items():
        register(NEXT_DOOR, place={"id": key, "kind": kind, "lat": lat, "lon": lon})
    register(NEXT_DOOR, worker=worker("x1", base="far-s", skills=[{"skill": "plumbing"}]))
    return said
