"""A round that begins and ends at one checkpoint: planned on the shortest such way, and the check holds it to that."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from msgspec.structs import replace
from round_problems import guard, plan_of, problem, rules, walked

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import check, cost
from dispatch.solver.problem import Span
from dispatch.solver.round_plan import RoundPlan, ShortestWay
from dispatch.solver.round_problem import Every, RoundToPlan
from dispatch.solver.rounds.orders import EXACT, drawn_orders, ends_held, length, shortest
from dispatch.solver.rules import Rule

HOURLY = Every(first=30, every=40, until=240, jitter=10)
CIRCLE = walked("circle", (1, 4, 2, 5, 1), every=HOURLY)
ASKED = problem((CIRCLE,), (guard("a"), guard("b")))


def in_order(plan: RoundPlan, *names: str) -> RoundPlan:
    """``plan`` with its first walk on a way over ``names``, its times and cost as they are then."""
    walk, (*_, home) = plan.walks[0], ASKED.checkpoints
    at, passes = walk.start, []
    for before, name in zip((names[0], *names), names, strict=False):
        at += abs(int(before[1:]) - int(name[1:]))
        passes.append(replace(walk.passes[0], checkpoint=name, arrive=at, leave=at + home.ticks))
        at += home.ticks
    changed = replace(plan, walks=(replace(walk, passes=tuple(passes), end=at), *plan.walks[1:]))
    return replace(changed, cost=cost(ASKED, changed))


def test_every_walk_begins_and_ends_there_and_passes_all_others_once() -> None:
    plan = plan_of(ASKED)
    ways = {tuple(step.checkpoint for step in walk.passes) for walk in plan.walks}
    assert len(plan.walks) == 6 and len(ways) > 1
    assert all((way[0], way[-1], sorted(way[1:-1])) == ("c1", "c1", ["c2", "c4", "c5"]) for way in ways)


def test_a_walk_that_begins_elsewhere_or_a_longer_way_said_to_be_the_shortest_is_found() -> None:
    plan = plan_of(ASKED)
    assert check(ASKED, in_order(plan, *(step.checkpoint for step in plan.walks[0].passes))) == []
    assert Rule.ROUND_WAY in rules(check(ASKED, in_order(plan, "c2", "c1", "c1", "c4", "c5")))
    for names in (("c1", "c5", "c2", "c4", "c1"), ("c5", "c4", "c2", "c1", "c1")):
        assert Rule.ROUND_WAY in rules(
            check(ASKED, replace(plan, shortest=(ShortestWay(round="circle", checkpoints=names),)))
        )


@pytest.mark.parametrize("places", [(1, 1), (1, 2, 2), (1, 2, 1, 3), (1, 2, 1, 2, 1)])
def test_any_other_checkpoint_named_twice_is_a_fault(places: tuple[int, ...]) -> None:
    asked = problem((walked("r", places, bands=(Span(10, 12),)),), (guard("a"),))
    with pytest.raises(ProblemError, match="twice"):
        plan_of(asked)


@pytest.mark.parametrize("count", [3, 5, 7, EXACT + 1, EXACT + 3, EXACT + 8])
def test_the_shortest_way_there_and_back_is_found_and_all_drawn_begin_and_end_there(count: int) -> None:
    draw = random.Random(count)
    spots = [(draw.randrange(40), draw.randrange(40)) for _ in range(count - 1)]
    spots.append(spots[0])
    ways = [[abs(a - c) + abs(b - d) for c, d in spots] for a, b in spots]
    held = ends_held(ways)
    best = shortest(held)
    inner = range(1, count - 1)
    if count <= EXACT:
        assert length(ways, best) == min(length(ways, (0, *way, count - 1)) for way in permutations(inner))
    orders = drawn_orders(held, best, 2 * length(ways, best), 7)
    assert len(orders) > (1 if count > 3 else 0)
    assert all((order[0], order[-1], sorted(order)) == (0, count - 1, list(range(count))) for order in orders)


def one_way(one: RoundToPlan) -> RoundToPlan:
    """The same without the way back."""
    return replace(one, checkpoints=one.checkpoints[:-1])


def test_the_way_back_takes_time() -> None:
    there, back = plan_of(replace(ASKED, rounds=(one_way(CIRCLE),))), plan_of(ASKED)
    assert max(w.end - w.start for w in there.walks) < min(w.end - w.start for w in back.walks)
