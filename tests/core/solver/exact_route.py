"""One duty in the exact model: which stops in which order, when, with which breaks, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from msgspec import UNSET
from ortools.sat.python import cp_model

from dispatch.model.travel import travel_minutes
from dispatch.solver.plan import Route, Stop
from dispatch.solver.problem import Duty, RouteProblem, Skill, SkillAsked, Span, Store, Visit, Worker

if TYPE_CHECKING:
    from exact import Exact

IntVar = cp_model.IntVar
Literal = cp_model.IntVar
HOME = 0
"""The node at which a route begins and ends."""


def sum_of(values: Iterable[Any]) -> Any:
    """The sum, as CP-SAT takes it."""
    return cp_model.LinearExpr.sum(list(values))


def way(problem: RouteProblem, mode: str, here: int, there: int) -> int:
    """Minutes from spot to spot; ticks are minutes where there is no matrix."""
    if problem.matrix is not UNSET:
        return problem.matrix.ticks[mode][here][there]
    assert problem.tick_seconds == 60
    assert problem.speeds is not UNSET
    start, end = problem.spots[here], problem.spots[there]
    return travel_minutes(problem.speeds, mode, (start.lat, start.lon), (end.lat, end.lon))


def paces(problem: RouteProblem, mode: str, span: Span) -> list[tuple[int, int, int, int]]:
    """From when to when within ``span``, how much is covered before, hundredths of a free tick's way covered in each.

    Empty without traffic.
    """
    busy = [one for one in problem.traffic if one.mode == mode]
    edges = sorted({span.start, span.end + 1, *(edge for one in busy for edge in (one.span.start, one.span.end))})
    found, so_far = [], 0
    for first, last in pairwise(edge for edge in edges if span.start <= edge <= span.end + 1):
        speed = min((one.speed for one in busy if one.span.start <= first < one.span.end), default=100)
        found.append((first, last, so_far, speed))
        so_far += (last - first) * speed
    return found if busy else []


class ExactRoute:
    """The route of ``worker`` on ``duty``; the `Exact` model it is part of knows the starts of visits."""

    def __init__(self, whole: Exact, worker: Worker, duty: Duty) -> None:
        self.whole, self.worker, self.duty = whole, worker, duty
        self.model = whole.model
        self.span = Span(duty.span.start, duty.span.end + duty.overtime)
        self.stops: list[Visit | Store] = [*whole.problem.visits, *whole.problem.stores]
        new = self.model.new_bool_var
        self.present = {stop.id: new(f"{stop.id} on {worker.id} {duty.id}") for stop in self.stops}
        self.used = new(f"{worker.id} {duty.id} is used")
        self.starts = {stop.id: self._start(stop) for stop in self.stops}
        self.leaves = {stop.id: self._moment() for stop in self.stops}
        self.leave_home, self.home = self._moment(), self._moment()
        self.stocked = {stop.id: new("") for stop in self.stops}
        self.on_way = {stop.id: self.model.new_int_var(0, 2**16, "") for stop in self.stops}
        self.way_home = self.model.new_int_var(0, 2**16, "")
        self.paces = paces(whole.problem, worker.mode, self.span)
        visits = whole.problem.visits
        self.count = sum_of(self.present[visit.id] for visit in visits)
        self.ticks = {stop.id: self._ticks(stop) for stop in self.stops}
        self.work = sum_of(self.ticks[visit.id] * self.present[visit.id] for visit in visits)
        self.first = {stop.id: new("") for stop in self.stops}
        self._add_order()
        self._add_abilities()
        self._add_caps()
        self._add_needs()
        self._add_time()
        self._add_cost()

    def _moment(self) -> IntVar:
        return self.model.new_int_var(self.span.start, self.span.end, "")

    def _ticks(self, stop: Visit | Store) -> int:
        return stop.ticks_by.get(self.worker.id, stop.ticks) if isinstance(stop, Visit) else stop.ticks

    def _start(self, stop: Visit | Store) -> IntVar:
        return self.whole.starts[stop.id] if isinstance(stop, Visit) else self._moment()

    def _add_order(self) -> None:
        """A circle through home and the stops that are on the route, or an empty one."""
        model, problem, mode = self.model, self.whole.problem, self.worker.mode
        arcs = [(HOME, HOME, self.used.negated())]
        ways: dict[str, list[Any]] = {stop.id: [] for stop in self.stops}
        homewards = []
        for node, stop in enumerate(self.stops, start=1):
            arcs.append((node, node, self.present[stop.id].negated()))
            last = model.new_bool_var("")
            arcs += [(HOME, node, self.first[stop.id]), (node, HOME, last)]
            ways[stop.id].append(way(problem, mode, self.duty.start_spot, stop.spot) * self.first[stop.id])
            model.add(self.stocked[stop.id] == int(isinstance(stop, Store))).only_enforce_if(self.first[stop.id])
            end = self.starts[stop.id] + self.ticks[stop.id]
            model.add(self.leave_home >= end).only_enforce_if(last)
            if self.paces:
                # Nobody waits with going home for the roads to be free.
                model.add(self.leave_home == end).only_enforce_if(last)
            if self.duty.end_spot is not None:
                homewards.append(way(problem, mode, stop.spot, self.duty.end_spot) * last)
            for before, other in enumerate(self.stops, start=1):
                if before != node:
                    arc = model.new_bool_var("")
                    arcs.append((before, node, arc))
                    ways[stop.id].append(way(problem, mode, other.spot, stop.spot) * arc)
                    model.add(self.leaves[stop.id] >= self.starts[other.id] + self.ticks[other.id]).only_enforce_if(arc)
                    known = 1 if isinstance(stop, Store) else self.stocked[other.id]
                    model.add(self.stocked[stop.id] == known).only_enforce_if(arc)
        model.add_circuit(arcs)
        for stop in self.stops:
            self._takes(self.on_way[stop.id], self.leaves[stop.id], sum_of(ways[stop.id]), self.present[stop.id])
        self._takes(self.way_home, self.leave_home, sum_of(homewards), self.used)
        stores = sum_of(self.present[store.id] for store in problem.stores)
        model.add(stores <= 1)
        model.add(self.count >= 1).only_enforce_if(self.used)

    def _takes(self, ticks: IntVar, leave: IntVar, way: Any, present: Literal) -> None:
        """``way`` takes ``ticks`` from ``leave`` on: the first by which all of it is covered."""
        model = self.model
        if not self.paces:
            model.add(ticks == way)
            return
        arrive = self._moment()
        model.add(arrive == leave + ticks).only_enforce_if(present)
        model.add(ticks == 0).only_enforce_if(present.negated())
        # The two follow from what is said below; they are for the solver's speed.
        model.add(ticks >= way)
        model.add(min(speed for *_, speed in self.paces) * (ticks - 1) <= 100 * way)
        before, _ = self._covered_by(leave, 0)
        after, speed = self._covered_by(arrive, 1)
        model.add(after >= before + 100 * way).only_enforce_if(present)
        model.add(after - speed < before + 100 * way).only_enforce_if(present)

    def _covered_by(self, moment: IntVar, behind: int) -> tuple[IntVar, Any]:
        """What is covered by ``moment``, and at which speed in the tick that begins with it, or ends for 1."""
        so_far = self.model.new_int_var(0, 100 * (self.span.end - self.span.start), "")
        inside, speed = [], []
        for place, (first, last, by_first, here) in enumerate(self.paces):
            one = self.model.new_bool_var("")
            inside.append(one)
            speed.append(here * one)
            open_at = first + behind if place else first
            self.model.add(moment >= open_at).only_enforce_if(one)
            self.model.add(moment <= last - 1 + behind).only_enforce_if(one)
            self.model.add(so_far == by_first + here * (moment - first)).only_enforce_if(one)
        self.model.add_exactly_one(inside)
        return so_far, sum_of(speed)

    def _add_abilities(self) -> None:
        for visit in self.whole.problem.visits:
            present = self.present[visit.id]
            if visit.among is not None and self.worker.id not in visit.among:
                self.model.add(present == 0)
            if self.worker.id in visit.never:
                self.model.add(present == 0)
            opens = [[one.start, one.end - self.ticks[visit.id]] for one in visit.windows]
            domain = cp_model.Domain.from_intervals([span for span in opens if span[0] <= span[1]])
            self.model.add_linear_expression_in_domain(self.starts[visit.id], domain).only_enforce_if(present)
            own = [] if visit.skill is None else [SkillAsked(skill=visit.skill, level=visit.level)]
            for asked in (*own, *visit.also):
                spans = [span for span in self._held(visit, asked) if span[0] <= span[1]]
                if not spans:
                    self.model.add(present == 0)
                    break
                domain = cp_model.Domain.from_intervals(spans)
                self.model.add_linear_expression_in_domain(self.starts[visit.id], domain).only_enforce_if(present)

    def _held(self, visit: Visit, asked: SkillAsked) -> list[list[int]]:
        """Starts at which the skill holds on all days of the visit: from one day of the duty to the same or another."""
        ticks = self.ticks[visit.id]
        bounds = [self.span.start - 1, *self.duty.midnights, self.span.end + 1]
        days = [self.duty.day + offset for offset in range(len(bounds) - 1)]
        holds = [any(_covers(skill, asked, day) for skill in self.worker.skills) for day in days]
        found = []
        for one in range(len(days)):
            for other in range(one, len(days)):
                if all(holds[one : other + 1]):
                    first, last = bounds[one], min(bounds[one + 1] - 1, bounds[other + 1] - ticks)
                    found.append([max(first, bounds[other] - ticks + 1), last])
        return found

    def _add_caps(self) -> None:
        model, duty, visits = self.model, self.duty, self.whole.problem.visits
        if duty.max_visits is not None:
            model.add(self.count <= duty.max_visits)
        if duty.max_ticks is not None:
            model.add(self.work <= duty.max_ticks)
        if duty.max_weight is not None:
            model.add(sum_of(visit.weight * self.present[visit.id] for visit in visits) <= duty.max_weight)
        if duty.max_households is not None:
            households = {visit.household: model.new_bool_var("") for visit in visits if visit.household is not None}
            for visit in visits:
                if visit.household is not None:
                    model.add(self.present[visit.id] <= households[visit.household])
            model.add(sum_of(households.values()) <= duty.max_households)

    def _add_needs(self) -> None:
        """What is not taken at a store before must be carried."""
        unstocked: dict[str, list[Any]] = {}
        for visit in self.whole.problem.visits:
            present, stocked = self.present[visit.id], self.stocked[visit.id]
            shared = {tool.id for tool in self.whole.problem.shared}
            if not set(visit.tools) <= {*self.worker.tools, *shared}:
                self.model.add(stocked >= present)
            bare = self.model.new_bool_var("")
            self.model.add(bare >= present - stocked)
            for part, count in visit.parts.items():
                unstocked.setdefault(part, []).append(count * bare)
        for part, counts in unstocked.items():
            self.model.add(sum_of(counts) <= self.worker.parts.get(part, 0))

    def _add_time(self) -> None:
        """Work, ways and breaks one after the other within the duty; work and ways outside absences."""
        model, now = self.model, self.whole.problem.now
        busy = []
        for stop in self.stops:
            present, start, leave = self.present[stop.id], self.starts[stop.id], self.leaves[stop.id]
            model.add(start >= leave + self.on_way[stop.id]).only_enforce_if(present)
            model.add(start + self.ticks[stop.id] <= self.span.end).only_enforce_if(present)
            if isinstance(stop, Store) or not self._may_be_under_way(stop):
                model.add(leave >= now).only_enforce_if(present)
            end, arrive = self._moment(), self._moment()
            busy.append(model.new_optional_interval_var(start, self.ticks[stop.id], end, present, ""))
            busy.append(model.new_optional_interval_var(leave, self.on_way[stop.id], arrive, present, ""))
        busy.append(model.new_optional_interval_var(self.leave_home, self.way_home, self.home, self.used, ""))
        model.add_no_overlap([*busy, *self._breaks()])
        absences = _merged(self.duty.absences)
        model.add_no_overlap(
            [*busy, *(model.new_fixed_size_interval_var(a.start, a.end - a.start, "") for a in absences)]
        )

    def _may_be_under_way(self, visit: Visit) -> bool:
        told = visit.told.workers if visit.told is not None else ()
        return visit.pin is not None or self.worker.id in told

    def _breaks(self) -> list[cp_model.IntervalVar]:
        self.rests: list[IntVar | int] = []
        found = []
        for rest in self.duty.rests:
            first, last = max(self.duty.span.start, rest.span.start), min(self.duty.span.end, rest.span.end)
            if last - first < rest.ticks:
                self.rests.append(rest.span.start)
                continue
            start = self.model.new_int_var(first, last - rest.ticks, "")
            self.rests.append(start)
            found.append(self.model.new_optional_interval_var(start, rest.ticks, start + rest.ticks, self.used, ""))
        return found

    def _add_cost(self) -> None:
        whole, duty, weights = self.whole, self.duty, self.whole.problem.weights
        for stop in self.stops:
            whole.pay(weights.travel, self.on_way[stop.id])
        whole.pay(weights.travel, self.way_home)
        whole.pay(duty.price, self.used)
        over = self.model.new_int_var(0, max(0, duty.overtime), "")
        self.model.add(over >= self.home - duty.span.end).only_enforce_if(self.used)
        whole.pay(duty.overtime_price, over)
        lasts = self.model.new_int_var(0, 2**20, "")
        for stop in self.stops:
            self.model.add(lasts >= self.home - self.leaves[stop.id]).only_enforce_if(self.first[stop.id])
        whole.pay(weights.duration, lasts)

    def written(self, solver: cp_model.CpSolver) -> Route:
        """The route as CP-SAT has it."""
        found = []
        for stop in self.stops:
            if solver.value(self.present[stop.id]):
                start, leave, on_way = map(
                    solver.value, (self.starts[stop.id], self.leaves[stop.id], self.on_way[stop.id])
                )
                found.append(
                    Stop(
                        visit=stop.id,
                        arrive=leave + on_way,
                        start=start,
                        end=start + self.ticks[stop.id],
                        travel=on_way,
                    )
                )
        found.sort(key=lambda stop: (stop.start, stop.end, stop.arrive))
        rests = tuple(rest if isinstance(rest, int) else solver.value(rest) for rest in self.rests)
        return Route(worker=self.worker.id, duty=self.duty.id, stops=tuple(found), rests=rests)


def _covers(skill: Skill, asked: SkillAsked, day: int) -> bool:
    begun = skill.first is None or skill.first <= day
    lasts = skill.last is None or skill.last >= day
    return skill.skill == asked.skill and skill.level >= asked.level and begun and lasts


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted((span.start, span.end) for span in spans):
        if found and span[0] <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span[1]))
        elif span[0] < span[1]:
            found.append(Span(*span))
    return found
