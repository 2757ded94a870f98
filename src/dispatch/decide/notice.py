"""The notice of a breach: found, to be put right by a day, re-checked, and given another day where it was not."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.outcome import Refused
from dispatch.events.envelope import Entity
from dispatch.events.notice import NoticeIssued, NoticeRechecked, RecheckMissed
from dispatch.events.personal import remark
from dispatch.model.places import PlaceRef
from dispatch.model.policy import Policy
from dispatch.model.quoting import quoted
from dispatch.model.time import local_day
from dispatch.model.words import key_of
from dispatch.model.working_days import WorkCalendar, breach_notice
from dispatch.requests.report import Breach, Rechecked


class NoticeState(Struct, frozen=True, kw_only=True):
    """A notice now: ``recheck`` is the day it is looked at next, ``missed`` that this day passed."""

    place: PlaceRef
    found: dt.date
    recheck: dt.date
    put_right: bool = False
    missed: bool = False


def evolve(state: NoticeState | None, event: Struct, at: dt.datetime) -> NoticeState | None:
    """Fold one event of a notice."""
    match event:
        case NoticeIssued():
            return NoticeState(place=event.place, found=event.found, recheck=event.recheck)
        case NoticeRechecked() if state is not None:
            recheck = event.recheck or state.recheck
            return replace(state, put_right=event.put_right, recheck=recheck, missed=False)
        case RecheckMissed() if state is not None:
            return replace(state, missed=True)
    return state


def notice_of(area: str, worker: str, report: Breach) -> Entity:
    """The notice that ``worker``'s ``report`` of a breach brings about; always the same."""
    return Entity(area, "notice", key_of("notice", area, worker, report.id))


def issue(report: Breach, worker: str, policy: Policy, now: dt.datetime) -> tuple[Struct, ...]:
    """The notice of a breach, with the day of its re-check by the working days of ``policy``; raises `Refused`."""
    found = local_day(min(report.at, now), policy.time_zone)
    issued = NoticeIssued(
        worker=worker, place=report.place, found=found, recheck=_recheck(found, policy),
        remark=remark(report.note), proof=report.proof,
    )  # fmt: skip
    return (issued,)


def recheck(
    report: Rechecked, worker: str, state: NoticeState | None, policy: Policy, now: dt.datetime
) -> tuple[Struct, ...]:
    """What a second look at a breach comes to. Raises `Refused`: ``unknown_notice``, ``not_now``."""
    if state is None:
        raise Refused(f"There is no notice {quoted(report.notice)}.", code="unknown_notice", hint="it was mistyped.")
    if state.put_right:
        if report.put_right:
            return ()
        raise Refused(
            f"What notice {quoted(report.notice)} is about was put right.",
            code="not_now",
            hint="a new breach is a report of its own.",
        )
    day = local_day(min(report.at, now), policy.time_zone)
    rechecked = NoticeRechecked(
        worker=worker, day=day, put_right=report.put_right,
        recheck=None if report.put_right else _recheck(day, policy),
        remark=remark(report.note), proof=report.proof,
    )  # fmt: skip
    return (rechecked,)


def _recheck(found: dt.date, policy: Policy) -> dt.date:
    rules = policy.inspections
    calendar = WorkCalendar(weekdays=rules.weekdays, holidays=policy.holidays, worked=policy.workdays)
    try:
        return breach_notice(found, rules.recheck_days, calendar).recheck
    except ValueError as error:
        raise Refused(str(error), code="no_working_day", hint="see the policy's weekdays and holidays.") from error
