"""What stands before zones are shared again: who has what, what has to move, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from msgspec import Struct

from dispatch.solver.rules import Rule
from dispatch.solver.words import Id
from dispatch.solver.zones.offers import NEVER, Choice, Offers
from dispatch.solver.zones.relax import Frame


class ZoneMove(Struct, frozen=True, kw_only=True):
    """A zone that goes from one helper to another (None: to nobody), by which rule, and why in words."""

    zone: Id
    before: Id
    after: Id | None
    rule: Rule
    why: str


class Scene:
    """``now``: who has what, as far as they are still there. ``forced``: zones that have to change hands, and the rule;
    ``over``: helpers who are over a cap, with the rule, once pins are where they belong. ``loose``: what may be given
    anew in a first try. ``least``: so many zones at least change hands in any plan.
    """

    def __init__(self, offers: Offers, frame: Frame, now: Choice, today: Mapping[str, str]) -> None:
        self.offers, self.frame, self.now, self.today = offers, frame, now, today
        self.offered = offers.offered()
        self.forced = {
            zone: rule
            for zone in range(len(now))
            if offers.problem.zones[zone].id in today and (rule := self._why_not(zone)) is not None
        }
        staying: Choice = [None if zone in self.forced else helper for zone, helper in enumerate(now)]
        for zone, helper in offers.pins.items():
            staying[zone] = helper
        self.over: dict[int, Rule] = {}
        shed = 0
        loads = offers.loads(staying)
        for rule, load in loads.items():
            for helper in np.flatnonzero(load > offers.room[rule]).tolist():
                self.over.setdefault(helper, rule)
        for helper in self.over:
            shed += max(self._to_shed(rule, int(loads[rule][helper]), helper, staying) for rule in loads)
        self.least = len(self.forced) + shed
        self.loose = {
            zone
            for zone, helper in enumerate(now)
            if helper is None or zone in self.forced or (helper in self.over and zone not in offers.pins)
        }

    def _why_not(self, zone: int) -> Rule | None:
        """The rule by which a zone cannot stay with whom it is; None if it can."""
        helper = self.now[zone]
        if helper is None:
            return Rule.UNPLANNED
        for rule, mask in self.offers.kept_out.items():
            if mask[zone, helper]:
                return rule
        return None if self.offered[zone, helper] else Rule.PIN

    def _to_shed(self, rule: Rule, load: int, helper: int, staying: Choice) -> int:
        """How many zones the helper has to give up at least to be under this cap: the largest first."""
        excess = load - int(self.offers.room[rule][helper])
        sizes = sorted(
            (
                int(self.offers.takes[rule][zone, helper])
                for zone, one in enumerate(staying)
                if one == helper and zone not in self.offers.pins
            ),
            reverse=True,
        )
        count = 0
        while excess > 0 and count < len(sizes):
            excess -= sizes[count]
            count += 1
        return count

    def moved(self, choice: Choice) -> int:
        """How many zones somebody had, and somebody else or nobody has in ``choice``."""
        return sum(1 for _ in self.moves(choice))

    def uncovered(self, choice: Choice) -> bool:
        """Whether ``choice`` leaves something out that somebody may have."""
        return any(
            helper is None and bool((self.frame.price[zone, :-1] < NEVER).any()) for zone, helper in enumerate(choice)
        )

    def moves(self, choice: Choice) -> Iterator[ZoneMove]:
        """Who moves in ``choice``, and why."""
        problem = self.offers.problem
        for zone, helper in enumerate(choice):
            one = problem.zones[zone]
            before = self.today.get(one.id)
            after = None if helper is None else problem.helpers[helper].id
            if before is not None and before != after:
                rule, why = self._why(zone, before)
                yield ZoneMove(zone=one.id, before=before, after=after, rule=rule, why=why)

    def _why(self, zone: int, before: str) -> tuple[Rule, str]:
        helper = self.now[zone]
        rule = self.forced.get(zone)
        if helper is None:
            return Rule.UNPLANNED, f"{before} is not among the helpers any more"
        if rule is Rule.PIN:
            return rule, f"it is pinned to {self.offers.problem.zones[zone].pin}"
        if rule is not None:
            return rule, f"{before} may not have it any more"
        if helper in self.over:
            return self.over[helper], f"{before} is over the cap"
        return Rule.MOVED, "it makes room for what had to move"
