"""Modules that are loaded when they are first used: half a second of libraries that a start need not wait for."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """Stands for the module ``name`` and loads it when something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
