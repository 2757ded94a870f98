"""Which helper may have which zone, what each pair costs and takes, and what every helper has room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.rules import Rule
from dispatch.solver.travel import Globe
from dispatch.solver.words import Skill
from dispatch.solver.zone_problem import ZoneProblem, ZoneToGive

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Words = NDArray[np.uint64]
Choice = list[int | None]
"""For every zone the helper (by index) who has it, or None."""

NO_CAP = 2**40
NEVER = 1e12
"""The price of a pair that may not be."""


class Offers:
    """A `ZoneProblem` as tables: one row per zone, one column per helper.

    ``able``: who may have what, pins apart. ``price``: minutes for giving the zone to the helper. ``takes``: for every
    rule with a cap what each zone takes of each helper, ``room`` the caps. ``load``: the minutes to be even.
    ``pins``: the helper of every pin that stands; ``unpinned``: zones whose pin cannot, which stay out.
    """

    def __init__(self, problem: ZoneProblem) -> None:
        self.problem = problem
        self.helper_index = {helper.id: index for index, helper in enumerate(problem.helpers)}
        self.zone_index = {zone.id: index for index, zone in enumerate(problem.zones)}
        self.shape = len(problem.zones), len(problem.helpers)
        self.ways = self._ways(None)
        self.walks = self._ways("walk") if problem.far is not None or problem.weights.beyond else self.ways
        self.kept_out = dict(self._kept_out())
        self.able: Mask = np.ones(self.shape, dtype=bool)
        for mask in self.kept_out.values():
            self.able &= ~mask
        self.price = self._price()
        self.out: Floats = np.array([problem.weights.uncovered + zone.households for zone in problem.zones])
        self.takes = {rule: self._taken(rule) for rule in (Rule.HOUSEHOLDS_CAP, *_MINUTES)}
        self.load = self.takes[_MINUTES_OF[problem.workload]]
        self.room = {rule: self._room(rule) for rule in self.takes}
        self.pins, self.unpinned = self._pins()

    def priced(self, problem: ZoneProblem) -> Offers:
        """The same with the prices of ``problem``, which differs in weights and in who has what today alone."""
        other = copy(self)
        other.problem = problem
        other.price = other._price()
        return other

    def _ways(self, mode: str | None) -> Ints:
        """Minutes from the base of every helper to every zone, by ``mode`` or by the helper's own."""
        problem = self.problem
        globe = Globe(problem.spots)
        spots = [zone.spot for zone in problem.zones]
        rows = [globe.row(problem.speeds, mode or helper.mode, helper.spot)[spots] for helper in problem.helpers]
        return np.stack(rows, axis=1) if rows else np.zeros(self.shape, dtype=np.int64)

    def _kept_out(self) -> Iterator[tuple[Rule, Mask]]:
        """For every rule on who may have what: the pairs it forbids."""
        problem = self.problem
        yield Rule.SKILL, self._without_skill()
        never, only = np.zeros(self.shape, dtype=bool), np.zeros(self.shape, dtype=bool)
        for index, zone in enumerate(problem.zones):
            if zone.only is not None:
                only[index] = True
                only[index, [self.helper_index[one] for one in zone.only if one in self.helper_index]] = False
            never[index, [self.helper_index[one] for one in zone.never if one in self.helper_index]] = True
        yield Rule.CONSENT, never | only
        served = [None if helper.serves is None else frozenset(helper.serves) for helper in problem.helpers]
        parts = {zone.part for zone in problem.zones}
        row = {part: np.array([some is not None and part not in some for some in served], bool) for part in parts}
        yield Rule.SERVES, _stacked([row[zone.part] for zone in problem.zones], self.shape)
        if problem.far is not None:
            yield Rule.FAR, self.walks > problem.far

    def _without_skill(self) -> Mask:
        problem = self.problem
        row: dict[tuple[str | None, int], Mask] = {}
        for zone in problem.zones:
            key = zone.skill, zone.level
            if key not in row:
                row[key] = np.array(
                    [
                        zone.skill is not None
                        and not any(_covers(held, zone.skill, zone.level, problem.day) for held in helper.skills)
                        for helper in problem.helpers
                    ],
                    dtype=bool,
                )
        return _stacked([row[zone.skill, zone.level] for zone in problem.zones], self.shape)

    def _price(self) -> Floats:
        problem, weights = self.problem, self.problem.weights
        price: Floats = weights.distance * self.ways.astype(np.float64)
        if weights.beyond:
            price += weights.beyond * np.maximum(0, self.walks - problem.near)
        for index, zone in enumerate(problem.zones):
            if zone.helper is not None:
                price[index] += weights.moved
                if zone.helper in self.helper_index:
                    price[index, self.helper_index[zone.helper]] -= weights.moved
            for helper, extra in zone.prices.items():
                if helper in self.helper_index:
                    price[index, self.helper_index[helper]] += extra
        return price

    def _taken(self, rule: Rule) -> Ints:
        zones, count = self.problem.zones, len(self.problem.helpers)
        taken: Ints = np.repeat(np.array([[_whole(zone, rule)] for zone in zones], np.int64).reshape(-1, 1), count, 1)
        for index, zone in enumerate(zones):
            for helper, minutes in _by_helper(zone, rule).items():
                if helper in self.helper_index:
                    taken[index, self.helper_index[helper]] = minutes
        return taken

    def _room(self, rule: Rule) -> Ints:
        caps = [getattr(helper, _CAP[rule]) for helper in self.problem.helpers]
        return np.array([NO_CAP if cap is None else cap for cap in caps], dtype=np.int64)

    def _pins(self) -> tuple[dict[int, int], set[int]]:
        """The pins that can stand together, the largest zones first, and the zones of the others."""
        zones = self.problem.zones
        left = {rule: room.copy() for rule, room in self.room.items()}
        pins: dict[int, int] = {}
        out = set()
        pinned = [index for index, zone in enumerate(zones) if zone.pin is not None]
        for index in sorted(pinned, key=lambda one: (-zones[one].households, -zones[one].minutes, one)):
            helper = self.helper_index.get(zones[index].pin or "")
            if helper is None or not self.able[index, helper] or not self._fits(left, index, helper):
                out.add(index)
                continue
            pins[index] = helper
            for rule, room in left.items():
                room[helper] -= self.takes[rule][index, helper]
        return pins, out

    def _fits(self, left: dict[Rule, Ints], index: int, helper: int) -> bool:
        # A cap below zero keeps out a zone that takes nothing, too: what is held is then above it.
        return all(int(self.takes[rule][index, helper]) <= int(room[helper]) for rule, room in left.items())

    def offered(self) -> Mask:
        """Who may be given what, once pins are settled: of a pinned zone its helper alone, of a lost pin nobody."""
        offered = self.able.copy()
        for index in self.unpinned:
            offered[index] = False
        for index, helper in self.pins.items():
            offered[index] = False
            offered[index, helper] = True
        return offered

    def loads(self, choice: Sequence[int | None]) -> dict[Rule, Ints]:
        """What every helper holds of each kind in ``choice``."""
        given = [(index, helper) for index, helper in enumerate(choice) if helper is not None]
        rows = np.array([index for index, _ in given], dtype=np.int64)
        columns = np.array([helper for _, helper in given], dtype=np.int64)
        found = {}
        for rule, taken in self.takes.items():
            held = np.zeros(self.shape[1], dtype=np.int64)
            np.add.at(held, columns, taken[rows, columns])
            found[rule] = held
        return found


_MINUTES = (Rule.ZONE_MINUTES_CAP, Rule.ZONE_WEEK_CAP)
_MINUTES_OF = {"minutes": Rule.ZONE_MINUTES_CAP, "week_minutes": Rule.ZONE_WEEK_CAP}
_CAP = {
    Rule.HOUSEHOLDS_CAP: "max_households",
    Rule.ZONE_MINUTES_CAP: "max_minutes",
    Rule.ZONE_WEEK_CAP: "max_week_minutes",
}


def _whole(zone: ZoneToGive, rule: Rule) -> int:
    if rule is Rule.HOUSEHOLDS_CAP:
        return zone.households
    return zone.minutes if rule is Rule.ZONE_MINUTES_CAP else zone.week_minutes


def _by_helper(zone: ZoneToGive, rule: Rule) -> dict[str, int]:
    if rule is Rule.HOUSEHOLDS_CAP:
        return {}
    return zone.minutes_by if rule is Rule.ZONE_MINUTES_CAP else zone.week_minutes_by


def _stacked(rows: list[Mask], shape: tuple[int, int]) -> Mask:
    return np.stack(rows) if rows else np.zeros(shape, dtype=bool)


def _covers(skill: Skill, wanted: str, level: int, day: int) -> bool:
    if skill.skill != wanted or skill.level < level:
        return False
    return (skill.first is None or skill.first <= day) and (skill.last is None or day <= skill.last)
