"""Rosters for the tests: a small one to break by hand, drawn ones, and the least cost by trying every row."""

from __future__ import annotations

import itertools
import random

from msgspec.structs import replace

from dispatch.solver.checks import check, cost
from dispatch.solver.plan import Effort, Reason
from dispatch.solver.roster_plan import OpenPlace, RosterPlan
from dispatch.solver.roster_problem import (
    RosterAbsence,
    RosterBefore,
    RosterCover,
    RosterDuty,
    RosterLimit,
    RosterPerson,
    RosterPost,
    RosterProblem,
    RosterRest,
    RosterShift,
    RosterSkill,
    RosterTraining,
    RosterWeights,
    RosterWish,
)  # fmt: skip
from dispatch.solver.rules import Rule

MONDAY = 4
"""1970-01-05."""
EARLY = RosterShift(id="early", start=360, minutes=480)
LATE = RosterShift(id="late", start=840, minutes=480)
NIGHT = RosterShift(id="night", start=1320, minutes=480, night=True)
GATE, DESK = RosterPost(id="gate"), RosterPost(id="desk", skill="desk", level=2)
NO_EFFORT = Effort(solver="by hand", seed=0, budget=0, used=0)


def roster_problem(
    people: tuple[RosterPerson, ...], cover: tuple[RosterCover, ...], days: int = 7, **more: object
) -> RosterProblem:
    """A problem that begins on a Monday, with all shifts and posts there are."""
    return RosterProblem(
        area="home", first_day=MONDAY, days=days, shifts=(EARLY, LATE, NIGHT), posts=(GATE, DESK), people=people,
        cover=cover, **more,
    )  # type: ignore[arg-type]  # fmt: skip


def places(days: int, *shifts: str, minimum: int = 1, post: str = "gate", wanted: int = 0) -> tuple[RosterCover, ...]:
    """The same cover on every day."""
    return tuple(
        RosterCover(day=day, shift=shift, post=post, minimum=minimum, wanted=wanted)
        for day in range(days)
        for shift in shifts
    )


def plan_by_hand(problem: RosterProblem, duties: tuple[RosterDuty, ...]) -> RosterPlan:
    """A plan of these duties, with what is open named, and the cost the check finds."""
    there = [(duty.day, duty.shift, duty.post) for duty in duties]
    open_ = []
    for one in problem.cover:
        count = there.count((one.day, one.shift, one.post))
        missing, short = max(0, one.minimum - count), max(0, one.wanted - count)
        if missing or short:
            why = (Reason(rule=Rule.OPEN, message="by hand"),)
            open_.append(
                OpenPlace(day=one.day, shift=one.shift, post=one.post, missing=missing, short=short, reasons=why)
            )
    plan = RosterPlan(duties=duties, open=tuple(open_), effort=NO_EFFORT)
    return replace(plan, cost=cost(problem, plan))


def duty(person: str, day: int, shift: str, post: str = "gate") -> RosterDuty:
    """A duty."""
    return RosterDuty(person=person, day=day, shift=shift, post=post)


def absences(draw: random.Random, days: int) -> tuple[RosterAbsence, ...]:
    """Now and then a shift that somebody cannot have."""
    shifts = {day: draw.choice(("late", "night")) for day in range(days) if draw.random() < 0.1}
    return tuple(RosterAbsence(day=day, shift=shift) for day, shift in shifts.items())


def random_roster(seed: int, people: int = 3, days: int = 5) -> RosterProblem:
    """A drawn problem with some of every rule."""
    draw = random.Random(seed)

    def limit(least: int, most: int, price: float = 5.0) -> RosterLimit | None:
        kind = draw.randrange(4)
        if kind == 0:
            return None
        return RosterLimit(least=least if draw.random() < 0.5 else None, most=most, price=price if kind == 1 else None)

    def person(number: int) -> RosterPerson:
        before = tuple(draw.choice((None, "early", "late", "night")) for _ in range(draw.randrange(4)))
        absent = tuple(day for day in range(days) if draw.random() < 0.1)
        free = [day for day in range(days) if day not in absent]
        training = draw.random() < 0.2 and len(free) > 1
        return RosterPerson(
            id=f"p{number}",
            skills=(RosterSkill(skill="desk", level=draw.choice((1, 2, 3)), last=draw.choice((None, MONDAY + 2))),),
            minutes=limit(0, 480 * draw.randint(min(2, days), days)),
            week_minutes=limit(0, 480 * draw.randint(2, 5), 0.01),
            duties=limit(1, draw.randint(min(2, days), days)),
            weekends=limit(0, draw.randint(0, 1)),
            whole_weekends=draw.choice((None, 3.0)),
            days_in_row=limit(draw.choice((1, 2)), draw.randint(2, 4)),
            nights_in_row=limit(1, draw.randint(1, 3)),
            off_in_row=limit(draw.choice((1, 2)), draw.choice((3, 5))),
            shifts={"night": draw.randint(0, 2)} if draw.random() < 0.4 else {},
            rest_minutes=draw.choice((0, 660)),
            rest_days=draw.choice((None, RosterRest(days=1, in_any=4), RosterRest(days=2, in_any=6))),
            holidays=draw.choice(("work", "off", "double")),
            hour_price=draw.choice((0.0, 1.0)),
            absent=absent,
            absent_from=absences(draw, days),
            trainings=(RosterTraining(day=draw.choice(free)),) if training else (),
            before=RosterBefore(
                shifts=before, nights=draw.randrange(3), weekends=draw.randrange(2), holidays=draw.randrange(2),
                days=draw.choice((0, 3, 40)), week_minutes=0,
            ),
        )  # fmt: skip

    cover = tuple(
        RosterCover(
            day=day, shift=shift, post=post, minimum=draw.choice((0, 1)), wanted=draw.choice((0, 1, 2)),
            under=float(draw.randint(0, 20)), over=float(draw.randint(0, 5)),
        )
        for day in range(days)
        for shift, post in (("early", "gate"), ("late", "gate"), ("night", "gate"), ("early", "desk"))
        if draw.random() < 0.6
    )  # fmt: skip
    team = tuple(person(number) for number in range(people))
    return RosterProblem(
        area="home", first_day=MONDAY + draw.randrange(7), days=days,
        shifts=(EARLY, LATE, replace(NIGHT, in_row=limit(1, 2))),
        posts=(GATE, DESK), people=team, cover=cover, holidays=(draw.randrange(days),),
        wishes=tuple(
            RosterWish(
                person=f"p{draw.randrange(people)}", day=draw.randrange(days), wanted=draw.random() < 0.5,
                shift=draw.choice((None, "early", "late")), weight=float(draw.randint(1, 9)),
            )
            for _ in range(4)
        ),
        told_days=draw.choice((0, 2)),
        weights=RosterWeights(
            open=100.0, fair_nights=draw.choice((0.0, 2.0)), fair_weekends=draw.choice((0.0, 3.0)),
            fair_holidays=draw.choice((0.0, 4.0)), double_day=2.0, change=1.5, pay=0.5,
        ),
    )  # fmt: skip


def clean_rows(problem: RosterProblem, person: RosterPerson) -> list[tuple[RosterDuty, ...]]:
    """Every row of ``person`` that breaks no rule, by the check alone."""
    alone = replace(
        problem,
        people=(person,),
        pins=tuple(pin for pin in problem.pins if pin.person == person.id),
        wishes=(),
        told=(),
        told_days=0,
    )
    by_day: list[list[RosterDuty | None]] = [[None] for _ in range(problem.days)]
    for one in problem.cover:
        by_day[one.day].append(duty(person.id, one.day, one.shift, one.post))
    found = []
    for choice in itertools.product(*by_day):
        duties = tuple(one for one in choice if one is not None)
        plan = RosterPlan(duties=duties, effort=NO_EFFORT)
        if not any(one.severity == "broken" and one.rule != Rule.MINIMUM for one in check(alone, plan)):
            found.append(duties)
    return found


def least_cost(problem: RosterProblem) -> float | None:
    """The least cost over all choices of clean rows; None where somebody has none."""
    rows = [clean_rows(problem, person) for person in problem.people]
    if not all(rows):
        return None
    least = float("inf")
    for choice in itertools.product(*rows):
        duties = tuple(one for row in choice for one in row)
        plan = plan_by_hand(problem, duties)
        if plan.total < least and not check(problem, plan):
            least = plan.total
    return least
