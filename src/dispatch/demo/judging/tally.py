"""How often a promise applied, and every time it was not kept."""

from __future__ import annotations

from msgspec import Struct


class Tally(Struct):
    """``applied``: how many times there was something to keep. ``broken``: what happened instead, one line each."""

    applied: int = 0
    broken: list[str] = []

    def note(self, kept: bool, instead: str) -> None:
        """One more time it applied; ``instead`` says what happened if it was not ``kept``."""
        self.applied += 1
        if not kept:
            self.broken.append(instead)

    @property
    def kept(self) -> int:
        """How many times it was kept."""
        return self.applied - len(self.broken)
