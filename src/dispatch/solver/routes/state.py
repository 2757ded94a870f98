"""All routes of a problem while they are being changed: one immutable `Route` per duty, and arrays over every gap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Duty, Spot, Visit, Worker
from dispatch.solver.routes.compiled import Compiled, DutyFacts, Windows
from dispatch.solver.routes.timeline import (
    NEVER,
    Label,
    Labels,
    Step,
    closed,
    extend,
    finish,
    first_labels,
    latest_start,
    under_way,
    way_home,
)
from dispatch.solver.rules import Rule

Ints = NDArray[np.int64]


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
    if facts.course is not None:
        _slow_down(facts, route, end.at)
    route.over = facts.over_price * max(0, end.at - facts.regular)
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


def _trace(compiled: Compiled, route: Route, known: int, rests: tuple[int, ...]) -> None:
    """Read the times off the labels from the last stop back, and what they cost."""
    stops: list[Label] = []
    for labels in reversed(route.labels[1:]):
        label = labels[known]
        assert label is not None
        stops.append(label)
        rests = (*label.taken, *rests)
        known = label.before
    stops.reverse()
    route.stops, route.rests = tuple(stops), rests
    ticks = compiled.ticks_of(route.duty)
    for visit, stop in zip(route.visits, stops, strict=True):
        route.work += ticks[visit] if compiled.is_visit(visit) else 0
        late = compiled.late[visit]
        if late is not None and stop.start > late[0]:
            route.late += late[1] * (stop.start - late[0])


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


class Snapshot(NamedTuple):
    """Routes, places and held starts of a state at one moment."""

    routes: tuple[Route, ...]
    where: dict[int, tuple[int, ...]]
    held: dict[int, int]


class State:
    """The routes of all duties, where each visit is, and the arrays insertion looks at.

    ``windows[v]`` is when visit ``v`` may start as things stand: one moment while it is *held* (pinned, told, or a
    crew's). ``gaps`` says how many gaps each duty has. Arrays over gaps have a row per duty and a column per gap
    (before stop 0, …, after the last): ``early`` when the worker is free before the gap, ``late`` when the stop behind
    it must start at the latest, ``leg`` the way now taken across it. Breaks bound ``late`` from above only, so what
    fits by these arrays may still not fit; what does not fit by them never does. With ``pass_stores`` people pass by a
    store for what they lack. ``latest`` is how late the latest visit of each duty is, where that is paid for; ``alone``
    what duties cost, as far as that was asked (`price.alone_now`).
    """

    def __init__(self, compiled: Compiled, *, pass_stores: bool = True) -> None:
        self.compiled = compiled
        self.pass_stores = pass_stores and bool(compiled.problem.stores)
        self.windows: list[Windows] = list(compiled.windows)
        self.held: dict[int, int] = {}
        self.where: dict[int, tuple[int, ...]] = {}
        duties = compiled.duties
        self.routes: list[Route] = [empty_route(compiled, duty) for duty in range(len(duties))]
        self.count = np.zeros(len(duties), dtype=np.int64)
        self.work = np.zeros(len(duties), dtype=np.int64)
        self.gaps = np.ones(len(duties), dtype=np.int64)
        self.latest = np.zeros(len(duties), dtype=np.int64)
        self.alone: dict[int, tuple[float, float]] = {}
        self._reserve(8)
        self.early[:, 0] = compiled.duty_start
        self.late[:, 0] = compiled.duty_end
        self.prev[:, 0] = [facts.start_spot for facts in duties]
        self.next[:, 0] = [facts.end_spot for facts in duties]

    def _reserve(self, columns: int) -> None:
        """Room for ``columns`` gaps per duty; what stands in the arrays is kept."""
        duties = len(self.compiled.duties)
        old = getattr(self, "early", None)
        known = 0 if old is None else old.shape[1]
        for name, empty in (("early", NEVER), ("late", -NEVER), ("prev", 0), ("next", -1), ("leg", 0)):
            grown = np.full((duties, columns), empty, dtype=np.int64)
            if known:
                grown[:, :known] = getattr(self, name)
            setattr(self, name, grown)

    early: Ints
    late: Ints
    prev: Ints
    next: Ints
    leg: Ints

    def room(self) -> tuple[Ints, Ints]:
        """The visits and the ticks of work there is room for on each duty, by its own caps and those of its day."""
        compiled = self.compiled
        return compiled.day_caps.left(compiled.max_visits, compiled.max_ticks, self.count, self.work)

    def under_caps(self, duty: int, visits: Collection[int], instead: Mapping[int, Collection[int]] = {}) -> bool:
        """Whether ``duty`` may hold ``visits`` by all caps. ``instead``: what other duties are to hold, where it is
        not what stands on them now.
        """
        facts, is_visit = self.compiled.duties[duty], self.compiled.is_visit

        def of(held: Collection[int], on: int) -> tuple[int, int]:
            ticks = self.compiled.ticks_of(on)
            return sum(map(is_visit, held)), sum(ticks[visit] for visit in held if is_visit(visit))

        count, work = of(visits, duty)
        if count > facts.max_visits or work > facts.max_ticks:
            return False
        return self.compiled.day_caps.keeps(
            duty, count, work, lambda other: of(instead.get(other, self.routes[other].visits), other)
        )

    def build(self, duty: int, visits: tuple[int, ...]) -> Route | None:
        """The route ``duty`` would have over ``visits``, reusing what it has; None if time or its load forbids it."""
        if not self.compiled.loads.fits(*self.loaded(duty, visits)):
            return None
        return build_route(self.compiled, self.windows, duty, visits, self.routes[duty])

    def loaded(self, duty: int, visits: Sequence[int]) -> tuple[Worker, Duty, list[Visit | None]]:
        """What `Loads` asks about: the worker, the duty, and ``visits`` as they stand in the problem."""
        compiled = self.compiled
        stops = [compiled.visits[visit] if compiled.is_visit(visit) else None for visit in visits]
        return compiled.workers[compiled.duties[duty].worker], compiled.duty_source[duty], stops

    def build_with(self, duty: int, position: int, visit: int, windows: Windows | None = None) -> Route | None:
        """The route ``duty`` would have with ``visit`` before its stop ``position``; None if time forbids it.

        With ``windows`` the visit may start in these instead of its own, for this one look. If the worker would not
        have what it takes, they pass by a store on the way there, the one that makes the least detour.
        """
        old = self.routes[duty].visits
        usual = self.windows[visit]
        self.windows[visit] = usual if windows is None else windows
        before, after = old[:position], (visit, *old[position:])
        route = self.build(duty, (*before, *after))
        if route is None and self.pass_stores and self._lacks(duty, (*before, *after)):
            stores = range(-len(self.compiled.problem.stores), 0)
            tried = (self.build(duty, (*before, store, *after)) for store in stores)
            built = (self.without_idle_stores(one) for one in tried if one is not None)
            route = min(built, key=lambda one: one.travel, default=None)
        self.windows[visit] = usual
        return route

    def _lacks(self, duty: int, visits: tuple[int, ...]) -> bool:
        """Whether the worker of ``duty`` would have to pass a store for ``visits`` in this order."""
        return self.compiled.loads.hindrance(*self.loaded(duty, visits)) in (Rule.TOOLS, Rule.PARTS)

    def hold(self, visit: int, start: int) -> None:
        """From now on ``visit`` starts at ``start`` and nowhere else."""
        self.held[visit] = start
        self.windows[visit] = ((start, start),)

    def release(self, visit: int) -> None:
        """``visit`` may start anywhere in its windows again."""
        self.held.pop(visit, None)
        self.windows[visit] = self.compiled.windows[visit]

    def put(self, route: Route) -> None:
        """Let ``route`` stand for its duty. The caller keeps ``where`` right through `place` and `remove`."""
        self.routes[route.duty] = route
        self._write_row(route)

    def start_of(self, visit: int) -> int:
        """When the planned ``visit`` starts."""
        route = self.routes[self.where[visit][0]]
        return route.stops[route.visits.index(visit)].start

    def remove(self, visit: int) -> bool:
        """Take ``visit`` off its routes and release it. False, with nothing changed, if a route cannot do without.

        That happens only with a travel matrix in which a detour is shorter than the way.
        """
        rebuilt = []
        for duty in self.where.get(visit, ()):
            route = self.build(duty, tuple(one for one in self.routes[duty].visits if one != visit))
            if route is None:
                return False
            rebuilt.append(self.without_idle_stores(route))
        for route in rebuilt:
            self.put(route)
        self.where.pop(visit, None)
        self.release(visit)
        return True

    def take_off(self, visits: Iterable[int]) -> list[int]:
        """Take ``visits`` off their routes and release them; all that came off, these first.

        More than these only with a travel matrix in which a detour is shorter than the way: where a route cannot do
        without one of them, others come off as well.
        """
        off = [visit for visit in dict.fromkeys(visits) if visit in self.where]
        rebuilt: dict[int, Route] = {}
        waiting = sorted({duty for visit in off for duty in self.where[visit]})
        while waiting:
            duty = waiting.pop()
            rebuilt[duty] = route = self._without(duty, off)
            lost = [one for one in self.routes[duty].visits if one in self.where and one not in (*route.visits, *off)]
            off += lost
            waiting += sorted({other for visit in lost for other in self.where[visit]} - {duty})
        for route in rebuilt.values():
            self.put(self.without_idle_stores(route))
        for visit in off:
            del self.where[visit]
            self.release(visit)
        return off

    def _without(self, duty: int, off: Collection[int]) -> Route:
        """The route of ``duty`` without ``off``, and without as few others as it takes for there to be one."""
        kept = tuple(one for one in self.routes[duty].visits if one not in off)
        while (route := self.build(duty, kept)) is None:
            fewer = [(*kept[:place], *kept[place + 1 :]) for place in range(len(kept))]
            kept = next((one for one in fewer if self.build(duty, one) is not None), fewer[-1])
        return route

    def without_idle_stores(self, route: Route) -> Route:
        """``route`` past no store that nobody on it needs."""
        at = 0
        while self.pass_stores and at < len(route.visits):
            if not self.compiled.is_visit(route.visits[at]):
                shorter = self.build(route.duty, (*route.visits[:at], *route.visits[at + 1 :]))
                if shorter is not None:
                    route = shorter
                    continue
            at += 1
        return route

    def remove_all(self, visits: Iterable[int]) -> bool:
        """Take ``visits`` off their routes; False, with nothing changed, if a route cannot do without one."""
        before = self.snapshot()
        if all(self.remove(visit) for visit in visits):
            return True
        self.restore(before)
        return False

    def add(self, visit: Visit, at: Spot | None) -> int:
        """One more visit, on no route yet; with ``at`` at a spot of its own. Its index."""
        index = self.compiled.add(visit, at)
        self.windows.insert(index, self.compiled.windows[index])
        return index

    def snapshot(self) -> Snapshot:
        """What to give to `restore` to have everything as it is now."""
        return Snapshot(tuple(self.routes), dict(self.where), dict(self.held))

    def restore(self, snapshot: Snapshot) -> None:
        """Have everything as it was when ``snapshot`` was taken."""
        for visit in self.held.keys() - snapshot.held.keys():
            self.release(visit)
        for visit, start in snapshot.held.items():
            if self.held.get(visit) != start:
                self.hold(visit, start)
        self.where = dict(snapshot.where)
        for old, now in zip(snapshot.routes, self.routes, strict=True):
            if old is not now:
                self.put(old)

    def _write_row(self, route: Route) -> None:
        compiled, duty = self.compiled, route.duty
        facts, visits = compiled.duties[duty], route.visits
        size = len(visits) + 1
        if size > self.early.shape[1]:
            self._reserve(max(size, 2 * self.early.shape[1]))
        latest, ticks = [facts.end], compiled.ticks_of(duty)
        for index in range(len(visits) - 1, -1, -1):
            visit = visits[index]
            way = route.ways[index + 1]
            latest.append(latest_start(facts, latest[-1], way, self.windows[visit], ticks[visit]))
        latest.reverse()
        spots = [compiled.spot[visit] for visit in visits]
        self.early[duty, :size] = [min(one.ready for one in labels if one is not None) for labels in route.labels]
        self.late[duty, :size] = latest
        self.late[duty, size:] = -NEVER
        self.prev[duty, :size] = [facts.start_spot, *spots]
        self.next[duty, :size] = [*spots, facts.end_spot]
        self.leg[duty, :size] = route.ways
        self.count[duty] = sum(map(compiled.is_visit, visits)) if compiled.problem.stores else len(visits)
        self.gaps[duty] = size
        self.work[duty] = route.work
        self.alone.pop(duty, None)
        if compiled.problem.weights.greatest_late:
            self.latest[duty] = most_late(compiled, route)
