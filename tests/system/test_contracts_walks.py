"""Contracts through a month of failures, absences, calls and moves: whatever comes, what is dated is sound."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from system.contracted import DAY, MORNING, contract, opened, orders, shown
from system.house import AREA
from system.log_state import plain
from system.promises_judged import Judge
from system.rostered import register
from system.virtual_time import VirtualTimeLoop

from dispatch.services.audit import verify
from dispatch.store.memory import MemoryStore

ENTERPRISES = ["acme", "bolt", "corn"]


class Walk:
    """A draw of things that happen to three enterprises and two advisers, day by day."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.planners = 1 + seed % 2
        self.count = 0

    async def play(self, days: int) -> set[str]:
        """Let so many days pass, each with what happens on it; then judge the log. The types of events there were."""
        store = MemoryStore(now=lambda: MORNING)
        self.house = await opened(store, *ENTERPRISES, planners=self.planners)
        for number in range(days):
            self.house.clock.set(self.house.clock.now() + DAY)
            await self.house.settle()
            for key in ENTERPRISES:
                await self._visits(key)
            await self.draw.choice((self._nothing, self._nothing, self._absence, self._move, self._put_off))()
            if number == days // 2:
                await register(self.house, 70, contract=contract("late", place="acme"))
                await self.house.restart("planner0")
            await self.house.settle()
        assert await self.house.findings() == []
        for view in await verify(store):
            assert view.equal, view
        log = [plain(one) for one in await self.house.log()]
        assert Judge(log, freeze_days=3).found == []
        await self.house.close()
        return {one.type for one in log}

    async def _visits(self, key: str) -> None:
        """What comes of the visits of today: most are made, some fail, some nobody speaks of."""
        for row in orders(self.house, key):
            today = row.start is not None and (row.start + DAY / 3).date() == self._today()
            if not today or row.status in {"done", "could_not", "cancelled"}:
                continue
            kind = self.draw.choice(("done", "done", "done", "could_not", ""))
            if kind:
                at = max(self.house.clock.now(), row.start) if row.start is not None else self.house.clock.now()
                body: dict[str, Any] = {"report": kind, "id": f"{kind}-{row.id}", "at": at.isoformat(), "order": row.id}
                body |= {"reason": "nobody in"} if kind == "could_not" else {}
                await self.house.say(f"report.{AREA}.{row.workers[0]}", body)
        await self.house.settle()

    def _today(self) -> Any:
        return (self.house.clock.now() + DAY / 3).date()

    async def _direct(self, verb: str, **body: Any) -> None:
        self.count += 1
        head = {"id": f"d{self.count}", "by": "chen", "at": self.house.clock.now().isoformat()}
        await self.house.say(f"direct.{AREA}.{verb}", {**head, **body})
        await self.house.settle()

    async def _nothing(self) -> None:
        return

    async def _absence(self) -> None:
        start = self.house.clock.now() + self.draw.randrange(0, 5) * DAY
        end = start + self.draw.randrange(1, 4) * DAY
        who = self.draw.choice(("ann", "bob"))
        await self._direct("absence", worker=who, start=start.isoformat(), end=end.isoformat())

    async def _move(self) -> None:
        key = self.draw.choice(ENTERPRISES)
        ahead = [one for one in shown(self.house, key).visits if one.day > self._today()]
        if ahead:
            one = self.draw.choice(ahead)
            day = one.day + self.draw.randrange(-3, 4) * DAY
            await self._direct("move-visit", contract=key, visit=one.id, day=day.isoformat())

    async def _put_off(self) -> None:
        rows = [row for key in ENTERPRISES for row in orders(self.house, key) if row.status == "planned"]
        if rows:
            row = self.draw.choice(rows)
            if self.draw.random() < 0.5:
                await self._direct("cancel", order=row.id, reason="not today")
                return
            start = self.house.clock.now() + self.draw.randrange(1, 4) * DAY
            window = {"from": start.isoformat(), "to": (start + DAY / 3).isoformat()}
            await self._direct("reschedule", order=row.id, windows=[window])


def test_whatever_comes_what_is_dated_is_sound() -> None:
    types: set[str] = set()
    for seed in range(3):
        with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
            types |= runner.run(Walk(seed).play(days=34))
    assert types >= {"VisitMoved", "PromisesAtRisk", "OrderCancelled", "OrderRescheduled", "OrderClosed", "VisitFailed"}
