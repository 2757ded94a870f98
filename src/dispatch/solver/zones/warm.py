"""What compiles the search for zones: problems of four zones."""

from __future__ import annotations

import numpy as np

from dispatch.solver.rules import Rule
from dispatch.solver.stop import Stop
from dispatch.solver.words import Spot
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights
from dispatch.solver.zones.districts import settle_districts
from dispatch.solver.zones.knapsacks import knapsack_bound
from dispatch.solver.zones.lane import Ground, Lane
from dispatch.solver.zones.offers import NO_CAP, Offers
from dispatch.solver.zones.relax import Frame, frame_of, worth_of


def call_every_entry() -> None:
    """Call all that Python calls of the search; what is not compiled yet is, the rest is loaded."""
    price = np.array([[1.0, 2.0, 9.0], [2.0, 1.0, 9.0], [1.0, 2.0, 9.0], [1.0, 3.0, 9.0]])
    takes = np.ones((1, 4, 3), dtype=np.int64)
    frame = Frame(price, takes, np.array([[2, 2, NO_CAP]]), (Rule.HOUSEHOLDS_CAP,), -1, 0.0, True)
    worth = worth_of(frame)
    Lane(Ground(frame, worth), [0, 0, 1, 1], 7.0, 1, fresh=False).run(10, 0.0, 1.0)
    knapsack_bound(frame, worth, 8.0)
    problem = ZoneProblem(
        area="a",
        day=0,
        spots=tuple(Spot(31.2, 121.4 + place / 100) for place in range(4)),
        helpers=(ZoneHelper(id="h1", spot=0), ZoneHelper(id="h2", spot=3)),
        zones=tuple(ZoneToGive(id=f"z{place}", spot=place, minutes=60) for place in range(4)),
        weights=ZoneWeights(compact=1.0),
        connected=True,
        neighbours="places",
    )
    offers = Offers(problem)
    settle_districts(offers, frame_of(offers), [None] * 4, budget=1, seed=1, stop=Stop(None, None))
