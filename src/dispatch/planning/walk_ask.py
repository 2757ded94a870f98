"""From the folded state of an area to its problem of patrol rounds: their times, who is on duty, what was walked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from msgspec import UNSET, Struct, UnsetType

from dispatch.model.people import Duty
from dispatch.model.places import PlaceRef, Round
from dispatch.model.time import at_clock, midnights
from dispatch.planning.area import KEEP_WALKS, AreaState
from dispatch.planning.away import away_of
from dispatch.planning.on_duty import duties_of
from dispatch.planning.people import base_of, skills_of
from dispatch.planning.round_times import times_on
from dispatch.planning.spots import Spots, position_of
from dispatch.planning.ticks import Ticks, day_number
from dispatch.solver import round_problem as ask
from dispatch.solver.problem import Rest, Span, Spot
from dispatch.solver.rounds.draw import NO_SEED
from dispatch.solver.rounds.orders import ends_held, length, shortest
from dispatch.solver.travel import way_by_speed

DAY = dt.timedelta(days=1)
MODE = "walk"
"""Between the checkpoints of a round guards walk."""


class Days(Struct, frozen=True):
    """The local days from ``first`` to before ``until``."""

    first: dt.date
    until: dt.date

    def all(self) -> Iterator[dt.date]:
        """The days in order."""
        return (self.first + number * DAY for number in range((self.until - self.first).days))


def ticks_of(state: AreaState, days: Days) -> Ticks:
    """Ticks from so early that all that is remembered of walks has positive numbers."""
    return Ticks(at_clock(days.first - KEEP_WALKS - 2 * DAY, "00:00", state.policy.time_zone))


def known_rounds(state: AreaState) -> dict[str, Round]:
    """The rounds that can be planned ahead: all their checkpoints are registered."""
    return {key: item for key, item in registered_rounds(state).items() if not unplaced(state, item)}


def registered_rounds(state: AreaState) -> dict[str, Round]:
    """The rounds that are not retired, by id."""
    return {key: record.item for key, record in sorted(state.rounds.items()) if not record.retired}


def unplaced(state: AreaState, item: Round) -> list[str]:
    """The checkpoints of a round that are not registered."""
    return [name for name in dict.fromkeys(item.checkpoints) if _at(state, name) is None]


def guards_of(state: AreaState, rounds: Iterable[Round]) -> list[str]:
    """Who may be sent on any of ``rounds``, by the skills they hold on some day; their base is registered."""
    wanted = {one.skill for one in rounds}
    return [
        key
        for key, record in state.active_workers().items()
        if base_of(state, key) is not None and any(held.skill in wanted for held in record.item.skills)
    ]


def build_walks(state: AreaState, days: Days) -> ask.RoundProblem:
    """The problem of the rounds due on ``days``, without its seed."""
    rounds, spots, ticks = known_rounds(state), Spots(), ticks_of(state, days)
    tz, policy = state.policy.time_zone, state.policy.rounds
    names = list(dict.fromkeys(name for one in rounds.values() for name in one.checkpoints))
    stays = _stays(state, rounds.values())
    checkpoints = tuple(
        ask.Checkpoint(id=name, spot=spots.index(_position(state, name)), ticks=stays[name]) for name in names
    )
    guards = tuple(_guard(state, key, days, ticks, spots) for key in guards_of(state, rounds.values()))
    return ask.RoundProblem(
        area=state.area,
        origin=ticks.origin,
        horizon=Span(ticks.up(at_clock(days.first, "00:00", tz)), ticks.up(at_clock(days.until, "00:00", tz))),
        spots=spots.all(),
        speeds=state.policy.speeds,
        checkpoints=checkpoints,
        rounds=tuple(_round(state, one, days, ticks) for one in rounds.values()),
        guards=guards,
        seed=NO_SEED,
        variation=ask.Variation(min_jitter=policy.min_jitter, within=policy.within, detour=policy.detour),
        told=_told(state, rounds, days, ticks),
    )


def _told(state: AreaState, rounds: Iterable[str], days: Days, ticks: Ticks) -> ask.Told | UnsetType:
    """What is published of ``rounds`` on ``days``; unset if nothing is."""
    walks = tuple(
        ask.ToldWalk(round=key, nominal=ticks.up(one.nominal), start=ticks.up(one.start), guards=one.guards)
        for key in rounds
        if key in state.walks
        for one in state.walks[key].walks
        if days.first <= one.day < days.until
    )
    return ask.Told(walks=walks, change=state.policy.rounds.change) if walks else UNSET


def _at(state: AreaState, checkpoint: str) -> tuple[float, float] | None:
    return position_of(state, PlaceRef(checkpoint=checkpoint))


def _position(state: AreaState, checkpoint: str) -> tuple[float, float]:
    found = _at(state, checkpoint)
    assert found is not None
    return found


def _stays(state: AreaState, rounds: Iterable[Round]) -> dict[str, int]:
    """Minutes at each checkpoint, a minute at least: what the ways of its round leave of the minutes it is to take.

    A checkpoint of several rounds has the longest of these: no walk is planned to be shorter than the order it becomes.
    """
    stays: dict[str, int] = {}
    for one in rounds:
        at = [Spot(*_position(state, name)) for name in one.way]
        ways = [[way_by_speed(state.policy.speeds, MODE, here, there) for there in at] for here in at]
        best = shortest(ends_held(ways) if len(at) > len(set(one.way)) else ways)
        left = -((length(ways, best) - one.minutes) // len(at))
        for name in one.way:
            stays[name] = max(stays.get(name, left), left)
    return {name: max(1, left) for name, left in stays.items()}


def _round(state: AreaState, item: Round, days: Days, ticks: Ticks) -> ask.RoundToPlan:
    tz = state.policy.time_zone
    spans: dict[int, Span] = {}
    # The last moments of the day before may lie on the first, the first of the day behind begin on the last.
    for day in (days.first - DAY, *days.all(), days.until):
        for due in times_on(item, day, tz):
            start = ticks.up(due.first)
            # Of two bands that open at one time, also where clocks are put forward, the first is planned ahead.
            spans.setdefault(start, Span(start, max(start, ticks.up(due.last)) + 1))
    walked = state.walks.get(item.id)
    past = () if walked is None else tuple(one for one in walked.walks if one.day < days.first)
    return ask.RoundToPlan(
        id=item.id,
        checkpoints=item.way,
        bands=tuple(spans[start] for start in sorted(spans)),
        mode=MODE,
        skill=item.skill,
        level=item.level,
        people=item.people,
        past=tuple(
            ask.PastStart(nominal=ticks.up(one.nominal), start=ticks.up(one.start))
            for one in past[-state.policy.rounds.within :]
        ),
    )


def _guard(state: AreaState, key: str, days: Days, ticks: Ticks, spots: Spots) -> ask.Guard:
    item, base = state.workers[key].item, base_of(state, key)
    assert base is not None
    begin = at_clock(days.first, "00:00", state.policy.time_zone)
    found = (duty for duty in duties_of(state, key, days.first - DAY, days.until) if duty.end > begin)
    return ask.Guard(
        id=key,
        mode=item.mode,
        skills=skills_of(item),
        duties=tuple(_duty(state, duty, days, ticks, (spots.index(base), spots)) for duty in found),
    )


def _duty(state: AreaState, duty: Duty, days: Days, ticks: Ticks, where: tuple[int, Spots]) -> ask.GuardDuty:
    spot, spots = where
    span = Span(ticks.up(duty.start), ticks.down(duty.end))
    posts = _bound(state, duty, days, ticks, spot, spots)
    # A break that something else may take is left to the day, which knows when it was had.
    rests = (
        Rest(span=Span(first, last), ticks=minutes)
        for first, last, minutes in ((ticks.up(one[0]), ticks.down(one[1]), one[2]) for one in duty.breaks)
        if minutes <= last - first and not any(one.span.start < last and first < one.span.end for one in posts)
    )
    return ask.GuardDuty(
        id=duty.id,
        day=day_number(duty.day),
        span=span,
        spot=spot,
        rests=tuple(rests),
        posts=posts,
        midnights=tuple(map(ticks.up, midnights(duty.day, duty.end, state.policy.time_zone))),
    )


def _bound(state: AreaState, duty: Duty, days: Days, ticks: Ticks, base: int, spots: Spots) -> tuple[ask.Post, ...]:
    """When they are no more to be had on ``duty``: absences, and walks that were published before these days."""
    taken = [
        (max(one.start, duty.start), min(one.end, duty.end), base)
        for one in away_of(state, duty.worker)
        if one.start < duty.end and duty.start < one.end
    ]
    for known in state.walks.values():
        for walk in known.walks:
            if duty.worker in walk.guards and walk.day < days.first and walk.start < duty.end and duty.start < walk.end:
                last = _at(state, walk.passes[-1].checkpoint)
                spot = base if last is None else spots.index(last)
                taken.append((max(walk.start, duty.start), min(walk.end, duty.end), spot))
    posts: list[ask.Post] = []
    for start, end, spot in sorted(taken):
        first, last_tick = ticks.down(start), ticks.up(end)
        if posts and first < posts[-1].span.end:
            before = posts[-1]
            posts[-1] = ask.Post(span=Span(before.span.start, max(before.span.end, last_tick)), spot=spot)
        else:
            posts.append(ask.Post(span=Span(first, last_tick), spot=spot))
    return tuple(posts)
