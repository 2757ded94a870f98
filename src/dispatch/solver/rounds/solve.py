"""Plan patrol rounds: draw, find guards, make it fair and short, say what nobody can walk."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from dispatch.solver.checks.costs import cost
from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort
from dispatch.solver.round_plan import Pass, RestsTaken, RoundPlan, ShortestWay, Walk
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.assign import assign, tried
from dispatch.solver.rounds.draw import commitment
from dispatch.solver.rounds.ground import Ground
from dispatch.solver.rounds.improve import improve
from dispatch.solver.rounds.lines import Lines
from dispatch.solver.rounds.reasons import explain
from dispatch.solver.stop import Stop

SOLVER = "rounds-1"
"""Plans of one version are repeatable, bit for bit."""


def plan_rounds(
    problem: RoundProblem,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    cancel: Callable[[], bool] | None = None,
) -> RoundPlan:
    """A plan for ``problem``: the same problem, budget and seed give the same plan, bit for bit.

    Starts and orders come from the seed of the problem; ``seed`` only steers who walks them. ``budget`` counts units of
    `improve.TRIES` changes; ``seconds`` and ``cancel`` may cut them short, and then the plan says so. Without a
    budget only they end it. Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    stop = Stop(seconds, cancel)
    ground = Ground(problem)
    lines = assign(ground, seed=seed)
    used = improve(lines, budget=budget, seed=seed, stop=stop)
    repeatable = budget is not None and not stop.stopped
    effort = Effort(
        solver=SOLVER, seed=seed, budget=used if budget is None else budget, used=used, repeatable=repeatable
    )
    return _written(lines, effort)


def _written(lines: Lines, effort: Effort) -> RoundPlan:
    ground, problem = lines.ground, lines.ground.problem
    walked = {duty for crew in lines.crew.values() for duty in crew}
    rests = tuple(
        RestsTaken(guard=problem.guards[duty.guard].id, duty=duty.facts.id, rests=lines.rests(number))
        for number, duty in enumerate(ground.duties)
        if number in walked and duty.facts.rests
    )
    shortest = tuple(
        ShortestWay(round=one.id, checkpoints=tuple(one.checkpoints[place] for place in best))
        for one, best in zip(problem.rounds, ground.shortest, strict=True)
    )
    plan = RoundPlan(
        walks=tuple(_walk(lines, time) for time in sorted(lines.crew)),
        rests=rests,
        shortest=shortest,
        unplanned=tuple(explain(lines, time.number) for time in ground.times if time.number not in lines.crew),
        commitment=commitment(problem),
        effort=effort,
    )
    return replace(plan, cost=cost(problem, plan))


def _walk(lines: Lines, time: int) -> Walk:
    ground = lines.ground
    facts = ground.times[time]
    one = ground.problem.rounds[facts.round]
    start = lines.start[time]
    passes: list[Pass] = []
    at = start
    for place, checkpoint in enumerate(one.checkpoints[number] for number in facts.order):
        if place:
            at += ground.way(one.mode, ground.spot[passes[-1].checkpoint], ground.spot[checkpoint])
        passes.append(Pass(checkpoint=checkpoint, arrive=at, leave=at + ground.stay[checkpoint]))
        at = passes[-1].leave
    guards = sorted(ground.problem.guards[ground.duties[duty].guard].id for duty in lines.crew[time])
    return Walk(
        round=one.id,
        nominal=facts.nominal,
        start=start,
        end=at,
        guards=tuple(guards),
        passes=tuple(passes),
        rank=tried(lines, time).index(start),
    )
