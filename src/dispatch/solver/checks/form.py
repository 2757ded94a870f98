"""Whether a problem is one at all: what its types promise but cannot say. Checked before solving and checking."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import UNSET

from dispatch.model.errors import ProblemError
from dispatch.solver.checks.contract_form import contract_faults
from dispatch.solver.checks.duty_form import worker_faults
from dispatch.solver.checks.hours import by_start
from dispatch.solver.checks.inspection_form import inspection_faults
from dispatch.solver.checks.positions import position_faults
from dispatch.solver.checks.roster_form import roster_faults
from dispatch.solver.checks.round_form import round_faults
from dispatch.solver.checks.team_form import team_faults
from dispatch.solver.checks.tie_form import tie_faults
from dispatch.solver.checks.visit_form import amount_faults, backwards, price_faults, twice, visit_faults
from dispatch.solver.checks.zone_form import zone_faults
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.kinds import Problem
from dispatch.solver.problem import Matrix, RouteProblem, Traffic
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
        yield from position_faults(problem.spots)
        yield from zone_faults(problem)
    elif isinstance(problem, TeamProblem):
        yield from team_faults(problem)
    elif isinstance(problem, RoundProblem):
        yield from position_faults(problem.spots)
        yield from round_faults(problem)
    elif isinstance(problem, InspectionProblem):
        yield from inspection_faults(problem)
    elif isinstance(problem, ContractProblem):
        yield from position_faults(problem.spots)
        yield from contract_faults(problem)
    elif isinstance(problem, RosterProblem):
        yield from roster_faults(problem)
    else:
        yield from _route_faults(problem)


def _route_faults(problem: RouteProblem) -> Iterator[str]:
    yield from _id_faults(problem)
    yield from _place_faults(problem)
    yield from _travel_faults(problem)
    yield from _traffic_faults(problem)
    for worker in problem.workers:
        yield from worker_faults(worker, problem.spots)
    for visit in problem.visits:
        yield from visit_faults(visit, problem.spots)
    yield from price_faults(problem)
    weights = {f"weight {name}": getattr(problem.weights, name) for name in problem.weights.__struct_fields__}
    yield from amount_faults("the problem", weights)
    yield from _shared_faults(problem)
    yield from tie_faults(problem)


def _id_faults(problem: RouteProblem) -> Iterator[str]:
    yield from twice("visit", (visit.id for visit in problem.visits))
    yield from twice("store", (store.id for store in problem.stores))
    visits = {visit.id for visit in problem.visits}
    yield from (f"{store.id!r} is the id of a store and of a visit." for store in problem.stores if store.id in visits)
    yield from twice("worker", (worker.id for worker in problem.workers))


def _place_faults(problem: RouteProblem) -> Iterator[str]:
    if problem.origin.utcoffset() is None:
        yield "its origin has no time zone."
    yield from position_faults(problem.spots, _used(problem))
    spots = len(problem.spots)
    for store in problem.stores:
        if not 0 <= store.spot < spots:
            yield f"store {store.id!r} is at spot {store.spot}, but there are {spots} spots."
        if store.ticks < 0:
            yield f"a stop at store {store.id!r} takes {store.ticks} ticks, less than none."


def _used(problem: RouteProblem) -> Iterator[int]:
    """The spots at which something is or begins, as they are named."""
    yield from (visit.spot for visit in problem.visits)
    yield from (store.spot for store in problem.stores)
    for worker in problem.workers:
        for duty in worker.duties:
            yield duty.start_spot
            if duty.end_spot is not None:
                yield duty.end_spot


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
        if backwards(one.span):
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


def _shared_faults(problem: RouteProblem) -> Iterator[str]:
    yield from twice("shared tool", (tool.id for tool in problem.shared))
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
