"""Improving comes to an end, whatever the policy says about the freeze and however long a search takes."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import msgspec
import pytest
from system import house as houses
from system.estate import PLACES, registrations
from system.house import AREA, T0, House

from dispatch.services.clock import ManualClock
from dispatch.services.planner import improving
from dispatch.solver.plan import Finding, RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.store.memory import MemoryStore

Improved = tuple[RoutePlan | None, list[Finding]]
HOUR = dt.timedelta(hours=1)
UNITS = [place for place in PLACES if place != "s1"]


class Ticking(ManualClock):
    """A clock that goes on by itself a little each time it is looked at."""

    def __init__(self, start: dt.datetime, step: dt.timedelta) -> None:
        super().__init__(start)
        self._step = step

    def now(self) -> dt.datetime:
        """The time, a step later each time."""
        self.set(super().now() + self._step)
        return super().now()


@pytest.mark.parametrize("step", [dt.timedelta(milliseconds=1), dt.timedelta(minutes=2)])
async def test_improving_ends_though_nothing_is_frozen(step: dt.timedelta) -> None:
    clock = Ticking(T0, step)
    house = House(MemoryStore(now=lambda: T0))
    house.clock = clock
    await house.start()
    try:
        for subject, body in registrations(zones=False, rounds=False):
            if "policy" in body:
                # Slow enough that what comes one by one is not placed best.
                body["policy"] |= {"freeze_min": 0, "notice_min": 0, "tell_ahead_min": 0, "plan_budget": 8}
                body["policy"]["speeds"] = {"walk": 0.5, "bike": 1.0}
            await house.say(subject, body)
        for number in range(18):
            await house.say(
                f"request.{AREA}.repair",
                {
                    "id": f"sr-{number}",
                    "category": ("tap", "lamp", "water-leak")[number % 3],
                    "place": {"unit": UNITS[number * 7 % len(UNITS)]},
                    "reported_at": T0.isoformat(),
                },
            )
            await house.settle()
        log = await house.log()
        assert await house.findings() == []
    finally:
        await house.close()
    improved = [one for one in log if one.recorded.type == "PlanCommitted" and b'"improved' in bytes(one.recorded.data)]
    # Two minutes a look are more than an improvement may take; it is given up, not tried for ever.
    assert bool(improved) == (step < dt.timedelta(minutes=1))


async def test_a_step_that_was_too_large_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole budget always takes too long, and half of it finds nothing: that ends until something changes."""
    house = House(MemoryStore(now=lambda: T0))
    tried: list[int] = []

    def slow_beyond(problem: RouteProblem, plan: RoutePlan, budget: int, seed: int) -> Improved:
        tried.append(budget)
        if budget < 8:
            return None, []
        house.clock.set(house.clock.now() + dt.timedelta(minutes=2))
        return plan, []

    monkeypatch.setattr(improving, "improve_standing", slow_beyond)
    await house.start()
    try:
        for subject, body in registrations(zones=False, rounds=False):
            if "policy" in body:
                body["policy"] |= {"freeze_min": 0, "notice_min": 0, "plan_budget": 8}
            await house.say(subject, body)
        await house.say(
            f"request.{AREA}.repair",
            {
                "id": "sr-1",
                "category": "tap",
                "place": {"unit": UNITS[0]},
                "reported_at": T0.isoformat(),
                "window": {"from": (T0 + HOUR).isoformat(), "to": (T0 + 3 * HOUR).isoformat()},
            },
        )
        await house.settle()
    finally:
        await house.close()
    assert tried[:2] == [8, 4]
    assert len(tried) <= 6


class Held(Executor):
    """Searches at once, and keeps what was found to itself until it is let go."""

    def __init__(self) -> None:
        self.open = False
        self.go: Callable[[], None] | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it now, and tell later."""
        told: Future[Any] = Future()
        result = fn(*args, **kwargs)
        if self.open or result[0] is None:
            told.set_result(result)
        else:
            self.go = lambda: told.set_result(result)
        return told

    def tell(self) -> None:
        """What was kept back; from here on at once."""
        assert self.go is not None
        self.open = True
        self.go()


async def begin(house: House, held: Held, requests: list[str]) -> None:
    """Register the estate and ask for repairs of these categories until an improvement waits to be told."""
    await house.start()
    for subject, body in registrations(zones=False, rounds=False):
        if "policy" in body:
            body["policy"] |= {"freeze_min": 0, "notice_min": 0, "tell_ahead_min": 0, "plan_budget": 8}
            body["policy"]["speeds"] = {"walk": 0.5, "bike": 1.0}
        await house.say(subject, body)
    for number, category in enumerate(requests):
        where = {"place": {"unit": UNITS[number * 7 % len(UNITS)]}, "reported_at": T0.isoformat()}
        await house.say(f"request.{AREA}.repair", {"id": f"sr-{number}", "category": category, **where})
        await _folded(house)
        while held.go is None and not house.planners["planner0"]._idle:
            await house.revive()
            await asyncio.sleep(0)
        if held.go is not None:
            return
    raise AssertionError("nothing was found to improve")


async def test_orders_that_end_while_an_improvement_is_searched_are_not_the_planners_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held = Held()
    monkeypatch.setattr(houses, "Here", lambda: held)
    house = House(MemoryStore(now=lambda: T0))
    try:
        await begin(house, held, ["tap", "lamp", "water-leak"] * 6)
        for order in sorted(house.planners["planner0"].areas.areas[AREA].orders):
            body = {"id": f"m-{order}", "by": "chen", "at": T0.isoformat(), "order": order}
            await house.say(f"direct.{AREA}.cancel", body)
        await _folded(house)
        held.tell()
        await house.settle()
        assert await house.findings() == []
    finally:
        await house.close()


async def test_nobody_is_sent_who_went_away_while_an_improvement_was_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is away had nothing to do, so no new plan tells that the day is another one."""
    held, other = Held(), {"w1": "w2", "w2": "w1"}
    chosen: list[str] = []

    def exchanged(problem: RouteProblem, plan: RoutePlan, budget: int, seed: int) -> Improved:
        (busy,) = [route for route in plan.routes if route.stops]
        if chosen:
            return None, []
        chosen.append(other[busy.worker])
        return msgspec.structs.replace(plan, routes=(msgspec.structs.replace(busy, worker=chosen[0]),)), []

    monkeypatch.setattr(improving, "improve_standing", exchanged)
    monkeypatch.setattr(houses, "Here", lambda: held)
    house = House(MemoryStore(now=lambda: T0))
    try:
        await begin(house, held, ["tap"])
        away = {"worker": chosen[0], "start": T0.isoformat(), "end": (T0 + 12 * HOUR).isoformat()}
        await house.say(f"direct.{AREA}.absence", {"id": "m-1", "by": "chen", "at": T0.isoformat(), **away})
        await _folded(house)
        held.tell()
        await house.settle()
        assert await house.findings() == []
        (order,) = house.planners["planner0"].areas.areas[AREA].orders.values()
        assert order.workers == (other[chosen[0]],)
    finally:
        await house.close()


async def _folded(house: House) -> None:
    """Everything said is decided and planned, though an improvement may still be searched."""
    inbox = await house.store.inbox(houses.INBOX)
    planner = house.planners["planner0"]
    while (
        await inbox.undecided()
        or planner.areas.position < await house.store.events.position()
        or planner.areas.dirt
        or planner._writing.locked()
    ):
        await house.revive()
        await asyncio.sleep(0)
