"""Cut a problem into parts that have nothing to do with each other: with fixed helpers, one for each helper."""

from __future__ import annotations

from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.contracts.facts import Share, may_go


def shares(problem: ContractProblem) -> list[Share]:
    """Contracts and helpers, together where a helper may go to a contract; each in the order of the problem.

    Contracts to which nobody may go are one part without helpers; a helper who may go nowhere is in none.
    """
    root = list(range(len(problem.helpers)))

    def top(helper: int) -> int:
        while root[helper] != helper:
            root[helper] = root[root[helper]]
            helper = root[helper]
        return helper

    someone: list[int] = []
    for contract in problem.contracts:
        able = [index for index, helper in enumerate(problem.helpers) if may_go(contract, helper)]
        for other in able[1:]:
            root[top(other)] = top(able[0])
        someone.append(able[0] if able else -1)
    found: dict[int, Share] = {}
    for index, helper in enumerate(someone):
        found.setdefault(-1 if helper < 0 else top(helper), Share([], [])).contracts.append(index)
    for index in range(len(problem.helpers)):
        if top(index) in found:
            found[top(index)].helpers.append(index)
    return list(found.values())
