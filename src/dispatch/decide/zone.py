"""A dispatcher gives a zone to somebody: what keeps them from it by the zone's own rules is said, not let happen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.absence import absence_at
from dispatch.decide.outcome import Refused
from dispatch.decide.record import RecordState
from dispatch.events.zone import ZoneChanged
from dispatch.model.people import HELPING, Worker
from dispatch.model.places import Place, Zone
from dispatch.model.policy import Policy
from dispatch.model.quoting import quoted
from dispatch.model.time import local_day
from dispatch.model.travel import travel_minutes
from dispatch.requests.direction import GiveZone


class Seen(Struct, frozen=True, kw_only=True):
    """What the decision looks at: the zone, whoever is to have it, and where both are."""

    now: dt.datetime
    policy: Policy
    zone: RecordState | None
    helper: RecordState | None
    base: Place | None
    place: Place | None


def decide(message: GiveZone, seen: Seen) -> tuple[Struct, ...]:
    """The events that pin a zone to a helper, or free it.

    What others of their zones take of a cap is not counted: those move. Raises `Refused`: ``unknown_record``,
    ``unknown_worker``, ``cannot_have_zone`` with the rule in the way.
    """
    if seen.zone is None or seen.zone.retired:
        raise Refused(
            f"There is no zone {quoted(message.zone)} in this area.", code="unknown_record", hint="see the board."
        )
    item: Zone = seen.zone.item
    if message.helper is not None:
        if seen.helper is None or seen.helper.retired:
            raise Refused(
                f"There is no worker {quoted(message.helper)} in this area.",
                code="unknown_worker",
                hint="it was mistyped.",
            )
        for rule, why in _in_the_way(item, seen.helper, seen):
            raise Refused(
                f"{quoted(message.helper)} cannot have the zone {quoted(item.id)} ({rule}): {why}.",
                code="cannot_have_zone",
                hint="name somebody else; `dispatch zones show` says who has which.",
            )
    if item.helper == message.helper:
        return ()
    return (ZoneChanged(zone=replace(item, helper=message.helper), world=seen.zone.world),)


def _in_the_way(zone: Zone, record: RecordState, seen: Seen) -> Iterator[tuple[str, str]]:
    """The rules by which whoever ``record`` is of can never have ``zone``, by name, each in words."""
    worker: Worker = record.item
    yield from kept_from(zone, worker, local_day(seen.now, seen.policy.time_zone))
    away = absence_at(record.away, seen.now)
    if away is not None and away.end - away.start >= dt.timedelta(days=seen.policy.zones.away_days):
        yield "absent", f"that helper is away until {local_day(away.end, seen.policy.time_zone)}"
    for rule, what, takes, cap in caps_of(zone, worker, seen.policy):
        if takes > cap:
            yield rule, f"it takes {takes} {what}, and the cap of that helper is {cap}"
    yield from _too_far(seen)


def kept_from(zone: Zone, worker: Worker, today: dt.date) -> Iterator[tuple[str, str]]:
    """The rules by which ``worker`` may not have ``zone`` whatever else they have, by name, each in words."""
    if worker.role not in HELPING:
        yield "role", f"zones are for a {' or a '.join(sorted(HELPING))}, and that is a {worker.role}"
    if not worker.holds(zone.skill, zone.level, today):
        yield "skill", f"{zone.skill} at level {zone.level} is asked for, and no certificate for it holds on {today}"
    if worker.id in zone.never:
        yield "consent", "its client ruled that helper out"
    if zone.only is not None and worker.id not in zone.only:
        yield "consent", f"its client agreed to {', '.join(zone.only)} only"
    if worker.serves is not None and zone.part not in worker.serves:
        where = "in no part of town" if zone.part is None else f"in {zone.part}"
        yield "serves", f"it lies {where}, and that helper serves {', '.join(worker.serves) or 'nowhere'}"


def caps_of(zone: Zone, worker: Worker, policy: Policy) -> Iterator[tuple[str, str, int, int]]:
    """Every cap that ``worker`` has: its rule, what it counts, what ``zone`` takes of it, and the cap."""
    caps = worker.caps
    households = policy.households_per_helper if caps.households is None else caps.households
    yield "households_cap", "households", zone.households, households
    if caps.minutes_per_day is not None:
        yield "zone_minutes_cap", "minutes a day", zone.minutes_per_day, caps.minutes_per_day
    if caps.zone_minutes_per_week is not None:
        yield "zone_week_cap", "minutes a week", zone.minutes_per_week, caps.zone_minutes_per_week


def _too_far(seen: Seen) -> Iterator[tuple[str, str]]:
    far, base, place = seen.policy.zones.far, seen.base, seen.place
    if far is None or base is None or place is None:
        return
    walk = travel_minutes(seen.policy.speeds, "walk", (base.lat, base.lon), (place.lat, place.lon))
    if walk > far:
        yield "far", f"it is {walk} minutes on foot from that helper's base, and {far} are allowed"
