"""The roster of the running service: published once, followed by the routes, mended with few changes, as rebuilt."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from system.estate import open_estate
from system.house import AREA, T0, House
from system.log_state import plain
from system.rostered import direct, guard, open_gate, register

from dispatch.projections.board import BoardRow
from dispatch.projections.roster import RosterRow
from dispatch.services.audit import verify
from dispatch.services.questions import StandInsAsked
from dispatch.store.base import Store

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)
TOMORROW = TODAY + DAY


def duties(house: House) -> dict[str, Any]:
    """By day who is at the gate, as it is shown."""
    rows = house.projector.rows["roster"].rows.values()
    found = [(duty.day, row.id) for row in rows for duty in row.duties]
    by_day = dict(found)
    assert len(by_day) == len(found), "two are at the gate on one day"
    return by_day


def head(house: House) -> RosterRow:
    """What is published."""
    found: RosterRow = house.projector.rows["roster"].rows[f"{AREA}.horizon-roster"]
    return found


async def watch(house: House, number: str, day: dt.date, hour: int = 2) -> BoardRow:
    """Somebody is to be looked after by whoever guards, at an hour (UTC) of a day; how that stands."""
    start = dt.datetime.combine(day, dt.time(hour), dt.UTC)
    window = {"from": start.isoformat(), "to": (start + dt.timedelta(hours=1)).isoformat()}
    body = {"id": f"watch-{number}", "category": "watch", "place": {"unit": "b1"}, "reported_at": T0.isoformat()}
    await house.say(f"request.{AREA}.repair", {**body, "window": window})
    await house.settle()
    return shown(house, number)


def shown(house: House, number: str) -> BoardRow:
    """How it stands with what was asked for."""
    rows: list[BoardRow] = list(house.projector.rows["board"].rows.values())
    (found,) = [row for row in rows if row.request == f"watch-{number}"]
    return found


async def opened(store: Store, *guards: str, planners: int = 1) -> House:
    """A gate and its guards, eight in the morning of a Sunday."""
    house = House(store, planners=planners)
    await house.start()
    await open_estate(house, zones=False, rounds=False)
    await open_gate(house, *guards)
    return house


async def test_it_is_published_and_who_is_on_duty_by_it_is_sent(store: Store) -> None:
    house = await opened(store, "ann", "bob")
    assert sorted(duties(house)) == [TODAY + number * DAY for number in range(8)]
    assert (head(house).start, head(house).until, head(house).open) == (TODAY, TODAY + 8 * DAY, ())
    for number, day in enumerate((TODAY, TOMORROW)):
        row = await watch(house, str(number), day)
        assert row.workers == (duties(house)[day],)
    late = await watch(house, "late", TODAY, hour=10)
    assert late.workers == (), "nobody is on duty at six in the evening"
    assert await house.findings() == []
    await house.close()


async def test_who_cannot_come_is_stood_in_for_by_one_direction_and_the_day_follows(store: Store) -> None:
    house = await opened(store, "ann", "bob", "cid")
    order = await watch(house, "0", TOMORROW)
    (gone,) = order.workers
    before = duties(house)
    away = {"start": "2026-11-22T16:00:00Z", "end": "2026-11-23T16:00:00Z"}
    await direct(house, "absence", "0", worker=gone, **away)
    assert shown(house, "0").workers == ()
    (open_,) = head(house).open
    assert (open_.id, open_.day, open_.part, open_.missing) == ("gate", TOMORROW, "day", 1)
    assert {day: who for day, who in duties(house).items() if day <= TOMORROW} == {TODAY: before[TODAY]}
    found = await house.planners["planner0"].stand_ins(StandInsAsked(area=AREA, worker=gone, day=TOMORROW))
    assert (found.post, found.shift) == ("gate", "day")
    assert {one.worker for one in found.found} == {"ann", "bob", "cid"} - {gone}
    best = found.found[0]
    assert best.breaks == {}
    await direct(house, "stand-in", "0", worker=best.worker, day=TOMORROW.isoformat(), instead=gone)
    assert (duties(house)[TOMORROW], head(house).open) == (best.worker, ())
    assert shown(house, "0").workers == (best.worker,)
    directed = [one for one in await house.log() if one.recorded.type == "DutyDirected"]
    assert [one.entity.id for one in directed] == [best.worker]
    assert await house.findings() == []
    await house.close()


async def test_what_is_farther_off_is_mended_by_the_planner_with_few_changes(store: Store) -> None:
    house = await opened(store, "ann", "bob", "cid")
    day = TODAY + 5 * DAY
    before = duties(house)
    start = dt.datetime.combine(day, dt.time(), dt.UTC) - dt.timedelta(hours=8)
    await direct(house, "absence", "0", worker=before[day], start=start.isoformat(), end=(start + DAY).isoformat())
    after = duties(house)
    assert after[day] in {"ann", "bob", "cid"} - {before[day]}
    assert head(house).open == ()
    changed = [one for one in before if before[one] != after[one]]
    assert changed == [day], "one day is another's, and no other"
    assert await house.findings() == []
    await house.close()


async def test_started_again_everything_is_as_it_was_and_nothing_is_published_twice(store: Store) -> None:
    house = await opened(store, "ann", "bob", "cid")
    published = await house.store.events.position()
    for name in ("planner0", "projector", "desk"):
        await house.restart(name)
    await house.settle()
    assert await house.store.events.position() == published
    for one in await verify(store):
        assert one.equal, one
    assert await house.findings() == []
    await house.close()


async def test_two_planners_publish_one_horizon(store: Store) -> None:
    house = await opened(store, "ann", "bob", planners=2)
    await register(house, 50, worker=guard("cid"))
    await house.settle()
    heads = [plain(one) for one in await house.log() if one.entity.kind == "horizon"]
    assert [(one.data["parent"], one.data["number"]) for one in heads] == list(
        zip(range(len(heads)), range(1, len(heads) + 1), strict=True)
    )
    times = Counter((one.data["start"], one.data["inputs"]) for one in heads)
    assert max(times.values()) == 1, "what was asked once is published once"
    assert await house.findings() == []
    await house.close()


async def test_the_days_go_on_and_what_was_told_stays(store: Store) -> None:
    house = await opened(store, "ann", "bob")
    before = duties(house)
    house.clock.set(T0 + DAY)
    await house.settle()
    after = duties(house)
    assert max(after) == TODAY + 14 * DAY, "a Monday adds a week"
    assert {day: after[day] for day in before} == before
    house.clock.set(T0 + 2 * DAY)
    position = head(house).number
    await house.settle()
    assert head(house).number == position, "a Tuesday adds nothing"
    assert await house.findings() == []
    await house.close()


async def test_who_cannot_be_rostered_is_left_aside_and_named_and_all_others_go_on(store: Store) -> None:
    house = await opened(store, "ann", "bob", "cid")
    await register(house, 60, worker=guard("ann", terms={"rest_min": 1440}))
    # After a long day at the gate the rest of a day reaches over the next early shift into the one after.
    shifts = [{"id": "long", "start": "20:00", "end": "08:00"}, {"id": "early", "start": "00:00", "end": "04:00"}]
    await register(house, 61, post={"id": "gate", "place": "s1", "shifts": shifts})
    await house.settle()
    assert [one.recorded.type for one in await house.log()].count("HorizonRefused") == 0
    rows = {row.id: row for row in house.projector.rows["roster"].rows.values() if row.of == "worker"}
    assert not [one for one in rows["ann"].duties if one.day > TODAY]
    assert {one.shift for one in (*rows["bob"].duties, *rows["cid"].duties) if one.day > TODAY} == {"long", "early"}
    named = [one for one in head(house).gave_way if "ann is left out of the roster" in one.message]
    assert [one.rule for one in named] == ["rest"]
    await register(house, 62, worker=guard("ann"))
    await house.settle()
    assert not [one for one in head(house).gave_way if "ann" in one.message]
    assert await house.findings() == []
    await house.close()


async def test_an_open_place_of_a_frozen_day_that_nobody_had_is_filled_by_one_direction(store: Store) -> None:
    house = await opened(store, "ann", "bob", "cid")
    before = duties(house)
    shifts = [{"id": "late", "start": "16:00", "end": "00:00"}]
    await register(house, 60, post={"id": "yard", "place": "s1", "skill": "guarding", "shifts": shifts})
    await house.settle()
    opens = {one.day: one for one in head(house).open if one.id == "yard"}
    assert sorted(opens) == [TODAY, TOMORROW], "beyond the frozen days it is manned"
    (frozen,) = [one for one in opens[TOMORROW].reasons if one.rule == "pin"]
    assert "with yard as post and late as shift: the day is frozen until 2026-11-24" in frozen.hint
    free = next(who for who in ("ann", "bob", "cid") if who not in {before[TODAY], before[TOMORROW]})
    await direct(house, "stand-in", "0", worker=free, day=TOMORROW.isoformat(), post="yard", shift="late")
    rows = {row.id: row for row in house.projector.rows["roster"].rows.values() if row.of == "worker"}
    (taken,) = [one for one in rows[free].duties if one.day == TOMORROW]
    assert (taken.post, taken.shift, taken.directed) == ("yard", "late", True)
    assert [one.day for one in head(house).open if one.id == "yard"] == [TODAY]
    assert await house.findings() == []
    await house.close()
