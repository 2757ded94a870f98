"""Who can step in for somebody on a day, asked of the roster as it is published: at once, with cost and reasons."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.roster import KIND, lost
from dispatch.events.roster import RosteredDuty
from dispatch.model.errors import ProblemError
from dispatch.model.quoting import quoted
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.horizons import head_of_kind
from dispatch.planning.roster_ask import build_roster
from dispatch.planning.roster_days import DAY, Period, Posts, roster_of, rostered
from dispatch.planning.rosters import standing
from dispatch.solver.roster_plan import StandIn
from dispatch.solver.roster_problem import RosterDuty, RosterPerson
from dispatch.solver.rosters.standins import stand_ins


class Sought(Struct, frozen=True):
    """The duty somebody is sought for, and who could take it, the best first; no duty where there is none to take.

    ``leaves``: by who could, the duty of their own that they would leave.
    """

    duty: RosteredDuty | None
    found: tuple[StandIn, ...] = ()
    leaves: dict[str, RosteredDuty] = {}


def stand_ins_of(state: AreaState, worker: str, day: dt.date, now: dt.datetime) -> Sought:
    """Who could take what ``worker`` has on ``day``, or had before it was found that they cannot come.

    Raises `ProblemError` for somebody who does not work by roster, or a day it does not reach.
    """
    people = rostered(state)
    if worker not in people:
        raise ProblemError(
            f"{quoted(worker)} does not work by roster in area {quoted(state.area)}.", hint="it was mistyped."
        )
    head, today = head_of_kind(state, KIND), local_day(now, state.policy.time_zone)
    if head.until is None or not today <= day < head.until:
        reach = "nothing is published" if head.until is None else f"it goes from {today} to {head.until - DAY}"
        raise ProblemError(f"The roster says nothing of {day}: {reach}.", hint="another day was meant.")
    roster = roster_of(state, worker)
    duty = roster.duties.get(day)
    if duty is None and (had := roster.had.get(day)) is not None and head.missing(had.post, day, had.shift):
        duty = had
    posts = Posts(state)
    if duty is None or posts.asked(duty) is None:
        return Sought(None)
    problem = build_roster(state, Period(today, head.until, now))
    gone = RosterDuty(person=worker, day=(day - today).days, shift=posts.key_of(duty), post=duty.post)
    plan = standing(state, problem, today)
    others = tuple(one for one in plan.duties if (one.person, one.day) != (gone.person, gone.day))
    if all(one.id != worker for one in problem.people):
        # Who is left aside of the roster may still have had a duty that somebody is sought for.
        problem = replace(problem, people=(*problem.people, RosterPerson(id=worker)))
    found = tuple(
        one
        for one in stand_ins(problem, replace(plan, duties=(*others, gone)), worker, gone.day)
        if not lost(state.workers[one.person].away, duty.start, duty.end)
    )
    leaves = {one.person: roster_of(state, one.person).duties[day] for one in found if one.leaves is not None}
    return Sought(duty, found, leaves)
