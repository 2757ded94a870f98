"""Patrol rounds of the running service: planned ahead, drawn by what nobody knows, proven once their days are over."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from typing import Any

import msgspec
from system.estate import WEEK, open_estate
from system.house import AREA, SECRET, T0, House
from system.log_state import plain
from system.rostered import direct, register

from dispatch.decide.walks import WalksState
from dispatch.services.audit import verify
from dispatch.services.walk_draws import draws_of, proven
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.prove import prove
from dispatch.store.base import Store

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
TODAY = dt.date(2026, 11, 22)
NIGHT = {"start": "20:00", "end": "06:00", "days": WEEK}
BANDS = [{"start_from": "21:00", "start_to": "22:00"}, {"start_from": "23:40", "start_to": "00:20"}]


TIMES: dict[str, Any] = {"bands": BANDS}
INTERVAL = {"every": {"minutes": 120, "tolerance": 15, "start_from": "20:30", "start_to": "05:00"}}


async def patrolled(
    store: Store, *guards: str, planners: int = 1, days: int = 2, times: dict[str, Any] = TIMES
) -> House:
    """An estate with guards by night and a round, eight in the morning of a Sunday."""
    house = House(store, planners=planners)
    await house.start()
    await open_estate(house, zones=False, rounds=False)
    policy = {"title": "The estate", "plan_budget": 2, "horizon_days": 3, "rounds": {"days": days, "budget": 1}}
    records: list[dict[str, Any]] = [{"policy": policy}]
    records += [{"place": {"id": f"p{n}", "kind": "checkpoint", "lat": 30.0 + n / 2000, "lon": 120.0}} for n in (1, 2)]
    records += [
        {"worker": {"id": key, "role": "guard", "base": "s1", "skills": [{"skill": "patrol"}], "shifts": [NIGHT]}}
        for key in guards
    ]
    records += [{"round": {"id": "night", "checkpoints": ["p1", "p2"], "minutes": 20, **times}}]
    for number, record in enumerate(records):
        await register(house, number, **record)
    await house.settle()
    return house


async def days_pass(house: House, days: int) -> None:
    """So many days go by, all settled after each."""
    for _ in range(days):
        house.clock.set(house.clock.now() + DAY)
        await house.settle()


async def happened(house: House, name: str) -> list[dict[str, Any]]:
    """What is in the log of one type of events."""
    return [plain(one).data for one in await house.log() if one.recorded.type == name]


def unpacked(text: str, form: Any) -> Any:
    """What stands in a record of a draw."""
    return msgspec.json.decode(zlib.decompress(base64.b64decode(text)), type=form)


async def test_walks_are_published_ahead_and_proven_when_their_days_are_over(store: Store) -> None:
    house = await patrolled(store, "ann", "bob")
    published = await happened(house, "WalksPublished")
    assert [one["start"] for one in published] == [(TODAY + 2 * DAY).isoformat()]
    assert await happened(house, "SeedRevealed") == []
    body = b"".join(bytes(one.recorded.data) for one in await house.log())
    assert SECRET.encode() not in body
    await days_pass(house, 6)
    draws, seeds = await happened(house, "DrawRecorded"), await happened(house, "SeedRevealed")
    assert seeds, "no seed is revealed"
    assert len(draws) > len(seeds), "the seed of days to come is revealed"
    recorded = {one["number"]: one for one in draws}
    for one in seeds:
        draw = recorded[one["number"]]
        problem = msgspec.structs.replace(unpacked(draw["problem"], RoundProblem), seed=one["seed"])
        proof = prove(problem, unpacked(draw["plan"], RoundPlan), commitment=draw["commitment"])
        assert (proof.committed, proof.drawn, proof.same) == (True, True, True)
    assert await house.findings() == []
    await house.close()


async def test_a_round_in_an_interval_is_drawn_around_each_of_its_moments_opened_and_proven(store: Store) -> None:
    house = await patrolled(store, "ann", "bob", times=INTERVAL)
    await days_pass(house, 4)
    walks = [walk for one in await happened(house, "WalksPublished") for walk in one["walks"]]
    nights = {dt.date.fromisoformat(one["day"]) for one in walks if one["day"] >= (TODAY + 3 * DAY).isoformat()}
    off = {}
    for walk in walks:
        start = dt.datetime.fromisoformat(walk["start"])
        # 20:30 in Shanghai, and every two hours from there.
        moment = dt.datetime.fromisoformat(walk["nominal"]) + dt.timedelta(minutes=15)
        assert (moment.minute, moment.hour) in {(30, hour) for hour in (12, 14, 16, 18, 20)}
        off[moment] = round((start - moment).total_seconds() / 60)
    assert all(-15 <= one <= 15 for one in off.values()) and len(set(off.values())) > 4
    assert all(sum(moment.date() == night for moment in off) == 5 for night in sorted(nights)[:-1])
    opened = {one.entity.id for one in await house.log() if one.recorded.type == "OrderOpened"}
    ahead = house.clock.now() + 2 * HOUR
    for moment in (one for one in off if one <= ahead):
        assert f"night-{moment - dt.timedelta(minutes=15):%Y%m%dt%H%M}" in opened
    assert all(proven(one).holds for one in await draws_of(store.events, AREA))
    assert await house.findings() == []
    await house.close()


async def test_of_two_planners_one_publishes_and_a_new_one_plans_nothing_anew(store: Store) -> None:
    house = await patrolled(store, "ann", "bob", planners=2)
    assert [one["number"] for one in await happened(house, "DrawRecorded")] == [1]
    for name in house.names:
        await house.end(name)
        house.begin(name)
    await house.settle()
    assert [one["number"] for one in await happened(house, "DrawRecorded")] == [1]
    await direct(house, "absence", "0", worker="ann", start=(T0 + 2 * DAY).isoformat(), end=(T0 + 4 * DAY).isoformat())
    numbers = [one["number"] for one in await happened(house, "DrawRecorded")]
    assert numbers == [1, 2]
    (*_, last) = await happened(house, "WalksPublished")
    assert {key for walk in last["walks"] for key in walk["guards"]} == {"bob"}
    assert await house.findings() == []
    await house.close()


async def test_what_is_shown_of_it_is_what_the_log_says(store: Store) -> None:
    house = await patrolled(store, "ann")
    await days_pass(house, 2)
    for one in await verify(store):
        assert one.equal, one
    assert f"{AREA}.horizon-rounds" in house.projector.rows["roster"].rows
    await house.close()


async def test_the_day_walks_what_was_planned_and_what_a_guard_cannot_somebody_else_does(store: Store) -> None:
    house = await patrolled(store, "ann", "bob")
    await days_pass(house, 1)
    (published, *_) = await happened(house, "WalksPublished")
    (first, *_) = published["walks"]
    board: Any = house.projector.rows["board"].rows

    def shown() -> Any:
        return board[f"{AREA}.{order}"]

    order = f"night-{dt.datetime.fromisoformat(first['nominal']):%Y%m%dt%H%M}"
    assert (shown().start, list(shown().workers)) == (dt.datetime.fromisoformat(first["start"]), first["guards"])
    (gone,) = first["guards"]
    away = {"start": first["start"], "end": first["end"]}
    await direct(house, "absence", "0", worker=gone, **away)
    assert list(shown().workers) == [name for name in ("ann", "bob") if name != gone]
    assert await house.findings() == []
    await house.close()


async def test_the_log_alone_proves_every_draw_and_what_was_changed_does_not_hold(store: Store) -> None:
    house = await patrolled(store, "ann", "bob")
    await days_pass(house, 5)
    draws = await draws_of(store.events, AREA)
    found = [proven(one) for one in draws]
    assert all(one.holds for one in found)
    assert {one.proof is None for one in found} == {True, False}, "some are closed, some revealed"
    (first, *_) = draws
    first.seed = "00" * 32
    assert not proven(first).holds
    last = draws[-1]
    (walks,) = last.published.values()
    (*others, gone) = walks.walks
    last.published = {"night": WalksState((*others, msgspec.structs.replace(gone, start=gone.start + DAY / 1440)))}
    assert not proven(last).holds
    await house.close()
