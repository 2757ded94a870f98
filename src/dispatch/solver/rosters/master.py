"""The choice of a row for each of some people: its relaxation, priced by rows found on the way, and the whole choice.

Column generation in the sense of Dantzig & Wolfe: the relaxation (GLOP) says what a place is worth, `Rower.best` finds
the row that gains most at these prices, until none gains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from ortools.linear_solver import pywraplp

from dispatch.solver.rosters.facts import Floats, Ints, RosterFacts, Row
from dispatch.solver.rosters.rows import Best, Rower

GAIN = 1e-3
"""A row gains if it costs less than the relaxation thinks by more than this."""


@dataclass
class Columns:
    """Rows known for one person, each once, with its cost beside its places."""

    rows: list[Row] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    _at: dict[bytes, int] = field(default_factory=dict)

    def add(self, row: Row, cost: float) -> int | None:
        """The index of ``row``, None if it was known."""
        key = row.tobytes()
        if key in self._at:
            return None
        self._at[key] = len(self.rows)
        self.rows.append(row)
        self.costs.append(cost)
        return len(self.rows) - 1

    def index(self, row: Row) -> int:
        """Where ``row`` stands."""
        return self._at[row.tobytes()]


Pricing = Callable[[list[int], Floats], Iterable[tuple[int, Best | None]]]
"""The best row of each of some people at the prices of places."""


class StuckError(Exception):
    """The relaxation was not solved, for reasons of numbers."""


class Master:
    """The relaxation of who of ``chosen`` has which row, while ``base`` is covered by everybody else."""

    def __init__(self, facts: RosterFacts, rowers: Sequence[Rower], chosen: Sequence[int], base: Ints) -> None:
        self.facts, self.rowers, self.chosen, self.base = facts, rowers, list(chosen), base
        self.columns = {one: Columns() for one in chosen}
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.solver.SetSolverSpecificParametersAsString("use_dual_simplex: false")
        self._variables: dict[int, list[pywraplp.Variable]] = {one: [] for one in chosen}
        self._objective = self.solver.Objective()
        self._objective.SetMinimization()
        self._one = {one: self.solver.Constraint(1.0, 1.0) for one in chosen}
        self._rows: dict[tuple[int, int], list[pywraplp.Constraint]] = {}
        self.able = able = np.any([np.isfinite(rowers[one].own) for one in chosen], axis=0) & facts.asked
        for day, kind in zip(*np.nonzero(able), strict=True):
            self._rows[int(day), int(kind)] = self._place(int(day), int(kind))
        outside = np.where(able, facts.wanted, base), np.where(able, facts.minimum, base)
        open_, under = np.maximum(0, facts.minimum - outside[1]), np.maximum(0, facts.wanted - outside[0])
        over = np.maximum(0, outside[0] - facts.wanted)
        self.constant = float(
            facts.problem.weights.open * open_.sum() + (facts.under * under).sum() + (facts.over * over).sum()
        )
        self.prices: Floats = np.zeros(facts.asked.shape)
        self.worth: dict[int, float] = {}
        self.fixed: dict[int, int] = {}
        self.required: dict[int, set[int]] = {one: set() for one in chosen}
        self._barred: set[tuple[int, int]] = set()
        self.value = np.inf

    def _place(self, day: int, kind: int) -> list[pywraplp.Constraint]:
        facts, solver = self.facts, self.solver
        need = float(facts.wanted[day, kind] - self.base[day, kind])
        row = solver.Constraint(need, need)
        for sign, price in ((1.0, facts.under[day, kind]), (-1.0, facts.over[day, kind])):
            slack = solver.NumVar(0.0, solver.infinity(), "")
            row.SetCoefficient(slack, sign)
            self._objective.SetCoefficient(slack, float(price))
        rows = [row]
        least = float(facts.minimum[day, kind] - self.base[day, kind])
        if least > 0:
            rows.append(solver.Constraint(least, solver.infinity()))
            slack = solver.NumVar(0.0, solver.infinity(), "")
            rows[1].SetCoefficient(slack, 1.0)
            self._objective.SetCoefficient(slack, facts.problem.weights.open)
        return rows

    def places(self) -> list[tuple[int, int]]:
        """The (day, kind) that somebody chosen may have."""
        return list(self._rows)

    def add(self, one: int, row: Row, cost: float) -> bool:
        """Offer ``row`` to person ``one``; False if it was offered before."""
        if self.columns[one].add(row, cost) is None:
            return False
        variable = self.solver.NumVar(0.0, self.solver.infinity(), "")
        self._objective.SetCoefficient(variable, cost)
        self._one[one].SetCoefficient(variable, 1.0)
        for day in np.flatnonzero(row >= 0).tolist():
            for place in self._rows[day, int(row[day])]:
                place.SetCoefficient(variable, 1.0)
        self._variables[one].append(variable)
        return True

    def relax(self) -> float:
        """Solve the relaxation: its value, `prices` of places, what each person's row is `worth`."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            fresh = pywraplp.MPSolverParameters()
            fresh.SetIntegerParam(fresh.INCREMENTALITY, fresh.INCREMENTALITY_OFF)
            if self.solver.Solve(fresh) != pywraplp.Solver.OPTIMAL:
                raise StuckError
        self.value = self._objective.Value() + self.constant
        self.prices = np.zeros(self.facts.asked.shape)
        for (day, kind), rows in self._rows.items():
            self.prices[day, kind] = -sum(row.dual_value() for row in rows)
        self.worth = {one: row.dual_value() for one, row in self._one.items()}
        return self.value

    def shares(self, one: int) -> list[float]:
        """How much of each row person ``one`` has in the relaxation."""
        return [variable.solution_value() for variable in self._variables[one]]

    def smaller(self, most: int) -> Master:
        """The same for those not fixed yet, each with the ``most`` rows that cost least by the relaxation."""
        base = self.base.copy()
        for one, index in self.fixed.items():
            row = self.columns[one].rows[index]
            worked = np.flatnonzero(row >= 0)
            base[worked, row[worked]] += 1
        other = Master(self.facts, self.rowers, [one for one in self.chosen if one not in self.fixed], base)
        for one in other.chosen:
            columns = self.columns[one]
            known = np.argsort(self.excess(one), kind="stable").tolist()
            for index in [index for index in known if (one, index) not in self._barred][:most]:
                other.add(one, columns.rows[index], columns.costs[index])
            other.required[one] = self.required[one]
        other.prices, other.worth, other.value = self.prices, self.worth, self.value
        return other

    def size(self) -> int:
        """How many rows there are for those not fixed."""
        return sum(len(columns.rows) for one, columns in self.columns.items() if one not in self.fixed)

    def fix(self, one: int, index: int) -> None:
        """Person ``one`` has the row ``index`` from now on."""
        self._variables[one][index].SetLb(1.0)
        self.fixed[one] = index

    def release(self) -> None:
        """Nobody is fixed any more, and nothing required."""
        for one, index in self.fixed.items():
            self._variables[one][index].SetLb(0.0)
        for one, index in self._barred:
            self._variables[one][index].SetUb(self.solver.infinity())
        self.fixed.clear()
        self._barred.clear()
        for one in self.chosen:
            self.rowers[one].release()
            self.required[one].clear()

    def require(self, one: int, day: int, kind: int) -> bool:
        """Person ``one`` has ``kind`` on ``day`` from now on; False, and nothing done, where no row known would do."""
        columns = self.columns[one]
        free = [index for index in range(len(columns.rows)) if (one, index) not in self._barred]
        other = [index for index in free if columns.rows[index][day] != kind]
        if len(other) == len(free):
            return False
        for index in other:
            self._variables[one][index].SetUb(0.0)
            self._barred.add((one, index))
        self.rowers[one].require(day, kind)
        self.required[one].add(day)
        return True

    def duties(self, one: int, shares: list[float]) -> Floats:
        """How much of each (day, kind) person ``one`` has with these shares of each row."""
        found: Floats = np.zeros(self.facts.asked.shape)
        for row, share in zip(self.columns[one].rows, shares, strict=True):
            if share > 1e-6:
                worked = np.flatnonzero(row >= 0)
                found[worked, row[worked]] += share
        return found

    def excess(self, one: int) -> Floats:
        """How much more each row of person ``one`` costs than the relaxation pays for it."""
        columns = self.columns[one]
        found = []
        for row, cost in zip(columns.rows, columns.costs, strict=True):
            worked = np.flatnonzero(row >= 0)
            found.append(cost + float(self.prices[worked, row[worked]].sum()) - self.worth[one])
        return np.array(found)

    def price(self, price: Pricing, prices: Floats | None = None) -> tuple[int, float]:
        """Add the best row of each free person at ``prices`` (else of the relaxation): how many gain, a lower bound.

        The bound is one only while nobody is fixed.
        """
        used = self.prices if prices is None else prices
        gained, least = 0, 0.0
        for one, best in price([one for one in self.chosen if one not in self.fixed], used):
            if best is None:
                continue
            least += best.bound
            worked = np.flatnonzero(best.row >= 0)
            cost = best.cost - float(used[worked, best.row[worked]].sum())
            real = cost + float(self.prices[worked, best.row[worked]].sum())
            gained += self.add(one, best.row, round(cost, 6)) and real < self.worth[one] - GAIN
        return gained, least + self._places_bound(used)

    def _places_bound(self, prices: Floats) -> float:
        """What the places cost at least where each person there is paid for by ``prices``: the rest of the bound."""
        facts, most = self.facts, len(self.chosen)
        values = []
        # Between its corners the cost of a place is straight, so that the least is at one of them.
        for corner in (0, facts.wanted, facts.minimum, len(self.rowers)):
            extra = np.clip(corner - self.base, 0, most)
            have = self.base + extra
            cost = facts.problem.weights.open * np.maximum(0, facts.minimum - have)
            cost = cost + facts.under * np.maximum(0, facts.wanted - have)
            cost = cost + facts.over * np.maximum(0, have - facts.wanted)
            values.append(cost - prices * extra)
        return self.constant + float(np.min(values, axis=0)[self.able].sum())
