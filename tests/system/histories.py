"""Random histories of an estate: whatever people say, in any order and more than once, and services that die."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Coroutine
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from system.estate import CATEGORIES, PLACES, WEEK, WORKERS, open_estate, worker
from system.house import AREA, House
from system.odd_hours import FAR, HALVES, NEXT_DOOR, ODD, STAIRS, further_registrations, pumps
from system.virtual_time import VirtualTimeLoop

from dispatch.store.base import Store
from dispatch.store.memory import MemoryStore

T = TypeVar("T")
PICK = st.integers(0, 60)
MINUTE = dt.timedelta(minutes=1)
CREW = st.lists(st.sampled_from(sorted(WORKERS)), min_size=1, max_size=3, unique=True)
SERVICES = st.sampled_from(["desk", "planner0", "planner1", "projector"])


class Histories(RuleBasedStateMachine):
    """One house and everything that can happen to it. Nothing is waited for unless a rule says so."""

    found: list[str] = []
    """Everything that was ever wrong; for whoever wants to see it wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = self.new_loop()
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.positions: list[int] = []
        self.count = 0
        self.house: House

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """The loop the history is played on."""
        return VirtualTimeLoop()

    async def new_store(self) -> Store:
        """The store it is played over."""
        return MemoryStore(now=self._now)

    def _now(self) -> dt.datetime:
        return self.house.clock.now()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Let something happen, and the services run for as long as it takes."""
        return self.loop.run_until_complete(coroutine)

    @initialize()
    def open(self) -> None:
        """Register the estate."""

        async def begin() -> None:
            self.house = House(await self.new_store(), planners=2)
            await self.house.start()
            await open_estate(self.house)
            for subject, body in further_registrations():
                await self.house.say(subject, body)
            await self.house.settle()

        self.run(begin())

    def teardown(self) -> None:
        """Let all come to rest and judge it."""
        try:
            if hasattr(self, "house"):
                self.judge()
        finally:
            if hasattr(self, "house"):
                self.run(self.house.close())
            self.run(self.done())
            self.loop.close()

    async def done(self) -> None:
        """Whatever else has to be closed."""

    def judge(self) -> None:
        """All that is wrong with the log and what is shown of it: nothing."""
        try:
            self.run(self.house.settle())
        except AssertionError as restless:
            self.found.append(str(restless))
            raise
        found = self.run(self.house.findings())
        self.found.extend(found)
        assert not found, "\n".join(found)

    def say(self, subject: str, body: dict[str, Any]) -> None:
        """Say something and remember it."""
        self.said.append((subject, body))
        self.positions.append(self.run(self.house.say(subject, body)))

    def head(self, **more: Any) -> dict[str, Any]:
        """A new id and the present."""
        self.count += 1
        return {"id": f"m{self.count}", "at": self.house.clock.now().isoformat(), **more}

    def pick_order(self, pick: int, *, planned: bool = False) -> Any:
        """One of the orders on the board, if there is one."""
        rows = self.house.projector.rows.get("board")
        found = sorted((row for row in rows.rows.values() if row.workers or not planned), key=lambda row: row.order) \
            if rows else []  # fmt: skip
        return found[pick % len(found)] if found else None

    # What people say

    @rule(
        category=st.sampled_from([*(one["id"] for one in CATEGORIES), STAIRS["id"], "unheard-of"]),
        place=st.sampled_from([*PLACES, *FAR, "nowhere"]),
        window=st.none() | st.tuples(st.integers(0, 40), st.integers(1, 12)),
        urgent=st.booleans(),
    )
    def request(self, category: str, place: str, window: tuple[int, int] | None, urgent: bool) -> None:
        """Somebody asks for something."""
        self.count += 1
        now = self.house.clock.now()
        body: dict[str, Any] = {"id": f"sr-{self.count}", "source": "app", "category": category}
        body |= {"place": {"unit": place}, "reported_at": now.isoformat(), "household": f"h-{place}"}
        if urgent:
            body["urgency"] = "urgent"
        if window is not None:
            start = now + 30 * window[0] * MINUTE
            body["window"] = {"from": start.isoformat(), "to": (start + 30 * window[1] * MINUTE).isoformat()}
        self.say(f"request.{NEXT_DOOR if place in FAR else AREA}.repair", body)

    @rule(name=st.sampled_from(sorted(ODD)), count=st.integers(1, 5))
    def pile_up(self, name: str, count: int) -> None:
        """More than somebody may do is given to them, or at an hour at which they may not."""
        now = self.house.clock.now()
        night = now.replace(hour=16, minute=30, second=0, microsecond=0)
        night += dt.timedelta(days=night < now)
        first = self.count + 1
        for _ in range(count):
            self.request(STAIRS["id"] if name == "c1" else "tap", "b1", None, False)
            if name == "n1":
                window = {"from": night.isoformat(), "to": (night + 5 * 60 * MINUTE).isoformat()}
                subject, body = self.said.pop()
                self.positions.pop()
                self.say(subject, {**body, "id": f"{body['id']}-night", "window": window})
        self.run(self.house.settle())
        ids = {f"sr-{number}{end}" for number in range(first, self.count + 1) for end in ("", "-night")}
        for row in list(self.house.projector.rows["board"].rows.values()):
            if row.request in ids:
                self.say(f"direct.{AREA}.assign", self.head(by="chen", order=row.order, workers=[name]))

    @rule(pick=PICK)
    def say_again(self, pick: int) -> None:
        """Somebody says again what they said before."""
        if self.said:
            subject, body = self.said[pick % len(self.said)]
            self.positions.append(self.run(self.house.say(subject, body)))

    @rule(pick=PICK)
    def say_otherwise(self, pick: int) -> None:
        """The id of a request with other content."""
        requests = [(subject, body) for subject, body in self.said if subject.startswith("request.")]
        if requests:
            subject, body = requests[pick % len(requests)]
            self.run(self.house.say(subject, {**body, "detail": "something else"}))

    @rule(body=st.binary(max_size=20))
    def say_nonsense(self, body: bytes) -> None:
        """What nobody can understand."""
        self.run(self.house.say(f"request.{AREA}.repair", body))

    @rule(
        pick=PICK,
        kind=st.sampled_from(["accepted", "on_the_way", "arrived", "done", "done", "could_not", "refused"]),
        who=st.integers(0, 2),
    )
    def report(self, pick: int, kind: str, who: int) -> None:
        """Somebody on the crew reports, or somebody who is not."""
        order = self.pick_order(pick, planned=True)
        if order is None:
            return
        crew = [*order.workers, "w1"]
        body = self.head(report=kind, order=order.order)
        if kind == "could_not":
            body["reason"] = "nobody in"
        self.say(f"report.{order.area}.{crew[who % len(crew)]}", body)

    @rule(pick=PICK)
    def refuse(self, pick: int) -> None:
        """Whoever is to go will not."""
        order = self.pick_order(pick, planned=True)
        if order is not None:
            body = self.head(report="refused", order=order.order, reason="no key")
            self.say(f"report.{order.area}.{order.workers[0]}", body)

    @rule(
        name=st.sampled_from(sorted(WORKERS)),
        start=st.integers(-2, 20),
        hours=st.integers(1, 12),
        by_self=st.booleans(),
    )
    def absence(self, name: str, start: int, hours: int, by_self: bool) -> None:
        """Somebody falls ill."""
        since = self.house.clock.now() + 30 * start * MINUTE
        until = (since + 60 * hours * MINUTE).isoformat()
        if by_self:
            self.say(f"report.{AREA}.{name}", self.head(report="absent", until=until) | {"at": since.isoformat()})
        else:
            self.say(f"direct.{AREA}.absence", self.head(by="chen", worker=name, start=since.isoformat(), end=until))

    @rule(
        pick=PICK,
        stage=st.sampled_from(["on_the_way", "arrived"]),
        how=st.sampled_from(["absent", "refused", "could_not"]),
        new=st.booleans(),
    )
    def leave_alone(self, pick: int, stage: str, how: str, new: bool) -> None:
        """Of two who are to go together one is there or on the way, and the other cannot come."""
        if new:
            self.request("water-leak", "b2", None, False)
            self.run(self.house.settle())
        rows = self.house.projector.rows.get("board")
        pairs = [row for row in rows.rows.values() if len(row.workers) > 1] if rows else []
        if pairs:
            order = sorted(pairs, key=lambda row: row.order)[pick % len(pairs)]
            one, other = order.workers[:2]
            until = (self.house.clock.now() + 3 * 60 * MINUTE).isoformat()
            more = {"absent": {"until": until}, "refused": {}, "could_not": {"reason": "no bus"}}[how]
            more = more if how == "absent" else {"order": order.order, **more}
            self.say(f"report.{order.area}.{one}", self.head(report=stage, order=order.order))
            self.say(f"report.{order.area}.{other}", self.head(report=how, **more))

    @rule(
        pick=PICK,
        then=PICK,
        how=st.lists(st.sampled_from(["on_the_way", "arrived", "done", "could_not"]), min_size=2, max_size=4),
        minutes=st.sampled_from([0, 1, 6, 20]),
    )
    def go_out_of_turn(self, pick: int, then: int, how: list[str], minutes: int) -> None:
        """Somebody says now of one, now of another of their visits how far they are; then somebody asks for more."""
        first = self.pick_order(pick, planned=True)
        if first is None:
            return
        name = first.workers[0]
        rows = self.house.projector.rows["board"].rows.values()
        theirs = sorted(row.order for row in rows if name in row.workers and row.area == first.area)
        for turn, kind in enumerate(how):
            more = {"reason": "nobody in"} if kind == "could_not" else {}
            order = (first.order, theirs[then % len(theirs)])[turn % 2]
            self.say(f"report.{first.area}.{name}", self.head(report=kind, order=order, **more))
            self.time_passes(minutes)
        self.run(self.house.settle())
        self.request("tap", "b2", (then % 4, 8), False)

    @rule(pick=PICK)
    def fall_ill_before_a_visit(self, pick: int) -> None:
        """Somebody will be away when they are to be somewhere."""
        order = self.pick_order(pick, planned=True)
        if order is not None:
            until = (order.start + 3 * 60 * MINUTE).isoformat()
            self.say(
                f"direct.{order.area}.absence",
                self.head(by="chen", worker=order.workers[0], start=order.start.isoformat(), end=until),
            )

    @rule(name=st.sampled_from(sorted(WORKERS)))
    def back(self, name: str) -> None:
        """Somebody is well again."""
        self.say(f"report.{AREA}.{name}", self.head(report="back"))

    @rule(pick=PICK, crew=CREW, start=st.none() | st.integers(1, 30))
    def assign(self, pick: int, crew: list[str], start: int | None) -> None:
        """A dispatcher decides who does it, and perhaps when."""
        order = self.pick_order(pick)
        if order is not None:
            at = {} if start is None else {"start": (self.house.clock.now() + 20 * start * MINUTE).isoformat()}
            self.say(f"direct.{order.area}.assign", self.head(by="chen", order=order.order, workers=crew, **at))

    @rule(pick=PICK, verb=st.sampled_from(["cancel", "cancel", "unpin", "reschedule"]))
    def direct(self, pick: int, verb: str) -> None:
        """A dispatcher changes the course of an order."""
        order = self.pick_order(pick)
        if order is not None:
            self.say(f"direct.{order.area}.{verb}", self.head(by="li", order=order.order))

    @rule(pick=PICK, satisfied=st.booleans())
    def follow_up(self, pick: int, satisfied: bool) -> None:
        """The call back to whoever asked."""
        order = self.pick_order(pick)
        if order is not None:
            self.say(f"direct.{order.area}.follow-up", self.head(by="li", order=order.order, satisfied=satisfied))

    @rule(name=st.sampled_from(["w1", "w2", "w3"]), caps=st.none() | st.integers(0, 4), gone=st.booleans())
    def change_worker(self, name: str, caps: int | None, gone: bool) -> None:
        """Somebody leaves, or is to do less, or as much as before."""
        if gone and caps is None:
            self.say(f"direct.{AREA}.retire", self.head(by="chen", kind="worker", target=name))
            return
        changes: dict[str, Any] = (
            {} if caps is None else {"caps": {"visits_per_day": caps, "minutes_per_day": 60 * caps}}
        )
        self.say(f"direct.{AREA}.register", self.head(by="chen", worker=worker(name, **changes)))

    @rule(name=st.sampled_from(["w1", "w2", "w4"]), start=st.integers(6, 12), hours=st.integers(4, 9))
    def change_shift(self, name: str, start: int, hours: int) -> None:
        """Somebody works at other hours from now on, perhaps in the midst of their day."""
        shift = {"start": f"{start:02d}:00", "end": f"{start + hours:02d}:00", "days": WEEK}
        self.say(f"direct.{AREA}.register", self.head(by="chen", worker=worker(name, shifts=[shift])))

    @rule(halves=st.booleans(), caps=st.integers(1, 4))
    def change_halves(self, halves: bool, caps: int) -> None:
        """A day of two shifts becomes one of one, or the other way round; the day's cap is what it is."""
        shifts = HALVES if halves else HALVES[:1]
        one = worker("d1", **{**ODD["d1"], "shifts": shifts, "caps": {"visits_per_day": caps}})
        self.say(f"direct.{AREA}.register", self.head(by="chen", worker=one))

    @rule(name=st.sampled_from(["w1", "w3", "d1"]))
    def lend(self, name: str) -> None:
        """Somebody is registered next door, too."""
        self.say(f"direct.{NEXT_DOOR}.register", self.head(by="chen", worker=worker(name, base="far-s")))

    @rule(hour=st.none() | st.integers(9, 20))
    def change_round(self, hour: int | None) -> None:
        """The round is walked at another time, or no more."""
        if hour is None:
            self.say(f"direct.{AREA}.retire", self.head(by="chen", kind="round", target="pumps"))
        else:
            walked = pumps(f"{hour}:00".zfill(5), f"{hour}:30".zfill(5))
            self.say(f"direct.{AREA}.register", self.head(by="chen", round=walked))

    @rule(gone=st.booleans())
    def change_place(self, gone: bool) -> None:
        """A house is not ours any more, or is again."""
        if gone:
            self.say(f"direct.{AREA}.retire", self.head(by="chen", kind="place", target="b4"))
        else:
            place = {"id": "b4", "kind": "unit", "lat": 29.995, "lon": 119.997}
            self.say(f"direct.{AREA}.register", self.head(by="chen", place=place))

    # What happens by itself

    @rule(minutes=st.sampled_from([1, 3, 7, 20, 45, 120, 600]))
    def time_passes(self, minutes: int) -> None:
        """The clock moves on."""
        self.house.clock.set(self.house.clock.now() + minutes * MINUTE)

    @rule(turns=st.integers(1, 40))
    def services_run(self, turns: int) -> None:
        """The services get so many turns of the loop."""

        async def turn() -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await self.house.revive()

        self.run(turn())

    @rule()
    def all_comes_to_rest(self) -> None:
        """Everything is decided and planned; then the log is judged."""
        self.judge()

    # What goes wrong

    @rule(name=SERVICES)
    def restart(self, name: str) -> None:
        """A service ends wherever it is and starts again."""
        self.run(self.house.restart(name))

    @rule(name=st.sampled_from(["desk", "planner0", "planner1"]), when=st.sampled_from(["before", "after"]))
    def kill_in_append(self, name: str, when: str) -> None:
        """A service dies at its next append, before or after it lands."""
        self.run(self.house.kill_in_append(name, when))

    @rule(when=st.sampled_from(["before", "after"]))
    def die_over_a_request(self, when: str) -> None:
        """The desk dies at the very request it takes next."""
        self.judge()
        self.kill_in_append("desk", when)
        self.request("tap", "b1", None, False)

    @rule(pick=PICK)
    def redeliver(self, pick: int) -> None:
        """A message decided long ago comes again, its acknowledgement lost."""
        if self.positions:
            self.judge()
            self.run(self.house.redeliver(self.positions[pick % len(self.positions)]))
