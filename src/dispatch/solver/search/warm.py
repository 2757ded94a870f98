"""What compiles the search of routes: a problem of two visits."""

from __future__ import annotations

import datetime as dt

from dispatch.model.travel import Speeds
from dispatch.solver.problem import Duty, RouteProblem, Span, Spot, Visit, Worker
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.pace import Leg


def call_every_entry() -> None:
    """Call all that Python calls of the search; what is not compiled yet is, the rest is loaded."""
    spots = (Spot(31.2, 121.4), Spot(31.21, 121.41))
    duty = Duty(id="d", day=0, span=Span(0, 600), start_spot=0)
    problem = RouteProblem(
        area="a",
        origin=dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        spots=spots,
        speeds=Speeds(),
        workers=(Worker(id="w", duties=(duty,)),),
        visits=tuple(Visit(id=f"v{spot}", spot=spot, ticks=30, windows=(Span(0, 600),)) for spot in range(2)),
    )
    drive = Drive(Compiled(problem), seed=1, order={0: [0]})
    drive.leg(Leg(rounds=1, begin=0.0, end=1.0, planned=1))
    drive.starts()
