"""What comes between a plan and its day: what can stay stays, the rest goes elsewhere, and no more moves than may."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, random_problem, visit, without_rounds, worker

from dispatch.solver.checks import check
from dispatch.solver.disruptions import Away, Back, Disruption, Hours, Lasts
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, RouteWeights, SharedTool, Span, Told
from dispatch.solver.routes.insert import insert
from dispatch.solver.rules import Rule
from dispatch.solver.standing import Change, Standing

ALL_DAY = Span(0, 24 * HOUR)


def standing(problem: RouteProblem) -> Standing:
    return Standing(problem, insert(problem))


def at(plan: RoutePlan) -> dict[str, tuple[frozenset[str], int]]:
    """The people and the start of every visit."""
    found: dict[str, tuple[frozenset[str], int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            found[stop.visit] = found.get(stop.visit, (frozenset(), 0))[0] | {route.worker}, stop.start
    return found


def sound(one: Standing, change: Change) -> dict[str, tuple[frozenset[str], int]]:
    assert change.findings == ()
    assert check(one.problem, one.plan()) == []
    return at(one.plan())


def pinned_among_told() -> Standing:
    """At ten one has a pinned visit, and each of the two others who could do it a visit they were told of.

    These may be an hour later as well. The pin says neither who nor when: that it could stand the check cannot tell.
    """
    ten, later = 10 * HOUR, (Span(10 * HOUR, 12 * HOUR),)
    pinned = visit("pinned", 1, windows=(Span(ten, ten + 30),), pin=Pin(workers=()))
    told = (
        replace(visit(f"of-{who}", 1, windows=later, among=(who,)), told=Told(workers=(who,), start=ten))
        for who in ("bob", "cid")
    )
    problem = line_problem((worker("ann"), worker("bob"), worker("cid")), (pinned, *told))
    one = standing(problem)
    assert at(one.plan())["pinned"] == ({"ann"}, ten)
    return one


def test_a_pin_that_would_move_more_than_may_be_moved_stays_out_with_the_reason() -> None:
    one = pinned_among_told()
    before = at(one.plan())
    change = one.absent("ann", ALL_DAY, changes=0)
    assert sound(one, change) == {name: place for name, place in before.items() if name != "pinned"}
    rules = [reason.rule for reason in change.left["pinned"]]
    assert rules[:2] == [Rule.PIN, Rule.CHANGE_WORKER]
    assert change.left["pinned"][1].hint == "let 1 more of them be moved"
    assert change.moved == ()


@pytest.mark.parametrize("changes", [1, 2, None])
def test_a_pin_has_others_make_way_within_what_may_be_moved(changes: int | None) -> None:
    one = pinned_among_told()
    before = at(one.plan())
    change = one.absent("ann", ALL_DAY, changes=changes)
    after = sound(one, change)
    assert after["pinned"][1] == 10 * HOUR
    (moved,) = (name for name in ("of-bob", "of-cid") if after[name] != before[name])
    assert change.moved == (moved,)
    assert change.left == {}


def test_a_pin_whose_people_could_do_it_for_certain_has_its_place_whatever_may_be_moved() -> None:
    """Ann comes so late that she can do one of two: what she is pinned to. No plan may leave that out."""
    pinned = visit("pinned", 1, windows=(Span(8 * HOUR, 10 * HOUR),), pin=Pin(workers=("ann",)))
    told = visit("told", 1, windows=(Span(9 * HOUR + 10, 9 * HOUR + 40),), told=Told(workers=("ann",), start=550))
    problem = line_problem((worker("ann", duty(end=9 * HOUR + 45)), worker("bob")), (pinned, told))
    one = standing(problem)
    assert at(one.plan()) == {"pinned": ({"ann"}, 8 * HOUR + 10), "told": ({"ann"}, 9 * HOUR + 10)}
    change = one.disrupt(Hours(worker="ann", duty="d1", span=Span(9 * HOUR, 9 * HOUR + 45)), changes=0)
    assert sound(one, change) == {"pinned": ({"ann"}, 9 * HOUR + 10), "told": ({"bob"}, 9 * HOUR + 10)}
    assert change.moved == ("told",)


def test_what_a_repair_polishes_is_what_pins_left_of_its_changes() -> None:
    """Bob makes way for the pin; then what Cid was told is nearer to him, which nobody pays for."""
    ten, two = 10 * HOUR, 14 * HOUR
    pinned = visit("pinned", 9, windows=(Span(ten, ten + 30),), pin=Pin(workers=()))
    of_bob = visit("of-bob", 9, windows=(Span(ten, ten + 120),), among=("bob",), told=Told(workers=("bob",), start=ten))
    far = visit("far", 9, windows=(Span(two, two + 60),), told=Told(workers=("cid",), start=two))
    busy = visit("busy", 1, windows=(Span(ten - 30, ten + 60),), ticks=90, among=("cid",))
    people = (worker("ann"), worker("bob"), worker("cid"))
    free = RouteWeights(change_worker=0.0, change_tick=0.0)
    problem = line_problem(people, (pinned, of_bob, far, busy), weights=free)
    fixed = (replace(pinned, among=("ann",)), of_bob, replace(far, among=("cid",)), busy)
    plan = insert(replace(problem, visits=fixed))
    moved = []
    for changes in (0, 1, 2, None):
        one = Standing(problem, plan)
        change = one.absent("ann", ALL_DAY, changes=changes)
        sound(one, change)
        moved.append(change.moved)
    assert moved == [(), ("of-bob",), ("of-bob", "far"), ("of-bob", "far")]


def day(*visits: tuple[str, int, int]) -> Standing:
    """Ann with visits of half an hour at these spots and starts, at no other time; Bob has nothing to do yet."""
    told = tuple(
        visit(name, spot, windows=(Span(start, start + 30),), told=Told(workers=("ann",), start=start))
        for name, spot, start in visits
    )
    problem = line_problem((worker("ann"), worker("bob")), told)
    one = standing(problem)
    assert all(people == {"ann"} for people, _ in at(one.plan()).values())
    return one


MORNING = (("nine", 1, 9 * HOUR), ("ten", 1, 10 * HOUR), ("four", 1, 15 * HOUR + 20))


def test_who_comes_late_keeps_what_they_still_can() -> None:
    one = day(*MORNING)
    change = one.disrupt(Hours(worker="ann", duty="d1", span=Span(9 * HOUR + 30, 16 * HOUR)))
    after = sound(one, change)
    assert (after["ten"], after["four"]) == (({"ann"}, 10 * HOUR), ({"ann"}, 15 * HOUR + 20))
    assert after["nine"] == ({"bob"}, 9 * HOUR)
    assert one.problem.workers[0].duties[0].span == Span(9 * HOUR + 30, 16 * HOUR)


def test_who_leaves_sooner_hands_on_the_end_of_the_day() -> None:
    one = day(*MORNING)
    after = sound(one, one.disrupt(Hours(worker="ann", duty="d1", span=Span(8 * HOUR, 15 * HOUR))))
    assert after["nine"] == ({"ann"}, 9 * HOUR)
    assert after["four"] == ({"bob"}, 15 * HOUR + 20)


def test_who_stays_on_does_what_was_out() -> None:
    late = visit("late", 1, windows=(Span(17 * HOUR, 18 * HOUR),))
    one = standing(line_problem((worker("ann"),), (late,)))
    assert at(one.plan()) == {}
    change = one.disrupt(Hours(worker="ann", duty="d1", span=Span(8 * HOUR, 18 * HOUR)))
    assert sound(one, change)["late"] == ({"ann"}, 17 * HOUR)
    assert [route.worker for route in change.routes] == ["ann"]


def test_who_is_back_does_what_was_out_for_them() -> None:
    one = standing(line_problem((worker("ann"),), (visit("noon", 1, windows=(Span(12 * HOUR, 13 * HOUR),)),)))
    assert set(one.absent("ann", ALL_DAY).left) == {"noon"}
    assert sound(one, one.disrupt(Back(worker="ann", span=Span(11 * HOUR, 14 * HOUR))))["noon"][0] == {"ann"}
    (back,) = one.problem.workers[0].duties
    assert back.absences == (Span(0, 11 * HOUR), Span(14 * HOUR, 24 * HOUR))
    sound(one, one.disrupt(Back(worker="ann", span=ALL_DAY)))
    assert one.problem.workers[0].duties[0].absences == ()


def test_what_takes_longer_pushes_what_comes_after_it_to_others() -> None:
    nine = visit("nine", 1, windows=(Span(9 * HOUR, 12 * HOUR),), told=Told(workers=("ann",), start=9 * HOUR))
    ten = visit("ten", 1, windows=(Span(10 * HOUR, 10 * HOUR + 30),), told=Told(workers=("ann",), start=10 * HOUR))
    one = standing(line_problem((worker("ann"), worker("bob")), (nine, ten)))
    after = sound(one, one.disrupt(Lasts(visit="nine", ticks=90)))
    assert after == {"nine": ({"ann"}, 9 * HOUR), "ten": ({"bob"}, 10 * HOUR)}
    assert one.problem.visits[0].ticks == 90
    back = sound(one, one.disrupt(Lasts(visit="nine", ticks=30)))
    assert back["nine"] == ({"ann"}, 9 * HOUR)


def test_what_takes_longer_than_its_window_is_left_out() -> None:
    one = standing(line_problem((worker("ann"),), (visit("v", 1, windows=(Span(9 * HOUR, 10 * HOUR),)),)))
    change = one.disrupt(Lasts(visit="v", ticks=61))
    assert sound(one, change) == {}
    assert change.left["v"][0].rule is Rule.WINDOW
    assert sound(one, one.disrupt(Lasts(visit="v", ticks=60)))["v"] == ({"ann"}, 9 * HOUR)


def test_what_takes_one_of_them_longer_does_so_no_more() -> None:
    slow = visit("v", 1, windows=(Span(9 * HOUR, 10 * HOUR),), ticks_by={"ann": 90})
    one = standing(line_problem((worker("ann"),), (slow,)))
    assert at(one.plan()) == {}
    assert set(sound(one, one.disrupt(Lasts(visit="v", ticks=20)))) == {"v"}


def test_a_longer_duty_has_its_shared_tool_for_longer() -> None:
    early, late = duty("am", 8 * HOUR, 12 * HOUR), duty("pm", 12 * HOUR, 16 * HOUR)
    wet = tuple(visit(name, 1, windows=(Span(*span),), tools=("drain",)) for name, span in (
        ("early", (9 * HOUR, 10 * HOUR)), ("late", (14 * HOUR, 15 * HOUR)),
    ))  # fmt: skip
    one = standing(
        line_problem((worker("ann", early), worker("bob", late)), wet, shared=(SharedTool(id="drain", pieces=1),))
    )
    assert set(at(one.plan())) == {"early", "late"}
    change = one.disrupt(Hours(worker="ann", duty="am", span=Span(8 * HOUR, 13 * HOUR)))
    assert len(sound(one, change)) == 1


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([None, 0, 2]))
def test_whatever_comes_between_the_plan_may_be_committed(seed: int, changes: int | None) -> None:
    draw = random.Random(seed)
    one = standing(without_rounds(random_problem(seed, workers=6, visits=24, days=draw.choice((1, 2)))))
    for _ in range(4):
        change = one.disrupt(_drawn(draw, one.problem), polish=draw.choice((0, 6)), changes=changes)
        sound(one, change)
        for route in change.routes:
            assert route in one.plan().routes or not route.stops


def _drawn(draw: random.Random, problem: RouteProblem) -> Disruption:
    """Something that may come between in ``problem``."""
    who = draw.choice(problem.workers)
    one = draw.choice(who.duties)
    start = one.span.start + draw.randrange(0, 300)
    span = Span(start, start + draw.randrange(10, 400))
    if draw.random() < 0.3:
        job = draw.choice(problem.visits)
        return Lasts(visit=job.id, ticks=draw.choice((5, job.ticks * 2, job.ticks * 6)))
    if draw.random() < 0.3:
        return draw.choice((Away, Back))(worker=who.id, span=span)
    hours = Span(min(one.span.end, start), max(start, one.span.end - draw.randrange(0, 200)))
    return Hours(worker=who.id, duty=one.id, span=hours)
