"""Whatever the checks can say of a plan, they say of some plan broken by hand: a new sentence needs a new break."""

from __future__ import annotations

import ast
import inspect
import random
import re
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest
from broken_by_hand import BREAKS, twice
from broken_contracts import BROKEN as BROKEN_CONTRACTS
from broken_contracts import CLEAN as CONTRACTS_CLEAN
from broken_contracts import PROBLEM as CONTRACTS
from broken_inspections import BROKEN as BROKEN_INSPECTIONS
from broken_inspections import CLEAN as INSPECTIONS_CLEAN
from broken_inspections import PROBLEM as INSPECTIONS
from broken_rosters import broken_plans as broken_rosters
from broken_rounds import BROKEN as BROKEN_ROUNDS
from broken_rounds import CLEAN as ROUNDS_CLEAN
from broken_rounds import PROBLEM as ROUNDS
from broken_rounds import SHORT, TWO_BREAKS
from broken_teams import BROKEN, OVER_BUDGET
from broken_teams import CLEAN as TEAMS_CLEAN
from broken_teams import PROBLEM as TEAMS
from broken_zones import ZONE_MUTATIONS, ZONES, zone_clean
from clean_plans import clean_plan
from msgspec.structs import replace

from dispatch.solver.checks import check, costs
from dispatch.solver.checks.every import EVERY_CHECK
from dispatch.solver.kinds import Plan, Problem

SEEDS = range(12)
CHECKS = [function for checks in EVERY_CHECK for _, function in checks]
ROOMS = [sys.modules[name] for name in sorted({function.__module__ for function in CHECKS})]


def broken_plans() -> Iterator[tuple[Problem, Plan]]:
    for seed in SEEDS:
        yield from (broken(*clean_plan(seed), random.Random(seed)) for _, broken in BREAKS.values())
    yield twice(*clean_plan(0))
    yield from ((ZONES, mutate(zone_clean())) for _, _, mutate in ZONE_MUTATIONS)
    yield from ((TEAMS, broken()) for _, broken in BROKEN)
    yield OVER_BUDGET
    yield from broken_rosters()
    yield from ((ROUNDS, broken()) for _, broken in BROKEN_ROUNDS)
    yield SHORT
    yield TWO_BREAKS
    yield from ((INSPECTIONS, broken()) for _, broken in BROKEN_INSPECTIONS)
    yield from ((CONTRACTS, broken()) for _, broken in BROKEN_CONTRACTS)
    for problem, plan in (
        clean_plan(0),
        (ZONES, zone_clean()),
        (TEAMS, TEAMS_CLEAN),
        (ROUNDS, ROUNDS_CLEAN),
        (INSPECTIONS, INSPECTIONS_CLEAN),
        (CONTRACTS, CONTRACTS_CLEAN),
    ):
        yield problem, replace(plan, cost={rule: cost + 1 for rule, cost in plan.cost.items()})


@pytest.fixture(scope="module")
def said() -> str:
    """All that the checks say of all plans broken by hand."""
    return "\n".join(finding.message for problem, plan in broken_plans() for finding in check(problem, plan))


def pieces(room: ModuleType) -> Iterator[str]:
    """The fixed pieces of the sentences in ``room``, as far as they have two words."""
    tree = ast.parse(inspect.getsource(room))
    documents = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documents:
            piece = node.value.strip()
            if re.search(r"\w \w", piece):
                yield piece


@pytest.mark.parametrize("room", [*ROOMS, costs], ids=lambda room: room.__name__.rsplit(".", 1)[-1])
def test_every_sentence_of_the_checks_is_said(room: ModuleType, said: str) -> None:
    missing = [piece for piece in pieces(room) if piece not in said and "does not answer a" not in piece]
    assert missing == []


def test_the_sentences_are_found() -> None:
    found = {piece for room in ROOMS for piece in pieces(room)}
    assert len(ROOMS) >= 6
    assert {"lies in none of its windows", "is excluded", "nobody is at both"} <= found
