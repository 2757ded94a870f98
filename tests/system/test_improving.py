"""Improving comes to an end, whatever the policy says about the freeze and however long a search takes."""

from __future__ import annotations

import datetime as dt

import pytest
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
