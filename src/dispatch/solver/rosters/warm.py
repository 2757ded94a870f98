"""What compiles the search for rosters: the rows of one person."""

from __future__ import annotations

import numpy as np

from dispatch.solver.roster_problem import RosterPerson, RosterPost, RosterProblem, RosterShift
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.rows import ROOM_MAX, Rower


def call_every_entry() -> None:
    """Call all that Python calls of the search; what is not compiled yet is, the rest is loaded."""
    problem = RosterProblem(
        area="a",
        first_day=0,
        days=3,
        shifts=(RosterShift(id="s", minutes=480),),
        posts=(RosterPost(id="p"),),
        people=(RosterPerson(id="w"),),
        cover=(),
    )
    rower = Rower(RosterFacts(problem), problem.people[0])
    prices, scratch = np.full(rower.own.shape, -1.0), np.empty(ROOM_MAX, dtype=np.float32)
    rower.best(prices, scratch)
    rower.near(prices, scratch, 1.0, 10)
