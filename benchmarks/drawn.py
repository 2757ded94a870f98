"""Made-up routing problems with any rules in them, drawn from a seed: for what must hold whatever the problem is."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Collection, Iterator
from typing import Any

from msgspec.structs import replace

from dispatch.model.travel import Speeds
from dispatch.solver.problem import (
    DayCap,
    Duty,
    Matrix,
    Pin,
    Rest,
    RouteProblem,
    RouteWeights,
    SharedTool,
    Skill,
    SkillAsked,
    Span,
    Spot,
    Store,
    Tie,
    Told,
    Traffic,
    Visit,
    Worker,
)

KINDS = (
    "skill", "nights", "allowed", "windows", "late", "greatest_late", "break", "absence", "caps", "loads", "halves",
    "needs", "crew", "pin", "told", "keep", "cover", "tie", "same", "duty_price", "duration", "overtime", "fair",
    "now", "matrix", "fine", "paces", "same_day", "traffic", "shared", "nested",
    "also",
)  # fmt: skip
"""What a problem may have in it: rules, and ways to state times. Skills and windows of one span are always there."""
DAY = 20_000
"""The local day, in days since 1970."""
TRADES = ("water", "power", "lifts")
TOOLS = ("ladder", "lamp")
PARTS = ("valve", "fuse")
SHARED = ("drain", "pump")
_MATRIX_SPOTS_MAX = 60


def some_kinds(seed: int, of: Collection[str] = KINDS, share: float = 0.5) -> frozenset[str]:
    """Each of ``of`` with the chance ``share``."""
    draw = random.Random(f"kinds {seed}")
    return frozenset(kind for kind in KINDS if kind in of and draw.random() < share)


def drawn_routes(seed: int, *, workers: int, visits: int, days: int = 1, use: Collection[str] = KINDS) -> RouteProblem:
    """``workers`` and ``visits`` on ``days`` days under the rules ``use`` names; times are minutes, or half of them.

    Ways are whole, shortest ones. What is pinned or told may be impossible; nothing else makes the problem so.
    """
    return _Drawn(random.Random(seed), workers, visits, days, frozenset(use)).problem()


def shortest_ways(draw: random.Random, spots: int, least: int, most: int) -> tuple[tuple[int, ...], ...]:
    """Ticks from each spot to each other, not the same there and back; drawn from ``least`` to ``most``, then shortest.

    No way is longer than one through a third spot.
    """
    every = range(spots)
    ways = [[0 if here == there else draw.randint(least, most) for there in every] for here in every]
    for through in every:
        for here in every:
            for there in every:
                ways[here][there] = min(ways[here][there], ways[here][through] + ways[through][there])
    return tuple(map(tuple, ways))


class _Drawn:
    def __init__(self, draw: random.Random, workers: int, visits: int, days: int, use: frozenset[str]) -> None:
        self.draw, self.days, self.use = draw, days, use
        self.hour = 120 if "fine" in use else 60
        self.spots = visits + 4
        self.names = [f"w{number}" for number in range(workers)]
        self.visits = visits

    def problem(self) -> RouteProblem:
        draw = self.draw
        workers = tuple(self.worker(name) for name in self.names)
        visits = tuple(self.visit(f"v{number}", number) for number in range(self.visits))
        visits = tuple(self.agreed(visit) for visit in visits)
        matrix = "matrix" in self.use and self.spots <= _MATRIX_SPOTS_MAX
        ways: dict[str, Any] = {"matrix": self.matrix()} if matrix else {"speeds": Speeds()}
        problem = RouteProblem(
            area="drawn",
            origin=dt.datetime(2024, 10, 4, tzinfo=dt.UTC),
            tick_seconds=3600 // self.hour,
            now=draw.choice((8, 10)) * self.hour if "now" in self.use else 0,
            spots=tuple(Spot(31.2 + draw.uniform(0, 0.05), 121.4 + draw.uniform(0, 0.05)) for _ in range(self.spots)),
            workers=workers,
            visits=visits,
            ties=tuple(self.ties(visits)),
            stores=tuple(self.stores()),
            weights=self.weights(),
            traffic=tuple(self.traffic()) if "traffic" in self.use else (),
            **ways,
        )
        problem = self.sharing(problem) if "shared" in self.use else problem
        return self.asking_more(problem) if "also" in self.use else problem

    def sharing(self, problem: RouteProblem) -> RouteProblem:
        """``problem`` with tools of which there are few, wanted by some visits; a few people have them anyhow."""
        draw = self.draw

        def having(one: Worker) -> Worker:
            duties = (replace(duty, taken=("drain",)) if draw.random() < 0.1 else duty for duty in one.duties)
            return replace(one, duties=tuple(duties), tools=(*one.tools, *(("drain",) if draw.random() < 0.15 else ())))

        def wanting(one: Visit) -> Visit:
            return replace(one, tools=(*one.tools, *self.some(SHARED, 2))) if draw.random() < 0.4 else one

        return replace(
            problem,
            shared=tuple(SharedTool(id=tool, pieces=draw.choice((0, 1, 1, 2))) for tool in SHARED),
            workers=tuple(map(having, problem.workers)),
            visits=tuple(map(wanting, problem.visits)),
        )

    def asking_more(self, problem: RouteProblem) -> RouteProblem:
        """``problem`` with a second and a third skill asked for by some visits, maybe one they ask for already."""
        draw = self.draw

        def asking(one: Visit) -> Visit:
            if draw.random() < 0.7:
                return one
            more = draw.sample(TRADES, draw.choice((1, 1, 2)))
            return replace(one, also=tuple(SkillAsked(skill=skill, level=draw.choice((0, 0, 1))) for skill in more))

        return replace(problem, visits=tuple(map(asking, problem.visits)))

    def maybe(self, kind: str, chance: float = 0.5) -> bool:
        """Whether ``kind`` is in use, and holds here."""
        return kind in self.use and self.draw.random() < chance

    def some(self, names: Collection[str], most: int) -> tuple[str, ...]:
        return tuple(self.draw.sample(sorted(names), min(len(names), self.draw.randint(1, most))))

    def matrix(self) -> Matrix:
        slowest = {"walk": 40, "bike": 20}
        return Matrix(ticks={mode: shortest_ways(self.draw, self.spots, 2, most) for mode, most in slowest.items()})

    def worker(self, name: str) -> Worker:
        duties = tuple(duty for day in range(self.days) for duty in self.duties(day))
        last = (None, DAY, DAY + 1) if "nights" in self.use else (None, None, DAY - 1)
        needs = "needs" in self.use
        return Worker(
            id=name,
            mode=self.draw.choice(("walk", "bike")),
            skills=tuple(self.certificate(trade, last) for trade in TRADES if self.draw.random() < 0.75),
            duties=duties,
            caps=tuple(self.day_cap(DAY + day) for day in range(self.days)) if self.maybe("halves", 0.7) else (),
            tools=tuple(tool for tool in TOOLS if needs and self.draw.random() < 0.4),
            parts={part: self.draw.randint(0, 3) for part in PARTS} if needs else {},
        )

    def certificate(self, trade: str, last: tuple[int | None, ...]) -> Skill:
        level, first, until = self.draw.randint(0, 2), self.first(), self.draw.choice(last)
        if first is not None and until is not None:
            until = max(first, until)
        return Skill(skill=trade, level=level, first=first, last=until)

    def first(self) -> int | None:
        return DAY + 1 if self.maybe("nights", 0.2) else None

    def day_cap(self, day: int) -> DayCap:
        visits, hours = self.draw.choice((None, 2, 5)), self.draw.choice((None, 3, 5))
        return DayCap(day=day, max_visits=visits, max_ticks=None if hours is None else hours * self.hour)

    def duties(self, day: int) -> Iterator[Duty]:
        """The duty of a day, or its halves."""
        hour, draw = self.hour, self.draw
        start = (24 * day + draw.choice((7, 8, 9))) * hour
        span = Span(start, start + draw.choice((6, 8)) * hour)
        if not self.maybe("halves"):
            yield self.duty(f"d{day}", day, span)
            return
        noon = (span.start + span.end) // 2
        yield self.duty(f"d{day}-early", day, Span(span.start, noon))
        # So long after that the overtime of the first does not reach it.
        yield self.duty(f"d{day}-late", day, Span(noon + hour, span.end + hour))

    def duty(self, name: str, day: int, span: Span) -> Duty:
        hour, draw = self.hour, self.draw
        base = draw.randrange(self.spots)
        middle = (span.start + span.end) // 2
        loads, caps = "loads" in self.use, "caps" in self.use
        overtime = self.maybe("overtime", 0.6)
        return Duty(
            id=name,
            day=DAY + day,
            span=span,
            start_spot=base,
            end_spot=draw.choice((None, base, draw.randrange(self.spots))),
            rests=tuple(self.rests(middle)),
            absences=(Span(span.start + hour, span.start + 3 * hour // 2),) if self.maybe("absence", 0.4) else (),
            max_visits=draw.choice((None, 1, 3, 6)) if caps else None,
            max_ticks=draw.choice((None, hour, 3 * hour)) if caps else None,
            max_weight=draw.choice((None, 4, 10)) if loads else None,
            max_households=draw.choice((None, 1, 3)) if loads else None,
            price=draw.choice((0.0, 20.0, 60.0)) if "duty_price" in self.use else 0.0,
            overtime=draw.choice((0, hour // 2, hour)) if overtime else 0,
            overtime_price=draw.choice((0.5, 1.0, 4.0)) if overtime else 0.0,
            midnights=(middle,) if self.maybe("nights", 0.7) else (),
        )

    def rests(self, middle: int) -> Iterator[Rest]:
        hour = self.hour
        if self.maybe("break", 0.6):
            yield Rest(span=Span(middle - hour, middle + self.draw.choice((0, 1)) * hour // 2), ticks=hour // 2)
            if self.draw.random() < 0.3:
                yield Rest(span=Span(middle + hour // 2, middle + hour), ticks=hour // 4)
            if self.maybe("nested", 0.6):
                yield Rest(span=Span(middle - 3 * hour, middle + 3 * hour), ticks=hour // 4)

    def visit(self, name: str, spot: int) -> Visit:
        hour, draw = self.hour, self.draw
        opens = (24 * draw.randrange(self.days) + draw.randrange(7, 15)) * hour
        windows = [Span(opens, opens + draw.choice((1, 2, 4, 8)) * hour)]
        if self.maybe("windows", 0.4):
            windows.append(Span(windows[0].end + hour, windows[0].end + 3 * hour))
        late = self.maybe("late", 0.5)
        needs = "needs" in self.use
        return Visit(
            id=name,
            spot=spot,
            ticks=draw.choice((10, 20, 30, 45, 60)) * hour // 60,
            ticks_by=self.paces() if self.maybe("paces", 0.6) else {},
            windows=tuple(windows),
            people=2 if len(self.names) > 1 and self.maybe("crew", 0.25) else 1,
            skill=draw.choice((None, *TRADES)) if "skill" in self.use else None,
            level=draw.choice((0, 0, 1)),
            due=opens + draw.choice((0, hour // 2, hour)) if late or self.maybe("greatest_late", 0.4) else None,
            late_weight=draw.choice((0.5, 2.0, 10.0)) if late else 0.0,
            price=draw.choice((30.0, 100.0, 600.0)),
            among=self.some(self.names, 3) if self.maybe("allowed", 0.2) else None,
            never=self.some(self.names, 1) if self.maybe("allowed", 0.2) else (),
            keep=self.some(self.names, 2) if self.maybe("keep", 0.4) else (),
            cover=self.maybe("cover", 0.15),
            weight=draw.randint(0, 4) if "loads" in self.use else 0,
            household=draw.choice((None, "h0", "h1", "h2", "h3")) if "loads" in self.use else None,
            tools=(draw.choice(TOOLS),) if needs and draw.random() < 0.3 else (),
            parts={draw.choice(PARTS): draw.randint(0, 2)} if needs and draw.random() < 0.5 else {},
        )

    def paces(self) -> dict[str, int]:
        """What a visit takes some people, those who may not go among them."""
        return {
            name: self.draw.choice((5, 15, 40, 75)) * self.hour // 60 for name in self.names if self.draw.random() < 0.4
        }

    def agreed(self, visit: Visit) -> Visit:
        """``visit`` as pinned or told, to people who are enough for it."""
        draw = self.draw
        start = visit.windows[0].start + draw.randrange(self.hour // 4)
        if self.maybe("told", 0.4):
            people = draw.sample(self.names, visit.people)
            visit = replace(visit, told=Told(workers=tuple(people), start=start))
        if self.maybe("pin", 0.2):
            allowed = [name for name in visit.among or self.names if name not in visit.never]
            people = draw.sample(allowed, min(len(allowed), draw.choice((visit.people, visit.people, 1))))
            why = draw.choice(("pinned", "frozen", "under_way"))
            visit = replace(visit, pin=Pin(workers=tuple(people), start=draw.choice((None, start, start)), why=why))
        return visit

    def ties(self, visits: tuple[Visit, ...]) -> Iterator[Tie]:
        """Each visit is bound to one before it at most, so that no gaps contradict each other."""
        ways = [
            way
            for kind, ways in (("tie", ("different", "any")), ("same", ("same",)))
            for way in ways
            if kind in self.use
        ]
        for number, then in enumerate(visits[1:], start=1):
            if not ways or self.draw.random() > 0.2:
                continue
            first, workers = visits[self.draw.randrange(number)], self.draw.choice(ways)
            least = first.ticks if workers == "same" else self.draw.choice((0, 0, first.ticks))
            most = self.draw.choice((least, least + self.hour, None))
            tie = Tie(first=first.id, then=then.id, least=least, most=most, workers=workers)
            if self.maybe("same_day", 0.7):
                sooner = self.draw.choice((least, None, -self.hour))
                tie = replace(tie, least=sooner, same_day=True, most=None if sooner is None else most)
            yield tie

    def stores(self) -> Iterator[Store]:
        if "needs" in self.use:
            for number in range(self.draw.randint(0, 2)):
                yield Store(id=f"s{number}", spot=self.draw.randrange(self.spots), ticks=self.draw.choice((0, 5)))

    def traffic(self) -> Iterator[Traffic]:
        """Busy hours in the morning and about noon, the second right behind the first at times."""
        hour, draw = self.hour, self.draw
        for mode, chance in (("walk", 0.3), ("bike", 0.9)):
            for day in range(self.days):
                if draw.random() < chance:
                    start = (24 * day + draw.choice((7, 8, 9))) * hour + draw.randrange(hour)
                    middle, end = start + draw.choice((1, 2)) * hour, start + 3 * hour + draw.randrange(hour)
                    yield Traffic(mode=mode, span=Span(start, middle), speed=draw.choice((20, 50, 67)))
                    if draw.random() < 0.5:
                        again = draw.choice((middle, middle + hour // 2))
                        yield Traffic(mode=mode, span=Span(again, end), speed=draw.choice((33, 60, 90)))

    def weights(self) -> RouteWeights:
        draw, use = self.draw, self.use
        return RouteWeights(
            travel=draw.choice((0.5, 1.0, 1.0)),
            change_worker=draw.choice((5.0, 30.0)),
            change_tick=draw.choice((0.5, 1.0)),
            continuity=draw.choice((5.0, 10.0)),
            duration=draw.choice((0.5, 1.0)) if "duration" in use else 0.0,
            greatest_late=draw.choice((0.5, 3.0)) if "greatest_late" in use else 0.0,
            fair=draw.choice((0.5, 1.0)) if "fair" in use else 0.0,
        )
