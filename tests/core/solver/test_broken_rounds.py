"""The check of patrol rounds finds every hand-broken plan: one mutation per rule, on a plan first shown to be clean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from broken_rounds import BROKEN, CLEAN, PROBLEM, SHORT, TWO_BREAKS
from msgspec.structs import replace
from round_problems import rules

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.every import ROUND_CHECKS
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.rules import Rule


def test_the_plan_is_clean_before_it_is_broken() -> None:
    assert check(PROBLEM, CLEAN) == []
    assert (len(CLEAN.walks), CLEAN.unplanned, len(CLEAN.rests)) == (3, (), 1)


@pytest.mark.parametrize(("rule", "breaks"), BROKEN)
def test_each_rule_broken_is_found(rule: Rule, breaks: Callable[[], RoundPlan]) -> None:
    plan = breaks()
    assert rule in rules(check(PROBLEM, replace(plan, cost=cost(PROBLEM, plan))))


def test_every_rule_of_the_list_is_broken_here() -> None:
    assert {rule for rule, _ in ROUND_CHECKS} == {rule for rule, _ in BROKEN}


def test_a_walk_longer_than_it_may_be_and_two_breaks_at_once_are_found() -> None:
    assert Rule.ROUND_WAY in rules(check(*SHORT))
    assert Rule.BREAK in rules(check(*TWO_BREAKS))


def test_a_cost_misstated_is_found() -> None:
    for rule in CLEAN.cost:
        found = check(PROBLEM, replace(CLEAN, cost={**CLEAN.cost, rule: CLEAN.cost[rule] + 1}))
        assert [(finding.rule, finding.severity) for finding in found] == [(rule, "wrong_cost")]
