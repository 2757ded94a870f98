"""Why a zone is with nobody, and the cheapest change that would cover it."""

from __future__ import annotations

from dispatch.solver.plan import Reason, Unplanned
from dispatch.solver.rules import Rule
from dispatch.solver.zone_problem import ZoneToGive
from dispatch.solver.zones.neighbours import beside
from dispatch.solver.zones.offers import Choice, Offers

_UNITS = {
    Rule.HOUSEHOLDS_CAP: "households",
    Rule.ZONE_MINUTES_CAP: "minutes a day",
    Rule.ZONE_WEEK_CAP: "minutes a week",
}
_ORDER = (*_UNITS, Rule.CONNECTED, Rule.CONSENT, Rule.SERVES, Rule.FAR, Rule.SKILL)
"""The order of reasons: what is changed most easily first."""

_MOVES_TRIED = 200
"""Zones left out for which a move that would make room is looked for."""


class _Stand:
    """What helpers hold in a plan, and who else might take what."""

    def __init__(self, offers: Offers, choice: Choice) -> None:
        self.offers = offers
        self.loads = offers.loads(choice)
        self.offered = offers.offered()
        self.held: list[list[int]] = [[] for _ in range(offers.shape[1])]
        for zone, helper in enumerate(choice):
            if helper is not None:
                self.held[helper].append(zone)
        self.near = beside(offers.problem) if offers.problem.connected and None in choice else None
        self.moves_left = _MOVES_TRIED

    def over(self, rule: Rule, zone: int, helper: int, without: int | None = None) -> int:
        """By how much the helper's cap would be passed with ``zone``, and without one they hold."""
        taken = self.offers.takes[rule]
        load = int(self.loads[rule][helper]) + int(taken[zone, helper])
        if without is not None:
            load -= int(taken[without, helper])
        return max(0, load - int(self.offers.room[rule][helper]))

    def fits(self, zone: int, helper: int, without: int | None = None) -> bool:
        """Whether all caps are kept."""
        return not any(self.over(rule, zone, helper, without) for rule in _UNITS)

    def in_the_way(self, zone: int, helper: int) -> list[tuple[Rule, int]]:
        """Every rule that keeps ``zone`` from ``helper`` as the plan stands, with the amount it lacks."""
        found = [(rule, 0) for rule, mask in self.offers.kept_out.items() if mask[zone, helper]]
        found += [(rule, lack) for rule in _UNITS if (lack := self.over(rule, zone, helper))]
        if self.near is not None and self.held[helper] and not set(self.near[zone]) & set(self.held[helper]):
            found.append((Rule.CONNECTED, 0))
        return found

    def move(self, zone: int) -> tuple[int, int, int] | None:
        """A zone, its helper and another helper: if it moved there, ``zone`` would fit. The least ways first."""
        if self.near is not None or self.moves_left <= 0:
            return None
        self.moves_left -= 1
        ways = self.offers.ways
        by_way = sorted(range(len(self.held)), key=lambda helper: (int(ways[zone, helper]), helper))
        for helper in by_way:
            if not self.offered[zone, helper]:
                continue
            for other in self.held[helper]:
                if self.fits(zone, helper, without=other):
                    for taker in by_way:
                        if taker != helper and self.offered[other, taker] and self.fits(other, taker):
                            return other, helper, taker
        return None


def explain_zones(offers: Offers, choice: Choice) -> tuple[Unplanned, ...]:
    """For every zone given to nobody the rules in the way, the one nearest to a way out first."""
    stand = _Stand(offers, choice)
    return tuple(
        Unplanned(id=zone.id, reasons=_reasons(stand, index, zone))
        for index, (zone, helper) in enumerate(zip(offers.problem.zones, choice, strict=True))
        if helper is None
    )


def _reasons(stand: _Stand, index: int, zone: ZoneToGive) -> tuple[Reason, ...]:
    offers = stand.offers
    kept_out: dict[Rule, list[int]] = {}
    alone: dict[Rule, list[tuple[int, int, int]]] = {}
    free = []
    for helper in range(offers.shape[1]):
        ways = stand.in_the_way(index, helper)
        if not ways:
            free.append(helper)
            continue
        kept_out.setdefault(ways[0][0], []).append(helper)
        if len(ways) == 1:
            rule, lack = ways[0]
            alone.setdefault(rule, []).append((lack, int(offers.ways[index, helper]), helper))
    found = [_free(stand, free)] if free else []
    move = None if free or zone.pin is not None else stand.move(index)
    for rule in _ORDER:
        if rule in kept_out:
            nearest = min(alone[rule]) if rule in alone else None
            found.append(_reason(stand, zone, rule, kept_out[rule], nearest))
    if move is not None:
        found.insert(0, _by_moving(stand, zone, move))
    if not found:
        found.append(Reason(rule=Rule.SKILL, message="There is no helper.", hint="nobody works in this area yet"))
    if zone.pin is not None:
        found.insert(0, _pinned(stand, index, zone))
    return tuple(found)


def _reason(
    stand: _Stand, zone: ZoneToGive, rule: Rule, helpers: list[int], nearest: tuple[int, int, int] | None
) -> Reason:
    """The rule's sentence, and the change for the helper whom nothing else is in the way of."""
    problem, count = stand.offers.problem, len(helpers)
    who = "" if nearest is None else problem.helpers[nearest[2]].id
    hint = ""
    if rule in _UNITS:
        index = stand.offers.zone_index[zone.id]
        least = nearest[0] if nearest is not None else min(stand.over(rule, index, one) for one in helpers)
        message = f"{least} {_UNITS[rule]} over every able helper's cap."
        if count == 1:
            message = f"{least} {_UNITS[rule]} over the cap."
        hint = f"a cap of {least} {_UNITS[rule]} more for {who} would make it fit" if who else ""
    elif rule is Rule.SKILL:
        message = f"{count} helpers do not hold {zone.skill} at level {zone.level} on the day."
        hint = f"a certificate in {zone.skill} at level {zone.level} for {who} would do" if who else ""
    elif rule is Rule.CONSENT:
        message = f"Its client did not agree to {count} helpers."
        hint = f"the client's consent to {who} would do" if who else ""
    elif rule is Rule.SERVES:
        message = f"{count} helpers do not serve {zone.part or 'places in no part of town'}."
        hint = f"{who} could serve it" if who else ""
    elif rule is Rule.FAR:
        message = f"It is more than {problem.far} minutes on foot from the bases of {count} helpers."
        walk = 0 if nearest is None else int(stand.offers.walks[stand.offers.zone_index[zone.id], nearest[2]])
        hint = f"a walk of {walk} minutes allowed would bring {who} there" if who else ""
    else:
        message = f"It lies beside no zone of {count} helpers with room for it."
        hint = f"{who} is the nearest; give them what lies between, too" if who else ""
    return Reason(rule=rule, message=message, workers=count, hint=hint)


def _free(stand: _Stand, helpers: list[int]) -> Reason:
    message = "It costs more to give it to somebody than to leave it, or room was not found in the time given."
    first = stand.offers.problem.helpers[helpers[0]].id
    return Reason(rule=Rule.UNPLANNED, message=message, workers=len(helpers), hint=f"{first} has room for it")


def _by_moving(stand: _Stand, zone: ZoneToGive, move: tuple[int, int, int]) -> Reason:
    problem = stand.offers.problem
    other, helper, taker = problem.zones[move[0]].id, problem.helpers[move[1]].id, problem.helpers[move[2]].id
    message = f"There is room for it only if {other} moves from {helper} to {taker}."
    return Reason(
        rule=Rule.MOVED, message=message, workers=1, hint=f"move {other} to {taker}, give {zone.id} to {helper}"
    )


def _pinned(stand: _Stand, index: int, zone: ZoneToGive) -> Reason:
    helper = stand.offers.helper_index.get(zone.pin or "")
    hint = ""
    if helper is None:
        why, hint = "who is not among the helpers", "unpin it, or pin it to somebody who is"
    else:
        ways = stand.in_the_way(index, helper)
        skill = next((rule for rule, _ in ways if rule in stand.offers.kept_out), None)
        if skill is Rule.SKILL:
            why = f"who does not hold {zone.skill} at level {zone.level} on the day"
        elif skill is not None:
            why = _WHY_NOT[skill]
        else:
            held = ", ".join(f"{lack} {_UNITS[rule]} over the cap" for rule, lack in ways if rule in _UNITS)
            why = f"who would be {held}" if held else "whose other zones do not lie beside it"
            hint = f"a cap of so much more for {zone.pin} would make it fit" if held else ""
    return Reason(rule=Rule.PIN, message=f"It is pinned to {zone.pin}, {why}.", workers=1, hint=hint)


_WHY_NOT = {
    Rule.CONSENT: "to whom its client did not agree",
    Rule.SERVES: "who does not serve the part of town it lies in",
    Rule.FAR: "whose base is too far away",
}
