"""What workers, dispatchers and those who ask say in a test, each thing at the time it is by the clock."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from typing import Any

from system.estate import WEEK
from system.house import AREA, T0

from dispatch.requests.answer import Answer
from dispatch.services.clock import ManualClock

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)


def window(first: dt.timedelta, last: dt.timedelta) -> dict[str, str]:
    """From ``first`` to ``last``, counted from `T0`, as it is said."""
    return {"from": (T0 + first).isoformat(), "to": (T0 + last).isoformat()}


class Voices(ABC):
    """Everybody who speaks in a small world: a base, a flat in the same place, plumbers with long days, three jobs."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self._count = 0

    @abstractmethod
    async def put(self, subject: str, body: dict[str, Any]) -> Answer:
        """Say just this; the answer to it."""

    @abstractmethod
    async def settle(self) -> None:
        """Wait until all that was said is planned and shown."""

    async def hear(self, subject: str, **body: Any) -> Answer:
        """Say something now, under an id of its own unless ``body`` has one; the answer, whatever it is."""
        self._count += 1
        time = "reported_at" if subject.startswith("request.") else "at"
        head = {"id": f"m{self._count}", time: self.clock.now().isoformat()}
        if subject.startswith("direct."):
            head["by"] = "chen"
        return await self.put(subject, head | body)

    async def say(self, subject: str, **body: Any) -> str:
        """Say something that is taken, and wait until it is planned; the order it is about, if it opened one."""
        answer = await self.hear(subject, **body)
        assert answer.decision == ("accepted" if subject.startswith("request.") else "noted"), answer
        await self.settle()
        return answer.order

    async def direct(self, verb: str, area: str = AREA, **body: Any) -> None:
        """A dispatcher directs something."""
        await self.say(f"direct.{area}.{verb}", **body)

    async def report(self, who: str, what: str, order: str = "", **body: Any) -> None:
        """A worker reports something, of an order or of themselves."""
        await self.say(f"report.{AREA}.{who}", report=what, **({"order": order} if order else {}), **body)

    async def ask(
        self,
        first: dt.timedelta = 0 * HOUR,
        last: dt.timedelta = 4 * HOUR,
        unit: str = "u1",
        category: str = "tap",
        **more: Any,
    ) -> str:
        """Somebody wants an hour of work at a place within a span, counted from `T0`; the order."""
        where, when = {"unit": unit}, window(first, last)
        return await self.say(f"request.{AREA}.repair", category=category, place=where, window=when, **more)

    async def given(self, order: str, start: dt.timedelta | None = None) -> None:
        """A dispatcher gives it to w1; without a ``start`` the plan may choose again, and has no reason to."""
        pinned = {} if start is None else {"start": (T0 + start).isoformat()}
        await self.direct("assign", order=order, workers=["w1"], **pinned)
        if start is None:
            await self.direct("unpin", order=order)

    async def worker(self, name: str, **more: Any) -> None:
        """Somebody who mends and patrols from the base, eight to eight, is registered, or changed."""
        record = {
            "id": name, "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}, {"skill": "patrol"}],
            "shifts": [{"start": "08:00", "end": "20:00", "days": WEEK}],
        }  # fmt: skip
        await self.direct("register", worker=record | more)

    async def register(self, *workers: str, **places: tuple[str, float]) -> None:
        """The world: ``workers``, and besides the base and the flat u1 ``places``, by kind and latitude."""
        for key, (kind, lat) in {"base": ("site", 30.0), "u1": ("unit", 30.0), **places}.items():
            await self.direct("register", place={"id": key, "kind": kind, "lat": lat, "lon": 120.0})
        for key, people in (("tap", 1), ("boiler", 2), ("lift", 3)):
            job = {"id": key, "kind": "repair", "skill": "plumbing", "minutes": 60, "people": people}
            await self.direct("register", area="all", category=job)
        for name in workers:
            await self.worker(name)

    def pass_time(self, until: dt.timedelta) -> None:
        """It is ``until``, counted from `T0`."""
        self.clock.set(T0 + until)

    async def at(self, when: dt.timedelta, who: str = "", what: str = "", **body: Any) -> None:
        """It is ``when``, counted from `T0`; somebody reports something, or nothing is said."""
        self.pass_time(when)
        if what:
            await self.report(who, what, **body)
        await self.settle()
