"""Whether a `ZoneProblem` is one at all: ids once, places and neighbours known, counts not negative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.model.travel import Speeds
from dispatch.solver.zone_problem import DERIVED_MAX, ZoneProblem

_MODES = ("walk", "bike", "car")


def zone_faults(problem: ZoneProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be solved and checked."""
    for what, ids in (("zone", [one.id for one in problem.zones]), ("helper", [one.id for one in problem.helpers])):
        yield from (f"{what} {one!r} stands in it twice." for one, times in Counter(ids).items() if times > 1)
    spots = len(problem.spots)
    stands = [(zone.id, zone.spot) for zone in problem.zones]
    for name, spot in stands + [(helper.id, helper.spot) for helper in problem.helpers]:
        if not 0 <= spot < spots:
            yield f"{name!r} is at spot {spot}, but there are {spots} spots."
    for helper in problem.helpers:
        if helper.mode not in _MODES or not isinstance(problem.speeds, Speeds):
            yield f"there is no speed for {helper.mode!r}, the mode of travel of helper {helper.id!r}."
    yield from _count_faults(problem)
    yield from _neighbour_faults(problem)


def _count_faults(problem: ZoneProblem) -> Iterator[str]:
    for zone in problem.zones:
        if min(zone.households, zone.minutes) < 0:
            yield f"zone {zone.id!r} has a negative number of households or minutes."
        if min((zone.week_minutes, *zone.minutes_by.values(), *zone.week_minutes_by.values())) < 0:
            yield f"zone {zone.id!r} has a negative number of minutes for some helper, or a week."
        if min(zone.prices.values(), default=0) < 0:
            yield f"zone {zone.id!r} has a negative price for some helper."


def _neighbour_faults(problem: ZoneProblem) -> Iterator[str]:
    known = {zone.id for zone in problem.zones}
    many = len(problem.zones) > DERIVED_MAX
    if problem.connected and problem.neighbours == "given":
        for zone in problem.zones:
            for other in zone.adjacent:
                if other not in known:
                    yield f"zone {zone.id!r} is beside {other!r}, which is unknown."
                elif other == zone.id:
                    yield f"zone {zone.id!r} is beside itself."
    elif problem.connected and many:
        yield (
            f"neighbours of {len(problem.zones)} zones cannot be told from their places, of {DERIVED_MAX} at most. "
            "Maybe give them as `adjacent`."
        )
    if problem.weights.compact and many:
        yield f"{len(problem.zones)} zones are too many to be compact, {DERIVED_MAX} are the most."
