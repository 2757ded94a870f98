"""The check of contract plans finds every broken plan: mutations per rule, on a plan first shown to be clean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from broken_contracts import BROKEN, CLEAN, PROBLEM
from msgspec.structs import replace

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.every import CONTRACT_CHECKS
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.rules import Rule


def test_the_plan_is_clean_before_it_is_broken() -> None:
    assert check(PROBLEM, CLEAN) == []
    assert cost(PROBLEM, CLEAN) == pytest.approx(CLEAN.cost)
    assert CLEAN.broken and CLEAN.at_risk and CLEAN.called_off and CLEAN.samples


@pytest.mark.parametrize(("rule", "breaks"), BROKEN)
def test_each_rule_broken_is_found(rule: Rule, breaks: Callable[[], ContractPlan]) -> None:
    plan = breaks()
    found = check(PROBLEM, replace(plan, cost=cost(PROBLEM, plan)))
    assert rule in {finding.rule for finding in found}


def test_every_rule_of_the_list_is_broken_here() -> None:
    assert {rule for rule, _ in CONTRACT_CHECKS} == {rule for rule, _ in BROKEN}


def test_a_cost_misstated_is_found() -> None:
    for rule in CLEAN.cost:
        found = check(PROBLEM, replace(CLEAN, cost={**CLEAN.cost, rule: CLEAN.cost[rule] + 1}))
        assert [(finding.rule, finding.severity) for finding in found] == [(rule, "wrong_cost")]
