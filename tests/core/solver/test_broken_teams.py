"""The check of team plans finds every hand-broken plan: one mutation per rule, on a plan first shown to be clean."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from broken_teams import BROKEN, CLEAN, OVER_BUDGET, PROBLEM, out
from msgspec.structs import replace

from dispatch.solver.checks import check, check_teams, cost
from dispatch.solver.checks.every import TEAM_CHECKS
from dispatch.solver.plan import TeamPlan
from dispatch.solver.rules import Rule


def test_the_plan_is_clean_before_it_is_broken() -> None:
    assert check(PROBLEM, CLEAN) == []
    assert cost(PROBLEM, CLEAN) == CLEAN.cost
    assert CLEAN.total == 60.0


@pytest.mark.parametrize(("rule", "breaks"), BROKEN)
def test_each_rule_broken_is_found(rule: Rule, breaks: Callable[[], TeamPlan]) -> None:
    plan = breaks()
    found = check_teams(PROBLEM, replace(plan, cost=cost(PROBLEM, plan)))
    assert rule in {finding.rule for finding in found}


def test_every_rule_of_the_list_is_broken_here() -> None:
    assert {rule for rule, _ in TEAM_CHECKS} == {rule for rule, _ in BROKEN}


def test_handing_out_beyond_the_budget_is_found() -> None:
    found = check_teams(*OVER_BUDGET)
    assert [(finding.rule, finding.value, finding.limit) for finding in found] == [(Rule.CONTRACTOR, 5, 4)]


def test_a_cost_misstated_is_found() -> None:
    for rule in CLEAN.cost:
        found = check_teams(PROBLEM, replace(CLEAN, cost={**CLEAN.cost, rule: CLEAN.cost[rule] + 1}))
        assert [(finding.rule, finding.severity) for finding in found] == [(rule, "wrong_cost")]


def test_a_job_that_is_neither_planned_nor_handed_out_costs_its_price() -> None:
    plan = replace(out("then"), handed_out=("out",))
    assert cost(PROBLEM, plan)[Rule.UNPLANNED] == PROBLEM.weights.unplanned
