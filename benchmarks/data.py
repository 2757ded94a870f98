"""Where the public data sets are: never in the project, and absent on most machines."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEDGER = "real-requests/la311_2018_10k.csv"


def find(name: str, given: str | None = None) -> Path | None:
    """The file ``name`` under ``given``, ``DISPATCH_BENCHMARKS`` or ``../shared/benchmarks``; None if it is nowhere."""
    for base in (given, os.environ.get("DISPATCH_BENCHMARKS"), str(ROOT.parent / "shared" / "benchmarks")):
        if base and (Path(base) / name).is_file():
            return Path(base) / name
    return None
