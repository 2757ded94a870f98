"""The fewest promises that must be broken, in CP-SAT: an exact model of who goes where on which day, without prices."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dispatch.solver.contracts.facts import NEVER, Bools, Facts, Ints, Scene
from dispatch.solver.cp import cp_solver
from dispatch.solver.late import Late
from dispatch.solver.stop import Stop

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

CHOICES_MAX = 60_000
"""Choices of contract, kind, day and helper up to which the model is asked."""

ROUNDINGS = 8
"""Ways to round sizes on a day, for tighter bounds."""

LONG = 35
"""Days up to which a period is one of a `clusters` set: a month and a little."""

Choice = tuple[int, int, int, int]
"""Contract, kind, day, helper."""


class Found(NamedTuple):
    """Rows of visits, or None if none were found in time; no plan breaks fewer promises than ``bound``.

    ``cut`` tells that the clock ended it.
    """

    rows: Ints | None
    bound: int
    cut: bool


def fewest_broken(scene: Scene, fixed: Ints, hint: Ints, rows: Ints, *, seed: int, work: float, stop: Stop) -> Found:
    """Plan that breaks the fewest promises with parts in ``rows``; what is ``fixed`` stays, it begins with ``hint``.

    Of those that break as few, it likes what was told and few visits. ``work`` is the deterministic time allowed,
    and ``stop`` ends it, too. With all hard rows the bound is of the whole part, with some of them it is of those.
    """
    choices = _choices(scene.facts, fixed, rows)
    if len(choices) > CHOICES_MAX:
        return Found(None, 0, cut=False)
    return _Model(scene, fixed, rows, choices).solve(hint, seed, work, stop)


def count_choices(facts: Facts, fixed: Ints, rows: Ints) -> int:
    """How many choices the model for ``rows`` has."""
    return len(_choices(facts, fixed, rows))


def clusters(facts: Facts) -> list[Ints]:
    """Hard rows, in sets that share no day; periods of more than `LONG` days are left out.

    What a set must break does not depend on the others, so bounds of all sets add up.
    """
    groups: dict[int, list[int]] = defaultdict(list)
    for row in np.flatnonzero(facts.row_hard).tolist():
        groups[int(facts.row_group[row])].append(row)
    spans = []
    for group, rows in groups.items():
        first, last = int(facts.row_first[rows].min()), int(facts.row_last[rows].max())
        if last - first < LONG:
            spans.append((first, last, group))
    found: list[list[int]] = []
    end = -1
    for first, last, group in sorted(spans):
        if first > end:
            found.append([])
        found[-1] += groups[group]
        end = max(end, last)
    return [np.array(sorted(rows), dtype=np.int64) for rows in found]


def _choices(facts: Facts, fixed: Ints, rows: Ints) -> list[Choice]:
    """Whatever may be planned beside what is fixed and counts for ``rows``."""
    wanted = np.zeros((len(facts.minutes), facts.counts.shape[0], len(facts.week)), dtype=np.bool_)
    useful = np.zeros(wanted.shape[:2], dtype=np.bool_)
    for row in rows.tolist():
        contract, counting = facts.row_contract[row], facts.counts[:, facts.row_kind[row]]
        days = slice(facts.row_first[row], facts.row_last[row] + 1)
        wanted[contract, counting, days] = True
        useful[contract] |= counting
    for contract in range(len(wanted)):
        for kind in _dearer(facts, contract, rows, np.flatnonzero(useful[contract]).tolist()):
            wanted[contract, kind] = False
    wanted &= facts.new[:, None, :] | facts.short
    there = {(row[0], row[1], row[2]) for row in fixed.tolist()}
    works = facts.skilled & (facts.room > 0)[:, None, :]
    found = []
    for contract, kind, day in np.argwhere(wanted).tolist():
        if (contract, kind, day) not in there:
            able = np.flatnonzero(works[:, kind, day] & facts.may[contract])
            found += [(contract, kind, day, helper) for helper in able.tolist()]
    return found


def _dearer(facts: Facts, contract: int, rows: Ints, kinds: list[int]) -> list[int]:
    """Kinds in whose place another one always does: no longer, no rarer a skill, no more spacing, counting as much."""
    asked = facts.row_kind[rows[facts.row_contract[rows] == contract]]
    spaced = facts.apart_kind[facts.apart_of[contract] : facts.apart_of[contract + 1]]
    found: list[int] = []
    for kind in kinds:
        for other in kinds:
            if other in (kind, *found) or facts.minutes[contract, other] > facts.minutes[contract, kind]:
                continue
            counts = (facts.counts[other, asked] >= facts.counts[kind, asked]).all()
            spacing = (facts.counts[other, spaced] == facts.counts[kind, spaced]).all()
            if counts and spacing and (facts.skilled[:, other] >= facts.skilled[:, kind]).all():
                found.append(kind)
                break
    return found


class _Model:
    """The model. Lists are of literals, by what they bound."""

    def __init__(self, scene: Scene, fixed: Ints, rows: Ints, choices: list[Choice]) -> None:
        self.facts = scene.facts
        self.rows = rows
        self.model = cp_model.CpModel()
        self.fixed = fixed
        self.pick = {choice: self.model.new_bool_var("") for choice in choices}
        self.at: dict[tuple[int, int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (contract, kind, day, _), one in self.pick.items():
            self.at[contract, kind, day].append(one)
        self.by_contract: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for contract, kind, day in self.at:
            self.by_contract[contract].append((kind, day))
        for ones in self.at.values():
            if len(ones) > 1:
                self.model.add_at_most_one(ones)
        self._room()
        self._contracts()
        self._apart()
        self.broken = self._promises()
        self._aim()

    def _room(self) -> None:
        """Minutes of a day and of a week; the way to a contract once a day."""
        facts = self.facts
        days: dict[tuple[int, int], list[tuple[int, cp_model.IntVar]]] = defaultdict(list)
        weeks: dict[tuple[int, int], list[cp_model.LinearExprT]] = defaultdict(list)
        trips: dict[tuple[int, int, int], list[cp_model.IntVar]] = defaultdict(list)
        taken_day, taken_week, been = self._taken()
        once = [self._once_a_day(contract) for contract in range(len(facts.minutes))]
        for (contract, kind, day, helper), one in self.pick.items():
            minutes = int(facts.minutes[contract, kind])
            weeks[helper, int(facts.week[day])].append(minutes * one)
            way = 0 if (contract, helper, day) in been else int(facts.way_minutes[helper])
            days[helper, day].append((minutes + (way if once[contract] else 0), one))
            if way and not once[contract]:
                trips[contract, helper, day].append(one)
        for (_, helper, day), ones in trips.items():
            trip = ones[0] if len(ones) == 1 else self.model.new_bool_var("")
            for one in ones if len(ones) > 1 else ():
                self.model.add_implication(one, trip)
            days[helper, day].append((int(facts.way_minutes[helper]), trip))
        for (helper, day), terms in days.items():
            self._fill(terms, int(facts.room[helper, day]) - taken_day[helper, day])
        for (helper, week), sums in weeks.items():
            if facts.week_room[helper, week] < NEVER // 2:
                room = int(facts.week_room[helper, week]) - taken_week[helper, week]
                self.model.add(cp_model.LinearExpr.sum(sums) <= room)

    def _once_a_day(self, contract: int) -> bool:
        """Whether spacing lets no two visits of the contract be on one day."""
        facts = self.facts
        kinds = sorted({kind for kind, _ in self.by_contract[contract]})
        spaced = range(facts.apart_of[contract], facts.apart_of[contract + 1])
        return len(kinds) < 2 or any(facts.counts[kinds, facts.apart_kind[apart]].all() for apart in spaced)

    def _fill(self, terms: list[tuple[int, cp_model.IntVar]], room: int) -> None:
        """What is on a day fits into it; said again with sizes rounded so that no fraction of a visit fits either.

        The rounding is the dual feasible function u of Fekete & Schepers (2001): with ``k + 1`` times its size a whole
        number of days it stays, else it counts as the next smaller whole number of ``k``-ths of a day.
        """
        sizes = {size for size, _ in terms}
        self.model.add(cp_model.LinearExpr.sum([size * one for size, one in terms]) <= room)
        for k in range(1, ROUNDINGS + 1) if room > 0 else ():
            rounded = {
                size: k * size if (k + 1) * size % room == 0 else (k + 1) * size // room * room for size in sizes
            }
            if any(rounded[size] > k * size for size in sizes):
                self.model.add(cp_model.LinearExpr.sum([rounded[size] * one for size, one in terms]) <= k * room)

    def _taken(self) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int], set[tuple[int, int, int]]]:
        """Minutes of fixed visits by helper and day, and week; and where they go."""
        facts = self.facts
        days: dict[tuple[int, int], int] = defaultdict(int)
        weeks: dict[tuple[int, int], int] = defaultdict(int)
        been = set()
        for contract, kind, day, helper, _, _ in self.fixed.tolist():
            minutes = int(facts.minutes[contract, kind])
            way = 0 if (contract, helper, day) in been else int(facts.way_minutes[helper])
            been.add((contract, helper, day))
            days[helper, day] += minutes + way
            weeks[helper, int(facts.week[day])] += minutes
        return days, weeks, been

    def _contracts(self) -> None:
        """No helper has more contracts than the cap, in all and in the month of the first day with what was made."""
        facts = self.facts
        fixed = self.fixed.tolist()
        self._cap_contracts(facts.week >= 0, {(row[3], row[0]) for row in fixed}, facts.contracts_max)
        seen = {(helper, contract) for helper, contract in np.argwhere(facts.seen).tolist()}
        this_month = {(row[3], row[0]) for row in fixed if facts.this_month[row[2]]}
        self._cap_contracts(facts.this_month, seen | this_month, facts.contracts_max - facts.seen_else)

    def _cap_contracts(self, days: Bools, before: set[tuple[int, int]], caps: Ints) -> None:
        """No helper has more contracts on these ``days`` than ``caps``, those they had ``before`` among them."""
        held: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
        for (contract, _, day, helper), one in self.pick.items():
            if days[day]:
                held[helper, contract].append(one)
        for helper, most in enumerate(caps.tolist()):
            able = [contract for other, contract in held if other == helper and (helper, contract) not in before]
            left = max(0, most - sum(other == helper for other, _ in before))
            if len(able) <= left:
                continue
            has = {contract: self.model.new_bool_var("") for contract in able}
            for contract, one in has.items():
                for pick in held[helper, contract]:
                    self.model.add_implication(pick, one)
            self.model.add(cp_model.LinearExpr.sum(list(has.values())) <= left)

    def _apart(self) -> None:
        """Within so many days at most one visit that counts for the promise."""
        facts = self.facts
        for contract in range(len(facts.minutes)):
            for apart in range(facts.apart_of[contract], facts.apart_of[contract + 1]):
                self._space(contract, int(facts.apart_kind[apart]), int(facts.apart_days[apart]), apart)

    def _space(self, contract: int, as_kind: int, least: int, apart: int) -> None:
        facts = self.facts
        counted: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for kind, day in self.by_contract[contract]:
            if facts.counts[kind, as_kind]:
                counted[day] += self.at[contract, kind, day]
        there = [row[2] for row in self.fixed.tolist() if row[0] == contract and facts.counts[row[1], as_kind]]
        for day, ones in counted.items():
            if facts.blocked[apart, day] or any(abs(day - other) < least for other in there):
                for one in ones:
                    self.model.add(one == 0)
        for day in sorted(counted):
            near = [one for other in range(day, day + least) for one in counted.get(other, ())]
            if len(near) > 1:
                self.model.add_at_most_one(near)

    def _promises(self) -> list[cp_model.IntVar]:
        """Every part of a promise is kept, or the promise is broken."""
        facts = self.facts
        broken: dict[int, cp_model.IntVar] = {}
        for row in self.rows.tolist():
            contract, kind = int(facts.row_contract[row]), int(facts.row_kind[row])
            first, last = int(facts.row_first[row]), int(facts.row_last[row])
            need = int(facts.row_need[row])
            for other, of, day, *_ in self.fixed.tolist():
                need -= other == contract and bool(facts.counts[of, kind]) and first <= day <= last
            if need <= 0:
                continue
            group = int(facts.row_group[row])
            if group not in broken:
                broken[group] = self.model.new_bool_var("")
            ones = [
                one
                for of, day in self.by_contract[contract]
                if facts.counts[of, kind] and first <= day <= last
                for one in self.at[contract, of, day]
            ]
            self.model.add(cp_model.LinearExpr.sum([*ones, need * broken[group]]) >= need)
        return list(broken.values())

    def _aim(self) -> None:
        """Fewest broken promises, then few visits, those told first and those at short notice last."""
        facts = self.facts
        told = set(zip(facts.told_day.tolist(), facts.told_helper.tolist(), strict=True))
        short = self.facts.short
        prices = [1 if choice[2:] in told else 3 if short[choice[:3]] else 2 for choice in self.pick]
        ceiling = int(facts.row_need[self.rows].sum())
        self.model.add(cp_model.LinearExpr.sum(list(self.pick.values())) <= ceiling)
        self.price = 3 * ceiling + 1
        least = [price * one for price, one in zip(prices, self.pick.values(), strict=True)]
        self.model.minimize(cp_model.LinearExpr.sum([*least, *(self.price * one for one in self.broken)]))

    def solve(self, hint: Ints, seed: int, work: float, stop: Stop) -> Found:
        """Solve within the deterministic time ``work``, and what is left by the clock of ``stop``."""
        seconds = stop.left()
        if seconds <= 0:
            return Found(None, 0, cut=True)
        there = {tuple(row[:4]) for row in hint.tolist()}
        for choice, one in self.pick.items():
            self.model.add_hint(one, choice in there)
        solver = cp_solver(seed, work)
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.linearization_level = 2
        status = solver.solve(self.model)
        cut = solver.wall_time >= seconds
        # A plan costs less than one price beside its broken promises, so this many at least are broken.
        bound = max(0, -int(-(solver.best_objective_bound - self.price + 1) // self.price))
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Found(None, min(bound, len(self.broken)), cut)
        chosen = [[*choice, -1, 0] for choice, one in self.pick.items() if solver.boolean_value(one)]
        return Found(np.array([*self.fixed.tolist(), *chosen], dtype=np.int64).reshape(-1, 6), bound, cut)
