"""First plans: grade after grade in some order, the hardest job first, each as early as it fits."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence

import numpy as np

from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.teams.contractor import choose
from dispatch.solver.teams.desk import IDLE, LATE, SOON, THRIFT, Desk, new_desk
from dispatch.solver.teams.facts import Floats, Ints, compile_problem, topological
from dispatch.solver.teams.kernel import draw_together, fill
from dispatch.solver.teams.ruin import hand_out
from dispatch.solver.teams.state import HANDED, OUT, SHELVED, Copies, State, copies_for, empty_state

ORDERS_MAX = 24
"""Orders of grades tried at most; up to four grades these are all."""

_ALWAYS_EARLIER = 1e6


class Scene:
    """A problem compiled, with what is worked out once for the whole search.

    ``weights`` per grade, the last one for all; ``sequence``: the jobs with predecessors first.
    """

    def __init__(self, problem: TeamProblem, days: int) -> None:
        self.problem = problem
        self.facts = compile_problem(problem, days)
        self.days = days
        self.grades = sorted({job.grade for job in problem.jobs})
        grade_weights = [problem.weights.grades.get(grade, 0.0) for grade in self.grades]
        self.weights: Floats = np.array([*grade_weights, problem.weights.last], dtype=np.float64)
        facts = self.facts
        bounds = zip(facts.before_at[:-1], facts.before_at[1:], strict=True)
        self.before = [[int(one) for one in facts.before[first:last]] for first, last in bounds]
        self.sequence: Ints = np.array(topological(self.before), dtype=np.int64)

    def ends(self, state: State) -> Ints:
        """The latest end per grade, the last one of all; 0 where nothing is planned."""
        ends = np.zeros(len(self.weights), dtype=np.int64)
        planned = np.flatnonzero(state.day >= 0)
        np.maximum.at(ends, self.facts.grade[planned], state.start[planned] + self.facts.ticks[planned])
        ends[-1] = ends.max(initial=0)
        return ends

    def end_cost(self, state: State) -> float:
        """The cost of the ends alone."""
        return float(self.weights @ self.ends(state))

    def cost(self, state: State) -> float:
        """The cost of the plan in ``state``."""
        out = np.count_nonzero((state.day == OUT) | (state.day == SHELVED))
        return self.end_cost(state) + self.problem.weights.unplanned * int(out)


def scene_for(problem: TeamProblem) -> Scene:
    """``problem`` compiled for as many days as a first plan may take: three times the work there is, and absences."""
    ticks = sum(job.ticks * max([need.people for need in job.needs], default=1) for job in problem.jobs)
    days = 3 * (ticks // max(1, problem.day_ticks * len(problem.workers))) + 10
    return Scene(problem, days)


def wider(scene: Scene) -> Scene:
    """The same problem compiled for twice as many days."""
    return Scene(scene.problem, 2 * scene.days)


def first_states(scene: Scene, draw: random.Random) -> Iterator[tuple[tuple[int, ...], State]]:
    """A state for each order of grades, twice: the hardest first, and with some chance in it."""
    desk = new_desk(scene.facts, draw.randrange(2**32))
    for order in _orders(len(scene.grades), draw):
        for noise in (0.0, 0.4):
            yield order, first_state(scene, desk, order, noise, draw)


def _orders(grades: int, draw: random.Random) -> list[tuple[int, ...]]:
    if grades <= 4:
        return list(itertools.permutations(range(grades)))
    plain = list(range(grades))
    return [tuple(plain), *(tuple(draw.sample(plain, grades)) for _ in range(ORDERS_MAX - 1))]


def first_state(scene: Scene, desk: Desk, order: Sequence[int], noise: float, draw: random.Random) -> State:
    """One state from nothing. What finds no place within the days is out."""
    state = empty_state(scene.facts, scene.days)
    chosen = set(choose(scene.facts, scene.weights, order, draw.randrange(2**31)).tolist())
    for job in scene.sequence[::-1]:
        if int(job) in chosen and state.day[job] != HANDED:
            hand_out(scene.facts, state, int(job))
    complete(scene, state, copies_for(state), desk, order, noise, draw)
    return state


def complete(
    scene: Scene, state: State, copies: Copies, desk: Desk, order: Sequence[int], noise: float, draw: random.Random
) -> None:
    """Plan what is out, grades in ``order``, each job as early as it fits."""
    facts = scene.facts
    shelve(scene, state)
    desk.deadline[:] = scene.days * facts.day_ticks
    desk.knobs[:] = 0.0
    desk.knobs[IDLE], desk.knobs[THRIFT] = 0.5 * draw.random(), 2.0 * draw.random()
    desk.knobs[LATE], desk.knobs[SOON] = _ALWAYS_EARLIER, 0.2
    rank = np.array([order.index(grade) for grade in facts.grade], dtype=np.int64)
    for job in scene.sequence[::-1]:
        followers = facts.after[facts.after_at[job] : facts.after_at[job + 1]]
        rank[job] = min(rank[job], rank[followers].min(initial=rank[job]))
    work = facts.work * np.array([1.0 + noise * draw.random() for _ in rank])
    jobs = _before_first(scene, np.lexsort((-work, rank)))
    desk.order[: len(jobs)] = jobs
    fill(facts, state, copies, desk, len(jobs))
    draw_together(facts, state, copies, desk)


def shelve(scene: Scene, state: State) -> None:
    """Put aside, for good, the jobs that all workers together cannot do and all that follows them."""
    facts = scene.facts
    impossible = facts.people > len(facts.value)
    for job in np.flatnonzero(impossible & (state.day == OUT)):
        if not hand_out(facts, state, int(job)):
            state.day[job] = SHELVED
            followers = facts.all_after[facts.all_after_at[job] : facts.all_after_at[job + 1]]
            state.day[followers[state.day[followers] == OUT]] = SHELVED


def _before_first(scene: Scene, jobs: Sequence[int] | Ints) -> Ints:
    """``jobs`` in their order, each preceded by all that must come before it."""
    facts = scene.facts
    place = np.empty(len(scene.sequence), dtype=np.int64)
    place[scene.sequence] = np.arange(len(scene.sequence))
    ordered: dict[int, None] = {}
    for job in jobs:
        ahead = facts.all_before[facts.all_before_at[job] : facts.all_before_at[job + 1]]
        for one in (*sorted(ahead, key=lambda other: int(place[other])), job):
            ordered[int(one)] = None
    return np.array(list(ordered), dtype=np.int64)
