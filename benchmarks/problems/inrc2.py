"""A week of INRC-II as a `RosterProblem`, and week after week solved with what was worked before.

What counts over all weeks (assignments, weekends) is shared out over the weeks to come: in each week the limits are
the part of what is left that falls to it.
"""

from __future__ import annotations

from msgspec.structs import replace

from benchmarks.instances.inrc2 import DAYS, Contract, Inrc2, Nurse, NurseHistory, Week
from benchmarks.recost.roster import RosterDump
from benchmarks.rosters.answer import RosterAnswer
from benchmarks.routing.effort import Effort
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import (
    RosterBefore,
    RosterCover,
    RosterLimit,
    RosterPerson,
    RosterPost,
    RosterProblem,
    RosterShift,
    RosterSkill,
    RosterWeights,
    RosterWish,
)  # fmt: skip
from dispatch.solver.rosters.search import solve_rosters

MONDAY = 4
OPTIMAL, IN_ROW, DAYS_IN_ROW, OFF_IN_ROW, WISH, WHOLE, ASSIGNMENTS, WEEKENDS = 30, 15, 30, 30, 10, 30, 20, 30
"""The competition's weights."""
OPEN = 10_000.0


def to_problem(instance: Inrc2, week: int, history: dict[str, NurseHistory]) -> RosterProblem:
    """The ``week`` (from 0), after ``history``."""
    scenario, data = instance.scenario, instance.weeks[week]
    after = {one.preceding_shift_type: one.succeeding_shift_types for one in scenario.forbidden_shift_type_successions}
    contracts = {one.id: one for one in scenario.contracts}
    return RosterProblem(
        area=instance.name,
        first_day=MONDAY,
        days=7,
        shifts=tuple(
            RosterShift(
                id=one.id,
                minutes=480,
                not_before=after.get(one.id, ()),
                in_row=RosterLimit(
                    least=one.minimum_number_of_consecutive_assignments,
                    most=one.maximum_number_of_consecutive_assignments,
                    price=IN_ROW,
                ),
            )
            for one in scenario.shift_types
        ),
        posts=tuple(RosterPost(id=skill, skill=skill) for skill in scenario.skills),
        people=tuple(
            _person(instance, one, contracts[one.contract], history[one.id], len(instance.weeks) - week)
            for one in scenario.nurses
        ),
        cover=_cover(data),
        wishes=tuple(
            RosterWish(
                person=one.nurse,
                day=DAYS.index(one.day),
                shift=None if one.shift_type == "Any" else one.shift_type,
                wanted=False,
                weight=WISH,
            )
            for one in data.shift_off_requests
        ),
        weights=RosterWeights(open=OPEN),
    )


def _cover(week: Week) -> tuple[RosterCover, ...]:
    return tuple(
        RosterCover(
            day=day,
            shift=one.shift_type,
            post=one.skill,
            minimum=need.minimum,
            wanted=max(need.optimal, need.minimum),
            under=OPTIMAL,
        )
        for one in week.requirements
        for day, need in enumerate(one.days())
    )


def _person(instance: Inrc2, nurse: Nurse, terms: Contract, past: NurseHistory, left: int) -> RosterPerson:
    done, weekends = past.number_of_assignments, past.number_of_working_weekends
    most = max(0, -(-(terms.maximum_number_of_assignments - done) // left))
    least = max(0, (terms.minimum_number_of_assignments - done) // left)
    weekends_left = max(0, terms.maximum_number_of_working_weekends - weekends)
    # With a weekend less than weeks to come, one worked now costs its part of one too many in the end.
    scarce = WEEKENDS * max(0.0, 1.0 - weekends_left / left)
    return RosterPerson(
        id=nurse.id,
        skills=tuple(RosterSkill(skill=skill) for skill in nurse.skills),
        duties=RosterLimit(least=min(least, most), most=most, price=ASSIGNMENTS),
        weekends=RosterLimit(most=0, price=scarce) if scarce else None,
        whole_weekends=WHOLE if terms.complete_weekends else None,
        days_in_row=RosterLimit(
            least=terms.minimum_number_of_consecutive_working_days,
            most=terms.maximum_number_of_consecutive_working_days,
            price=DAYS_IN_ROW,
        ),
        off_in_row=RosterLimit(
            least=terms.minimum_number_of_consecutive_days_off,
            most=terms.maximum_number_of_consecutive_days_off,
            price=OFF_IN_ROW,
        ),
        rest_minutes=0,
        before=_before(instance, past),
    )


def _before(instance: Inrc2, past: NurseHistory) -> RosterBefore:
    """Days that end in the runs the history names; what was before these runs differs from them."""
    shifts = [one.id for one in instance.scenario.shift_types]
    if past.number_of_consecutive_days_off:
        return RosterBefore(shifts=(shifts[0], *[None] * past.number_of_consecutive_days_off))
    if not past.number_of_consecutive_working_days:
        return RosterBefore()
    last, same = past.last_assigned_shift_type, past.number_of_consecutive_assignments
    other = next(one for one in shifts if one != last)
    earlier = [other] * (past.number_of_consecutive_working_days - same)
    return RosterBefore(shifts=(None, *earlier, *[last] * same))


def _after(past: NurseHistory, row: list[tuple[str, str] | None]) -> NurseHistory:
    """The history after a week with ``row``."""
    now = replace(
        past,
        number_of_assignments=past.number_of_assignments + sum(one is not None for one in row),
        number_of_working_weekends=past.number_of_working_weekends + any(one is not None for one in row[5:]),
    )
    for one in row:
        if one is None:
            now = replace(
                now,
                last_assigned_shift_type="None",
                number_of_consecutive_assignments=0,
                number_of_consecutive_working_days=0,
                number_of_consecutive_days_off=now.number_of_consecutive_days_off + 1,
            )
        else:
            same = now.number_of_consecutive_assignments if one[0] == now.last_assigned_shift_type else 0
            now = replace(
                now,
                last_assigned_shift_type=one[0],
                number_of_consecutive_assignments=same + 1,
                number_of_consecutive_working_days=now.number_of_consecutive_working_days + 1,
                number_of_consecutive_days_off=0,
            )
    return now


def rows_of(instance: Inrc2, plan: RosterPlan) -> dict[str, list[tuple[str, str] | None]]:
    """Shift and skill by nurse and day of the week."""
    rows: dict[str, list[tuple[str, str] | None]] = {one.id: [None] * 7 for one in instance.scenario.nurses}
    for duty in plan.duties:
        rows[duty.person][duty.day] = duty.shift, duty.post
    return rows


def solve(instance: Inrc2, effort: Effort) -> RosterAnswer:
    """Our answer: each week gets the same part of the seconds."""
    history = dict(instance.history)
    roster: dict[str, list[str | list[str] | None]] = {one.id: [] for one in instance.scenario.nurses}
    repeatable = True
    seconds = None if effort.seconds is None else effort.seconds / len(instance.weeks)
    for week in range(len(instance.weeks)):
        plan = solve_rosters(
            to_problem(instance, week, history), budget=effort.budget, seed=effort.seed, seconds=seconds,
            cores=effort.cores,
        )  # fmt: skip
        repeatable = repeatable and plan.effort.repeatable
        for nurse, row in rows_of(instance, plan).items():
            roster[nurse] += [None if one is None else list(one) for one in row]
            history[nurse] = _after(history[nurse], row)
    return RosterAnswer(dump=RosterDump(instance=instance.name, roster=roster), repeatable=repeatable)
