"""Whether a `ContractProblem` is one at all: ids once and known, days in order, nothing told of the past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dispatch.solver.contract_problem import Contract, ContractProblem

_MODES = ("walk", "bike", "car")
DAYS_MAX = 800
"""Days of a plan, somewhat more than two years."""


def contract_faults(problem: ContractProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be solved and checked."""
    if not problem.day <= problem.last < problem.day + DAYS_MAX:
        yield f"it goes from day {problem.day} to day {problem.last}. Maybe 1 to {DAYS_MAX} days were meant."
    for what, ids in (
        ("kind", [one.id for one in problem.kinds]),
        ("contract", [one.id for one in problem.contracts]),
        ("helper", [one.id for one in problem.helpers]),
        ("told visit", [one.id for one in problem.told]),
        ("review", [one.id for one in problem.reviews]),
    ):
        yield from (f"{what} {one!r} stands in it twice." for one in _twice(ids))
    kinds = {one.id for one in problem.kinds}
    for kind in problem.kinds:
        yield from _unknown(f"kind {kind.id!r}", kind.counts_as, kinds)
    for review in problem.reviews:
        yield from _unknown(f"review {review.id!r}", [review.kind], kinds)
    for contract in problem.contracts:
        yield from _of_contract(problem, contract, kinds)
    yield from _of_helpers(problem)
    yield from _of_visits(problem, kinds)


def _twice(ids: Iterable[str]) -> list[str]:
    seen, twice = set(), []
    for one in ids:
        if one in seen:
            twice.append(one)
        seen.add(one)
    return twice


def _unknown(who: str, named: Iterable[str], kinds: set[str]) -> Iterator[str]:
    yield from (f"{who} names the kind {one!r}, which is unknown." for one in named if one not in kinds)


def _of_contract(problem: ContractProblem, contract: Contract, kinds: set[str]) -> Iterator[str]:
    who = f"contract {contract.id!r}"
    named = [*(one.kind for one in contract.promises), *(one.kind for one in contract.deadlines)]
    named += [share.kind for promise in contract.promises for share in promise.of]
    yield from _unknown(who, [*named, *contract.minutes], kinds)
    reviews = [one.id for one in problem.reviews]
    promised = _twice([*(one.id for one in contract.promises), *(one.id for one in contract.deadlines), *reviews])
    yield from (f"{who} has two promises {one!r}." for one in promised if reviews.count(one) < 2)
    if not 0 <= contract.spot < len(problem.spots):
        yield f"{who} is at spot {contract.spot}, but there are {len(problem.spots)} spots."
    if contract.last is not None and contract.last < contract.first:
        yield f"{who} ends on day {contract.last}, before it begins on day {contract.first}."
    for promise in contract.promises:
        parts = [promise.kind, *(share.kind for share in promise.of)]
        yield from (f"{who} promises {one!r} twice in {promise.id!r}." for one in _twice(parts))
    for deadline in contract.deadlines:
        if (deadline.last is None) == (deadline.working_days is None):
            yield f"deadline {deadline.id!r} of {who} needs either a last day or working days after signing."


def _of_helpers(problem: ContractProblem) -> Iterator[str]:
    for helper in problem.helpers:
        if not 0 <= helper.spot < len(problem.spots):
            yield f"helper {helper.id!r} is at spot {helper.spot}, but there are {len(problem.spots)} spots."
        if helper.mode not in _MODES:
            yield f"there is no speed for {helper.mode!r}, the mode of travel of helper {helper.id!r}."
        twice = _twice(str(one.day) for one in helper.days)
        yield from (f"helper {helper.id!r} has the minutes of day {day} twice." for day in twice)


def _of_visits(problem: ContractProblem, kinds: set[str]) -> Iterator[str]:
    contracts = {one.id for one in problem.contracts}
    for past in problem.history:
        who = f"the visit to {past.contract!r} on day {past.day}"
        if past.contract not in contracts:
            yield f"{who} is of a contract that is unknown."
        yield from _unknown(who, [past.kind], kinds)
        if past.day >= problem.day:
            yield f"{who} is history, but the first day planned is {problem.day}. Maybe that day is over already."
    for told in problem.told:
        who = f"the told visit {told.id!r}"
        if told.contract not in contracts:
            yield f"{who} is of contract {told.contract!r}, which is unknown."
        yield from _unknown(who, [told.kind], kinds)
        if not problem.day <= told.day <= problem.last:
            yield f"{who} is on day {told.day}, the plan goes from {problem.day} to {problem.last}."
