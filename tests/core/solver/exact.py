"""The least a small routing problem can cost, by CP-SAT, written from the rules' sentences; no code of the solver.

The plan found is written out too, so that the independent check can say whether it keeps every rule and costs that.
Ways must be shortest ones: then one stop at a store is enough for a duty.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from itertools import combinations
from math import lcm

from exact_route import ExactRoute, IntVar, Literal, sum_of
from msgspec import Struct
from ortools.sat.python import cp_model

from dispatch.solver.plan import Effort, Reason, RoutePlan, Unplanned
from dispatch.solver.problem import RouteProblem, SharedTool, Tie, Visit
from dispatch.solver.rules import Rule

MUST = 100_000
"""Minutes that a pinned visit or a round left out counts more than its price: these come before any cost."""


class Least(Struct, frozen=True):
    """``cost`` in minutes with `MUST` for each visit out that must be in; ``plan`` costs that, less `MUST`."""

    cost: float
    plan: RoutePlan


class Exact:
    """A `RouteProblem` for CP-SAT: one `ExactRoute` per duty, and what spans them."""

    def __init__(self, problem: RouteProblem) -> None:
        self.problem = problem
        self.model = cp_model.CpModel()
        self.terms: list[tuple[Fraction, IntVar | Literal]] = []
        self.constant = Fraction(0)
        self.planned = {visit.id: self.model.new_bool_var(f"in {visit.id}") for visit in problem.visits}
        self.starts = {
            visit.id: self.model.new_int_var_from_domain(self._open(visit), f"start {visit.id}")
            for visit in problem.visits
        }
        self.routes = [ExactRoute(self, worker, duty) for worker in problem.workers for duty in worker.duties]
        for visit in problem.visits:
            self._add_visit(visit)
        for tie in problem.ties:
            self._add_tie(tie)
        for worker in problem.workers:
            self._add_day_caps(worker.id)
        for tool in problem.shared:
            self._add_shared(tool)
        self._add_greatest_late()
        self._add_fair()

    def pay(self, price: float, what: IntVar | Literal) -> None:
        """``price`` in minutes for each unit of ``what``."""
        if price:
            self.terms.append((Fraction(price), what))

    def _open(self, visit: Visit) -> cp_model.Domain:
        """When ``visit`` may start; somewhere, if never, for it may stay out."""
        pin = visit.pin
        least = min([visit.ticks, *visit.ticks_by.values()])
        spans = [[window.start, window.end - least] for window in visit.windows]
        if pin is None or pin.start is None:
            spans = [[max(first, self.problem.now), last] for first, last in spans]
        else:
            inside = any(first <= pin.start <= last for first, last in spans)
            spans = [[pin.start, pin.start]] if inside else []
        spans = [span for span in spans if span[0] <= span[1]]
        self.shut = getattr(self, "shut", set()) | (set() if spans else {visit.id})
        return cp_model.Domain.from_intervals(spans or [[0, 0]])

    def at(self, visit: str, worker: str) -> list[Literal]:
        """Whether ``worker`` is at ``visit``, for each of their duties."""
        return [route.present[visit] for route in self.routes if route.worker.id == worker]

    def _add_visit(self, visit: Visit) -> None:
        model, planned, start = self.model, self.planned[visit.id], self.starts[visit.id]
        sent = {worker.id: sum_of(self.at(visit.id, worker.id)) for worker in self.problem.workers}
        model.add(sum_of(sent.values()) == visit.people * planned)
        for count in sent.values():
            model.add(count <= 1)
        if visit.id in self.shut:
            model.add(planned == 0)
        must = visit.pin is not None or visit.cover
        self.constant += Fraction(visit.price) + MUST * must
        self.pay(-visit.price - MUST * must, planned)
        for worker in visit.pin.workers if visit.pin is not None else ():
            model.add(sent.get(worker, 0) >= planned)
        if visit.due is not None and visit.late_weight:
            self.pay(visit.late_weight, self._after(start, visit.due, planned))
        if visit.told is not None:
            self._add_told(visit, sent)
        if visit.keep:
            strange = model.new_bool_var("")
            known = sum_of(sent[worker] for worker in visit.keep if worker in sent)
            model.add(strange + known >= planned)
            self.pay(self.problem.weights.continuity, strange)

    def _after(self, start: IntVar, due: int, planned: Literal) -> IntVar:
        """Ticks by which a planned visit starts after ``due``; at least, for they are paid."""
        late = self.model.new_int_var(0, 2**20, "")
        self.model.add(late >= start - due).only_enforce_if(planned)
        return late

    def _add_told(self, visit: Visit, sent: dict[str, cp_model.LinearExprT]) -> None:
        model, told, planned = self.model, visit.told, self.planned[visit.id]
        assert told is not None
        moved, others = model.new_int_var(0, 2**20, ""), model.new_bool_var("")
        model.add(moved >= self.starts[visit.id] - told.start).only_enforce_if(planned)
        model.add(moved >= told.start - self.starts[visit.id]).only_enforce_if(planned)
        self.pay(self.problem.weights.change_tick, moved)
        for worker, count in sent.items():
            wanted = int(worker in told.workers)
            model.add(count == wanted).only_enforce_if(planned, others.negated())
        if not set(told.workers) <= sent.keys():
            model.add(others >= planned)
        self.pay(self.problem.weights.change_worker, others)

    def _add_tie(self, tie: Tie) -> None:
        model, first, then = self.model, self.planned[tie.first], self.planned[tie.then]
        gap = self.starts[tie.then] - self.starts[tie.first]
        model.add(first == then)
        if tie.least is not None:
            model.add(gap >= tie.least).only_enforce_if(first)
        if tie.most is not None:
            model.add(gap <= tie.most).only_enforce_if(first)
        if tie.same_day:
            self._add_same_day(tie)
        both = []
        for worker in self.problem.workers:
            here, there = (sum_of(self.at(end, worker.id)) for end in (tie.first, tie.then))
            if tie.workers == "different":
                model.add(here + there <= 1)
            both.append(model.new_bool_var(""))
            model.add(here + there >= 2).only_enforce_if(both[-1])
        if tie.workers == "same":
            model.add_bool_or([*both, first.negated()])

    def _add_same_day(self, tie: Tie) -> None:
        """Nobody is at either of the two on a duty of another day than somebody else."""
        at = [(route.duty.day, route.present[end]) for route in self.routes for end in (tie.first, tie.then)]
        for (day, here), (other, there) in combinations(at, 2):
            if day != other:
                self.model.add(here + there <= 1)

    def _add_day_caps(self, name: str) -> None:
        worker = next(one for one in self.problem.workers if one.id == name)
        for cap in worker.caps:
            routes = [one for one in self.routes if one.worker.id == name and one.duty.day == cap.day]
            if cap.max_visits is not None:
                self.model.add(sum_of(route.count for route in routes) <= cap.max_visits)
            if cap.max_ticks is not None:
                self.model.add(sum_of(route.work for route in routes) <= cap.max_ticks)

    def _add_shared(self, tool: SharedTool) -> None:
        """A piece is along on each duty with a visit that asks for it; at no duty's beginning are there too many."""
        wanting = [visit.id for visit in self.problem.visits if tool.id in visit.tools]
        along = []
        for route in self.routes:
            if tool.id not in (*route.worker.tools, *route.duty.taken):
                taken = self.model.new_bool_var("")
                for visit in wanting:
                    self.model.add_implication(route.present[visit], taken)
                along.append((route.span, taken))
        for moment in {span.start for span, _ in along}:
            there = [taken for span, taken in along if span.start <= moment < span.end]
            self.model.add(sum_of(there) <= tool.pieces)

    def _add_greatest_late(self) -> None:
        greatest = self.model.new_int_var(0, 2**20, "")
        for visit in self.problem.visits:
            if visit.due is not None:
                self.model.add(greatest >= self._after(self.starts[visit.id], visit.due, self.planned[visit.id]))
        self.pay(self.problem.weights.greatest_late, greatest)

    def _add_fair(self) -> None:
        if not self.problem.weights.fair or not self.routes:
            return
        above = self.model.new_int_var(0, 2**24, "")
        for route in self.routes:
            self.model.add(above >= len(self.routes) * route.work - sum_of(other.work for other in self.routes))
        self.terms.append((Fraction(self.problem.weights.fair) / len(self.routes), above))

    def least(self, seconds: float = 60.0) -> Least:
        """The least cost and a plan of it; raises `AssertionError` where CP-SAT does not prove it in ``seconds``."""
        scale = lcm(*(price.denominator for price, _ in self.terms), self.constant.denominator)
        total = sum_of(int(price * scale) * what for price, what in self.terms)
        self.model.minimize(total)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = seconds
        status = solver.solve(self.model)
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        cost = self.constant + Fraction(round(solver.objective_value), scale)
        return Least(float(cost), self._plan(solver))

    def _plan(self, solver: cp_model.CpSolver) -> RoutePlan:
        routes = tuple(route.written(solver) for route in self.routes if solver.value(route.used))
        why = {visit.id: Rule.SHIFT if visit.pin is None else Rule.PIN for visit in self.problem.visits}
        unplanned = tuple(
            Unplanned(id=name, reasons=(Reason(rule=why[name], message="it costs more"),))
            for name, planned in self.planned.items()
            if not solver.value(planned)
        )
        return RoutePlan(routes=routes, unplanned=unplanned, effort=Effort(solver="exact", seed=0, budget=0, used=0))


def least(problem: RouteProblem, without: Collection[str] = ()) -> Least:
    """The least that ``problem`` can cost, with the visits ``without`` left out."""
    exact = Exact(problem)
    for name in without:
        exact.model.add(exact.planned[name] == 0)
    return exact.least()


def left_out(problem: RouteProblem, plan: RoutePlan) -> set[str]:
    """The pins and rounds that ``plan`` leaves out."""
    planned = {stop.visit for route in plan.routes for stop in route.stops}
    return {one.id for one in problem.visits if (one.pin is not None or one.cover) and one.id not in planned}


def valued(problem: RouteProblem, plan: RoutePlan) -> float:
    """What ``plan`` states it costs, with `MUST` for each visit out that must be in: to hold against `Least.cost`."""
    return plan.total + MUST * len(left_out(problem, plan))
