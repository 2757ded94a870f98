"""From visits by number to a plan by name: who is where when, what is broken and why, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.solver.contract_plan import BrokenPromise, CalledOff, ContractPlan, DatedVisit, ShortPart
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.facts import Scene
from dispatch.solver.contracts.lane import Lane
from dispatch.solver.contracts.reasons import why_broken, why_called_off
from dispatch.solver.contracts.risks import at_risk
from dispatch.solver.contracts.sample import samples
from dispatch.solver.contracts.state import FREE, State
from dispatch.solver.plan import Effort
from dispatch.solver.rules import Rule


def write_plan(problem: ContractProblem, lanes: Sequence[Lane], bound: int, effort: Effort) -> ContractPlan:
    """The plan of all parts together."""
    visits: list[DatedVisit] = []
    broken: list[BrokenPromise] = []
    risks, called_off = [], []
    cost: dict[Rule, float] = dict.fromkeys(_RULES, 0.0)
    for lane in lanes:
        state = lane.state()
        visits += _visits(lane.scene, state)
        broken += _broken(lane.scene, state)
        risks += list(at_risk(lane.scene, state))
        for place in np.flatnonzero(state.told_by < 0).tolist():
            told = problem.told[lane.scene.told[place]]
            called_off.append(CalledOff(id=told.id, reasons=why_called_off(lane.scene, state, place)))
        for rule, price in _cost(lane.scene, state).items():
            cost[rule] += price
    return ContractPlan(
        visits=tuple(sorted(visits, key=lambda one: (one.day, one.helper, one.contract, one.kind))),
        broken=tuple(sorted(broken, key=lambda one: (one.last, one.contract, one.promise))),
        at_risk=tuple(sorted(risks, key=lambda one: (one.last, one.contract, one.promise, one.first))),
        called_off=tuple(sorted(called_off, key=lambda one: one.id)),
        samples=samples(problem),
        cost=cost,
        bound=min(bound, len(broken)),
        effort=effort,
    )


_RULES = (
    Rule.BROKEN, Rule.PACE, Rule.WORK, Rule.EVEN, Rule.NEAR, Rule.CHANGE_DAY, Rule.CHANGE_WORKER, Rule.CALLED_OFF,
    Rule.CONTINUITY, Rule.SHORT_NOTICE,
)  # fmt: skip


def _visits(scene: Scene, state: State) -> list[DatedVisit]:
    found = []
    for visit in np.flatnonzero(state.contract != FREE).tolist():
        contract, kind, told = int(state.contract[visit]), int(state.kind[visit]), int(state.told[visit])
        one = DatedVisit(
            contract=scene.contracts[contract].id,
            kind=scene.problem.kinds[kind].id,
            day=int(state.day[visit]) + scene.problem.day,
            helper=scene.helpers[int(state.helper[visit])].id,
            minutes=int(scene.facts.minutes[contract, kind]),
            told=None if told < 0 else scene.problem.told[scene.told[told]].id,
        )
        found.append(one)
    return found


def _broken(scene: Scene, state: State) -> list[BrokenPromise]:
    found = []
    facts = scene.facts
    for group in np.flatnonzero(state.short > 0).tolist():
        period = scene.periods[group]
        if not period.hard:
            continue
        rows = np.flatnonzero(facts.row_group == group).tolist()
        have = {(int(facts.row_kind[row]), int(facts.row_need[row])): int(state.have[row]) for row in rows}
        parts = []
        for part in period.parts:
            made = part.done + have.get((scene.kind_index[part.kind], part.need - part.done), part.need)
            if made < part.need:
                parts.append(ShortPart(kind=part.kind, need=part.need, have=made))
        found.append(
            BrokenPromise(
                contract=scene.contracts[period.contract].id,
                promise=period.promise,
                first=period.first,
                last=period.last,
                short=tuple(parts),
                reasons=why_broken(scene, state, group),
            )
        )
    return found


def _cost(scene: Scene, state: State) -> dict[Rule, float]:
    """What the part costs, by rule, summed up anew."""
    facts, weights = scene.facts, scene.problem.weights
    lack = np.maximum(0, facts.row_need - state.have)
    hard = facts.row_hard
    broken = sum(period.hard for period, short in zip(scene.periods, state.short.tolist(), strict=False) if short)
    visits = np.flatnonzero(state.contract != FREE)
    work = int(facts.minutes[state.contract[visits], state.kind[visits]].sum())
    worked = state.work > 0
    even = float((state.work[worked].astype(np.float64) ** 2 / facts.room[worked]).sum())
    told = visits[state.told[visits] >= 0]
    carried = state.told[told]
    moved = int((facts.told_day[carried] != state.day[told]).sum())
    swapped = int((facts.told_helper[carried] != state.helper[told]).sum())
    own = facts.own[state.contract[visits]]
    strangers = int(((own != -1) & (own != state.helper[visits])).sum())
    as_told = np.zeros(len(visits), dtype=np.bool_)
    carrying = state.told[visits] >= 0
    of = state.told[visits[carrying]]
    same_day = facts.told_day[of] == state.day[visits[carrying]]
    as_told[carrying] = same_day & (facts.told_helper[of] == state.helper[visits[carrying]])
    short = facts.short[state.contract[visits], state.kind[visits], state.day[visits]]
    beyond = np.maximum(0, (state.held > 0).sum(axis=0) - 1)[facts.own == -1]
    return {
        Rule.BROKEN: weights.broken * broken + weights.short * int(lack[hard].sum()),
        Rule.PACE: weights.pace * int(lack[~hard].sum()),
        Rule.WORK: weights.work * work,
        Rule.EVEN: weights.even * even,
        Rule.NEAR: weights.near * int(state.tree.sum()),
        Rule.CHANGE_DAY: weights.change_day * moved,
        Rule.CHANGE_WORKER: weights.change_worker * swapped,
        Rule.CALLED_OFF: weights.called_off * int((state.told_by < 0).sum()),
        Rule.CONTINUITY: weights.continuity * (strangers + int(beyond.sum())),
        Rule.SHORT_NOTICE: weights.short_notice * int((short & ~as_told).sum()),
    }
