"""Big days, block by block: clean whatever rules join the blocks, the same plan again, nothing out without need."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from clean_plans import clean_plan
from msgspec.structs import replace
from solver_problems import HOUR, duty, line_problem, nights, random_problem, two_shifts, visit, worker

from dispatch.solver.big.block import make_block
from dispatch.solver.big.cut import cut
from dispatch.solver.big.ground import coordinates
from dispatch.solver.big.improve import improve_big
from dispatch.solver.big.whole import Whole
from dispatch.solver.checks import check, cost
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.problem import Pin, RouteProblem, RouteWeights, Skill, Span, Store, Tie
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.solve import improve, insert

NOTHING = RoutePlan(effort=Effort(solver="nobody", seed=0, budget=0, used=0))


def town(seed: int) -> RouteProblem:
    return random_problem(seed, workers=10, visits=60)


@pytest.mark.parametrize("seed", range(8))
def test_a_mixed_day_in_small_blocks_is_clean(seed: int) -> None:
    weights = RouteWeights(duration=0.5, greatest_late=2.0)
    for problem in (town(seed), two_shifts(town(seed)), nights(town(seed)), replace(town(seed), weights=weights)):
        begun = insert(problem)
        for start in (NOTHING, begun):
            plan = improve_big(problem, start, budget=6, seed=seed, block=15)
            assert check(problem, plan) == []
        assert plan.total <= begun.total + 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_every_rule_between_blocks_is_kept(seed: int) -> None:
    """Ties, crews, stores, tools and overtime, on a ground given by a matrix, in blocks of a worker or two."""
    problem, plan = clean_plan(seed)
    for start in (plan, NOTHING):
        found = improve_big(problem, start, budget=2, seed=seed, block=5)
        assert check(problem, found) == []
    kept = improve_big(problem, plan, budget=2, seed=seed, block=5)
    assert kept.total <= plan.total + 1e-6


def test_a_plan_that_costs_enough_ends_it() -> None:
    seen: list[RoutePlan] = []
    improve_big(town(3), NOTHING, budget=8, seed=7, block=15, on_best=seen.append)
    plan = improve_big(town(3), NOTHING, budget=8, seed=7, block=15, enough=seen[0].total)
    assert plan.total <= seen[0].total
    assert plan.effort.used < 8
    assert plan.effort.repeatable


def test_the_same_budget_gives_the_same_plan_on_two_cores() -> None:
    problem = town(3)
    plans = [improve_big(problem, NOTHING, budget=4, seed=7, cores=2, block=15) for _ in range(3)]
    assert plans[0] == plans[1] == plans[2]
    assert plans[0].effort.repeatable
    assert plans[0].effort.used == 4


def test_the_largest_seed_will_do() -> None:
    problem = town(2)
    plan = improve_big(problem, NOTHING, budget=1, seed=2**63 - 1, block=15)
    assert check(problem, plan) == []


def test_another_seed_goes_another_way() -> None:
    problem = town(3)
    plans = {improve_big(problem, NOTHING, budget=1, seed=seed, block=15).total for seed in range(4)}
    assert len(plans) > 1


def test_on_best_sees_each_better_plan_and_they_are_clean() -> None:
    problem = town(11)
    seen: list[RoutePlan] = []
    last = improve_big(problem, NOTHING, budget=20, seed=1, on_best=seen.append, block=15)
    totals = [one.total for one in seen]
    assert len(totals) > 1
    assert totals == sorted(totals, reverse=True)
    assert last.total == pytest.approx(totals[-1])
    assert [finding for one in seen for finding in check(problem, one)] == []


def test_cancel_and_the_clock_stop_it_and_the_plan_says_so() -> None:
    problem = town(11)
    begun = insert(problem)
    at_once = improve_big(problem, begun, budget=50, seed=1, cancel=lambda: True, block=15)
    assert (at_once.routes, at_once.effort.used, at_once.effort.repeatable) == (begun.routes, 0, False)
    asked = itertools.count()
    later = improve_big(problem, NOTHING, budget=50, seed=1, cancel=lambda: next(asked) > 12, block=15)
    assert check(problem, later) == []
    assert 0 < later.effort.used < 50
    timed = improve_big(problem, NOTHING, budget=None, seconds=0.3, seed=1, block=15)
    assert check(problem, timed) == []
    assert not timed.effort.repeatable


def test_without_budget_and_clock_it_goes_on_until_it_is_told() -> None:
    problem = town(5)
    asked = itertools.count()
    plan = improve_big(problem, NOTHING, budget=None, seed=1, cancel=lambda: next(asked) > 40, block=15)
    assert check(problem, plan) == []
    assert plan.effort.used > 1


def test_a_large_day_is_searched_block_by_block_a_small_one_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = town(2)
    whole = improve(problem, NOTHING, budget=2, seed=1)
    monkeypatch.setattr("dispatch.solver.solve.BIG", sum(one.people for one in problem.visits))
    assert improve(problem, NOTHING, budget=2, seed=1) == improve_big(problem, NOTHING, budget=2, seed=1)
    monkeypatch.setattr("dispatch.solver.solve.BIG", 1 + sum(one.people for one in problem.visits))
    assert improve(problem, NOTHING, budget=2, seed=1) == whole


def test_what_the_near_block_has_no_room_for_goes_to_the_one_behind() -> None:
    """Two people far apart, a block each; all the work lies beside the first, who may do one visit only.

    With tools asked for and a store, what is out is for the blocks alone.
    """
    people = (
        worker("near", duty(start_spot=0, max_visits=1), tools=("ladder",)),
        worker("far", duty(start_spot=9), tools=("ladder",)),
    )
    jobs = tuple(visit(f"v{number}", 0, 10, tools=("ladder",)) for number in range(3))
    problem = line_problem(people, jobs, stores=(Store(id="store", spot=5),))
    plan = improve_big(problem, NOTHING, budget=2, seed=1, block=1)
    assert check(problem, plan) == []
    assert {route.worker: len(route.stops) for route in plan.routes} == {"near": 1, "far": 2}


def test_what_no_block_near_has_room_for_is_offered_to_everybody() -> None:
    people = (
        *(worker(f"w{number}", duty(start_spot=number, max_visits=1)) for number in range(5)),
        worker("far", duty(start_spot=9)),
    )
    problem = line_problem(people, tuple(visit(f"v{number}", 0, 10) for number in range(8)))
    plan = improve_big(problem, NOTHING, budget=1, seed=1, block=1)
    assert check(problem, plan) == []
    assert {route.worker: len(route.stops) for route in plan.routes}["far"] == 3


def test_what_only_somebody_far_away_can_do_is_offered_to_them() -> None:
    people = (
        *(worker(f"w{number}", duty(start_spot=number)) for number in range(4)),
        worker("able", duty(start_spot=9), skills=(Skill(skill="lifts", level=2),)),
    )
    jobs = (visit("lift", 0, skill="lifts", level=1), *(visit(f"v{number}", number) for number in range(4)))
    problem = line_problem(people, jobs)
    plan = improve_big(problem, NOTHING, budget=2, seed=1, block=1)
    assert check(problem, plan) == []
    assert plan.unplanned == ()


def test_what_is_left_out_fits_nowhere() -> None:
    """One person, time for one of two visits: the other is out with its reason."""
    problem = line_problem((worker("w1", duty(max_visits=1)),), (visit("a", 1), visit("b", 2)))
    plan = improve_big(problem, NOTHING, budget=2, seed=1, block=1)
    assert check(problem, plan) == []
    assert len(plan.unplanned) == 1
    assert plan.unplanned[0].reasons[0].rule == "visits_cap"


def test_a_crew_pinned_to_people_of_two_blocks_brings_them_together() -> None:
    people = tuple(worker(f"w{number}", duty(start_spot=number)) for number in range(8))
    jobs = (
        visit("pair", 4, people=2, pin=Pin(workers=("w0", "w7"))),
        *(visit(f"v{number}", number) for number in range(8)),
        visit("tied", 3),
        visit("after", 5),
    )
    ties = (
        Tie(first="tied", then="after", least=40, most=90),
        Tie(first="pair", then="v3", least=30, most=99, workers="any"),
    )
    problem = line_problem(people, jobs, ties=ties)
    plan = improve_big(problem, NOTHING, budget=2, seed=1, block=6)
    assert check(problem, plan) == []
    assert plan.unplanned == ()


def test_a_crew_of_two_blocks_stays_where_and_when_it_is() -> None:
    people = (worker("w0"), worker("w1", duty(start_spot=9)))
    problem = line_problem(people, (visit("pair", 5, people=2), visit("alone", 2)))
    whole = Whole(Compiled(problem))
    whole.put({0: [1, 0], 1: [0]}, {0: 555, 1: 500})
    block = make_block(whole, [0], [])
    assert [block.visits[index] for index in block.fixed] == [0]
    held = block.problem.visits[block.visits.index(0)]
    assert (held.people, held.among, held.windows) == (1, ("w0",), (Span(555, 585),))
    assert not make_block(whole, [0, 1], []).fixed
    assert len(make_block(whole, [0, 1], [], loose=False).fixed) == 1


def test_blocks_pay_for_fair_shares_together_what_the_whole_does() -> None:
    people = (worker("w0"), worker("w1", duty("am"), duty("pm", 17 * HOUR, 20 * HOUR)), worker("w2"))
    problem = line_problem(people, (visit(),), weights=RouteWeights(fair=8.0))
    whole = Whole(Compiled(problem))
    prices = [make_block(whole, workers, [0]).problem.weights.fair for workers in ([0, 1], [2])]
    assert prices == [6.0, 2.0]


def test_big_days_with_shares_are_cheaper_than_where_nobody_looks_at_them() -> None:
    """All together: of one day so short a search may by chance find less than another."""
    saved = []
    for seed in range(4):
        problem = random_problem(seed, workers=16, visits=120)
        fair = replace(problem, weights=replace(problem.weights, fair=20.0))
        blind = improve_big(problem, NOTHING, budget=10, seed=1, block=40)
        saved.append(sum(cost(fair, blind).values()) - improve_big(fair, NOTHING, budget=10, seed=1, block=40).total)
    assert sum(saved) > 1_000.0


def test_who_is_at_both_of_two_tied_visits_stays_so() -> None:
    problem = line_problem(
        (worker("w0"), worker("w1")),
        (visit("one", 1), visit("two", 2), visit("more", 3)),
        ties=(Tie(first="one", then="two", least=30, most=None, workers="same"),),
    )
    order = insert(replace(problem, ties=()))
    start = replace(order, routes=tuple(replace(one) for one in order.routes))
    assert len(start.routes) == 1
    assert check(problem, start) == []
    plan = improve_big(problem, start, budget=2, seed=1, block=1)
    assert check(problem, plan) == []
    assert plan.unplanned == ()
    whole = Whole(Compiled(problem))
    whole.put({0: [0, 1, 2]}, {0: 490, 1: 530, 2: 570})
    assert make_block(whole, [0, 1], []).fixed == {0, 1}


def test_a_cut_takes_everybody_once_and_balances_work() -> None:
    draw = np.random.default_rng(1)
    places, work = draw.uniform(size=(90, 2)), draw.uniform(1, 3, size=90)
    cuts = [cut(places, work, 7, seed=seed) for seed in range(3)]
    for blocks in cuts:
        assert sorted(itertools.chain(*blocks)) == list(range(90))
        loads = [work[block].sum() for block in blocks]
        assert len(blocks) == 7
        assert max(loads) < 1.5 * min(loads)
    assert cuts[0] == cut(places, work, 7, seed=0)
    assert cuts[0] != cuts[1] != cuts[2]


def test_a_cut_keeps_bonds_that_are_no_more_than_a_block() -> None:
    places, work = np.arange(20.0).reshape(-1, 1), np.ones(20)
    for seed in range(5):
        blocks = cut(places, work, 4, seed=seed, bonds=[(0, 19), (3, 16)])
        of = {worker: number for number, block in enumerate(blocks) for worker in block}
        assert (of[0], of[3]) == (of[19], of[16])
    everybody = cut(places, work, 4, seed=0, bonds=[range(20)])
    assert len(everybody) == 4


def test_coordinates_tell_what_is_near_by_positions_and_by_a_matrix() -> None:
    by_matrix = line_problem((worker("w0"),), (visit("v0"),))
    away = np.abs(coordinates(by_matrix) - coordinates(by_matrix)[0]).sum(axis=1)
    assert (np.diff(away) > 0).all()
    by_place = town(1)
    ground = coordinates(by_place)
    assert ground.shape == (len(by_place.spots), 2)
    east = replace(by_place, spots=tuple(replace(one, lon=one.lon + 58.55) for one in by_place.spots))
    across = coordinates(replace(east, spots=tuple(replace(s, lon=(s.lon + 180) % 360 - 180) for s in east.spots)))
    assert np.allclose(np.ptp(across, axis=0), np.ptp(ground, axis=0))
