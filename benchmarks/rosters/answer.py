"""What a solver gives back for a roster instance."""

from __future__ import annotations

from msgspec import Struct

from benchmarks.recost.roster import RosterDump


class RosterAnswer(Struct, frozen=True, kw_only=True):
    """The roster as a dump; what no roster costs less than, if known; whether seed and budget give it again."""

    dump: RosterDump
    bound: float | None = None
    repeatable: bool = False
