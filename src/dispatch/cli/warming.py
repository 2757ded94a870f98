"""Compiling ahead of a command's own work, with a line that says so: never felt as a command that hangs."""

from __future__ import annotations

import typer

from dispatch.solver.kinds import Problem
from dispatch.solver.version import COMPILING, COMPILING_ONE


def compile_all() -> None:
    """Compile every search that is still to be compiled on this machine."""
    from dispatch.solver.warm import cold, warm

    if cold():
        typer.echo(COMPILING, err=True)
        warm()


def compile_for(problem: Problem) -> None:
    """Compile the search that plans ``problem``, and no other, if it is still to be compiled on this machine."""
    from dispatch.solver.warm import cold, room_of, warm

    room = room_of(problem)
    if room is not None and cold(room):
        typer.echo(COMPILING_ONE, err=True)
        warm(room)
