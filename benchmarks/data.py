"""Where the public data sets are: never in the project, and absent on most machines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEDGER = "real-requests/la311_2018_10k.csv"


def find(name: str, given: str | None = None) -> Path | None:
    """The file ``name`` under ``given``, ``DISPATCH_BENCHMARKS`` or ``../shared/benchmarks``; None if it is nowhere."""
    return next((base / name for base in _bases(given) if (base / name).is_file()), None)


def folder(name: str, given: str | None = None) -> Path | None:
    """The folder of the data set ``name``, searched like `find`; a folder of that name may be ``given`` itself."""
    for base in _bases(given):
        if (base / name).is_dir():
            return base / name
        if base.name == name and base.is_dir():
            return base
    return None


def _bases(given: str | None) -> Iterator[Path]:
    for base in (given, os.environ.get("DISPATCH_BENCHMARKS"), str(ROOT.parent / "shared" / "benchmarks")):
        if base:
            yield Path(base)
