"""x"""
from __future__ import annotations
import pytest
from benchmarks.drawn import drawn_routes, some_kinds
from dispatch.solver.checks import check
from msgspec.structs import replace
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.laid import stand
from dispatch.solver.search.pace import Leg
from dispatch.solver.version import no_search
from dispatch.solver.solve import insert

KINDS = frozenset({"late", "greatest_late", "crew", "tie", "needs", "windows", "duty_price", "overtime", "halves", "absence"})

@pytest.mark.parametrize("seed", range(150))
def test_the_search_believes_what_the_plan_costs(seed: int) -> None:
    use = some_kinds(seed, KINDS) | {"matrix", "traffic"}
    problem = drawn_routes(seed, workers=4, visits=20, use=use)
    compiled = Compiled(problem)
    drive = Drive(compiled, seed=seed)
    drive.leg(Leg(rounds=400, begin=0.0, end=1.0, planned=400))
    plan = write_plan(stand(compiled, drive.order(), drive.starts()), (), no_search(seed))
    duties = sum(len(one.duties) for one in problem.workers)
    mean = sum(one.ticks * one.people for one in problem.visits) / duties
    assert drive.cost - problem.weights.fair * mean == pytest.approx(plan.total, abs=1e-6)
    assert {f.rule for f in check(problem, plan)} <= {"once"}
