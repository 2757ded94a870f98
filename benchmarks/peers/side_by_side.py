"""The same call in several processes at once, each on a core of its own, started and warm before the clock runs."""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor

from benchmarks.peers.plain import Model, Tours

Solve = Callable[[Model, float, int], Tours]
"""Tours for a model within so many seconds, from a seed; a function of a module, so that a process can find it."""


class SideBySide:
    """``cores`` processes that have imported ``module``."""

    def __init__(self, module: str, cores: int) -> None:
        self._cores = cores
        self._pool = ProcessPoolExecutor(cores, mp_context=multiprocessing.get_context("spawn"))
        for ready in [self._pool.submit(_import, module) for _ in range(cores)]:
            ready.result()

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(cancel_futures=True)

    def run(self, solve: Solve, model: Model, seconds: float, seed: int) -> Sequence[Tours]:
        """What each of them finds, with seeds ``seed`` × cores and on."""
        seeds = range(seed * self._cores, (seed + 1) * self._cores)
        return [found.result() for found in [self._pool.submit(solve, model, seconds, one) for one in seeds]]


def _import(module: str) -> None:
    importlib.import_module(module)
