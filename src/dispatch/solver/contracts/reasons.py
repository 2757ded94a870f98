"""Why a promise is broken or a told visit called off, and the smallest change that would help."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from dispatch.solver.contracts.calendar import date_of
from dispatch.solver.contracts.facts import Scene
from dispatch.solver.contracts.obstacles import Obstacle, able_days, latest_first, obstacles, spacing
from dispatch.solver.contracts.state import State
from dispatch.solver.plan import Reason
from dispatch.solver.rules import Rule

_ORDER = (
    Rule.MINUTES_CAP, Rule.WEEK_MINUTES, Rule.CONTRACTS_CAP, Rule.APART, Rule.WORKDAY, Rule.SKILL, Rule.ALLOWED,
    Rule.NOTICE, Rule.AGREED_DAY,
)  # fmt: skip
"""What is nearer to a way out first."""


def hopeless(scene: Scene) -> int:
    """How many promises nobody could keep even with nothing else to do: a bound on those broken."""
    facts = scene.facts
    lost = set()
    for row in np.flatnonzero(facts.row_hard).tolist():
        contract, kind = int(facts.row_contract[row]), int(facts.row_kind[row])
        first, last = int(facts.row_first[row]), int(facts.row_last[row])
        days = {*able_days(facts, contract, kind, first, last), *_told_days(scene, contract, kind, first, last)}
        if latest_first(sorted(days), int(facts.row_need[row]), spacing(facts, contract, kind)) is None:
            lost.add(int(facts.row_group[row]))
    return len(lost)


def _told_days(scene: Scene, contract: int, kind: int, first: int, last: int) -> Iterator[int]:
    facts = scene.facts
    for told in range(facts.told_of[contract], facts.told_of[contract + 1]):
        day = int(facts.told_day[told])
        if first <= day <= last and facts.counts[facts.told_kind[told], kind]:
            yield day


def why_broken(scene: Scene, state: State, group: int) -> tuple[Reason, ...]:
    """Why the period is short of visits: each rule with the smallest excess that, alone, keeps one visit out."""
    facts = scene.facts
    alone: dict[Rule, tuple[int, int, int, int]] = {}
    others: Counter[Rule] = Counter()
    free = False
    for row in np.flatnonzero(facts.row_group == group).tolist():
        if state.have[row] >= facts.row_need[row]:
            continue
        for kind, day, helper in _tries(scene, row):
            found = obstacles(facts, state, int(facts.row_contract[row]), kind, day, helper)
            free = free or not found
            others.update(one.rule for one in found)
            if len(found) == 1:
                key = (found[0].excess, day, helper, kind)
                alone[found[0].rule] = min(alone.get(found[0].rule, key), key)
    contract = int(facts.row_contract[facts.row_group == group][0])
    reasons = [_free()] if free else []
    reasons += [_reason(scene, contract, rule, *alone[rule]) for rule in _ORDER if rule in alone]
    if not reasons:
        reasons = [Reason(rule=rule, message=_WHY[rule]) for rule in _ORDER if rule in others]
    if not reasons:
        reasons = [Reason(rule=Rule.ALLOWED, message="There is no helper who may go.", hint="name one more who may go")]
    return tuple(reasons)


def _tries(scene: Scene, row: int) -> Iterator[tuple[int, int, int]]:
    facts = scene.facts
    for kind in np.flatnonzero(facts.counts[:, facts.row_kind[row]]).tolist():
        for day in range(int(facts.row_first[row]), int(facts.row_last[row]) + 1):
            for helper in range(len(scene.helpers)):
                yield kind, day, helper


_WHY = {
    Rule.MINUTES_CAP: "Everybody's days are full.",
    Rule.WEEK_MINUTES: "Everybody's weeks are full.",
    Rule.CONTRACTS_CAP: "Everybody has as many contracts as the cap allows.",
    Rule.APART: "Other visits are too near.",
    Rule.WORKDAY: "Nobody who may go works on such a day.",
    Rule.SKILL: "Nobody who may go holds the skill.",
    Rule.ALLOWED: "Those who could may not go.",
    Rule.NOTICE: "The days left lie inside the notice.",
    Rule.AGREED_DAY: "No day of the period is one the contract allows.",
}


def _free() -> Reason:
    message = "There is room for one visit more, but the promise lacks others, or it was not found in the time given."
    return Reason(rule=Rule.UNPLANNED, message=message)


def _reason(scene: Scene, contract: int, rule: Rule, excess: int, day: int, helper: int, kind: int) -> Reason:
    """The reason with the change that lets one visit in."""
    who, on = scene.helpers[helper].id, date_of(day + scene.problem.day).isoformat()
    hints = {
        Rule.MINUTES_CAP: f"{excess} minutes more for {who} on {on}",
        Rule.WEEK_MINUTES: f"{excess} minutes more for {who} in the week of {on}",
        Rule.CONTRACTS_CAP: f"a cap of {excess} contracts more for {who}",
        Rule.APART: f"{excess} days less between visits, on {on}",
        Rule.WORKDAY: f"{who} works on {on}",
        Rule.SKILL: f"{who} holds {scene.problem.kinds[kind].skill} on {on}",
        Rule.ALLOWED: f"{who} may go on {on}",
        Rule.NOTICE: f"{scene.contracts[contract].client} agrees to {on}",
        Rule.AGREED_DAY: f"{scene.contracts[contract].client} agrees to {on}",
    }
    return Reason(rule=rule, message=_WHY[rule], hint=hints[rule])


def why_called_off(scene: Scene, state: State, told: int) -> tuple[Reason, ...]:
    """Why the told visit (by place in the facts) is not made."""
    facts = scene.facts
    contract = int(np.searchsorted(facts.told_of, told, side="right")) - 1
    kind, day, helper = int(facts.told_kind[told]), int(facts.told_day[told]), int(facts.told_helper[told])
    if helper < 0:
        one = scene.problem.told[scene.told[told]]
        return (Reason(rule=Rule.ALLOWED, message=f"{one.helper} may not go, or is not among the helpers."),)
    found = [one for one in obstacles(facts, state, contract, kind, day, helper) if one.rule is not Rule.NOTICE]
    if found:
        return tuple(_told_reason(one) for one in found)
    return (Reason(rule=Rule.PROMISE, message="No promise asks for it any more.", hint="pin it to keep it"),)


def _told_reason(found: Obstacle) -> Reason:
    by = f" By {found.excess}." if found.excess else ""
    return Reason(rule=found.rule, message=f"It cannot stay where it was told.{by}")
