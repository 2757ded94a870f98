"""Plans made by hand, by seed, with a problem laid round them that they just satisfy: no search has a part in them.

First people go about (`_Day`), then the problem is written so that what they did is right, often to the tick.
Always there: ``w0``, whose first two visits follow each other; the crew ``pair`` last for ``w0`` and ``w1``; ``w2``,
who passes the store once, right before ``bound-first``, tied to ``bound-then`` of ``w3``; ``spare`` with ``fixed``
(pinned) and ``plain``; two pieces of the shared ``drain``, which ``spare`` and ``w0`` have along, as ``w1``, who took
theirs before, for ``pair``; ``driver``, for whom roads are busy; ``novice`` without skills, ``stranger`` whom nobody
wants, ``light`` without tools, at home.
"""

from __future__ import annotations

import random
from typing import Any

from benchmarks.drawn import shortest_ways
from msgspec.structs import replace
from solver_problems import DAY, ORIGIN

from dispatch.solver.checks import cost
from dispatch.solver.plan import Effort, Reason, Route, RoutePlan, Stop, Unplanned
from dispatch.solver.problem import (
    Duty,
    Matrix,
    Pin,
    Rest,
    RouteProblem,
    RouteWeights,
    SharedTool,
    Skill,
    Span,
    Spot,
    Store,
    Tie,
    Told,
    Traffic,
    Visit,
    Worker,
)
from dispatch.solver.rules import Rule

START = 480
SPOTS = 8
HANDS = ("w0", "w1", "w2", "w3")
IDLE = ("novice", "stranger", "light")
TOOLS = ("ladder", "drill", "rope")
DRAIN = "drain"
EFFORT = Effort(solver="by hand", seed=0, budget=0, used=0)
STORE = Store(id="store", spot=3, ticks=4)
EVENTS = ("crew", "different", "same", "any", "store", "store", "rest", "rest", "absence", "absence", *["single"] * 5)
"""What else happens, in any order."""


BUSY = (
    Traffic(mode="car", span=Span(START - 3, START + 17), speed=50),
    Traffic(mode="car", span=Span(START + 17, START + 40), speed=33),
    Traffic(mode="car", span=Span(START + 60, START + 70), speed=7),
    Traffic(mode="bike", span=Span(0, 60), speed=10),
)
"""Roads are busy for the driver three times, and for others while nobody is under way."""


def by_car(way: int, leave: int) -> int:
    """When a ``way`` by car is over that is set out for at ``leave``, tick by tick."""
    covered = 0
    while covered < 100 * way:
        covered += next((one.speed for one in BUSY[:3] if one.span.start <= leave < one.span.end), 100)
        leave += 1
    return leave


class _Hand:
    """Somebody as they go about their day."""

    def __init__(self, name: str, mode: str, base: int) -> None:
        self.name, self.mode, self.base = name, mode, base
        self.spot, self.free = base, START
        self.stops: list[Stop] = []
        self.rests: list[Span] = []
        self.absences: list[Span] = []


class _Day:
    """What everybody did, and which visits that makes."""

    def __init__(self, draw: random.Random, driver: random.Random) -> None:
        self.draw, self.driver = draw, driver
        self.ways = {mode: shortest_ways(draw, SPOTS, 1, 15) for mode in ("walk", "bike")}
        self.hands = {
            name: _Hand(name, draw.choice(("walk", "bike")), draw.randrange(SPOTS)) for name in (*HANDS, *IDLE, "spare")
        }
        self.ways["car"] = shortest_ways(driver, SPOTS, 3, 12)
        self.hands["driver"] = _Hand("driver", "car", driver.randrange(SPOTS))
        self.visits: list[Visit] = []
        self.ties: list[Tie] = []

    def way(self, hand: _Hand, there: int) -> int:
        return self.ways[hand.mode][hand.spot][there]

    def go(self, names: tuple[str, ...], name: str, spot: int, after: int = 0, **ticks: int) -> int:
        """All of ``names`` start at ``spot`` together, ``after`` or later, each for their ``ticks``. When that was."""
        hands = [self.hands[one] for one in names]
        draw = self.draw
        start = max(after, *(hand.free + self.way(hand, spot) for hand in hands), 0) + draw.choice(
            (0, 0, draw.randrange(9))
        )
        for hand in hands:
            way = self.way(hand, spot)
            wait = draw.randrange(min(5, start - hand.free - way) + 1)
            end = start + ticks[hand.name]
            hand.stops.append(Stop(visit=name, arrive=start - wait, start=start, end=end, travel=way))
            hand.spot, hand.free = spot, end
        return start

    def visit(self, *names: str, name: str = "", after: int = 0, **more: Any) -> Visit:
        """A visit that ``names`` make, with a window round it."""
        draw = self.draw
        name, spot, ticks = name or f"v{len(self.visits)}", draw.randrange(SPOTS), draw.randrange(5, 25)
        own = {one: draw.randrange(5, 25) for one in (*names, "light") if draw.random() < 0.3}
        each = {one: own.get(one, ticks) for one in names}
        start = self.go(names, name, spot, after, **each)
        window = Span(start - draw.choice((0, 20)), start + max(each.values()) + draw.choice((0, 20)))
        rest: dict[str, Any] = {"windows": (Span(0, 60), window), "people": len(names), "ticks_by": own, **more}
        self.visits.append(Visit(id=name, spot=spot, ticks=ticks, **rest))
        return self.visits[-1]

    def pass_store(self, name: str) -> None:
        self.go((name,), STORE.id, STORE.spot, **{name: STORE.ticks})

    def drive(self) -> None:
        """The driver goes from visit to visit."""
        draw, hand = self.driver, self.hands["driver"]
        for number in range(4):
            name, spot, ticks = f"drive-{number}", (hand.spot + draw.randrange(1, SPOTS)) % SPOTS, draw.randrange(5, 15)
            leave = hand.free + draw.choice((0, 3))
            arrive = by_car(self.way(hand, spot), leave)
            start = arrive + draw.choice((0, 2))
            stop = Stop(visit=name, arrive=arrive, start=start, end=start + ticks, travel=arrive - leave)
            hand.stops.append(stop)
            self.visits.append(Visit(id=name, spot=spot, ticks=ticks, windows=(Span(start, start + ticks),)))
            hand.spot, hand.free = spot, stop.end

    def pause(self, hand: _Hand, spans: list[Span]) -> None:
        """A break or an absence."""
        start = hand.free + self.draw.randrange(4)
        spans.append(Span(start, start + self.draw.randrange(3, 15)))
        hand.free = spans[-1].end

    def happen(self, event: str) -> None:
        one, other = self.draw.sample(HANDS, 2)
        hand = self.hands[one]
        if event == "rest":
            self.pause(hand, hand.rests)
        elif event == "absence":
            self.pause(hand, hand.absences)
        elif event == "store":
            self.pass_store(other if one == "w2" else one)
        elif event == "single":
            self.visit(one, **self.wants((one,)))
        elif event == "crew":
            self.visit(one, other, **self.wants((one, other)))
        else:
            first, then = self.visit(one), self.visit(one if event == "same" else other)
            self.tie(first, then, event, self.draw.randrange(4))

    def tie(self, one: Visit, other: Visit, workers: Any, room: int) -> None:
        (early, first), (late, then) = sorted((self.start(visit.id), visit.id) for visit in (one, other))
        gap = late - early
        most = None if workers == "any" else gap + room
        least = self.draw.choice((None, gap - room)) if workers == "any" else gap - room
        same_day = self.draw.random() < 0.5
        self.ties.append(Tie(first=first, then=then, least=least, most=most, same_day=same_day, workers=workers))

    def start(self, visit: str) -> int:
        return next(stop.start for hand in self.hands.values() for stop in hand.stops if stop.visit == visit)

    def wants(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What else a visit may ask for; all of it holds."""
        draw, more = self.draw, dict[str, Any]()
        if draw.random() < 0.5:
            more |= {"skill": draw.choice(("s0", "s1")), "level": draw.randrange(3)}
        if draw.random() < 0.3:
            more["among"] = (*names, "light")
        if draw.random() < 0.3:
            more["never"] = ("stranger",)
        if draw.random() < 0.4:
            more |= {"due": START + draw.randrange(300), "late_weight": draw.choice((0.0, 0.5, 3.0))}
        if draw.random() < 0.3:
            more["told"] = Told(workers=draw.choice((names, ("w3",))), start=START + draw.randrange(300))
        if draw.random() < 0.3:
            more["keep"] = tuple(draw.sample(HANDS, 2))
        if draw.random() < 0.2:
            more["pin"] = Pin(workers=names[:1])
        if draw.random() < 0.5:
            more |= {"tools": (draw.choice(TOOLS),), "parts": {"valve": draw.randrange(3), "tap": 1}}
        return more | {"household": draw.choice((None, "h0", "h1", "h2")), "weight": draw.randrange(1, 5)}


def clean_plan(seed: int) -> tuple[RouteProblem, RoutePlan]:
    """A problem with every rule in it and a plan that breaks none, its cost stated."""
    draw = random.Random(seed)
    day = _Day(draw, random.Random(f"driver {seed}"))
    any_time: dict[str, Any] = {"windows": (Span(0, 9999),)}
    day.visit("w0", tools=("ladder",), parts={"valve": 1}, household="h0", weight=2)
    day.visit("w0", due=START, late_weight=1.0, tools=(DRAIN,))
    for event in draw.sample(EVENTS, len(EVENTS)):
        day.happen(event)
    day.visit("w0", "w1", name="pair", after=700, tools=(DRAIN,), **any_time)
    day.pass_store("w2")
    first = day.visit("w2", name="bound-first", after=700, skill="s0", never=("stranger",), tools=("saw",), **any_time)
    after = day.start("bound-first") + draw.randrange(1, 4)
    then = day.visit("w3", name="bound-then", after=after, parts={"valve": 1}, household="h9", weight=1, **any_time)
    day.tie(first, then, "different", 0)
    day.visit("spare", name="fixed", after=600, **any_time)
    day.visits[-1] = replace(day.visits[-1], pin=Pin(workers=("spare",), start=day.start("fixed")))
    day.visit("spare", name="plain", after=800, tools=(DRAIN,), **any_time)
    day.drive()
    out = tuple(Visit(id=f"out-{one}", spot=0, ticks=9, price=draw.uniform(1, 99), **any_time) for one in "abc")
    problem = RouteProblem(
        area="by-hand",
        origin=ORIGIN,
        now=draw.choice((0, START)),
        spots=(Spot(0.0, 0.0),) * SPOTS,
        matrix=Matrix(ticks=day.ways),
        workers=tuple(_worker(day, hand) for hand in day.hands.values()),
        visits=(*day.visits, *out),
        traffic=BUSY,
        ties=(*day.ties, Tie(first="out-a", then="out-b")),
        stores=(STORE, Store(id="other", spot=0)),
        shared=(SharedTool(id=DRAIN, pieces=2),),
        weights=RouteWeights(**{field: draw.uniform(0, 9) for field in RouteWeights.__struct_fields__}),
    )
    routes = tuple(
        Route(worker=hand.name, duty="d1", stops=tuple(hand.stops), rests=tuple(rest.start for rest in hand.rests))
        for hand in day.hands.values()
    )
    why = (Reason(rule=Rule.SHIFT, message="nobody went"),)
    plan = RoutePlan(routes=routes, unplanned=tuple(Unplanned(id=one.id, reasons=why) for one in out), effort=EFFORT)
    return problem, replace(plan, cost=cost(problem, plan))


def _worker(day: _Day, hand: _Hand) -> Worker:
    """Somebody with just what their day took; those at home with more than enough, or none."""
    draw, visits = day.draw, {visit.id: visit for visit in day.visits}
    tools, parts, stocked = set[str](), {"valve": 0, "tap": 0}, False
    for stop in hand.stops:
        stocked = stocked or stop.visit == STORE.id
        if not stocked:
            tools |= set(visits[stop.visit].tools) - {DRAIN}
            parts = {kind: count + visits[stop.visit].parts.get(kind, 0) for kind, count in parts.items()}
    if hand.name in IDLE:
        tools, parts = ({*TOOLS, "saw", DRAIN}, {"valve": 9}) if hand.name != "light" else (set(), {})
    done = [visits[stop.visit] for stop in hand.stops if stop.visit in visits]
    levels = {skill: max((visit.level for visit in done if visit.skill == skill), default=3) for skill in ("s0", "s1")}
    day_or_none = (None, DAY)
    skills = tuple(
        Skill(skill=skill, level=level, first=draw.choice(day_or_none), last=draw.choice(day_or_none))
        for skill, level in levels.items()
        if hand.name != "novice"
    )
    duties = (_duty(day, hand, done),)
    if hand.name == "spare":
        duties += (Duty(id="d2", day=DAY + 1, span=Span(START + 1440, START + 1900), start_spot=0),)
    return Worker(id=hand.name, mode=hand.mode, skills=skills, duties=duties, tools=tuple(sorted(tools)), parts=parts)


def _duty(day: _Day, hand: _Hand, done: list[Visit]) -> Duty:
    draw = day.draw
    # Those who are tried a tick later than they went have room for it; the others end on the last moment, or nearly.
    room = draw.randrange(2, 6) if hand.name not in ("w1", "w2") else draw.randrange(2)
    home = {"w1": hand.base ^ 1, "driver": hand.base, "w0": draw.choice((None, hand.base))}.get(hand.name)
    over = hand.free + (0 if home is None else day.way(hand, home))
    if hand.name == "driver":
        over = by_car(day.way(hand, hand.base), hand.free)
    if hand.name in (*IDLE, "spare"):
        return Duty(id="d1", day=DAY, span=Span(START, START + 1430), start_spot=hand.base)
    pauses = [span.end for span in (*hand.rests, *hand.absences)]
    end = max([over - draw.choice((0, 15)), *pauses])
    households = len({visit.household for visit in done} - {None})
    return Duty(
        id="d1",
        day=DAY,
        span=Span(START, end),
        start_spot=hand.base,
        end_spot=home,
        rests=tuple(
            Rest(span=Span(rest.start - draw.choice((0, 9)), min(end, rest.end + draw.choice((0, 9)))), ticks=ticks)
            for rest in hand.rests
            for ticks in (rest.end - rest.start,)
        ),
        absences=tuple(hand.absences),
        max_visits=draw.choice((None, len(done), len(done) + 1)),
        max_ticks=draw.choice((None, sum(visit.ticks_by.get(hand.name, visit.ticks) for visit in done))),
        max_weight=draw.choice((None, sum(visit.weight for visit in done))),
        max_households=draw.choice((None, households, households + 1)),
        price=draw.uniform(0, 50),
        overtime=over - end + room,
        overtime_price=draw.uniform(0, 5),
        taken=(DRAIN,) if hand.name == "w1" else (),
    )
