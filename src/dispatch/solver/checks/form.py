"""Whether a problem is one at all: what its types promise but cannot say. Checked before solving and checking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec import UNSET

from dispatch.model.errors import ProblemError
from dispatch.solver.checks.contract_form import contract_faults
from dispatch.solver.checks.hours import by_start, last_moment
from dispatch.solver.checks.inspection_form import inspection_faults
from dispatch.solver.checks.roster_form import roster_faults
from dispatch.solver.checks.round_form import round_faults
from dispatch.solver.checks.team_form import team_faults
from dispatch.solver.checks.tie_form import tie_faults
from dispatch.solver.checks.zone_form import zone_faults
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.kinds import Problem
from dispatch.solver.problem import Matrix, RouteProblem, Span, Traffic
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.team_problem import TeamProblem
from dispatch.solver.zone_problem import ZoneProblem

_MODES = ("walk", "bike", "car")


def require_form(problem: Problem) -> None:
    """Raise `ProblemError` (``bad_problem``) naming the first fault of ``problem``, if it has one."""
    for fault in faults(problem):
        raise ProblemError(f"The problem of area {problem.area!r} cannot be planned: {fault}", code="bad_problem")


def faults(problem: Problem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be solved and checked."""
    if isinstance(problem, ZoneProblem):
        yield from zone_faults(problem)
    elif isinstance(problem, TeamProblem):
        yield from team_faults(problem)
    elif isinstance(problem, RoundProblem):
        yield from round_faults(problem)
    elif isinstance(problem, InspectionProblem):
        yield from inspection_faults(problem)
    elif isinstance(problem, ContractProblem):
        yield from contract_faults(problem)
    elif isinstance(problem, RosterProblem):
        yield from roster_faults(problem)
    else:
        yield from _id_faults(problem)
        yield from _spot_faults(problem)
        yield from _travel_faults(problem)
        yield from _traffic_faults(problem)
        yield from _span_faults(problem)
        yield from _count_faults(problem)
        yield from _shared_faults(problem)
        yield from tie_faults(problem)


def _twice(what: str, ids: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{what} {one!r} stands in it twice."
        seen.add(one)


def _id_faults(problem: RouteProblem) -> Iterator[str]:
    yield from _twice("visit", (visit.id for visit in problem.visits))
    yield from _twice("store", (store.id for store in problem.stores))
    visits = {visit.id for visit in problem.visits}
    yield from (f"{store.id!r} is the id of a store and of a visit." for store in problem.stores if store.id in visits)
    yield from _twice("worker", (worker.id for worker in problem.workers))
    for worker in problem.workers:
        yield from _twice(f"of worker {worker.id!r} duty", (duty.id for duty in worker.duties))
        yield from _twice(f"of worker {worker.id!r} the cap of day", (str(cap.day) for cap in worker.caps))


def _spot_faults(problem: RouteProblem) -> Iterator[str]:
    spots = len(problem.spots)
    for visit in problem.visits:
        if not 0 <= visit.spot < spots:
            yield f"visit {visit.id!r} is at spot {visit.spot}, but there are {spots} spots."
    for store in problem.stores:
        if not 0 <= store.spot < spots:
            yield f"store {store.id!r} is at spot {store.spot}, but there are {spots} spots."
    for worker in problem.workers:
        for duty in worker.duties:
            for spot in (duty.start_spot, duty.end_spot):
                if spot is not None and not 0 <= spot < spots:
                    yield f"duty {duty.id!r} of {worker.id!r} names spot {spot}, but there are {spots} spots."


def _travel_faults(problem: RouteProblem) -> Iterator[str]:
    modes = sorted({worker.mode for worker in problem.workers})
    if problem.matrix is not UNSET:
        yield from _matrix_faults(problem.matrix, modes, len(problem.spots))
    elif problem.speeds is UNSET:
        yield "it has neither speeds nor a matrix. Maybe speeds were left out."
    else:
        yield from (f"there is no speed for the mode of travel {mode!r}." for mode in modes if mode not in _MODES)


def _traffic_faults(problem: RouteProblem) -> Iterator[str]:
    by_mode: dict[str, list[Traffic]] = {}
    for one in problem.traffic:
        by_mode.setdefault(one.mode, []).append(one)
        if _backwards(one.span):
            yield f"a span of traffic for {one.mode!r} ends before it starts."
        if not 1 <= one.speed <= 100:
            yield f"traffic lets {one.mode!r} get on at {one.speed} percent. Maybe give the ways on free roads."
    for mode, some in by_mode.items():
        ordered = sorted((one.span for one in some if one.span.start < one.span.end), key=by_start)
        for before, after in pairwise(ordered):
            if after.start < before.end:
                yield f"two spans of traffic for {mode!r} overlap at tick {after.start}."


def _matrix_faults(matrix: Matrix, modes: list[str], spots: int) -> Iterator[str]:
    for mode in modes:
        rows = matrix.ticks.get(mode)
        if rows is None:
            yield f"the matrix has no travel times for the mode {mode!r}."
        elif len(rows) != spots or any(len(row) != spots for row in rows):
            yield f"the matrix for {mode!r} is not {spots} × {spots}, the number of spots."
        elif any(min(row, default=0) < 0 for row in rows):
            yield f"the matrix for {mode!r} holds a negative travel time."


def _backwards(span: Span) -> bool:
    return span.end < span.start


def _span_faults(problem: RouteProblem) -> Iterator[str]:
    for visit in problem.visits:
        if any(_backwards(window) for window in visit.windows):
            yield f"a window of visit {visit.id!r} ends before it starts."
    for worker in problem.workers:
        for duty in worker.duties:
            spans = (duty.span, *duty.absences, *(rest.span for rest in duty.rests))
            if any(_backwards(span) for span in spans):
                yield f"a span of duty {duty.id!r} of {worker.id!r} ends before it starts."
            if any(after <= before for before, after in pairwise(duty.midnights)):
                yield f"the midnights of duty {duty.id!r} of {worker.id!r} are not in order."
        ordered = sorted(worker.duties, key=lambda duty: (duty.span.start, duty.span.end))
        for before, after in pairwise(ordered):
            if after.span.start < last_moment(before):
                hint = " Maybe by the overtime of the first." if after.span.start >= before.span.end else ""
                yield f"duties {before.id!r} and {after.id!r} of {worker.id!r} overlap.{hint}"


def _count_faults(problem: RouteProblem) -> Iterator[str]:
    for visit in problem.visits:
        if min(visit.ticks, *visit.ticks_by.values(), visit.weight) < 0 or visit.people < 1:
            yield f"visit {visit.id!r} has negative ticks or weight, or fewer than one person."
        yield from _negative_parts(f"visit {visit.id!r} asks for", visit.parts)
    for store in problem.stores:
        if store.ticks < 0:
            yield f"a stop at store {store.id!r} takes {store.ticks} ticks, less than none."
    for worker in problem.workers:
        yield from _negative_parts(f"worker {worker.id!r} has", worker.parts)
        for duty in worker.duties:
            if duty.overtime < 0:
                yield f"duty {duty.id!r} of {worker.id!r} allows {duty.overtime} ticks of overtime, less than none."


def _shared_faults(problem: RouteProblem) -> Iterator[str]:
    yield from _twice("shared tool", (tool.id for tool in problem.shared))
    known = {tool.id for tool in problem.shared}
    for tool in problem.shared:
        if tool.pieces < 0:
            yield f"there are {tool.pieces} pieces of the shared tool {tool.id!r}, less than none."
    for worker in problem.workers:
        for duty in worker.duties:
            for one in duty.taken:
                if one not in known:
                    yield (
                        f"duty {duty.id!r} of {worker.id!r} has taken {one!r}, which is no shared tool. Maybe it "
                        "belongs among the tools of the worker."
                    )


def _negative_parts(who: str, parts: Mapping[str, int]) -> Iterator[str]:
    yield from (f"{who} {count} of part {kind!r}, less than none." for kind, count in parts.items() if count < 0)
