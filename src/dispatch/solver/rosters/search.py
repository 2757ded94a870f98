"""Solve a `RosterProblem`: rows one after the other, a dive over all, then a few people at a time anew.

What comes out does not depend on the number of cores: they look for rows of different people at the same prices.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from math import ceil

import numpy as np

from dispatch.solver.checks.form import require_form
from dispatch.solver.plan import Effort
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.rosters.choose import choose
from dispatch.solver.rosters.dive import Pace, dive, generate
from dispatch.solver.rosters.ease import eased
from dispatch.solver.rosters.facts import RosterFacts, Row
from dispatch.solver.rosters.master import Columns, Master, StuckError
from dispatch.solver.rosters.rows import Rower
from dispatch.solver.rosters.state import Prices, Roster
from dispatch.solver.rosters.write import write_plan
from dispatch.solver.stop import Stop
from dispatch.solver.warm import warm

SOLVER = "rosters-2"
SWEEPS = 3
"""Times that everybody's row is made the best one beside all others, at first."""
WHOLE = Pace(first=200, then=6, part=0.12, until=0.35, hasty=0.6)
FEW = Pace(first=25, then=3, part=0.15, until=2.0, hasty=2.0)
SIZES = (4, 8, 12, 16, 20)
"""How many people are given new rows at a time."""
AROUND = 0.8
"""How often people are chosen around a place that costs something."""
DRIFT = 0.4
"""How often a roster about as dear as the one there is will do, ..."""
ASTRAY = 0.003
"""... dearer by no more than this share of the best."""
KNOWN = 40
"""Rows of each person that are kept to begin the next rounds with."""
QUIET, AGAIN = 1e-3, 0.1
"""How much of a share chance adds in a dive, and in one more among the same people with the same rows."""
NEAR_MAX = 200
"""Rows about its prices that are added for each person to those the relaxation came by, at most."""
CHOOSE_WORK = 1.0
"""Deterministic time (about seconds) for the choice among the rows of a few people."""


def solve_rosters(
    problem: RosterProblem,
    *,
    budget: int | None,
    seed: int,
    seconds: float | None = None,
    cancel: Callable[[], bool] | None = None,
    start: RosterPlan | None = None,
    on_best: Callable[[RosterPlan], None] | None = None,
    enough: float | None = None,
    cores: int = 1,
) -> RosterPlan:
    """A plan for ``problem``, no dearer than ``start`` if that keeps all rules.

    ``budget`` counts rounds, each with new rows for a few people, the first with new rows for all; 0 gives the first
    plan, made row by row. The same problem, start, seed, budget and ``enough``, the cost at which it ends, give the
    same plan. ``seconds`` and ``cancel`` end the search earlier, and then the plan says so; without a ``budget`` only
    they end it. ``on_best`` is told of each better plan. ``cores`` (1-2) changes how long it takes, nothing else.
    Raises `ProblemError` if ``problem`` is malformed.
    """
    require_form(problem)
    if seconds is not None:
        # Compiling, where it is still to be done, is no part of the search and takes none of its time.
        warm("rosters")
    stop = Stop(seconds, cancel, enough)
    eased_problem, conflicts = eased(problem)
    search = _Search(RosterFacts(eased_problem), seed, stop, max(1, min(cores, 2)))

    def plan(roster: Roster) -> RosterPlan:
        repeatable = budget is not None and not stop.stopped
        given = search.used if budget is None else budget
        effort = Effort(solver=SOLVER, seed=seed, budget=given, used=search.used, repeatable=repeatable)
        return write_plan(problem, roster, conflicts, effort, search.bound if not conflicts else None)

    with search.threads:
        search.begin(start)
        told = search.best.total()
        stop.found(told)
        while (budget is None or search.used < budget) and not search.proven() and not stop.now():
            search.round()
            if search.best.total() < told - 1e-9:
                told = search.best.total()
                stop.found(told)
                if on_best is not None:
                    on_best(plan(search.best))
    search.best.thin()
    search.best.fill()
    return plan(search.best)


class _Search:
    """Where the search is: the best roster, rows known of everybody, a lower bound once there is one."""

    def __init__(self, facts: RosterFacts, seed: int, stop: Stop, cores: int) -> None:
        self.facts, self.stop = facts, stop
        self.rowers = [Rower(facts, person) for person in facts.problem.people]
        self.threads = ThreadPoolExecutor(cores)
        self.price = Prices(self.rowers, self.threads, cores)
        self.draw = random.Random(seed)
        self.known = [Columns() for _ in self.rowers]
        self.bound: float | None = None
        self.used = 0
        self._dived: dict[tuple[tuple[int, ...], bytes], int] = {}
        self.whole = _is_whole(facts)
        self.roster: Roster
        self.best: Roster

    def begin(self, start: RosterPlan | None) -> None:
        """The first roster: row by row from none or from ``start``, whichever costs less."""
        nobody = [np.full(self.facts.days, -1, dtype=np.int16) for _ in self.rowers]
        self.roster = self._swept(Roster(self.facts, self.rowers, nobody))
        if start is not None:
            # Both as it is and swept: what a sweep takes off before it gives may cost more than what stood.
            given = Roster(self.facts, self.rowers, self.facts.rows(start.duties))
            self.roster = min(self.roster, given.copy(), self._swept(given), key=Roster.total)
        self.best = self.roster

    def _swept(self, roster: Roster) -> Roster:
        """``roster``, everybody's row made the best one beside all others a few times."""
        for sweep in range(SWEEPS):
            before = roster.total()
            for one in self._order(roster):
                roster.take_off(one)
                prices, scratch = self.facts.marginal(roster.cover), self.price.scratch[0]
                best = self.rowers[one].best(prices, scratch, exact=False) or self.rowers[one].best(prices, scratch)
                roster.give(one, roster.rows[one] if best is None else best.row)
                self.known[one].add(roster.rows[one], roster.costs[one])
            if sweep and (roster.total() >= before or self.stop.now()):
                break
        return roster

    def _order(self, roster: Roster) -> Sequence[int]:
        """Those first who can do least."""
        return sorted(range(len(self.rowers)), key=lambda one: (int(np.isfinite(self.rowers[one].own).sum()), one))

    def proven(self) -> bool:
        """Whether nothing can cost less."""
        return self.bound is not None and self.best.total() <= self.bound + 1e-6

    def round(self) -> None:
        """New rows for everybody at first, then for a few."""
        everybody = list(range(len(self.rowers)))
        chosen = everybody if not self.used else self._few()
        self.used += 1
        if not chosen:
            return
        master = Master(self.facts, self.rowers, chosen, self.roster.base(chosen))
        for one in chosen:
            master.add(one, self.roster.rows[one], self.roster.costs[one])
            known = self.known[one]
            for row, cost in zip(known.rows[-KNOWN:], known.costs[-KNOWN:], strict=True):
                master.add(one, row, cost)
        try:
            self._renew(master, len(chosen) == len(everybody))
        except StuckError:
            return

    def _few(self) -> list[int]:
        """Some people: by chance, or half of them able to change a place that costs something."""
        everybody = range(len(self.rowers))
        count = min(self.draw.choice(SIZES), len(everybody))
        dear = np.argwhere(self.facts.place_costs(self.roster.cover) > 0)
        near: list[int] = []
        if len(dear) and self.draw.random() < AROUND:
            day, kind = dear[self.draw.randrange(len(dear))].tolist()
            near = [one for one in everybody if np.isfinite(self.rowers[one].own[day, kind])]
            near = self.draw.sample(near, min(len(near), max(1, count // 2)))
        rest = [one for one in everybody if one not in set(near)]
        return sorted([*near, *self.draw.sample(rest, count - len(near))])

    def _renew(self, master: Master, whole: bool) -> None:
        """Choose rows of the people in ``master`` anew; the roster takes them if it costs no more."""
        roster, chosen = self.roster, set(master.chosen)
        others = sum(cost for one, cost in enumerate(roster.costs) if one not in chosen)
        now = roster.total() - others
        # To stand elsewhere at about the same cost is worth a dive now and then.
        drift = 0.0 if whole or self.draw.random() > DRIFT else self.draw.random() ** 2 * ASTRAY * self.best.total()
        below = now - (1.0 - 1e-3 if self.whole else 1e-6) if not drift else now + drift
        pace = WHOLE if whole else FEW
        master, bound = generate(master, self.price, pace, float("inf") if whole else below + 1e-3, self.stop)
        if whole:
            self._bounded(bound)
        if bound > below + 1e-3:
            return
        added = [master.add(one, roster.rows[one], roster.costs[one]) for one in master.chosen]
        if any(added):
            master.relax()
        self._remember(master)
        most = below if not whole else float("inf")
        found = dive(master, self.price, pace, self.draw, self._noise(master), most, self.stop)
        if found is None and not whole and not drift and not self.stop.now():
            master.release()
            found = self._choose(master, below)
        if found is not None:
            self._take(found, drift)

    def _bounded(self, bound: float) -> None:
        """Note that nothing costs less than ``bound``."""
        if np.isfinite(bound):
            bound = float(ceil(bound - 0.05) if self.whole else bound * (1 - 1e-6) - 1e-3)
            self.bound = bound if self.bound is None else max(self.bound, bound)

    def _noise(self, master: Master) -> float:
        """How much chance there is in a dive: the more, the more often these people had these rows before."""
        rows = b"".join(row.tobytes() for row in self.roster.rows)
        known = tuple(master.chosen), sha256(rows).digest()
        self._dived[known] = self._dived.get(known, -1) + 1
        return QUIET + AGAIN * self._dived[known]

    def _take(self, found: dict[int, Row], drift: float) -> None:
        """Give everybody the row found, unless that is dearer by more than ``drift``."""
        other = self.roster.copy()
        for one, row in found.items():
            other.take_off(one)
            other.give(one, row)
        if other.total() <= self.roster.total() + drift + 1e-9:
            self.roster = other
        if self.roster.total() < self.best.total() - 1e-9:
            self.best = self.roster
        elif self.roster.total() > self.best.total() * (1 + 2 * ASTRAY) + 1:
            self.roster = self.best

    def _choose(self, master: Master, below: float) -> dict[int, Row] | None:
        """The best choice that costs ``below`` or less among the rows known and those that could be in one."""
        master.relax()
        for one, rows in self.price.near(master.chosen, master.prices, below - master.value, NEAR_MAX):
            for row in rows:
                master.add(one, row, self.rowers[one].cost(row))
        current = {one: self.roster.rows[one] for one in master.chosen}
        return choose(master, current, below, work=CHOOSE_WORK, seed=self.used)

    def _remember(self, master: Master) -> None:
        """Keep the rows that the relaxation pays for."""
        for one in master.chosen:
            shares = master.shares(one)
            known, columns = self.known[one], master.columns[one]
            if len(known.rows) > 10 * KNOWN:
                self.known[one] = known = Columns()
            for row, cost, share in zip(columns.rows, columns.costs, shares, strict=True):
                if share > 1e-6:
                    known.add(row, cost)


def _is_whole(facts: RosterFacts) -> bool:
    """Whether everything costs whole numbers, so that whatever costs less costs one less."""
    problem = facts.problem
    limits = [
        limit
        for person in problem.people
        for limit in (
            person.minutes, person.week_minutes, person.duties, person.weekends, person.days_in_row,
            person.nights_in_row, person.off_in_row,
        )
    ]  # fmt: skip
    limits += [shift.in_row for shift in problem.shifts]
    prices: list[float] = [limit.price for limit in limits if limit is not None and limit.price is not None]
    prices += [weight for one in problem.cover for weight in (one.under, one.over)]
    prices += [wish.weight for wish in problem.wishes]
    prices += [person.whole_weekends or 0.0 for person in problem.people]
    weights = problem.weights
    prices += [
        weights.open, weights.fair_nights, weights.fair_weekends, weights.fair_holidays, weights.double_day,
        weights.change, weights.pay and 0.5,
    ]  # fmt: skip
    return all(float(price).is_integer() for price in prices)
