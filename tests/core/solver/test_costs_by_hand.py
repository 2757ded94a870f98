"""Every weighted rule of routes costs what counting tick by tick gives, on plans no search made."""

from __future__ import annotations

from typing import Any

import pytest
from clean_plans import START, STORE, clean_plan
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import duty, line_problem, visit, worker

from dispatch.solver.checks import check, cost
from dispatch.solver.plan import Effort, Route, RoutePlan, Stop
from dispatch.solver.problem import Duty, Rest, RouteProblem, RouteWeights, Span, Store, Worker
from dispatch.solver.rules import Rule

SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=200, deadline=None)


class Book:
    """The plan as a list of who does what, by the minute."""

    def __init__(self, problem: RouteProblem, plan: RoutePlan) -> None:
        self.problem = problem
        self.visits = {one.id: one for one in problem.visits}
        self.done = [(stop, route.worker) for route in plan.routes for stop in route.stops if stop.visit in self.visits]
        self.duties = {(one.id, each.id): (one, each) for one in problem.workers for each in one.duties}
        self.routes = {(route.worker, route.duty): route for route in plan.routes if route.stops}

    def way(self, who: Worker, here: int, there: int) -> int:
        assert self.problem.matrix is not UNSET
        return self.problem.matrix.ticks[who.mode][here][there]

    def arrive(self, who: Worker, here: int, there: int, leave: int) -> int:
        """When a way is over, tick by tick as traffic lets them go."""
        left = 100 * self.way(who, here, there)
        while left > 0:
            busy = (one for one in self.problem.traffic if one.mode == who.mode)
            left -= next((one.speed for one in busy if one.span.start <= leave < one.span.end), 100)
            leave += 1
        return leave

    def under_way(self, key: tuple[str, str]) -> int:
        """Ticks of all ways, as they were set out for; of the way home, no sooner than brings one there as soon."""
        (who, its), spots = self.duties[key], self.spots(key)
        leaves = [stop.arrive - stop.travel for stop in self.routes[key].stops]
        if its.end_spot is not None:
            home = self.end(key)
            leaves.append(next(at for at in range(home, -(10**6), -1) if self.arrive(who, *spots[-2:], at) <= home))
        return sum(
            self.arrive(who, here, there, leave) - leave
            for here, there, leave in zip(spots, spots[1:], leaves, strict=False)
        )

    def spots(self, key: tuple[str, str]) -> list[int]:
        spot_of = {one.id: one.spot for one in (*self.problem.visits, *self.problem.stores)}
        duty_of = self.duties[key][1]
        home = [] if duty_of.end_spot is None else [duty_of.end_spot]
        return [duty_of.start_spot, *(spot_of[stop.visit] for stop in self.routes[key].stops), *home]

    def closed(self, key: tuple[str, str]) -> set[int]:
        """Ticks of breaks and absences."""
        rests = zip(self.routes[key].rests, self.duties[key][1].rests, strict=True)
        spans = [range(start, start + rest.ticks) for start, rest in rests]
        spans += [range(*span) for span in ((one.start, one.end) for one in self.duties[key][1].absences)]
        return {tick for span in spans for tick in span}

    def end(self, key: tuple[str, str]) -> int:
        who, its = self.duties[key]
        done, closed = self.routes[key].stops[-1].end, self.closed(key)
        if its.end_spot is None:
            return done
        ends = ((at, self.arrive(who, *self.spots(key)[-2:], at)) for at in range(done, 10**6))
        return next(end for at, end in ends if closed.isdisjoint(range(at, end)))

    def leave(self, key: tuple[str, str]) -> int:
        start, closed = self.routes[key].stops[0].start, self.closed(key)
        who, way = self.duties[key][0], self.spots(key)[:2]
        ends = ((at, self.arrive(who, *way, at)) for at in range(start, -(10**6), -1))
        return next(at for at, end in ends if end <= start and closed.isdisjoint(range(at, end)))

    def work(self, key: tuple[str, str]) -> int:
        stops = self.routes[key].stops if key in self.routes else ()
        done = (self.visits[stop.visit] for stop in stops if stop.visit in self.visits)
        return sum(one.ticks_by.get(key[0], one.ticks) for one in done)


def by_hand(problem: RouteProblem, plan: RoutePlan) -> dict[Rule, float]:
    """What ``plan`` costs, rule by rule, from the sentences of the rules."""
    book, weights = Book(problem, plan), problem.weights
    start = {stop.visit: stop.start for stop, _ in book.done}
    people = {name: {who for stop, who in book.done if stop.visit == name} for name in start}
    late = {name: max(0, at - (book.visits[name].due or 10**9)) for name, at in start.items()}
    told = [(book.visits[name], at) for name, at in start.items() if book.visits[name].told]
    used = [key for key in book.routes if book.work(key)]
    return {
        Rule.TRAVEL: weights.travel * sum(map(book.under_way, book.routes)),
        Rule.LATE: sum(book.visits[name].late_weight * ticks for name, ticks in late.items()),
        Rule.CHANGE_WORKER: weights.change_worker
        * sum(people[one.id] != set(one.told.workers) for one, _ in told if one.told),
        Rule.CHANGE_MINUTE: weights.change_tick * sum(abs(at - one.told.start) for one, at in told if one.told),
        Rule.CONTINUITY: weights.continuity
        * sum(bool(book.visits[name].keep) and not people[name] & set(book.visits[name].keep) for name in start),
        Rule.DUTY_PRICE: sum(book.duties[key][1].price for key in used),
        Rule.DURATION: weights.duration * sum(book.end(key) - book.leave(key) for key in book.routes),
        Rule.OVERTIME: sum(
            its.overtime_price * len(range(its.span.end, book.end(key)))
            for key in book.routes
            for its in (book.duties[key][1],)
        ),
        Rule.GREATEST_LATE: weights.greatest_late * max(late.values(), default=0),
        Rule.FAIR: weights.fair
        * (max(map(book.work, book.duties)) - sum(map(book.work, book.duties)) / len(book.duties)),
        Rule.UNPLANNED: sum(one.price for one in problem.visits if one.id not in start),
    }


@MANY
@given(SEEDS)
def test_every_cost_is_what_it_is_by_hand(seed: int) -> None:
    problem, plan = clean_plan(seed)
    assert plan.cost == pytest.approx(by_hand(problem, plan))


def test_none_of_these_costs_is_always_nothing() -> None:
    sums = [clean_plan(seed)[1].cost for seed in range(20)]
    assert all(any(one[rule] > 0 for one in sums) for rule in sums[0])


@MANY
@given(SEEDS)
def test_without_weights_and_prices_nothing_is_paid(seed: int) -> None:
    problem, plan = clean_plan(seed)
    free = replace(problem, weights=RouteWeights(**dict.fromkeys(RouteWeights.__struct_fields__, 0.0)))
    paid = {rule for rule, amount in cost(free, plan).items() if amount}
    assert paid <= {Rule.LATE, Rule.DUTY_PRICE, Rule.OVERTIME, Rule.UNPLANNED}


def hand_plan(problem: RouteProblem, *stops: Stop, rests: tuple[int, ...] = ()) -> RoutePlan:
    """A plan of one route, of what the one worker does."""
    plan = RoutePlan(
        routes=(Route(worker="w1", duty="d1", stops=stops, rests=rests),),
        effort=Effort(solver="by hand", seed=0, budget=0, used=0),
    )
    return replace(plan, cost=cost(problem, plan))


def alone(its: Duty, *visits: Any, **more: Any) -> RouteProblem:
    return line_problem((worker("w1", its),), visits, weights=RouteWeights(duration=1.0), **more)


V1 = Stop(visit="v1", arrive=540, start=560, end=590, travel=10)
"""Reached at 9:00, begun at 9:20."""


def test_a_duty_lasts_from_the_latest_setting_out() -> None:
    problem = alone(duty(end_spot=0), visit())
    plan = hand_plan(problem, V1)
    # From 9:10, just in time, to 9:30 and ten minutes home.
    assert (check(problem, plan), plan.cost[Rule.DURATION]) == ([], 600 - 550)
    assert hand_plan(alone(duty(), visit()), V1).cost[Rule.DURATION] == 590 - 550


def test_a_break_before_the_first_stop_is_waited_for_at_home_or_there() -> None:
    there = alone(duty(rests=(Rest(span=Span(545, 560), ticks=15),)), visit())
    assert hand_plan(there, V1, rests=(545,)).cost[Rule.DURATION] == 590 - 535
    at_home = alone(duty(rests=(Rest(span=Span(500, 550), ticks=15),)), visit())
    assert hand_plan(at_home, V1, rests=(535,)).cost[Rule.DURATION] == 590 - 550
    away = alone(duty(absences=(Span(549, 552), Span(535, 541))), visit())
    assert hand_plan(away, replace(V1, arrive=535)).cost[Rule.DURATION] == 590 - 525


def test_the_way_home_waits_for_all_that_is_in_it() -> None:
    absences = (Span(605, 615), Span(592, 600))
    plan = hand_plan(alone(duty(end_spot=0, absences=absences), visit()), V1)
    assert plan.cost[Rule.DURATION] == 615 + 10 - 550


def test_an_unused_duty_lasts_no_time_and_costs_nothing() -> None:
    problem = alone(duty(price=7.0, overtime_price=9.0), visit())
    assert set(hand_plan(problem).cost.items()) - {(Rule.UNPLANNED, 600.0)} == {
        (rule, 0.0) for rule in hand_plan(problem).cost if rule is not Rule.UNPLANNED
    }


def test_passing_a_store_alone_is_travel_and_time_but_no_duty_price() -> None:
    problem = alone(duty(price=7.0), visit(), stores=(Store(id=STORE.id, spot=1, ticks=5),))
    stop = Stop(visit=STORE.id, arrive=START + 10, start=START + 10, end=START + 15, travel=10)
    paid = hand_plan(problem, stop).cost
    assert (paid[Rule.DUTY_PRICE], paid[Rule.TRAVEL], paid[Rule.DURATION]) == (0, 10, 15)


def test_overtime_counts_from_the_regular_end() -> None:
    on_time = alone(duty(end=590, overtime=9, overtime_price=2.0), visit())
    assert hand_plan(on_time, V1).cost[Rule.OVERTIME] == 0
    late = alone(duty(end=585, end_spot=0, overtime=15, overtime_price=2.0), visit())
    assert (check(late, hand_plan(late, V1)), hand_plan(late, V1).cost[Rule.OVERTIME]) == ([], 30)
