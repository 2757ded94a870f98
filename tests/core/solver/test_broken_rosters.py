"""Each rule of rosters: broken it is found, and nothing else is; kept to the edge nothing is; the search keeps it."""

from __future__ import annotations

import numpy as np
import pytest
from broken_rosters import CASES, Case, broken_plans, problem_of
from msgspec.structs import replace
from roster_problems import clean_rows, duty, places, plan_by_hand, random_roster, roster_problem

from dispatch.solver.checks import check
from dispatch.solver.checks.every import ROSTER_CHECKS
from dispatch.solver.roster_plan import RosterConflict
from dispatch.solver.roster_problem import RosterLimit, RosterPerson, RosterRest
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.judge import Judge
from dispatch.solver.rosters.rows import Rower
from dispatch.solver.rules import Rule

NAMES = [f"{case.rule}-{number}" for number, case in enumerate(CASES)]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_broken_rule_is_found_and_nothing_else(case: Case) -> None:
    problem = problem_of(case)
    assert {one.rule for one in check(problem, plan_by_hand(problem, case.broken))} == {case.rule}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_what_just_keeps_it_is_clean(case: Case) -> None:
    problem = problem_of(case)
    assert check(problem, plan_by_hand(problem, case.kept)) == []


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_search_and_its_judge_say_the_same_of_rows(case: Case) -> None:
    problem = problem_of(case)
    facts = RosterFacts(problem)
    rower, judge = Rower(facts, problem.people[0]), Judge(facts, problem.people[0])
    kept = facts.rows(case.kept)[0]
    assert rower.cost(kept) == pytest.approx(judge.judge(kept).total)
    assert judge.judge(kept).broken == {}
    broken = facts.rows(case.broken)[0]
    if facts.duties([broken]) == tuple(sorted(case.broken, key=lambda one: one.day)):
        assert rower.cost(broken) == np.inf
        assert set(judge.judge(broken).broken) == {case.rule}


def test_every_hard_rule_has_its_case() -> None:
    assert {case.rule for case in CASES} | {Rule.MINIMUM} == {rule for rule, _ in ROSTER_CHECKS}


def test_a_place_open_while_somebody_is_free_is_found_and_so_is_what_is_not_named() -> None:
    problem = roster_problem((RosterPerson(id="ann", absent=(1,)), RosterPerson(id="bob")), places(2, "early"), days=2)
    both = (duty("ann", 0, "early"), duty("bob", 1, "early"))
    assert check(problem, plan_by_hand(problem, both)) == []
    findings = check(problem, plan_by_hand(problem, both[:1]))
    assert [(one.rule, one.worker) for one in findings] == [(Rule.MINIMUM, "bob")]
    away = replace(problem, people=(problem.people[0],))
    named = plan_by_hand(away, both[:1])
    assert check(away, named) == []
    assert [one.rule for one in check(away, replace(named, open=()))] == [Rule.MINIMUM]


@pytest.mark.parametrize("needed", [1, 2])
def test_only_the_rule_that_gave_way_is_excused_and_only_if_it_had_to(needed: int) -> None:
    case = next(case for case in CASES if case.rule == Rule.SHIFT_CAP)
    problem = problem_of(case)
    needs = RosterLimit(least=480 * needed)
    ann = replace(problem.people[0], minutes=needs, shifts={"late": 1, "early": 0, "night": 0})
    problem = replace(problem, people=(ann,))
    plan = plan_by_hand(problem, case.broken)
    for rule in (Rule.SHIFT_CAP, Rule.REST):
        excused = replace(plan, conflicts=(RosterConflict(person="ann", rule=rule, message=""),))
        found = {one.rule for one in check(problem, excused)}
        # With one late enough nothing has to give way; with two needed the cap has to, and nothing else may.
        assert (Rule.SHIFT_CAP in found) == (rule != Rule.SHIFT_CAP or needed == 1)


def conflict(person: str, rule: Rule) -> RosterConflict:
    return RosterConflict(person=person, rule=rule, message="")


@pytest.mark.parametrize("seed", range(40))
def test_that_a_rule_had_to_give_way_is_believed_only_where_no_row_keeps_them_all(seed: int) -> None:
    drawn = random_roster(seed, people=1, days=4)
    tight = replace(drawn.people[0], minutes=RosterLimit(least=3 * 480), duties=RosterLimit(least=2, most=3))
    problem = replace(drawn, people=(tight,), told_days=0)
    plan = replace(plan_by_hand(problem, ()), conflicts=(conflict("p0", Rule.MINUTES),))
    told = [one for one in check(problem, plan) if "need not give way" in one.message]
    assert bool(told) == bool(clean_rows(problem, problem.people[0]))


def test_a_row_of_several_kinds_of_shifts_over_four_weeks_is_found() -> None:
    ann = RosterPerson(
        id="ann", rest_days=RosterRest(days=1, in_any=7), minutes=RosterLimit(least=12 * 480), absent=(3, 9),
        shifts={"early": 6, "late": 4, "night": 2}, days_in_row=RosterLimit(least=2, most=5),
        off_in_row=RosterLimit(least=2), weekends=RosterLimit(most=2), nights_in_row=RosterLimit(least=2),
    )  # fmt: skip
    problem = roster_problem((ann,), places(28, "early", "late", "night", minimum=0), days=28)
    for most, needless in ((2, True), (1, False)):
        less = replace(problem, people=(replace(ann, shifts={**ann.shifts, "night": most}),))
        plan = replace(plan_by_hand(less, ()), conflicts=(conflict("ann", Rule.MINUTES),))
        assert [one.rule for one in check(less, plan)] == ([Rule.MINUTES] if needless else [])


def test_nothing_gives_way_for_somebody_unknown() -> None:
    problem = roster_problem((RosterPerson(id="ann"),), places(1, "early", minimum=0), days=1)
    plan = replace(plan_by_hand(problem, ()), conflicts=(conflict("bob", Rule.REST),))
    assert [(one.rule, one.worker) for one in check(problem, plan)] == [(Rule.REST, "bob")]


def test_every_broken_plan_has_a_finding() -> None:
    for problem, plan in broken_plans():
        assert check(problem, plan)
