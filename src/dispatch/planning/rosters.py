"""Rosters on the frame of what is planned ahead: when one is due, and the duties that are published of it."""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from dispatch.decide.roster import KIND, roster_of, rostered_duty
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.model.people import Training
from dispatch.model.posts import is_night, minute_of
from dispatch.model.time import at_clock, local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.horizons import Asked, Horizon, Said, asked_of, digest_of, due, head_of_kind
from dispatch.planning.roster_ask import build_roster
from dispatch.planning.roster_days import DAY, Period, Posts, can_have, rostered, trainings_of
from dispatch.planning.roster_days import roster_of as published_of
from dispatch.planning.roster_said import said_of
from dispatch.solver.plan import Effort
from dispatch.solver.roster_plan import RosterPlan
from dispatch.solver.roster_problem import RosterDuty, RosterProblem

TRAINING = "training"
"""What stands for the post and the shift of a training."""
_PUBLISHED = Effort(solver="published", seed=0, budget=0, used=0)


class Rosters(Horizon):
    """Who works when: to the end of as many whole weeks ahead as the policy says."""

    kind = KIND

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """A roster is due where there are posts or people to be rostered, and the days or what is asked changed."""
        if not any(not record.retired for record in state.posts.values()) and not state.rosters:
            return None
        policy = state.policy
        today, head = local_day(now, policy.time_zone), head_of_kind(state, KIND)
        until = today - today.weekday() * DAY + (policy.roster.weeks + 1) * 7 * DAY
        found = due(head, today, until, lambda since: _inputs(state, since, until))
        if found is None:
            return None
        problem = build_roster(state, Period(today, until, now))
        return asked_of(
            state,
            KIND,
            found,
            problem,
            standing=standing(state, problem, today),
            now=now,
            start=today,
            until=until,
            frozen=today + policy.roster.freeze_days * DAY,
            budget=policy.roster.budget,
        )

    def solve(self, asked: Asked) -> RosterPlan:
        """The roster, no dearer than what stands if that can stay."""
        # The process of the services is to start without the compiler.
        from dispatch.solver.rosters.search import solve_rosters

        return solve_rosters(asked.problem, budget=asked.budget, seed=asked.seed, start=asked.standing)

    def batch(self, state: AreaState, asked: Asked, plan: RosterPlan, number: int) -> Batch:
        """The duties of everybody who has others than are published."""
        posts = Posts(state)
        new: dict[str, dict[dt.date, RosteredDuty]] = {worker: {} for worker in rostered(state)}
        for duty in plan.duties:
            day = asked.start + duty.day * DAY
            new[duty.person][day] = _duty(state, posts, duty, day)
        period = Period(asked.start, asked.until, asked.now)
        for worker, days in new.items():
            days |= {one.day: _training(state, one) for one in trainings_of(state, worker, period, posts).kept}
        batch: Batch = {}
        for worker in sorted({*new, *state.rosters}):
            before = published_of(state, worker).duties
            stands = {day: duty for day, duty in before.items() if day >= asked.start}
            until = max([asked.until, *(day + DAY for day in stands)])
            duties = new.get(worker, {})
            if stands != duties:
                published = DutiesPublished(
                    number=number, start=asked.start, until=until, duties=tuple(duties[day] for day in sorted(duties))
                )
                batch[roster_of(state.area, worker)] = [published]
        return batch

    def said(self, state: AreaState, asked: Asked, plan: RosterPlan) -> Said:
        """What stays open and why, and whom and what it had to leave: see `said_of`."""
        return said_of(state, asked, plan)


def standing(state: AreaState, problem: RosterProblem, first: dt.date) -> RosterPlan:
    """What is published as a plan for ``problem``, without what cannot stay."""
    posts = Posts(state)
    duties = tuple(
        told
        for told in problem.told
        if can_have(state, told.person, published_of(state, told.person).duties[first + told.day * DAY], posts)
    )
    return RosterPlan(duties=duties, effort=_PUBLISHED)


def _inputs(state: AreaState, since: dt.date, until: dt.date) -> str:
    """A digest of all that a roster for the days from ``since`` to before ``until`` is made of but of what is told."""
    policy = state.policy
    begin = at_clock(since, "00:00", policy.time_zone)
    people = [
        (
            key,
            record.item.skills,
            record.item.terms,
            [one for one in (*record.item.trainings, *record.item.wishes) if since <= one.day < until],
            [one for one in record.away if one.end > begin],
        )
        for key, record in rostered(state).items()
    ]
    directed = [
        (key, day, duty.post, duty.shift)
        for key, roster in sorted(state.rosters.items())
        for day, duty in sorted(roster.duties.items())
        if duty.directed and since <= day < until
    ]
    rules = (policy.roster, policy.holidays, policy.time_zone, policy.seed)
    return digest_of(since, until, list(Posts(state).posts.values()), people, directed, rules)


def _duty(state: AreaState, posts: Posts, given: RosterDuty, day: dt.date) -> RosteredDuty:
    shift = posts.shift_on(given.post, given.shift, day)
    made = rostered_duty(posts.posts[given.post], shift, day, state.policy.time_zone)
    before = published_of(state, given.person).duties.get(day)
    stays = before is not None and (before.post, before.shift, before.directed) == (made.post, made.shift, True)
    return replace(made, directed=True) if stays else made


def _training(state: AreaState, training: Training) -> RosteredDuty:
    start = at_clock(training.day, training.start, state.policy.time_zone)
    end = start + dt.timedelta(minutes=training.minutes)
    night = is_night(minute_of(training.start), training.minutes)
    return RosteredDuty(
        day=training.day, post=TRAINING, shift=TRAINING, start=start, end=end, night=night, training=True
    )
