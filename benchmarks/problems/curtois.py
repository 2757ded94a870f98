"""A Curtois & Qu instance as a `RosterProblem`, and its plans as dumps."""

from __future__ import annotations

from benchmarks.instances.curtois import Curtois, Employee
from benchmarks.recost.roster import RosterDump
from benchmarks.rosters.answer import RosterAnswer
from benchmarks.routing.effort import Effort
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import (
    RosterCover,
    RosterLimit,
    RosterPerson,
    RosterPost,
    RosterProblem,
    RosterShift,
    RosterWish,
)  # fmt: skip
from dispatch.solver.rosters.search import solve_rosters

POST = "ward"
MONDAY = 4


def to_problem(instance: Curtois) -> RosterProblem:
    """Everybody may do everything; what was before day 0 is not known."""
    return RosterProblem(
        area=instance.name,
        first_day=MONDAY,
        days=instance.days,
        shifts=tuple(
            RosterShift(id=id_, minutes=minutes, not_before=tuple(sorted(instance.not_after[id_])))
            for id_, minutes in instance.shifts.items()
        ),
        posts=(RosterPost(id=POST),),
        people=tuple(_person(one) for one in instance.employees),
        cover=_cover(instance),
        wishes=tuple(
            RosterWish(person=one.employee, day=one.day, shift=one.shift, wanted=one.on, weight=one.weight)
            for one in instance.requests
        ),
    )


def _cover(instance: Curtois) -> tuple[RosterCover, ...]:
    """What is asked for; a shift nobody asks for on a day may be had, and costs nothing there."""
    asked = {(one.day, one.shift) for one in instance.cover}
    return (
        *(
            RosterCover(day=one.day, shift=one.shift, post=POST, wanted=one.wanted, under=one.under, over=one.over)
            for one in instance.cover
        ),
        *(
            RosterCover(day=day, shift=shift, post=POST)
            for day in range(instance.days)
            for shift in instance.shifts
            if (day, shift) not in asked
        ),
    )


def _person(one: Employee) -> RosterPerson:
    return RosterPerson(
        id=one.id,
        minutes=RosterLimit(least=one.least_minutes, most=one.most_minutes),
        days_in_row=RosterLimit(least=one.least_in_row, most=one.most_in_row),
        off_in_row=RosterLimit(least=one.least_off),
        weekends=RosterLimit(most=one.weekends),
        shifts=one.shifts,
        rest_minutes=0,
        absent=tuple(sorted(one.off)),
    )


def dump(instance: Curtois, plan: RosterPlan) -> RosterDump:
    """The plan by employee and day."""
    roster: dict[str, list[str | list[str] | None]] = {one.id: [None] * instance.days for one in instance.employees}
    for duty in plan.duties:
        roster[duty.person][duty.day] = duty.shift
    return RosterDump(instance=instance.name, roster=roster)


def solve(instance: Curtois, effort: Effort) -> RosterAnswer:
    """Our answer."""
    plan = solve_rosters(
        to_problem(instance), budget=effort.budget, seed=effort.seed, seconds=effort.seconds, cores=effort.cores
    )
    return RosterAnswer(dump=dump(instance, plan), bound=plan.bound, repeatable=plan.effort.repeatable)
