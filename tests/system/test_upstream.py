"""A change upstream plans anew what hangs on it, down to the day, and nothing else: who falls ill, on a real server.

Two teams of one area share nothing but the area: a post, zones, a contract, a patrol round and repairs each. Of the
north somebody is away for three days who has a duty, a zone, a visit, a round and a repair in them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from system.house import AREA, SECRET, T0, log_of
from system.invariants import breaches
from system.served_day import ServedDay

from dispatch.decide.walks import WalksState, evolve
from dispatch.events.catalogue import event_in
from dispatch.events.horizon import HorizonPublished
from dispatch.events.roster import RosteredDuty
from dispatch.events.round import WalksPublished
from dispatch.model.time import local_day
from dispatch.projections.contracts import ContractsRow
from dispatch.projections.roster import RosterRow
from dispatch.projections.workload import WorkloadRow
from dispatch.services.apply import apply
from dispatch.services.audit import verify
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.questions import StandInsAsked, StandInsFound
from dispatch.services.world import world_of

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MONDAY = dt.date(2026, 11, 23)
WEDNESDAY = MONDAY + 2 * DAY
NORTH, SOUTH = ("ann", "bob", "cat", "dan"), ("eve", "fay")
BANDS = [{"start_from": "09:00", "start_to": "10:00"}, {"start_from": "13:00", "start_to": "14:00"}]


def world() -> dict[str, Any]:
    """Four people of the north, two always on duty, and two of the south, of whom one is; with work of their own."""
    latitude = {"north": 30.0, "south": 30.02}
    teams = (("north", NORTH, 2), ("south", SOUTH, 1))
    shift = {"id": "day", "start": "08:00", "end": "16:00"}
    return {
        "world": "two-teams",
        "area": AREA,
        "policy": {
            "plan_budget": 1,
            "horizon_days": 2,
            # Fair shares are of everybody in the area: they would tie the two teams together.
            "roster": {"weeks": 0, "freeze_days": 2, "budget": 3, "fair_nights": 0, "fair_weekends": 0},
            "zones": {"away_days": 2, "budget": 1},
            "rounds": {"days": 7, "budget": 1},
            "contracts": {"months": 0, "freeze_days": 3, "budget": 1},
        },
        "categories": [{"id": f"{team}-work", "kind": "repair", "skill": team, "minutes": 30} for team, _, _ in teams],
        "places": [
            place
            for team, _, _ in teams
            for place in (
                {"id": team, "kind": "site", "lat": latitude[team], "lon": 120.0},
                {"id": f"{team}-gate", "kind": "checkpoint", "lat": latitude[team] + 0.0005, "lon": 120.0},
                {"id": f"{team}-pump", "kind": "checkpoint", "lat": latitude[team] + 0.001, "lon": 120.0},
            )
        ],
        "workers": [
            {"id": who, "role": "helper", "base": team, "skills": [{"skill": team}], "terms": {},
             "caps": {"households": 20}}
            for team, people, _ in teams
            for who in people
        ],
        "posts": [
            {"id": team, "place": team, "skill": team, "shifts": [{**shift, "minimum": least}]}
            for team, _, least in teams
        ],
        "zones": [
            {"id": f"zone-{who}", "place": team, "households": 10, "minutes_per_day": 30, "skill": team}
            for team, people, _ in teams
            for who in people
        ],
        "contracts": [
            {"id": team, "place": team, "signed": "2026-11-20", "notice_days": 2,
             "deadlines": [{"id": "soon", "category": f"{team}-work", "by": "2026-11-25", "opens": 2}]}
            for team, _, _ in teams
        ],
        "rounds": [
            {"id": team, "checkpoints": [f"{team}-gate", f"{team}-pump"], "minutes": 20, "skill": team, "bands": BANDS}
            for team, _, _ in teams
        ],
    }  # fmt: skip


class Plans(NamedTuple):
    """All that is planned: duties by person and day, zones, contracts and the visits of their orders, walks, orders."""

    duties: dict[str, dict[dt.date, RosteredDuty]]
    zones: dict[str, str | None]
    contracts: dict[str, ContractsRow]
    visits: dict[str, ContractsRow]
    walks: dict[str, WalksState]
    orders: dict[str, tuple[tuple[str, ...], dt.datetime | None]]


async def plans(day: ServedDay) -> Plans:
    """What is shown of it by now."""
    rosters = [row async for row in day.client.rows("roster", RosterRow)]
    zones = [row async for row in day.client.rows("workload", WorkloadRow)]
    contracts = [row async for row in day.client.rows("contracts", ContractsRow)]
    walks: dict[str, WalksState] = {}
    for one in await log_of(day.client.store):
        if isinstance(event := event_in(one), WalksPublished):
            walks[one.entity.id] = evolve(walks.get(one.entity.id), event, one.recorded.happened_at) or WalksState()
    return Plans(
        {row.id: {duty.day: duty for duty in row.duties} for row in rosters if row.of == "worker"},
        {row.id: row.helper for row in zones if row.of == "zone"},
        {row.id: row for row in contracts if row.of == "contract"},
        {row.contract: row for row in contracts if row.of == "visit" and row.start is not None},
        walks,
        {order: (row.workers, row.start) for order, row in (await day.rows()).items()},
    )


@asynccontextmanager
async def tuesday(folder: Path) -> AsyncIterator[ServedDay]:
    """Five on Tuesday afternoon: all is planned, and repairs are asked for in north and south on Wednesday morning."""
    clock = ManualClock(T0 + 16 * HOUR)
    with ThreadPoolExecutor(1) as pool:
        async with local(folder, clock, executor=pool, secret=SECRET) as house:
            day = ServedDay(Client(house.to.connection), clock, house.url)
            await apply(world_of(world(), "two-teams"), day.client, clock.now(), run="first")
            await day.settle()
            for hour in (40, 57):
                clock.set(T0 + hour * HOUR)
                await day.settle()
            for team in ("north", "south"):
                for hour in (73, 75):
                    window = {"from": (T0 + hour * HOUR).isoformat(), "to": (T0 + (hour + 2) * HOUR).isoformat()}
                    asked = {"category": f"{team}-work", "place": {"site": team}, "window": window}
                    await day.say(f"request.{AREA}.repair", **asked)
            yield day


def is_ahead(day: ServedDay, start: dt.datetime | None) -> bool:
    """Whether something is planned for later than now."""
    return start is not None and start > day.clock.now()


async def falls_ill(day: ServedDay, who: str) -> str:
    """``who`` is away to the end of Friday; whoever can step in on Wednesday at the least cost is called in."""
    end = T0 + 64 * HOUR + 3 * DAY
    await day.direct("absence", worker=who, start=day.clock.now().isoformat(), end=end.isoformat())
    asked = StandInsAsked(area=AREA, worker=who, day=WEDNESDAY)
    found = await day.client.ask("ask.planner.standins", asked, StandInsFound)
    best = next(one.worker for one in found.found if not one.breaks and not one.leaves)
    await day.direct("stand-in", worker=best, day=WEDNESDAY.isoformat(), instead=who)
    return best


async def test_who_falls_ill_is_followed_down_to_the_day_and_nothing_else_moves(tmp_path: Path) -> None:
    async with tuesday(tmp_path / "kept") as day:
        before = await plans(day)
        (ill,) = before.visits["north"].workers
        assert ill in NORTH and WEDNESDAY in before.duties[ill], "who goes there is on duty"
        assert ill in before.zones.values() and len(set(before.zones.values())) == len(NORTH + SOUTH)
        theirs = [order for order, (workers, start) in before.orders.items() if ill in workers and is_ahead(day, start)]
        position = await day.client.store.events.position()

        best = await falls_ill(day, ill)
        after = await plans(day)
        away = {WEDNESDAY + ahead * DAY for ahead in range(3)}

        # Roster: a stand-in on Wednesday, the rest of the days planned anew; the two are on duty every day.
        assert not away & after.duties[ill].keys()
        assert after.duties[best][WEDNESDAY].directed
        for ahead in range(7):
            there = [who for who in NORTH if MONDAY + ahead * DAY in after.duties[who]]
            assert len(there) == 2, f"{there} on day {ahead}"
        # Zones, the contract, the rounds: others have them.
        assert ill not in after.zones.values() and None not in after.zones.values()
        kept = {zone: helper for zone, helper in before.zones.items() if helper != ill}
        assert {zone: after.zones[zone] for zone in kept} == kept
        made = after.visits["north"]
        assert made.start is not None and local_day(made.start, "Asia/Shanghai") == WEDNESDAY
        assert ill not in made.workers and all(WEDNESDAY in after.duties[who] for who in made.workers)
        assert not any(one.broken for one in after.contracts["north"].risks), "the promise is kept by who is on duty"
        drawn = [(one.nominal, one.start) for one in before.walks["north"].walks]
        assert [(one.nominal, one.start) for one in after.walks["north"].walks] == drawn, "a draw stays a draw"
        for one in after.walks["north"].from_day(WEDNESDAY + DAY).walks:
            assert all(one.day in after.duties[guard] for guard in one.guards), "who walks is on shift"
        # The day: nobody waits for who is ill.
        assert len(theirs) > 1
        assert not [
            order for order, (workers, start) in after.orders.items() if ill in workers and is_ahead(day, start)
        ]
        assert all(after.orders[order][0] for order in theirs if order in after.orders)

        await nothing_else_moved(day, before, after, position)
        for view in await verify(day.client.store):
            assert view.equal, view
        assert breaches(await log_of(day.client.store)) == []


async def nothing_else_moved(day: ServedDay, before: Plans, after: Plans, position: int) -> None:
    """All of the south is as it was, and nothing of it happened since; every kind was planned anew."""
    assert {who: after.duties[who] for who in SOUTH} == {who: before.duties[who] for who in SOUTH}
    for kind in ("contracts", "visits", "walks"):
        assert getattr(after, kind)["south"] == getattr(before, kind)["south"], kind
    since = [one for one in await log_of(day.client.store) if one.position > position]
    touched = {(one.entity.kind, one.entity.id) for one in since}
    souths = {("round", "south"), ("contract", "south"), *(("zone", f"zone-{who}") for who in SOUTH)}
    souths |= {(kind, who) for who in SOUTH for kind in ("roster", "schedule", "worker")}
    souths |= {("order", order) for order, (workers, _) in before.orders.items() if set(workers) & set(SOUTH)}
    assert {("order", order) for order in before.orders} & souths, "there was something to be left alone"
    assert not touched & souths
    heads = [one.entity.id for one in since if isinstance(event_in(one), HorizonPublished)]
    assert set(heads) == {"roster", "zones", "contracts", "rounds"}
