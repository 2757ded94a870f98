"""A plan of teams made by hand, and ways to break each of its rules."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.drawn_teams import DAY, job, team_problem
from msgspec.structs import replace

from dispatch.solver.plan import Effort, Reason, Team, TeamDay, TeamPlan, TeamStop, Unplanned
from dispatch.solver.rules import Rule
from dispatch.solver.team_problem import TeamNeed, TeamWorker

PAIR = replace(job("pair", 4), needs=(TeamNeed(skill="cable", level=1, people=2),))
EXPERT = replace(job("expert", 4, "b"), needs=(TeamNeed(skill="cable", level=2, people=1),))
PROBLEM = team_problem(
    (PAIR, EXPERT, job("next", 2, after=("expert",)), job("out", 2, price=3), job("then", 2, after=("out",), price=2)),
    (
        TeamWorker(id="w1", levels={"cable": 2}),
        TeamWorker(id="w2", levels={"cable": 1}),
        TeamWorker(id="w3", levels={"cable": 1}, absent=(2,)),
    ),
    budget=5,
)


def stop(id_: str, start: int, ticks: int) -> TeamStop:
    return TeamStop(job=id_, start=start, end=start + ticks)


CLEAN = TeamPlan(
    days=(
        TeamDay(
            day=1,
            teams=(
                Team(workers=("w1",), stops=(stop("expert", 0, 4), stop("next", 4, 2))),
                Team(workers=("w2", "w3"), stops=(stop("pair", 0, 4),)),
            ),
        ),
    ),
    handed_out=("out", "then"),
    cost={Rule.GRADE_END: 7.0 * 6 + 3.0 * 4, Rule.LAST_END: 6.0, Rule.UNPLANNED: 0.0},
    effort=Effort(solver="hand", seed=0, budget=0, used=0),
)


def team(number: int, *, workers: tuple[str, ...] | None = None, stops: tuple[TeamStop, ...] | None = None) -> TeamPlan:
    teams = list(CLEAN.days[0].teams)
    teams[number] = Team(
        workers=teams[number].workers if workers is None else workers,
        stops=teams[number].stops if stops is None else stops,
    )
    return replace(CLEAN, days=(replace(CLEAN.days[0], teams=tuple(teams)),))


def off(*workers: str) -> TeamPlan:
    return replace(CLEAN, days=(replace(CLEAN.days[0], off=workers),))


def out(id_: str, *, reasons: tuple[Reason, ...] = (Reason(rule=Rule.ONE_TEAM, message="No."),)) -> TeamPlan:
    return replace(CLEAN, unplanned=(Unplanned(id=id_, reasons=reasons),))


def on_day(day: int) -> TeamPlan:
    """Everything a number of days later, as it was."""
    later = (day - 1) * DAY

    def moved(one: Team) -> Team:
        return replace(one, stops=tuple(replace(s, start=s.start + later, end=s.end + later) for s in one.stops))

    return replace(CLEAN, days=(TeamDay(day=day, teams=tuple(moved(one) for one in CLEAN.days[0].teams)),))


BROKEN: list[tuple[Rule, Callable[[], TeamPlan]]] = [
    (Rule.TEAM_SKILL, lambda: replace(team(1, workers=("w2",)), handed_out=CLEAN.handed_out)),
    (Rule.TEAM_SKILL, lambda: replace(CLEAN, days=(replace(CLEAN.days[0], teams=swapped()),))),
    (Rule.ONE_TEAM, lambda: team(1, workers=("w1", "w2", "w3"))),
    (Rule.ONE_TEAM, lambda: team(1, workers=("w2", "w2", "w3"))),
    (Rule.ONE_TEAM, lambda: team(1, workers=("w2", "w3", "w9"))),
    (Rule.ONE_TEAM, lambda: off("w3")),
    (Rule.ONE_TEAM, lambda: team(0, workers=())),
    (Rule.ONE_TEAM, lambda: replace(CLEAN, days=(*CLEAN.days, TeamDay(day=1, off=("w1", "w2", "w3"))))),
    (Rule.ONE_TEAM, lambda: replace(CLEAN, days=(*CLEAN.days, TeamDay(day=2, off=("w1", "w2"))))),
    (Rule.ABSENT, lambda: on_day(2)),
    (Rule.OVERLAP, lambda: team(0, stops=(stop("expert", 0, 4), stop("next", 3, 2)))),
    (Rule.WITHIN_DAY, lambda: team(1, stops=(stop("pair", 5, 4),))),
    (Rule.WITHIN_DAY, lambda: team(1, stops=(stop("pair", -1, 4),))),
    (Rule.WITHIN_DAY, lambda: team(1, stops=(stop("pair", 0, 3),))),
    (Rule.JOB_ORDER, lambda: team(0, stops=(stop("next", 0, 2), stop("expert", 2, 4)))),
    (Rule.JOB_ORDER, lambda: replace(team(0, stops=(stop("next", 0, 2),)), unplanned=out("expert").unplanned)),
    (Rule.CONTRACTOR, lambda: replace(CLEAN, handed_out=("out",))),
    (Rule.CONTRACTOR, lambda: replace(team(1, stops=()), handed_out=("out", "then", "pair"))),
    (Rule.ONCE, lambda: team(1, stops=())),
    (Rule.ONCE, lambda: team(1, stops=(stop("pair", 0, 4), stop("expert", 4, 4)))),
    (Rule.ONCE, lambda: team(1, stops=(stop("pair", 0, 4), stop("strange", 4, 4)))),
    (Rule.ONCE, lambda: replace(CLEAN, handed_out=("out", "then", "next"))),
    (Rule.ONCE, lambda: out("pair")),
    (Rule.ONCE, lambda: replace(out("then", reasons=()), handed_out=("out",))),
]


def swapped() -> tuple[Team, ...]:
    first, second = CLEAN.days[0].teams
    return replace(first, workers=("w2",)), replace(second, workers=("w1", "w3"))


OVER_BUDGET = replace(PROBLEM, contractor_budget=4), CLEAN
"""What `CLEAN` hands out is one dearer than may be."""
