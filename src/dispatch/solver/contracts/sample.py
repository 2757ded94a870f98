"""The sample of a review: drawn by a recorded seed, so that nobody can choose it and anybody can prove it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from dispatch.solver.contract_plan import Sample
from dispatch.solver.contract_problem import Contract, ContractProblem, Review
from dispatch.solver.contracts.calendar import calendar_periods, months_later, quarter_name


def draw_sample(clients: Iterable[str], quarter: str, seed: int, size: int) -> tuple[str, ...]:
    """``size`` of the ``clients`` (all of them if fewer) for ``quarter``, written 2026Q1, in the order drawn.

    Each client's lot is the SHA-256 of ``seed/quarter/client`` in UTF-8; the lowest lots are drawn. Neither the order
    of the clients nor a client that is not drawn changes who else is before whom, and any tool that computes SHA-256
    proves it.
    """

    def lot(client: str) -> str:
        return hashlib.sha256(f"{seed}/{quarter}/{client}".encode()).hexdigest()

    return tuple(sorted(set(clients), key=lambda client: (lot(client), client))[:size])


def eligible(problem: ContractProblem, review: Review, quarter_first: int) -> dict[str, Contract]:
    """The clients that can be drawn in the quarter that begins on that day, each with the contract to be visited."""
    before = months_later(quarter_first, -review.months)
    found: dict[str, Contract] = {}
    for contract in sorted(problem.contracts, key=lambda one: one.id):
        holds = contract.first <= quarter_first and (contract.last is None or contract.last >= quarter_first)
        if contract.signed < before and holds:
            found.setdefault(contract.client, contract)
    return found


def samples(problem: ContractProblem) -> tuple[Sample, ...]:
    """The samples of every review in every quarter that has a day in the plan."""
    return tuple(
        Sample(
            review=review.id,
            quarter=quarter_name(first),
            seed=review.seed,
            clients=draw_sample(eligible(problem, review, first), quarter_name(first), review.seed, review.size),
        )
        for review in problem.reviews
        for first, _ in calendar_periods("quarter", problem.day, problem.last)
    )
