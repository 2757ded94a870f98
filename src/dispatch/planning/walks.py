"""Patrol rounds on the frame of what is planned ahead: drawn by a seed nobody knows, published, proven afterwards."""

from __future__ import annotations

import datetime as dt

from dispatch.decide.walks import KIND, WalksState
from dispatch.events.envelope import Entity
from dispatch.events.horizon import LeftOpen
from dispatch.events.order import ReasonGiven
from dispatch.events.round import PlannedWalk, WalksPublished
from dispatch.model.places import PlaceRef
from dispatch.model.time import at_clock, local_day, zone
from dispatch.model.watching import PlannedPass
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.commit import Batch
from dispatch.planning.drawn import Drawn
from dispatch.planning.horizons import Asked, Said, asked_of, digest_of, due, head_of_kind
from dispatch.planning.on_duty import duties_of
from dispatch.planning.people import base_of
from dispatch.planning.rounds import DAYS_AHEAD
from dispatch.planning.spots import position_of
from dispatch.planning.ticks import Ticks
from dispatch.planning.walk_aside import nowhere, sound
from dispatch.planning.walk_ask import (
    DAY,
    Days,
    build_walks,
    guards_of,
    known_rounds,
    registered_rounds,
    unplaced,
)
from dispatch.solver.round_plan import RoundPlan, Walk

REASONS_SHOWN = 3
"""Rules named for a time that nobody walks."""


class Walks(Drawn):
    """Who walks which round when, for as many days as the policy says, from the first that is not opened yet."""

    kind = KIND
    words = "dispatch rounds 1"

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """Walks are due where the policy plans rounds ahead, and the days or what is asked changed."""
        policy = state.policy
        if not policy.rounds.days or not (registered_rounds(state) or state.walks):
            return None
        start = local_day(now, policy.time_zone) + DAYS_AHEAD * DAY
        block, head = _block(start, policy.rounds.days), head_of_kind(state, KIND)
        days = Days(start, block.until)
        found = due(head, start, days.until, lambda since: _inputs(state, Days(since, days.until)))
        if found is None:
            return None
        return asked_of(
            state,
            KIND,
            found,
            sound(build_walks(state, days))[0],
            standing=block,
            now=now,
            start=start,
            until=days.until,
            frozen=start,
            budget=policy.rounds.budget,
        )

    def solve(self, asked: Asked) -> RoundPlan:
        """Starts and orders drawn from the seed, guards found for them."""
        # Only the process that plans loads what it needs for it.
        from dispatch.solver.rounds.solve import plan_rounds

        return plan_rounds(asked.problem, budget=asked.budget, seed=asked.seed)

    def batch(self, state: AreaState, asked: Asked, plan: RoundPlan, number: int) -> Batch:
        """The walks of every round that is walked otherwise than was published."""
        ticks, tz = Ticks(asked.problem.origin), state.policy.time_zone
        walks: dict[str, list[PlannedWalk]] = {}
        for walk in plan.walks:
            walks.setdefault(walk.round, []).append(planned(walk, ticks, tz))
        batch: Batch = {}
        for key in sorted({*walks, *state.walks}):
            known = state.walks.get(key, WalksState()).from_day(asked.start).walks
            new = tuple(sorted(walks.get(key, ()), key=lambda one: one.nominal))
            if known != new:
                until = max([asked.until, *(one.day + DAY for one in known)])
                published = WalksPublished(number=number, start=asked.start, until=until, walks=new)
                batch[Entity(state.area, "round", key)] = [published]
        return batch

    def said(self, state: AreaState, asked: Asked, plan: RoundPlan) -> Said:
        """The times nobody can walk and what is left aside, and why."""
        ticks, area = Ticks(asked.problem.origin), zone(state.policy.time_zone)
        _, aside = sound(build_walks(state, Days(asked.start, asked.until)))
        opens = [*nowhere(state), *aside]
        for left in plan.unplanned:
            local = ticks.at(left.nominal).astimezone(area)
            reasons = tuple(
                ReasonGiven(rule=one.rule, message=one.message, workers=one.workers, hint=one.hint)
                for one in left.reasons[:REASONS_SHOWN]
            )
            opens.append(LeftOpen(id=left.round, day=local.date(), part=f"{local:%H%M}", reasons=reasons))
        return Said(open=tuple(opens))


def _block(day: dt.date, days: int) -> Days:
    """The days planned together among which ``day`` is; they have one seed."""
    first = day - (day.toordinal() % days) * DAY
    return Days(first, first + days * DAY)


def planned(walk: Walk, ticks: Ticks, time_zone: str) -> PlannedWalk:
    """A walk of a plan as it is published."""
    nominal = ticks.at(walk.nominal)
    return PlannedWalk(
        day=local_day(nominal, time_zone),
        nominal=nominal,
        start=ticks.at(walk.start),
        end=ticks.at(walk.end),
        guards=walk.guards,
        passes=tuple(PlannedPass(checkpoint=one.checkpoint, at=ticks.at(one.arrive)) for one in walk.passes),
        rank=walk.rank,
    )


def _inputs(state: AreaState, days: Days) -> str:
    """A digest of all that the walks of ``days`` are made of but of what was walked before."""
    rounds, policy = known_rounds(state), state.policy
    begin = at_clock(days.first, "00:00", policy.time_zone)
    people = [
        (
            key,
            state.workers[key].item.skills,
            state.workers[key].item.mode,
            base_of(state, key),
            duties_of(state, key, days.first - DAY, days.until),
            [one for one in away_of(state, key) if one.end > begin],
        )
        for key in guards_of(state, rounds.values())
    ]
    names = sorted({name for one in rounds.values() for name in one.checkpoints})
    places = [(name, position_of(state, PlaceRef(checkpoint=name))) for name in names]
    rules = (policy.rounds, policy.speeds, policy.time_zone, policy.seed)
    lacking = [(key, unplaced(state, item)) for key, item in registered_rounds(state).items() if key not in rounds]
    return digest_of(days.first, days.until, list(rounds.values()), places, people, rules, lacking)
