"""Why a zone is with nobody, and what would make it fit."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.solver.plan import Reason, Unplanned
from dispatch.solver.problem import ZoneHelper, ZoneToGive
from dispatch.solver.rules import Rule
from dispatch.solver.zones.pairs import Pairs


class _Load:
    """What the helpers hold in the plan."""

    def __init__(self, pairs: Pairs, given: Sequence[int | None]) -> None:
        self.households = [0] * len(pairs.problem.helpers)
        self.minutes = [0] * len(pairs.problem.helpers)
        for zone, helper in zip(pairs.problem.zones, given, strict=True):
            if helper is not None:
                self.households[helper] += zone.households
                self.minutes[helper] += zone.minutes


def explain_zones(pairs: Pairs, given: Sequence[int | None]) -> tuple[Unplanned, ...]:
    """Every zone given to nobody with its reasons, the one nearest to a way out first."""
    load = _Load(pairs, given)
    return tuple(
        Unplanned(id=zone.id, reasons=_reasons(pairs, load, zone))
        for zone, helper in zip(pairs.problem.zones, given, strict=True)
        if helper is None
    )


def _reasons(pairs: Pairs, load: _Load, zone: ZoneToGive) -> tuple[Reason, ...]:
    kept_out: dict[Rule, list[tuple[int, str]]] = {}
    able = pairs.able(zone.skill, zone.level)
    free = []
    for index, helper in enumerate(pairs.problem.helpers):
        over_households = _over(load.households[index] + zone.households, helper.max_households)
        over_minutes = _over(load.minutes[index] + zone.minutes, helper.max_minutes)
        if not able[index]:
            kept_out.setdefault(Rule.SKILL, []).append((0, helper.id))
        elif over_households:
            kept_out.setdefault(Rule.HOUSEHOLDS_CAP, []).append((over_households, helper.id))
        elif over_minutes:
            kept_out.setdefault(Rule.ZONE_MINUTES_CAP, []).append((over_minutes, helper.id))
        else:
            free.append(helper)
    found = [_free(free)] if free else []
    for rule, unit in ((Rule.HOUSEHOLDS_CAP, "households"), (Rule.ZONE_MINUTES_CAP, "minutes a day")):
        if rule in kept_out:
            least, nearest = min(kept_out[rule])
            count = len(kept_out[rule])
            message = f"{least} {unit} over every able helper's cap." if count > 1 else f"{least} {unit} over the cap."
            hint = f"a cap of {least} {unit} more for {nearest} would make it fit"
            found.append(Reason(rule=rule, message=message, workers=count, hint=hint))
    if Rule.SKILL in kept_out:
        count = len(kept_out[Rule.SKILL])
        message = f"{count} helpers do not hold {zone.skill} at level {zone.level} on the day."
        found.append(Reason(rule=Rule.SKILL, message=message, workers=count))
    if not found:
        found.append(Reason(rule=Rule.SKILL, message="There is no helper.", hint="nobody works in this area yet"))
    if zone.pin is not None:
        found.insert(0, _pinned(pairs, load, zone))
    return tuple(found)


def _free(helpers: list[ZoneHelper]) -> Reason:
    message = "It costs more to give it to somebody than to leave it, or room was not found in the time given."
    return Reason(rule=Rule.UNPLANNED, message=message, workers=len(helpers), hint=f"{helpers[0].id} has room for it")


def _pinned(pairs: Pairs, load: _Load, zone: ZoneToGive) -> Reason:
    index = pairs.helper_index.get(zone.pin or "")
    if index is None:
        why = "who is not among the helpers"
    elif not pairs.able(zone.skill, zone.level)[index]:
        why = f"who does not hold {zone.skill} at level {zone.level} on the day"
    else:
        households, minutes = load.households[index] + zone.households, load.minutes[index] + zone.minutes
        why = f"who would hold {households} households and {minutes} minutes a day, over the cap"
    return Reason(rule=Rule.PIN, message=f"It is pinned to {zone.pin}, {why}.", workers=1)


def _over(value: int, cap: int | None) -> int:
    return 0 if cap is None else max(0, value - cap)
