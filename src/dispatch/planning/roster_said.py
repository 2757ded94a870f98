"""What is told of a roster as a whole: what stays open and why, hours nobody stands at, who and what is left aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dispatch.decide.roster import lost
from dispatch.events.horizon import LeftOpen, Shortage
from dispatch.events.order import ReasonGiven
from dispatch.model.people import duty_on
from dispatch.model.time import zone
from dispatch.planning.area import AreaState
from dispatch.planning.horizons import Asked, Said
from dispatch.planning.roster_ask import left_aside
from dispatch.planning.roster_days import DAY, Period, Posts, roster_of, rostered, trainings_of
from dispatch.solver.plan import Reason
from dispatch.solver.roster_plan import OpenPlace, RosterPlan
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.rules import Rule

REASONS_SHOWN = 3
"""Rules named for a place that stays open."""


def said_of(state: AreaState, asked: Asked, plan: RosterPlan) -> Said:
    """The places below their minimum and why, and what would close them.

    Beside that whose terms could not all be kept, who is left aside, trainings that somebody cannot come to, and the
    hours of a duty that an absence takes.
    """
    short, posts = plan.shortage, Posts(state)
    period = Period(asked.start, asked.until, asked.now)
    return Said(
        open=tuple(_left_open(state, posts, asked, one) for one in plan.open if one.missing),
        shortage=None
        if short is None
        else Shortage(
            needed=short.needed,
            can_give=short.can_give,
            open=short.open,
            message=short.message,
            would_close=short.would_close,
        ),
        gave_way=(
            *(ReasonGiven(rule=one.rule, message=one.message) for one in plan.conflicts),
            *_aside(state, period, asked.problem),
            *_hours_missed(state, posts, asked, plan),
            *_trainings_left(state, period, posts),
        ),
    )


def _left_open(state: AreaState, posts: Posts, asked: Asked, one: OpenPlace) -> LeftOpen:
    day = asked.start + one.day * DAY
    shift = posts.shift_on(one.post, one.shift, day)
    place = LeftOpen(id=one.post, day=day, part=shift.id, missing=one.missing)
    reasons = tuple(
        ReasonGiven(
            rule=reason.rule, message=reason.message, workers=reason.workers, hint=_hint(state, asked, place, reason)
        )
        for reason in one.reasons[:REASONS_SHOWN]
    )
    return LeftOpen(id=place.id, day=day, part=place.part, missing=one.missing, reasons=reasons)


def _hint(state: AreaState, asked: Asked, place: LeftOpen, reason: Reason) -> str:
    """What may help against ``reason``; of a frozen day that is a dispatcher's choice."""
    if reason.rule != Rule.PIN or place.day is None or place.day >= asked.frozen:
        return reason.hint
    had = (
        worker
        for worker in rostered(state)
        if (duty := roster_of(state, worker).had.get(place.day)) is not None
        if (duty.post, duty.shift) == (place.id, place.part)
    )
    instead = next(had, None)
    whom = f"instead of {instead}" if instead is not None else f"with {place.id} as post and {place.part} as shift"
    return f"a stand-in by direction would do, {whom}: the day is frozen until {asked.frozen}."


def _aside(state: AreaState, period: Period, problem: RosterProblem) -> Iterator[ReasonGiven]:
    for worker, why in left_aside(state, period, problem).items():
        message, _, hint = why.partition(" Maybe ")
        yield ReasonGiven(
            rule=Rule.REST, message=f"{worker} is left out of the roster: {message}", workers=1, hint=hint
        )


def _hours_missed(state: AreaState, posts: Posts, asked: Asked, plan: RosterPlan) -> Iterator[ReasonGiven]:
    """Of who is away for a part of a duty that stays theirs: from when to when they are missed there."""
    tz = state.policy.time_zone
    for given in plan.duties:
        away, day = state.workers[given.person].away, asked.start + given.day * DAY
        if not away:
            continue
        shift = posts.shift_on(given.post, given.shift, day)
        duty = duty_on(given.person, shift, day, tz)
        if not lost(away, duty.start, duty.end):
            continue
        spans = sorted((max(one.start, duty.start), min(one.end, duty.end)) for one in away)
        hours = " and ".join(f"{_clock(start, tz)} to {_clock(end, tz)}" for start, end in spans if start < end)
        yield ReasonGiven(
            rule=Rule.ABSENT,
            message=f"{given.person} is away from {hours} of {shift.id} at {given.post} on {day}, and missed there.",
            workers=1,
            hint=f"ask somebody for these hours, or for all: `dispatch roster standins --area {state.area} "
            f"--worker {given.person} --day {day}` says who could.",
        )


def _clock(at: dt.datetime, time_zone: str) -> str:
    return f"{at.astimezone(zone(time_zone)):%H:%M}"


def _trainings_left(state: AreaState, period: Period, posts: Posts) -> Iterator[ReasonGiven]:
    for worker in rostered(state):
        for training, why in trainings_of(state, worker, period, posts).left:
            yield ReasonGiven(
                rule=Rule.TRAINING,
                message=f"{worker} cannot come to the training of {training.day} at {training.start}: {worker} {why}.",
                workers=1,
                hint="another day is to be agreed for it.",
            )
