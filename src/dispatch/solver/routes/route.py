"""The visits of one duty in order with their times, built at once and never changed."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.solver.routes.compiled import Compiled, Windows
from dispatch.solver.routes.duties import DutyFacts
from dispatch.solver.routes.timeline import (
    Label,
    Labels,
    Step,
    Taken,
    closed,
    extend,
    finish,
    first_labels,
    under_way,
    way_home,
)
from dispatch.solver.within.caps import work_of
from dispatch.solver.within.prices import late


class Route:
    """The visits of one duty in order with their times. Never changed once built; a change builds a new one.

    ``labels[i]`` holds before stop ``i``; ``ways`` has one leg per stop and the way home last, as on free roads, while
    ``travel`` is all ticks under way and ``slow`` those of them that traffic takes. ``late`` is the price of lateness
    in minutes of the visits for one person (crews stand still, so the state counts theirs), ``over`` that of overtime.
    """

    __slots__ = ("duty", "labels", "late", "over", "rests", "slow", "stops", "travel", "visits", "ways", "work")

    def __init__(self, duty: int, visits: tuple[int, ...], labels: tuple[Labels, ...], ways: tuple[int, ...]) -> None:
        self.duty = duty
        self.visits = visits
        self.labels = labels
        self.ways = ways
        self.travel = sum(ways)
        self.slow = 0
        self.work = 0
        self.late = 0.0
        self.over = 0.0
        self.stops: tuple[Label, ...] = ()
        self.rests: tuple[int, ...] = ()

    def cost(self, travel: float) -> float:
        """Minutes that its ways cost, at ``travel`` a tick, with lateness and overtime."""
        return travel * self.travel + self.late + self.over


def build_route(
    compiled: Compiled, windows: Sequence[Windows], duty: int, visits: tuple[int, ...], like: Route | None = None
) -> Route | None:
    """The route of ``duty`` over ``visits`` at the earliest times; None if some rule of time forbids it.

    Where ``visits`` begin as those of ``like`` do, its labels are used again. Caps and skills are not looked at.
    """
    if not visits:
        return empty_route(compiled, duty)
    facts = compiled.duties[duty]
    same = _common(visits, like.visits) if like is not None else 0
    labels = list(like.labels[: same + 1]) if like is not None else [first_labels(facts)]
    ways = list(like.ways[:same]) if like is not None else []
    spot = compiled.spot[visits[same - 1]] if same else facts.start_spot
    between, mode, ticks = compiled.travel.between, facts.mode, compiled.ticks_of(duty)
    for visit in visits[same:]:
        there = compiled.spot[visit]
        way = between(mode, spot, there)
        floor = compiled.floor(visit, facts.worker)
        open_then = compiled.windows_on(visit, duty, windows[visit])
        following = extend(facts, labels[-1], Step(way, open_then, ticks[visit], floor))
        if following is None:
            return None
        labels.append(following)
        ways.append(way)
        spot = there
    home = between(mode, spot, facts.end_spot) if facts.end_spot >= 0 else 0
    end = finish(facts, labels[-1], home)
    if end is None:
        return None
    route = Route(duty, visits, tuple(labels), (*ways, home))
    _trace(compiled, route, end.known, end.taken)
    if facts.knots:
        _slow_down(facts, route, end.at)
    route.over = late(end.at, facts.regular, facts.over_price)
    return route


def empty_route(compiled: Compiled, duty: int) -> Route:
    """The route of a duty with nothing on it: no way, no break to be taken."""
    return Route(duty, (), (first_labels(compiled.duties[duty]),), (0,))


def _common(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same


def _trace(compiled: Compiled, route: Route, known: int, rests: Taken) -> None:
    """Read the times off the labels from the last stop back, and what they cost."""
    stops: list[Label] = []
    for labels in reversed(route.labels[1:]):
        label = labels[known]
        assert label is not None
        stops.append(label)
        rests = (*label.taken, *rests)
        known = label.before
    stops.reverse()
    route.stops, route.rests = tuple(stops), tuple(begun for _, begun in sorted(rests))
    ticks = compiled.ticks_of(route.duty)
    for visit, stop in zip(route.visits, stops, strict=True):
        route.work += work_of(ticks[visit], compiled.is_visit(visit))
        promised = compiled.late[visit]
        if promised is not None:
            route.late += late(stop.start, *promised)


def most_late(compiled: Compiled, route: Route) -> int:
    """Ticks after its ``due`` at which the latest visit of ``route`` starts; 0 where none is late."""
    most = 0
    for visit, stop in zip(route.visits, route.stops, strict=True):
        due = compiled.visits[visit].due if compiled.is_visit(visit) else None
        most = max(most, 0 if due is None else stop.start - due)
    return most


def _slow_down(duty: DutyFacts, route: Route, end: int) -> None:
    """What traffic adds to the ways of ``route``, which ends at ``end``."""
    blocks = closed(duty, route.rests)
    ways = (under_way(duty, blocks, label, way)[1] for label, way in zip(route.stops, route.ways, strict=False))
    route.slow = sum(ways) + (way_home(duty, end, route.ways[-1]) if route.ways[-1] else 0) - route.travel
    route.travel += route.slow
