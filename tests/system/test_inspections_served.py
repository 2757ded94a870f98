"""Inspections and notices in the running service: drawn, marked, missed, re-checked, scored and proven from the log."""

from __future__ import annotations

import datetime as dt
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from system.estate import WEEK
from system.house import AREA, SECRET, T0, log_of
from system.invariants import breaches
from system.log_state import plain
from system.processes import dispatch
from system.served_day import ServedDay

from dispatch.projections.inspections import InspectionsRow
from dispatch.services.apply import apply
from dispatch.services.audit import verify
from dispatch.services.client import Client
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.services.world import world_of

DAY = dt.timedelta(days=1)
ZONES = ("z1", "z2", "z3")
LEVELS = [
    {"id": "leader", "skill": "lead", "share": 0.5},
    {"id": "steward", "skill": "watch-over", "share": 0.5, "weight": 3.0},
]
SHIFT = {"start": "08:00", "end": "18:00", "days": WEEK}


def estate() -> dict[str, Any]:
    """Three zones of two teams, a leader and a steward who inspect them, breaches re-checked after 2 working days."""
    people = (("ann", "lead"), ("bob", "watch-over"))
    teams = (("t1", None), ("t1", None), ("t2", "firm"))
    return {
        "world": "estate",
        "area": AREA,
        "policy": {"plan_budget": 0, "horizon_days": 1, "inspections": {"levels": LEVELS, "recheck_days": 2}},
        "places": [{"id": "s1", "kind": "site", "lat": 30.0, "lon": 120.0}],
        "workers": [
            {"id": key, "role": "cleaner", "base": "s1", "skills": [{"skill": skill}], "shifts": [SHIFT]}
            for key, skill in people
        ],
        "zones": [
            {"id": key, "place": "s1", "team": team, **({"contractor": firm} if firm else {})}
            for key, (team, firm) in zip(ZONES, teams, strict=True)
        ],
    }


async def rows(day: ServedDay) -> dict[str, InspectionsRow]:
    """What is shown of inspections and notices."""
    return {row.id: row async for row in day.client.rows("inspections", InspectionsRow)}


async def commands_say_so(where: tuple[str, ...]) -> None:
    """The command line shows every zone seen, the scores of November, and proves its draw; wrong words are named."""
    code, out, err = await dispatch("rounds", "inspections", "show", *where, "--month", "2026-11", "--json")
    assert code == 0, err
    found = json.loads(out)["inspections"]
    november = [one for one in found if one["day"].startswith("2026-11") and "points" in one]
    for level in ("leader", "steward"):
        assert {one["zone"] for one in november if one["level"] == level} == set(ZONES), "a zone was not seen"
    code, out, err = await dispatch("rounds", "inspections", "scores", *where, "--month", "2026-11", "--json")
    assert code == 0, err
    teams = {one["id"]: one["score"] for one in json.loads(out)["teams"]}
    # Of 80 and 60 points, the second counted three times.
    assert teams == {"t1": 65.0, "t2": 65.0}
    assert [one["id"] for one in json.loads(out)["contractors"]] == ["firm"]
    code, out, err = await dispatch("rounds", "inspections", "prove", *where, "--json")
    draws = json.loads(out)["draws"]
    assert code == 0 and all(one["holds"] for one in draws), err
    assert {one["proof"] is None for one in draws} == {True, False}, "November is told, December is closed"
    for wrong, says in ((("scores", *where), "month"), (("show", *where, "--month", "May"), "no month")):
        code, out, err = await dispatch("rounds", "inspections", *wrong)
        assert (code, out) == (2, "") and says in err, (wrong, out, err)


async def test_inspections_of_a_month_from_the_draw_to_the_score(tmp_path: Path) -> None:
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path / "kept", clock, executor=pool, secret=SECRET) as house:
            day = ServedDay(Client(house.to.connection), clock, house.url)
            where = ("--area", AREA, "--nats", house.url)
            await apply(world_of(estate(), "estate"), day.client, clock.now(), run="first")
            await day.settle()
            shown = await rows(day)
            for level in ("leader", "steward"):
                assert all(any(one.level == level for one in shown[key].inspections) for key in ZONES)
            code, out, err = await dispatch("tasks", "ann", *where)
            theirs = [one for key in ZONES for one in shown[key].inspections if one.inspector == "ann"]
            assert code == 0 and all(one.work in out and str(one.day) in out for one in theirs), (out, err)
            first = min((one for key in ZONES for one in shown[key].inspections), key=lambda one: one.day)
            (zone,) = [key for key in ZONES if first in shown[key].inspections]

            await day.put(f"report.{AREA}.ann", {"report": "breach", "id": "b1", "at": clock.now().isoformat(),
                                                 "place": {"site": "s1"}, "note": "a wall is gone"})  # fmt: skip
            await day.settle()
            (notice,) = [row for row in (await rows(day)).values() if row.of == "notice"]
            # Found on a Sunday, re-checked after two working days.
            assert (notice.found, notice.recheck) == (dt.date(2026, 11, 22), dt.date(2026, 11, 24))
            answer = await day.hear(f"report.{AREA}.ann", report="inspected", zone="z1", work="z1-20260101", points=9)
            assert (answer.decision, answer.code) == ("rejected", "unknown_inspection")

            marked = 0
            until = dt.date(2026, 12, 3)
            while clock.now().date() < until:
                for key, row in (await rows(day)).items():
                    for one in row.inspections:
                        # The first is left without a mark until its day has passed.
                        is_first = (key, one.work, one.level, one.day) == (zone, first.work, first.level, first.day)
                        if one.day == clock.now().date() and one.points is None and not is_first:
                            points = 80.0 if one.level == "leader" else 60.0
                            await day.report(one.inspector, "inspected", zone=key, work=one.work, points=points,
                                             level=one.level)  # fmt: skip
                            marked += 1
                clock.set(clock.now() + DAY)
                await day.settle()
            assert marked > 3
            log = await log_of(day.client.store)
            told = [plain(one) for one in log if one.recorded.type == "InspectionMissed"]
            assert (told[0].data["work"], told[0].data["day"]) == (first.work, first.day.isoformat())
            late = [plain(one) for one in log if one.recorded.type == "RecheckMissed"]
            assert [one.data["recheck"] for one in late] == ["2026-11-24"]

            code, out, err = await dispatch("rounds", "inspections", "notices", *where, "--json")
            assert code == 1, err
            assert json.loads(out)["notices"][0]["missed"] is True
            await day.report("bob", "rechecked", notice=notice.id, put_right=True)
            code, out, err = await dispatch("rounds", "inspections", "notices", *where)
            assert code == 0 and "put right" in out, err

            await commands_say_so(where)
            for one in await verify(day.client.store):
                assert one.equal, one
            assert breaches(log) == []
