"""Alternatives named by `why` are real: carried out by hand they pass the check and cost what was said."""

from __future__ import annotations

import pytest
from benchmarks.drawn import KINDS, drawn_routes, some_kinds
from by_hand import carried, costs_by_hand
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.standing import Standing
from dispatch.solver.version import no_search
from dispatch.solver.why import why

SEEDS = st.integers(0, 10**6)
NOTHING = RoutePlan(effort=no_search())
_UNKNOWN = {"overtime", "cover", "pin", "duration"}
"""What by hand cannot be (the start of a duty), what is not there to be asked about, and pins that cannot stand."""


def drawn(seed: int, *with_: str) -> RouteProblem:
    """A small problem of any rules, those ``with_`` among them."""
    kinds = some_kinds(seed, [one for one in KINDS if one not in _UNKNOWN], share=0.4) | set(with_)
    return drawn_routes(seed, workers=4, visits=9, use=kinds)


def planned(problem: RouteProblem) -> RoutePlan:
    """A plan for it, at once."""
    standing = Standing(replace(problem, visits=(), ties=()), NOTHING)
    standing.insert(*problem.visits, ties=problem.ties)
    return standing.plan()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SEEDS, st.sampled_from([(), ("tie",), ("tie", "same"), ("needs",)]))
def test_an_alternative_is_a_plan_and_costs_what_was_said(seed: int, with_: tuple[str, ...]) -> None:
    problem = drawn(seed, *with_)
    plan = planned(problem)
    assert check(problem, plan) == []
    base = carried(problem, plan)
    for visit in problem.visits:
        told = why(problem, plan, visit.id)
        for other in told.alternatives:
            assert len(other.workers) == visit.people
            said = pytest.approx(base.total + other.dearer)
            assert any(cost == said for cost in costs_by_hand(problem, base, visit.id, other)), (visit.id, other)
