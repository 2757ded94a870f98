"""A plan of contract visits, and ways to break each of its rules."""

from __future__ import annotations

from collections.abc import Callable

from contract_problems import APRIL, CHECK, VISIT, contract, helper, monthly
from msgspec.structs import replace

from dispatch.solver.contract_plan import CalledOff, ContractPlan, DatedVisit
from dispatch.solver.contract_problem import (
    ContractProblem,
    DayMinutes,
    Deadline,
    PastVisit,
    Promise,
    Review,
    ToldVisit,
    VisitKind,
)
from dispatch.solver.problem import Spot
from dispatch.solver.rules import Rule
from dispatch.solver.solve import solve

LIFT = VisitKind(id="lift", minutes=45)
ONE = helper("one", max_week=480, max_contracts=4, minutes=240, days=(DayMinutes(day=APRIL + 20, minutes=60),))
TWO = helper("two", skills=())
PROBLEM = ContractProblem(
    area="a",
    day=APRIL,
    last=APRIL + 29,
    holidays=(APRIL + 5,),
    spots=(Spot(31.2, 121.4), Spot(31.21, 121.41), Spot(31.22, 121.42)),
    kinds=(VISIT, CHECK, LIFT),
    contracts=(
        contract("a", promises=(monthly(2, checks=1, apart=7),), notice=3, among=("one", "two"), helper="one"),
        contract("b", promises=(monthly(1),), deadlines=(Deadline(id="lift", kind="lift", last=APRIL + 20),), spot=1),
        contract("c", deadlines=(Deadline(id="late", kind="lift", last=APRIL - 5, opens=60),), among=("one",), spot=2),
        contract("nobody", promises=(monthly(1),), among=(), spot=2),
        contract(
            "old", client="b", promises=(Promise(id="yearly", kind="lift", least=4, each="year"),), among=("two",)
        ),
    ),
    helpers=(ONE, TWO),
    history=(
        PastVisit(contract="a", kind="safety_check", day=APRIL - 5, helper="one"),
        PastVisit(contract="b", kind="visit", day=APRIL - 1, helper="one", outcome="missed"),
        PastVisit(contract="old", kind="lift", day=APRIL - 1, helper="one"),
    ),
    told=(
        ToldVisit(id="t-pin", contract="b", kind="visit", day=APRIL + 12, helper="one", pin=True),
        ToldVisit(id="t-move", contract="a", kind="safety_check", day=APRIL + 8, helper="one"),
        ToldVisit(id="t-off", contract="nobody", kind="visit", day=APRIL + 8, helper="one"),
    ),
    reviews=(Review(id="review", kind="visit", size=2, seed=7),),
)


def _clean() -> ContractPlan:
    plan = solve(PROBLEM, budget=20, seed=1)
    assert isinstance(plan, ContractPlan)
    return plan


CLEAN = _clean()


def visit(contract_id: str, kind: str, day: int, by: str = "one", **more: object) -> DatedVisit:
    minutes = {"visit": 60, "safety_check": 90, "lift": 45}[kind]
    return replace(DatedVisit(contract=contract_id, kind=kind, day=APRIL + day, helper=by, minutes=minutes), **more)


def more(*visits: DatedVisit) -> ContractPlan:
    return replace(CLEAN, visits=(*CLEAN.visits, *visits))


def changed(contract_id: str, kind: str, **changes: object) -> ContractPlan:
    """The first visit of that contract and kind, otherwise."""
    first = next(one for one in CLEAN.visits if (one.contract, one.kind) == (contract_id, kind))
    return replace(CLEAN, visits=tuple(replace(one, **changes) if one is first else one for one in CLEAN.visits))


def without(told: str) -> ContractPlan:
    return replace(CLEAN, visits=tuple(one for one in CLEAN.visits if one.told != told))


BROKEN: tuple[tuple[Rule, Callable[[], ContractPlan]], ...] = (
    (Rule.SKILL, lambda: changed("a", "safety_check", helper="two")),
    (Rule.ALLOWED, lambda: more(visit("c", "visit", 27, "two"))),
    (Rule.AGREED_DAY, lambda: more(visit("c", "visit", 5))),
    (Rule.AGREED_DAY, lambda: more(visit("c", "visit", 40))),
    (Rule.WORKDAY, lambda: more(visit("c", "visit", 10))),
    (Rule.APART, lambda: changed("a", "safety_check", day=APRIL + 1)),
    (Rule.APART, lambda: more(*(visit("a", "visit", day) for day in (26, 27, 28)))),
    (Rule.MINUTES_CAP, lambda: more(visit("b", "lift", 20), visit("c", "lift", 20))),
    (Rule.MINUTES_CAP, lambda: changed("b", "lift", minutes=5)),
    (Rule.WEEK_MINUTES, lambda: more(*(visit("c", "safety_check", day) for day in range(19, 25)))),
    (Rule.CONTRACTS_CAP, lambda: more(*(visit(one, "visit", 28) for one in ("a", "b", "c", "nobody", "old")))),
    (Rule.NOTICE, lambda: more(visit("a", "visit", 2))),
    (Rule.PIN, lambda: without("t-pin")),
    (Rule.ONCE, lambda: without("t-move")),
    (Rule.ONCE, lambda: changed("b", "lift", told="t-unknown")),
    (Rule.ONCE, lambda: changed("b", "lift", told="t-off")),
    (Rule.ONCE, lambda: more(visit("b", "visit", 27, "nobody"))),
    (Rule.ONCE, lambda: replace(CLEAN, called_off=(CalledOff(id="t-off", reasons=()),))),
    (Rule.PROMISE, lambda: replace(CLEAN, broken=())),
    (Rule.PROMISE, lambda: replace(CLEAN, broken=CLEAN.broken * 2)),
    (Rule.PROMISE, lambda: replace(CLEAN, broken=tuple(replace(one, reasons=()) for one in CLEAN.broken))),
    (Rule.PROMISE, lambda: replace(CLEAN, broken=tuple(replace(one, short=()) for one in CLEAN.broken))),
    (Rule.PROMISE, lambda: replace(CLEAN, broken=(*CLEAN.broken, replace(CLEAN.broken[0], contract="b")))),
    (Rule.PROMISE, lambda: replace(CLEAN, bound=9)),
    (Rule.AT_RISK, lambda: replace(CLEAN, at_risk=())),
    (Rule.AT_RISK, lambda: replace(CLEAN, at_risk=CLEAN.at_risk * 2)),
    (Rule.AT_RISK, lambda: replace(CLEAN, at_risk=(*CLEAN.at_risk, replace(CLEAN.at_risk[0], contract="z")))),
    (Rule.AT_RISK, lambda: replace(CLEAN, at_risk=tuple(replace(one, missing=9) for one in CLEAN.at_risk))),
    (Rule.DRAW, lambda: replace(CLEAN, samples=tuple(replace(one, seed=8) for one in CLEAN.samples))),
)
