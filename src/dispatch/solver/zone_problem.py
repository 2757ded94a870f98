"""Who has which zone: zones, helpers and their caps, whom a client agreed to, what is preferred. Data only.

A zone is whatever is fixed to one person: a household, a floor, a unit, an enterprise, or a patch of many households.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.travel import Speeds
from dispatch.solver.words import Cost, Count, Day, Id, Skill, Spot, SpotIndex

DERIVED_MAX = 2_000
"""Zones up to which neighbours are derived from places, and up to which zones can be asked to be compact."""

Load = Annotated[int, Meta(ge=0, le=2**31)]
Walk = Annotated[int, Meta(ge=0, le=100_000, description="minutes on foot")]


class ZoneHelper(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody zones can be given to: a base, and caps over all zones held.

    Caps are on households, on minutes a day and on minutes a week; unset = no cap. ``serves`` names the parts of town
    (`ZoneToGive.part`) this helper works in; unset: everywhere.
    """

    id: Id
    spot: SpotIndex
    mode: str = "walk"
    skills: tuple[Skill, ...] = ()
    max_households: Count | None = None
    max_minutes: int | None = None
    max_week_minutes: Count | None = None
    serves: tuple[Id, ...] | None = None


class ZoneToGive(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A zone: its households and its work; ``helper`` has it today; ``pin`` fixes it to one helper.

    ``minutes`` of work a day and ``week_minutes`` a week, for those named in ``minutes_by`` and ``week_minutes_by`` as
    many as stand there. ``part``: the part of town it lies in; unset: whoever serves anywhere serves it. ``only``: its
    client agreed to these helpers and to nobody else; ``never``: not these. ``prices``: what giving it to a helper
    costs in minutes beside everything else. ``adjacent``: the zones beside it; one naming the other is enough.
    """

    id: Id
    spot: SpotIndex
    households: int = 0
    minutes: int = 0
    week_minutes: Load = 0
    minutes_by: dict[Id, Load] = {}
    week_minutes_by: dict[Id, Load] = {}
    skill: Id | None = None
    level: int = 0
    part: Id | None = None
    only: tuple[Id, ...] | None = None
    never: tuple[Id, ...] = ()
    prices: dict[Id, Cost] = {}
    helper: Id | None = None
    pin: Id | None = None
    adjacent: tuple[Id, ...] = ()


class ZoneWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices in minutes: per zone moved, per minute of way from base to zone, per minute of the heaviest workload,
    per zone left without a helper (plus one per household in it), per minute on foot by which a zone lies farther from
    the base than ``near``, and per minute of way between a zone and the middle of the zones of its helper.
    """

    moved: Cost = 60.0
    distance: Cost = 1.0
    balance: Cost = 1.0
    uncovered: Cost = 10_000.0
    beyond: Cost = 0.0
    compact: Cost = 0.0


class ZoneProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="zones"):
    """Who has which zone, on local ``day`` and from then on.

    ``workload`` says which minutes are to be even. ``near``: the walk from base to zone that is wanted (the
    quarter-hour circle); ``far``: the walk beyond which nobody is given a zone, unset: none. With ``connected`` the
    zones of each helper hang together: from each there is a way to each other over zones of theirs that are
    neighbours. Neighbours are those in ``adjacent``; if ``neighbours`` is "places", those of the Gabriel graph of the
    zones' places: two are neighbours if no third lies inside the circle that has the line between them as its diameter
    (Gabriel and Sokal 1969). Places are laid flat around their mean latitude for that, in whole millionths of a degree.
    """

    area: Id
    day: Day
    spots: tuple[Spot, ...]
    speeds: Speeds = Speeds()
    helpers: tuple[ZoneHelper, ...]
    zones: tuple[ZoneToGive, ...]
    weights: ZoneWeights = ZoneWeights()
    workload: Literal["minutes", "week_minutes"] = "minutes"
    near: Walk = 15
    far: Walk | None = None
    connected: bool = False
    neighbours: Literal["given", "places"] = "given"
