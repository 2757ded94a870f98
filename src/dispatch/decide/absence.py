"""Absences that follow each other without a gap are one: how long somebody is away, taken together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from dispatch.decide.record import Away


def absence_at(away: Iterable[Away], now: dt.datetime) -> Away | None:
    """The absence that somebody is in as of ``now``, with all that touch it; None if they are there."""
    joined: Away | None = None
    for one in sorted(away, key=lambda one: (one.start, one.end)):
        if joined is not None and one.start <= joined.end:
            joined = Away(joined.start, max(joined.end, one.end))
            continue
        if joined is not None and now < joined.end:
            break
        joined = one
    return joined if joined is not None and joined.start <= now < joined.end else None
