"""Compiling every search ahead of its first use: once for every release on every machine."""

from __future__ import annotations

from importlib import import_module

from dispatch.solver import jit

ROOMS = ("search", "zones", "rosters", "contracts", "teams")
"""The rooms with compiled code, the day's search first. Each has a module ``warm`` that calls all of it."""


def warm(*rooms: str) -> None:
    """Compile what is not compiled yet in ``rooms`` (all without); nothing where all is on disk."""
    for room in rooms or ROOMS:
        if not jit.is_warm(room):
            # Here, so that who warms one room needs none of the others.
            import_module(f"dispatch.solver.{room}.warm").call_every_entry()
            jit.mark_warm(room)


def cold() -> tuple[str, ...]:
    """The rooms that are still to be compiled on this machine."""
    return tuple(room for room in ROOMS if not jit.is_warm(room))
