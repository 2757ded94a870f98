"""A plan that stands, kept ready for answers at once: where one more visit goes, what follows when somebody is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from dispatch.solver.checks import check, cost, require_form
from dispatch.solver.checks.tie_form import tie_faults
from dispatch.solver.plan import Finding, Reason, Route, RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Spot, Tie, Visit
from dispatch.solver.routes.carry import carry, force_pins
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import fill, price_limit
from dispatch.solver.routes.judged import judged
from dispatch.solver.routes.later import set_out_late
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.relocate import make_absent, relocate
from dispatch.solver.routes.route import Route as WorkingRoute
from dispatch.solver.routes.route import build_route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.together import let_go, place_tied
from dispatch.solver.routes.write import write_route
from dispatch.solver.version import no_search
from dispatch.solver.why import Why, why_in


class Change(Struct, frozen=True, kw_only=True):
    """What changed: the ``routes`` as they are now, who ``left`` the plan and why, who ``moved`` to another worker or
    start. ``findings`` of the independent check on these routes; anything in it means that nothing may be appended.
    """

    routes: tuple[Route, ...] = ()
    left: dict[str, tuple[Reason, ...]] = {}
    moved: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Routes(NamedTuple):
    """All routes at one moment, by duty: as they stand, and as a plan has them."""

    standing: tuple[WorkingRoute, ...]
    written: tuple[WorkingRoute, ...]


class Standing:
    """A routing problem and the plan for it, for as long as a service runs.

    Each change is made to both, at once and in place. What ties bind stands as it is until one of the visits is placed
    anew, and comes off the plan together. Who lacks what a visit takes passes by a store on the way there. Raises
    `ProblemError` if ``problem`` is malformed.
    """

    def __init__(self, problem: RouteProblem, plan: RoutePlan) -> None:
        require_form(problem)
        self._state = State(Compiled(problem))
        carry(self._state, plan, believed=True)
        self._gone: set[int] = set()
        self._late: dict[int, tuple[WorkingRoute, WorkingRoute]] = {}

    @property
    def problem(self) -> RouteProblem:
        """The problem as it is now."""
        problem = self._state.compiled.problem
        if not self._gone:
            return problem
        kept = (visit for index, visit in enumerate(problem.visits) if index not in self._gone)
        return replace(problem, visits=tuple(kept))

    def plan(self) -> RoutePlan:
        """The whole plan, with reasons for what is out and the cost by rule."""
        state = self._state
        routes = tuple(write_route(state, route) for route in state.routes if route.visits)
        out = [one for one in range(len(state.compiled.visits)) if one not in state.where and one not in self._gone]
        plan = RoutePlan(routes=routes, unplanned=explain(state, out), effort=no_search())
        return replace(plan, cost=cost(self.problem, plan))

    def insert(self, *visits: Visit, ties: tuple[Tie, ...] = (), at: Spot | None = None, polish: int = 0) -> Change:
        """One more visit where it is cheapest now, if that is cheaper than its price; or several, one after the other.

        ``ties`` bind them to each other or to what is there: those so bound are placed all at once, or stay out
        together; what is in the plan already moves if that is the only way, and comes off it if there is none. With
        ``at`` they lie there, at a spot of their own. ``polish``: so many visits near may go to better places
        afterwards. Raises `ValueError` if a visit is known already or ``ties`` cannot hold.
        """
        state = self._state
        self._require_new(visits, ties)
        before = self._as_it_is()
        added = [state.add(visit, at) for visit in visits]
        if ties:
            self._bind(ties)
        for index in added:
            if index in state.where:
                continue
            if state.compiled.bonds.of(index):
                place_tied(state, index, price_limit)
            elif (place := best_place(state, index, limit=price_limit(state, index))) is not None:
                settle(state, place)
        self._make_way(index for index in added if state.compiled.visits[index].pin is not None)
        if ties:
            let_go(state)
        placed = [index for index in added if index in state.where]
        if polish and placed:
            relocate(state, placed, polish)
        return self._change(before, placed=added)

    def drop(self, visit: str) -> Change:
        """``visit`` is not to be done any more, and binds nothing; what only it kept out by a tie or pin goes in."""
        state = self._state
        before = self._as_it_is()
        index = state.compiled.visit_index[visit]
        group = [one for one in state.compiled.bonds.group(index) if one != index]
        bound = [one for one in group if one not in state.where]
        lost = [one for one in state.take_off([index]) if one != index]
        self._gone.add(index)
        for freed in state.compiled.unbind(index):
            if freed in state.where and freed in state.held and not state.compiled.stands_still(freed):
                state.release(freed)
                for duty in state.where[freed]:
                    state.put(state.build(duty, state.routes[duty].visits) or state.routes[duty])
        fill(state, [*bound, *lost])
        self._make_way(self._pins_out())
        if lost:
            let_go(state)
        return self._change(before, placed=bound)

    def absent(self, worker: str, span: Span, *, polish: int = 40, changes: int | None = None) -> Change:
        """``worker`` is away in ``span``: what they cannot do goes to others, the hardest first.

        Nobody else's visits move but for what is tied to theirs and can stay neither with them nor without, what a pin
        of theirs needs the place of, and for ``polish`` of those beside what was placed anew, where that saves more
        than the change costs: of these at most ``changes`` that people were told, or however many if it is unset.
        """
        state = self._state
        before = self._as_it_is()
        loose = make_absent(state, state.compiled.worker_index[worker], span)
        fill(state, loose)
        self._make_way(self._pins_out())
        if loose:
            let_go(state)
        if polish and loose:
            relocate(state, loose, polish, changes=changes)
        return self._change(before, placed=loose)

    def why(self, visit: str) -> Why:
        """Why ``visit`` is where it is, and what else there would be. Raises `KeyError` if there is no such visit."""
        return why_in(self._state, self._state.compiled.visit_index[visit])

    def _as_it_is(self) -> _Routes:
        """The routes as they stand and as they are written: where duration is paid, set out for as late as will do."""
        state = self._state
        if not state.compiled.problem.weights.duration:
            return _Routes(tuple(state.routes), tuple(state.routes))
        for duty, route in enumerate(state.routes):
            if duty not in self._late or self._late[duty][0] is not route:
                self._late[duty] = route, set_out_late(state, route)
        return _Routes(tuple(state.routes), tuple(self._late[duty][1] for duty in range(len(state.routes))))

    def _change(self, before: _Routes, placed: Collection[int]) -> Change:
        """What is other than ``before``; of the visits ``placed`` anew it is no news that they stand elsewhere."""
        state, now = self._state, self._as_it_is()
        duties = [duty for duty, route in enumerate(state.routes) if route is not before.standing[duty]]
        touched = [state.routes[duty] for duty in duties]
        routes = tuple(write_route(state, route) for route in touched)
        stood = _starts(state, [before.written[duty] for duty in duties])
        stand = _starts(state, [now.written[duty] for duty in duties])
        moved = [visit for visit, at in stood.items() if visit not in placed and stand.get(visit, at) != at]
        left = [
            visit
            for visit in {**dict.fromkeys(placed), **stood}
            if visit not in state.where and visit not in self._gone
        ]
        visits = state.compiled.visits
        return Change(
            routes=routes,
            left={one.id: one.reasons for one in explain(state, left)},
            moved=tuple(visits[visit].id for visit in moved),
            findings=tuple(one for one in check(*judged(state, touched)) if one.severity == "broken"),
        )

    def _pins_out(self) -> list[int]:
        visits = enumerate(self._state.compiled.visits)
        out = (index for index, visit in visits if visit.pin is not None and index not in self._state.where)
        return [index for index in out if index not in self._gone]

    def _make_way(self, pins: Iterable[int]) -> None:
        """``pins`` that are out go in where what is not pinned can make way; that goes elsewhere."""
        lost = force_pins(self._state, pins)
        if lost:
            fill(self._state, lost)

    def _require_new(self, visits: Sequence[Visit], ties: tuple[Tie, ...]) -> None:
        known = self._state.compiled.visit_index
        for visit in visits:
            if visit.id in known:
                raise ValueError(f"Visit {visit.id!r} is in the problem already. Maybe another id was meant.")
        new = {visit.id for visit in visits}
        if len(new) < len(visits):
            raise ValueError(f"Of the visits {', '.join(visit.id for visit in visits)} one stands there twice.")
        for tie in ties:
            if new.isdisjoint((tie.first, tie.then)):
                raise ValueError(f"The tie of {tie.first!r} and {tie.then!r} binds none of the new visits.")
        problem = self.problem
        asked = replace(problem, visits=(*problem.visits, *visits), ties=(*problem.ties, *ties))
        for fault in tie_faults(asked) if ties else ():
            raise ValueError(f"They cannot be bound like that: {fault}")

    def _bind(self, ties: tuple[Tie, ...]) -> None:
        """``ties`` hold; what of them is in the plan stands still from now on."""
        state = self._state
        state.compiled.bind(ties)
        index = state.compiled.visit_index
        for visit in {index[name] for tie in ties for name in (tie.first, tie.then)}:
            if visit in state.where and visit not in state.held:
                (duty,) = state.where[visit]
                route = state.routes[duty]
                written = set_out_late(state, route) if state.compiled.problem.weights.duration else route
                state.hold(visit, written.stops[route.visits.index(visit)].start)
                state.put(build_route(state.compiled, state.windows, duty, route.visits) or route)


def _starts(state: State, routes: Iterable[WorkingRoute]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Where and when each visit stands: duties with starts."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for route in routes:
        for visit, stop in zip(route.visits, route.stops, strict=True):
            if state.compiled.is_visit(visit):
                found[visit] = (*found.get(visit, ()), (route.duty, stop.start))
    return found
