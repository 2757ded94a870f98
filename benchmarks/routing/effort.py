"""What a solver is given beside an instance, and what it gives back."""

from __future__ import annotations

from msgspec import Struct

from benchmarks.recost.dump import Dump


class Effort(Struct, frozen=True, kw_only=True):
    """``seconds`` of wall clock, or a ``budget`` by count for runs to be repeated, on ``cores``, from ``seed``."""

    seed: int
    cores: int
    seconds: float | None = None
    budget: int | None = None


class Answer(Struct, frozen=True, kw_only=True):
    """The plan as a dump; whether the same seed and budget give it again."""

    dump: Dump
    repeatable: bool = False
