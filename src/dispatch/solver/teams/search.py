"""Solve a `TeamProblem`: first plans in every order of grades, a race among the best of them, then two searches that
tell each other what they found. The threads do nothing but run compiled steps side by side; what comes out does not
depend on their timing.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort, TeamPlan
from dispatch.solver.stop import Stop
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.teams.carry import carry
from dispatch.solver.teams.first import Scene, first_states, scene_for, wider
from dispatch.solver.teams.lane import Lane
from dispatch.solver.teams.state import OUT, State
from dispatch.solver.teams.write import write_plan
from dispatch.solver.warm import warm

SOLVER = "teams-2"
LANES = 2
RACERS = 6
BLOCK = 4
"""Rounds between two looks at the clock and at each other's plans."""

RACE_BLOCKS = (4, 6, 10)
"""Blocks each racer gets before a third of them, at least one, retires."""


def solve_teams(
    problem: TeamProblem,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    cancel: Callable[[], bool] | None = None,
    start: TeamPlan | None = None,
    on_best: Callable[[TeamPlan], None] | None = None,
    enough: float | None = None,
    cores: int = LANES,
) -> TeamPlan:
    """A plan for ``problem``, never dearer than ``start`` if that keeps all rules.

    ``budget`` counts rounds of `lane.STEPS` steps, on each of two searches; 0 gives the best first plan. The same
    problem, start, seed, budget and ``enough``, the cost at which it ends, give the same plan. ``seconds`` and
    ``cancel`` end the search earlier, and then the plan says so; without a ``budget`` only they end it. ``on_best`` is
    told of each better plan found, between blocks of rounds. ``cores`` (1–2) changes how long it takes, nothing else.
    Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    if seconds is not None:
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        warm("teams")
    stop = Stop(seconds, cancel, enough)
    draw = random.Random(seed)
    scene, lanes = _starters(problem, start, draw)
    used = 0

    def plan() -> TeamPlan:
        repeatable = budget is not None and not stop.stopped
        given = used if budget is None else budget
        effort = Effort(solver=SOLVER, seed=seed, budget=given, used=used, repeatable=repeatable)
        return write_plan(problem, scene.facts, _best(lanes).best, effort)

    told = _best(lanes).cost
    stop.found(_best(lanes).cost)
    blocks = 0
    with ThreadPoolExecutor(max(1, min(cores, LANES))) as threads:
        while (budget is None or used < budget) and scene.end_cost(_best(lanes).best) > 0 and not stop.now():
            left = BLOCK if budget is None else (budget - used) * LANES // len(lanes)
            rounds = min(BLOCK, max(1, left))
            list(threads.map(Lane.run, lanes, itertools.repeat(rounds)))
            used += -(-rounds * len(lanes) // LANES)
            blocks += 1
            lanes = _meet(lanes, blocks)
            if _best(lanes).cost < told:
                told = _best(lanes).cost
                stop.found(told)
                if on_best is not None:
                    on_best(plan())
    return plan()


def _starters(problem: TeamProblem, start: TeamPlan | None, draw: random.Random) -> tuple[Scene, list[Lane]]:
    """The scene, and a lane from each of the best first plans that begin with different grades; ``start`` first."""
    scene = scene_for(problem)
    while True:
        found = list(first_states(scene, draw))
        if start is not None:
            found.append(((-1,), carry(scene, start, draw)))
        if not any((state.day == OUT).any() for _, state in found):
            break
        scene = wider(scene)
    best: dict[tuple[int, ...], tuple[float, State]] = {}
    for order, state in found:
        cost = scene.cost(state)
        if order[:2] not in best or cost < best[order[:2]][0]:
            best[order[:2]] = cost, state
    chosen = sorted(best.values(), key=lambda one: one[0])[:RACERS]
    return scene, [Lane(scene, state, draw.randrange(2**32)) for _, state in chosen]


def _best(lanes: list[Lane]) -> Lane:
    return min(lanes, key=lambda lane: lane.cost)


def _meet(lanes: list[Lane], blocks: int) -> list[Lane]:
    """After a block: in the race, at its milestones, the last ones retire; later the one behind adopts what is best."""
    if len(lanes) > LANES:
        if blocks not in _milestones():
            return lanes
        ranked = sorted(lanes, key=lambda lane: lane.cost)
        return ranked[: max(LANES, len(ranked) - max(1, len(ranked) // 3))]
    if blocks % 8 == 0:
        best = _best(lanes)
        for lane in lanes:
            if lane.cost > best.cost:
                lane.adopt(best)
    return lanes


def _milestones() -> set[int]:
    sums, total = set(), 0
    for length in RACE_BLOCKS:
        total += length
        sums.add(total)
    return sums
