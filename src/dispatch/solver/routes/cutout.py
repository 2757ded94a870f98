"""Some workers of a state with what stands on their duties, and visits that are left out: to try changes on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
from msgspec.structs import replace

from dispatch.solver.carried_out import carried_out
from dispatch.solver.changes import AddDuty, Change, Retime, TakeOff
from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled, Windows
from dispatch.solver.routes.price import others
from dispatch.solver.routes.route import build_route
from dispatch.solver.routes.state import Others, State
from dispatch.solver.travel import Travel

_BESIDE = 8
"""What else there is to do when stops are laid, in stops."""

Order = dict[tuple[str, str], tuple[str, ...]]
"""By worker and duty the visits and stores on it in order."""


class Meter:
    """How much may still be tried in one answer, in stops laid; a count, so that the same is tried every time."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left


class Cutout(NamedTuple):
    """A problem of these workers alone, in which what stands on their duties stands as in the whole one.

    ``held``: when each visit that stands may start. ``others`` are the routes of the whole one that are not in it.
    """

    problem: RouteProblem
    order: Order
    held: dict[str, Windows]
    travel: Travel
    pass_stores: bool
    meter: Meter
    others: Others

    @classmethod
    def of(cls, state: State, workers: Sequence[int], out: Sequence[int], meter: Meter) -> Self:
        """`workers` and the visits ``out``, which are on no route, with what binds these to each other."""
        compiled = state.compiled
        order: Order = {}
        held: dict[str, Windows] = {}
        visits = []
        duties = [duty for worker in workers for duty in compiled.duties_of[worker]]
        for duty in duties:
            route = state.routes[duty]
            stops = tuple(compiled.stop_id(visit) for visit in route.visits)
            order[compiled.workers[compiled.duties[duty].worker].id, compiled.duty_source[duty].id] = stops
            for visit, name in zip(route.visits, stops, strict=True):
                if not compiled.is_visit(visit):
                    continue
                if name not in held:
                    visits.append(compiled.visits[visit])
                # What is open for the quickest of all is not for those who are here.
                held[name] = compiled.windows_on(visit, duty, held.get(name, state.windows[visit]))
        named = {compiled.visits[visit].id for visit in out}
        problem = replace(
            compiled.problem,
            workers=tuple(compiled.workers[worker] for worker in workers),
            visits=(*visits, *(compiled.visits[visit] for visit in out)),
            ties=tuple(tie for tie in compiled.problem.ties if tie.first in named and tie.then in named)
            if len(named) > 1
            else (),
        )
        beside = others(state, np.array(duties, dtype=np.int64))
        return cls(problem, order, held, compiled.travel, state.pass_stores, meter, beside)

    def alone(self, visit: str) -> Self:
        """``visit`` as one for one person and bound to nothing, of one worker; of a crew's pin only they are left."""
        (worker,) = self.problem.workers
        visits = []
        for one in self.problem.visits:
            if one.id == visit:
                pin = one.pin
                if pin is not None and (one.people > 1 or worker.id in pin.workers):
                    pin = replace(pin, workers=(worker.id,))
                visits.append(replace(one, people=1, pin=pin))
            else:
                visits.append(one)
        return self._replace(problem=replace(self.problem, visits=tuple(visits), ties=()))

    def opened(self, changes: Iterable[Change]) -> State | None:
        """The state with ``changes`` made; None if what stands cannot stand so."""
        self.charge()
        changes = tuple(changes)
        off = {change.visit for change in changes if isinstance(change, TakeOff)}
        problem = carried_out(self.problem, changes) if changes else self.problem
        if any(isinstance(change, (AddDuty, Retime)) for change in changes) and _at_once(problem):
            return None
        state = State(Compiled(problem, self.travel), pass_stores=self.pass_stores)
        state.others = self.others
        return state if self._laid(state, off) else None

    def charge(self, times: int = 1) -> None:
        """Count what laying all its stops costs, so many ``times``."""
        self.meter.left -= times * (_BESIDE + len(self.held))

    def _laid(self, state: State, off: Collection[str]) -> bool:
        """Put on the routes what stands, as it stands; False if that cannot be."""
        compiled = state.compiled
        stores = {store.id: place - len(compiled.problem.stores) for place, store in enumerate(compiled.problem.stores)}
        for name, windows in self.held.items():
            if name not in off:
                state.windows[compiled.visit_index[name]] = windows
        for key, stops in self.order.items():
            duty = compiled.duty_index[key]
            visits = tuple(
                compiled.visit_index[stop] if stop in compiled.visit_index else stores[stop]
                for stop in stops
                if stop not in off
            )
            route = build_route(compiled, state.windows, duty, visits)
            if route is None or not compiled.loads.fits(*state.loaded(duty, visits)):
                return False
            state.put(route)
            for visit in filter(compiled.is_visit, visits):
                state.where[visit] = (*state.where.get(visit, ()), duty)
        return all(state.under_caps(duty, route.visits) for duty, route in enumerate(state.routes) if route.visits)


def _at_once(problem: RouteProblem) -> bool:
    """Whether somebody would have two duties at once, or two of one name."""
    for worker in problem.workers:
        if len({duty.id for duty in worker.duties}) < len(worker.duties):
            return True
        spans = sorted((duty.span.start, duty.span.end, duty.span.end + duty.overtime) for duty in worker.duties)
        if any(after[0] < before[2] for before, after in pairwise(spans)):
            return True
    return False
