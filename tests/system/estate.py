"""A small estate to be registered: three plumbers, two electricians, a site and four flats, two zones, one round."""

from __future__ import annotations

from typing import Any

from system.house import AREA, T0, House

WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAY = {"start": "08:00", "end": "18:00", "days": WEEK, "breaks": [
    {"start_from": "12:00", "end_by": "13:00", "minutes": 45}]}  # fmt: skip
WORKERS: dict[str, dict[str, Any]] = {
    "w1": {"skills": [{"skill": "plumbing"}]},
    "w2": {"skills": [{"skill": "plumbing"}, {"skill": "electric"}], "caps": {"visits_per_day": 3}},
    "w3": {"skills": [{"skill": "plumbing", "expires": "2026-11-22"}], "caps": {"minutes_per_day": 120}},
    "w4": {"skills": [{"skill": "electric", "level": 2}], "mode": "bike"},
    "w5": {"skills": [{"skill": "electric"}], "shifts": [{"start": "20:00", "end": "06:00", "days": WEEK}]},
    "c1": {"role": "cleaner", "skills": [{"skill": "cleaning"}]},
}
PLACES = {
    "s1": ("site", 30.0, 120.0),
    "b1": ("unit", 30.001, 120.001),
    "b2": ("unit", 30.004, 120.0),
    "b3": ("unit", 30.0, 120.006),
    "b4": ("unit", 29.995, 119.997),
}
CATEGORIES: list[dict[str, Any]] = [
    {"id": "water-leak", "kind": "repair", "skill": "plumbing", "minutes": 45, "inside": True},
    {"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 20},
    {"id": "lamp", "kind": "repair", "skill": "electric", "minutes": 15},
    {"id": "fuse-box", "kind": "repair", "skill": "electric", "level": 2, "minutes": 60, "urgency": "urgent"},
]


def worker(key: str, **changes: Any) -> dict[str, Any]:
    """The record of somebody of the estate."""
    base = {"id": key, "role": "technician", "base": "s1", "shifts": [DAY]}
    return {**base, **WORKERS.get(key, {}), **changes}


def registrations(area: str = AREA, *, zones: bool = True, rounds: bool = True) -> list[tuple[str, dict[str, Any]]]:
    """Everything to be said to register the estate as an area."""
    said: list[tuple[str, dict[str, Any]]] = []

    def register(where: str, **record: Any) -> None:
        head = {"id": f"reg-{len(said)}", "by": f"apply-{area}", "at": T0.isoformat(), "world": "estate"}
        said.append((f"direct.{where}.register", {**head, **record}))

    for category in CATEGORIES:
        register("all", category=category)
    register(area, policy={"title": "The estate", "plan_budget": 4, "horizon_days": 2})
    for key, (kind, lat, lon) in PLACES.items():
        name = key if area == AREA else f"{area}-{key}"
        register(area, place={"id": name, "kind": kind, "lat": lat, "lon": lon})
    for key in WORKERS:
        changes = {} if area == AREA else {"base": f"{area}-s1"}
        register(area, worker=worker(key, **changes))
    if zones:
        register(area, zone={"id": "z1", "place": "b1", "households": 30, "minutes_per_day": 60})
        register(area, zone={"id": "z2", "place": "b2", "households": 30, "minutes_per_day": 60})
    if rounds:
        bands = [{"start_from": "10:00", "start_to": "10:30"}, {"start_from": "22:00", "start_to": "22:30"}]
        register(area, round={"id": "pumps", "checkpoints": ["s1"], "minutes": 10, "bands": bands, "skill": "electric"})
    return said


async def open_estate(house: House, area: str = AREA, **what: bool) -> None:
    """Register the estate and wait until all is settled."""
    for subject, body in registrations(area, **what):
        await house.say(subject, body)
    await house.settle()
