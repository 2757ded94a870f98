"""What compiles the search for visits of contracts: two contracts over two months."""

from __future__ import annotations

from dispatch.solver.contract_problem import Contract, ContractHelper, ContractProblem, Promise, VisitKind
from dispatch.solver.contracts.search import solve_contracts
from dispatch.solver.words import Spot


def call_every_entry() -> None:
    """Call all that Python calls of the search; what is not compiled yet is, the rest is loaded."""
    monthly = Promise(id="monthly", kind="visit", least=2, apart=7)
    problem = ContractProblem(
        area="a",
        day=0,
        last=60,
        spots=(Spot(31.2, 121.4), Spot(31.21, 121.41)),
        kinds=(VisitKind(id="visit", minutes=60),),
        contracts=tuple(
            Contract(id=f"c{spot}", client=f"e{spot}", spot=spot, signed=0, first=0, promises=(monthly,))
            for spot in range(2)
        ),
        helpers=(ContractHelper(id="h", spot=0),),
    )
    solve_contracts(problem, budget=2, seed=1)
