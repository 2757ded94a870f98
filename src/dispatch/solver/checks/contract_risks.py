"""Whether what a contract plan says of promises at risk is so: which, what is missing, until when to keep them."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.checks.contract_periods import Asked
from dispatch.solver.checks.contracts import ContractFacts, agreed
from dispatch.solver.checks.facts import covers
from dispatch.solver.contract_plan import PromiseAtRisk
from dispatch.solver.contract_problem import Contract
from dispatch.solver.plan import Finding
from dispatch.solver.rules import Rule

_EPOCH = 719_163
"""The ordinal of 1970-01-01."""


def at_risk(facts: ContractFacts) -> Iterator[Finding]:
    """Every promise at risk is named as it is, and no other."""
    real = {_key(one): one for one in (_risk(facts, asked) for asked in facts.asked) if one is not None}
    named = {_key(one): one for one in facts.plan.at_risk}
    if len(named) < len(facts.plan.at_risk):
        yield Finding(rule=Rule.AT_RISK, message="A promise at risk is named twice.")
    for key in sorted({*real, *named}):
        if real.get(key) == named.get(key):
            continue
        said = "is at risk but not named" if key not in named else "is named but not at risk"
        if key in real and key in named:
            said = f"is at risk otherwise than named: {real[key]}"
        message = f"Promise {key[1]} of {key[0]} {said}."
        yield Finding(rule=Rule.AT_RISK, message=message, visit=key[0])


def _key(one: PromiseAtRisk) -> tuple[str, str, int]:
    return one.contract, one.promise, one.first


def _risk(facts: ContractFacts, asked: Asked) -> PromiseAtRisk | None:
    """What there is to say of the period, if it is at risk."""
    missing = max(need - before for _, need, before, _ in asked.parts)
    if missing <= 0 or asked.kind == "open":
        return None
    problem, contract, overdue = facts.problem, asked.contract, asked.kind == "overdue"
    first, last = (one.toordinal() - _EPOCH for one in (asked.first, asked.last))
    planned = sorted({day for kind, *_ in asked.parts for day in _planned(facts, asked, kind)})
    keep_by = None if overdue else _keep_by(facts, asked, planned)
    broken = not overdue and any(made < need for _, need, _, made in asked.parts)
    spare = 0
    if planned and keep_by is not None:
        days = {*planned, *_days(facts, asked, asked.parts[0][0])}
        spare = len([day for day in days if planned[0] < day <= keep_by])
    lapsed = [
        past for past in facts.past[contract.id] if past.outcome in ("missed", "failed") and first <= past.day <= last
    ]
    if not (broken or overdue or lapsed or spare <= problem.margin):
        return None
    return PromiseAtRisk(
        contract=contract.id, promise=asked.promise, first=first, last=last, missing=missing, keep_by=keep_by,
        next=planned[0] if planned else None, spare=spare, lapsed=len(lapsed), broken=broken, overdue=overdue,
    )  # fmt: skip


def _window(facts: ContractFacts, asked: Asked) -> range:
    """The days of the plan on which a visit counts."""
    problem = facts.problem
    if asked.kind == "overdue":
        return range(problem.day, problem.last + 1)
    first, last = (one.toordinal() - _EPOCH for one in (asked.first, asked.last))
    return range(max(first, problem.day), min(last, problem.last) + 1)


def _counting(facts: ContractFacts, as_kind: str) -> list[str]:
    return [one.id for one in facts.problem.kinds if as_kind in (one.id, *one.counts_as)]


def _planned(facts: ContractFacts, asked: Asked, as_kind: str) -> list[int]:
    kinds, window = _counting(facts, as_kind), _window(facts, asked)
    mine = facts.by_contract[asked.contract.id]
    return [one.day for one in mine if one.kind in kinds and one.day in window]


def _spacing(facts: ContractFacts, contract: Contract, as_kind: str) -> tuple[int, list[str]]:
    """Days between any two visits that count as ``as_kind``, and the kinds whose spacing all of them keep."""
    kinds = _counting(facts, as_kind)
    least, bound = int(len(kinds) == 1), []
    for promise in contract.promises:
        if promise.apart and set(kinds) <= set(_counting(facts, promise.kind)):
            least = max(least, promise.apart)
            bound.append(promise.id)
    return least, bound


def _days(facts: ContractFacts, asked: Asked, as_kind: str) -> list[int]:
    """Days on which something new for the part may be dated and somebody who may go has the time, alone."""
    problem, contract = facts.problem, asked.contract
    _, bound = _spacing(facts, contract, as_kind)
    free = problem.day
    for promise in contract.promises:
        if promise.id in bound:
            counts = _counting(facts, promise.kind)
            made = [past.day for past in facts.past[contract.id] if past.outcome == "done" and past.kind in counts]
            free = max([free, *(day + promise.apart for day in made)])
    return [
        day
        for day in _window(facts, asked)
        if day >= free and agreed(problem, contract, day) and _somebody(facts, contract, as_kind, day)
    ]


def _somebody(facts: ContractFacts, contract: Contract, as_kind: str, day: int) -> bool:
    named = [facts.helpers[one] for one in contract.among or () if one in facts.helpers]
    for helper in facts.problem.helpers if contract.among is None else named:
        room = facts.room(helper, day) - helper.way_minutes
        if facts.room(helper, day) == 0:
            continue
        for name in _counting(facts, as_kind):
            kind = facts.kinds[name]
            skilled = kind.skill is None or any(covers(one, kind.skill, kind.level, day) for one in helper.skills)
            free = day >= facts.problem.day + contract.notice or facts.replaces(contract.id, name, day)
            if skilled and free and facts.minutes(contract.id, name) <= room:
                return True
    return False


def _keep_by(facts: ContractFacts, asked: Asked, planned: list[int]) -> int | None:
    """The last day from which on all missing visits still fit, trying one day after the other from the end."""
    latest: list[int | None] = []
    for as_kind, need, before, _ in asked.parts:
        if need <= before:
            continue
        days = sorted({*planned, *_days(facts, asked, as_kind)})
        least, _ = _spacing(facts, asked.contract, as_kind)
        fits = (day for day in reversed(days) if _fits(days, day, need - before, least))
        latest.append(next(fits, None))
    return None if None in latest else min(day for day in latest if day is not None)


def _fits(days: list[int], first: int, count: int, least: int) -> bool:
    """Whether ``count`` visits fit from ``first`` on; without a spacing any number fits on a day."""
    if least == 0:
        return True
    at, left = first, count - 1
    for day in days:
        if left and day >= at + least:
            at, left = day, left - 1
    return left == 0
