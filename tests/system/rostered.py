"""Small worlds in which people work by roster, to be registered or applied."""

from __future__ import annotations

from typing import Any

from system.house import AREA, T0, House

DAY_SHIFT = {"id": "day", "start": "08:00", "end": "16:00"}
AROUND_THE_CLOCK = [
    {"id": "night", "start": "00:00", "end": "08:00"},
    {"id": "day", "start": "08:00", "end": "16:00"},
    {"id": "late", "start": "16:00", "end": "00:00"},
]
WATCH = {"id": "watch", "kind": "repair", "skill": "guarding", "minutes": 20}


def guard(key: str, **changes: Any) -> dict[str, Any]:
    """Somebody who guards by roster, with a day of rest in any seven."""
    return {"id": key, "role": "guard", "base": "s1", "skills": [{"skill": "guarding"}], "terms": {}, **changes}


async def register(house: House, number: int, **record: Any) -> None:
    """Register one record."""
    area = "all" if "category" in record else AREA
    head = {"id": f"roster-{number}", "by": "chen", "at": house.clock.now().isoformat(), "world": "roster"}
    await house.say(f"direct.{area}.register", {**head, **record})


async def open_gate(house: House, *guards: str, weeks: int = 1, budget: int = 2) -> None:
    """A gate that one of ``guards`` stands at by day; wait until all is settled."""
    roster = {"weeks": weeks, "budget": budget}
    policy = {"title": "The estate", "plan_budget": 2, "horizon_days": 3, "roster": roster}
    records: list[dict[str, Any]] = [{"category": WATCH}, {"policy": policy}]
    records += [{"worker": guard(key)} for key in guards]
    records += [{"post": {"id": "gate", "place": "s1", "skill": "guarding", "shifts": [DAY_SHIFT]}}]
    for number, record in enumerate(records):
        await register(house, number, **record)
    await house.settle()


def post_world(guards: int = 16, posts: int = 5, budget: int = 3) -> dict[str, Any]:
    """The estate of `DOMAIN.md`, *Patrol and guarding*: so many at a time, round the clock, a day of rest in seven."""
    return {
        "world": "guards",
        "area": AREA,
        "policy": {"plan_budget": 1, "horizon_days": 2, "roster": {"weeks": 0, "budget": budget}},
        "categories": [WATCH],
        "places": [
            {"id": "s1", "kind": "site", "lat": 30.0, "lon": 120.0},
            {"id": "b1", "kind": "unit", "lat": 30.001, "lon": 120.001},
        ],
        "workers": [guard(f"g{number:02}") for number in range(guards)],
        "posts": [{"id": f"p{number}", "place": "s1", "shifts": AROUND_THE_CLOCK} for number in range(posts)],
    }


async def direct(house: House, verb: str, number: str, **body: Any) -> None:
    """A dispatcher directs something; wait until all is settled."""
    head = {"id": f"{verb}-{number}", "by": "chen", "at": T0.isoformat()}
    await house.say(f"direct.{AREA}.{verb}", {**head, **body})
    await house.settle()
