"""Compiled functions: Numba's decorator with the types kept, so that the rest of the house stays strictly typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Compiled = TypeVar("Compiled", bound=Callable[..., object])


def jit(function: Compiled) -> Compiled:
    """``function`` compiled on first use, kept on disk, run without the interpreter's lock."""
    return cast(Compiled, njit(cache=True, nogil=True)(function))
