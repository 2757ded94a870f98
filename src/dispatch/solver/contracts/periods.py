"""What contracts promise, period by period: how many visits that count as what, from when to when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dispatch.model.working_days import WorkCalendar, working_day_after
from dispatch.solver.contract_problem import Contract, ContractProblem, Deadline, Promise
from dispatch.solver.contracts.calendar import (
    calendar_periods,
    counted_periods,
    date_of,
    day_of,
    months_later,
    quarter_name,
)
from dispatch.solver.contracts.sample import draw_sample, eligible


class Part(NamedTuple):
    """So many visits that count as ``kind`` are needed; ``done`` were made before the first day planned."""

    kind: str
    need: int
    done: int


class Period(NamedTuple):
    """One period of a promise. ``hard``: the plan keeps or breaks it; else it goes on behind the plan, or is overdue.

    ``first`` to ``last`` are the period's own days within the contract's; visits of the plan count on days from
    ``opens`` to ``closes``, ends included, within the plan.
    """

    contract: int
    promise: str
    first: int
    last: int
    opens: int
    closes: int
    parts: tuple[Part, ...]
    hard: bool
    overdue: bool = False


def periods(problem: ContractProblem) -> list[Period]:
    """Every period of every promise, deadline and review that asks for something of the plan, contract by contract."""
    made = _Maker(problem)
    found = [period for index in range(len(problem.contracts)) for period in made.of_contract(index)]
    return sorted(found, key=lambda one: one.contract)


class _Maker:
    def __init__(self, problem: ContractProblem) -> None:
        self.problem = problem
        self.counts = {kind.id: {kind.id, *kind.counts_as} for kind in problem.kinds}
        self.calendar = WorkCalendar(
            holidays=tuple(map(date_of, problem.holidays)), worked=tuple(map(date_of, problem.workdays))
        )
        self.done: dict[str, list[tuple[int, str]]] = {}
        for past in problem.history:
            if past.outcome == "done":
                self.done.setdefault(past.contract, []).append((past.day, past.kind))
        self.index = {contract.id: index for index, contract in enumerate(problem.contracts)}
        self.reviewed: dict[str, list[tuple[str, str, int, int]]] = {}
        for review in problem.reviews:
            for first, last in calendar_periods("quarter", problem.day, problem.last):
                able = eligible(problem, review, first)
                for client in draw_sample(able, quarter_name(first), review.seed, review.size):
                    contract = able[client]
                    over = last if contract.last is None else min(last, contract.last)
                    self.reviewed.setdefault(contract.id, []).append((review.id, review.kind, first, over))

    def of_contract(self, index: int) -> Iterator[Period]:
        contract = self.problem.contracts[index]
        for promise in contract.promises:
            yield from self._of_promise(index, contract, promise)
        for deadline in contract.deadlines:
            yield from self._of_deadline(index, contract, deadline)
        for review, kind, first, last in self.reviewed.get(contract.id, ()):
            yield from self._of_span(index, review, first, last, [(kind, 1)], (last - first + 1))

    def _of_promise(self, index: int, contract: Contract, promise: Promise) -> Iterator[Period]:
        day, end = self.problem.day, self.problem.last
        if promise.counted_from == "calendar":
            spans = calendar_periods(promise.each, day, end)
        else:
            spans = counted_periods(promise.each, contract.first, day, end)
        for first, last in spans:
            begun, over = max(first, contract.first), last if contract.last is None else min(last, contract.last)
            if begun > over or over < day or begun > end:
                continue
            asked = [(promise.kind, promise.least), *((share.kind, share.least) for share in promise.of)]
            length, held = last - first + 1, over - begun + 1
            if held < length:
                asked = [(kind, _of_partial(promise, least, held, length)) for kind, least in asked]
            yield from self._of_span(index, promise.id, begun, over, asked, held)

    def _of_deadline(self, index: int, contract: Contract, deadline: Deadline) -> Iterator[Period]:
        spans = list(self._spans(contract, deadline))
        asked = [(deadline.kind, deadline.least)]
        past = [span for span in spans if span[1] < self.problem.day]
        for first, last in past[-1:]:
            parts = self._parts(contract, first, self.problem.day - 1, asked)
            if any(part.need > part.done for part in parts):
                day, end = self.problem.day, self.problem.last
                yield Period(index, deadline.id, first, last, day, end, parts, hard=False, overdue=True)
        for first, last in spans[len(past) :]:
            yield from self._of_span(index, deadline.id, first, last, asked, last - first + 1)

    def _spans(self, contract: Contract, deadline: Deadline) -> Iterator[tuple[int, int]]:
        """First and last day of every time the deadline comes, up to those that begin within the plan."""
        problem = self.problem
        base = deadline.last
        if base is None:
            base = day_of(working_day_after(date_of(contract.signed), deadline.working_days or 0, self.calendar))
        before, number = contract.signed - 1, 0
        while True:
            last = months_later(base, number * (deadline.every_months or 0))
            first = before + 1 if deadline.opens is None else last - deadline.opens
            if first > problem.last or (contract.last is not None and last > contract.last):
                return
            yield max(first, contract.signed), last
            before, number = last, number + 1
            if deadline.every_months is None:
                return

    def _of_span(
        self, index: int, name: str, first: int, last: int, asked: list[tuple[str, int]], length: int
    ) -> Iterator[Period]:
        """The period from ``first`` to ``last``; if it goes on behind the plan, its share by then, rounded."""
        day, end = self.problem.day, self.problem.last
        hard = last <= end
        if not hard:
            elapsed = end - first + 1
            asked = [(kind, (2 * least * elapsed + length) // (2 * length)) for kind, least in asked]
        parts = self._parts(self.problem.contracts[index], first, day - 1, asked)
        if any(part.need > 0 for part in parts):
            yield Period(index, name, first, last, max(first, day), min(last, end), parts, hard)

    def _parts(self, contract: Contract, first: int, last: int, asked: list[tuple[str, int]]) -> tuple[Part, ...]:
        done = [kind for day, kind in self.done.get(contract.id, ()) if first <= day <= last]
        return tuple(
            Part(kind, least, sum(kind in self.counts[made] for made in done)) for kind, least in asked if least > 0
        )


def _of_partial(promise: Promise, least: int, held: int, length: int) -> int:
    """What is asked for of a period of which the contract holds ``held`` of ``length`` days."""
    return {"whole": least, "none": 0, "share": least * held // length}[promise.partial]
