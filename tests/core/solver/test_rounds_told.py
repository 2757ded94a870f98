"""Walks that were told: they stand while they can, and a guard who was not told costs what the problem says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from msgspec.structs import replace
from round_problems import drawn, duty, guard, plan_of, problem, rules, walked

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check, cost
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import Every, RoundProblem, Told, ToldWalk
from dispatch.solver.rounds.draw import commitment
from dispatch.solver.rounds.prove import prove
from dispatch.solver.rules import Rule

HOURLY = Every(first=30, every=60, until=240, jitter=10)
ASKED = problem((walked("r", (0, 1), every=HOURLY),), (guard("a"), guard("b")))


def told(asked: RoundProblem, plan: RoundPlan, *, change: float = 20.0) -> RoundProblem:
    """``asked`` once ``plan`` was told."""
    walks = tuple(
        ToldWalk(round=one.round, nominal=one.nominal, start=one.start, guards=one.guards) for one in plan.walks
    )
    return replace(asked, told=Told(walks=walks, change=change))


@pytest.mark.parametrize("seed", range(12))
def test_asked_again_nothing_changes_and_nothing_is_paid_for_it(seed: int) -> None:
    asked = drawn(seed, rounds=5, guards=3)
    before = plan_of(asked)
    after = plan_of(told(asked, before))
    assert [(w.round, w.nominal, w.start, w.guards) for w in after.walks] == [
        (w.round, w.nominal, w.start, w.guards) for w in before.walks
    ]
    assert after.cost[Rule.ROUND_CHANGE] == 0


@pytest.mark.parametrize("seed", range(12))
def test_whoever_leaves_no_more_stays_out_than_if_nobody_had_been_told(seed: int) -> None:
    asked = drawn(seed, rounds=4, guards=3)
    fewer = replace(asked, guards=asked.guards[1:])
    assert len(plan_of(told(fewer, plan_of(asked))).unplanned) <= len(plan_of(fewer).unplanned)


def test_a_fairer_share_is_not_worth_a_change_unless_changes_cost_less() -> None:
    before = plan_of(replace(ASKED, guards=ASKED.guards[:1]))
    dear, cheap = (plan_of(told(ASKED, before, change=price)) for price in (20.0, 1.0))
    assert {name for walk in dear.walks for name in walk.guards} == {"a"}
    assert {name for walk in cheap.walks for name in walk.guards} == {"a", "b"}
    changes = sum(walk.guards == ("b",) for walk in cheap.walks)
    assert cheap.cost[Rule.ROUND_CHANGE] == changes * 1.0 > 0


def test_where_a_guard_is_gone_the_start_stays_and_the_check_counts_the_change_itself() -> None:
    before = plan_of(ASKED)
    gone = replace(ASKED, guards=(guard("a", duty(0, 100)), guard("b")))
    asked = told(gone, before)
    after = plan_of(asked)
    assert [walk.start for walk in after.walks] == [walk.start for walk in before.walks]
    changed = sum(one.guards != other.guards for one, other in zip(before.walks, after.walks, strict=True))
    assert after.cost[Rule.ROUND_CHANGE] == 20.0 * changed > 0
    hidden = replace(after, cost={**after.cost, Rule.ROUND_CHANGE: 0.0})
    assert [finding.rule for finding in check(asked, hidden)] == [Rule.ROUND_CHANGE]
    first, *others = after.walks
    swapped = replace(after, walks=(replace(first, guards=("b",) if first.guards == ("a",) else ("a",)), *others))
    assert cost(asked, swapped)[Rule.ROUND_CHANGE] != after.cost[Rule.ROUND_CHANGE]


def test_what_was_told_is_bound_by_the_commitment_and_proven() -> None:
    asked = told(ASKED, plan_of(ASKED))
    assert commitment(asked) != commitment(ASKED)
    assert prove(asked, plan_of(asked)).holds
    assert "told" not in repr(plan_of(ASKED).cost)
    assert not rules(check(asked, plan_of(asked)))


def test_starts_that_were_told_still_vary() -> None:
    plan = plan_of(told(ASKED, plan_of(ASKED)))
    offsets = [walk.start - walk.nominal for walk in plan.walks]
    assert all(one != other for one, other in pairwise(offsets))


def test_what_was_told_of_no_round_or_twice_is_a_fault() -> None:
    asked = told(ASKED, plan_of(ASKED))
    assert isinstance(asked.told, Told)
    (first, *_) = asked.told.walks
    for walks, says in (((replace(first, round="x"),), "unknown"), ((first, first), "twice")):
        with pytest.raises(ProblemError, match=says):
            plan_of(replace(asked, told=Told(walks=walks)))
