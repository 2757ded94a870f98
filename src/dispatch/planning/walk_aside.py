"""Rounds and guards that cannot be planned as they are registered: left aside and named, so that the others are."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import UnsetType
from msgspec.structs import replace

from dispatch.events.horizon import LeftOpen
from dispatch.events.order import ReasonGiven
from dispatch.planning.area import AreaState
from dispatch.planning.spots import unknown_place
from dispatch.planning.walk_ask import registered_rounds, unplaced
from dispatch.solver.checks.round_form import faults_of_guard, faults_of_round
from dispatch.solver.round_problem import RoundProblem, Told
from dispatch.solver.rules import Rule


def sound(problem: RoundProblem) -> tuple[RoundProblem, tuple[LeftOpen, ...]]:
    """``problem`` without the rounds and guards that have a fault of their own, and those, each with its fault."""
    known = {one.id for one in problem.checkpoints}
    rounds = {one.id: next(faults_of_round(problem, one, known), None) for one in problem.rounds}
    guards = {one.id: next(faults_of_guard(one), None) for one in problem.guards}
    aside = tuple(
        LeftOpen(id=key, reasons=(_bad(fault),)) for key, fault in (*rounds.items(), *guards.items()) if fault
    )
    if not aside:
        return problem, ()
    kept = replace(
        problem,
        rounds=tuple(one for one in problem.rounds if rounds[one.id] is None),
        guards=tuple(one for one in problem.guards if guards[one.id] is None),
        told=_told_of(problem.told, rounds),
    )
    return kept, aside


def nowhere(state: AreaState) -> tuple[LeftOpen, ...]:
    """The rounds with a checkpoint that is not registered, which nobody can plan ahead yet."""
    missing = ((key, unplaced(state, item)) for key, item in registered_rounds(state).items())
    return tuple(LeftOpen(id=key, reasons=tuple(map(unknown_place, names))) for key, names in missing if names)


def _told_of(told: Told | UnsetType, rounds: Mapping[str, str | None]) -> Told | UnsetType:
    """What was told of those of ``rounds`` that have no fault."""
    if isinstance(told, UnsetType):
        return told
    return replace(told, walks=tuple(one for one in told.walks if rounds[one.round] is None))


def _bad(fault: str) -> ReasonGiven:
    return ReasonGiven(rule=Rule.BAD_RECORD, message=fault[:1].upper() + fault[1:], hint="correct its record.")
