"""What a result of routing is: a row for an instance, seed and solver, by the commit that made it."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from benchmarks.data import ROOT
from benchmarks.recost.dump import Dump


class Key(Struct, frozen=True, kw_only=True):
    """What a result is a result of. ``digest`` is of the instance's files, so that one changed is solved anew."""

    commit: str
    set: str
    instance: str
    digest: str
    solver: str
    seed: int
    cores: int
    seconds: float | None
    budget: int | None


class Row(Struct, frozen=True, kw_only=True):
    """One line of the answer. ``gap`` in percent of ``best_known``; ``seconds`` from instance to plan, wall clock.

    ``cost`` and ``feasible`` come from the check of the dump, never from the solver. ``gap`` is None without a best
    known value, and where another number of visits stays out than in it (``best_unserved``). ``faults`` names the
    rules broken, or says why there is no plan at all (then ``cost`` is None).
    """

    instance: str
    seed: int
    cost: float | None
    best_known: float | None
    gap: float | None
    seconds: float
    feasible: bool
    solver: str = "dispatch"
    unserved: int = 0
    best_unserved: int = 0
    parts: dict[str, float] = {}
    cores: int = 1
    budget: int | None = None
    repeatable: bool = False
    faults: tuple[str, ...] = ()
    commit: str = ""


class Result(Struct, frozen=True, kw_only=True):
    """A row, what it is a row of, and the plan behind it."""

    key: Key
    row: Row
    dump: Dump | None


def digest(files: Iterable[Path]) -> str:
    """Sixteen hex digits over the content of ``files``."""
    hashed = hashlib.sha256()
    for file in files:
        hashed.update(file.read_bytes())
    return hashed.hexdigest()[:16]


def commit() -> str:
    """The commit of the code that runs; with a ``+`` and a digest of the code where it is not as committed."""
    code = sorted(path for folder in ("src", "benchmarks") for path in (ROOT / folder).rglob("*.py"))
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        dirty = _git("status", "--porcelain", "--", "src", "benchmarks")
    except (OSError, subprocess.CalledProcessError):
        return f"+{digest(code)}"
    return f"{head}+{digest(code)}" if dirty else head


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True
    ).stdout.strip()
