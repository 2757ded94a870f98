"""Rosters through days of absences, stand-ins, new terms and new posts: whatever comes, what is published is sound."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from itertools import pairwise
from typing import Any

import pytest
from system.estate import open_estate
from system.house import AREA, T0, House
from system.log_state import LogState, plain
from system.rostered import AROUND_THE_CLOCK, guard, open_gate, register
from system.virtual_time import VirtualTimeLoop

from dispatch.store.memory import MemoryStore

GUARDS = [f"g{number}" for number in range(5)]
THROUGH_MIDNIGHT = [
    {"id": "day", "start": "08:00", "end": "20:00"},
    {"id": "night", "start": "20:00", "end": "08:00"},
]
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


class Walk:
    """A draw of things that happen to an estate whose gate is manned by roster."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.house = House(MemoryStore(now=lambda: T0), planners=1 + seed % 2)
        self.count = 100
        self.known: dict[str, dict[str, Any]] = {}

    async def play(self, steps: int) -> None:
        """Let so many things happen, each judged once all is settled."""
        await self.house.start()
        await open_estate(self.house, zones=False, rounds=False)
        await open_gate(self.house, *GUARDS, budget=1)
        for _ in range(steps):
            self.count += 1
            happens = self.draw.choice(
                (self.absence, self.absence, self.back, self.stand_in, self.stand_in, self.terms, self.post, self.time,
                 self.visit)
            )  # fmt: skip
            await happens()
            await self.house.settle()
            assert await self.house.findings() == [], f"after {happens.__name__}, number {self.count}"
            self.judge(await self.house.log(), happens.__name__)
        await self.house.close()

    async def direct(self, verb: str, **body: Any) -> None:
        head = {"id": f"d{self.count}", "by": "chen", "at": self.house.clock.now().isoformat()}
        await self.house.say(f"direct.{AREA}.{verb}", {**head, **body})

    async def absence(self) -> None:
        start = self.house.clock.now() + self.draw.randrange(0, 120) * HOUR
        end = start + self.draw.choice((2, 10, 30, 70)) * HOUR
        await self.direct("absence", worker=self.draw.choice(GUARDS), start=start.isoformat(), end=end.isoformat())

    async def back(self) -> None:
        at = self.house.clock.now() + self.draw.randrange(0, 60) * HOUR
        await self.direct("return", worker=self.draw.choice(GUARDS), start=at.isoformat())

    async def stand_in(self) -> None:
        today = (self.house.clock.now() + 8 * HOUR).date()
        who, instead = self.draw.sample(GUARDS, 2)
        day = today + self.draw.randrange(0, 4) * DAY
        leaves = self.draw.random() < 0.3
        await self.direct("stand-in", worker=who, instead=instead, day=day.isoformat(), leaves=leaves)

    async def terms(self) -> None:
        terms = {
            "rest_min": self.draw.choice((600, 660, 720)),
            "week_minutes": self.draw.choice((None, 2400, 2880)),
            "nights_in_row": self.draw.choice((None, 2, 4)),
        }
        key = self.draw.choice(GUARDS)
        record = guard(key) if self.draw.random() < 0.2 else guard(key, terms=terms)
        await register(self.house, self.count, worker=record)

    async def post(self) -> None:
        shifts = self.draw.choice((AROUND_THE_CLOCK, AROUND_THE_CLOCK[:2], AROUND_THE_CLOCK[1:2], THROUGH_MIDNIGHT))
        post = {"id": "gate", "place": "s1", "skill": "guarding", "shifts": shifts, "bound": self.draw.random() < 0.2}
        await register(self.house, self.count, post=post)

    async def time(self) -> None:
        self.house.clock.set(self.house.clock.now() + self.draw.choice((1, 5, 13, 24)) * HOUR)

    async def visit(self) -> None:
        now = self.house.clock.now()
        start = now + self.draw.randrange(1, 40) * HOUR
        window = {"from": start.isoformat(), "to": (start + 3 * HOUR).isoformat()}
        body = {"id": f"v{self.count}", "category": "watch", "place": {"unit": "b1"}, "reported_at": now.isoformat()}
        await self.house.say(f"request.{AREA}.repair", {**body, "window": window})

    def judge(self, log: list[Any], after: str) -> None:
        """No two duties of one person meet, nobody has one they are away from, no place has more than it asks for.

        What they had before they may be away from for half of it; what they have not, for nothing.
        """
        state = LogState()
        refused = False
        for one in log:
            event = plain(one)
            state.take(event)
            refused = event.type == "HorizonRefused" or (refused and event.kind != "horizon")
        today = (self.house.clock.now() + 8 * HOUR).date().isoformat()
        places: dict[tuple[str, str, str], int] = {}
        for key in GUARDS:
            duties = state.rosters.duties((AREA, key), len(log))
            spans = sorted((one["start"], one["end"]) for one in duties.values())
            assert all(first[1] <= second[0] for first, second in pairwise(spans)), (key, spans)
            if not refused:
                self.judge_absences(state, key, duties, after)
            for day, one in duties.items():
                if day >= today:
                    place = (day, one["post"], one["shift"])
                    places[place] = places.get(place, 0) + 1
        if not refused:
            assert set(places.values()) <= {1}, f"after {after}: {places}"
            self.known = {key: state.rosters.duties((AREA, key), len(log)) for key in GUARDS}

    def judge_absences(self, state: LogState, key: str, duties: dict[str, Any], after: str) -> None:
        """Nobody is away from a duty that has not begun: at all from one that is new, for more than half from any."""
        worker = state.worker((AREA, key), 10**9)
        for day, one in duties.items():
            start, end = (dt.datetime.fromisoformat(one[name]) for name in ("start", "end"))
            spans = [(max(since, start), min(until, end)) for since, until in (worker.away if worker else ())]
            # Minute by minute: absences may overlap.
            minutes = {
                since + number * MINUTE for since, until in spans for number in range(max(0, (until - since) // MINUTE))
            }
            had = self.known.get(key, {}).get(day)
            known = had is not None and (had["post"], had["shift"]) == (one["post"], one["shift"])
            most = (end - start) / MINUTE / 2 if known else 0
            assert start <= self.house.clock.now() or len(minutes) <= most, f"after {after}: {key} on {day}"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(6))
def test_whatever_comes_what_is_published_is_sound(seed: int) -> None:
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(Walk(seed).play(12))
