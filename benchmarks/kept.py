"""Results on disk, one to a line, each under the key of what it is a result of, so that a run that broke off goes on.

A line is written and synced when its instance is done. A line that was cut short by a crash is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Hashable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec


class Keyed(Protocol):
    """A result that says what it is a result of."""

    @property
    def key(self) -> Hashable:
        """Commit, instance, seed and whatever else makes a difference."""


R = TypeVar("R", bound=Keyed)


class Kept(Generic[R]):
    """The results of one kind in ``path``; what stands there is read once, what is added is synced at once."""

    def __init__(self, path: Path, kind: type[R]) -> None:
        self.path = path
        self._known: dict[Hashable, R] = {}
        for line in path.read_bytes().split(b"\n") if path.is_file() else ():
            try:
                result = msgspec.json.decode(line, type=kind)
            except msgspec.DecodeError:
                continue
            self._known[result.key] = result

    def get(self, key: Hashable) -> R | None:
        """What is known of ``key``."""
        return self._known.get(key)

    def add(self, result: R) -> None:
        """Keep ``result``."""
        self._known[result.key] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            # A line that a crash cut short must not swallow this one.
            if file.tell() and self._ends_open():
                file.write(b"\n")
            file.write(msgspec.json.encode(result) + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _ends_open(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) != b"\n"
