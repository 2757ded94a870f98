"""The peer of the contracts benchmark, frozen: every promise in order of its end, every visit on the first free day.

It keeps every hard rule, by the code of the check, and looks at no cost. It knows fixed helpers only.
"""

from __future__ import annotations

import datetime as dt

from dispatch.solver.checks.contract_periods import Book
from dispatch.solver.checks.contracts import ContractFacts
from dispatch.solver.contract_plan import ContractPlan, DatedVisit
from dispatch.solver.contract_problem import ContractProblem, ToldVisit
from dispatch.solver.plan import Effort

EPOCH = dt.date(1970, 1, 1)


def first_free_day(problem: ContractProblem) -> tuple[DatedVisit, ...]:
    """The visits that this baseline dates."""
    nothing = ContractPlan(effort=Effort(solver="greedy", seed=0, budget=0, used=0))
    facts, book = ContractFacts(problem, nothing), Book(problem, nothing)
    by_helper: dict[str, list[DatedVisit]] = {one.id: [] for one in problem.helpers}
    asked = sorted(book.asked(), key=lambda one: (one.kind != "hard", one.last, one.contract.id))
    for one in asked:
        helper = one.contract.helper or ""
        first = max(problem.day + one.contract.notice, (one.first - EPOCH).days)
        last = min(problem.last, (one.last - EPOCH).days)
        for kind, need, before, _ in reversed(one.parts):
            mine = (
                visit
                for visit in by_helper[helper]
                if visit.contract == one.contract.id and (one.first - EPOCH).days <= visit.day <= last
            )
            missing = need - before - sum(kind in book.counts[visit.kind] for visit in mine)
            for day in range(first, last + 1):
                tried = ToldVisit(id="", contract=one.contract.id, kind=kind, day=day, helper=helper)
                if missing > 0 and facts.stands(tried, by_helper[helper]) is None:
                    minutes = facts.minutes(one.contract.id, kind)
                    visit = DatedVisit(contract=one.contract.id, kind=kind, day=day, helper=helper, minutes=minutes)
                    by_helper[helper].append(visit)
                    missing -= 1
    return tuple(visit for visits in by_helper.values() for visit in visits)
