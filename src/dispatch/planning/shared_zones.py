"""Zones on the frame of what is planned ahead: when they are shared again, and who has which from then on.

Who has a zone keeps it. What has to move moves with the fewest moves (`solver/zones/reshare.py`); only where nothing
has to is it weighed whether shorter ways and evener days are worth the price of a move.
"""

from __future__ import annotations

import datetime as dt

from msgspec.structs import replace

from dispatch.decide.horizon import HorizonHead
from dispatch.events.horizon import LeftOpen
from dispatch.model.errors import Conflict
from dispatch.model.places import PlaceRef
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch, reasons_given
from dispatch.planning.horizons import Asked, Horizon, Said, digest_of, head_of_kind, months_on
from dispatch.planning.spots import position_of
from dispatch.planning.zone_moves import zone_batch
from dispatch.planning.zones import away_until, build_zones, can_have_zones, held_minutes, minutes_left
from dispatch.solver.checks import check
from dispatch.solver.plan import Effort, ZoneGiven, ZonePlan
from dispatch.solver.rules import Rule
from dispatch.solver.zone_problem import ZoneProblem
from dispatch.solver.zones.scene import ZoneMove

KIND = "zones"
_WORTH_IT = "shorter ways or evener days are worth more than the move"
_HANGS = "the zones of one helper are to hang together"


class SharedPlan(ZonePlan, frozen=True, kw_only=True):
    """A plan and, of every zone that changes hands by it, who had it and why it moves."""

    moves: tuple[ZoneMove, ...] = ()


MONTHS = 2
"""Months that are published: the one that goes on and the next. Zones are weighed anew as a month begins."""


class Zones(Horizon):
    """Who has which zone for the month that goes on and the next; what somebody has moves after a notice."""

    kind = KIND

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """Zones are shared again when what is asked has changed or a month begins.

        So they are once a day while some wait for room in a day.
        """
        if all(record.retired for record in state.zones.values()):
            return None
        policy, head = state.policy, head_of_kind(state, KIND)
        today = local_day(now, policy.time_zone)
        inputs, until = _inputs(state, now, today), months_on(today, MONTHS)
        why = _why(state, head, inputs, today, until)
        if why is None:
            return None
        problem = build_zones(state, now)
        assert problem is not None
        return Asked(
            kind=KIND,
            problem=problem,
            standing=_standing(problem),
            now=now,
            start=today,
            until=until,
            frozen=today + dt.timedelta(days=policy.zones.notice_days),
            inputs=inputs,
            parent=head.number,
            saw=state.position,
            why=why,
            budget=policy.zones.budget,
            seed=policy.seed,
        )

    def solve(self, asked: Asked) -> SharedPlan:
        """Everything given out at first; then what has to move, or else what is worth its move."""
        # The process of the services is to start without the compiler.
        from dispatch.solver.zones.give import give_zones
        from dispatch.solver.zones.reshare import reshare

        problem, stands = asked.problem, asked.standing
        if not stands.given:
            return _with_moves(give_zones(problem, budget=asked.budget, seed=asked.seed), ())
        shared = reshare(problem, stands, budget=asked.budget, seed=asked.seed)
        sound = not problem.connected or not check(problem, shared.plan)
        if sound and shared.moves:
            return _with_moves(shared.plan, shared.moves)
        weighed = give_zones(problem, budget=asked.budget, seed=asked.seed, start=shared.plan)
        if sound and weighed.total >= shared.plan.total - 1e-6:
            return _with_moves(shared.plan, ())
        rule, why = (Rule.MOVED, _WORTH_IT) if sound else (Rule.CONNECTED, _HANGS)
        return _with_moves(weighed, _moves(stands, weighed, rule, why))

    def batch(self, state: AreaState, asked: Asked, plan: SharedPlan, number: int) -> Batch:
        """The events of the plan's zones, under the plan head as well: what a helper has leaves less of their day.

        Raises `Conflict` where visits planned meanwhile took the room of a zone that is new to somebody.
        """
        if not _room_is_left(state, asked, plan):
            raise Conflict("Visits planned meanwhile took the minutes a zone was to have.")
        return zone_batch(state, plan, asked.now, (_told(state, one, asked.now) for one in plan.moves))

    def said(self, state: AreaState, asked: Asked, plan: SharedPlan) -> Said:
        """The zones nobody has, with the rules in the way and the cheapest change first."""
        return Said(open=tuple(LeftOpen(id=one.id, reasons=reasons_given(one)) for one in plan.unplanned))


def _why(state: AreaState, head: HorizonHead, inputs: str, today: dt.date, until: dt.date) -> str | None:
    """Why zones are to be shared, on top of what is published; None if they are not."""
    if head.start is None:
        return None if inputs == head.refused else "first"
    if inputs == head.refused:
        return None
    if inputs != head.inputs:
        return "what was asked has changed"
    if head.until != until:
        return "the days go on"
    return "zones wait for room in a day" if head.start != today and _wait_for_room(state) else None


def _inputs(state: AreaState, now: dt.datetime, today: dt.date) -> str:
    """A digest of all that zones are given by but who has them, and what of a day visits take.

    Of certificates only those that hold ``today`` count, so that a day that passes is no reason to share again.
    """
    helpers = [
        (
            key,
            position_of(state, PlaceRef(site=record.item.base)),
            record.item.mode,
            record.item.caps,
            record.item.serves,
            sorted({(held.skill, held.level) for held in record.item.skills if held.covers(held.skill, 0, today)}),
        )
        for key, record in state.active_workers().items()
        if can_have_zones(state, key, now)
    ]
    zones = [
        (replace(record.item, title=""), position_of(state, PlaceRef(site=record.item.place)))
        for _, record in sorted(state.zones.items())
        if not record.retired
    ]
    policy = state.policy
    return digest_of(helpers, zones, policy.zones, policy.households_per_helper, policy.speeds, policy.seed)


def _wait_for_room(state: AreaState) -> bool:
    """Whether some zone is with nobody for want of minutes in a day: on another day there may be some."""
    return any(
        not record.retired and any(reason.rule == Rule.ZONE_MINUTES_CAP for reason in record.reasons)
        for record in state.zones.values()
    )


def _standing(problem: ZoneProblem) -> ZonePlan:
    given = tuple(ZoneGiven(zone=one.id, helper=one.helper) for one in problem.zones if one.helper is not None)
    return ZonePlan(given=given, effort=Effort(solver="published", seed=0, budget=0, used=0))


def _with_moves(plan: ZonePlan, moves: tuple[ZoneMove, ...]) -> SharedPlan:
    return SharedPlan(
        given=plan.given,
        unplanned=plan.unplanned,
        cost=plan.cost,
        optimal=plan.optimal,
        bound=plan.bound,
        effort=plan.effort,
        moves=moves,
    )


def _moves(stands: ZonePlan, plan: ZonePlan, rule: Rule, why: str) -> tuple[ZoneMove, ...]:
    after = {one.zone: one.helper for one in plan.given}
    return tuple(
        ZoneMove(zone=one.zone, before=one.helper, after=after.get(one.zone), rule=rule, why=why)
        for one in stands.given
        if after.get(one.zone) != one.helper
    )


def _told(state: AreaState, move: ZoneMove, now: dt.datetime) -> ZoneMove:
    """``move`` with what is known of a helper who is there no more."""
    if move.rule is not Rule.UNPLANNED:
        return move
    record = state.workers.get(move.before)
    if record is None or record.retired:
        return replace(move, why=f"{move.before} does not work here any more")
    until = away_until(state, move.before, now)
    if until is not None:
        day = local_day(until, state.policy.time_zone)
        return replace(move, rule=Rule.ABSENT, why=f"{move.before} is away until {day}")
    return replace(move, why=f"{move.before} is nobody zones are given to any more")


def _room_is_left(state: AreaState, asked: Asked, plan: ZonePlan) -> bool:
    """Whether everybody who is given more has the minutes for it as the day stands now."""
    zones = {one.id: one for one in asked.problem.zones}
    given: dict[str, int] = {}
    grown: set[str] = set()
    for one in plan.given:
        given[one.helper] = given.get(one.helper, 0) + zones[one.zone].minutes
        if zones[one.zone].helper != one.helper:
            grown.add(one.helper)
    held = held_minutes(state, told=True)
    return all(
        (cap := minutes_left(state, state.workers[one].item, held.get(one, 0), asked.now)) is None or given[one] <= cap
        for one in grown
    )
