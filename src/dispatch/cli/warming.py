"""Compiling ahead of a command's own work, with a line that says so: never felt as a command that hangs."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import typer

from dispatch.solver.kinds import Problem
from dispatch.solver.version import COMPILING, COMPILING_ONE

AT_ONCE = 2
"""Processes that compile side by side: the day's search alone takes as long as all others together."""


def compile_all() -> None:
    """Compile every search that is still to be compiled on this machine."""
    from dispatch.solver.warm import cold, warm

    if rooms := cold():
        typer.echo(COMPILING, err=True)
        at_once = min(AT_ONCE, len(rooms), os.cpu_count() or 1)
        with ProcessPoolExecutor(at_once, mp_context=get_context("spawn"), initializer=_end_on_ctrl_c) as pool:
            for _ in pool.map(warm, rooms):
                pass


def _end_on_ctrl_c() -> None:
    """End silently; the command itself says what there is to say."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def compile_for(problem: Problem) -> None:
    """Compile the search that plans ``problem``, and no other, if it is still to be compiled on this machine."""
    from dispatch.solver.warm import cold, room_of, warm

    room = room_of(problem)
    if room is not None and cold(room):
        typer.echo(COMPILING_ONE, err=True)
        warm(room)
