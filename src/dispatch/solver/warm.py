"""Compiling every search ahead of its first use: once for every release on every machine."""

from __future__ import annotations

from importlib import import_module

from dispatch.solver import jit
from dispatch.solver.contract_problem import ContractProblem
from dispatch.solver.kinds import Problem
from dispatch.solver.problem import RouteProblem, ZoneProblem
from dispatch.solver.roster_problem import RosterProblem
from dispatch.solver.team_problem import TeamProblem

ROOMS = ("search", "zones", "rosters", "contracts", "teams")
"""The rooms with compiled code, the day's search first. Each has a module ``warm`` that calls all of it."""
_ROOM_OF = {
    RouteProblem: "search",
    ZoneProblem: "zones",
    RosterProblem: "rosters",
    ContractProblem: "contracts",
    TeamProblem: "teams",
}


def warm(*rooms: str) -> None:
    """Compile what is not compiled yet in ``rooms`` (all without); nothing where all is on disk."""
    for room in rooms or ROOMS:
        if not jit.is_warm(room):
            # Here, so that who warms one room needs none of the others.
            import_module(f"dispatch.solver.{room}.warm").call_every_entry()
            jit.mark_warm(room)


def cold(*rooms: str) -> tuple[str, ...]:
    """Those of ``rooms`` (of all without) that are still to be compiled on this machine."""
    return tuple(room for room in rooms or ROOMS if not jit.is_warm(room))


def room_of(problem: Problem) -> str | None:
    """The room whose search plans ``problem``; None where nothing compiled does, as for patrol rounds."""
    return _ROOM_OF.get(type(problem))
