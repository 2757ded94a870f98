"""The exact model of rounds: who walks which, when, on the duties of one component, in CP-SAT.

Per duty a circuit over the rounds it takes, ways and work as intervals that meet neither each other nor breaks nor
absences. First the dearest set of rounds is covered, then ways, lateness and changes are made small.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dispatch.solver.cp import cp_solver
from dispatch.solver.late import Late
from dispatch.solver.routes.compiled import NO_FLOOR
from dispatch.solver.routes.duties import DutyFacts
from dispatch.solver.routes.state import State
from dispatch.solver.traffic import Course

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

_SCALE = 1000


class Given(NamedTuple):
    """A round given: the visit, its start, the duties that walk it."""

    visit: int
    start: int
    duties: tuple[int, ...]


class Work(NamedTuple):
    """How long CP-SAT may take, in its deterministic seconds: to cover what can be covered, and for the ways."""

    cover: float
    polish: float
    seed: int


class RoundsModel:
    """Rounds, the duties that may take them, and what stands on these duties already (never moved)."""

    def __init__(self, state: State, rounds: Sequence[int], able: dict[int, list[int]]) -> None:
        self.state = state
        self.compiled = state.compiled
        self.rounds = tuple(rounds)
        self.able = able
        self.duties = sorted({duty for duties in able.values() for duty in duties})
        self.model = cp_model.CpModel()
        self.taken: dict[tuple[int, int], cp_model.IntVar] = {}
        self.starts: dict[int, cp_model.IntVar] = {}
        self.covered: dict[int, cp_model.IntVar] = {}
        self.travel: list[cp_model.LinearExprT] = []
        self._add_rounds()
        parts = {duty: _DutyPart(self, duty) for duty in self.duties}
        self._add_day_caps(parts)
        self._add_shared_tools(parts)

    def _add_rounds(self) -> None:
        for visit in self.rounds:
            windows = cp_model.Domain.from_intervals([list(window) for window in self.state.windows[visit]])
            self.starts[visit] = self.model.new_int_var_from_domain(windows, "")
            self.covered[visit] = self.model.new_bool_var("")
            for duty in self.able[visit]:
                taken = self.taken[visit, duty] = self.model.new_bool_var("")
                held = self.compiled.windows_on(visit, duty, self.state.windows[visit])
                if held != self.state.windows[visit]:
                    then = cp_model.Domain.from_intervals([list(window) for window in held])
                    self.model.add_linear_expression_in_domain(self.starts[visit], then).only_enforce_if(taken)
            people = self.compiled.visits[visit].people
            members = [self.taken[visit, duty] for duty in self.able[visit]]
            self.model.add(sum(members) == people * self.covered[visit])

    def _add_day_caps(self, parts: dict[int, _DutyPart]) -> None:
        """All duties of a worker's day under one cap; those that are not in the model hold what stands on them."""
        caps, ticks_on, state = self.compiled.day_caps, self.compiled.ticks_on, self.state
        for duty, part in parts.items():
            others = caps.others[duty]
            if not others or any(other < duty for other in others if other in parts):
                continue
            inside = [(duty, part), *((other, parts[other]) for other in others if other in parts)]
            present = [(taken, ticks_on(visit, on)) for on, its in inside for visit, taken in its.present.items()]
            outside = [other for other in others if other not in parts]
            max_visits, max_ticks = caps.of(duty)
            visits = max_visits - sum(int(state.count[other]) for other in outside)
            work = max_ticks - sum(int(state.work[other]) for other in outside)
            self.model.add(sum(taken for taken, _ in present) <= visits)
            self.model.add(sum(ticks * taken for taken, ticks in present) <= work)

    def _add_shared_tools(self, parts: dict[int, _DutyPart]) -> None:
        """No more pieces of a shared tool under way at once than there are; duties not in the model keep theirs."""
        shared, visits = self.compiled.shared, self.compiled.visits
        for tool, takers in self.state.taking.items():
            takes: dict[int, cp_model.IntVar] = {}
            for duty, part in parts.items():
                asking = [taken for visit, taken in part.present.items() if tool in shared.of(visits[visit])]
                if asking and not shared.own[tool][duty]:
                    takes[duty] = self.model.new_bool_var("")
                    self.model.add_max_equality(takes[duty], asking)
            outside = [duty for duty in takers.nonzero()[0].tolist() if duty not in takes]
            for at in sorted({int(shared.start[duty]) for duty in (*takes, *outside)}):
                there = (shared.start <= at) & (at < shared.end)
                left = shared.pieces[tool] - sum(bool(there[duty]) for duty in outside)
                self.model.add(cp_model.LinearExpr.sum([one for duty, one in takes.items() if there[duty]]) <= left)

    def solve(self, *, stood: dict[int, Given], hint: dict[int, Given], work: Work) -> list[Given]:
        """The rounds given. ``stood`` is how people know them, which costs to change; ``hint`` a first guess."""
        for visit in self.rounds:
            given = hint.get(visit)
            if given is not None:
                self.model.add_hint(self.starts[visit], given.start)
            for duty in self.able[visit]:
                self.model.add_hint(self.taken[visit, duty], given is not None and duty in given.duties)
        prices = {visit: max(1, round(self.compiled.visits[visit].price * _SCALE)) for visit in self.rounds}
        worth = sum(prices[visit] * covered for visit, covered in self.covered.items())
        self.model.maximize(worth)
        solver = cp_solver(work.seed, work.cover)
        if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return []
        found = self._read(solver)
        self.model.add(worth >= round(solver.objective_value))
        self.model.minimize(cp_model.LinearExpr.sum([*self.travel, *self._changes(stood)]))
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for variable in (*self.starts.values(), *self.covered.values(), *self.taken.values()):
            self.model.add_hint(variable, solver.value(variable))
        polisher = cp_solver(work.seed, work.polish)
        polished = polisher.solve(self.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        return self._read(polisher) if polished else found

    def _read(self, solver: cp_model.CpSolver) -> list[Given]:
        return [
            Given(
                visit,
                solver.value(self.starts[visit]),
                tuple(duty for duty in self.able[visit] if solver.boolean_value(self.taken[visit, duty])),
            )
            for visit in self.rounds
            if solver.boolean_value(self.covered[visit])
        ]

    def _changes(self, known: dict[int, Given]) -> list[cp_model.LinearExprT]:
        """Lateness, changes of what was told or stood before, and strangers in place of the usual people."""
        weights = self.compiled.problem.weights
        terms: list[cp_model.LinearExprT] = []
        for visit in self.rounds:
            facts = self.compiled.visits[visit]
            start = self.starts[visit]
            if facts.due is not None and facts.late_weight > 0:
                terms.append(round(facts.late_weight * _SCALE) * self._above(start, facts.due))
            stood = known.get(visit)
            at = facts.told.start if facts.told is not None else stood.start if stood is not None else None
            if at is not None:
                both = self._above(start, at) + self._above(-start, -at)
                terms.append(round(weights.change_tick * _SCALE) * both)
            liked = self._liked(visit, stood)
            if liked is not None:
                others = [self.taken[visit, duty] for duty in self.able[visit] if duty not in liked]
                terms.append(round(weights.change_worker * _SCALE) * sum(others))
        return terms

    def _liked(self, visit: int, stood: Given | None) -> set[int] | None:
        facts = self.compiled.visits[visit]
        if facts.told is None:
            return None if stood is None else set(stood.duties)
        return {
            duty
            for duty in self.able[visit]
            if self.compiled.workers[self.compiled.duties[duty].worker].id in facts.told.workers
        }

    def _above(self, start: cp_model.LinearExprT, at: int) -> cp_model.IntVar:
        above = self.model.new_int_var(0, 2**31, "")
        self.model.add(above >= start - at)
        return above


class _DutyPart:
    """One duty in the model: the circuit over its rounds, and its time."""

    def __init__(self, owner: RoundsModel, duty: int) -> None:
        self.owner = owner
        self.model = owner.model
        self.duty = duty
        self.facts: DutyFacts = owner.compiled.duties[duty]
        self.fixed = owner.state.routes[duty].visits
        free = [visit for visit in owner.rounds if (visit, duty) in owner.taken]
        self.visits = (*self.fixed, *free)
        self.present: dict[int, cp_model.IntVar] = {visit: owner.taken[visit, duty] for visit in free}
        self.busy: list[cp_model.IntervalVar] = []
        self.used = self.model.new_bool_var("")
        for visit in self.fixed:
            self.present[visit] = self.model.new_constant(1)
        self.model.add_max_equality(self.used, [self.present[visit] for visit in self.visits])
        self._add_times()
        self._add_caps()

    def _add_times(self) -> None:
        departs = {visit: self._depart(visit) for visit in self.visits}
        home = self.model.new_int_var(self.facts.start, self.facts.end, "")
        ways: dict[int, list[cp_model.LinearExprT]] = {visit: [] for visit in self.visits}
        ways_home: list[cp_model.LinearExprT] = []
        arcs: list[tuple[int, int, cp_model.LiteralT]] = [(0, 0, ~self.used)]
        for index, visit in enumerate(self.visits, 1):
            arcs.append((index, index, ~self.present[visit]))
            first = self.model.new_bool_var("")
            arcs.append((0, index, first))
            ways[visit].append(self._way(None, visit) * first)
            last = self.model.new_bool_var("")
            arcs.append((index, 0, last))
            self.model.add(home >= self._end(visit)).only_enforce_if(last)
            if self.facts.end_spot >= 0:
                ways_home.append(self._way_home(visit) * last)
            for other_index, other in enumerate(self.visits, 1):
                if other != visit and self._may_follow(visit, other):
                    arc = self.model.new_bool_var("")
                    arcs.append((index, other_index, arc))
                    ways[other].append(self._way(visit, other) * arc)
                    self.model.add(departs[other] >= self._end(visit)).only_enforce_if(arc)
        self.model.add_circuit(arcs)
        for visit in self.visits:
            self._add_way(departs[visit], sum(ways[visit]), self._start(visit), self.present[visit])
            self.busy.append(
                self.model.new_optional_interval_var(
                    self._start(visit),
                    self._ticks(visit),
                    self._end(visit),
                    self.present[visit],
                    "",
                )
            )
            self.model.add(self._end(visit) <= self.facts.end).only_enforce_if(self.present[visit])
        if self.facts.end_spot >= 0:
            self._add_way(home, sum(ways_home), self.facts.end, self.used)
        self._keep_apart()

    def _add_way(
        self,
        depart: cp_model.IntVar,
        way: cp_model.LinearExprT,
        by: cp_model.LinearExprT,
        present: cp_model.IntVar,
    ) -> None:
        """A way of variable length from ``depart``, over by ``by``, priced."""
        length = self.model.new_int_var(0, max(0, self.facts.end - self.facts.start), "")
        arrive = self.model.new_int_var(-(2**40), 2**40, "")
        self.model.add(length == way)
        self.model.add(arrive == depart + length)
        self.model.add(arrive <= by).only_enforce_if(present)
        self.busy.append(self.model.new_optional_interval_var(depart, length, arrive, present, ""))
        self.owner.travel.append(round(self.owner.compiled.problem.weights.travel * _SCALE) * length)

    def _keep_apart(self) -> None:
        rests = [self._rest(rest.first, rest.last, rest.ticks) for rest in self.facts.rests]
        absences = [self.model.new_fixed_size_interval_var(start, end - start, "") for start, end in self.facts.blocks]
        self.model.add_no_overlap([*self.busy, *rests])
        if absences:
            self.model.add_no_overlap([*self.busy, *absences])

    def _rest(self, first: int, last: int, ticks: int) -> cp_model.IntervalVar:
        start = self.model.new_int_var(first, last, "")
        return self.model.new_optional_fixed_size_interval_var(start, ticks, self.used, "")

    def _add_caps(self) -> None:
        self.model.add(sum(self.present[visit] for visit in self.visits) <= self.facts.max_visits)
        work = sum(self._ticks(visit) * self.present[visit] for visit in self.visits)
        self.model.add(work <= self.facts.max_ticks)

    def _depart(self, visit: int) -> cp_model.IntVar:
        floor = self.owner.compiled.floor(visit, self.facts.worker)
        earliest = self.facts.start if floor == NO_FLOOR else max(self.facts.start, min(floor, self.facts.end))
        return self.model.new_int_var(earliest, self.facts.end, "")

    def _start(self, visit: int) -> cp_model.LinearExprT:
        if visit in self.owner.starts:
            return self.owner.starts[visit]
        return self.owner.state.start_of(visit)

    def _end(self, visit: int) -> cp_model.LinearExprT:
        return self._start(visit) + self._ticks(visit)

    def _ticks(self, visit: int) -> int:
        return self.owner.compiled.ticks_on(visit, self.duty)

    def _way(self, visit: int | None, other: int) -> int:
        """The way to ``other`` from ``visit`` or, for None, from where the duty begins."""
        compiled, spans = self.owner.compiled, self.owner.state.windows[other]
        spot = self.facts.start_spot if visit is None else compiled.spot[visit]
        way = compiled.travel.between(self.facts.mode, spot, compiled.spot[other])
        return self._in_traffic(visit, way, spans[-1][1] if spans else self.facts.end)

    def _way_home(self, visit: int) -> int:
        compiled = self.owner.compiled
        way = compiled.travel.between(self.facts.mode, compiled.spot[visit], self.facts.end_spot)
        return self._in_traffic(visit, way, self.facts.end)

    def _in_traffic(self, visit: int | None, way: int, by: int) -> int:
        """What ``way`` from ``visit`` takes that is over ``by``; where the time of day makes a difference, at most.

        So rounds found in the model can be walked, though some that could be are not found. What stands already goes on
        at once.
        """
        facts, windows = self.facts, self.owner.state.windows
        if not facts.knots:
            return way
        opens = facts.start if visit is None or not windows[visit] else windows[visit][0][0]
        leave = opens if visit is None else opens + self._ticks(visit)
        return Course(facts.knots).longest(way, leave, leave if visit in self.fixed else max(leave, by))

    def _may_follow(self, visit: int, other: int) -> bool:
        """Whether ``other`` can be reached in time after ``visit`` at all."""
        windows = self.owner.state.windows
        if not windows[visit] or not windows[other]:
            return visit in self.fixed and other in self.fixed
        way = self._way(visit, other)
        return windows[visit][0][0] + self._ticks(visit) + way <= windows[other][-1][1]
