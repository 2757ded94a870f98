"""Made-up contracts of safety advisers, drawn from a seed: a district of enterprises, some months, a year's history."""

from __future__ import annotations

import datetime as dt
import random

from dispatch.solver.contract_problem import (
    Contract,
    ContractHelper,
    ContractProblem,
    Deadline,
    PastVisit,
    Promise,
    PromiseShare,
    Review,
    VisitKind,
)
from dispatch.solver.problem import Skill, Spot

EPOCH = dt.date(1970, 1, 1)
KINDS = (
    VisitKind(id="visit", minutes=45),
    VisitKind(id="safety_check", minutes=60, counts_as=("visit",), skill="safety"),
    VisitKind(id="training", minutes=90),
    VisitKind(id="drill", minutes=90),
    VisitKind(id="review", minutes=45, counts_as=("visit",)),
)
HOLIDAYS_2026 = ("2026-04-06", "2026-05-01", "2026-05-04", "2026-05-05", "2026-06-19")


def day(text: str) -> int:
    """The day of a date written 2026-04-01."""
    return (dt.date.fromisoformat(text) - EPOCH).days


MONTHLY = Promise(id="monthly", kind="visit", least=2, of=(PromiseShare(kind="safety_check", least=1),), apart=7)

YEARLY = (
    Promise(id="trainings", kind="training", least=2, each="year"),
    Promise(id="drills", kind="drill", least=1, each="year"),
)


def advisers(
    seed: int,
    helpers: int = 40,
    each: int = 40,
    *,
    minutes: int = 420,
    first: str = "2026-04-01",
    last: str = "2026-06-30",
) -> ContractProblem:
    """``helpers`` advisers with ``each`` enterprises, round a centre of their own, from ``first`` to ``last``."""
    draw = random.Random(f"contracts/{seed}")
    begin, end = day(first), day(last)
    spots, contracts, people = [], [], []
    for number in range(helpers):
        name, centre = f"adviser-{number:02}", (31.2 + draw.uniform(-0.12, 0.12), 121.4 + draw.uniform(-0.12, 0.12))
        spots.append(Spot(*centre))
        off = draw.sample(range(begin, end + 1), 3)
        skills = (Skill(skill="safety", first=None, last=draw.choice((None, None, end + 30))),)
        person = ContractHelper(
            id=name, spot=len(spots) - 1, mode=draw.choice(("bike", "car")), skills=skills, minutes=minutes,
            absent=tuple(sorted(off)), way_minutes=15, max_week=2400, max_contracts=40,
        )  # fmt: skip
        people.append(person)
        for index in range(each):
            spots.append(Spot(centre[0] + draw.gauss(0, 0.02), centre[1] + draw.gauss(0, 0.02)))
            contracts.append(_contract(draw, f"c{number:02}-{index:02}", len(spots) - 1, name, (begin, end)))
    history = [visit for contract in contracts for visit in _before(draw, contract, begin)]
    return ContractProblem(
        area="a", day=begin, last=end, holidays=tuple(map(day, HOLIDAYS_2026)), spots=tuple(spots), kinds=KINDS,
        contracts=tuple(contracts), helpers=tuple(people), history=tuple(history),
        reviews=(Review(id="quarterly", kind="review", size=max(1, helpers * each // 20), seed=seed),),
    )  # fmt: skip


def _contract(draw: random.Random, name: str, spot: int, helper: str, span: tuple[int, int]) -> Contract:
    begin, end = span
    new = draw.random() < 0.15
    signed = begin - draw.randrange(1, 20) if new else begin - draw.randrange(90, 700)
    last = draw.choice((None, None, None, None, end - draw.randrange(0, 60), end + 200))
    deadlines = (Deadline(id="first-plan", kind="visit", working_days=30),) if new else ()
    return Contract(
        id=name, client=f"client-{name}", spot=spot, signed=signed, first=signed + draw.randrange(0, 5), last=last,
        notice=3, weekdays=draw.choice(((), (), (), (1, 2, 3), (2, 4), (1, 3, 5))), promises=(MONTHLY, *YEARLY),
        deadlines=deadlines, helper=helper, among=(helper,),
    )  # fmt: skip


def _before(draw: random.Random, contract: Contract, begin: int) -> list[PastVisit]:
    """What was done in the month before: a few visits, one in ten missed."""
    days = sorted(draw.sample(range(begin - 30, begin), 2))
    kinds = ("visit", "safety_check")
    return [
        PastVisit(
            contract=contract.id, kind=kind, day=on, helper=contract.helper,
            outcome="missed" if draw.random() < 0.1 else "done",
        )
        for kind, on in zip(kinds, days, strict=True)
        if on >= contract.first
    ]  # fmt: skip
