"""What stays out says how many each rule kept away, nearest to a way out first, and the smallest change that helps."""

from __future__ import annotations

import time
from typing import Any

import pytest
from solver_problems import DAY, duty, line_problem, random_problem, visit, without_rounds, worker

from dispatch.solver.plan import Reason
from dispatch.solver.problem import Pin, Rest, RouteProblem, Skill, Span
from dispatch.solver.rules import Rule
from dispatch.solver.solve import insert


def reasons(problem: RouteProblem, visit_id: str = "v1") -> dict[Rule, Reason]:
    plan = insert(problem)
    found = next(one for one in plan.unplanned if one.id == visit_id)
    return {reason.rule: reason for reason in found.reasons}


def test_workers_are_counted_by_the_rule_that_kept_them_out() -> None:
    able = (Skill(skill="plumbing", level=2),)
    people = (
        worker("busy", duty(), skills=able),
        worker("full", duty(max_visits=0), skills=able),
        worker("tired", duty(max_ticks=10), skills=able),
        worker("away", duty(start=1200, end=1300), skills=able),
        worker("unskilled"),
        worker("learner", skills=(Skill(skill="plumbing", level=1),)),
        worker("excluded", skills=able),
        worker("never-here", skills=able, duties=()),
    )
    pinned = visit("pin", 0, 300, pin=Pin(workers=("busy",), start=500))
    wanted = visit(skill="plumbing", level=2, windows=(Span(520, 700),), never=("excluded",))
    problem = line_problem(people[:-1], (pinned, wanted))
    found = reasons(problem)
    counted = {rule: reason.workers for rule, reason in found.items()}
    assert counted == {
        Rule.OVERLAP: 1,
        Rule.MINUTES_CAP: 1,
        Rule.VISITS_CAP: 1,
        Rule.SHIFT: 1,
        Rule.SKILL: 2,
        Rule.ALLOWED: 1,
    }
    assert list(found) == [Rule.OVERLAP, Rule.MINUTES_CAP, Rule.VISITS_CAP, Rule.SHIFT, Rule.SKILL, Rule.ALLOWED]
    assert "learner holds plumbing at level 1" in found[Rule.SKILL].hint
    assert "full" in found[Rule.VISITS_CAP].hint
    assert "tired" in found[Rule.MINUTES_CAP].hint


def test_one_worker_is_spoken_of_as_one_and_several_as_several() -> None:
    one = reasons(line_problem((worker(duties=(duty(start=1200, end=1300),)),), (visit(windows=(Span(520, 700),)),)))
    assert one[Rule.SHIFT].message == "1 worker has no duty in its windows."
    two = line_problem((worker("w1"), worker("w2")), (visit(skill="plumbing"),))
    assert reasons(two)[Rule.SKILL].message == "2 workers do not hold plumbing at level 0 on the day."


def test_what_lies_beyond_the_days_planned_so_far_is_said_to() -> None:
    found = reasons(line_problem((worker(duties=(duty(start=480, end=1080),)),), (visit(windows=(Span(1100, 1200),)),)))
    told = "1 worker has no duty that late: duties are planned up to 18:00 so far, its windows begin later."
    assert found[Rule.SHIFT].message == told


def test_the_nearest_other_time_is_named() -> None:
    pinned = visit("pin", 1, 120, pin=Pin(workers=("w1",), start=600))
    late = reasons(line_problem((worker(),), (pinned, visit(windows=(Span(650, 705),)))))
    assert late[Rule.OVERLAP].hint == "w1 would be free from 12:00, 45 min after the last start agreed"
    early = reasons(line_problem((worker(),), (pinned, visit(windows=(Span(590, 650),)))))
    assert early[Rule.OVERLAP].hint == "w1 would be free at 09:30, 20 min before the window"


def test_the_next_day_is_named_with_its_date() -> None:
    tomorrow = worker("w1", duty("tue", 1440 + 480, 1440 + 960))
    found = reasons(line_problem((tomorrow,), (visit(windows=(Span(600, 700),)),)))
    assert found[Rule.SHIFT].hint.startswith("w1 would be free from 2026-11-24 08:10")


def test_a_break_in_the_way_is_said_to_be_one() -> None:
    people = (worker("w1", duty(end=600, rests=(Rest(span=Span(535, 565), ticks=30),))),)
    assert Rule.BREAK in reasons(line_problem(people, (visit(ticks=60, windows=(Span(500, 600),)),)))


def test_an_expired_certificate_is_named_with_its_last_day() -> None:
    people = (worker(skills=(Skill(skill="plumbing", last=DAY - 1),)),)
    found = reasons(line_problem(people, (visit(skill="plumbing"),)))
    assert found[Rule.SKILL].hint == "the certificate of w1 ends on 2026-11-22"
    nobody = reasons(line_problem((worker(),), (visit(skill="plumbing"),)))
    assert nobody[Rule.SKILL].hint == "nobody else here holds plumbing"


def test_a_certificate_that_ends_before_the_agreed_day_is_the_reason_whatever_duties_come_sooner() -> None:
    today, tomorrow = duty("today"), duty("tomorrow", 24 * 60 + 480, 24 * 60 + 960, day=DAY + 1)
    able = worker("w1", today, tomorrow, skills=(Skill(skill="lifts", last=DAY),))
    agreed = visit(skill="lifts", windows=(Span(24 * 60 + 480, 24 * 60 + 960),))
    assert list(reasons(line_problem((able,), (agreed,)))) == [Rule.SKILL]
    sooner = visit(skill="lifts", windows=(Span(1000, 1100),))
    assert list(reasons(line_problem((able,), (sooner,)))) == [Rule.SHIFT]


def test_a_crew_says_how_many_are_free_together() -> None:
    people = (worker("w1", duty(end=600)), worker("w2", duty(start=600)))
    found = reasons(line_problem(people, (visit(people=2),)))
    assert found[Rule.CREW].message == "Never are 2 people free for it at the same moment; at most 1 is."
    assert found[Rule.CREW].workers == 2


def test_who_is_away_is_not_said_to_have_time_for_a_round_of_two() -> None:
    away = worker("g0", duty(absences=(Span(830, 960),)))
    found = reasons(line_problem((away, worker("g1")), (visit(people=2, windows=(Span(840, 900),)),)))
    assert list(found) == [Rule.CREW, Rule.BREAK]
    assert found[Rule.CREW].message == "Never are 2 people free for it at the same moment; at most 1 is."
    assert (found[Rule.CREW].hint, found[Rule.CREW].workers) == ("g1 could start at 14:00", 1)
    assert found[Rule.BREAK].message == "1 worker has free time, but not beside their breaks and absences."


def test_breaks_of_a_crew_that_never_leave_both_free_are_counted_as_such() -> None:
    first = worker("g0", duty(absences=(Span(840, 870),)))
    second = worker("g1", duty(absences=(Span(870, 900),)))
    found = reasons(line_problem((first, second), (visit(people=2, spot=0, windows=(Span(840, 900),)),)))
    assert found[Rule.CREW].message == "Never are 2 people free for it at the same moment; at most 1 is."
    assert found[Rule.CREW].workers == 2


def test_of_several_certificates_the_nearest_is_named() -> None:
    people = [worker(f"at{level}", skills=(Skill(skill="plumbing", level=level),)) for level in (0, 2, 1)]
    asked = visit(skill="plumbing", level=3)
    assert (
        reasons(line_problem(tuple(people), (asked,)))[Rule.SKILL].hint == "at2 holds plumbing at level 2, 3 is asked"
    )
    over = [worker(f"by{days}", skills=(Skill(skill="plumbing", level=3, last=DAY - days),)) for days in (9, 1, 4)]
    found = reasons(line_problem((*people, *over), (asked,)))
    assert found[Rule.SKILL].hint == "the certificate of by1 ends on 2026-11-22"


def test_somebody_pinned_to_a_crew_is_not_said_to_be_busy_where_only_the_others_are() -> None:
    others = (worker(f"g{one}", duty(start=480 + 10 * one, end=900)) for one in range(40))
    late = worker("late", duty(start=960, end=1020))
    wanted = visit(people=3, spot=0, windows=(Span(480, 1020),), pin=Pin(workers=("late",)))
    found = reasons(line_problem((*others, late), (wanted,)))
    assert found[Rule.CREW].message == "Never are 3 people free for it with late at the same moment; at most 1 is."
    assert found[Rule.CREW].hint == "late could start at 16:00"


def test_a_place_dearer_than_the_price_is_named() -> None:
    found = reasons(line_problem((worker(),), (visit(spot=3, price=29.0),)))
    assert found[Rule.UNPLANNED].message == "Its cheapest place costs 30 min, not less than its price of 29."
    assert found[Rule.UNPLANNED].hint == "w1 could start at 08:30"


def test_a_pin_says_what_it_fails_on() -> None:
    ill = worker("w1", duty(absences=(Span(480, 960),)))
    found = reasons(line_problem((ill,), (visit(pin=Pin(workers=("w1",), start=600, why="frozen")),)))
    assert found[Rule.PIN].message.startswith("It is frozen to w1 at 10:00, which cannot stand: ")


def test_what_keeps_the_pinned_out_is_the_first_cause_whoever_else_could() -> None:
    able = (Skill(skill="plumbing"),)
    people = (
        worker("able", skills=able),
        worker("painter", skills=(Skill(skill="paint"),)),
        worker("too", skills=able),
    )
    found = reasons(line_problem(people, (visit(skill="plumbing", pin=Pin(workers=("painter",))),)))
    assert list(found) == [Rule.PIN, Rule.SKILL]
    why = "painter does not hold plumbing at level 0 on the day."
    assert found[Rule.PIN].message == f"It is pinned to painter, which cannot stand: {why}"
    assert (found[Rule.SKILL].message, found[Rule.SKILL].workers) == (why, 1)
    assert found[Rule.SKILL].hint == "able, too hold it"


def test_of_a_pinned_crew_only_those_who_cannot_are_named() -> None:
    people = (worker("free"), worker("late", duty(start=720)), worker("full", duty(max_visits=0)), worker("spare"))
    early = visit(people=3, windows=(Span(600, 660),), pin=Pin(workers=("free", "late", "full")))
    found = reasons(line_problem(people, (early,)))
    assert list(found) == [Rule.PIN, Rule.VISITS_CAP, Rule.SHIFT]
    assert found[Rule.VISITS_CAP].message == "full has reached their cap of visits."
    assert found[Rule.SHIFT].message == "late has no duty in its windows."
    assert found[Rule.SHIFT].hint.startswith("late would be free from 12:")


def test_pinned_people_who_never_meet_are_said_to() -> None:
    people = (worker("early", duty(end=600)), worker("late", duty(start=600)), worker("always"))
    found = reasons(line_problem(people, (visit(people=2, pin=Pin(workers=("early", "late"))),)))
    assert list(found) == [Rule.PIN, Rule.CREW]
    assert found[Rule.CREW].message == "early, late are never free for it at the same moment."
    others = reasons(line_problem((people[0], people[1]), (visit(people=2, pin=Pin(workers=("early",))),)))
    assert others[Rule.CREW].message == "Never are 2 people free for it with early at the same moment; at most 1 is."


@pytest.mark.alone
def test_reasons_for_hundreds_are_quick() -> None:
    problem = without_rounds(random_problem(9, workers=40, visits=1500))
    begun = time.perf_counter()
    plan = insert(problem)
    assert time.perf_counter() - begun < 15
    assert len(plan.unplanned) > 300
    assert all(one.reasons for one in plan.unplanned)


@pytest.mark.parametrize(
    ("rule", "more", "asked"),
    [
        (Rule.WEIGHT_CAP, {"max_weight": 2}, {"weight": 3}),
        (Rule.HOUSEHOLDS_CAP, {"max_households": 0}, {"household": "h1"}),
        (Rule.TOOLS, {}, {"tools": ("saw",)}),
        (Rule.PARTS, {}, {"parts": {"tap": 1}}),
    ],
)
def test_what_cannot_be_taken_along_is_named(rule: Rule, more: dict[str, Any], asked: dict[str, Any]) -> None:
    problem = line_problem((worker("w1", duty(**more)),), (visit(**asked),))
    (out,) = insert(problem).unplanned
    (reason,) = out.reasons
    assert (reason.rule, reason.workers) == (rule, 1)
    assert reason.hint
