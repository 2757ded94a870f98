"""Sixteen guards, five at a time, round the clock, on a real server: what cannot be manned is named, and what would do.

The figures are those of `DOMAIN.md`, *Patrol and guarding*: 105 places a week, of which 16 people with a day of rest in
seven can take 96.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from system.house import AREA, T0
from system.log_state import plain
from system.processes import dispatch
from system.rostered import post_world
from system.served_day import ServedDay

from dispatch.events.roster import RosteredDuty
from dispatch.projections.roster import RosterRow
from dispatch.services.apply import apply
from dispatch.services.audit import verify
from dispatch.services.questions import StandInsAsked, StandInsFound
from dispatch.services.world import world_of

HOUR = dt.timedelta(hours=1)
MONDAY = dt.date(2026, 11, 23)
TUESDAY = MONDAY + dt.timedelta(days=1)


@pytest.fixture
async def week(tmp_path: Path) -> AsyncIterator[ServedDay]:
    """A week of the guards from Monday's first minute on, published."""
    async with ServedDay.opened(tmp_path / "kept") as day:
        day.clock.set(T0 + 16 * HOUR)
        await apply(world_of(post_world(), "guards"), day.client, day.clock.now(), run="first")
        await day.settle()
        yield day


async def rostered(day: ServedDay) -> tuple[RosterRow, dict[str, tuple[RosteredDuty, ...]]]:
    """What is published of the week, and everybody's duties."""
    rows = [row async for row in day.client.rows("roster", RosterRow)]
    (head,) = [row for row in rows if row.of == "horizon"]
    return head, {row.id: row.duties for row in rows if row.of == "worker"}


async def test_the_nine_open_places_of_a_week_are_named_with_what_would_close_them(week: ServedDay) -> None:
    head, duties = await rostered(week)
    assert (head.start, head.until) == (MONDAY, MONDAY + dt.timedelta(days=7))
    assert sum(one.missing for one in head.open) == 9
    assert all(one.reasons for one in head.open)
    short = head.shortage
    assert short is not None
    assert (short.needed, short.can_give, short.open) == (105, 96, 9)
    said = " ".join(short.would_close)
    assert "2 more people" in said and "shifts of 12 hours" in said and "a day of rest" in said
    at_places = Counter((one.day, one.post, one.shift) for some in duties.values() for one in some)
    assert sum(at_places.values()) == 96 and set(at_places.values()) == {1}
    for worker, some in duties.items():
        assert len(some) <= 6, f"{worker} has no day of rest"
        ends = [one.end for one in sorted(some, key=lambda one: one.start)]
        starts = [one.start for one in sorted(some, key=lambda one: one.start)][1:]
        assert all(start - end >= 11 * HOUR for start, end in zip(starts, ends, strict=False)), worker
    log = week.client.store.events
    every = log.follow(("event.*.horizon.*",), 0, until=await log.position())
    heads = [plain(one) async for batch in every for one in batch]
    assert {one.type for one in heads} == {"HorizonPublished"}
    last = heads[-1].data
    assert last["solver"] and last["seed"] == 1 and last["repeatable"]
    assert last["open_count"] == 9 and last["parent"] == last["number"] - 1


async def test_an_absence_is_stood_in_for_at_once_and_all_is_as_rebuilt(week: ServedDay) -> None:
    _, duties = await rostered(week)
    gone = next(
        worker for worker, some in sorted(duties.items()) for one in some if (one.day, one.shift) == (TUESDAY, "day")
    )
    start = T0 + 40 * HOUR
    await week.direct("absence", worker=gone, start=start.isoformat(), end=(start + 24 * HOUR).isoformat())
    asked = StandInsAsked(area=AREA, worker=gone, day=TUESDAY)
    await week.client.ask("ask.planner.standins", asked, StandInsFound)
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        found = await week.client.ask("ask.planner.standins", asked, StandInsFound)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.2, f"it took {took} s"
    assert found.shift == "day"
    ranks = [(len(one.breaks), bool(one.leaves), one.cost) for one in found.found]
    assert ranks and ranks == sorted(ranks)
    free = [one for one in found.found if not one.leaves and "rest" not in one.breaks]
    best = free[0] if free else found.found[0]
    leaves = ("--leaves",) if best.leaves else ()
    who = ("--worker", best.worker, "--instead", gone, "--day", TUESDAY.isoformat(), *leaves)
    where = ("--area", AREA, "--nats", week.client.connection.connected_url.geturl())
    code, out, err = await dispatch("roster", "stand-in", *where, *who)
    assert code == 0 and f"{best.worker} has the duty of {gone} on {TUESDAY}" in out, (out, err)
    await week.settle()
    _, now = await rostered(week)
    assert TUESDAY not in {one.day for one in now[gone]}
    (has,) = [one for one in now[best.worker] if one.day == TUESDAY]
    assert (has.post, has.shift, has.directed) == (found.post, "day", True)
    frozen = {worker: [one for one in some if one.day <= TUESDAY] for worker, some in duties.items()}
    others = {worker: some for worker, some in frozen.items() if worker not in {gone, best.worker}}
    assert {worker: [one for one in now[worker] if one.day <= TUESDAY] for worker in others} == others
    for one in await verify(week.client.store):
        assert one.equal, one


async def test_it_is_shown_on_the_command_line(week: ServedDay) -> None:
    url = week.client.connection.connected_url.geturl()
    where = ("--area", AREA, "--nats", url)
    code, out, err = await dispatch("roster", "show", *where, "--json")
    assert code == 0, err
    told = json.loads(out)
    assert len(told["duties"]) == 96 and len(told["published"]["open"]) <= 9
    by_worker = defaultdict(list)
    for one in told["duties"]:
        by_worker[one["worker"]].append(one["day"])
    assert all(len(set(days)) == len(days) for days in by_worker.values())
    code, out, err = await dispatch("roster", "show", *where)
    assert code == 0 and "9 stay open" in out and "Would close it: 2 more people" in out, err
    one = next(one for one in told["duties"] if one["day"] == TUESDAY.isoformat())
    start = dt.datetime.fromisoformat(one["start"])
    away = {"start": start.isoformat(), "end": (start + 2 * HOUR).isoformat()}
    await week.direct("absence", worker=one["worker"], **away)
    code, out, err = await dispatch("roster", "show", *where)
    said = " ".join(out.split())
    hours = f"{one['worker']} is away from {start:%H:%M} to {start + 2 * HOUR:%H:%M} of {one['shift']} at {one['post']}"
    assert code == 0 and hours in said and f"--worker {one['worker']} --day {TUESDAY}" in said, (out, err)
    worker, day = told["duties"][-1]["worker"], told["duties"][-1]["day"]
    code, out, err = await dispatch("roster", "standins", *where, "--worker", worker, "--day", day, "--json")
    assert code == 0 and json.loads(out)["shift"], err
    place = ("--post", "nowhere", "--shift", "day")
    code, out, err = await dispatch("roster", "stand-in", *where, "--worker", worker, *place, "--day", day, "--json")
    assert code == 1 and json.loads(out)["code"] == "no_duty", (out, err)
    for words, says in (
        (("roster", "standins", *where, "--worker", "nobody", "--day", day), "does not work by roster"),
        (("roster", "standins", *where, "--worker", worker, "--day", "someday"), "no date"),
        (("roster", "standins", *where, "--worker", worker, "--day", "2031-01-01"), "says nothing of"),
        (("roster", "stand-in", *where, "--worker", worker, "--day", day), "not said which duty"),
        (("roster", "stand-in", *where, "--worker", "G!", "--instead", worker, "--day", day), "no id"),
        (("roster", "stand-in", *where, "--worker", worker, "--instead", worker, "--day", "never"), "no date"),
        (("roster", "show"), "not said which roster"),
        (("roster", "show", "--area", "nowhere", "--nats", url), "no area"),
    ):
        code, out, err = await dispatch(*words)
        assert (code, out) == (2, "") and says in err, (words, out, err)
