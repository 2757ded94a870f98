"""Problems for the tests of the solver: small ones by hand, larger ones by seed."""

from __future__ import annotations

import datetime as dt
import random
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
    Skill,
    Span,
    Spot,
    Told,
    Visit,
    Worker,
)

ORIGIN = dt.datetime(2026, 11, 23, 0, 0, tzinfo=dt.UTC)
DAY = (ORIGIN.date() - dt.date(1970, 1, 1)).days
HOUR = 60


def line_matrix(spots: int, step: int = 10) -> Matrix:
    """Spots on a line, ``step`` ticks from each to the next."""
    rows = tuple(tuple(abs(here - there) * step for there in range(spots)) for here in range(spots))
    return Matrix(ticks={"walk": rows, "bike": rows})


def line_problem(workers: tuple[Worker, ...], visits: tuple[Visit, ...], **more: Any) -> RouteProblem:
    """A problem over ten spots on a line, ten minutes from each to the next."""
    settings: dict[str, Any] = {
        "area": "line",
        "origin": ORIGIN,
        "spots": tuple(Spot(0.0, float(index)) for index in range(10)),
        "matrix": line_matrix(10),
    }
    return RouteProblem(workers=workers, visits=visits, **{**settings, **more})


def duty(name: str = "d1", start: int = 8 * HOUR, end: int = 16 * HOUR, **more: Any) -> Duty:
    """A duty from ``start`` to ``end`` that begins at spot 0."""
    return Duty(**{"id": name, "day": DAY, "span": Span(start, end), "start_spot": 0, **more})


def worker(name: str = "w1", *duties: Duty, **more: Any) -> Worker:
    """A worker with one usual duty, unless others are given."""
    return Worker(**{"id": name, "duties": duties or (duty(),), **more})


def visit(name: str = "v1", spot: int = 1, ticks: int = 30, **more: Any) -> Visit:
    """A visit that may be done at any time of the day."""
    return Visit(**{"id": name, "spot": spot, "ticks": ticks, "windows": (Span(0, 24 * HOUR),), **more})


SKILLS = ("plumbing", "electric", "cleaning", "patrol")


def random_problem(
    seed: int, *, workers: int = 6, visits: int = 30, days: int = 1, tick_seconds: int = 60, now: int = 0
) -> RouteProblem:
    """A mixed day: crews, several windows, lateness, breaks, absences, caps, pins and told visits, all by ``seed``."""
    draw = random.Random(seed)
    hour = 3600 // tick_seconds
    spots = tuple(Spot(31.2 + draw.uniform(0, 0.06), 121.4 + draw.uniform(0, 0.06)) for _ in range(visits + 3))
    people = tuple(_random_worker(draw, index, days, hour, visits) for index in range(workers))
    names = [one.id for one in people]
    jobs = tuple(_random_visit(draw, index, days, hour, names) for index in range(visits))
    return RouteProblem(
        area="random",
        origin=ORIGIN,
        tick_seconds=tick_seconds,
        now=now,
        spots=spots,
        speeds=Speeds(),
        workers=people,
        visits=jobs,
    )


def two_shifts(problem: RouteProblem) -> RouteProblem:
    """``problem`` with every duty in two halves under one cap of the day; breaks fall between them."""

    def halved(one: Worker) -> Worker:
        duties = []
        for whole in one.duties:
            noon = (whole.span.start + whole.span.end) // 2
            half = replace(whole, max_visits=None, max_ticks=None, rests=(), absences=())
            duties.append(replace(half, id=f"{whole.id}-a", span=Span(whole.span.start, noon), end_spot=None))
            duties.append(replace(half, id=f"{whole.id}-b", span=Span(noon, whole.span.end)))
        caps = tuple(
            DayCap(day=whole.day, max_visits=whole.max_visits, max_ticks=whole.max_ticks) for whole in one.duties
        )
        return replace(one, duties=tuple(duties), caps=caps)

    return replace(problem, workers=tuple(map(halved, problem.workers)))


def nights(problem: RouteProblem) -> RouteProblem:
    """``problem`` with a midnight in the middle of every duty: what expires on its day holds for half of it."""

    def crossing(one: Worker) -> Worker:
        middles = [(duty, (duty.span.start + duty.span.end) // 2) for duty in one.duties]
        return replace(one, duties=tuple(replace(duty, midnights=(middle,)) for duty, middle in middles))

    return replace(problem, workers=tuple(map(crossing, problem.workers)))


def all_paid(problem: RouteProblem) -> RouteProblem:
    """``problem`` with a price on everything that can have one: duties, overtime, and every weight above nothing."""

    def paid(one: Worker) -> Worker:
        hour = 3600 // problem.tick_seconds
        duties = (replace(duty, price=40.0, overtime=hour, overtime_price=1.5) for duty in one.duties)
        return replace(one, duties=tuple(duties))

    weights = RouteWeights(
        travel=1.0, change_worker=30.0, change_tick=0.5, continuity=10.0, duration=0.25, greatest_late=2.0, fair=0.5
    )
    return replace(problem, workers=tuple(map(paid, problem.workers)), weights=weights)


def laden(problem: RouteProblem) -> RouteProblem:
    """``problem`` with a weight and a household for every visit, caps on both, and a tool that every other holds."""
    visits = tuple(
        replace(
            one, weight=3, household=f"h{index // 2}", cover=index % 3 == 0, tools=("saw",) if index % 4 == 0 else ()
        )
        for index, one in enumerate(problem.visits)
    )
    workers = tuple(
        replace(
            one,
            tools=("saw",) if index % 2 else (),
            duties=tuple(replace(duty, max_weight=9, max_households=2) for duty in one.duties),
        )
        for index, one in enumerate(problem.workers)
    )
    return replace(problem, workers=workers, visits=visits)


def without_rounds(problem: RouteProblem) -> RouteProblem:
    """``problem`` with its rounds as ordinary visits: what they cost to share out is not to be measured."""
    return replace(problem, visits=tuple(replace(one, cover=False) for one in problem.visits))


def _random_worker(draw: random.Random, index: int, days: int, hour: int, spots: int) -> Worker:
    base = spots + draw.randrange(3)
    begins = draw.choice((6, 8, 9, 14))
    duties = []
    for day in range(days):
        start = (24 * day + begins) * hour
        noon = start + 3 * hour
        duties.append(
            Duty(
                id=f"day{day}",
                day=DAY + day,
                span=Span(start, start + 8 * hour),
                start_spot=base,
                end_spot=draw.choice((None, base)),
                rests=(Rest(span=Span(noon, noon + 2 * hour), ticks=hour // 2),) if draw.random() < 0.7 else (),
                absences=(Span(start + 5 * hour, start + 6 * hour),) if draw.random() < 0.2 else (),
                max_visits=draw.choice((None, 5, 8)),
                max_ticks=draw.choice((None, 6 * hour)),
            )
        )
    skills = tuple(
        Skill(skill=one, level=draw.randrange(3), last=draw.choice((None, None, DAY, DAY - 1)))
        for one in SKILLS
        if draw.random() < 0.7
    )
    return Worker(id=f"w{index}", mode=draw.choice(("walk", "bike", "car")), skills=skills, duties=tuple(duties))


def _random_visit(draw: random.Random, index: int, days: int, hour: int, names: list[str]) -> Visit:
    start = (24 * draw.randrange(days) + draw.randrange(6, 20)) * hour
    windows = [Span(start, start + draw.choice((1, 2, 4, 12)) * hour)]
    if draw.random() < 0.2:
        windows.append(Span(start + 24 * hour, start + 30 * hour))
    people = draw.choice((1, 1, 1, 1, 2))
    more: dict[str, Any] = {}
    if draw.random() < 0.15:
        more["told"] = Told(
            workers=tuple(draw.sample(names, min(len(names), people))), start=start + draw.randrange(hour)
        )
    if draw.random() < 0.1:
        more["pin"] = Pin(
            workers=tuple(draw.sample(names, min(len(names), people))), start=draw.choice((None, start + hour // 4))
        )
    if draw.random() < 0.1:
        more["never"] = (draw.choice(names),)
    if draw.random() < 0.05:
        more["among"] = tuple(draw.sample(names, min(len(names), 3)))
    if draw.random() < 0.4:
        more |= {"due": start + hour, "late_weight": draw.choice((0.5, 2.0, 10.0))}
    return Visit(
        id=f"v{index}",
        spot=index,
        ticks=draw.choice((10, 20, 30, 45, 60)) * hour // 60,
        windows=tuple(windows),
        people=people,
        skill=draw.choice((None, *SKILLS)),
        level=draw.randrange(2),
        keep=(draw.choice(names),) if draw.random() < 0.2 else (),
        cover=draw.random() < 0.1,
        price=draw.choice((200.0, 600.0, 1200.0)),
        **more,
    )
