"""From the folded state of an area to its zone problem: who may have zones, and what they have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from dispatch.decide.absence import absence_at
from dispatch.decide.record import RecordState
from dispatch.model.people import HELPING, Worker
from dispatch.model.places import PlaceRef, Zone
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.duties import promised_minutes
from dispatch.planning.people import skills_of
from dispatch.planning.spots import position_of
from dispatch.planning.ticks import day_number
from dispatch.solver import problem as ask

_LONGEST_WALK = 100_000
"""Minutes on foot that are as good as none at all."""


def build_zones(state: AreaState, now: dt.datetime) -> ask.ZoneProblem | None:
    """The zone problem of the area today; None where no zone is registered.

    Zones whose place is not registered are not asked about; `zone_batch` names them. What is told of a zone counts as
    if it had come about. What a helper does today on visits leaves no room for a zone that is new to them; what they
    have they keep.
    """
    zones = {key: record for key, record in sorted(state.zones.items()) if not record.retired}
    if not zones:
        return None
    spots: dict[tuple[float, float], int] = {}
    policy = state.policy
    today = local_day(now, policy.time_zone)
    helpers, held = [], held_minutes(state, told=True)
    for key, record in state.active_workers().items():
        worker: Worker = record.item
        base = position_of(state, PlaceRef(site=worker.base))
        if base is not None and can_have_zones(state, key, now):
            cap = worker.caps.households
            helpers.append(
                ask.ZoneHelper(
                    id=key,
                    spot=spots.setdefault(base, len(spots)),
                    mode=worker.mode,
                    skills=skills_of(worker),
                    max_households=policy.households_per_helper if cap is None else cap,
                    max_minutes=minutes_left(state, worker, held.get(key, 0), now),
                    max_week_minutes=worker.caps.zone_minutes_per_week,
                    serves=worker.serves,
                )
            )
    placed = {
        key: (record, spots.setdefault(position, len(spots)))
        for key, record in zones.items()
        if (position := position_of(state, PlaceRef(site=record.item.place))) is not None
    }
    rules = policy.zones
    return ask.ZoneProblem(
        area=state.area,
        day=day_number(today),
        spots=tuple(ask.Spot(*position) for position in spots),
        speeds=policy.speeds,
        helpers=tuple(helpers),
        zones=tuple(_to_give(record, spot, placed) for record, spot in placed.values()),
        weights=ask.ZoneWeights(
            moved=rules.moved,
            distance=rules.distance,
            balance=rules.balance,
            uncovered=rules.uncovered,
            beyond=rules.beyond,
            compact=rules.compact,
        ),
        workload="minutes" if rules.workload == "day" else "week_minutes",
        near=min(rules.near, _LONGEST_WALK),
        far=None if rules.far is None else min(rules.far, _LONGEST_WALK),
        connected=rules.connected,
        neighbours=rules.neighbours,
    )


def _to_give(record: RecordState, spot: int, known: Collection[str]) -> ask.ZoneToGive:
    """A zone at ``spot`` as a problem states it; of its neighbours those that are ``known``."""
    zone: Zone = record.item
    return ask.ZoneToGive(
        id=zone.id,
        spot=spot,
        households=zone.households,
        minutes=zone.minutes_per_day,
        week_minutes=zone.minutes_per_week,
        skill=zone.skill,
        level=zone.level,
        part=zone.part,
        only=zone.only,
        never=zone.never,
        helper=record.will_have,
        pin=zone.helper,
        adjacent=tuple(other for other in zone.adjacent if other in known and other != zone.id),
    )


def can_have_zones(state: AreaState, worker: str, now: dt.datetime) -> bool:
    """Whether ``worker`` works here, cleans or helps, and is not away for long as of ``now``."""
    record = state.workers.get(worker)
    if record is None or record.retired or record.item.role not in HELPING:
        return False
    return away_until(state, worker, now) is None


def away_until(state: AreaState, worker: str, now: dt.datetime) -> dt.datetime | None:
    """The end of the absence ``worker`` is in that is as long as the policy's `away_days`; None if they are in none."""
    away = absence_at(state.workers[worker].away, now)
    long = dt.timedelta(days=state.policy.zones.away_days)
    return away.end if away is not None and away.end - away.start >= long else None


def held_minutes(state: AreaState, *, told: bool = False) -> dict[str, int]:
    """Minutes a day of the zones of everybody who has any; with ``told`` once what is told has come about."""
    found: dict[str, int] = {}
    for record in state.zones.values():
        helper = record.will_have if told else record.helper
        if helper is not None and not record.retired:
            found[helper] = found.get(helper, 0) + record.item.minutes_per_day
    return found


def minutes_left(state: AreaState, worker: Worker, held: int, now: dt.datetime) -> int | None:
    """How many minutes of zones a day ``worker``, who has ``held``, may have as of ``now``; None without a cap."""
    cap = worker.caps.minutes_per_day
    if cap is None:
        return None
    today = local_day(now, state.policy.time_zone)
    return min(cap, max(held, cap - promised_minutes(state, worker.id, today, now)))
