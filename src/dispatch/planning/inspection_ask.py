"""From the folded state of an area to its problem of inspections: the work of a month, who re-checks, what was told.

A piece of work is the work of a zone in a week of the month. What was told stays: only what cannot be any more, or is
new, is drawn, and nothing for today or before.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.decide.record import RecordState
from dispatch.events.inspection import PlannedInspection
from dispatch.model.places import Zone
from dispatch.model.policy import InspectionLevel
from dispatch.model.words import key_of
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.on_duty import duties_of
from dispatch.planning.ticks import day_number
from dispatch.planning.walk_ask import DAY, Days
from dispatch.solver import inspection_problem as ask
from dispatch.solver.rounds.draw import NO_SEED

_SHORT = 4 * DAY
_Kept = dict[tuple[str, str], ask.InspectionKept]


def month_of(day: dt.date) -> Days:
    """The calendar month of ``day``."""
    first = day.replace(day=1)
    return Days(first, (first + 31 * DAY).replace(day=1))


def weeks_of(month: Days) -> Iterator[tuple[dt.date, dt.date]]:
    """The weeks of a month, cut at its ends: the first day of each, and the day after its last.

    A last week of less than `_SHORT` belongs to the one before: of work that begins so late no level above the first
    could see anything.
    """
    day = month.first
    while day < month.until:
        following = day + (7 - day.weekday()) * DAY
        following = month.until if following + _SHORT > month.until else following
        yield day, following
        day = following


def known_zones(state: AreaState) -> dict[str, Zone]:
    """The zones that are not retired, by id."""
    return {key: record.item for key, record in sorted(state.zones.items()) if not record.retired}


def team_of(state: AreaState, key: str, zone: Zone) -> tuple[str, str | None]:
    """Whose work that of a zone is: team and contractor. Without a team it is its helper's, without one the zone's."""
    return zone.team or zone.helper or state.zones[key].helper or key, zone.contractor


def inspectors_of(state: AreaState) -> dict[str, dict[str, RecordState]]:
    """Who may inspect at each level, by the skill they hold on some day; who could at several, at the highest."""
    found: dict[str, dict[str, RecordState]] = {}
    taken: set[str] = set()
    for level in reversed(state.policy.inspections.levels):
        found[level.id] = {
            key: record
            for key, record in state.active_workers().items()
            if key not in taken and any(held.skill == level.skill for held in record.item.skills)
        }
        taken |= found[level.id].keys()
    return found


def work_id(zone: str, first: dt.date) -> str:
    """The id of the work of ``zone`` in the week that begins on ``first``: readable while it fits a token."""
    readable = f"{zone}-{first:%Y%m%d}"
    return readable if len(readable) <= 64 else key_of("work", zone, first.isoformat())


def build_inspections(state: AreaState, days: Days, month: Days) -> ask.InspectionProblem:
    """The problem of ``month``, of which ``days`` are left, without its seed."""
    levels = state.policy.inspections.levels
    works = {work.id: work for work in _works(state, days, month)}
    people = {level.id: _inspectors(state, level, days) for level in levels}
    kept: _Kept = {}
    for below, level in zip((None, *levels), levels, strict=False):
        for zone, done, one in _told(state, month, level.id):
            stays = done or (one.work in works and _can_still(people[level.id].get(one.inspector), one, zone, days))
            if stays and (below is None or (below.id, one.work) in kept):
                kept[level.id, one.work] = ask.InspectionKept(
                    level=level.id, work=one.work, inspector=one.inspector, day=day_number(one.day)
                )
                works[one.work] = _as_told(works.get(one.work), zone, one)
    inspectors = [one for level in levels for one in _with_kept(people[level.id], level, kept)]
    return ask.InspectionProblem(
        area=state.area,
        works=tuple(works[key] for key in sorted(works)),
        levels=tuple(
            ask.InspectionLevel(id=one.id, share=one.share, least=one.least, weight=one.weight) for one in levels
        ),
        inspectors=tuple(inspectors),
        seed=NO_SEED,
        kept=tuple(kept.values()),
        first=day_number(days.first),
    )


def _works(state: AreaState, days: Days, month: Days) -> Iterator[ask.WorkDone]:
    """The work of the weeks that are not over, ready on their first day: it is done day by day."""
    for key, zone in known_zones(state).items():
        team, contractor = team_of(state, key, zone)
        for first, until in weeks_of(month):
            if until > days.first:
                yield ask.WorkDone(
                    id=work_id(key, first), zone=key, team=team, contractor=contractor, day=day_number(first)
                )


def _told(state: AreaState, month: Days, level: str) -> Iterator[tuple[str, bool, PlannedInspection]]:
    """What was told for ``month`` of a level: the zone, whether it was done, and what."""
    for zone, known in sorted(state.inspections.items()):
        for one in known.planned:
            if month.first <= one.day < month.until and one.level == level:
                yield zone, known.is_marked(one), one


def _can_still(who: ask.Inspector | None, one: PlannedInspection, zone: str, days: Days) -> bool:
    """Whether what was told lies ahead, and ``who`` was told it can still do it."""
    if who is None or one.day < days.first or day_number(one.day) not in who.days:
        return False
    return (not who.zones or zone in who.zones) and one.team not in who.never


def _as_told(work: ask.WorkDone | None, zone: str, one: PlannedInspection) -> ask.WorkDone:
    """The work of an inspection that stays: of the team it was of when told, ready on its day at the latest."""
    day = day_number(one.day)
    ready = day if work is None else min(day, work.day)
    return ask.WorkDone(id=one.work, zone=zone, team=one.team, contractor=one.contractor, day=ready)


def _inspectors(state: AreaState, level: InspectionLevel, days: Days) -> dict[str, ask.Inspector]:
    """Who inspects at ``level`` on which days: on duty, not away, certified then; never the zones they have."""
    zones = known_zones(state)
    found: dict[str, ask.Inspector] = {}
    for key, record in inspectors_of(state)[level.id].items():
        item = record.item
        on_duty = {
            day_number(duty.day)
            for duty in duties_of(state, key, days.first, days.until - DAY)
            if item.holds(level.skill, 0, duty.day)
            and not any(one.start < duty.end and duty.start < one.end for one in away_of(state, key))
        }
        allowed = tuple(
            name
            for name, zone in zones.items()
            if key not in {zone.helper, state.zones[name].helper} and (item.serves is None or zone.part in item.serves)
        )
        if on_duty and allowed:
            found[key] = ask.Inspector(
                id=key,
                level=level.id,
                days=tuple(sorted(on_duty)),
                per_day=level.per_day,
                zones=() if len(allowed) == len(zones) else allowed,
                never=(key,),
            )
    return found


def _with_kept(people: dict[str, ask.Inspector], level: InspectionLevel, kept: _Kept) -> Iterator[ask.Inspector]:
    """The inspectors of a level with the days of what stays, also those who inspect no more."""
    stays = [one for one in kept.values() if one.level == level.id]
    for key in sorted({*people, *(one.inspector for one in stays)}):
        days = Counter(one.day for one in stays if one.inspector == key)
        who = people.get(key) or ask.Inspector(id=key, level=level.id, days=(), per_day=level.per_day)
        most = max([level.per_day, *days.values()])
        yield replace(who, days=tuple(sorted({*who.days, *days})), per_day=most)
