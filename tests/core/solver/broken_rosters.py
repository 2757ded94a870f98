"""Rosters each of which breaks one rule, and beside it one that just keeps it."""

from __future__ import annotations

from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from roster_problems import MONDAY, duty, places, plan_by_hand, roster_problem

from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import (
    RosterAbsence,
    RosterBefore,
    RosterDuty,
    RosterLimit,
    RosterPerson,
    RosterPin,
    RosterProblem,
    RosterRest,
    RosterSkill,
    RosterTraining,
)  # fmt: skip
from dispatch.solver.rules import Rule


class Case(Struct, frozen=True, kw_only=True):
    """Agreements of one person, and duties that break ``rule`` (and only it) or keep it to the edge."""

    rule: Rule
    person: dict[str, Any]
    broken: tuple[RosterDuty, ...]
    kept: tuple[RosterDuty, ...]
    problem: dict[str, Any] = {}


def days(*numbers: int, shift: str = "early", post: str = "gate") -> tuple[RosterDuty, ...]:
    """The same shift on these days."""
    return tuple(duty("ann", day, shift, post) for day in numbers)


def limit(least: int | None = None, most: int | None = None) -> RosterLimit:
    """A hard limit."""
    return RosterLimit(least=least, most=most)


CASES = (
    Case(rule=Rule.PLACE, person={}, broken=(*days(0), *days(0, shift="night")), kept=days(0)),
    Case(
        rule=Rule.PLACE,
        person={"skills": (RosterSkill(skill="desk", level=2),)},
        broken=days(0, shift="late", post="desk"),
        kept=days(0, post="desk"),
    ),
    Case(
        rule=Rule.SKILL,
        person={"skills": (RosterSkill(skill="desk", level=2, last=MONDAY + 1),)},
        broken=days(2, post="desk"),
        kept=days(1, post="desk"),
    ),
    Case(
        rule=Rule.SKILL,
        person={"skills": (RosterSkill(skill="desk", level=2, first=MONDAY, last=MONDAY + 1),)},
        broken=days(1, shift="night", post="desk"),
        kept=days(0, shift="night", post="desk"),
    ),
    Case(
        rule=Rule.SKILL,
        person={"skills": (RosterSkill(skill="desk", level=1), RosterSkill(skill="other", level=9))},
        broken=days(1, post="desk"),
        kept=days(1),
    ),
    Case(rule=Rule.ABSENT, person={"absent": (2,)}, broken=days(2), kept=days(1, 3)),
    Case(
        rule=Rule.ABSENT,
        person={"absent_from": (RosterAbsence(day=2, shift="night"),)},
        broken=days(2, shift="night"),
        kept=(*days(1, shift="night"), *days(2, shift="late")),
    ),
    Case(rule=Rule.TRAINING, person={"trainings": (RosterTraining(day=2),)}, broken=days(2), kept=days(1, 3)),
    Case(rule=Rule.HOLIDAY, person={"holidays": "off"}, broken=days(3), kept=days(2), problem={"holidays": (3,)}),
    Case(
        rule=Rule.PIN,
        person={},
        broken=days(1, shift="late"),
        kept=days(1),
        problem={"pins": (RosterPin(person="ann", day=1, shift="early"),)},
    ),
    Case(
        rule=Rule.PIN,
        person={},
        broken=days(1),
        kept=days(0),
        problem={"pins": (RosterPin(person="ann", day=1),)},
    ),
    # Late ends at 22:00, early begins at 6:00: eight hours. Night ends at 6:00, late begins at 14:00.
    Case(rule=Rule.REST, person={"rest_minutes": 481}, broken=(*days(0, shift="late"), *days(1)), kept=days(0, 1)),
    Case(
        rule=Rule.REST,
        person={"before": RosterBefore(shifts=("late",)), "rest_minutes": 481},
        broken=days(0),
        kept=days(0, shift="late"),
    ),
    Case(
        rule=Rule.REST,
        person={"trainings": (RosterTraining(day=1, start=480),), "rest_minutes": 601},
        broken=days(0, shift="late"),
        kept=days(0),
    ),
    Case(
        rule=Rule.REST_DAYS,
        person={"rest_days": RosterRest(days=1, in_any=7)},
        broken=days(0, 1, 2, 3, 4, 5, 6),
        kept=days(0, 1, 2, 3, 4, 5),
    ),
    Case(
        rule=Rule.REST_DAYS,
        person={"rest_days": RosterRest(days=2, in_any=5), "before": RosterBefore(shifts=("early", "early"))},
        broken=days(0, 2),
        kept=days(0, 3),
    ),
    Case(
        rule=Rule.DAYS_IN_ROW,
        person={"days_in_row": limit(most=3), "before": RosterBefore(shifts=("early",))},
        broken=days(0, 1, 2),
        kept=days(0, 1, 3, 4, 5),
    ),
    Case(rule=Rule.DAYS_IN_ROW, person={"days_in_row": limit(least=2)}, broken=days(2), kept=days(0, 2, 3, 8)),
    Case(
        rule=Rule.NIGHTS_IN_ROW,
        person={"nights_in_row": limit(most=2)},
        broken=days(1, 2, 3, shift="night"),
        kept=days(1, 2, 4, 5, shift="night"),
    ),
    Case(rule=Rule.OFF_IN_ROW, person={"off_in_row": limit(least=2)}, broken=days(0, 2), kept=days(1, 4)),
    Case(rule=Rule.OFF_IN_ROW, person={"off_in_row": limit(most=3)}, broken=days(0, 5, 8), kept=days(0, 4, 7)),
    Case(rule=Rule.SHIFT_IN_ROW, person={}, broken=days(1, 2, 3, shift="late"), kept=days(1, 2, 4, shift="late")),
    Case(rule=Rule.MINUTES, person={"minutes": limit(most=1440)}, broken=days(0, 2, 4, 6), kept=days(0, 2, 4)),
    Case(
        rule=Rule.MINUTES,
        person={"minutes": limit(least=960), "trainings": (RosterTraining(day=4),)},
        broken=(),
        kept=days(0),
    ),
    Case(
        rule=Rule.MINUTES_A_WEEK,
        person={"week_minutes": limit(most=960), "before": RosterBefore(week_minutes=480)},
        broken=days(0, 5),
        kept=days(0, 7, 8),
    ),
    Case(rule=Rule.MINUTES_A_WEEK, person={"week_minutes": limit(least=960)}, broken=days(0), kept=days(0, 1)),
    Case(rule=Rule.DUTIES, person={"duties": limit(least=1, most=2)}, broken=days(0, 1, 2), kept=days(0, 1)),
    Case(rule=Rule.DUTIES, person={"duties": limit(least=1, most=2)}, broken=(), kept=days(3)),
    Case(rule=Rule.WEEKENDS, person={"weekends": limit(most=0)}, broken=days(6), kept=days(4)),
    Case(
        rule=Rule.SHIFT_CAP, person={"shifts": {"late": 1}}, broken=days(0, 3, shift="late"), kept=days(0, shift="late")
    ),
)


def problem_of(case: Case) -> RosterProblem:
    """Eight or nine days for Ann alone, with cover that asks for nobody, so that nothing but ``case`` can be wrong."""
    person = replace(RosterPerson(id="ann", rest_minutes=480), **case.person)
    cover = (
        *places(9, "early", "late", "night", minimum=0),
        *places(9, "early", "night", minimum=0, post="desk"),
    )
    problem = replace(roster_problem((person,), cover, days=9), **case.problem)
    shifts = tuple(replace(one, in_row=limit(most=2)) if one.id == "late" else one for one in problem.shifts)
    return replace(problem, shifts=shifts) if case.rule == Rule.SHIFT_IN_ROW else problem


def broken_plans() -> list[tuple[RosterProblem, RosterPlan]]:
    """Every case broken, and what only a whole plan can break."""
    found = [(problem_of(case), plan_by_hand(problem_of(case), case.broken)) for case in CASES]
    problem = roster_problem((RosterPerson(id="ann"),), places(2, "early"), days=2)
    plan = plan_by_hand(problem, (duty("ann", 0, "early"),))
    stranger = plan_by_hand(problem, (duty("bob", 0, "early"), duty("ann", 1, "early")))
    other = replace(plan.open[0], shift="late")
    unnamed = replace(plan_by_hand(problem, ()), open=())
    silent = replace(plan, open=tuple(replace(one, reasons=()) for one in plan.open))
    follows = replace(
        problem,
        shifts=tuple(replace(one, not_before=("early",)) if one.id == "early" else one for one in problem.shifts),
    )
    both = (duty("ann", 0, "early"), duty("ann", 1, "early"))
    more = [(problem, one) for one in (plan, stranger, replace(plan, open=(*plan.open, other)), unnamed, silent)]
    wrong = replace(plan, cost={rule: cost + 1 for rule, cost in plan.cost.items()})
    return [*found, *more, (problem, wrong), (follows, plan_by_hand(follows, both))]
