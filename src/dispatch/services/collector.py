"""Python's collector of reference cycles, told that there are next to none here."""

from __future__ import annotations

import gc

COLLECT_AFTER = 50_000
"""New objects after which cycles are looked for; Python's own 700 cost a replay of the log a sixth of its time."""


def calm() -> None:
    """Let this process look for cycles less often: events and rows hold none, and there are millions of them."""
    gc.set_threshold(COLLECT_AFTER, 20, 100)
