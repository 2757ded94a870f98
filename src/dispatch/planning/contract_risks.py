"""Promises of contracts that are about to break, that what is dated breaks, or that broke: named, with the reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from dispatch.events.contract import PromiseAtRisk, ShortOf
from dispatch.events.order import ReasonGiven
from dispatch.planning.area import AreaState
from dispatch.planning.contract_over import unkept
from dispatch.planning.horizons import Asked
from dispatch.planning.ticks import day_number
from dispatch.planning.walk_ask import DAY
from dispatch.solver import contract_plan as found
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.calendar import date_of
from dispatch.solver.plan import Reason
from dispatch.solver.rules import Rule

REASONS_SHOWN = 3
"""Rules named for a promise that breaks."""
TOLD_FOR = 92 * DAY
"""How long a promise that broke is named."""


def given(reasons: Iterable[Reason]) -> tuple[ReasonGiven, ...]:
    """The first of ``reasons`` as events tell them."""
    told = (ReasonGiven(rule=one.rule, message=one.message, workers=one.workers, hint=one.hint) for one in reasons)
    return tuple(told)[:REASONS_SHOWN]


def risks_of(state: AreaState, asked: Asked, plan: found.ContractPlan) -> dict[str, tuple[PromiseAtRisk, ...]]:
    """By contract, the promises that broke lately, break, or are about to, in order of their last days."""
    broken = {(one.contract, one.promise, one.first): one for one in plan.broken}
    short = _at_short_notice(asked.problem, plan)
    risks: dict[str, dict[tuple[str, int], PromiseAtRisk]] = defaultdict(dict)
    for one in plan.at_risk:
        risk = _at_risk(one)
        if (lost := broken.get((one.contract, one.promise, one.first))) is not None:
            risk = replace(risk, broken=True, short=_short(lost.short), reasons=given(lost.reasons))
        if (one.contract, one.next) in short:
            told = ReasonGiven(rule=Rule.SHORT_NOTICE, message=f"The next is on {risk.next}, at short notice.")
            risk = replace(risk, reasons=(*risk.reasons, told))
        risks[one.contract][one.promise, one.first] = risk
    for contract, promise, first, over in _over(state, asked):
        risks[contract].setdefault((promise, first), over)
    return {key: tuple(sorted(some.values(), key=lambda one: (one.last, one.promise))) for key, some in risks.items()}


def _at_short_notice(problem: ContractProblem, plan: found.ContractPlan) -> set[tuple[str, int | None]]:
    """Contract and day of the visits inside the notice that were not told so: each replaces one that lapsed."""
    told = {(one.id, one.day, one.helper) for one in problem.told}
    until = {one.id: problem.day + one.notice for one in problem.contracts}
    return {
        (one.contract, one.day)
        for one in plan.visits
        if one.day < until[one.contract] and (one.told, one.day, one.helper) not in told
    }


def _at_risk(one: found.PromiseAtRisk) -> PromiseAtRisk:
    keep_by, then = (None if day is None else date_of(day) for day in (one.keep_by, one.next))
    return PromiseAtRisk(
        promise=one.promise,
        first=date_of(one.first),
        last=date_of(one.last),
        missing=one.missing,
        keep_by=keep_by,
        next=then,
        spare=one.spare,
        lapsed=one.lapsed,
        broken=one.broken,
        overdue=one.overdue,
        reasons=(ReasonGiven(rule=Rule.AT_RISK, message=_why(one)),),
    )


def _why(one: found.PromiseAtRisk) -> str:
    """Why a promise is at risk though what is dated keeps it, in a sentence."""
    if one.overdue:
        return f"It was due by {date_of(one.last)}; {one.missing} still to be made."
    lapsed = f" {one.lapsed} missed or failed." if one.lapsed else ""
    if one.keep_by is None:
        return f"{one.missing} still to be made by {date_of(one.last)}, and no day is left for them.{lapsed}"
    return f"{one.missing} still to be made by {date_of(one.last)}, the next by {date_of(one.keep_by)}.{lapsed}"


def _short(parts: Iterable[found.ShortPart]) -> tuple[ShortOf, ...]:
    return tuple(ShortOf(category=one.kind, need=one.need, have=one.have) for one in parts)


def _over(state: AreaState, asked: Asked) -> Iterator[tuple[str, str, int, PromiseAtRisk]]:
    """The promises whose period ended before the first day planned, and were not kept: contract, promise, first day.

    Only periods that ended since visits of the contract are dated here are judged.
    """
    problem: ContractProblem = asked.problem
    earliest = day_number(asked.start - TOLD_FOR)
    since = {
        one.id: max(earliest, day_number(begun))
        for one in problem.contracts
        if (begun := state.contracts[one.id].dated.since) is not None
    }
    if not since or min(since.values()) >= problem.day:
        return
    for period, short in unkept(replace(problem, day=min(since.values()), last=problem.day - 1)):
        contract = problem.contracts[period.contract].id
        if contract in since and period.last >= since[contract]:
            reason = ReasonGiven(rule=Rule.PROMISE, message=f"Its period ended on {date_of(period.last)} without them.")
            yield (
                contract,
                period.promise,
                period.first,
                PromiseAtRisk(
                    promise=period.promise,
                    first=date_of(period.first),
                    last=date_of(period.last),
                    missing=max(one.need - one.have for one in short),
                    broken=True,
                    over=True,
                    short=short,
                    reasons=(reason,),
                ),
            )
