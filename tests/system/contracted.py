"""Small worlds with contracts, to be registered or applied."""

from __future__ import annotations

import datetime as dt
from typing import Any

from system.house import AREA, House
from system.rostered import register

from dispatch.projections.contracts import ContractsRow
from dispatch.store.base import Store

TODAY = dt.date(2026, 11, 30)
MORNING = dt.datetime(2026, 11, 30, 0, 0, tzinfo=dt.UTC)
"""Eight in the morning of `TODAY`, a Monday, in Shanghai."""
DAY = dt.timedelta(days=1)
DESK = {"start": "09:00", "end": "17:00", "days": ["mon", "tue", "wed", "thu", "fri"]}
CATEGORIES: list[dict[str, Any]] = [
    {"id": "visit", "kind": "repair", "skill": "advising", "minutes": 60},
    {"id": "safety-check", "kind": "repair", "skill": "advising", "minutes": 90, "counts_as": ["visit"]},
]
MONTHLY = {"id": "monthly", "category": "visit", "least": 2, "of": [{"category": "safety-check", "least": 1}]}


def adviser(key: str, **changes: Any) -> dict[str, Any]:
    """Somebody who advises enterprises."""
    return {
        "id": key,
        "role": "helper",
        "base": "office",
        "mode": "car",
        "skills": [{"skill": "advising"}],
        "shifts": [DESK],
        **changes,
    }


def contract(key: str, **changes: Any) -> dict[str, Any]:
    """At least two visits a month to an enterprise, at least one of them a safety check, a week apart."""
    promised = {"promises": [{**MONTHLY, "apart": 6}]}
    return {"id": key, "place": key, "signed": "2026-06-01", **promised, **changes}


def records(*enterprises: str, advisers: tuple[str, ...] = ("ann", "bob"), **rules: Any) -> list[dict[str, Any]]:
    """Everything to be registered, what others refer to first."""
    policy = {"plan_budget": 1, "contracts": {"months": 0, "budget": 1, "freeze_days": 3, **rules}}
    said: list[dict[str, Any]] = [{"category": one} for one in CATEGORIES] + [{"policy": policy}]
    said += [{"place": {"id": "office", "kind": "site", "lat": 31.2, "lon": 121.5}}]
    said += [
        {"place": {"id": key, "kind": "site", "lat": 31.2 + n / 500, "lon": 121.5}} for n, key in enumerate(enterprises)
    ]
    said += [{"worker": adviser(key)} for key in advisers]
    return said + [{"contract": contract(key)} for key in enterprises]


async def opened(store: Store, *enterprises: str, planners: int = 1, **more: Any) -> House:
    """Advisers and the contracts of ``enterprises``, all dated."""
    house = House(store, planners=planners)
    house.clock.set(MORNING)
    await house.start()
    for number, record in enumerate(records(*enterprises, **more)):
        await register(house, number, **record)
    await house.settle()
    return house


def shown(house: House, key: str) -> ContractsRow:
    """How it stands with a contract."""
    row: ContractsRow = house.projector.rows["contracts"].rows[f"{AREA}.contract-{key}"]
    return row


def orders(house: House, key: str) -> list[ContractsRow]:
    """The orders of a contract's visits, as they are shown."""
    rows = house.projector.rows["contracts"].rows.values()
    return sorted((row for row in rows if row.of == "visit" and row.contract == key), key=lambda row: row.id)


async def until(house: House, day: dt.date, hour: int = 0) -> None:
    """The days go by up to an hour (UTC) of ``day``, all settled after each."""
    at = dt.datetime.combine(day, dt.time(hour), dt.UTC)
    while house.clock.now() + DAY < at:
        house.clock.set(house.clock.now() + DAY)
        await house.settle()
    house.clock.set(at)
    await house.settle()


async def report(house: House, row: ContractsRow, kind: str, **more: Any) -> None:
    """Whoever goes to a visit reports; wait until all is settled."""
    body = {"report": kind, "id": f"{kind}-{row.id}", "at": house.clock.now().isoformat(), "order": row.id, **more}
    await house.say(f"report.{AREA}.{row.workers[0]}", body)
    await house.settle()


async def promise_visits(house: House) -> None:
    """An electrician of the estate is promised to look at the lamps of a flat every week; wait until all is settled."""
    weekly = {"id": "weekly", "category": "lamp", "least": 1, "each": "week"}
    promised = {"id": "lamps", "place": "b1", "signed": "2026-06-01", "notice_days": 2, "promises": [weekly]}
    await register(house, 90, contract=promised)
    await house.settle()
