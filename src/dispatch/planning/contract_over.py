"""Promises of contracts whose period is over, and that were not kept in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from dispatch.events.contract import ShortOf
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.periods import Period, periods


def unkept(problem: ContractProblem) -> Iterator[tuple[Period, tuple[ShortOf, ...]]]:
    """The periods that end on one of the days of ``problem``, with what was short of them by what was made."""
    done: dict[str, list[tuple[int, set[str]]]] = defaultdict(list)
    counts = {kind.id: {kind.id, *kind.counts_as} for kind in problem.kinds}
    for past in problem.history:
        if past.outcome == "done":
            done[past.contract].append((past.day, counts[past.kind]))
    for period in periods(problem):
        if not period.hard:
            continue
        made = [kinds for day, kinds in done[problem.contracts[period.contract].id] if _within(period, day)]
        have = {part.kind: part.done + sum(part.kind in kinds for kinds in made) for part in period.parts}
        short = tuple(
            ShortOf(category=part.kind, need=part.need, have=have[part.kind])
            for part in period.parts
            if have[part.kind] < part.need
        )
        if short:
            yield period, short


def _within(period: Period, day: int) -> bool:
    return period.opens <= day <= period.closes
