"""Whatever the plan, the check names exactly the rule that was broken, and nothing else; and misstated costs."""

from __future__ import annotations

import random

import pytest
from broken_by_hand import BREAKS, fixed_out, twice
from clean_plans import clean_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.solver.checks import check, cost
from dispatch.solver.checks.every import ROUTE_CHECKS
from dispatch.solver.rules import Rule

SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=40, deadline=None)


@settings(max_examples=300, deadline=None)
@given(SEEDS)
def test_a_plan_made_by_hand_is_clean(seed: int) -> None:
    problem, plan = clean_plan(seed)
    assert check(problem, plan) == []


@pytest.mark.parametrize("name", BREAKS)
@MANY
@given(SEEDS)
def test_exactly_the_broken_rule_is_named(name: str, seed: int) -> None:
    rule, break_it = BREAKS[name]
    problem, broken = break_it(*clean_plan(seed), random.Random(seed))
    found = check(problem, replace(broken, cost=cost(problem, broken)))
    assert {finding.rule for finding in found} == {rule}, [*map(str, found)]
    assert {finding.severity for finding in found} == {"broken"}


@MANY
@given(SEEDS)
def test_a_stop_that_stands_twice_is_also_one_too_many(seed: int) -> None:
    problem, broken = twice(*clean_plan(seed))
    found = check(problem, replace(broken, cost=cost(problem, broken)))
    assert {finding.rule for finding in found} == {Rule.ONCE, Rule.CREW}
    assert any("stands 2 times" in finding.message for finding in found)


def test_every_hard_rule_of_routes_is_broken() -> None:
    assert {rule for rule, _ in BREAKS.values()} == {rule for rule, _ in ROUTE_CHECKS}


@MANY
@given(SEEDS)
def test_a_pin_that_cannot_stand_may_be_said(seed: int) -> None:
    problem, plan = fixed_out(*clean_plan(seed), Rule.PIN)
    visits = (
        replace(visit, pin=replace(visit.pin, workers=("nobody",))) if visit.id == "fixed" and visit.pin else visit
        for visit in problem.visits
    )
    problem = replace(problem, visits=tuple(visits))
    assert check(problem, replace(plan, cost=cost(problem, plan))) == []


@MANY
@given(SEEDS)
def test_that_a_pin_cannot_stand_is_not_believed_where_it_can(seed: int) -> None:
    problem, plan = fixed_out(*clean_plan(seed), Rule.PIN)
    (finding,) = check(problem, replace(plan, cost=cost(problem, plan)))
    assert (finding.rule, finding.visit) == (Rule.PIN, "fixed")


@MANY
@given(SEEDS, st.sampled_from([-0.01, 0.01]))
def test_every_misstated_cost_is_found(seed: int, wrong: float) -> None:
    problem, plan = clean_plan(seed)
    for rule, stated in plan.cost.items():
        (finding,) = check(problem, replace(plan, cost={**plan.cost, rule: stated * (1 + wrong) + wrong}))
        assert (finding.rule, finding.severity) == (rule, "wrong_cost")
