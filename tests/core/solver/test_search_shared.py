"""The search counts the pieces of shared tools right, whatever is taken off, tried and put back."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from msgspec.structs import replace
from solver_problems import duty, line_problem, visit, worker
from test_search_households import planned

from dispatch.solver.big.pieces import deal, with_their_own
from dispatch.solver.big.whole import Whole
from dispatch.solver.problem import RouteProblem, SharedTool
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.facts import Facts, Routes
from dispatch.solver.search.lay import read_order
from dispatch.solver.search.shelves import moments
from dispatch.solver.search.tasks import Tasks


def recounted(problem: RouteProblem, facts: Facts, routes: Routes) -> dict[str, tuple[list[int], list[int]]]:
    """For each tool the visits on each duty that take it, and at each moment the duties with a piece along."""
    compiled = Compiled(problem)
    shared, stops = compiled.shared, routes.stops
    links: Any = stops
    order = read_order(facts, Tasks(compiled), links["next"])
    found = {}
    for tool in shared.pieces:
        wanted = [
            sum(tool in problem.visits[one].tools for one in order.get(index, ()) if one < len(problem.visits))
            for index in range(facts.duty_count)
        ]
        along = [index for index, count in enumerate(wanted) if count and not shared.own[tool][index]]
        there = [sum(bool(shared.start[one] <= at < shared.end[one]) for one in along) for at in moments(shared)]
        assert max(there, default=0) <= shared.pieces[tool]
        found[tool] = wanted, there
    return found


@pytest.mark.parametrize("rounds", [1, 300])
@pytest.mark.parametrize("seed", range(12))
def test_every_row_is_what_the_routes_say(seed: int, rounds: int) -> None:
    use = some_kinds(seed, share=0.3) | {"shared"}
    problem = drawn_routes(seed, workers=5, visits=18, use=use - {"same"})
    facts, routes = planned(problem, rounds, seed)
    loads: Any = routes.loads
    tools = [tool.id for tool in problem.shared if any(tool.id in one.tools for one in problem.visits)]
    assert facts.shared == len(tools)
    for place, tool in enumerate(tools):
        wanted, there = recounted(problem, facts, routes)[tool]
        rows = loads["count"][facts.shelf + place * facts.shelf_rows :][: facts.shelf_rows].tolist()
        own = Compiled(problem).shared.own[tool].tolist()
        assert rows[: facts.duty_count] == [count + had for count, had in zip(wanted, own, strict=True)]
        assert rows[facts.duty_count :] == there


def test_a_problem_without_shared_tools_has_no_rows_of_them() -> None:
    facts, routes = planned(line_problem((worker(),), (visit(tools=("saw",)),)), 1)
    assert (facts.shared, len(routes.loads)) == (0, 1)


def test_blocks_have_their_own_pieces_and_share_out_what_is_never_all_under_way() -> None:
    people = tuple(worker(f"w{number}", duty(start=480 + 60 * number, end=540 + 60 * number)) for number in range(4))
    visits = tuple(visit(f"v{number}", tools=("drain",)) for number in range(5))
    problem = line_problem(people, visits, shared=(SharedTool(id="drain", pieces=3),))
    whole = Whole(Compiled(problem))
    whole.put({0: [0], 1: [1, 2]}, {0: 490, 1: 550, 2: 560})
    out = [whole.group_of[3]]
    for seed in range(4):
        # One is under way at a time, so two are to spare: to who is offered what takes one, else in turn.
        assert deal(whole, [[], out, []], seed=seed) == [{}, {"drain": 2}, {}]
        assert sum(block.get("drain", 0) for block in deal(whole, [[], [], []], seed=seed)) == 2
    assert deal(whole, [], seed=0) == []
    assert [one.duties[0].taken for one in with_their_own(whole, [1, 2])] == [("drain",), ()]
    bare = Whole(Compiled(replace(problem, shared=())))
    assert with_their_own(bare, [1]) == (people[1],)
