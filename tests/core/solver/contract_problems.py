"""Pieces of contract problems, small ones drawn from a seed, and the fewest promises that must be broken in them."""

from __future__ import annotations

import datetime as dt
import itertools
import random

from msgspec.structs import replace

from dispatch.solver.contract_problem import (
    Contract,
    ContractHelper,
    ContractProblem,
    Promise,
    PromiseShare,
    ToldVisit,
    VisitKind,
)
from dispatch.solver.problem import Skill, Spot

APRIL = (dt.date(2026, 4, 1) - dt.date(1970, 1, 1)).days
"""A Wednesday."""
VISIT = VisitKind(id="visit", minutes=60)
CHECK = VisitKind(id="safety_check", minutes=90, counts_as=("visit",), skill="safety")
SPOT = Spot(31.2, 121.4)


def monthly(least: int, checks: int = 0, apart: int = 0) -> Promise:
    of = (PromiseShare(kind="safety_check", least=checks),) if checks else ()
    return Promise(id="monthly", kind="visit", least=least, of=of, apart=apart)


def contract(id_: str, **more: object) -> Contract:
    made = Contract(id=id_, client=f"client-{id_}", spot=0, signed=APRIL - 200, first=APRIL - 200)
    return replace(made, **more)


def helper(id_: str, **more: object) -> ContractHelper:
    return replace(ContractHelper(id=id_, spot=0, skills=(Skill(skill="safety"),)), **more)


def problem(*contracts: Contract, **more: object) -> ContractProblem:
    made = ContractProblem(
        area="a", day=APRIL, last=APRIL + 29, spots=(SPOT,), kinds=(VISIT, CHECK), contracts=contracts,
        helpers=(helper("one"),),
    )  # fmt: skip
    return replace(made, **more)


def tiny(seed: int) -> ContractProblem:
    """A week, few contracts, one or two helpers with little time: promises often cannot all be kept."""
    draw = random.Random(seed)
    skilled = ((), (Skill(skill="safety"),), (Skill(skill="safety"),))
    helpers = [
        helper(f"h{index}", minutes=draw.choice((90, 120, 150, 200)), way_minutes=draw.choice((0, 10)),
               absent=tuple(draw.sample(range(APRIL, APRIL + 7), 2)), max_week=draw.choice((None, 240)),
               max_contracts=draw.choice((None, None, 2)), skills=draw.choice(skilled))
        for index in range(draw.choice((1, 2)))
    ]  # fmt: skip
    weekly = [
        Promise(id="weekly", kind="visit", least=draw.choice((1, 2)), each="week", partial="whole",
                of=draw.choice(((), (PromiseShare(kind="safety_check", least=1),))), apart=draw.choice((0, 2)))
        for _ in range(draw.choice((2, 3)))
    ]  # fmt: skip
    contracts = [
        contract(f"c{index}", promises=(promise,), notice=draw.choice((0, 1)), weekdays=draw.choice(((), (1, 2, 4))))
        for index, promise in enumerate(weekly)
    ]
    told = [
        ToldVisit(id=f"t{index}", contract=f"c{index}", kind="visit", day=APRIL + draw.randrange(3), helper="h0")
        for index in range(draw.choice((0, 1)))
    ]
    return problem(*contracts, helpers=tuple(helpers), last=APRIL + 4, told=tuple(told))


Choice = tuple[str, str, int, str]
"""Contract, kind, day, helper."""


class Brute:
    """Every way to plan a `tiny` problem, tried one after the other."""

    def __init__(self, problem: ContractProblem) -> None:
        self.problem = problem
        self.contracts = {one.id: one for one in problem.contracts}
        self.helpers = {one.id: one for one in problem.helpers}
        self.fixed: list[Choice] = []
        for told in problem.told:
            choice = (told.contract, told.kind, told.day, told.helper)
            if told.day < problem.day + self.contracts[told.contract].notice and self.fits(self.fixed, choice, True):
                self.fixed.append(choice)

    def fits(self, visits: list[Choice], one: Choice, told: bool = False) -> bool:
        """Whether ``one`` keeps every rule beside ``visits``."""
        name, kind, day, by = one
        agreed, person = self.contracts[name], self.helpers[by]
        weekday = (day + 3) % 7 + 1
        if (agreed.weekdays and weekday not in agreed.weekdays) or weekday > 5 or day in person.absent:
            return False
        if not told and day < self.problem.day + agreed.notice:
            return False
        if kind == "safety_check" and not person.skills:
            return False
        apart = agreed.promises[0].apart
        for other in visits:
            same = other[0] == name
            if same and (abs(other[2] - day) < apart or (other[1] == kind and other[2] == day)):
                return False
        mine = [*(other for other in visits if other[3] == by), one]
        long = {"visit": 60, "safety_check": 90}
        today = [other for other in mine if other[2] == day]
        ways = person.way_minutes * len({other[0] for other in today})
        week = sum(long[other[1]] for other in mine)
        if sum(long[other[1]] for other in today) + ways > person.minutes:
            return False
        if person.max_week is not None and week > person.max_week:
            return False
        return person.max_contracts is None or len({other[0] for other in mine}) <= person.max_contracts

    def fewest_broken(self) -> int:
        """The fewest promises that must be broken, trying to keep ever fewer of them."""
        names = list(self.contracts)
        for broken in range(len(names)):
            if any(self._keeps(list(kept), self.fixed) for kept in itertools.combinations(names, len(names) - broken)):
                return broken
        return len(names)

    def _keeps(self, names: list[str], visits: list[Choice]) -> bool:
        if not names:
            return True
        name, promise = names[0], self.contracts[names[0]].promises[0]
        mine = [one for one in visits if one[0] == name]
        checks = sum(one[1] == "safety_check" for one in mine)
        asked = promise.of[0].least if promise.of else 0
        if len(mine) >= promise.least and checks >= asked:
            return self._keeps(names[1:], visits)
        kinds = ("safety_check",) if checks < asked else ("visit", "safety_check")
        return any(
            self.fits(visits, one) and self._keeps(names, [*visits, one])
            for kind in kinds
            for day in range(self.problem.day, self.problem.last + 1)
            for by in self.helpers
            for one in [(name, kind, day, by)]
        )
