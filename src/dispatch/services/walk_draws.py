"""What the log of an area says of its patrol rounds: the walks published, and whether each draw was the one bound."""

from __future__ import annotations

from msgspec.structs import replace

from dispatch.decide.walks import KIND, WalksState, evolve
from dispatch.events.round import PlannedWalk, WalksPublished
from dispatch.planning.ticks import Ticks
from dispatch.planning.walks import planned
from dispatch.services.draws import Drawn, DrawnKind, DrawProven, proof_of, read_draws, unpacked
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.prove import prove
from dispatch.store.base import EventStore

_WALKS = DrawnKind(horizon=KIND, entity="round", published=WalksPublished, evolve=evolve)


async def draws_of(events: EventStore, area: str) -> list[Drawn[WalksState]]:
    """Every draw of ``area`` in order, each with the walks by round as they stood until the next."""
    return await read_draws(events, area, _WALKS)


def proven(drawn: Drawn[WalksState]) -> DrawProven:
    """Whether what was published is what was recorded, and what the seed gives; raises `ProblemError`."""
    recorded = drawn.recorded
    problem, plan = unpacked(recorded.problem, RoundProblem), unpacked(recorded.plan, RoundPlan)
    ticks = Ticks(problem.origin)
    first, until = ticks.at(problem.horizon.start), ticks.at(problem.horizon.end)
    published = {
        (key, _plain(walk))
        for key, state in drawn.published.items()
        for walk in state.walks
        if first <= walk.nominal < until
    }
    same = published == {(walk.round, _plain(planned(walk, ticks, "UTC"))) for walk in plan.walks}
    return proof_of(drawn, problem, same, lambda asked: prove(asked, plan, commitment=recorded.commitment))


def _plain(walk: PlannedWalk) -> PlannedWalk:
    """``walk`` without its local day, which its instant says in the zone of the area."""
    return replace(walk, day=walk.nominal.date())
