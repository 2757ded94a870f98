"""From the folded state of an area to its zone problem, and from the answer to events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from dispatch.decide.plan import head_of
from dispatch.decide.record import RecordState
from dispatch.events.envelope import Entity
from dispatch.events.order import ReasonGiven
from dispatch.events.zone import ZoneGiven, ZoneUncovered
from dispatch.model.people import Role, Worker
from dispatch.model.places import PlaceRef, Zone
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch, committed, other_rules, reasons_given
from dispatch.planning.duties import promised_minutes
from dispatch.planning.people import skills_of
from dispatch.planning.spots import position_of, unknown_place
from dispatch.planning.ticks import day_number
from dispatch.solver import problem as ask
from dispatch.solver.plan import ZonePlan
from dispatch.solver.zones.scene import ZoneMove

_HELPING = frozenset({Role.CLEANER, Role.HELPER})
_LONGEST_WALK = 100_000
"""Minutes on foot that are as good as none at all."""


def build_zones(state: AreaState, now: dt.datetime) -> ask.ZoneProblem | None:
    """The zone problem of the area today; None where no zone is registered.

    Zones whose place is not registered are not asked about; `zone_batch` names them. What a helper does today on visits
    leaves no room for a zone that is new to them; what they have they keep.
    """
    zones = {key: record for key, record in sorted(state.zones.items()) if not record.retired}
    if not zones:
        return None
    spots: dict[tuple[float, float], int] = {}
    policy = state.policy
    today = local_day(now, policy.time_zone)
    helpers, held = [], held_minutes(state)
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
        helper=record.helper,
        pin=zone.helper,
        adjacent=tuple(other for other in zone.adjacent if other in known and other != zone.id),
    )


def can_have_zones(state: AreaState, worker: str, now: dt.datetime) -> bool:
    """Whether ``worker`` works here, cleans or helps, and is not away for long as of ``now``."""
    record = state.workers.get(worker)
    if record is None or record.retired or record.item.role not in _HELPING:
        return False
    return away_until(state, worker, now) is None


def away_until(state: AreaState, worker: str, now: dt.datetime) -> dt.datetime | None:
    """The end of the absence ``worker`` is in that is as long as the policy's `away_days`; None if they are in none."""
    long = dt.timedelta(days=state.policy.zones.away_days)
    away = [one for one in state.workers[worker].away if one.start <= now < one.end and one.end - one.start >= long]
    return max((one.end for one in away), default=None)


def held_minutes(state: AreaState) -> dict[str, int]:
    """Minutes a day of the zones of everybody who has any."""
    found: dict[str, int] = {}
    for record in state.zones.values():
        if record.helper is not None and not record.retired:
            found[record.helper] = found.get(record.helper, 0) + record.item.minutes_per_day
    return found


def minutes_left(state: AreaState, worker: Worker, held: int, now: dt.datetime) -> int | None:
    """How many minutes of zones a day ``worker``, who has ``held``, may have as of ``now``; None without a cap."""
    cap = worker.caps.minutes_per_day
    if cap is None:
        return None
    today = local_day(now, state.policy.time_zone)
    return min(cap, max(held, cap - promised_minutes(state, worker.id, today, now)))


def zone_batch(state: AreaState, plan: ZonePlan, moves: Iterable[ZoneMove] = ()) -> Batch:
    """The events by which ``plan`` becomes current, and what was not asked about is named; nothing if all stays.

    Of zones that change hands ``moves`` say why.
    """
    why = {one.zone: ReasonGiven(rule=one.rule, message=f"{one.why}.") for one in moves}
    number = state.head.number + 1
    batch: Batch = {}
    for given in plan.given:
        if state.zones[given.zone].helper != given.helper:
            batch[Entity(state.area, "zone", given.zone)] = [
                ZoneGiven(
                    helper=given.helper, plan=number, before=state.zones[given.zone].helper, why=why.get(given.zone)
                )
            ]
    uncovered = {left.id: reasons_given(left) for left in plan.unplanned} | _placeless(state)
    for key, reasons in uncovered.items():
        record = state.zones[key]
        if record.helper is not None or other_rules(record.reasons, reasons):
            batch[Entity(state.area, "zone", key)] = [
                ZoneUncovered(reasons=reasons, plan=number, before=record.helper, why=why.get(key))
            ]
    if not batch:
        return {}
    head = committed(state, plan, "zones", planned=len(plan.given), moved=0, unplanned=len(uncovered))
    return {head_of(state.area): [head], **batch}


def _placeless(state: AreaState) -> dict[str, tuple[ReasonGiven, ...]]:
    """The zones that lie nowhere yet, or no longer, each with what is to be registered."""
    return {
        key: (unknown_place(record.item.place),)
        for key, record in sorted(state.zones.items())
        if not record.retired and position_of(state, PlaceRef(site=record.item.place)) is None
    }
