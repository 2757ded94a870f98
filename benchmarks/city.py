"""Made-up days of a city: so many workers, so many visits, drawn from a seed; no public set is as large."""

from __future__ import annotations

import datetime as dt
import random

from dispatch.model.travel import Speeds
from dispatch.solver.problem import Duty, Rest, RouteProblem, RouteWeights, Skill, Span, Spot, Visit, Worker

TRADES = ("water", "power", "lifts", "locks", "cleaning", "garden")
DAY = 20_000
"""The local day, in days since 1970."""
_MORNING, _EVENING = 8 * 60, 17 * 60


def city(workers: int, visits: int, *, seed: int, districts: int = 1) -> RouteProblem:
    """A day of ``visits`` in ``districts`` heaps of estates; every worker knows one to three of six trades.

    A third of the visits have a window of two hours, a tenth need two people, a quarter have a promise. Most days of
    this make can just be served. Times are minutes from midnight.
    """
    draw = random.Random(seed)
    middles = [(31.2 + 0.08 * draw.uniform(-1, 1), 121.5 + 0.08 * draw.uniform(-1, 1)) for _ in range(8 * districts)]
    spots: list[Spot] = []

    def spot(spread: float) -> int:
        lat, lon = draw.choice(middles)
        spots.append(Spot(lat + draw.gauss(0, spread), lon + draw.gauss(0, spread)))
        return len(spots) - 1

    return RouteProblem(
        area="city",
        origin=dt.datetime(2024, 10, 4, tzinfo=dt.UTC),
        workers=tuple(_worker(draw, number, spot(0.02)) for number in range(workers)),
        visits=tuple(_visit(draw, number, spot(0.015)) for number in range(visits)),
        spots=tuple(spots),
        speeds=Speeds(),
        weights=RouteWeights(travel=1.0),
    )


def some_trades(draw: random.Random) -> tuple[Skill, ...]:
    """One to three of `TRADES`, each at a level from 1 to 3."""
    return tuple(Skill(skill=trade, level=draw.randint(1, 3)) for trade in draw.sample(TRADES, draw.randint(1, 3)))


def _worker(draw: random.Random, number: int, spot: int) -> Worker:
    skills = some_trades(draw)
    start = _MORNING + draw.choice((0, 0, 60))
    duty = Duty(
        id=f"d{number}",
        day=DAY,
        span=Span(start, start + 9 * 60),
        start_spot=spot,
        rests=(Rest(span=Span(11 * 60 + 30, 14 * 60), ticks=30),),
        max_visits=16,
    )
    return Worker(id=f"w{number}", mode=draw.choice(("bike", "car")), skills=skills, duties=(duty,))


def _visit(draw: random.Random, number: int, spot: int) -> Visit:
    begin = draw.randrange(_MORNING, _EVENING - 120, 30)
    window = Span(begin, begin + 120) if draw.random() < 1 / 3 else Span(_MORNING, _EVENING + 60)
    promised = draw.random() < 1 / 4
    return Visit(
        id=f"v{number}",
        spot=spot,
        ticks=draw.choice((10, 15, 20, 30, 45)),
        windows=(window,),
        people=2 if draw.random() < 0.1 else 1,
        skill=draw.choice(TRADES),
        level=draw.choice((0, 1, 1, 2)),
        due=draw.randrange(_MORNING + 60, _EVENING) if promised else None,
        late_weight=0.5 if promised else 0.0,
    )
