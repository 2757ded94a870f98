"""Contracts of the running service: visits dated once, made on their day, mended after a failure, as rebuilt."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from system.contracted import DAY, MORNING, TODAY, contract, opened, orders, report, shown, until
from system.house import AREA, House
from system.log_state import plain
from system.rostered import direct, register

from dispatch.projections.board import BoardRow
from dispatch.services.audit import verify
from dispatch.store.base import Store


def head(house: House) -> Any:
    """What is published."""
    return house.projector.rows["roster"].rows[f"{AREA}.horizon-contracts"]


async def opened_once(house: House) -> None:
    """No dated visit has two orders, and no order two beginnings."""
    log = [plain(one) for one in await house.log()]
    made = [one for one in log if one.type == "OrderOpened" and one.data["origin"] == "contract"]
    assert made, "no visit was opened"
    assert max(Counter((one.data["contract"], one.data["visit"]) for one in made).values()) == 1
    assert max(Counter(one.id for one in made).values()) == 1


async def test_visits_are_dated_and_each_is_made_on_its_day_by_whom_it_was_dated_for(store: Store) -> None:
    house = await opened(store, "acme", "bolt")
    assert (head(house).start, head(house).until, head(house).open) == (TODAY + DAY, dt.date(2027, 1, 1), ())
    for key in ("acme", "bolt"):
        row = shown(house, key)
        assert Counter(one.category for one in row.visits) == {"visit": 1, "safety-check": 1} and row.risks == ()
        assert row.visits[1].day - row.visits[0].day >= 6 * DAY
    first = shown(house, "acme").visits[0]
    await until(house, first.day - 2 * DAY)
    (visit,) = orders(house, "acme")
    assert (visit.visit, visit.workers, visit.promises) == (first.id, (first.helper,), ("monthly",))
    assert visit.start is not None and (visit.start + dt.timedelta(hours=8)).date() == first.day
    await until(house, first.day, hour=8)
    number = head(house).number
    await report(house, orders(house, "acme")[0], "done")
    assert orders(house, "acme")[0].status == "done" and head(house).number == number
    await opened_once(house)
    assert await house.findings() == []
    await house.close()


async def test_a_failed_visit_is_dated_anew_and_a_promise_that_will_break_is_said_before(store: Store) -> None:
    house = await opened(store, "acme")
    first, second = shown(house, "acme").visits
    await until(house, first.day, hour=8)
    await report(house, orders(house, "acme")[0], "could_not", reason="nobody in")
    row = shown(house, "acme")
    assert [one.id for one in row.visits[:1]] == [first.id] and second.id in {one.id for one in row.visits}
    assert len(row.visits) == 3
    (risk,) = row.risks
    assert (risk.promise, risk.lapsed, risk.broken) == ("monthly", 1, False)
    # Both advisers are away for the rest of the month: what cannot be kept is said now.
    away = {"start": (house.clock.now() + 6 * DAY).isoformat(), "end": (MORNING + 40 * DAY).isoformat()}
    for key in ("ann", "bob"):
        await direct(house, "absence", key, worker=key, **away)
    (risk,) = shown(house, "acme").risks
    assert risk.broken and not risk.over and risk.short and risk.reasons
    assert house.clock.now().date() < risk.last
    (open_,) = head(house).open
    assert (open_.id, open_.part, open_.day) == ("acme", "monthly", risk.last)
    assert await house.findings() == []
    await house.close()


async def test_started_again_and_killed_nothing_is_dated_or_opened_twice(store: Store) -> None:
    house = await opened(store, "acme", "bolt")
    first = min(one.day for key in ("acme", "bolt") for one in shown(house, key).visits)
    for when in ("before", "after"):
        await house.kill_in_append("planner0", when)
        await until(house, first - (2 if when == "before" else 1) * DAY)
    position = await house.store.events.position()
    for name in ("planner0", "projector", "desk"):
        await house.restart(name)
    await house.settle()
    assert await house.store.events.position() == position
    await opened_once(house)
    for one in await verify(store):
        assert one.equal, one
    assert await house.findings() == []
    await house.close()


async def test_of_two_planners_one_dates_and_opens(store: Store) -> None:
    house = await opened(store, "acme", planners=2)
    await register(house, 50, contract=contract("second", place="acme"))
    await house.settle()
    heads = [plain(one) for one in await house.log() if one.entity.id == "contracts" and one.entity.kind == "horizon"]
    numbers = [(one.data["parent"], one.data["number"]) for one in heads]
    assert numbers == list(zip(range(len(heads)), range(1, len(heads) + 1), strict=True))
    assert max(Counter((one.data["start"], one.data["inputs"]) for one in heads).values()) == 1
    await until(house, shown(house, "acme").visits[0].day)
    await opened_once(house)
    assert await house.findings() == []
    await house.close()


async def test_a_new_month_goes_on_with_what_was_told(store: Store) -> None:
    house = await opened(store, "acme", months=1)
    before = {one.id: one.day for one in shown(house, "acme").visits}
    assert (head(house).until, head(house).number) == (dt.date(2027, 2, 1), 1)
    for index, one in enumerate(shown(house, "acme").visits[:2]):
        await until(house, one.day, hour=8)
        await report(house, orders(house, "acme")[index], "done")
    assert head(house).number == 1, "what comes about as it was told is no reason"
    await until(house, dt.date(2026, 12, 31))
    assert head(house).until == dt.date(2027, 3, 1)
    after = {one.id: one.day for one in shown(house, "acme").visits}
    assert {key: after.get(key) for key in before if before[key] >= dt.date(2027, 1, 1)} == {
        key: day for key, day in before.items() if day >= dt.date(2027, 1, 1)
    }
    assert len(after) > len(before)
    assert await house.findings() == []
    await house.close()


async def test_a_dispatcher_moves_a_visit_also_one_that_is_an_order_by_now(store: Store) -> None:
    house = await opened(store, "acme")
    first, second = shown(house, "acme").visits
    await until(house, first.day - DAY)
    (before,) = orders(house, "acme")
    day = next(one for one in (first.day + n * DAY for n in range(1, 6)) if one.weekday() < 5)
    named = {"contract": "acme", "visit": first.id}
    for number, (more, code) in enumerate(
        (
            ({"day": "2026-12-06"}, None),
            ({"day": first.day.isoformat(), "helper": "nobody"}, "unknown_worker"),
            ({"day": "2027-02-01"}, "day_not_agreed"),
            ({"day": second.day.isoformat()}, "too_near"),
            ({"day": day.isoformat(), "visit": "v9-9"}, "no_visit"),
        )
    ):
        if code is not None:
            await direct(house, "move-visit", f"no-{number}", **{**named, **more})
            (*_, (_, answer)) = house.answers
            assert (answer.decision, answer.code) == ("rejected", code)
    far = second.day + 2 * DAY
    await direct(
        house,
        "move-visit",
        "second",
        contract="acme",
        visit=second.id,
        day=next(one for one in (far + n * DAY for n in range(5)) if one.weekday() < 5).isoformat(),
    )
    await direct(house, "move-visit", "first", **named, day=day.isoformat())
    dated = {one.day: one for one in shown(house, "acme").visits}
    assert day in dated and dated[day].directed and first.day not in dated
    status = {row.id: row.status for row in orders(house, "acme")}
    assert status[before.id] == "cancelled"
    await until(house, day)
    (made,) = [row for row in orders(house, "acme") if row.visit == dated[day].id]
    assert made.workers
    board: list[BoardRow] = list(house.projector.rows["board"].rows.values())
    assert [row.order for row in board if row.order == before.id] == []
    await opened_once(house)
    assert await house.findings() == []
    await house.close()


async def test_a_contract_that_a_policy_makes_unclear_is_left_aside_once_and_what_stands_stays(store: Store) -> None:
    house = await opened(store, "acme", "beta")
    before = shown(house, "acme").visits
    # A review that is called as a promise is would be two promises of one name.
    review = {"id": "monthly", "category": "visit", "size": 1, "seed": 1}
    rules = {"months": 0, "budget": 1, "freeze_days": 3, "reviews": [review]}
    await register(house, 60, policy={"plan_budget": 1, "contracts": rules})
    await house.settle()
    number = head(house).number
    await until(house, TODAY + DAY)
    assert head(house).number == number and head(house).refused == ()
    assert {one.id: one.reasons[0].rule for one in head(house).open} == {"acme": "promise", "beta": "promise"}
    assert shown(house, "acme").visits == before
    await house.close()
