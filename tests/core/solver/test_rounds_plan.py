"""Patrol rounds: as many as can be are walked, at starts drawn from the seed, and what cannot be is named."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections import Counter
from itertools import pairwise, permutations
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from round_problems import SEED, drawn, duty, guard, most_walked, plan_of, problem, walked

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check
from dispatch.solver.kinds import Problem
from dispatch.solver.problem import Rest, Skill, Span
from dispatch.solver.round_plan import RoundPlan, SmallestChange
from dispatch.solver.round_problem import Every, Guard, PastStart, Post, RoundProblem, RoundWeights, Variation
from dispatch.solver.rounds.draw import commitment, fresh_first, reveals
from dispatch.solver.rounds.orders import drawn_orders, length, shortest
from dispatch.solver.rounds.prove import prove
from dispatch.solver.rounds.solve import plan_rounds
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve

HOURLY = Every(first=30, every=60, until=240, jitter=10)


# Of 3 and 14 it takes long to try everything by brute force.
@pytest.mark.parametrize("seed", sorted({*range(32)} - {3, 14}))
def test_as_many_times_are_walked_as_can_be(seed: int) -> None:
    asked = drawn(seed, rounds=3 if seed % 2 else 2)
    assert len(plan_of(asked).walks) == most_walked(asked)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(0, 5))
def test_whatever_the_problem_the_plan_is_clean_and_more_search_is_no_dearer(
    seed: int, rounds: int, guards: int
) -> None:
    asked = drawn(seed, rounds=rounds, guards=guards)
    first, better = plan_of(asked, budget=0), plan_of(asked, budget=1)
    assert better.total <= first.total + 1e-9
    assert [(walk.round, walk.nominal, walk.start) for walk in first.walks] == [
        (walk.round, walk.nominal, walk.start) for walk in better.walks
    ]


@pytest.mark.parametrize("seed", range(8))
def test_one_more_guard_or_no_posts_or_breaks_never_leave_more_out(seed: int) -> None:
    asked = drawn(seed + 100, rounds=4)
    before = len(plan_of(asked).unplanned)
    more = guard("more", skills=(Skill(skill="patrol", level=2),))
    free = tuple(replace(one, duties=tuple(replace(d, rests=(), posts=()) for d in one.duties)) for one in asked.guards)
    for easier in (replace(asked, guards=(*asked.guards, more)), replace(asked, guards=free)):
        assert len(plan_of(easier).unplanned) <= before


def test_walks_are_shared_and_ways_kept_short() -> None:
    asked = problem((walked("r", (0, 1), every=HOURLY),), (guard("a"), guard("b")))
    plan = plan_of(asked)
    assert Counter(name for walk in plan.walks for name in walk.guards) == {"a": 2, "b": 2}
    assert plan.cost[Rule.ROUND_SHARE] == 0
    lonely = replace(asked, weights=RoundWeights(share=0.0), guards=(guard("a"), guard("far", replace(duty(), spot=5))))
    assert {name for walk in plan_of(lonely).walks for name in walk.guards} == {"a"}


# Where it cannot be walked, the smallest change is named, and it helps.

LATE = walked("late", (1,), bands=(Span(10, 15),))


def left_of(asked: RoundProblem) -> tuple[Rule, SmallestChange | None]:
    (left,) = plan_of(asked).unplanned
    assert left.reasons[0].message
    assert left.reasons[0].hint
    return left.reasons[0].rule, left.change


def test_a_start_a_little_later_is_named() -> None:
    asked = problem((LATE,), (guard("a", duty(20, 240)),))
    assert left_of(asked) == (Rule.SHIFT, SmallestChange(kind="later", ticks=7))
    assert plan_of(replace(asked, rounds=(replace(LATE, bands=(Span(10, 22),)),))).unplanned == ()
    assert len(plan_of(replace(asked, rounds=(replace(LATE, bands=(Span(10, 21),)),))).unplanned) == 1


def test_a_start_a_little_earlier_is_named() -> None:
    asked = problem((LATE,), (guard("a", duty(0, 9)),))
    assert left_of(asked)[1] == SmallestChange(kind="earlier", ticks=2)
    assert plan_of(replace(asked, rounds=(replace(LATE, bands=(Span(8, 15),)),))).unplanned == ()


def test_somebody_without_the_skill_and_a_certificate_that_has_run_out() -> None:
    for skills in ((), (Skill(skill="patrol", level=0),), (Skill(skill="patrol", level=1, last=99),)):
        asked = problem((LATE,), (guard("a", skills=skills),))
        assert left_of(asked) == (Rule.SKILL, SmallestChange(kind="skill", guard="a"))
    assert plan_of(problem((LATE,), (guard("a"),))).unplanned == ()


def test_a_post_and_a_break_in_the_way() -> None:
    posted = problem((LATE,), (guard("a", duty(posts=(Post(span=Span(0, 235), spot=0),))),))
    assert left_of(posted) == (Rule.POST, SmallestChange(kind="post", guard="a", at=0))
    rest = Rest(span=Span(0, 20), ticks=19)
    resting = problem((LATE,), (guard("a", duty(0, 20, rests=(rest,))),))
    assert left_of(resting) == (Rule.BREAK, SmallestChange(kind="break", guard="a", at=0))
    assert plan_of(problem((LATE,), (guard("a", duty(0, 20, rests=(replace(rest, ticks=8),))),))).unplanned == ()


def test_one_more_guard_and_more_time_are_named() -> None:
    pair = replace(LATE, people=2)
    assert left_of(problem((pair,), (guard("a"),)))[1] == SmallestChange(kind="people", people=1)
    assert plan_of(problem((pair,), (guard("a"), guard("b")))).unplanned == ()
    long = walked("long", (0, 2, 4), bands=(Span(10, 15),), ticks=6)
    assert left_of(problem((long,), (guard("a"),))) == (Rule.ROUND_WAY, SmallestChange(kind="time", ticks=1))
    assert plan_of(problem((replace(long, ticks=7),), (guard("a"),))).unplanned == ()


def changed(asked: RoundProblem, change: SmallestChange) -> RoundProblem | None:
    """The problem with a change among guards carried out; None for changes of a round, which make another draw."""

    def without(one: Guard) -> Guard:
        on = one.duties[0]
        match change.kind:
            case "post":
                on = replace(on, posts=tuple(post for post in on.posts if post.span.start != change.at))
            case "break":
                on = replace(on, rests=tuple(rest for rest in on.rests if rest.span.start != change.at))
            case _:
                return replace(one, skills=(Skill(skill="patrol", level=9),))
        return replace(one, duties=(on,))

    match change.kind:
        case "people":
            more = tuple(
                guard(f"new{number}", skills=(Skill(skill="patrol", level=9),)) for number in range(change.people)
            )
            return replace(asked, guards=(*asked.guards, *more))
        case "post" | "break" | "skill":
            return replace(asked, guards=tuple(without(one) if one.id == change.guard else one for one in asked.guards))
    return None


def test_a_change_among_guards_lets_one_more_time_be_walked() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(200, 250):
        asked = drawn(seed, rounds=3)
        plan = plan_of(asked)
        for left in plan.unplanned[:2]:
            assert left.change is not None
            easier = changed(asked, left.change)
            if easier is not None:
                kinds[left.change.kind] += 1
                assert len(plan_of(easier).walks) > len(plan.walks), (seed, left)
    assert set(kinds) >= {"people", "skill", "post"}


def test_nobody_at_all_and_an_empty_band() -> None:
    assert left_of(problem((LATE,), ())) == (Rule.CREW, SmallestChange(kind="people", people=1))
    empty = replace(LATE, bands=(Span(10, 10),))
    assert left_of(problem((empty,), (guard("a"),)))[0] == Rule.ROUND_START


def test_of_two_at_once_the_dearer_is_walked() -> None:
    cheap, dear = walked("cheap", (1,), bands=(Span(10, 11),)), walked("dear", (5,), bands=(Span(10, 11),), price=700.0)
    plan = plan_of(problem((cheap, dear), (guard("a"),)))
    assert [walk.round for walk in plan.walks] == ["dear"]
    assert plan.cost[Rule.UNPLANNED] == 600.0


# The draw

MONTH = Variation(within=3)


def many(*, seed: str = SEED, within: int = 3, moments: int = 3000) -> RoundProblem:
    """One round an hour apart, somebody always free: nothing but the draw."""
    end = moments * 60
    on = Guard(id="a", skills=(Skill(skill="patrol", level=1),), duties=(duty(-60, end + 60),))
    asked = problem((walked("r", (0,), every=Every(first=30, every=60, until=end, jitter=15)),), (on,))
    return replace(asked, horizon=Span(0, end), seed=seed, variation=Variation(within=within))


def offsets(plan: RoundPlan) -> list[int]:
    return [walk.start - walk.nominal for walk in plan.walks]


def chi_square(found: list[int], choices: int) -> float:
    """Pearson's statistic of offsets against all of ``choices`` alike."""
    counts, mean = Counter(found), len(found) / choices
    return sum((counts[offset] - mean) ** 2 / mean for offset in range(-(choices // 2), choices // 2 + 1))


def test_starts_are_as_uniform_as_chance_and_do_not_repeat() -> None:
    plan = plan_rounds(many(), budget=0, seed=1)
    found = offsets(plan)
    # 30 degrees of freedom: one in a thousand is above 59.7.
    assert chi_square(found, 31) < 59.7
    assert all(found[place] not in found[max(0, place - 3) : place] for place in range(len(found)))
    assert plan.cost[Rule.ROUND_REPEAT] == plan.cost[Rule.ROUND_SPREAD] == 0
    # Nor does the last start tell the next: the differences that there are, modulo the choices, come alike.
    steps = [(later - before) % 31 - 15 for before, later in pairwise(found)]
    assert chi_square([step for step in steps if step != -15], 31) < 59.7 + len(found) / 31


def test_another_seed_or_another_round_draws_others_and_another_horizon_the_same() -> None:
    one, other = (offsets(plan_rounds(many(seed=seed, moments=200), budget=0, seed=1)) for seed in (SEED, "77" * 16))
    alike = sum(a == b for a, b in zip(one, other, strict=True))
    assert alike < 25
    asked = many(moments=200)
    later = replace(asked, horizon=Span(100 * 60, 200 * 60), rounds=(replace(asked.rounds[0], past=tuple(
        PastStart(nominal=walk.nominal, start=walk.start)
        for walk in plan_rounds(asked, budget=0, seed=1).walks[:100])),))  # fmt: skip
    assert offsets(plan_rounds(later, budget=0, seed=1)) == one[100:]


def test_what_was_walked_before_is_not_repeated() -> None:
    band = walked("r", (0,), bands=(Span(60, 64),))
    free = plan_of(problem((band,), (guard("a"),))).walks[0].start
    for nominal, start in ((0, free - 60), (20, free - 40)):
        again = replace(band, past=(PastStart(nominal=nominal, start=start),))
        assert plan_of(problem((again,), (guard("a"),))).walks[0].start != free
    forgotten = replace(
        band, past=(PastStart(nominal=-9, start=free - 69), *(PastStart(nominal=n, start=n + 9) for n in range(3)))
    )
    assert plan_of(problem((forgotten,), (guard("a"),))).walks[0].start == free


def test_where_all_starts_repeat_it_is_walked_all_the_same_and_paid_for() -> None:
    one = walked("r", (0,), every=Every(first=30, every=60, until=240, jitter=0))
    plan = plan_of(problem((one,), (guard("a"),)))
    assert len(plan.walks) == 4
    assert plan.cost[Rule.ROUND_REPEAT] == 3 * 30.0
    assert plan.cost[Rule.ROUND_SPREAD] == 0


def test_starts_all_alike_lack_the_spread_asked() -> None:
    one = walked("r", (0,), every=Every(first=30, every=60, until=240, jitter=1))
    busy = tuple(Post(span=Span(at - 20, at + 2), spot=0) for at in (30, 90, 150, 210))
    plan = plan_of(problem((one,), (guard("a", duty(posts=busy)),), variation=Variation(within=0, spread=1.0)))
    assert plan.unplanned or plan.cost[Rule.ROUND_SPREAD] == pytest.approx(100 * (1 - _entropy(offsets(plan), 3)))


def _entropy(found: list[int], choices: int) -> float:
    shares = [count / len(found) for count in Counter(found).values()]
    return -sum(share * math.log(share) for share in shares) / math.log(min(choices, len(found)))


def test_fresh_offsets_come_first() -> None:
    assert fresh_first([3, -1, 0, 2], [2], 1) == [3, -1, 0, 2]
    assert fresh_first([2, 3, -1, 0], [2], 1) == [3, -1, 0, 2]
    assert fresh_first([2, 3, -1, 0], [2], 2) == [-1, 0, 2, 3]


@pytest.mark.parametrize("seed", range(10))
def test_the_shortest_way_is_that_of_all_orders_and_the_others_are_little_longer(seed: int) -> None:
    draw = random.Random(seed)
    count = draw.randint(1, 7)
    ways = [[0 if a == b else draw.randint(1, 20) for b in range(count)] for a in range(count)]
    best = shortest(ways)
    least = min(length(ways, order) for order in permutations(range(count)))
    assert length(ways, best) == least
    pool = drawn_orders(ways, best, int(least * 1.2), seed)
    assert len(set(pool)) == len(pool)
    assert all(length(ways, order) <= least * 1.2 and sorted(order) == list(range(count)) for order in pool)
    assert pool == drawn_orders(ways, best, int(least * 1.2), seed)


def test_orders_vary_from_time_to_time() -> None:
    one = walked("r", (0, 1, 2, 3), every=HOURLY)
    plan = plan_of(problem((one,), (guard("a"),), variation=Variation(detour=1.0)))
    orders = [tuple(step.checkpoint for step in walk.passes) for walk in plan.walks]
    assert all(before != after for before, after in pairwise(orders))


# Proof, commit and reveal


def test_the_plan_is_proven_from_its_seed_and_every_change_is_found() -> None:
    asked = drawn(6)
    plan = plan_of(asked)
    assert (prove(asked, plan).holds, prove(asked, plan).differences) == (True, ())
    moved = replace(plan.walks[0], start=plan.walks[0].start + 1)
    changed = replace(plan, walks=(moved, *plan.walks[1:]))
    proof = prove(asked, changed)
    assert (proof.holds, proof.drawn, proof.same) == (False, False, False)
    assert any("walks" in line for line in proof.differences)
    assert not prove(asked, plan, commitment="0" * 64).committed


def test_the_commitment_binds_the_seed_and_the_problem() -> None:
    asked = drawn(5)
    published = commitment(asked)
    assert reveals(published, asked, asked.seed)
    assert not reveals(published, asked, "77" * 32)
    assert not reveals(published, replace(asked, horizon=Span(0, 239)), asked.seed)
    assert asked.seed not in msgspec.json.encode(plan_of(asked)).decode()


def test_a_plan_of_another_solver_or_cut_short_cannot_be_told() -> None:
    asked = drawn(6)
    plan = plan_of(asked)
    for effort in (replace(plan.effort, solver="rounds-0"), replace(plan.effort, repeatable=False)):
        proof = prove(asked, replace(plan, effort=effort))
        assert (proof.same, proof.holds) == (None, True)
    cut = plan_rounds(asked, budget=10**9, seed=1, seconds=0.0)
    assert not cut.effort.repeatable
    assert check(asked, cut) == []


# Repeatable, as files


def test_another_process_makes_the_same_plan_and_files_are_taken(tmp_path: Path) -> None:
    asked = drawn(3, rounds=6, guards=3)
    plan = solve(asked, budget=2, seed=7)
    path, out = tmp_path / "problem.json", tmp_path / "plan.json"
    path.write_bytes(msgspec.json.encode(asked))
    command = [sys.executable, "-m", "dispatch"]
    subprocess.run(
        [*command, "solve", path, "--budget", "2", "--seed", "7", "--out", out], check=True, capture_output=True
    )
    assert msgspec.json.decode(out.read_bytes(), type=RoundPlan) == plan
    checked = subprocess.run([*command, "check", path, out, "--json"], capture_output=True, text=True, check=False)
    assert (checked.returncode, json.loads(checked.stdout)) == (0, [])
    assert msgspec.json.decode(path.read_bytes(), type=Problem) == asked


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (problem((LATE, LATE), ()), "round 'late' stands in it twice"),
        (problem((), (guard("a"), guard("a"))), "guard 'a' stands in it twice"),
        (problem((replace(LATE, checkpoints=("c9",)),), ()), "passes 'c9', which is unknown"),
        (problem((replace(LATE, checkpoints=("c1", "c1")),), ()), "passes 'c1' twice"),
        (problem((replace(LATE, bands=(Span(9, 8),)),), ()), "ends before it starts"),
        (problem((replace(LATE, bands=(Span(9, 12), Span(9, 13))),), ()), "two times at tick 9"),
        (problem((replace(LATE, every=Every(first=0, every=30, until=90, jitter=15)),), ()), "could change places"),
        (problem((replace(LATE, every=Every(first=0, every=1, until=900_000, jitter=0)),), ()), "900000 moments"),
        (problem((replace(LATE, mode="boat"),), ()), "no travel times for the mode 'boat'"),
        (problem((), (guard("a", duty(), replace(duty(), id="x")),)), "duties 'd0' and 'x' of 'a' overlap"),
        (problem((), (guard("a", replace(duty(), spot=9)),)), "is at spot 9, but there are 6 spots"),
        (problem((), (guard("a", duty(posts=(Post(span=Span(200, 300), spot=0),))),)), "outside its span"),
        (problem((), (guard("a", duty(rests=(Rest(span=Span(0, 10), ticks=11),))),)), "leave no room for"),
        (replace(problem((), ()), horizon=Span(5, 4)), "its horizon ends before it starts"),
    ],
)  # fmt: skip
def test_what_is_no_problem_is_said(broken: RoundProblem, says: str) -> None:
    with pytest.raises(ProblemError, match=says):
        solve(broken, budget=0, seed=1)


def test_a_plan_cannot_start_it() -> None:
    asked = drawn(1)
    with pytest.raises(ProblemError, match="is drawn whole"):
        solve(asked, budget=0, seed=1, start=plan_of(asked))
