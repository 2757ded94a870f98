"""Compiling the search to machine code once per machine, and keeping the result on disk."""

from __future__ import annotations

import hashlib
import os
import pkgutil
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba import config as _config
from numba import types
from numba.core.registry import CPUDispatcher as _Dispatcher
from numba.extending import register_jitable

from dispatch.solver import within

P = ParamSpec("P")
R = TypeVar("R")

_SOURCES = Path(__file__).parent
_FOLDER = "DISPATCH_CACHE_DIR"


def digest_of(sources: Path) -> str:
    """One name for the ``sources`` in this folder as they are.

    Numba itself would not notice a change in a function called by another. It does tell sources apart by their path
    and the moment they were last changed, so those count, too: else a second copy of a release would be thought
    compiled, and its first search would spend its time on compiling.
    """
    digest = hashlib.sha256(f"{numba.__version__} {sources}".encode())
    for source in sorted(sources.rglob("*.py")):
        digest.update(f"{source.name} {source.stat().st_mtime_ns} ".encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _folder() -> Path:
    """Where compiled code is kept: ``DISPATCH_CACHE_DIR``, else the user's cache, else a temporary folder."""
    given, digest = os.environ.get(_FOLDER), digest_of(_SOURCES)
    if given:
        return Path(given) / digest
    try:
        folder = Path.home() / ".cache" / "dispatch" / digest
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return Path(tempfile.gettempdir()) / f"dispatch-{os.getuid()}" / digest
    return folder


_OUTER: dict[str, Any] = {"nogil": True, "fastmath": False, "error_model": "numpy", "_nrt": False}
"""No counting of references: nothing here allocates, and the counting cost ten times what it counted."""
_INNER: dict[str, Any] = {**_OUTER, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Nor a way in from Python, where only machine code calls."""


class _Inner(_Dispatcher):
    """A function without a way in from Python: a call from there says so, where Numba would end the process.

    It is compiled once, not for every width of whole number and every number written out at a call.
    """

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """As Numba asks it how a call with these types goes."""
        wide = {name: _widest(one) for name, one in kws.items()}
        return super().get_call_template(tuple(map(_widest, args)), wide)

    def __call__(self, *given: object, **named: object) -> object:
        name = self.py_func.__name__
        raise TypeError(f"Only machine code may call {name}, Python did. Maybe it should be an entry.")


def _widest(one: Any) -> Any:
    """The type that a value of type ``one`` is handed on as."""
    known: Any = types
    one = known.unliteral(one)
    return known.int64 if one in known.signed_domain else one


CACHE = _folder()
"""The folder of compiled code for these sources. Empty until the first search on this machine."""

ENTRIES: list[_Dispatcher] = []
"""Every `entry` of the modules imported so far."""


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` as machine code that Python may call: without the interpreter's lock, kept on disk."""
    config: Any = _config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE)
    try:
        made = numba.njit(cache=True, **_OUTER)(function)
    finally:
        config.CACHE_DIR = before
    ENTRIES.append(made)
    return cast(Callable[P, R], made)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` as machine code that only machine code may call; it is kept with the `entry` that calls it."""
    return cast(Callable[P, R], _inner(numba.njit(**_INNER)(function)))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """As `compiled`, for small functions: put into their callers, so that a call hands on nothing."""
    return cast(Callable[P, R], _inner(numba.njit(forceinline=True, **_INNER)(function)))


def _inner(dispatcher: Any) -> Any:
    dispatcher.__class__ = _Inner
    return dispatcher


def _make_known(room: ModuleType) -> None:
    """Let machine code call every function of ``room`` by its name: as `inlined`, while to Python it is what it was."""
    for found in pkgutil.iter_modules(room.__path__):
        module = import_module(f"{room.__name__}.{found.name}")
        for one in vars(module).values():
            if isinstance(one, FunctionType) and one.__module__ == module.__name__:
                cast(Any, register_jitable)(forceinline=True, **_INNER)(one)


_make_known(within)


def is_warm(room: str) -> bool:
    """Whether all that the search in ``room`` of the solver needs was compiled on this machine before."""
    return (CACHE / f"warm-{room}").exists()


def mark_warm(room: str) -> None:
    """Note that it is."""
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / f"warm-{room}").touch()
