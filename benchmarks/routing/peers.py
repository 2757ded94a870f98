"""Peers by name: called with a set's model, side by side where one of them knows one core only."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

from benchmarks.peers.plain import Model, Tours
from benchmarks.peers.side_by_side import SideBySide
from benchmarks.routing.effort import Effort

MODULES = {
    "pyvrp": "benchmarks.peers.pyvrp_peer",
    "vroom": "benchmarks.peers.vroom_peer",
    "ortools": "benchmarks.peers.ortools_peer",
}
NAMES = {"pyvroom": "vroom", "or-tools": "ortools"}


class MissingPeerError(ValueError):
    """A peer that is not known, or not installed."""


class Peers:
    """The peers asked for, loaded. Use as a context: their processes end with it."""

    def __init__(self, names: Sequence[str], cores: int) -> None:
        self.names = tuple(dict.fromkeys(NAMES.get(name, name) for name in names))
        self._modules = {name: _module(name) for name in self.names}
        # VROOM has threads of its own; the others are processes, warm before any clock runs.
        self._pools = {name: SideBySide(MODULES[name], cores) for name in self.names if name != "vroom"}

    def __enter__(self) -> Peers:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in self._pools.values():
            pool.close()

    def check(self, name: str, model: Model) -> None:
        """Raises `CannotError` if the peer has no word for something in ``model``."""
        self._modules[name].check(model)

    def run(self, name: str, model: Model, effort: Effort) -> Sequence[Tours]:
        """All that the peer offers; the caller chooses by its own check."""
        assert effort.seconds is not None
        solve = self._modules[name].solve
        if name == "vroom":
            return [solve(model, effort.seconds, effort.cores)]
        return self._pools[name].run(solve, model, effort.seconds, effort.seed)


def _module(name: str) -> ModuleType:
    if name not in MODULES:
        raise MissingPeerError(f"{name!r} is no peer. Maybe one of: {', '.join(MODULES)}.")
    try:
        return importlib.import_module(MODULES[name])
    except ImportError as error:
        raise MissingPeerError(
            f"The peer {name} is not installed ({error}). Maybe: pip install -e '.[bench]' -c constraints.txt"
        ) from None
