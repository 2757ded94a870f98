"""What compiles the search for teams: six jobs of two people, planned, and planned again from that."""

from __future__ import annotations

from dispatch.solver.team_problem import TeamJob, TeamNeed, TeamProblem, TeamWeights, TeamWorker
from dispatch.solver.teams.search import solve_teams


def call_every_entry() -> None:
    """Call all that Python calls of the search; what is not compiled yet is, the rest is loaded."""
    needs = (TeamNeed(skill="cable", level=1, people=1),)
    problem = TeamProblem(
        area="a",
        day_ticks=8,
        jobs=tuple(TeamJob(id=f"j{number}", ticks=4, grade="a", needs=needs, price=1) for number in range(6)),
        workers=tuple(TeamWorker(id=f"w{number}", levels={"cable": 1}) for number in range(2)),
        weights=TeamWeights(grades={"a": 7.0}, last=1.0),
        contractor_budget=1,
    )
    solve_teams(problem, budget=4, seed=1, start=solve_teams(problem, budget=0, seed=1))
