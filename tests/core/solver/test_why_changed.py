"""What `why` says would have to change is enough, and needed: carried out the visit fits, with less it does not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from changes_by_hand import as_data, fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.solver.changes import (
    AddDuty,
    Certify,
    Loosen,
    OpenWindow,
    PriceUp,
    Raise,
    Retime,
    TakeOff,
    merged,
    size,
)
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import Rest, RouteProblem, Skill, SkillAsked, Span, Store, Tie, Visit
from dispatch.solver.rules import Rule
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import Hindrance, Why, why

SEEDS = st.integers(0, 10**6)
LONG = 10**6
"""So much is tried in these tests that every worker is looked into."""
_SOLID = {"pin", "cover"}
"""Kinds in which a plan made at once may have a visit where it must not be: the others are asked about without them."""


def planned(problem: RouteProblem) -> RoutePlan:
    """A plan for it, at once."""
    standing = Standing(replace(problem, visits=(), ties=()), RoutePlan(effort=no_search()))
    standing.insert(*problem.visits, ties=problem.ties)
    return standing.plan()


def left_out(problem: RouteProblem, plan: RoutePlan) -> Iterator[tuple[Visit, Why]]:
    """Every visit left out, and why."""
    out = {one.id for one in plan.unplanned}
    for one in problem.visits:
        if one.id in out:
            yield one, why(problem, plan, one.id, tried=LONG)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, st.sampled_from([(), ("tie",), ("tie", "same"), ("needs", "break"), ("crew",), ("caps", "halves")]))
def test_with_all_that_has_to_change_it_fits(seed: int, with_: tuple[str, ...]) -> None:
    kinds = some_kinds(seed, [one for one in KINDS if one not in _SOLID], share=0.4) | set(with_)
    all_fit_with_what_is_named(drawn_routes(seed, workers=4, visits=9, use=kinds))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SEEDS,
    st.sampled_from(
        [
            ("tie", "same_day"),
            ("tie", "same", "same_day", "paces"),
            ("paces", "crew", "needs", "break"),
            ("paces", "caps", "halves"),
            ("fair", "greatest_late", "late", "crew", "tie"),
            ("duration", "duty_price", "fair", "tie"),
        ]
    ),
)
def test_so_it_does_over_two_days_at_the_pace_of_each_and_by_all_that_costs(seed: int, with_: tuple[str, ...]) -> None:
    kinds = some_kinds(seed, [one for one in KINDS if one not in _SOLID], share=0.4) | set(with_)
    all_fit_with_what_is_named(drawn_routes(seed, workers=4, visits=9, days=2, use=kinds))


def all_fit_with_what_is_named(problem: RouteProblem) -> None:
    """Of every visit left out each worker has changes named, and with these it fits on them."""
    plan = planned(problem)
    for out, told in left_out(problem, plan):
        for hindrance in told.hindrances:
            assert hindrance.changes, (out.id, hindrance)
            assert fits(problem, plan, out.id, hindrance), (out.id, hindrance)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    SEEDS, st.sampled_from([(), ("needs",), ("caps", "loads"), ("break", "absence"), ("skill", "nights"), ("paces",)])
)
def test_with_anything_less_it_does_not(seed: int, with_: tuple[str, ...]) -> None:
    """Of visits for one person, bound to nothing: each change is needed, and to the last tick or piece."""
    left = {*_SOLID, "tie", "same", "crew", "told", "duty_price", "duration", "fair", "greatest_late"}
    kinds = some_kinds(seed, [one for one in KINDS if one not in left], share=0.4) | set(with_)
    problem = drawn_routes(seed, workers=3, visits=7, use=kinds)
    plan = planned(problem)
    for out, told in left_out(problem, plan):
        for hindrance in told.hindrances:
            for fewer in _less(as_data(hindrance.changes)):
                assert not fits(problem, plan, out.id, hindrance, fewer), (out.id, hindrance, fewer)


def _less(changes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """``changes`` without one of them, or with one a tick or piece smaller."""
    for place, change in enumerate(changes):
        yield changes[:place] + changes[place + 1 :]
        if change["what"] in ("cap", "parts", "pieces") and change["by"] > 1:
            yield [*changes[:place], {**change, "to": change["to"] - 1}, *changes[place + 1 :]]
        elif change["what"] in ("duty", "window") and change["by"] > 1:
            (start, end), (sooner, later) = change["from"], change["to"]
            to = [start, later - 1] if later > end else [sooner + 1, end]
            if sooner == start or later == end:
                yield [*changes[:place], {**change, "to": to}, *changes[place + 1 :]]


def changes_of(problem: RouteProblem, name: str, plan: RoutePlan | None = None) -> dict[str, Hindrance]:
    """What keeps each worker from a visit."""
    plan = planned(problem) if plan is None else plan
    return {one.worker: one for one in why(problem, plan, name).hindrances}


def test_each_rule_in_the_way_is_named_with_how_much() -> None:
    full = duty(max_visits=0, max_ticks=20, max_weight=3, max_households=0)
    job = visit(
        "job", skill="gas", level=2, weight=5, household="h", tools=("ladder",), parts={"fuse": 3}, never=("w1",)
    )
    one = worker("w1", full, skills=(Skill(skill="gas", level=1, last=DAY - 3),), parts={"fuse": 1})
    (told,) = changes_of(line_problem((one,), (job,)), "job").values()
    assert told.rule == Rule.ALLOWED
    assert [change.rule for change in told.changes] == [
        Rule.ALLOWED, Rule.VISITS_CAP, Rule.MINUTES_CAP, Rule.WEIGHT_CAP, Rule.HOUSEHOLDS_CAP, Rule.SKILL, Rule.TOOLS,
        Rule.PARTS,
    ]  # fmt: skip
    assert [change.by for change in told.changes] == [0, 1, 10, 2, 1, 4, 1, 2]
    assert told.hint == (
        "w1 may go to job; w1 may have 1 visits on duty d1, 1 more than 0; w1 may have 30 min work on duty d1, 10 min "
        "more than 20 min; w1 may have 5 weight on duty d1, 2 more than 3; w1 may have 1 households on duty d1, 1 more "
        "than 0; w1 holds gas at level 2 until 2026-11-23, now level 1 until 2026-11-20; w1 carries ladder; "
        "w1 carries 2 more fuse, 3 in all"
    )


@pytest.mark.parametrize(
    ("job", "who", "kind", "by"),
    [
        (visit("job", windows=(Span(0, 8 * HOUR + 30),)), worker("w1"), OpenWindow, 10),
        (visit("job", ticks=60, windows=(Span(600, 640),)), worker("w1"), OpenWindow, 20),
        (visit("job", ticks=9, ticks_by={"w1": 60}, windows=(Span(600, 640),)), worker("w1"), OpenWindow, 20),
        (visit("job", ticks=45), worker("w1", duty(end=8 * HOUR + 50)), Retime, 5),
        (visit("job", ticks=9, ticks_by={"w1": 45}), worker("w1", duty(end=8 * HOUR + 50)), Retime, 5),
        (visit("job", ticks=9, ticks_by={"w1": 45}), worker("w1", duty(max_ticks=40)), Raise, 5),
        (visit("job", price=5.0), worker("w1"), PriceUp, 6),
        (visit("job"), worker("w1", duty(max_visits=0)), Raise, 1),
        (visit("job", windows=(Span(600, 630),)), replace(worker("w1"), duties=()), AddDuty, 30),
    ],
)
def test_the_smallest_change_of_each_kind(job: Visit, who: Any, kind: type, by: float) -> None:
    problem = line_problem((who,), (job,))
    (told,) = changes_of(problem, "job").values()
    (change,) = told.changes
    assert (type(change), change.by) == (kind, by)
    assert fits(problem, planned(problem), "job", told)


def test_where_the_day_is_full_the_least_dear_visit_is_taken_off() -> None:
    """What was told fills the duty, and those before and after it; the job is pinned to no time."""
    spans = {"d0": (0, 8), "d1": (8, 16), "d2": (16, 24)}
    duties = tuple(duty(name, start * HOUR, end * HOUR, start_spot=1) for name, (start, end) in spans.items())
    full = tuple(
        visit(f"v{start}", ticks=235, windows=(Span(start * HOUR, (start + 4) * HOUR),), price=price)
        for start, price in ((0, 90.0), (4, 90.0), (8, 300.0), (12, 40.0), (16, 90.0), (20, 90.0))
    )
    job = visit("job", ticks=60, windows=(Span(9 * HOUR, 15 * HOUR),), price=1000.0)
    problem = line_problem((worker("w1", *duties),), (*full, job))
    plan = planned(replace(problem, visits=full))
    told = changes_of(problem, "job", plan)["w1"]
    assert told.changes == (TakeOff(rule=Rule.OVERLAP, visit="v12", by=40.0),)
    assert told.hint == "v12 is taken off, at its price of 40"
    assert fits(problem, plan, "job", told)


def test_a_crew_names_what_has_to_change_for_each_of_its_people() -> None:
    able = worker("able", skills=(Skill(skill="lift"),))
    late = worker("late", duty(start=14 * HOUR), skills=(Skill(skill="lift"),))
    job = visit("job", people=2, skill="lift", windows=(Span(9 * HOUR, 10 * HOUR),))
    problem = line_problem((able, late, worker("untaught")), (job,))
    told = changes_of(problem, "job")
    assert told["able"].rule == Rule.CREW
    assert [(type(one).__name__, getattr(one, "worker", "")) for one in told["able"].changes] == [
        ("Certify", "untaught")
    ]
    assert told["able"].then[0].workers == ("able", "untaught")
    assert told["untaught"].hint.startswith("untaught holds lift")
    for one in told.values():
        assert fits(problem, planned(problem), "job", one)


def test_of_two_skills_each_that_lacks_is_named() -> None:
    job = visit("job", skill="lift", also=(SkillAsked(skill="gas", level=2), SkillAsked(skill="power")))
    both = worker("both", skills=(Skill(skill="power"),))
    higher = worker("higher", skills=(Skill(skill="lift"), Skill(skill="power"), Skill(skill="gas", level=1)))
    problem = line_problem((both, higher), (job,))
    told = changes_of(problem, "job")
    assert [(one.to.skill, one.to.level) for one in told["both"].changes] == [("lift", 0), ("gas", 2)]
    assert [(one.from_.level, one.to.level) for one in told["higher"].changes] == [(1, 2)]
    assert all(fits(problem, planned(problem), "job", one) for one in told.values())
    (out,) = planned(problem).unplanned
    assert out.reasons[0].message == (
        "2 workers do not hold lift at level 0 and gas at level 2 and power at level 0 on the day."
    )


def test_what_stands_is_as_slow_as_who_does_it_when_others_would_be_quicker() -> None:
    """The visit that stands may begin later for the quick one, but not for the slow one who has it."""
    stands = visit("stands", ticks=60, ticks_by={"quick": 5}, windows=(Span(600, 660),), among=("slow",), price=600.0)
    people = worker("slow", duty(end=700)), worker("quick", duty(start=900))
    job = visit("job", ticks=30, windows=(Span(480, 490),), among=("slow",))
    problem = line_problem(people, (replace(stands, among=None), job))
    plan = planned(replace(problem, visits=(stands,)))
    told = changes_of(problem, "job", plan)["slow"]
    assert [(type(one), one.by) for one in told.changes] == [(OpenWindow, 30)]
    assert fits(problem, plan, "job", told)


def test_a_tie_to_one_day_is_loosened_where_nobody_has_both_days() -> None:
    days = [duty(f"d{n}", (24 * n + 8) * HOUR, (24 * n + 16) * HOUR, day=DAY + n) for n in (0, 1)]
    people = tuple(worker(f"w{n}", one, skills=(Skill(skill=f"s{n}"),)) for n, one in enumerate(days))
    open_ = [Span((24 * n + 8) * HOUR, (24 * n + 16) * HOUR) for n in (0, 1)]
    jobs = tuple(visit(name, skill=f"s{n}", windows=(open_[n],)) for n, name in enumerate("ab"))
    tie = Tie(first="a", then="b", least=None, most=None, same_day=True, workers="any")
    problem = line_problem(people, jobs, ties=(tie,))
    told = changes_of(problem, "a")["w0"]
    assert told.changes == (Loosen(rule=Rule.TIE, from_=tie, to=replace(tie, same_day=False)),)
    assert told.hint == "a and b are not bound to one day"
    assert fits(problem, planned(problem), "a", told)


def test_a_crew_is_found_in_another_gap_where_a_break_does_not_go_into_the_first() -> None:
    """Ahead of the first visit and behind it are the same way; only behind it there is an hour left for the break."""
    rest = Rest(span=Span(9 * HOUR, 13 * HOUR), ticks=HOUR)
    long = visit("long", ticks=150, windows=(Span(690, 840),), among=("w1",))
    problem = line_problem(
        (worker("w1", duty(start=9 * HOUR, end=14 * HOUR, rests=(rest,))), worker("w2")),
        (visit("short", ticks=20, windows=(Span(540, 840),), among=("w1",)), long),
    )
    standing = Standing(problem, planned(problem))
    assert standing.insert(visit("job", people=2, windows=(Span(600, 630),))).left == {}


def test_a_crew_of_more_people_than_there_are_says_so() -> None:
    problem = line_problem((worker("w1"),), (visit("job", people=2),))
    (told,) = changes_of(problem, "job").values()
    assert (told.rule, told.changes, told.hint) == (Rule.CREW, (), "it takes 2 people, and there is 1")


def test_a_store_that_cannot_be_reached_in_time_is_no_help_but_carrying_is() -> None:
    job = visit("job", 1, tools=("saw",), windows=(Span(8 * HOUR, 8 * HOUR + 45),))
    problem = line_problem((worker("w1"),), (job,), stores=(Store(id="depot", spot=9),))
    (told,) = changes_of(problem, "job").values()
    assert [type(one).__name__ for one in told.changes] == ["CarryTool"]
    assert fits(problem, planned(problem), "job", told)


def test_what_was_not_looked_into_says_so() -> None:
    problem = line_problem((worker("w1"), worker("w2"), worker("w3")), (visit("job", skill="gas"),))
    told = why(problem, planned(problem), "job", tried=1).hindrances
    assert [(one.looked_into, bool(one.changes)) for one in told] == [(True, True), (False, False), (False, False)]
    assert {one.rule for one in told} == {Rule.SKILL}
    for one in told[1:]:
        (lacks,) = one.at_least
        assert (type(lacks), lacks.rule) == (Certify, Rule.SKILL)
        assert one.hint == (
            f"{one.worker} holds gas at level 0, which they do not now, at least; not looked into, others come nearer"
        )
    assert told[0].at_least == ()


def test_of_who_lacks_nothing_but_time_only_the_rule_is_said_if_not_looked_into() -> None:
    """All three have the same hour taken already."""
    hour = (Span(9 * HOUR, 10 * HOUR),)
    people = tuple(worker(name) for name in ("w1", "w2", "w3"))
    taken = tuple(visit(f"of-{one.id}", 1, ticks=60, windows=hour, among=(one.id,)) for one in people)
    problem = line_problem(people, (*taken, visit("job", 1, ticks=60, windows=hour)))
    told = why(problem, planned(problem), "job", tried=1).hindrances
    assert [one.rule for one in told] == [Rule.OVERLAP] * 3
    assert {(one.hint, one.at_least) for one in told if not one.looked_into} == {
        ("not looked into, others come nearer", ())
    }


def test_of_two_sets_the_one_that_takes_nothing_off_then_of_fewer_rules_is_smaller() -> None:
    off = TakeOff(rule=Rule.OVERLAP, visit="v", by=1)
    window = OpenWindow(rule=Rule.WINDOW, visit="v", from_=Span(0, 1), to=Span(0, 500), by=499)
    price = PriceUp(rule=Rule.UNPLANNED, visit="v", from_=1, to=2, by=1)
    assert sorted([(off,), (window, price), (window,), (price,)], key=size) == [
        (price,),
        (window,),
        (window, price),
        (off,),
    ]


def test_two_changes_of_one_thing_that_begin_alike_are_one_as_large_as_both() -> None:
    held = Skill(skill="gas", level=1, first=DAY + 1, last=DAY)
    certify = partial(Certify, rule=Rule.SKILL, worker="w1", from_=held)
    sooner = certify(to=replace(held, first=DAY), by=1)
    later = certify(to=replace(held, level=2, last=DAY + 2), by=3)
    window = partial(OpenWindow, rule=Rule.WINDOW, visit="v", from_=Span(10, 20))
    cap = partial(Raise, rule=Rule.VISITS_CAP, worker="w1", duty="d1", from_=1)
    found = merged((
        sooner, window(to=Span(5, 20), by=5), cap(to=3, by=2), later, window(to=Span(10, 27), by=7), cap(to=2, by=1),
        cap(to=2, by=1, duty="d2"),
    ))  # fmt: skip
    assert found == (
        certify(to=replace(held, level=2, first=DAY, last=DAY + 2), by=4),
        window(to=Span(5, 27), by=12),
        cap(to=3, by=2),
        cap(to=2, by=1, duty="d2"),
    )


def test_changes_are_read_back_from_their_json() -> None:
    ties = (Tie(first="a", then="b"),)
    early, late = duty("d1", 8 * HOUR, 9 * HOUR), duty("d1", 14 * HOUR, 17 * HOUR)
    problem = line_problem((worker("early", early), worker("late", late)), (visit("a", 1), visit("b", 1)), ties=ties)
    told = why(problem, planned(problem), "a")
    assert msgspec.json.decode(msgspec.json.encode(told), type=Why) == told
    assert as_data(told)["hindrances"][0]["changes"][0] == {
        "what": "tie", "rule": "tie", "by": 340,
        "from": as_data(ties[0]), "to": {**as_data(ties[0]), "most": 340},
    }  # fmt: skip


def test_a_plan_is_asked_about_as_it_was() -> None:
    """Looking for changes leaves what is held ready as it is."""
    problem = drawn_routes(12, workers=4, visits=12, use=frozenset(KINDS) - _SOLID)
    plan = planned(problem)
    standing = Standing(problem, plan)
    before = standing.plan()
    for one in before.unplanned:
        assert standing.why(one.id) == standing.why(one.id)
    assert standing.plan() == before
    assert check(problem, before) == []
