"""Visits of contracts on made-up districts: 40 advisers with 40 enterprises each for three months, ample time or not.

Instances are drawn, so no data is needed: ``ample`` has days of 420 minutes, ``tight`` of 300, ``short`` of 240 (not
all promises can be kept), ``absence`` and ``missed`` repair the plan of ``ample`` once everybody was told. The peer is
`first_free_day`. Plans are read back from their dumps and judged by the check, which shares nothing with the solver.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import time
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from benchmarks.drawn_contracts import advisers
from benchmarks.greedy_contracts import first_free_day
from dispatch.solver.checks import check, cost
from dispatch.solver.checks.contracts import ContractFacts
from dispatch.solver.contract_plan import ContractPlan
from dispatch.solver.contract_problem import ContractProblem, PastVisit, ToldVisit
from dispatch.solver.contracts.search import solve_contracts
from dispatch.solver.plan import Effort

MINUTES = {"ample": 420, "tight": 300, "short": 240}
REPAIRS = ("absence", "missed")


class Row(Struct, frozen=True, kw_only=True):
    """One line of the answer. ``cost`` is the number of promises broken, ``bound`` how many must be; ``gap`` in percent
    of it, where it is above 0. ``minutes`` is the cost by the problem's prices without what broken promises cost;
    ``moved`` told visits are not where they were told, ``must`` of them could not stay.
    """

    instance: str
    seed: int
    solver: str
    cost: int
    best_known: int | None
    gap: float | None
    seconds: float
    feasible: bool
    bound: int | None
    minutes: float
    visits: int
    moved: int = 0
    must: int = 0
    cores: int = 1
    repeatable: bool = True


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be said on the command line."""
    parser.add_argument("--data", help="not needed: instances are drawn")
    parser.add_argument("--instances", default="*", help="names or patterns, divided by commas")
    parser.add_argument("--size", default="40x40", help="advisers x enterprises each")
    parser.add_argument("--seconds", type=float, default=30.0, help="wall clock for each instance")
    parser.add_argument("--budget", type=int, help="effort by count instead, for runs that can be repeated")
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--seeds", default="1", help="divided by commas")
    parser.add_argument("--peers", default="", help="greedy: the first free day")
    parser.add_argument("--dump", type=Path, metavar="OUT", help="folder for one JSON file for each plan")
    parser.add_argument("--results", type=Path, help="file to which each row is added")


def main(given: argparse.Namespace) -> int:
    """Run what was asked for; 1 if one of our plans breaks a rule."""
    rows: list[Row] = []
    names = [*MINUTES, *REPAIRS]
    chosen = [name for name in names if any(fnmatch.fnmatch(name, one) for one in given.instances.split(","))]
    # The machine code is made before any clock runs.
    solve_contracts(advisers(0, 1, 3, minutes=60), budget=1, seed=1)
    for seed in (int(one) for one in given.seeds.split(",")):
        for name in chosen:
            for row in _run(given, name, seed):
                rows.append(row)
                print(msgspec.json.encode(row).decode(), file=sys.stderr)
                if given.results is not None:
                    with given.results.open("ab") as file:
                        file.write(msgspec.json.encode(row) + b"\n")
    if given.json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=1).decode() + "\n")
    else:
        print("\n".join(_line(row) for row in rows))
    return 0 if all(row.feasible for row in rows if row.solver == "dispatch") else 1


def _run(given: argparse.Namespace, name: str, seed: int) -> list[Row]:
    helpers, each = (int(one) for one in given.size.split("x"))
    problem = advisers(seed, helpers, each, minutes=MINUTES.get(name, MINUTES["ample"]))
    budget = given.budget
    if name in REPAIRS:
        problem = _repair(name, problem, seed)
        budget = 0
    began = time.perf_counter()
    seconds = None if budget is not None else given.seconds
    plan = solve_contracts(problem, budget=budget, seed=seed, seconds=seconds, cores=given.cores)
    took = time.perf_counter() - began
    rows = [_row(given, name, seed, problem, plan, took)]
    if "greedy" in given.peers and name in MINUTES:
        began = time.perf_counter()
        visits = first_free_day(problem)
        took = time.perf_counter() - began
        effort = Effort(solver="greedy", seed=0, budget=0, used=0)
        rows.append(_row(given, name, seed, problem, ContractPlan(visits=visits, effort=effort), took))
    return rows


def _repair(name: str, problem: ContractProblem, seed: int) -> ContractProblem:
    """The problem once everybody was told of a plan, and one adviser is away for a week or one visit was missed."""
    plan = solve_contracts(problem, budget=5, seed=seed)
    told = tuple(
        ToldVisit(id=f"t{number}", contract=one.contract, kind=one.kind, day=one.day, helper=one.helper)
        for number, one in enumerate(plan.visits)
    )
    if name == "absence":
        away = problem.helpers[0]
        days = range(problem.day + 14, problem.day + 19)
        helpers = (replace(away, absent=tuple(sorted({*away.absent, *days}))), *problem.helpers[1:])
        return replace(problem, told=told, helpers=helpers)
    missed = next(one for one in told if one.kind == "safety_check" and one.day > problem.day + 5)
    past = tuple(
        PastVisit(
            contract=one.contract, kind=one.kind, day=one.day, helper=one.helper,
            outcome="missed" if one is missed else "done",
        )
        for one in told
        if one.day <= missed.day
    )  # fmt: skip
    later = tuple(one for one in told if one.day > missed.day)
    return replace(problem, day=missed.day + 1, history=(*problem.history, *past), told=later)


def _row(
    given: argparse.Namespace, name: str, seed: int, problem: ContractProblem, plan: ContractPlan, took: float
) -> Row:
    """Judge the plan as it stands in its dump."""
    solver = "dispatch" if plan.cost else "greedy"
    dump = msgspec.json.encode(plan)
    if given.dump is not None:
        given.dump.mkdir(parents=True, exist_ok=True)
        (given.dump / f"{name}-{given.size}.seed-{seed}.{solver}.json").write_bytes(dump)
    read = msgspec.json.decode(dump, type=ContractPlan)
    findings = check(problem, read) if solver == "dispatch" else []
    by_rule = cost(problem, read)
    facts = ContractFacts(problem, read)
    broken = sum(one.kind == "hard" and any(need > made for _, need, _, made in one.parts) for one in facts.asked)
    stays = {(one.told, one.day, one.helper) for one in read.visits}
    must = sum(facts.stands(one, []) is not None for one in problem.told)
    bound = plan.bound if solver == "dispatch" else None
    return Row(
        instance=f"{name}-{given.size}",
        seed=seed,
        solver=solver,
        cost=broken,
        best_known=None,
        gap=100 * (broken / bound - 1) if bound else None,
        seconds=round(took, 2),
        feasible=not findings,
        bound=bound,
        minutes=round(sum(price for rule, price in by_rule.items() if rule != "broken"), 1),
        visits=len(read.visits),
        moved=sum((one.id, one.day, one.helper) not in stays for one in problem.told),
        must=must,
        cores=given.cores,
        repeatable=plan.effort.repeatable,
    )


def _line(row: Row) -> str:
    return (
        f"{row.instance:18} seed {row.seed}  {row.solver:9} broken {row.cost:4} (at least {row.bound})  "
        f"{row.minutes:12.1f} min  {row.visits:6} visits  moved {row.moved} of {row.must}  {row.seconds:6.2f} s"
        f"{'' if row.feasible else '  NOT FEASIBLE'}"
    )
