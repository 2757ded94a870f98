"""The periods of promises, found day by day, and what each asks for and has; written apart from the search."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from dispatch.solver.contract_plan import ContractPlan, DatedVisit, Sample
from dispatch.solver.contract_problem import Contract, ContractProblem, Deadline, Promise

_BEGIN = dt.date(1970, 1, 1)


class Asked(NamedTuple):
    """A period of a promise with the dates of its first and last day: of each kind, how many are asked for and made.

    ``kind`` is "hard", "open" (it goes on behind the plan) or "overdue"; ``before`` counts what was made before the
    plan.
    """

    contract: Contract
    promise: str
    first: dt.date
    last: dt.date
    parts: tuple[tuple[str, int, int, int], ...]
    """Kind, need, made before, made in all."""
    kind: str


def date(day: int) -> dt.date:
    """The date of a day counted from 1970-01-01."""
    return _BEGIN + dt.timedelta(days=day)


def is_working_day(problem: ContractProblem, one: dt.date) -> bool:
    """A Monday to Friday that is no holiday, or one of the days worked instead."""
    number = (one - _BEGIN).days
    return number in problem.workdays or (one.isoweekday() <= 5 and number not in problem.holidays)


def anniversary(one: dt.date, months: int) -> dt.date:
    """The date ``months`` later, on the last of the month where that has no such day."""
    year, month = one.year + (one.month - 1 + months) // 12, (one.month - 1 + months) % 12 + 1
    number = one.day
    while True:
        try:
            return dt.date(year, month, number)
        except ValueError:
            number -= 1


_NAMES: dict[str, Callable[[dt.date], tuple[int, ...]]] = {
    "week": lambda one: tuple(one.isocalendar())[:2],
    "month": lambda one: (one.year, one.month),
    "quarter": lambda one: (one.year, (one.month - 1) // 3),
    "year": lambda one: (one.year,),
}
"""What all days of a calendar period have in common."""


def _around(each: str, one: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the calendar period of a date."""
    name, step = _NAMES[each], dt.timedelta(days=1)
    first = last = one
    while name(first - step) == name(one):
        first -= step
    while name(last + step) == name(one):
        last += step
    return first, last


def _counted(each: str, anchor: dt.date, one: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the period counted from ``anchor`` that holds the date."""
    if each == "week":
        first = one - dt.timedelta(days=(one - anchor).days % 7)
        return first, first + dt.timedelta(days=6)
    length = {"month": 1, "quarter": 3, "year": 12}[each]
    number = 0
    while anniversary(anchor, (number + 1) * length) <= one:
        number += 1
    end = anniversary(anchor, (number + 1) * length)
    return anniversary(anchor, number * length), end - dt.timedelta(days=1)


class Book:
    """What was made, before the plan and in it, by contract: date and kind. ``counts``: what a kind counts as."""

    def __init__(self, problem: ContractProblem, plan: ContractPlan) -> None:
        self.problem = problem
        self.begin, self.end = date(problem.day), date(problem.last)
        self.counts = {one.id: {one.id, *one.counts_as} for one in problem.kinds}
        self.before: dict[str, list[tuple[dt.date, str]]] = {}
        for past in problem.history:
            if past.outcome == "done":
                self.before.setdefault(past.contract, []).append((date(past.day), past.kind))
        self.planned: dict[str, list[DatedVisit]] = {}
        for visit in plan.visits:
            if visit.kind in self.counts:
                self.planned.setdefault(visit.contract, []).append(visit)

    def asked(self) -> Iterator[Asked]:
        """Every period that asks for anything."""
        for contract in self.problem.contracts:
            for promise in contract.promises:
                yield from self._of_promise(contract, promise)
            for deadline in contract.deadlines:
                yield from self._of_deadline(contract, deadline)
        for sample in draws(self.problem):
            yield from self._of_sample(sample)

    def _of_promise(self, contract: Contract, promise: Promise) -> Iterator[Asked]:
        begin, over = date(contract.first), dt.date.max if contract.last is None else date(contract.last)
        at = max(self.begin, begin)
        while at <= min(self.end, over):
            if promise.counted_from == "calendar":
                first, last = _around(promise.each, at)
            else:
                first, last = _counted(promise.each, begin, at)
            at = last + dt.timedelta(days=1)
            held = (min(last, over) - max(first, begin)).days + 1
            length = (last - first).days + 1
            asked = [(promise.kind, promise.least), *((one.kind, one.least) for one in promise.of)]
            if held < length and promise.partial != "whole":
                part = held if promise.partial == "share" else 0
                asked = [(kind, least * part // length) for kind, least in asked]
            yield from self._period(contract, promise.id, max(first, begin), min(last, over), asked)

    def _of_deadline(self, contract: Contract, deadline: Deadline) -> Iterator[Asked]:
        asked = [(deadline.kind, deadline.least)]
        past: tuple[dt.date, dt.date] | None = None
        for first, last in due(self.problem, contract, deadline):
            if last < self.begin:
                past = first, last
                continue
            yield from self._period(contract, deadline.id, first, last, asked)
        if past is not None:
            found = self._made(contract, deadline.id, past, (past[0], self.end), asked, "overdue")
            if any(before < need for _, need, before, _ in found.parts):
                yield found

    def _of_sample(self, sample: Sample) -> Iterator[Asked]:
        review = next(one for one in self.problem.reviews if one.id == sample.review)
        first, last = quarter(sample.quarter)
        for client in sample.clients:
            contract = min(eligible(self.problem, review.months, first)[client], key=lambda one: one.id)
            over = last if contract.last is None else min(last, date(contract.last))
            yield from self._period(contract, review.id, first, over, [(review.kind, 1)])

    def _period(
        self, contract: Contract, name: str, first: dt.date, last: dt.date, asked: list[tuple[str, int]]
    ) -> Iterator[Asked]:
        if last <= self.end:
            found = self._made(contract, name, (first, last), (first, last), asked, "hard")
        else:
            length, passed = (last - first).days + 1, (self.end - first).days + 1
            # Half a visit counts as one.
            shared = [(kind, (least * passed * 2 + length) // (length * 2)) for kind, least in asked]
            found = self._made(contract, name, (first, last), (first, self.end), shared, "open")
        if found.parts:
            yield found

    def _made(
        self,
        contract: Contract,
        name: str,
        period: tuple[dt.date, dt.date],
        window: tuple[dt.date, dt.date],
        asked: list[tuple[str, int]],
        kind: str,
    ) -> Asked:
        parts = []
        for as_kind, need in asked:
            done = [of for on, of in self.before.get(contract.id, ()) if window[0] <= on <= window[1]]
            made = [one.kind for one in self.planned.get(contract.id, ()) if window[0] <= date(one.day) <= window[1]]
            before, planned = (sum(as_kind in self.counts[of] for of in some) for some in (done, made))
            if need > 0:
                parts.append((as_kind, need, before, before + planned))
        return Asked(contract, name, *period, tuple(parts), kind)


def due(problem: ContractProblem, contract: Contract, deadline: Deadline) -> Iterator[tuple[dt.date, dt.date]]:
    """From when to when a visit for the deadline counts, every time it comes up to the end of the plan."""
    signed, end = date(contract.signed), date(problem.last)
    if deadline.last is None:
        base, left = signed, deadline.working_days or 0
        while left:
            base += dt.timedelta(days=1)
            left -= is_working_day(problem, base)
    else:
        base = date(deadline.last)
    months, previous = 0, None
    while True:
        last = anniversary(base, months)
        if deadline.opens is not None:
            first = last - dt.timedelta(days=deadline.opens)
        else:
            first = signed if previous is None else previous + dt.timedelta(days=1)
        if first > end or (contract.last is not None and last > date(contract.last)):
            return
        yield max(first, signed), last
        if deadline.every_months is None:
            return
        previous, months = last, months + deadline.every_months


def quarter(name: str) -> tuple[dt.date, dt.date]:
    """First and last day of a quarter written 2026Q1."""
    first = dt.date(int(name[:4]), 3 * int(name[5]) - 2, 1)
    return first, anniversary(first, 3) - dt.timedelta(days=1)


def eligible(problem: ContractProblem, months: int, first: dt.date) -> dict[str, list[Contract]]:
    """Contracts by client, of those signed more than so many months before ``first`` and in force on it."""
    found: dict[str, list[Contract]] = {}
    for contract in problem.contracts:
        in_force = date(contract.first) <= first and (contract.last is None or first <= date(contract.last))
        if in_force and date(contract.signed) < anniversary(first, -months):
            found.setdefault(contract.client, []).append(contract)
    return found


def draws(problem: ContractProblem) -> list[Sample]:
    """Every sample, drawn anew: of all eligible clients those with the lowest SHA-256 of seed, quarter and client."""
    found = []
    for review in problem.reviews:
        names, at = [], date(problem.day)
        while at <= date(problem.last):
            names.append(f"{at.year}Q{(at.month - 1) // 3 + 1}")
            at = quarter(names[-1])[1] + dt.timedelta(days=1)
        for name in names:
            able = eligible(problem, review.months, quarter(name)[0])
            lots = [(hashlib.sha256(f"{review.seed}/{name}/{one}".encode()).digest(), one) for one in able]
            drawn = tuple(one for _, one in sorted(lots)[: review.size])
            found.append(Sample(review=review.id, quarter=name, seed=review.seed, clients=drawn))
    return found
