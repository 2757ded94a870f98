"""Zones change hands: at once where nobody is there for them, else on a day that is told before.

Whoever has a zone and could keep it keeps it until then, so that its households know whom they will have. What is
told comes about on its day without another search (`moves_due`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from dispatch.decide.plan import head_of
from dispatch.decide.zone import caps_of, kept_from
from dispatch.events.envelope import Entity
from dispatch.events.order import ReasonGiven
from dispatch.events.zone import ZoneGiven, ZoneMoveCalledOff, ZoneMoveTold, ZoneUncovered
from dispatch.model.places import PlaceRef
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch, committed, other_rules, reasons_given
from dispatch.planning.spots import position_of, unknown_place
from dispatch.planning.zones import can_have_zones
from dispatch.solver.plan import Effort, ZonePlan
from dispatch.solver.zones.scene import ZoneMove

_TOLD = Effort(solver="told", seed=0, budget=0, used=0)


def zone_batch(state: AreaState, plan: ZonePlan, now: dt.datetime, moves: Iterable[ZoneMove] = ()) -> Batch:
    """The events by which ``plan`` becomes current, and what was not asked about is named; nothing if all stays.

    Of zones that change hands ``moves`` say why.
    """
    why = {one.zone: ReasonGiven(rule=one.rule, message=f"{one.why}.") for one in moves}
    placeless = _placeless(state)
    reasons = {left.id: reasons_given(left) for left in plan.unplanned} | placeless
    target: dict[str, str | None] = {one.zone: one.helper for one in plan.given} | dict.fromkeys(reasons)
    changed = {key for key, helper in target.items() if helper != state.zones[key].helper}
    at_once = _brought_forward(state, target, {key for key in changed if _cannot_wait(state, key, target[key], now)})
    maker = _Maker(state, local_day(now, state.policy.time_zone), why, reasons)
    events = {key: event for key in target if (event := maker.event(key, target[key], key in at_once)) is not None}
    return _under_head(state, plan, "zones", events, planned=len(plan.given), unplanned=len(reasons))


def moves_due(state: AreaState, now: dt.datetime) -> Batch:
    """The events by which what was told of zones for today or before comes about; nothing if none is due.

    One to somebody who is not there any more is left to the next plan.
    """
    today = local_day(now, state.policy.time_zone)
    told = {key: one.to_move for key, one in state.zones.items() if one.to_move is not None and not one.retired}
    due = {
        key
        for key, one in told.items()
        if one.day <= today and (one.helper is None or can_have_zones(state, one.helper, now))
    }
    target = {key: one.helper for key, one in told.items()}
    events: dict[str, Struct] = {}
    for key in sorted(_brought_forward(state, target, due)):
        one = told[key]
        events[key] = _made(state, key, one.helper, one.why, one.reasons)
    uncovered = sum(isinstance(one, ZoneUncovered) for one in events.values())
    plan = ZonePlan(effort=_TOLD)
    return _under_head(state, plan, "zones told", events, planned=len(events) - uncovered, unplanned=uncovered)


def _under_head(
    state: AreaState, plan: ZonePlan, why: str, events: Mapping[str, Struct], *, planned: int, unplanned: int
) -> Batch:
    """``events`` by zone under the plan head: what a helper has leaves less of their day."""
    if not events:
        return {}
    head = committed(state, plan, why, planned=planned, moved=0, unplanned=unplanned)
    return {head_of(state.area): [head], **{Entity(state.area, "zone", key): [one] for key, one in events.items()}}


class _Maker:
    """Makes the events of zones, of which ``why`` says why they move and ``reasons`` why nobody can have them."""

    def __init__(
        self,
        state: AreaState,
        today: dt.date,
        why: Mapping[str, ReasonGiven],
        reasons: Mapping[str, tuple[ReasonGiven, ...]],
    ) -> None:
        self._state = state
        self._day = today + dt.timedelta(days=state.policy.zones.notice_days)
        self._why = why
        self._reasons = reasons

    def event(self, key: str, helper: str | None, at_once: bool) -> Struct | None:
        """What happens to the zone so that ``helper`` has it; None if it is so, or told so."""
        record = self._state.zones[key]
        why, reasons = self._why.get(key), self._reasons.get(key, ())
        if helper == record.helper:
            if record.to_move is not None:
                return ZoneMoveCalledOff(plan=self._number(), why=why)
            renewed = helper is None and other_rules(record.reasons, reasons)
            return _made(self._state, key, helper, why, reasons) if renewed else None
        if at_once:
            return _made(self._state, key, helper, why, reasons)
        told = record.to_move
        if told is not None and told.helper == helper and not other_rules(told.reasons, reasons):
            return None
        return ZoneMoveTold(
            helper=helper, day=self._day, plan=self._number(), before=record.helper, why=why, reasons=reasons
        )

    def _number(self) -> int:
        return self._state.head.number + 1


def _made(
    state: AreaState, key: str, helper: str | None, why: ReasonGiven | None, reasons: tuple[ReasonGiven, ...]
) -> ZoneGiven | ZoneUncovered:
    before, number = state.zones[key].helper, state.head.number + 1
    if helper is None:
        return ZoneUncovered(reasons=reasons, plan=number, before=before, why=why)
    return ZoneGiven(helper=helper, plan=number, before=before, why=why)


def _cannot_wait(state: AreaState, key: str, helper: str | None, now: dt.datetime) -> bool:
    """Whether the zone goes to ``helper`` at once: nobody is there for it, or a dispatcher chose so."""
    record = state.zones[key]
    before = record.helper
    if before is None or not state.policy.zones.notice_days:
        return True
    if not can_have_zones(state, before, now) or (helper is not None and record.item.helper == helper):
        return True
    if position_of(state, PlaceRef(site=record.item.place)) is None:
        return True
    return any(kept_from(record.item, state.workers[before].item, local_day(now, state.policy.time_zone)))


def _brought_forward(state: AreaState, target: Mapping[str, str | None], at_once: set[str]) -> set[str]:
    """``at_once`` and what has to make room for it: nobody is over a cap because of what comes to them."""
    moving = set(at_once)
    while True:
        comes = {target[key] for key in moving if target[key] != state.zones[key].helper}
        full = comes & _over_a_cap(state, target, moving)
        leaves = {
            key
            for key, helper in target.items()
            if key not in moving and state.zones[key].helper in full and helper != state.zones[key].helper
        }
        if not leaves:
            return moving
        moving |= leaves


def _over_a_cap(state: AreaState, target: Mapping[str, str | None], moving: set[str]) -> set[str | None]:
    """Who has more than a cap once the zones in ``moving`` have moved and all others have not."""
    load: Counter[tuple[str, str]] = Counter()
    over: set[str | None] = set()
    for key, record in state.zones.items():
        holder = target[key] if key in moving else record.helper
        if record.retired or holder is None or holder not in state.workers:
            continue
        for rule, _, takes, cap in caps_of(record.item, state.workers[holder].item, state.policy):
            load[holder, rule] += takes
            if load[holder, rule] > cap:
                over.add(holder)
    return over


def _placeless(state: AreaState) -> dict[str, tuple[ReasonGiven, ...]]:
    """The zones that lie nowhere yet, or no longer, each with what is to be registered."""
    return {
        key: (unknown_place(record.item.place),)
        for key, record in sorted(state.zones.items())
        if not record.retired and position_of(state, PlaceRef(site=record.item.place)) is None
    }
