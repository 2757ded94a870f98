"""A plan that drops a pinned visit is believed where the pin cannot stand, and found out where it could for certain."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import Finding, Reason, RoutePlan, Unplanned
from dispatch.solver.problem import DayCap, Pin, Rest, RouteProblem, Skill, Span, Store, Tie, Worker
from dispatch.solver.rules import Rule
from dispatch.solver.solve import insert, solve

SPAN = Span(500, 900)
ABSENT = duty(absences=(Span(600, 660),))


def day(*people: Worker, others: tuple[Any, ...] = (), stores: tuple[Store, ...] = (), **more: Any) -> RouteProblem:
    """A day with a visit pinned to w1 at 10:00, ten minutes from where everybody begins."""
    fields = {"pin": Pin(workers=("w1",), start=600), "windows": (SPAN,), **more}
    return line_problem(people or (worker("w1"), worker("w2")), (*others, visit("pin", **fields)), stores=stores)


def dropped(problem: RouteProblem) -> list[Finding]:
    """What is found of a plan that leaves out the pinned visit with the excuse that its pin cannot stand."""
    kept = replace(problem, visits=tuple(one for one in problem.visits if one.id != "pin"))
    rest = insert(kept)
    excuse = Unplanned(id="pin", reasons=(Reason(rule=Rule.PIN, message="for the test"),))
    plan = replace(rest, unplanned=(*rest.unplanned, excuse))
    return [one for one in check(problem, plan) if one.severity == "broken"]


COULD = {
    "as it is": day(),
    "without a start": day(pin=Pin(workers=("w1",))),
    "a crew": day(people=2, pin=Pin(workers=("w1", "w2"), start=600)),
    "beside a break": day(worker("w1", duty(rests=(Rest(span=Span(600, 690), ticks=30),)))),
    "after an absence": day(worker("w1", duty(absences=(Span(480, 590),)))),
    "with the skill on the day": day(worker("w1", skills=(Skill(skill="plumbing"),)), skill="plumbing"),
    "after another pin": day(others=(visit("a", 3, pin=Pin(workers=("w1",), start=550)),)),
    "beside what is not pinned": day(worker("w1"), others=(visit("a", 1, windows=(Span(590, 640),)),)),
    "home in time": day(worker("w1", duty(end=640, end_spot=0))),
    "with the tool along": day(worker("w1", tools=("ladder",)), tools=("ladder",)),
    "with the last of the parts": day(worker("w1", parts={"fuse": 2}), parts={"fuse": 2}),
    "at the last household of the cap": day(worker("w1", duty(max_households=1)), household="h1"),
    "at the household of another pin": day(
        worker("w1", duty(max_households=1)),
        household="h1",
        others=(visit("a", 3, pin=Pin(workers=("w1",), start=550), household="h1"),),
    ),
    "beside somebody who is free": day(people=2),
    "by anybody": day(pin=Pin(workers=(), start=600)),
    "a crew at whatever time": day(people=2, pin=Pin(workers=("w1", "w2"))),
    "the last of the cap": day(worker("w1", duty(max_visits=1, max_ticks=30))),
}

CANNOT = {
    "nobody known": day(pin=Pin(workers=("w9",), start=600)),
    "without the skill": day(skill="plumbing"),
    "excluded": day(never=("w1",)),
    "not among": day(among=("w2",)),
    "outside its window": day(pin=Pin(workers=("w1",), start=880)),
    "before the duty": day(pin=Pin(workers=("w1",), start=485), windows=(Span(0, 900),)),
    "during an absence": day(worker("w1", ABSENT)),
    "no place for the break": day(worker("w1", duty(rests=(Rest(span=Span(595, 640), ticks=30),)))),
    "home too late": day(worker("w1", duty(end=639, end_spot=0))),
    "more people than there are": day(worker("w1"), people=2),
    "others not free": day(worker("w1"), worker("w2", ABSENT), people=2),
    "by nobody": day(worker("w1", ABSENT), pin=Pin(workers=(), start=600)),
    "a crew that never meets": day(
        worker("w1", duty(end=700)), worker("w2", duty(start=700)), people=2, pin=Pin(workers=("w1", "w2"))
    ),
    "without the tool": day(tools=("ladder",)),
    "parts used up by a pin": day(
        worker("w1", parts={"fuse": 2}),
        parts={"fuse": 1},
        others=(visit("a", 1, pin=Pin(workers=("w1",), start=700), parts={"fuse": 2}),),
    ),
    "one household too many": day(
        worker("w1", duty(max_households=1)),
        household="h1",
        others=(visit("a", 1, pin=Pin(workers=("w1",), start=700), household="h2"),),
    ),
    "no time beside the store another pin needs": day(
        worker("w1"),
        pin=Pin(workers=("w1",), start=560),
        others=(visit("a", 1, 10, pin=Pin(workers=("w1",), start=700), tools=("ladder",)),),
        stores=(Store(id="depot", spot=9),),
    ),
    "one of the crew away": day(worker("w1"), worker("w2", ABSENT), people=2, pin=Pin(workers=("w1", "w2"), start=600)),
    "at another pin": day(others=(visit("a", 1, pin=Pin(workers=("w1",), start=580)),)),
    "on the way from another pin": day(others=(visit("a", 3, pin=Pin(workers=("w1",), start=551)),)),
    "cap used up by a pin": day(
        worker("w1", duty(max_visits=1)), others=(visit("a", 1, pin=Pin(workers=("w1",), start=700)),)
    ),
    "minutes of the day used up by a pin": day(
        worker("w1", caps=(DayCap(day=duty().day, max_ticks=59),)),
        others=(visit("a", 1, pin=Pin(workers=("w1",), start=700)),),
    ),
}


@pytest.mark.parametrize("name", COULD)
def test_an_excuse_is_not_believed_where_the_pin_could_stand(name: str) -> None:
    assert insert(COULD[name]).unplanned == () or name == "beside what is not pinned"
    (finding,) = dropped(COULD[name])
    assert (finding.rule, finding.visit) == (Rule.PIN, "pin")
    assert "could start at 2026-11-23" in finding.message


@pytest.mark.parametrize("name", CANNOT)
def test_an_excuse_is_believed_where_the_pin_cannot_stand(name: str) -> None:
    asked = CANNOT[name]
    plan = insert(asked)
    assert isinstance(plan, RoutePlan)
    # Of two pins that keep each other out, either may stand.
    assert [one.id for one in plan.unplanned] in (["pin"], ["a"])
    assert check(asked, plan) == []
    assert dropped(asked) == []


@pytest.mark.parametrize("tied", [True, False])
def test_what_another_pin_is_tied_to_makes_no_room(tied: bool) -> None:
    """w1 may do one visit: that which the pin of w2 needs, through another, or the pin that is left out."""
    chain = (
        visit("a", 2, pin=Pin(workers=("w2",), start=560), windows=(SPAN,)),
        visit("b", 2, among=("w3",), windows=(SPAN,)),
        visit("c", 2, among=("w1",), windows=(SPAN,)),
    )
    problem = day(worker("w1", duty(max_visits=1)), worker("w2"), worker("w3"), others=chain)
    ties = (Tie(first="a", then="b", least=30, most=60), Tie(first="b", then="c", least=30, most=60))
    kept = replace(problem, visits=chain, ties=ties)
    rest = solve(kept, budget=1, seed=1)
    assert isinstance(rest, RoutePlan)
    assert rest.unplanned == ()
    excuse = Unplanned(id="pin", reasons=(Reason(rule=Rule.PIN, message="for the test"),))
    found = check(replace(problem, ties=ties if tied else ties[:1]), replace(rest, unplanned=(excuse,)))
    assert [one.rule for one in found if one.severity == "broken"] == ([] if tied else [Rule.PIN])
