"""A plan that stands, kept ready for answers at once: where one more visit goes, what follows when somebody is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.checks import broken, cost, require_form
from dispatch.solver.checks.added_form import added_faults
from dispatch.solver.checks.duty_form import worker_faults
from dispatch.solver.checks.excuses import could_start
from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.visit_form import backwards, visit_faults
from dispatch.solver.disruptions import Away, Disruption, Hours, Lasts, duties_then
from dispatch.solver.plan import Finding, Reason, Route, RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Spot, Tie, Visit
from dispatch.solver.routes.carry import carry
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.disrupted import makes_room, places_of, relaid
from dispatch.solver.routes.insert import fill, price_limit
from dispatch.solver.routes.judged import judged
from dispatch.solver.routes.later import set_out_late
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.relocate import relocate
from dispatch.solver.routes.repair import Limits, make_way, repair
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
        plan = RoutePlan(routes=routes, unplanned=explain(state, self._out()), effort=no_search())
        return replace(plan, cost=cost(self.problem, plan))

    def insert(self, *visits: Visit, ties: tuple[Tie, ...] = (), at: Spot | None = None, polish: int = 0) -> Change:
        """One more visit where it is cheapest now, if that is cheaper than its price; or several, one after the other.

        ``ties`` bind them to each other or to what is there: those so bound are placed all at once, or stay out
        together; what is in the plan already moves if that is the only way, and comes off it if there is none. With
        ``at`` they lie there, at a spot of their own. ``polish``: so many visits near may go to better places
        afterwards. Raises `ProblemError`, and nothing is changed, if one of them could not be in the problem, or
        ``ties`` cannot hold.
        """
        state = self._state
        known = state.compiled.visit_index
        self._require(added_faults(state.compiled.problem, known, visits, ties, at))
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
        make_way(state, (index for index in added if state.compiled.visits[index].pin is not None))
        if ties:
            let_go(state)
        placed = [index for index in added if index in state.where]
        if polish and placed:
            relocate(state, placed, polish)
        return self._change(before, placed=added)

    def drop(self, visit: str) -> Change:
        """``visit`` is not to be done any more, and binds nothing; what only it kept out by a tie or pin goes in.

        Its id is free: it may come back by `insert`. Raises `ProblemError` if there is no such visit.
        """
        state = self._state
        index = self._index_of(visit)
        before = self._as_it_is()
        group = [one for one in state.compiled.bonds.group(index) if one != index]
        bound = [one for one in group if one not in state.where]
        lost = [one for one in state.take_off([index]) if one != index]
        self._gone.add(index)
        state.compiled.forget(index)
        for freed in state.compiled.unbind(index):
            if freed in state.where and freed in state.held and not state.compiled.stands_still(freed):
                state.release(freed)
                for duty in state.where[freed]:
                    state.put(state.build(duty, state.routes[duty].visits) or state.routes[duty])
        fill(state, [*bound, *lost])
        make_way(state, self._pins_out())
        if lost:
            let_go(state)
        return self._change(before, placed=bound)

    def absent(self, worker: str, span: Span, *, polish: int = 40, changes: int | None = None) -> Change:
        """``worker`` is away in ``span``: what they cannot do goes to others. As `disrupt`."""
        return self.disrupt(Away(worker=worker, span=span), polish=polish, changes=changes)

    def disrupt(self, what: Disruption, *, polish: int = 40, changes: int | None = None) -> Change:
        """``what`` came between: what cannot be any more goes elsewhere, the hardest first; what was out may go in.

        Nobody else's visits move but for what is tied to theirs and can stay neither with them nor without, what a pin
        that has lost its place needs the place of, and for ``polish`` of those beside what was placed anew, where that
        saves more than the change costs. Of the last two no more than so many ``changes`` that people were told, or
        however many if it is unset: a pin that would take more stays out with the reason, unless its people could do it
        for certain. Raises `ProblemError`, and nothing is changed, if there is no such worker, duty or visit, or what
        it asks for cannot be.
        """
        state = self._state
        self._require(self._faults_then(what))
        before = self._as_it_is()
        tried = self._out() if makes_room(state, what) else []
        lost = relaid(state, what)
        limits = Limits(changes, polish)
        kept_out = repair(state, before.standing, lost, self._pins_out(), limits, self._certain)
        fill(state, [index for index in tried if index not in state.where and index not in kept_out])
        placed = [*lost, *(index for index in tried if index in state.where)]
        return self._change(before, placed=placed, kept_out=kept_out)

    def why(self, visit: str) -> Why:
        """Why ``visit`` is where it is, and what else there would be. Raises `ProblemError` if there is none."""
        return why_in(self._state, self._index_of(visit))

    def _as_it_is(self) -> _Routes:
        """The routes as they stand and as they are written: where duration is paid, set out for as late as will do."""
        state = self._state
        if not state.compiled.problem.weights.duration:
            return _Routes(tuple(state.routes), tuple(state.routes))
        for duty, route in enumerate(state.routes):
            if duty not in self._late or self._late[duty][0] is not route:
                self._late[duty] = route, set_out_late(state, route)
        return _Routes(tuple(state.routes), tuple(self._late[duty][1] for duty in range(len(state.routes))))

    def _change(self, before: _Routes, placed: Collection[int], kept_out: Mapping[int, Reason] | None = None) -> Change:
        """What is other than ``before``; of the visits ``placed`` anew it is no news that they stand elsewhere.

        ``kept_out``: of pins that are out why, beside what else there is to say.
        """
        state, now = self._state, self._as_it_is()
        duties = [duty for duty, route in enumerate(state.routes) if route is not before.standing[duty]]
        touched = [state.routes[duty] for duty in duties]
        routes = tuple(write_route(state, route) for route in touched)
        stood = places_of(state, [before.written[duty] for duty in duties])
        stand = places_of(state, [now.written[duty] for duty in duties])
        moved = [visit for visit, at in stood.items() if visit not in placed and stand.get(visit, at) != at]
        left = [
            visit
            for visit in {**dict.fromkeys(placed), **stood, **dict.fromkeys(kept_out or ())}
            if visit not in state.where and visit not in self._gone
        ]
        visits = state.compiled.visits
        reasons = dict(zip(left, (one.reasons for one in explain(state, left)), strict=True))
        for visit, reason in (kept_out or {}).items():
            first, *more = reasons[visit]
            reasons[visit] = (first, reason, *more)
        return Change(
            routes=routes,
            left={visits[visit].id: some for visit, some in reasons.items()},
            moved=tuple(visits[visit].id for visit in moved),
            findings=tuple(broken(*judged(state, touched))),
        )

    def _out(self) -> list[int]:
        """The visits that are in the problem and on no route."""
        every = range(len(self._state.compiled.visits))
        return [index for index in every if index not in self._state.where and index not in self._gone]

    def _pins_out(self) -> list[int]:
        return [index for index in self._out() if self._state.compiled.visits[index].pin is not None]

    def _certain(self, pin: int) -> bool:
        """Whether its people could do the pinned visit for certain, as the check that believes no plan sees it."""
        state = self._state
        routes = tuple(write_route(state, route) for route in state.routes if route.visits)
        facts = Facts(self.problem, RoutePlan(routes=routes, effort=no_search()))
        return could_start(facts, state.compiled.visits[pin]) is not None

    def _index_of(self, visit: str) -> int:
        index = self._state.compiled.visit_index.get(visit)
        if index is None:
            raise _unknown("visit", visit, self._state.compiled.visit_index)
        return index

    def _faults_then(self, what: Disruption) -> Iterator[str]:
        """Every fault of whom or what ``what`` is about, as it would be then. Raises `ProblemError` if unknown."""
        compiled = self._state.compiled
        if isinstance(what, Lasts):
            visit = compiled.visits[self._index_of(what.visit)]
            yield from visit_faults(replace(visit, ticks=what.ticks, ticks_by={}), compiled.problem.spots)
            return
        index = compiled.worker_index.get(what.worker)
        if index is None:
            raise _unknown("worker", what.worker, compiled.worker_index)
        worker = compiled.workers[index]
        duties = [duty.id for duty in worker.duties]
        if isinstance(what, Hours) and what.duty not in duties:
            raise _unknown(f"duty of {what.worker}", what.duty, duties)
        if backwards(what.span):
            yield f"the span of {type(what).__name__.lower()} for {what.worker!r} ends before it starts."
        yield from worker_faults(replace(worker, duties=duties_then(worker, what)), compiled.problem.spots)

    def _require(self, faults: Iterable[str]) -> None:
        """Raise `ProblemError` with the first of ``faults``, if there is one."""
        for fault in faults:
            area = self._state.compiled.problem.area
            raise ProblemError(f"The plan of area {area!r} stays as it is: {fault}", code="bad_problem")

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


def _unknown(what: str, name: str, known: Iterable[str]) -> ProblemError:
    near = " or ".join(get_close_matches(name, known, n=3))
    return ProblemError(f"There is no {what} {name!r}.", hint=f"{near} was meant." if near else "")
