"""The search for who has which zone, where caps bind: one model if it is small, else lanes of chains beside a bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from dispatch.solver.stop import Stop
from dispatch.solver.zones.first import first_choice, price_of
from dispatch.solver.zones.knapsacks import knapsack_bound
from dispatch.solver.zones.lane import Ground, Lane
from dispatch.solver.zones.offers import Choice
from dispatch.solver.zones.part import Part, solve_part
from dispatch.solver.zones.relax import Frame, bound_of, worth_of

WHOLE_MAX = 600
"""Pairs of zone and helper up to which one model may decide everything."""

WHOLE_WORK, WHOLE_WORK_PER_BUDGET = 0.5, 0.02
"""Deterministic seconds of CP-SAT for that model, more per unit of budget."""

ROUNDS = 5_000
"""Chains that a budget of one stands for, on each lane."""

LEGS = 60
"""Into how many legs a search is cut: between legs it may stop, and lanes trade."""

TRADES = (0.5, 0.75, 0.9)
"""Shares of the search after which the lane behind goes on from the best choice."""


class Found(NamedTuple):
    """A choice, what it costs, below what none is; and how much of the budget it took."""

    choice: Choice
    cost: float
    bound: float
    used: int

    @property
    def optimal(self) -> bool:
        """Whether the bound proves that no choice costs less."""
        return self.cost <= self.bound + 1e-6


def hunt(
    frame: Frame, guess: Sequence[int | None], *, budget: int | None, seed: int, stop: Stop, cores: int = 1
) -> Found:
    """The cheapest choice found from ``guess``: the same for the same frame, guess, seed and budget.

    Without a budget the search goes on until ``stop`` says so. ``cores`` changes how long it takes, nothing else.
    """
    choice = first_choice(frame, guess)
    cost = price_of(frame, choice)
    zones, columns = frame.price.shape
    bound = -float("inf")
    if zones * (columns - 1) <= WHOLE_MAX:
        everything = Part(range(zones), range(columns - 1))
        work = WHOLE_WORK + WHOLE_WORK_PER_BUDGET * (20 if budget is None else budget)
        found, least = solve_part(frame, choice, everything, seed=seed, work=work)
        if least is not None:
            bound = bound_of(frame, least)
            choice, cost = min((choice, cost), (found, price_of(frame, found)), key=lambda one: one[1])
    worth = worth_of(frame)
    bound = max(bound, worth.bound)
    if cost <= bound + 1e-6 or columns == 1 or budget == 0:
        return Found(choice, cost, bound, 0)
    ground = Ground(frame, worth)
    lanes = [
        Lane(ground, choice, cost, seed * 1_000_003 + place, fresh=bool(place) or not _given(guess))
        for place in range(2)
    ]
    stop.found(cost)
    used = 0
    with ThreadPoolExecutor(max(1, min(2, cores))) as threads:
        for leg in legs(budget, stop, ROUNDS):
            list(threads.map(lambda lane, leg=leg: lane.run(leg.rounds, leg.begin, leg.end), lanes))
            used += -(-leg.rounds // ROUNDS)
            best = min(lane.cost for lane in lanes)
            stop.found(best)
            if leg.number == 1:
                bound = max(bound, knapsack_bound(frame, worth, best))
            if best <= bound + 1e-6:
                break
            _trade(lanes, leg.begin, leg.end)
    leader = min(lanes, key=lambda lane: lane.cost)
    return Found(leader.choice(), leader.cost, bound, used)


def _given(guess: Sequence[int | None]) -> bool:
    return any(one is not None for one in guess)


def _trade(lanes: list[Lane], begin: float, end: float) -> None:
    if not any(begin < share <= end for share in TRADES):
        return
    leader = min(lanes, key=lambda lane: lane.cost)
    for lane in lanes:
        if lane.cost > leader.cost:
            lane.adopt(leader)


class Leg(NamedTuple):
    """The ``number``th leg of a search: its ``rounds``, and the shares of the search it begins and ends at."""

    number: int
    rounds: int
    begin: float
    end: float


def legs(budget: int | None, stop: Stop, unit: int) -> Iterator[Leg]:
    """The legs of a search: ``unit`` rounds for one of budget; without a budget by the clock of ``stop``."""
    if budget is not None:
        size = max(1, -(-budget // LEGS))
        for number, used in enumerate(range(0, budget, size), 1):
            if stop.now():
                return
            till = min(budget, used + size)
            yield Leg(number, (till - used) * unit, used / budget, till / budget)
        return
    number, rounds, begin = 0, unit // 5, 0.0
    while not stop.now():
        number += 1
        before = stop.passed()
        yield Leg(number, rounds, begin, min(1.0, begin + 1.0 / LEGS))
        now = stop.passed()
        speed = rounds / max(1e-6, now - before)
        rounds = max(100, round(speed * min(stop.whole() / LEGS, stop.whole() - now)))
        begin = min(1.0, now / stop.whole())
