"""The arithmetic of open places: by groups that share people, with as few changes as would do."""

from __future__ import annotations

import re

from roster_problems import EARLY, LATE, NIGHT, places

from dispatch.solver.checks import check
from dispatch.solver.roster_plan import RosterPlan, RosterShortage
from dispatch.solver.roster_problem import (
    RosterCover,
    RosterLimit,
    RosterPerson,
    RosterPost,
    RosterProblem,
    RosterRest,
    RosterSkill,
)
from dispatch.solver.solve import solve

WEEK = RosterRest(days=1, in_any=7)
GATE, YARD, FLOOR = (
    RosterPost(id="gate", skill="guarding"),
    RosterPost(id="yard", skill="guarding"),
    RosterPost(id="floor", skill="cleaning"),
)


def people(name: str, count: int, *skills: str, **more: object) -> tuple[RosterPerson, ...]:
    """So many who hold the same, with a day of rest in seven."""
    held = tuple(RosterSkill(skill=skill) for skill in skills)
    return tuple(
        RosterPerson(id=f"{name}-{number}", skills=held, rest_days=WEEK, **more)  # type: ignore[arg-type]
        for number in range(count)
    )


def team(who: tuple[RosterPerson, ...], cover: tuple[RosterCover, ...]) -> RosterProblem:
    """A week from Monday on."""
    shifts, posts = (EARLY, LATE, NIGHT), (GATE, YARD, FLOOR)
    return RosterProblem(area="home", first_day=4, days=7, shifts=shifts, posts=posts, people=who, cover=cover)


def shortage(problem: RosterProblem, budget: int = 1) -> RosterShortage:
    """What is said of what stays open in a plan that is sound."""
    plan = solve(problem, budget=budget, seed=1)
    assert isinstance(plan, RosterPlan) and check(problem, plan) == []
    assert plan.shortage is not None
    assert plan.shortage.open == sum(one.missing for one in plan.open)
    return plan.shortage


GUARDED = (
    *places(7, "early", "late", "night", minimum=3, post="gate"),
    *places(7, "early", "late", "night", minimum=2, post="yard"),
)
CLEANED = tuple(
    RosterCover(day=day, shift="early", post="floor", minimum=minimum)
    for day, minimum in enumerate((5, 5, 4, 4, 4, 4, 4))
)


def test_what_others_could_give_to_other_posts_is_not_counted() -> None:
    assert sum(one.minimum for one in CLEANED) == 30
    everybody = (*people("guard", 16, "guarding"), *people("cleaner", 10, "cleaning"))
    found = shortage(team(everybody, (*GUARDED, *CLEANED)), budget=6)
    assert (found.needed, found.can_give, found.open) == (105, 96, 9)
    assert found.message.startswith("gate, yard (guarding): 105 places to fill in 7 days at the minimum; 16 people can")
    assert "number of people would do" not in found.message
    told = "\n".join(found.would_close)
    assert "gate, yard (guarding): 2 more people" in told
    assert "an agreement to work on a day of rest, for 9 of 16 people" in told
    assert "12 hours: 70 places instead of 105" in told
    assert "floor" not in told


def test_two_groups_that_both_lack_people_are_told_apart() -> None:
    cover = (*places(7, "early", minimum=2, post="gate"), *places(7, "early", minimum=1, post="floor"))
    found = shortage(team((*people("guard", 2, "guarding"), *people("cleaner", 1, "cleaning")), cover))
    assert (found.needed, found.can_give, found.open) == (21, 18, 3)
    assert "gate (guarding): 14 places" in found.message and "floor (cleaning): 7 places" in found.message
    told = "\n".join(found.would_close)
    assert "gate (guarding): an agreement to work on a day of rest, for everybody" in told
    assert "floor (cleaning): an agreement to work on a day of rest, for everybody" in told


def test_somebody_for_both_makes_one_group_and_posts_nobody_can_stand_at_are_named_too() -> None:
    cover = (*places(7, "early", minimum=2, post="gate"), *places(7, "early", minimum=1, post="floor"))
    one = shortage(team((*people("guard", 2, "guarding"), *people("both", 1, "guarding", "cleaning")), cover))
    assert re.match(r"21 places to fill in 7 days at the minimum; 3 people can give 18\. 3 stay open", one.message)
    none = shortage(team(people("guard", 3, "guarding"), cover))
    assert (none.needed, none.can_give, none.open) == (7, 0, 7)
    assert none.message.startswith("floor (cleaning): 7 places to fill in 7 days at the minimum; 0 people can give 0.")


def test_as_few_agreements_are_named_as_would_do() -> None:
    hours = RosterLimit(most=5 * 480)
    cover = places(7, "early", minimum=3, post="gate")
    found = shortage(team(people("guard", 4, "guarding", week_minutes=hours), cover))
    assert (found.needed, found.can_give) == (21, 20)
    assert "an agreement to one more shift a week, for 1 of 4 people" in found.would_close
