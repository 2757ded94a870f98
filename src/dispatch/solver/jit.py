"""Compiling the search to machine code once per machine, and keeping the result on disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba import config

P = ParamSpec("P")
R = TypeVar("R")

_SOURCES = Path(__file__).parent
_FOLDER = "DISPATCH_CACHE_DIR"


def _digest() -> str:
    """One name for the sources as they are: Numba itself would not notice a change in a function called by another."""
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(_SOURCES.rglob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> Path:
    """Where compiled code is kept: ``DISPATCH_CACHE_DIR``, else the user's cache, else a temporary folder."""
    given = os.environ.get(_FOLDER)
    if given:
        return Path(given) / _digest()
    try:
        folder = Path.home() / ".cache" / "dispatch" / _digest()
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return Path(tempfile.gettempdir()) / f"dispatch-{os.getuid()}" / _digest()
    return folder


_OPTIONS: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy", "_nrt": False}
"""No counting of references: nothing here allocates, and the counting cost ten times what it counted."""

CACHE = _folder()
"""The folder of compiled code for these sources. Empty until the first search on this machine."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` as machine code: without the interpreter's lock, kept on disk, no rearranged floating point."""
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        return cast(Callable[P, R], numba.njit(cache=True, **_OPTIONS)(function))
    finally:
        config.CACHE_DIR = before


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, for small functions: put into their callers, so that a call hands on nothing."""
    return cast(Callable[P, R], numba.njit(forceinline=True, **_OPTIONS)(function))


def is_warm() -> bool:
    """Whether compiled code of these sources is on disk already."""
    return CACHE.exists() and any(CACHE.rglob("*.nbi"))
