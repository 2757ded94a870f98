"""Promises of inspections at three levels and of breaches (`DOMAIN.md`, *Patrol*, *Repair*), judged from the log."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.judging.facts import Facts, Happening
from dispatch.demo.judging.people import helpers_of
from dispatch.demo.judging.tally import Tally
from dispatch.events.inspection import InspectionMarked, InspectionsPublished
from dispatch.events.notice import NoticeIssued, NoticeRechecked
from dispatch.model.people import WEEKDAYS
from dispatch.model.time import local_day

LEVELS = 3


def every_zone_seen(facts: Facts) -> Tally:
    """Each of the three levels sees work of every zone, never one's own, and of what the level below has seen.

    What is drawn for a day of the month that was not played is still to be seen.
    """
    tally = Tally()
    levels = facts.policy.inspections.levels
    tally.note(len(levels) == LEVELS, f"{len(levels)} levels of inspection")
    helpers = helpers_of(facts)
    for zone in sorted(facts.zones):
        marks = [one for one in facts.by_kind["inspection"][zone] if isinstance(one.event, InspectionMarked)]
        below: set[str] | None = None
        for level in levels:
            seen = {
                one.event.work  # type: ignore[attr-defined]
                for one in marks
                if _may_mark(facts, one, level.id, level.skill)
                and one.event.worker != helpers.get(zone)  # type: ignore[attr-defined]
                and (below is None or one.event.work in below)  # type: ignore[attr-defined]
            }
            ahead = level.id in _still_ahead(facts, zone)
            tally.note(bool(seen) or ahead, f"no work of {zone} was seen at the level of the {level.id}")
            below = seen
    return tally


def _still_ahead(facts: Facts, zone: str) -> set[str]:
    """The levels for which an inspection of ``zone`` is drawn for a day behind those played."""
    planned: dict[dt.date, set[str]] = {}
    for one in facts.by_kind["inspection"][zone]:
        if isinstance(one.event, InspectionsPublished):
            start, until = one.event.start, one.event.until
            planned = {day: levels for day, levels in planned.items() if not start <= day < until}
            for new in one.event.inspections:
                planned.setdefault(new.day, set()).add(new.level)
    return {level for day, levels in planned.items() if day > facts.days()[-1] for level in levels}


def _may_mark(facts: Facts, one: Happening, level: str, skill: str) -> bool:
    """Whether a mark is for ``level``, by somebody who held its ``skill`` on that day."""
    event = one.event
    assert isinstance(event, InspectionMarked)
    day = local_day(one.at, facts.zone)
    return event.level == level and facts.workers[event.worker].holds(skill, 0, day)


def breach_rechecked(facts: Facts) -> Tally:
    """Every breach found gets its notice with the day it is looked at again, and is looked at on it until it is right.

    That day is so many working days after it was found, or was not right.
    """
    tally = Tally()
    for notice, events in sorted(facts.by_kind["notice"].items()):
        due: dt.date | None = None
        for one in events:
            if isinstance(one.event, NoticeIssued):
                due = one.event.recheck
                wanted = _working_days_after(facts, one.event.found)
                tally.note(due == wanted, f"{notice} of {one.event.found} is looked at again on {due}, not {wanted}")
            elif isinstance(one.event, NoticeRechecked):
                day = local_day(one.at, facts.zone)
                tally.note(day == due, f"{notice} was looked at on {day}, to be on {due}")
                due = None if one.event.put_right else one.event.recheck
                if due is not None:
                    wanted = _working_days_after(facts, day)
                    tally.note(due == wanted, f"{notice}, not right on {day}, is looked at again on {due}")
        last = facts.days()[-1]
        tally.note(due is None or due > last, f"{notice} was to be looked at on {due}, and was not")
    return tally


def _working_days_after(facts: Facts, day: dt.date) -> dt.date:
    """So many working days after ``day`` as the policy gives, one at least."""
    rules, left = facts.policy.inspections, max(1, facts.policy.inspections.recheck_days)
    while left:
        day += dt.timedelta(days=1)
        left -= WEEKDAYS[day.weekday()] in rules.weekdays and day not in facts.policy.holidays
    return day
