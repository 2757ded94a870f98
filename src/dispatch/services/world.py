"""World files: the people, places, work catalogue and policy of one or several areas, as TOML.

A record is written as its type says (`dispatch schema` prints them all), with two shorthands: ``area`` on any record
overrides the file's, and a worker's ``shifts`` may name entries of the table ``[shifts]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.decide.record import POLICY_ID
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract, fault_of
from dispatch.model.errors import FormError, WorldError
from dispatch.model.people import Worker
from dispatch.model.places import Place, Round, Zone
from dispatch.model.policy import Policy
from dispatch.model.posts import Post
from dispatch.model.time import zone as time_zone
from dispatch.model.words import EVERYWHERE, is_token
from dispatch.services.toml import read_toml

_SECTIONS: dict[str, tuple[str, type[Struct]]] = {
    "categories": ("category", Category),
    "places": ("place", Place),
    "workers": ("worker", Worker),
    "zones": ("zone", Zone),
    "rounds": ("round", Round),
    "posts": ("post", Post),
    "contracts": ("contract", Contract),
}
_KNOWN = {"world", "area", "areas", "shifts", "policy", *_SECTIONS}


class Record(Struct, frozen=True):
    """One record of a world: the ``area`` it holds in, its ``kind`` and ``id``, and its content."""

    area: str
    kind: str
    id: str
    item: Struct


class World(Struct, frozen=True):
    """A world file as read: its name and its records, what others refer to first."""

    name: str
    records: tuple[Record, ...]

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas it speaks of, in order."""
        return tuple(sorted({record.area for record in self.records} - {EVERYWHERE}))


def read_world(path: Path) -> World:
    """Read a world file; raises `WorldError` that names the record and field at fault."""
    return world_of(read_toml(path, "world file", WorldError), path.stem)


def world_of(plain: Mapping[str, Any], name: str) -> World:
    """The world that ``plain`` describes, called ``name`` unless it names itself."""
    for key in ("world", "area"):
        if not isinstance(plain.get(key, ""), str):
            raise WorldError(f"{key} = {plain[key]!r} is no text.", hint=f'{key} = "{plain[key]}" was meant.')
    unknown = sorted(set(plain) - _KNOWN)
    if unknown:
        raise WorldError(
            f"A world has no section {unknown[0]!r}.", hint=f"one of {', '.join(sorted(_KNOWN))} was meant."
        )
    default_area = plain.get("area", "")
    shifts = plain.get("shifts", {})
    records: list[Record] = []
    for section, (kind, form) in _SECTIONS.items():
        for index, entry in enumerate(plain.get(section, [])):
            records.append(_record(kind, form, entry, f"{section}[{index}]", default_area, shifts))
    policies = [_policy(plain, area) for area in _areas_with_policy(plain, records)]
    world = World(str(plain.get("world", name)), (*policies, *records))
    _check(world)
    return world


def _areas_with_policy(plain: Mapping[str, Any], records: Sequence[Record]) -> list[str]:
    """The areas whose policy the file states: one that says nothing of a policy leaves every area's as it is."""
    areas = set(plain.get("areas", {}))
    if "policy" in plain:
        areas |= {record.area for record in records} - {EVERYWHERE}
        areas |= {plain["area"]} if "area" in plain else set()
    for area in areas:
        if not is_token(area):
            raise WorldError(f"There can be no area {area!r}.", hint="1 to 64 of a-z, 0-9, _ and - were meant.")
    return sorted(areas)


def _record(
    kind: str, form: type[Struct], entry: Any, where: str, default_area: str, shifts: Mapping[str, Any]
) -> Record:
    if not isinstance(entry, dict):
        raise WorldError(f"{where} is not a table.", hint=f"[[{where.split('[', maxsplit=1)[0]}]] was meant.")
    entry = dict(entry)
    where = f"{where} ({entry.get('id', 'without id')})"
    area = EVERYWHERE if kind == "category" else entry.pop("area", default_area)
    if not isinstance(area, str) or not is_token(area):
        raise WorldError(
            f"{where} is in area {area!r}.", hint='give the file an area = "…" of a-z, 0-9, _ and -, or the record one.'
        )
    if kind == "worker":
        entry["shifts"] = [_shift(shift, shifts, where) for shift in entry.get("shifts", [])]
    item = _convert(entry, form, where)
    return Record(area, kind, item.id, item)  # type: ignore[attr-defined]


def _shift(shift: Any, shifts: Mapping[str, Any], where: str) -> Any:
    if not isinstance(shift, str):
        return shift
    if shift not in shifts:
        raise WorldError(
            f"{where} works the shift {shift!r}, which [shifts] does not define.",
            hint=f"one of {', '.join(sorted(shifts)) or 'none'} was meant.",
        )
    return shifts[shift]


def _policy(plain: Mapping[str, Any], area: str) -> Record:
    fields = {**plain.get("policy", {}), **plain.get("areas", {}).get(area, {})}
    policy = _convert(fields, Policy, f"the policy of area {area!r}")
    assert isinstance(policy, Policy)
    try:
        time_zone(policy.time_zone)
    except FormError as error:
        raise WorldError(f"The policy of area {area!r}: {error.message}", hint=error.hint) from error
    return Record(area, "policy", POLICY_ID, policy)


def _convert(plain: Any, form: type[Struct], where: str) -> Struct:
    try:
        return msgspec.convert(plain, form)
    except msgspec.ValidationError as error:
        raise WorldError(f"{where}: {error}.", hint=f"`dispatch schema {form.__name__}` shows its fields.") from error


def _check(world: World) -> None:
    """Refuse a world that names twice, or refers to, what it does not have."""
    seen: set[tuple[str, str, str]] = set()
    for record in world.records:
        key = (record.area, record.kind, record.id)
        if key in seen:
            raise WorldError(f"The {record.kind} {record.id!r} stands twice in area {record.area!r}.")
        seen.add(key)
    homes: dict[str, str] = {}
    for record in world.records:
        if record.kind == "worker" and homes.setdefault(record.id, record.area) != record.area:
            raise WorldError(
                f"The worker {record.id!r} stands in two areas, {homes[record.id]!r} and {record.area!r}.",
                hint="nobody has two schedules; another person needs another id.",
            )
    for record in world.records:
        if fault := _contradiction(record.item):
            raise WorldError(f"The {record.kind} {record.id!r} in area {record.area!r} {fault[0]}", hint=fault[1])
        for kind, target in _refers_to(record.item):
            if (record.area, kind, target) not in seen:
                raise WorldError(
                    f"The {record.kind} {record.id!r} names the {kind} {target!r}, "
                    f"which is not in area {record.area!r} of this file.",
                    hint="it was mistyped, or stands in another area.",
                )


def _contradiction(item: Struct) -> tuple[str, str] | None:
    """What a record says that cannot be, and what may help; None if it can."""
    match item:
        case Contract():
            return fault_of(item)
        case Zone():
            return _contradiction_of(item)
        case Round():
            return item.contradiction()
    return None


def _contradiction_of(zone: Zone) -> tuple[str, str] | None:
    if zone.id in zone.adjacent:
        return "names itself as a neighbour.", "another zone was meant."
    both = sorted(set(zone.only or ()) & set(zone.never))
    if both:
        return f"has {both[0]!r} in only and in never.", "a client agrees to somebody or does not."
    agreed = zone.helper is None or (zone.helper not in zone.never and zone.helper in (zone.only or (zone.helper,)))
    if not agreed:
        return f"is fixed to {zone.helper!r}, to whom its client did not agree.", "change helper, only or never."
    return None


def _refers_to(item: Struct) -> list[tuple[str, str]]:
    match item:
        case Worker(base=base):
            return [("place", base)]
        case Zone(place=place, adjacent=adjacent, helper=helper, only=only, never=never):
            named = [("place", place), *(("zone", zone) for zone in adjacent)]
            helpers = [helper] if helper else []
            return [*named, *(("worker", one) for one in (*helpers, *(only or ()), *never))]
        case Round(checkpoints=checkpoints):
            return [("place", checkpoint) for checkpoint in checkpoints]
        case Post(place=place):
            return [("place", place)]
        case Contract(place=place, helper=helper, only=only):
            return [("place", place), *(("worker", one) for one in (*([helper] if helper else []), *(only or ())))]
        case Place(within=within) if within:
            return [("place", within)]
    return []
