"""Zones whose helper is away for a short time: they stay theirs, and somebody who could stand in is proposed."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from msgspec import Struct

from dispatch.decide.absence import absence_at
from dispatch.decide.zone import caps_of, kept_from
from dispatch.model.people import Worker
from dispatch.model.places import PlaceRef, Zone
from dispatch.model.time import local_day
from dispatch.model.travel import travel_minutes
from dispatch.planning.area import AreaState
from dispatch.planning.spots import position_of
from dispatch.planning.zones import can_have_zones

Load = dict[str, Counter[str]]


class ZoneAway(Struct, frozen=True, kw_only=True):
    """``zone`` is without its ``helper`` until the local day ``until``; ``stand_in``, ``way_min`` away, could do it.

    Nobody could without a rule in the way: ``stand_in`` is unset.
    """

    zone: str
    helper: str
    until: dt.date
    stand_in: str | None = None
    way_min: int | None = None


def zones_away(state: AreaState, now: dt.datetime) -> list[ZoneAway]:
    """The zones whose helper is away as of ``now``, for less than the policy's `away_days`; the largest first.

    Proposed is whoever may have it, is there, stays within their caps with all that is proposed before, and has the
    shortest way.
    """
    zone, held = state.policy.time_zone, _held(state)
    found = []
    for key, record in sorted(state.zones.items(), key=lambda one: (-one[1].item.households, one[0])):
        helper = record.helper
        if record.retired or helper is None or not can_have_zones(state, helper, now):
            continue
        away = absence_at(state.workers[helper].away, now)
        if away is None:
            continue
        best = min(_able(state, record.item, held, now), default=None)
        if best is not None:
            held[best[1]].update(_takes(state, record.item, state.workers[best[1]].item))
        found.append(
            ZoneAway(
                zone=key,
                helper=helper,
                until=local_day(away.end, zone),
                stand_in=None if best is None else best[1],
                way_min=None if best is None else best[0],
            )
        )
    return found


def _held(state: AreaState) -> Load:
    """What everybody has of each cap they have."""
    held: Load = {key: Counter() for key in state.active_workers()}
    for record in state.zones.values():
        if not record.retired and record.helper in held:
            held[record.helper].update(_takes(state, record.item, state.workers[record.helper].item))
    return held


def _takes(state: AreaState, zone: Zone, worker: Worker) -> dict[str, int]:
    return {rule: takes for rule, _, takes, _ in caps_of(zone, worker, state.policy)}


def _able(state: AreaState, zone: Zone, held: Load, now: dt.datetime) -> list[tuple[int, str]]:
    """Who could stand in for the helper of ``zone``, by the minutes of their way."""
    at = position_of(state, PlaceRef(site=zone.place))
    policy, today = state.policy, local_day(now, state.policy.time_zone)
    found = []
    for key, record in state.active_workers().items():
        base = position_of(state, PlaceRef(site=record.item.base))
        there = can_have_zones(state, key, now) and absence_at(record.away, now) is None
        if at is None or base is None or not there or any(kept_from(zone, record.item, today)):
            continue
        caps = caps_of(zone, record.item, policy)
        far = policy.zones.far
        walks = far is None or travel_minutes(policy.speeds, "walk", base, at) <= far
        if walks and all(held[key][rule] + takes <= cap for rule, _, takes, cap in caps):
            found.append((travel_minutes(policy.speeds, record.item.mode, base, at), key))
    return found
