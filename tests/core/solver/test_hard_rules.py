"""Every hard rule of routes: fitting, just fitting, and one tick beyond, where the visit stays out and says why."""

from __future__ import annotations

from typing import Any

import pytest
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, Rest, RouteProblem, Skill, SkillAsked, Span, Told
from dispatch.solver.rules import Rule
from dispatch.solver.solve import improve, insert

PLUMBER = Skill(skill="plumbing", level=2, first=DAY, last=DAY)
BY_NIGHT = duty(midnights=(660,))


def day_of(*visits: Any, people: Any = None, **more: Any) -> RouteProblem:
    return line_problem(people or (worker(),), visits, **more)


def both(problem: RouteProblem) -> RoutePlan:
    """The plan of `insert`, checked; `improve` must agree on what fits."""
    plan = insert(problem)
    assert check(problem, plan) == []
    better = improve(problem, plan, budget=3, seed=1)
    assert check(problem, better) == []
    assert len(better.unplanned) <= len(plan.unplanned)
    return plan


FITS: dict[str, RouteProblem] = {
    "skill on its only day": day_of(visit(skill="plumbing", level=2), people=(worker(skills=(PLUMBER,)),)),
    "skill above the level": day_of(visit(skill="plumbing", level=1), people=(worker(skills=(PLUMBER,)),)),
    "both skills": day_of(
        visit(skill="plumbing", level=2, also=(SkillAsked(skill="gas"),)),
        people=(worker(skills=(PLUMBER, Skill(skill="gas"))),),
    ),
    "two skills until midnight": day_of(
        visit(skill="plumbing", also=(SkillAsked(skill="gas"),), windows=(Span(600, 720),)),
        people=(worker("w1", BY_NIGHT, skills=(PLUMBER, Skill(skill="gas"))),),
    ),
    "among": day_of(visit(among=("w1",))),
    "shift just long enough": day_of(visit(ticks=50), people=(worker("w1", duty(end=9 * HOUR)),)),
    "shift with the way home": day_of(visit(ticks=40), people=(worker("w1", duty(end=9 * HOUR, end_spot=0)),)),
    "before an absence": day_of(visit(ticks=50), people=(worker("w1", duty(absences=(Span(9 * HOUR, 16 * HOUR),))),)),
    "travel, absence, work": day_of(visit(ticks=30), people=(worker("w1", duty(end=570, absences=(Span(490, 540),))),)),
    "break after the work": day_of(
        visit(ticks=50), people=(worker("w1", duty(end=570, rests=(Rest(span=Span(480, 570), ticks=30),))),)
    ),
    "break between way and work": day_of(
        visit(ticks=30, windows=(Span(520, 550),)),
        people=(worker("w1", duty(end=550, rests=(Rest(span=Span(490, 520), ticks=30),))),),
    ),
    "break inside an absence": day_of(
        visit(ticks=200),
        people=(worker("w1", duty(end=900, absences=(Span(690, 900),), rests=(Rest(span=Span(500, 900), ticks=60),))),),
    ),
    "break that is over": day_of(
        visit(ticks=50), people=(worker("w1", duty(end=540, rests=(Rest(span=Span(400, 490), ticks=30),))),)
    ),
    "window just long enough": day_of(visit(ticks=30, windows=(Span(600, 630),))),
    "second window": day_of(visit(windows=(Span(0, 60), Span(600, 630)))),
    "from now on": day_of(visit(windows=(Span(480, 600),)), now=560),
    "two in a row": day_of(visit("a", windows=(Span(490, 520),)), visit("b", 2, windows=(Span(530, 560),))),
    "cap of visits": day_of(visit(), people=(worker("w1", duty(max_visits=1)),)),
    "cap of minutes": day_of(visit(ticks=30), people=(worker("w1", duty(max_ticks=30)),)),
    "crew": day_of(visit(people=2, windows=(Span(600, 630),)), people=(worker("w1"), worker("w2"))),
    "pin": day_of(visit(pin=Pin(workers=("w1",), start=600))),
    "pin in the past": day_of(visit(pin=Pin(workers=("w1",), start=500, why="under_way")), now=520),
    "pin of one of two": day_of(visit(people=2, pin=Pin(workers=("w2",))), people=(worker("w1"), worker("w2"))),
    "told and already under way": day_of(
        visit(spot=5, told=Told(workers=("w1",), start=540), windows=(Span(540, 570),)), now=530
    ),
}

OUT: dict[str, tuple[RouteProblem, Rule]] = {
    "expired the day before": (
        day_of(
            visit(skill="plumbing"),
            people=(worker(skills=(Skill(skill="plumbing", last=DAY - 1),)),),
        ),
        Rule.SKILL,
    ),
    "valid from tomorrow": (
        day_of(visit(skill="plumbing"), people=(worker(skills=(Skill(skill="plumbing", first=DAY + 1),)),)),
        Rule.SKILL,
    ),
    "level too low": (
        day_of(visit(skill="plumbing", level=3), people=(worker(skills=(PLUMBER,)),)),
        Rule.SKILL,
    ),
    "one skill of two": (
        day_of(visit(skill="plumbing", also=(SkillAsked(skill="gas"),)), people=(worker(skills=(PLUMBER,)),)),
        Rule.SKILL,
    ),
    "two skills, never on one day": (
        day_of(
            visit(skill="plumbing", also=(SkillAsked(skill="gas"),)),
            people=(worker("w1", BY_NIGHT, skills=(PLUMBER, Skill(skill="gas", first=DAY + 1))),),
        ),
        Rule.SKILL,
    ),
    "never": (day_of(visit(never=("w1",))), Rule.ALLOWED),
    "not among": (day_of(visit(among=("w9",))), Rule.ALLOWED),
    "shift one short": (day_of(visit(ticks=51), people=(worker("w1", duty(end=9 * HOUR)),)), Rule.OVERLAP),
    "shift elsewhere": (day_of(visit(windows=(Span(0, 480),))), Rule.SHIFT),
    "home one late": (
        day_of(visit(ticks=41), people=(worker("w1", duty(end=9 * HOUR, end_spot=0)),)),
        Rule.OVERLAP,
    ),
    "meets the absence": (
        day_of(visit(ticks=51), people=(worker("w1", duty(end=560, absences=(Span(540, 560),))),)),
        Rule.BREAK,
    ),
    "break in the middle": (
        day_of(
            visit(ticks=60, windows=(Span(500, 600),)),
            people=(worker("w1", duty(end=600, rests=(Rest(span=Span(535, 565), ticks=30),))),),
        ),
        Rule.BREAK,
    ),
    "window too short": (day_of(visit(ticks=31, windows=(Span(600, 630),))), Rule.WINDOW),
    "window past": (day_of(visit(windows=(Span(480, 600),)), now=571), Rule.WINDOW_PAST),
    "cannot be there before now": (day_of(visit(windows=(Span(480, 600),)), now=561), Rule.OVERLAP),
    "one too far": (
        day_of(
            visit("a", windows=(Span(490, 520),), price=900.0),
            visit("b", 2, windows=(Span(529, 559),), price=100.0),
        ),
        Rule.OVERLAP,
    ),
    "cap of visits reached": (
        day_of(visit("a", price=900.0), visit("b", price=100.0), people=(worker("w1", duty(max_visits=1)),)),
        Rule.VISITS_CAP,
    ),
    "cap of minutes passed": (
        day_of(visit(ticks=31), people=(worker("w1", duty(max_ticks=30)),)),
        Rule.MINUTES_CAP,
    ),
    "never two at once": (
        day_of(
            visit(people=2),
            people=(worker("w1", duty(end=600)), worker("w2", duty(start=600))),
        ),
        Rule.CREW,
    ),
    "pin to the unable": (
        day_of(visit(skill="plumbing", pin=Pin(workers=("w1",), start=600))),
        Rule.PIN,
    ),
    "pin to nobody known": (day_of(visit(pin=Pin(workers=("w9",), start=600))), Rule.PIN),
    "pin outside the window": (
        day_of(visit(windows=(Span(500, 600),), pin=Pin(workers=("w1",), start=580))),
        Rule.PIN,
    ),
    "dearer than its price": (day_of(visit(price=9.0)), Rule.UNPLANNED),
}


@pytest.mark.parametrize("name", FITS)
def test_it_fits(name: str) -> None:
    assert both(FITS[name]).unplanned == ()


@pytest.mark.parametrize("name", OUT)
def test_it_stays_out_and_says_why(name: str) -> None:
    problem, rule = OUT[name]
    (out,) = both(problem).unplanned
    assert out.reasons[0].rule is rule, out


def test_every_hard_rule_of_routes_keeps_something_out() -> None:
    routes = {Rule.SKILL, Rule.ALLOWED, Rule.SHIFT, Rule.BREAK, Rule.OVERLAP, Rule.WINDOW}
    across = {Rule.VISITS_CAP, Rule.MINUTES_CAP, Rule.CREW, Rule.PIN}
    assert routes | across <= {rule for _, rule in OUT.values()}
