"""All routes of a problem while they are being changed: one immutable `Route` per duty, and arrays over every gap."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Duty, Spot, Visit, Worker
from dispatch.solver.routes.compiled import Compiled, Windows
from dispatch.solver.routes.route import Route, build_route, empty_route, most_late
from dispatch.solver.routes.shared import Mask, Out
from dispatch.solver.routes.timeline import latest_start
from dispatch.solver.rules import Rule
from dispatch.solver.within.caps import keeps, work_of
from dispatch.solver.within.moment import NEVER

Ints = NDArray[np.int64]


class Snapshot(NamedTuple):
    """Routes, places and held starts of a state at one moment."""

    routes: tuple[Route, ...]
    where: dict[int, tuple[int, ...]]
    held: dict[int, int]


class Others(NamedTuple):
    """What the routes of a plan that a state does not hold, as one of a part of it, count for what joins all routes.

    How many ``duties`` there are, the ticks of ``work`` on all of them and on the ``fullest``, how late the ``latest``
    visit is, in ticks, and the pieces of shared tools that are ``out``.
    """

    duties: int = 0
    work: int = 0
    fullest: int = 0
    latest: int = 0
    out: tuple[Out, ...] = ()


class State:
    """The routes of all duties, where each visit is, and the arrays insertion looks at.

    ``windows[v]`` is when visit ``v`` may start as things stand: one moment while it is *held* (pinned, told, or a
    crew's). ``gaps`` says how many gaps each duty has. Arrays over gaps have a row per duty and a column per gap
    (before stop 0, …, after the last): ``early`` when the worker is free before the gap, ``late`` when the stop behind
    it must start at the latest, ``leg`` the way now taken across it. Breaks bound ``late`` from above only, so what
    fits by these arrays may still not fit; what does not fit by them never does. With ``pass_stores`` people pass by a
    store for what they lack. ``latest`` is how late the latest visit of each duty is, where that is paid for; ``alone``
    what duties cost, as far as that was asked (`price.alone_now`). ``taking``: for each shared tool, which duties have
    a piece along. ``others``: the rest of the plan, of a part of it.
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
        self.taking: dict[str, Mask] = compiled.shared.nobody()
        self.others = Others()
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

    def has_room(self, ticks: Ints | int) -> NDArray[np.bool_]:
        """For every duty, whether one visit more that takes its worker so many ``ticks`` is under all caps on these."""
        visits_left, ticks_left = self.room()
        found: NDArray[np.bool_] = keeps(np.ones(1), np.asarray(ticks), visits_left, ticks_left)
        return found

    def under_caps(self, duty: int, visits: Collection[int], instead: Mapping[int, Collection[int]] = {}) -> bool:
        """Whether ``duty`` may hold ``visits`` by all caps. ``instead``: what other duties are to hold, where it is
        not what stands on them now.
        """
        facts, is_visit = self.compiled.duties[duty], self.compiled.is_visit

        def of(held: Collection[int], on: int) -> tuple[int, int]:
            ticks = self.compiled.ticks_of(on)
            return sum(map(is_visit, held)), sum(work_of(ticks[visit], is_visit(visit)) for visit in held)

        count, work = of(visits, duty)
        if not keeps(count, work, facts.max_visits, facts.max_ticks):
            return False
        if not self.compiled.day_caps.keeps(
            duty, count, work, lambda other: of(instead.get(other, self.routes[other].visits), other)
        ):
            return False
        return not self.taking or self._shares(duty, visits, instead)

    def _shares(self, duty: int, visits: Collection[int], instead: Mapping[int, Collection[int]]) -> bool:
        """Whether there are pieces for all shared tools that ``duty`` needs for ``visits``; as of `under_caps`."""
        for tool in self._asked(duty, visits):
            takers = self.taking[tool].copy()
            for other, held in instead.items():
                takers[other] = tool in self._asked(other, held)
            takers[duty] = False
            if not self.compiled.shared.left(tool, takers, self.others.out)[duty]:
                return False
        return True

    def _asked(self, duty: int, visits: Iterable[int]) -> set[str]:
        compiled = self.compiled
        return compiled.shared.asked(duty, (compiled.visits[one] for one in filter(compiled.is_visit, visits)))

    def has_pieces(self, visit: Visit, *, along: Collection[int] = ()) -> Mask:
        """For every duty, whether there are pieces of all shared tools of ``visit`` for it; if the duties ``along``
        have theirs, too.
        """
        shared = self.compiled.shared
        found = np.ones(len(self.routes), dtype=bool)
        for tool in shared.of(visit):
            takers = self.taking[tool].copy()
            takers[list(along)] |= ~shared.own[tool][list(along)]
            found &= shared.left(tool, takers, self.others.out)
        return found

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
        if self.taking:
            asked = self._asked(duty, visits)
            for tool, takers in self.taking.items():
                takers[duty] = tool in asked
        if compiled.problem.weights.greatest_late:
            self.latest[duty] = most_late(compiled, route)
