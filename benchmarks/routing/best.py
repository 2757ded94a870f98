"""Plans better than the best known, kept in a folder of the set, and any folder of dumps costed again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.instances.text import BadInstanceError
from benchmarks.recost.dump import Dump, read_dump
from benchmarks.recost.verdict import Verdict
from benchmarks.routing.results import Result, Row
from benchmarks.routing.sets import Best, Found, RoutingSet

LESS = 1e-4
"""Share by which a plan must be cheaper than the best known to be a better one: published values are rounded."""


class Betters:
    """The better plans of one set in ``folder``, a file each; a plan takes the place of a dearer one."""

    def __init__(self, folder: Path, of: RoutingSet, best: dict[str, Best]) -> None:
        self._folder, self._set, self._best = folder, of, best

    def offer(self, found: Found, result: Result) -> bool:
        """Keep the plan of ``result`` if it is better than the best known and than what stands there; whether it is."""
        row, best = result.row, self._best.get(found.name.lower())
        if best is None or result.dump is None or not row.feasible or row.cost is None:
            return False
        if (row.unserved, row.cost) >= (best.unserved, best.cost * (1 - LESS)):
            return False
        path = self._folder / f"{found.name}.json"
        if path.is_file():
            old = self._set.recost(found.read(), read_dump(path))
            if old.feasible and (old.unserved, old.cost) <= (row.unserved, row.cost):
                return False
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_bytes(msgspec.json.encode(result.dump) + b"\n")
        draft.replace(path)
        print(f"New best {found.name}: {row.cost:.3f} (known {best.cost:.3f}), kept in {path}", file=sys.stderr)
        return True


def costed_again(folder: Path, of: RoutingSet, found: tuple[Found, ...], best: dict[str, Best]) -> Iterator[Row]:
    """A row for each dump ``folder/NAME.json`` of the instances in ``found``: from dump and instance alone.

    A file that is no dump, or of an instance that cannot be read, gives a row that is not feasible and says why.
    """
    for one in found:
        path = folder / f"{one.name}.json"
        if not path.is_file():
            continue
        known = best.get(one.name.lower())
        try:
            dump = read_dump(path)
            yield _row(one.name, known, dump, of.recost(one.read(), dump))
        except (BadInstanceError, OSError, msgspec.DecodeError) as error:
            yield _row(one.name, known, None, None, (f"{path.name}: {error}",))


def _row(name: str, best: Best | None, dump: Dump | None, verdict: Verdict | None, faults: tuple[str, ...] = ()) -> Row:
    comparable = best is not None and verdict is not None and verdict.unserved == best.unserved and best.cost
    return Row(
        instance=name,
        seed=0 if dump is None else dump.seed,
        cost=None if verdict is None else verdict.cost,
        best_known=None if best is None else best.cost,
        gap=100 * (verdict.cost / best.cost - 1) if comparable and best and verdict else None,
        seconds=0.0,
        feasible=verdict is not None and verdict.feasible,
        solver="dump",
        unserved=0 if verdict is None else verdict.unserved,
        best_unserved=0 if best is None else best.unserved,
        parts={} if verdict is None else dict(verdict.parts),
        faults=faults or (() if verdict is None else tuple(str(one) for one in verdict.faults[:5])),
    )
