"""A made-up day of a whole city, as large as a field service gets: districts of estates, drawn from a seed.

Rules are those of the field: trades with levels, windows (some visits have two), breaks, crews of two, priorities,
promises, a household's own worker, caps of visits, minutes and households. Times are minutes from midnight.
"""

from __future__ import annotations

import datetime as dt
import random

from benchmarks.city import DAY, TRADES, some_trades
from dispatch.model.travel import Speeds
from dispatch.solver.problem import Duty, Rest, RouteProblem, RouteWeights, Span, Spot, Visit, Worker

_MORNING, _EVENING = 8 * 60, 18 * 60
_PER_DISTRICT = 40
"""Workers of one district, which has eight estates and is some three kilometres wide."""


def metropolis(workers: int, visits: int, *, seed: int) -> RouteProblem:
    """A day of ``visits`` for ``workers``, who each know one to three of six trades at levels 1 to 3.

    With 20 visits a worker four fifths of the working time are taken: nearly all of such a day can be served.
    """
    draw = random.Random(seed)
    districts = max(1, workers // _PER_DISTRICT)
    width = 0.03 * districts**0.5
    places = [
        (31.2 + draw.uniform(-0.5, 0.5) * width, 121.5 + draw.uniform(-0.5, 0.5) * width) for _ in range(districts)
    ]
    estates = [[(lat + draw.gauss(0, 0.01), lon + draw.gauss(0, 0.01)) for _ in range(8)] for lat, lon in places]
    spots: list[Spot] = []

    def spot(district: int, spread: float) -> int:
        lat, lon = draw.choice(estates[district])
        spots.append(Spot(lat + draw.gauss(0, spread), lon + draw.gauss(0, spread)))
        return len(spots) - 1

    people = tuple(_worker(draw, number, spot(number % districts, 0.01)) for number in range(workers))
    jobs = []
    for number in range(visits):
        # Districts differ in what there is to do by a sixth to either side; people are spread evenly.
        district = draw.choices(range(districts), weights=[5 + one % 3 for one in range(districts)])[0]
        jobs.append(_visit(draw, number, spot(district, 0.004), people[district::districts]))
    return RouteProblem(
        area="metropolis",
        origin=dt.datetime(2024, 10, 4, tzinfo=dt.UTC),
        workers=people,
        visits=tuple(jobs),
        spots=tuple(spots),
        speeds=Speeds(),
        weights=RouteWeights(travel=1.0),
    )


def _worker(draw: random.Random, number: int, spot: int) -> Worker:
    skills = some_trades(draw)
    start = _MORNING + draw.choice((0, 0, 60))
    duty = Duty(
        id=f"d{number}",
        day=DAY,
        span=Span(start, start + 9 * 60),
        start_spot=spot,
        end_spot=spot if draw.random() < 0.3 else None,
        rests=(Rest(span=Span(11 * 60 + 30, 14 * 60), ticks=30),),
        max_visits=28,
        max_ticks=400,
        max_households=22 if draw.random() < 0.2 else None,
    )
    return Worker(id=f"w{number}", mode=draw.choice(("bike", "car")), skills=skills, duties=(duty,))


def _visit(draw: random.Random, number: int, spot: int, near: tuple[Worker, ...]) -> Visit:
    begin = draw.randrange(_MORNING, _EVENING - 120, 30)
    trade, level = draw.choice(TRADES), draw.choice((0, 1, 1, 2))
    able = [one.id for one in near if any(skill.skill == trade and skill.level >= level for skill in one.skills)]
    kind = draw.random()
    windows = (Span(_MORNING, _EVENING),)
    if kind < 0.3:
        windows = (Span(begin, begin + 120),)
    elif kind < 0.35:
        windows = (Span(_MORNING, 11 * 60), Span(15 * 60, _EVENING))
    promised = draw.random() < 0.25
    return Visit(
        id=f"v{number}",
        spot=spot,
        ticks=draw.choice((5, 10, 10, 15, 15, 20, 30)),
        windows=windows,
        people=2 if draw.random() < 0.07 else 1,
        skill=trade,
        level=level,
        due=draw.randrange(max(windows[0].start, _MORNING + 60) + 60, _EVENING) if promised else None,
        late_weight=0.5 if promised else 0.0,
        price=draw.choice((300.0, 600.0, 600.0, 1200.0)),
        keep=(draw.choice(able),) if able and draw.random() < 0.1 else (),
        household=f"h{number // 2 if draw.random() < 0.1 else number}",
    )
