"""Contracts by hand: what each promise asks for, rule by rule at its edge; samples; what is at risk; bad problems."""

from __future__ import annotations

import hashlib

import pytest
from contract_problems import APRIL, CHECK, VISIT, contract, helper, monthly, problem
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.checks.form import faults
from dispatch.solver.contract_plan import ContractPlan, DatedVisit
from dispatch.solver.contract_problem import (
    ContractProblem,
    DayMinutes,
    Deadline,
    PastVisit,
    Promise,
    PromiseShare,
    Review,
    ToldVisit,
    VisitKind,
)
from dispatch.solver.contracts.sample import draw_sample
from dispatch.solver.problem import Skill
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve


def plan_of(asked: ContractProblem) -> ContractPlan:
    plan = solve(asked, budget=2, seed=1)
    assert isinstance(plan, ContractPlan)
    assert check(asked, plan) == []
    return plan


def days(plan: ContractPlan, kind: str | None = None) -> list[int]:
    """Days of the visits, 1 for 1 April."""
    return [one.day - APRIL + 1 for one in plan.visits if kind in (None, one.kind)]


def test_a_safety_check_is_one_of_the_visits() -> None:
    plan = plan_of(problem(contract("a", promises=(monthly(2, checks=1, apart=7),))))
    assert sorted(one.kind for one in plan.visits) == ["safety_check", "visit"]
    first, second = days(plan)
    assert second - first >= 7


def test_what_was_done_counts_and_what_was_missed_or_failed_does_not() -> None:
    asked = problem(contract("a", promises=(monthly(3, apart=3),)), day=APRIL + 10)
    done = PastVisit(contract="a", kind="visit", day=APRIL + 9, helper="one")
    assert len(plan_of(asked).visits) == 3
    plan = plan_of(replace(asked, history=(done,)))
    assert len(plan.visits) == 2
    assert min(days(plan)) >= 10 + 3
    for outcome in ("missed", "failed"):
        assert len(plan_of(replace(asked, history=(replace(done, outcome=outcome),))).visits) == 3


@pytest.mark.parametrize(("partial", "visits"), [("whole", 4), ("share", 2), ("none", 0)])
def test_a_month_cut_short_asks_for_its_part(partial: str, visits: int) -> None:
    promise = Promise(id="p", kind="visit", least=4, partial=partial)
    assert len(plan_of(problem(contract("a", first=APRIL + 15, promises=(promise,)))).visits) == visits
    assert len(plan_of(problem(contract("a", last=APRIL + 14, promises=(promise,)))).visits) == visits


def test_months_may_count_from_the_first_day_of_the_contract() -> None:
    promise = Promise(id="p", kind="visit", least=2, counted_from="start", apart=1)
    asked = problem(contract("a", first=APRIL - 20, promises=(promise,)))
    # From 12 March to 11 April, then to 11 May, of which 19 of 30 days are planned.
    plan = plan_of(asked)
    assert sum(day <= 11 for day in days(plan)) == 2
    assert sum(day > 11 for day in days(plan)) == 1


def test_a_period_that_goes_on_gets_its_share_and_is_never_broken() -> None:
    promise = Promise(id="p", kind="visit", least=4, each="year")
    assert len(plan_of(problem(contract("a", promises=(promise,)))).visits) == 1
    nobody = plan_of(problem(contract("a", promises=(promise,), among=())))
    assert nobody.broken == () and nobody.cost[Rule.PACE] == 300.0


def test_a_first_visit_is_due_within_thirty_working_days_of_signing() -> None:
    # Signed on Monday 2 March; 30 working days later is Monday 13 April, a day later with a holiday in between.
    signed = APRIL - 30
    asked = problem(
        contract("a", signed=signed, first=signed, deadlines=(Deadline(id="first", kind="visit", working_days=30),)),
        day=APRIL + 8, helpers=(helper("one", absent=(APRIL + 8, APRIL + 9, APRIL + 12)),),
    )  # fmt: skip
    (lost,) = plan_of(asked).broken
    assert (lost.promise, lost.last) == ("first", APRIL + 12)
    assert plan_of(replace(asked, holidays=(APRIL + 5,))).broken == ()


def test_a_certificate_is_renewed_before_it_ends_and_not_too_early() -> None:
    asked = problem(contract("a", deadlines=(Deadline(id="lift", kind="visit", last=APRIL + 14, opens=3),)))
    (day,) = days(plan_of(asked))
    assert 12 <= day <= 15
    monthly_gas = Deadline(id="gas", kind="visit", last=APRIL - 21, every_months=1)
    done = PastVisit(contract="a", kind="visit", day=APRIL - 22)
    gas = problem(contract("a", deadlines=(monthly_gas,)), history=(done,))
    assert [day <= 10 for day in days(plan_of(gas))] == [True, False]


def test_a_deadline_that_passed_is_overdue_and_made_up_for() -> None:
    plan = plan_of(problem(contract("a", deadlines=(Deadline(id="lift", kind="visit", last=APRIL - 2),))))
    assert len(plan.visits) == 1 and plan.broken == ()
    (risk,) = plan.at_risk
    assert risk.overdue and risk.missing == 1 and risk.keep_by is None


def test_a_promise_about_to_break_is_named_with_the_last_day_to_keep_it() -> None:
    busy = helper("one", days=tuple(DayMinutes(day=APRIL + day, minutes=0) for day in range(30)))
    few = (replace(one, minutes=60) for one in busy.days[20:22])
    free = helper("two", days=(*busy.days[:20], *few, *busy.days[22:]))
    asked = problem(contract("a", promises=(monthly(1),)), contract("b", promises=(monthly(1),)), helpers=(busy, free))
    plan = plan_of(asked)
    assert plan.broken == ()
    assert {one.keep_by for one in plan.at_risk} == {APRIL + 21}
    assert all(one.next is not None and one.spare <= 2 and not one.broken for one in plan.at_risk)


@pytest.mark.parametrize(
    ("rule", "who"),
    [
        (Rule.SKILL, {"skills": (Skill(skill="safety", last=APRIL - 1),)}),
        (Rule.WORKDAY, {"absent": tuple(range(APRIL, APRIL + 30))}),
        (Rule.MINUTES_CAP, {"minutes": 80}),
        (Rule.WEEK_MINUTES, {"max_week": 80}),
        (Rule.CONTRACTS_CAP, {"max_contracts": 0}),
    ],
)
def test_a_broken_promise_names_the_rule_in_its_way_and_the_smallest_change(rule: Rule, who: dict[str, object]) -> None:
    asked = problem(
        contract("a", promises=(Promise(id="p", kind="safety_check", least=1),)), helpers=(helper("one", **who),)
    )
    plan = plan_of(asked)
    (lost,) = plan.broken
    assert plan.bound == 1
    assert lost.reasons[0].rule is rule
    assert lost.reasons[0].hint


def test_certificates_minutes_and_caps_count_to_their_last_day_minute_and_contract() -> None:
    one = helper("one", skills=(Skill(skill="safety", last=APRIL),), minutes=90, max_week=90, max_contracts=1)
    asked = problem(contract("a", promises=(Promise(id="p", kind="safety_check", least=1),)), helpers=(one,))
    assert days(plan_of(asked)) == [1]


def test_what_is_pinned_or_inside_the_notice_stays() -> None:
    told = (
        ToldVisit(id="t1", contract="a", kind="visit", day=APRIL + 1, helper="one"),
        ToldVisit(id="t2", contract="a", kind="visit", day=APRIL + 2, helper="one", pin=True),
        ToldVisit(id="t3", contract="a", kind="visit", day=APRIL + 20, helper="one"),
    )
    asked = problem(contract("a", promises=(monthly(1),), notice=3), told=told)
    plan = plan_of(asked)
    assert [one.told for one in plan.visits if one.told in ("t1", "t2")] == ["t1", "t2"]
    away = replace(asked, helpers=(helper("one", absent=(APRIL + 1,)),))
    off = plan_of(away)
    assert "t2" in {one.told for one in off.visits}
    assert all(one.day != APRIL + 1 for one in off.visits)


def lapsed(day: int, kind: str = "visit", outcome: str = "failed") -> PastVisit:
    return PastVisit(contract="a", kind=kind, day=APRIL + day, helper="one", outcome=outcome)


@pytest.mark.parametrize("outcome", ["failed", "missed"])
def test_what_lapsed_near_the_end_of_its_period_is_replaced_inside_the_notice_at_a_price(outcome: str) -> None:
    """It is the 28th, and nothing new is dated before the 1st of May; only 29 and 30 April are left."""
    month = problem(contract("a", promises=(monthly(1),), notice=7), day=APRIL + 27, last=APRIL + 60)
    (lost,) = plan_of(month).broken
    assert lost.reasons[0].rule is Rule.NOTICE
    plan = plan_of(replace(month, history=(lapsed(26, outcome=outcome),)))
    assert plan.broken == () and min(days(plan)) <= 30
    assert plan.cost[Rule.SHORT_NOTICE] == month.weights.short_notice
    (risk, *_) = plan.at_risk
    assert (risk.lapsed, risk.broken, risk.keep_by) == (1, False, APRIL + 29)


def test_what_lapsed_is_replaced_outside_the_notice_where_a_day_is_left_there() -> None:
    month = problem(contract("a", promises=(monthly(1),), notice=7), day=APRIL + 10, history=(lapsed(9),))
    plan = plan_of(month)
    assert min(days(plan)) > 17 and plan.cost[Rule.SHORT_NOTICE] == 0


def test_only_what_counts_as_what_lapsed_is_at_short_notice_on_a_working_day_with_somebody_there() -> None:
    checks = Promise(id="checks", kind="safety_check", least=1)
    asked = problem(contract("a", promises=(checks,), notice=7), day=APRIL + 27, last=APRIL + 40, history=(lapsed(26),))
    none = plan_of(asked)
    assert len(none.broken) == 1, "a visit that failed is no safety check"
    early = DatedVisit(contract="a", kind="safety_check", day=APRIL + 28, helper="one", minutes=90)
    assert Rule.NOTICE in {one.rule for one in check(asked, replace(none, visits=(early,)))}
    asked = replace(asked, history=(lapsed(26, kind="safety_check"),))
    assert plan_of(asked).broken == ()
    assert (
        len(plan_of(replace(asked, helpers=(helper("one", absent=(APRIL + 28, APRIL + 29, APRIL + 27)),))).broken) == 1
    )
    # April's failure is none of May's.
    may = problem(contract("a", promises=(monthly(1),), notice=40), day=APRIL + 30, last=APRIL + 60)
    assert len(plan_of(replace(may, history=(lapsed(26),))).broken) == 1


def test_the_cap_on_contracts_counts_those_visited_before_in_the_same_month() -> None:
    """Of two contracts one helper may have; who had another earlier in April has none for a new one until May."""
    agreed = tuple(contract(key, promises=(monthly(1),)) for key in ("a", "b"))
    made = PastVisit(contract="a", kind="visit", day=APRIL + 2, helper="one")
    month = problem(*agreed, day=APRIL + 10, helpers=(helper("one", max_contracts=1),), history=(made,))
    (lost,) = plan_of(month).broken
    assert (lost.contract, lost.reasons[0].rule) == ("b", Rule.CONTRACTS_CAP)
    second = DatedVisit(contract="b", kind="visit", day=APRIL + 16, helper="one", minutes=60)
    over = check(month, replace(plan_of(month), visits=(second,), broken=(), at_risk=()))
    assert Rule.CONTRACTS_CAP in {one.rule for one in over}
    assert plan_of(replace(month, history=(replace(made, day=APRIL - 1),))).visits, "March is another month"
    both = replace(month, last=APRIL + 60)
    assert {one.day >= APRIL + 30 for one in plan_of(both).visits} == {True}
    by_another = replace(month, helpers=(helper("one", max_contracts=1), helper("two", max_contracts=1)))
    assert [(one.contract, one.helper) for one in plan_of(by_another).visits] == [("b", "two")]
    firm = replace(agreed[0], among=("two",)), agreed[1]
    apart = replace(by_another, contracts=(firm[0], replace(agreed[1], among=("one",))))
    assert [one.contract for one in plan_of(apart).broken] == ["b"], "though a is not theirs any more"


def test_a_sample_is_drawn_by_its_seed_and_anybody_can_prove_it() -> None:
    clients = [f"c{number}" for number in range(20)]
    drawn = draw_sample(clients, "2026Q2", 7, 5)
    lots = {one: hashlib.sha256(f"7/2026Q2/{one}".encode()).hexdigest() for one in clients}
    assert list(drawn) == sorted(clients, key=lots.__getitem__)[:5]
    assert draw_sample(reversed(clients), "2026Q2", 7, 5) == drawn
    assert set(draw_sample(clients, "2026Q3", 7, 5)) != set(drawn) != set(draw_sample(clients, "2026Q2", 8, 5))


def test_only_clients_signed_more_than_two_months_ago_are_reviewed() -> None:
    kinds = (VISIT, CHECK, VisitKind(id="review", minutes=30, counts_as=("visit",)))
    late, just = (contract(name, signed=APRIL - before) for name, before in (("late", 59), ("just", 60)))
    asked = problem(late, just, kinds=kinds, last=APRIL + 90, reviews=(Review(id="r", kind="review", size=5, seed=1),))
    plan = plan_of(asked)
    assert [(one.quarter, one.clients) for one in plan.samples] == [("2026Q2", ("client-just",))]
    assert [(one.contract, one.kind) for one in plan.visits] == [("just", "review")]


A = contract("a")
NOTHING = contract("a", promises=(Promise(id="p", kind="nothing", least=1),))
YESTERDAY = ToldVisit(id="t", contract="a", kind="visit", day=APRIL - 1, helper="one")
BAD: dict[str, ContractProblem] = {
    "Maybe 1 to 800 days": problem(last=APRIL - 1),
    "kind 'visit' stands in it twice": problem(kinds=(VISIT, VISIT)),
    "contract 'a' stands in it twice": problem(A, A),
    "names the kind 'nothing', which is unknown": problem(NOTHING),
    "has two promises 'monthly'": problem(contract("a", promises=(monthly(1), monthly(2)))),
    "is at spot 9": problem(contract("a", spot=9)),
    "before it begins": problem(contract("a", last=APRIL - 300)),
    "promises 'visit' twice": problem(
        contract("a", promises=(Promise(id="p", kind="visit", least=2, of=(PromiseShare(kind="visit", least=1),)),))
    ),
    "needs either a last day": problem(contract("a", deadlines=(Deadline(id="d", kind="visit"),))),
    "helper 'one' is at spot 3": problem(helpers=(helper("one", spot=3),)),
    "no speed for 'rocket'": problem(helpers=(helper("one", mode="rocket"),)),
    "the minutes of day": problem(helpers=(helper("one", days=(DayMinutes(day=APRIL, minutes=1),) * 2),)),
    "of a contract that is unknown": problem(history=(PastVisit(contract="a", kind="visit", day=APRIL - 1),)),
    "is history, but": problem(A, history=(PastVisit(contract="a", kind="visit", day=APRIL),)),
    "of contract 'b', which is unknown": problem(
        A, told=(ToldVisit(id="t", contract="b", kind="visit", day=APRIL, helper="one"),)
    ),
    "the plan goes from": problem(A, told=(YESTERDAY,)),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_a_problem_at_fault_is_refused(words: str) -> None:
    assert any(words in fault for fault in faults(BAD[words]))
    with pytest.raises(ProblemError, match="cannot be planned"):
        solve(BAD[words], budget=0, seed=0)
