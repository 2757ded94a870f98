"""A search where ties ask for the same person: with what it cannot plan held, then without it, or with more held."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.pairs import given_back, hold_pairs, left_out, may_go, out_of_reach
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.search.laid import worth

Tell = Callable[[RoutePlan], None]


class Way(Protocol):
    """A search: in one piece, or block by block."""

    def __call__(
        self,
        problem: RouteProblem,
        plan: RoutePlan,
        *,
        budget: int | None,
        seconds: float | None,
        on_best: Tell | None,
    ) -> RoutePlan: ...


def improve_paired(
    way: Way,
    problem: RouteProblem,
    plan: RoutePlan,
    *,
    budget: int | None,
    seconds: float | None,
    on_best: Tell | None,
) -> RoutePlan:
    """The best plan of one or two searches by ``way``, as `solve.improve` says.

    The first holds what one person must do and the search cannot plan. Held it takes the place of other work, whatever
    that is worth; and the search may find no place for what it could only hold. So if anything is out that may be for
    one of these reasons, half of the budget, or of the seconds, goes into a search without what is held, or with more;
    if not, into going on. Each of the two has a unit of budget at least.
    """
    pairs = out_of_reach(problem)
    first, second = _halves(budget, seconds)
    found = _search(way, problem, plan, pairs, budget=first[0], seconds=first[1], on_best=on_best)
    begun, others = (plan, []) if check(problem, found) else (found, left_out(problem, found))
    if not others and pairs and found.unplanned and may_go(problem, pairs):
        # Everything held goes: what may not, pins and rounds, is put back as dear as it is.
        others = [group for group in pairs if not may_go(problem, [group])]
        begun = plan
    elif not others:
        others = pairs
    else:
        others = [*pairs, *(group for group in others if group not in pairs)]

    def report(better: RoutePlan) -> None:
        if on_best is not None and worth(problem, better) > worth(problem, found):
            on_best(better)

    again = _search(way, problem, begun, others, budget=second[0], seconds=second[1], on_best=report)
    best = again if worth(problem, again) > worth(problem, found) else found
    effort = replace(
        again.effort,
        budget=again.effort.budget if budget is None else budget,
        used=found.effort.used + again.effort.used,
        repeatable=found.effort.repeatable and again.effort.repeatable,
    )
    if worth(problem, best) < worth(problem, plan) and not check(problem, plan):
        best = plan
    return replace(best, effort=effort)


def _halves(
    budget: int | None, seconds: float | None
) -> tuple[tuple[int | None, float | None], tuple[int | None, float | None]]:
    """``budget`` and ``seconds`` of the first search and of the second; neither has none at all of a budget."""
    half = None if seconds is None else seconds / 2
    if budget is None:
        return (None, half), (None, half)
    return (max(1, budget - budget // 2), half), (max(1, budget // 2), half)


def _search(
    way: Way,
    problem: RouteProblem,
    plan: RoutePlan,
    pairs: Sequence[Sequence[int]],
    *,
    budget: int | None,
    seconds: float | None,
    on_best: Tell | None,
) -> RoutePlan:
    """What ``way`` makes of ``plan`` with ``pairs`` held; without, where nothing can be held, or does not stay."""
    held = hold_pairs(problem, plan, pairs) if pairs else None
    if held is None:
        return way(problem, plan, budget=budget, seconds=seconds, on_best=on_best)

    def report(better: RoutePlan) -> None:
        given = given_back(problem, better)
        if on_best is not None and given is not None:
            on_best(given)

    told = report if on_best is not None else None
    found = given_back(problem, way(held.problem, held.plan, budget=budget, seconds=seconds, on_best=told))
    return way(problem, plan, budget=budget, seconds=seconds, on_best=on_best) if found is None else found
