"""A plan that stands, kept ready for answers at once: where one more visit goes, what follows when somebody is away."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dispatch.solver.checks import check, cost, require_form
from dispatch.solver.plan import Finding, Reason, Route, RoutePlan
from dispatch.solver.problem import RouteProblem, Span, Spot, Visit
from dispatch.solver.routes.carry import carry
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.insert import fill, knows_all, price_limit
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.reasons import explain
from dispatch.solver.routes.relocate import make_absent, relocate
from dispatch.solver.routes.state import Route as WorkingRoute
from dispatch.solver.routes.state import State
from dispatch.solver.routes.touched import part
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


class Standing:
    """A routing problem and the plan for it, for as long as a service runs.

    Each change is made to both, at once and in place. Problems with ties or stores raise `ValueError`: insertion does
    not know them. Raises `ProblemError` if ``problem`` is malformed.
    """

    def __init__(self, problem: RouteProblem, plan: RoutePlan) -> None:
        require_form(problem)
        if not knows_all(problem):
            raise ValueError("A standing plan knows no ties and no stores. Maybe solve the problem anew.")
        self._state = State(Compiled(problem))
        carry(self._state, plan)
        self._gone: set[int] = set()

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

    def insert(self, visit: Visit, *, at: Spot | None = None, polish: int = 0) -> Change:
        """One more visit where it is cheapest now, if that is cheaper than its price. With ``at`` it lies there, at a
        spot of its own. ``polish``: so many visits near it may go to better places afterwards.
        """
        state = self._state
        if visit.id in state.compiled.visit_index:
            raise ValueError(f"Visit {visit.id!r} is in the problem already. Maybe another id was meant.")
        before = list(state.routes)
        index = state.add(visit, at)
        place = best_place(state, index, limit=price_limit(state, index))
        if place is None:
            return Change(left={visit.id: explain(state, [index])[0].reasons})
        settle(state, place)
        if polish:
            relocate(state, [index], polish)
        return self._change(before, placed=(index,))

    def drop(self, visit: str) -> Change:
        """``visit`` is not to be done any more."""
        state = self._state
        before = list(state.routes)
        index = state.compiled.visit_index[visit]
        if index in state.where and not state.remove(index):
            raise ValueError(f"The route of {visit!r} cannot do without it. Maybe the matrix makes a detour shorter.")
        self._gone.add(index)
        return self._change(before, placed=())

    def absent(self, worker: str, span: Span, *, polish: int = 40) -> Change:
        """``worker`` is away in ``span``: what they cannot do goes to others, the hardest first.

        Nobody else's visits move but for ``polish`` of those beside what was placed anew, where that saves more
        than the change costs.
        """
        state = self._state
        before = list(state.routes)
        loose = make_absent(state, state.compiled.worker_index[worker], span)
        fill(state, loose)
        if polish and loose:
            relocate(state, loose, polish)
        return self._change(before, placed=loose)

    def why(self, visit: str) -> Why:
        """Why ``visit`` is where it is, and what else there would be. Raises `KeyError` if there is no such visit."""
        return why_in(self._state, self._state.compiled.visit_index[visit])

    def _change(self, before: Sequence[WorkingRoute], placed: Collection[int]) -> Change:
        """What is other than ``before``; of the visits ``placed`` anew it is no news that they stand elsewhere."""
        state = self._state
        touched = [route for route, old in zip(state.routes, before, strict=True) if route is not old]
        routes = tuple(write_route(state, route) for route in touched)
        stood = _starts(old for route, old in zip(state.routes, before, strict=True) if route is not old)
        stand = _starts(touched)
        moved = [visit for visit, at in stood.items() if visit not in placed and stand.get(visit, at) != at]
        left = [visit for visit in placed if visit not in state.where]
        visits = state.compiled.visits
        return Change(
            routes=routes,
            left={one.id: one.reasons for one in explain(state, left)},
            moved=tuple(visits[visit].id for visit in moved),
            findings=tuple(self._check(routes)),
        )

    def _check(self, routes: tuple[Route, ...]) -> list[Finding]:
        asked, plan = part(self._state.compiled.problem, [route for route in routes if route.stops])
        return [finding for finding in check(asked, plan) if finding.severity == "broken"]


def _starts(routes: Iterable[WorkingRoute]) -> dict[int, tuple[tuple[int, int], ...]]:
    """Where and when each visit stands: duties with starts."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    for route in routes:
        for visit, stop in zip(route.visits, route.stops, strict=True):
            found[visit] = (*found.get(visit, ()), (route.duty, stop.start))
    return found
