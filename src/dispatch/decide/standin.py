"""A dispatcher has somebody step in for somebody else: decided by the rules about one duty of one person.

What is agreed over many days (days of rest, minutes of a week) a dispatcher may overrule: the planner plans what
follows round it, and names what gave way.
"""

from __future__ import annotations

import datetime as dt

from msgspec import UNSET, Struct
from msgspec.structs import replace

from dispatch.decide.horizon import HorizonHead, horizon_of
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.record import RecordState
from dispatch.decide.roster import KIND, RosterState, roster_of, rostered_duty
from dispatch.events.horizon import HorizonDirected, LeftOpen
from dispatch.events.roster import DutyDirected, RosteredDuty
from dispatch.model.people import Worker
from dispatch.model.posts import Post
from dispatch.model.quoting import quoted
from dispatch.model.time import local_day
from dispatch.requests.direction import StandIn


class Seen(Struct, frozen=True, kw_only=True):
    """What the decision looks at: who steps in, both rosters (``other``: of whom they step in for), horizon, post."""

    area: str
    time_zone: str
    now: dt.datetime
    worker: RecordState | None
    own: RosterState | None
    other: RosterState | None
    head: HorizonHead
    posts: dict[str, RecordState | None]


def place_of(duty: RosteredDuty) -> LeftOpen:
    """The place that ``duty`` fills."""
    return LeftOpen(id=duty.post, day=duty.day, part=duty.shift)


def sought(message: StandIn, other: RosterState | None, head: HorizonHead) -> RosteredDuty | None:
    """The duty that is to be taken of ``instead``: what they have on that day, or had and nobody has now."""
    if message.instead is UNSET or other is None:
        return None
    duty = other.duties.get(message.day)
    if duty is not None:
        return None if duty.training else duty
    had = other.had.get(message.day)
    return had if had is not None and head.missing(had.post, had.day, had.shift) else None


def _place(message: StandIn, seen: Seen) -> RosteredDuty | None:
    """The duty on the open place that is named; None if it is not open, or none is named."""
    if message.instead is not UNSET or message.post is UNSET or message.shift is UNSET:
        return None
    record = seen.posts.get(message.post)
    if record is None or record.retired or not seen.head.missing(message.post, message.day, message.shift):
        return None
    post: Post = record.item
    shifts = (one for one in post.shifts if one.id == message.shift and one.falls_on(message.day))
    return next((rostered_duty(post, shift, message.day, seen.time_zone) for shift in shifts), None)


def decide(message: StandIn, seen: Seen) -> tuple[Happened, ...]:
    """The events by which ``worker`` has the duty and ``instead`` has not; none if it is so already.

    Raises `Refused`: ``unknown_worker``, ``not_rostered``, ``no_duty``, ``duty_over``, ``lacks_skill``, ``is_absent``,
    ``has_duty``, ``short_rest``.
    """
    who = _rostered(message.worker, seen)
    duty = sought(message, seen.other, seen.head) or _place(message, seen)
    own = seen.own.duties.get(message.day) if seen.own is not None else None
    if duty is None and own is not None and _was_had(own, message, seen):
        return ()
    if duty is None:
        raise Refused(
            f"The roster {_nothing(message)}.",
            code="no_duty",
            hint="`dispatch roster show` says who has what, and what is open.",
        )
    if own is not None and place_of(own) == place_of(duty):
        return ()
    duty = replace(duty, directed=True)
    _require_able(who, duty, seen)
    _require_free(message, who, duty, seen)
    number = seen.head.number + 1
    other = message.worker if message.instead is UNSET else message.instead
    taken = DutyDirected(number=number, day=duty.day, duty=duty, other=other)
    happened = [Happened(roster_of(seen.area, message.worker), (taken,), message.at)]
    if message.instead is not UNSET and seen.other is not None and message.day in seen.other.duties:
        given_up = DutyDirected(number=number, day=duty.day, duty=None, other=message.worker)
        happened.append(Happened(roster_of(seen.area, message.instead), (given_up,), message.at))
    head = HorizonDirected(
        number=number,
        parent=seen.head.number,
        verb="stand-in",
        filled=(place_of(duty),),
        opened=() if own is None else (place_of(own),),
    )
    return (Happened(horizon_of(seen.area, KIND), (head,), message.at), *happened)


def _was_had(own: RosteredDuty, message: StandIn, seen: Seen) -> bool:
    """Whether ``own`` is what ``instead`` had on that day, or the place that is named: it was taken over before."""
    if message.instead is UNSET:
        return (own.post, own.shift, own.directed) == (message.post, message.shift, True)
    had = seen.other.had.get(message.day) if seen.other is not None else None
    return had is not None and place_of(had) == place_of(own)


def _nothing(message: StandIn) -> str:
    if message.instead is not UNSET:
        return f"gives {quoted(message.instead)} nothing on {message.day} that is to be taken"
    if message.post is UNSET or message.shift is UNSET:
        return "is to be told whom they stand in for, or the post and the shift of an open place"
    return f"has no place of {quoted(message.shift)} at {quoted(message.post)} open on {message.day}"


def _rostered(worker: str, seen: Seen) -> Worker:
    if seen.worker is None or seen.worker.retired:
        raise Refused(
            f"There is no worker {quoted(worker)} in this area.", code="unknown_worker", hint="it was mistyped."
        )
    who: Worker = seen.worker.item
    if who.terms is None:
        raise Refused(
            f"{quoted(worker)} does not work by roster.", code="not_rostered", hint="give their record terms first."
        )
    return who


def _require_able(who: Worker, duty: RosteredDuty, seen: Seen) -> None:
    if duty.end <= seen.now:
        raise Refused(f"The duty of {duty.day} is over.", code="duty_over", hint="another day was meant.")
    record = seen.posts.get(duty.post)
    post: Post | None = None if record is None or record.retired else record.item
    if post is None:
        raise Refused(
            f"There is no post {quoted(duty.post)} any more.", code="no_duty", hint="the roster is made anew."
        )
    last = local_day(duty.end - dt.timedelta(minutes=1), seen.time_zone)
    days = [duty.day + dt.timedelta(days=more) for more in range((last - duty.day).days + 1)]
    if post.skill is not None and not all(who.holds(post.skill, post.level, day) for day in days):
        raise Refused(
            f"{quoted(who.id)} does not hold {post.skill} at level {post.level} on {duty.day}.",
            code="lacks_skill",
            hint="`dispatch roster standins` names who does.",
        )
    away = () if seen.worker is None else seen.worker.away
    if any(one.start < duty.end and duty.start < one.end for one in away):
        raise Refused(
            f"{quoted(who.id)} is absent during the duty of {duty.day}.", code="is_absent", hint="somebody else."
        )


def _require_free(message: StandIn, who: Worker, duty: RosteredDuty, seen: Seen) -> None:
    others = dict(seen.own.duties) if seen.own is not None else {}
    own = others.pop(message.day, None)
    if own is not None and (own.training or not message.leaves):
        raise Refused(
            f"{quoted(who.id)} has {own.shift} at {own.post} on {own.day}.",
            code="has_duty",
            hint="somebody else." if own.training else '"leaves": true leaves that open.',
        )
    least = dt.timedelta(minutes=0 if who.terms is None else who.terms.rest_min)
    for one in others.values():
        if one.start < duty.end and duty.start < one.end:
            raise Refused(
                f"{quoted(who.id)} has {one.shift} at {one.post} until then.", code="has_duty", hint="somebody else."
            )
        rest = max(duty.start - one.end, one.start - duty.end)
        if rest < least:
            minutes = rest // dt.timedelta(minutes=1)
            raise Refused(
                f"{quoted(who.id)} would have {minutes} minutes between this and {one.shift} on {one.day}, "
                f"of {least // dt.timedelta(minutes=1)}.",
                code="short_rest",
                hint="`dispatch roster standins` names who has more.",
            )
