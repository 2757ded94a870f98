"""A route problem by index: what the search looks up again and again, computed once."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from dispatch.solver.problem import Duty, RouteProblem, SkillAsked, Spot, Tie, Visit
from dispatch.solver.routes.bonds import Bonds
from dispatch.solver.routes.caps import DayCaps
from dispatch.solver.routes.certificates import EVER, Spans, asked_of, held_spans
from dispatch.solver.routes.duties import DutyFacts, in_any_order, merged_spans, rests_of, retimed
from dispatch.solver.routes.loads import Loads
from dispatch.solver.routes.paces import Paces, without
from dispatch.solver.routes.shared import SharedTools
from dispatch.solver.traffic import Courses, course_of
from dispatch.solver.travel import Travel

Windows = tuple[tuple[int, int], ...]
"""Spans in which a visit may *start*, ``(first, last)`` both included, in order."""

NO_FLOOR = -(2**62)
"""No earliest moment to set out."""


class Compiled:
    """A `RouteProblem` with everything by index: duties in the order of workers, visits in the problem's order."""

    def __init__(self, problem: RouteProblem, travel: Travel | None = None) -> None:
        """``travel``: the ways of another problem of the same spots, to be used again."""
        self.problem = problem
        self.travel = Travel(problem) if travel is None else travel
        courses = [course_of(problem.traffic, mode) for mode in self.travel.modes]
        self.busy = [(mode, Courses(course)) for mode, course in enumerate(courses) if course]
        self._knots = [() if course is None else course.knots for course in courses]
        self.visits: tuple[Visit, ...] = problem.visits
        self.workers = problem.workers
        self.visit_index = {visit.id: index for index, visit in enumerate(problem.visits)}
        self.worker_index = {worker.id: index for index, worker in enumerate(problem.workers)}
        self.duties: list[DutyFacts] = []
        self.duty_source: list[Duty] = []
        self.duty_index: dict[tuple[str, str], int] = {}
        self.duties_of: list[list[int]] = [[] for _ in problem.workers]
        self.day_caps = DayCaps(problem)
        self.loads = Loads(problem)
        self.shared = SharedTools(problem)
        self.bonds = Bonds(problem.ties, self.visit_index)
        self._add_duties()
        self.spot = [visit.spot for visit in problem.visits]
        self.ticks = [visit.ticks for visit in problem.visits]
        self.late = [_late(visit) for visit in problem.visits]
        self.paces = Paces(problem.workers, self.duties_of)
        self._ticks_of: dict[int, list[int]] = {}
        self._missed: dict[tuple[int, int], Windows] = {}
        self.windows: list[Windows] = [
            start_windows(visit, problem.now, self.paces.add(index, visit))
            for index, visit in enumerate(problem.visits)
        ]
        self._add_stores()
        self.duty_worker = np.array([duty.worker for duty in self.duties], dtype=np.int64)
        self.duty_mode = np.array([duty.mode for duty in self.duties], dtype=np.int64)
        self.duty_start = np.array([duty.start for duty in self.duties], dtype=np.int64)
        self.duty_end = np.array([duty.end for duty in self.duties], dtype=np.int64)
        self.duty_price = np.array([duty.price for duty in self.duty_source], dtype=np.float64)
        self.priced = bool(self.duty_price.any())
        self.duty_day = np.array([duty.day for duty in self.duties], dtype=np.int64)
        self.max_visits = np.array([duty.max_visits for duty in self.duties], dtype=np.int64)
        self.max_ticks = np.array([duty.max_ticks for duty in self.duties], dtype=np.int64)
        self._skilled: dict[tuple[SkillAsked, ...], NDArray[np.bool_]] = {}
        self._partly: dict[tuple[SkillAsked, ...], dict[int, Spans]] = {}

    def _add_duties(self) -> None:
        for index, worker in enumerate(self.problem.workers):
            mode = self.travel.mode_index[worker.mode]
            for duty in worker.duties:
                day_visits, day_ticks = self.day_caps.of(len(self.duties))
                self.duty_index[worker.id, duty.id] = len(self.duties)
                self.duties_of[index].append(len(self.duties))
                self.duty_source.append(duty)
                self.duties.append(
                    DutyFacts(
                        worker=index,
                        day=duty.day,
                        mode=mode,
                        start=duty.span.start,
                        end=duty.span.end + duty.overtime,
                        regular=duty.span.end,
                        over_price=duty.overtime_price,
                        start_spot=duty.start_spot,
                        end_spot=-1 if duty.end_spot is None else duty.end_spot,
                        blocks=merged_spans(duty.absences),
                        rests=rests_of(duty),
                        any_order=in_any_order(rests_of(duty)),
                        max_visits=day_visits if duty.max_visits is None else min(day_visits, duty.max_visits),
                        max_ticks=day_ticks if duty.max_ticks is None else min(day_ticks, duty.max_ticks),
                        knots=self._knots[mode],
                    )
                )

    def _add_stores(self) -> None:
        """Behind the visits stand the stores, so that a route may name one: they are open all the time.

        By an index that does not change with the visits that come, the last of them is -1.
        """
        for store in self.problem.stores:
            self.spot.append(store.spot)
            self.ticks.append(store.ticks)
            self.late.append(None)
            self.windows.append(((NO_FLOOR, -NO_FLOOR),))

    def add(self, visit: Visit, at: Spot | None) -> int:
        """One more visit, behind all others; with ``at`` at a spot of its own. Its index."""
        if at is not None:
            self.travel.add(at)
            visit = replace(visit, spot=len(self.problem.spots))
        index = len(self.visits)
        spots = self.travel.problem.spots
        self.problem = replace(self.problem, visits=(*self.visits, visit), spots=spots)
        self.visits = self.problem.visits
        self.visit_index[visit.id] = index
        self.spot.insert(index, visit.spot)
        self.ticks.insert(index, visit.ticks)
        self._ticks_of.clear()
        self.late.insert(index, _late(visit))
        self.windows.insert(index, start_windows(visit, self.problem.now, self.paces.add(index, visit)))
        return index

    def bind(self, ties: tuple[Tie, ...]) -> None:
        """``ties`` of visits that are all here hold, too."""
        self.problem = replace(self.problem, ties=(*self.problem.ties, *ties))
        self.bonds.add(ties, self.visit_index)

    def unbind(self, visit: int) -> list[int]:
        """``visit`` is bound to nothing any more; the visits left without any bond by it."""
        name = self.visits[visit].id
        ties = tuple(tie for tie in self.problem.ties if name not in (tie.first, tie.then))
        self.problem = replace(self.problem, ties=ties)
        return self.bonds.drop(visit)

    def forget(self, visit: int) -> None:
        """``visit`` is asked for by its id no more, which may be that of another."""
        del self.visit_index[self.visits[visit].id]

    def retime(self, worker: int, duties: tuple[Duty, ...]) -> None:
        """The duties of the worker, the same ones, are at the times of ``duties``, with their absences and breaks."""
        workers = list(self.workers)
        workers[worker] = replace(workers[worker], duties=duties)
        self.problem = replace(self.problem, workers=tuple(workers))
        self.workers = self.problem.workers
        for index, duty in zip(self.duties_of[worker], duties, strict=True):
            self.duty_source[index] = duty
            self.duties[index] = facts = retimed(self.duties[index], duty)
            self.duty_start[index], self.duty_end[index] = facts.start, facts.end
            self.shared.retime(index, facts.start, facts.end)

    def relength(self, visit: int, ticks: int) -> None:
        """``visit`` takes ``ticks``, whoever does it."""
        visits = list(self.visits)
        visits[visit] = facts = replace(visits[visit], ticks=ticks, ticks_by={})
        self.problem = replace(self.problem, visits=tuple(visits))
        self.visits = self.problem.visits
        self.ticks[visit] = ticks
        self.paces.forget(visit)
        self._ticks_of.clear()
        self._missed = {key: spans for key, spans in self._missed.items() if key[0] != visit}
        self.windows[visit] = start_windows(facts, self.problem.now, ticks)

    def is_visit(self, index: int) -> bool:
        """Whether ``index`` is that of a visit, and not of a store."""
        return 0 <= index < len(self.visits)

    def stop_id(self, index: int) -> str:
        """The id of the visit or store ``index``."""
        stores = len(self.visits)
        if self.is_visit(index):
            return self.visits[index].id
        return self.problem.stores[index - stores if index >= stores else index].id

    def stands_still(self, visit: int) -> bool:
        """Whether ``visit``, once it has a start, keeps it: pinned, told, or others start with it or by it."""
        facts = self.visits[visit]
        return facts.pin is not None or facts.told is not None or facts.people > 1 or bool(self.bonds.of(visit))

    def skilled(self, asked: tuple[SkillAsked, ...]) -> NDArray[np.bool_]:
        """For every duty, whether its worker holds all that is ``asked`` on any one day of it."""
        known = self._skilled.get(asked)
        if known is None:
            known = np.ones(len(self.duties), dtype=bool)
            partly = self._partly.setdefault(asked, {})
            for duty, facts in enumerate(self.duties) if asked else ():
                spans = held_spans(self.workers[facts.worker], self.duty_source[duty], asked)
                known[duty] = bool(spans)
                if spans and spans != (EVER,):
                    partly[duty] = spans
            self._skilled[asked] = known
        return known

    def partly_held(self, visit: Visit) -> dict[int, Spans]:
        """The duties on which what ``visit`` asks for is held on some days only, with the spans in which it is."""
        asked = asked_of(visit)
        self.skilled(asked)
        return self._partly[asked]

    def ticks_on(self, visit: int, duty: int) -> int:
        """How long the worker of ``duty`` is at ``visit``, or at a store."""
        return self.ticks_of(duty)[visit]

    def ticks_of(self, duty: int) -> list[int]:
        """How long the worker of ``duty`` is at every visit, and store; not to be changed."""
        if not self.paces.of:
            return self.ticks
        worker = self.duties[duty].worker
        known = self._ticks_of.get(worker)
        if known is None:
            known = self._ticks_of[worker] = list(self.ticks)
            for visit, own in self.paces.of.items():
                known[visit] = int(own[duty])
        return known

    def ticks_over(self, visit: int) -> NDArray[np.int64] | int:
        """How long ``visit`` takes on every duty; one number where that is the same."""
        own = self.paces.of.get(visit)
        return self.ticks[visit] if own is None else own

    def least_ticks(self, visit: int) -> int:
        """How long ``visit`` takes at least, whoever of those who may go does it; of a crew the last who is done."""
        return self.paces.least.get(visit, self.ticks[visit])

    def keep_to(self, visit: int) -> NDArray[np.bool_]:
        """For every duty, whether its worker takes no longer at ``visit`` than one of its windows lasts."""
        longest = max(span.end - span.start for span in self.visits[visit].windows)
        return np.full(len(self.duties), self.ticks_over(visit) <= longest)

    def certified(self, visit: Visit) -> NDArray[np.bool_]:
        """For every duty, whether its worker holds what ``visit`` asks for when it can be. A fresh array."""
        mask = self.skilled(asked_of(visit)).copy()
        for duty in self.partly_held(visit):
            index = self.visit_index[visit.id]
            mask[duty] = bool(self.windows_on(index, duty, self.windows[index]))
        return mask

    def windows_on(self, visit: int, duty: int, windows: Windows) -> Windows:
        """The part of ``windows`` in which ``visit``, or a store, may be begun on ``duty``: early enough for its worker
        to be done inside, and so that they hold the skill all through it.
        """
        if not self.is_visit(visit):
            return windows
        facts = self.visits[visit]
        if visit in self.paces.of:
            windows = without(windows, self._too_late(visit, duty))
        if not self.duty_source[duty].midnights or not (facts.also or facts.skill):
            return windows
        spans = self.partly_held(facts).get(duty)
        if spans is None:
            return windows
        ticks = self.ticks_on(visit, duty)
        cut = [(max(first, start), min(last, end - ticks)) for first, last in windows for start, end in spans]
        return tuple((first, last) for first, last in cut if first <= last)

    def own_windows(self, visit: int) -> bool:
        """Whether `windows_on` may differ from duty to duty."""
        return visit in self.paces.of or bool(self.partly_held(self.visits[visit]))

    def _too_late(self, visit: int, duty: int) -> Windows:
        """The starts that some keep to the windows of ``visit`` with, but not the worker of ``duty``."""
        least, own = self.least_ticks(visit), self.ticks_on(visit, duty)
        if own <= least:
            return ()
        known = self._missed.get((visit, own))
        if known is None:
            facts = self.visits[visit]
            known = without(start_windows(facts, NO_FLOOR, least), start_windows(facts, NO_FLOOR, own))
            self._missed[visit, own] = known
        return known

    def allowed(self, visit: Visit) -> NDArray[np.bool_] | None:
        """For every duty, whether its worker may go by ``among`` and ``never``; None when everybody may."""
        if visit.among is None and not visit.never:
            return None
        if visit.among is None:
            mask = np.ones(len(self.duties), dtype=bool)
        else:
            mask = self.duties_mask(visit.among)
        for worker in visit.never:
            index = self.worker_index.get(worker)
            if index is not None:
                mask[self.duties_of[index]] = False
        return mask

    def duties_mask(self, workers: tuple[str, ...]) -> NDArray[np.bool_]:
        """For every duty, whether it belongs to one of ``workers``."""
        mask = np.zeros(len(self.duties), dtype=bool)
        for worker in workers:
            index = self.worker_index.get(worker)
            if index is not None:
                mask[self.duties_of[index]] = True
        return mask

    def eligible(self, visit: Visit) -> NDArray[np.bool_]:
        """For every duty, whether its worker is able and allowed to do ``visit``. A fresh array."""
        mask = self.certified(visit)
        allowed = self.allowed(visit)
        return mask if allowed is None else mask & allowed

    def may_do(self, visit: int, duty: int) -> bool:
        """Whether the worker of ``duty`` is able and allowed to do ``visit``."""
        facts = self.visits[visit]
        worker = self.workers[self.duties[duty].worker].id
        if worker in facts.never or (facts.among is not None and worker not in facts.among):
            return False
        asked = asked_of(facts)
        if not asked and visit not in self.paces.of:
            return True
        if not self.skilled(asked)[duty]:
            return False
        windows = self.windows[visit]
        return not windows or bool(self.windows_on(visit, duty, windows))

    def floor(self, visit: int, worker: int) -> int:
        """The earliest tick at which ``worker`` may set out for ``visit``: ``now``, unless pinned or told already."""
        if not self.is_visit(visit):
            return self.problem.now
        facts = self.visits[visit]
        if facts.pin is not None:
            return NO_FLOOR
        if facts.told is not None and self.workers[worker].id in facts.told.workers:
            return NO_FLOOR
        return self.problem.now

    def floors(self, visit: int) -> NDArray[np.int64]:
        """`floor` of the worker of every duty. A fresh array."""
        facts = self.visits[visit]
        found = np.full(len(self.duties), self.problem.now, dtype=np.int64)
        if facts.pin is not None:
            found[:] = NO_FLOOR
        elif facts.told is not None:
            found[self.duties_mask(facts.told.workers)] = NO_FLOOR
        return found


def _late(visit: Visit) -> tuple[int, float] | None:
    """From when on a visit for one person pays for each tick, and how much."""
    if visit.due is None or visit.late_weight <= 0 or visit.people > 1:
        return None
    return visit.due, visit.late_weight


def start_windows(visit: Visit, now: int, ticks: int) -> Windows:
    """When ``visit`` of ``ticks`` may start: its windows less that, not before ``now``, nor elsewhere than pinned.

    Merged, so that the spans are apart and in order.
    """
    spans = sorted((span.start, span.end - ticks) for span in visit.windows)
    if visit.pin is not None and visit.pin.start is not None:
        start = visit.pin.start
        return ((start, start),) if any(first <= start <= last for first, last in spans) else ()
    merged: list[tuple[int, int]] = []
    for first, last in spans:
        opens = max(first, now)
        if opens > last:
            continue
        if merged and opens <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((opens, last))
    return tuple(merged)
