"""The least that a small problem of teams made for a day can cost, found exactly."""

from __future__ import annotations

from itertools import combinations

from benchmarks.drawn_teams import DAY
from ortools.sat.python import cp_model

from dispatch.solver.team_problem import TeamProblem


class _Model:
    """A `TeamProblem` for CP-SAT: who is on which job and when; jobs that share anybody on a day share everybody."""

    def __init__(self, problem: TeamProblem, days: int) -> None:
        self.problem, self.days = problem, days
        self.cp = cp_model.CpModel()
        self.out = [self.cp.new_bool_var("") for _ in problem.jobs]
        self.day = [self.cp.new_int_var(0, days - 1, "") for _ in problem.jobs]
        self.start = [self.cp.new_int_var(0, days * DAY, "") for _ in problem.jobs]
        self.on = [[self.cp.new_bool_var("") for _ in problem.workers] for _ in problem.jobs]
        for number in range(len(problem.jobs)):
            self._add_job(number)
        for one, other in combinations(range(len(problem.jobs)), 2):
            self._add_pair(one, other)
        self.cp.add(
            sum((one.price or 0) * out for one, out in zip(problem.jobs, self.out, strict=True))
            <= problem.contractor_budget
        )

    def _add_job(self, number: int) -> None:
        one, start, out = self.problem.jobs[number], self.start[number], self.out[number]
        self.cp.add(start >= self.day[number] * DAY)
        self.cp.add(start + one.ticks <= (self.day[number] + 1) * DAY)
        if one.price is None:
            self.cp.add(out == 0)
        self.cp.add_bool_or([*self.on[number], out])
        for need in one.needs:
            able = [
                on
                for on, worker in zip(self.on[number], self.problem.workers, strict=True)
                if worker.levels.get(need.skill, 0) >= need.level
            ]
            self.cp.add(sum(able) >= need.people).only_enforce_if(out.negated())
        for on, worker in zip(self.on[number], self.problem.workers, strict=True):
            for day in worker.absent:
                self.cp.add(self.day[number] != day - 1).only_enforce_if(on)
        ids = [other.id for other in self.problem.jobs]
        for before in map(ids.index, one.after):
            self.cp.add_implication(self.out[before], out)
            self.cp.add(self.start[before] + self.problem.jobs[before].ticks <= start).only_enforce_if(out.negated())

    def _add_pair(self, one: int, other: int) -> None:
        together, earlier, later, first = (self.cp.new_bool_var("") for _ in range(4))
        self.cp.add(self.day[one] < self.day[other]).only_enforce_if(earlier)
        self.cp.add(self.day[one] > self.day[other]).only_enforce_if(later)
        for mine, theirs in zip(self.on[one], self.on[other], strict=True):
            self.cp.add(mine == theirs).only_enforce_if(together)
            apart = [earlier, later, together, self.out[one], self.out[other]]
            self.cp.add_bool_or([mine.negated(), theirs.negated(), *apart])
        ticks = [job.ticks for job in self.problem.jobs]
        self.cp.add(self.start[one] + ticks[one] <= self.start[other]).only_enforce_if(together, first)
        self.cp.add(self.start[other] + ticks[other] <= self.start[one]).only_enforce_if(together, first.negated())

    def least(self) -> float:
        cost = []
        weights = self.problem.weights
        for grade in [None, *weights.grades]:
            end = self.cp.new_int_var(0, self.days * DAY, "")
            for number, one in enumerate(self.problem.jobs):
                if grade in (None, one.grade):
                    self.cp.add(end >= self.start[number] + one.ticks).only_enforce_if(self.out[number].negated())
            cost.append(round(weights.last if grade is None else weights.grades[grade]) * end)
        self.cp.minimize(sum(cost))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(self.cp) == cp_model.OPTIMAL
        return solver.objective_value


def least_cost(problem: TeamProblem, days: int = 5) -> float:
    """The least a plan of ``problem`` can cost when everything is planned or handed out within ``days`` days."""
    return _Model(problem, days).least()
