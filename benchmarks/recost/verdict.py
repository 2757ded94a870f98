"""What a check of a dump comes to, and what all sets have in common: nothing twice, nothing strange, nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping

from msgspec import Struct

from benchmarks.recost.dump import Dump

TOLERANCE = 1e-6
"""How far a time may be beyond its limit, in the instance's unit: what adding a day's legs in doubles can come to."""


class Fault(Struct, frozen=True):
    """A ``rule`` broken, and how, as one sentence."""

    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


class Verdict(Struct, frozen=True, kw_only=True):
    """``cost`` recomputed (`parts` adds up to it where it is a sum), ``unserved`` visits, and every fault found."""

    cost: float
    parts: Mapping[str, float]
    unserved: int
    faults: tuple[Fault, ...]

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.faults


def account(
    dump: Dump,
    *,
    name: str,
    workers: Iterable[Hashable],
    wanted: Mapping[Hashable, int],
    given: Iterable[Hashable],
    may_stay_out: bool,
    unplanned: Iterable[Hashable] | None = None,
) -> list[Fault]:
    """Faults in what stands where.

    ``wanted``: how often each visit must be done; ``given``: each that a route does, as often as it does. A visit in
    ``unplanned`` (as dumped, unless told otherwise) must be done by nobody; if none ``may_stay_out``, that alone is
    a fault.
    """
    faults = []
    if dump.instance != name:
        faults.append(Fault("instance", f"The dump is of {dump.instance}, not of {name}."))
    known = set(workers)
    times = Counter(route.worker for route in dump.routes)
    faults += [Fault("worker_known", f"There is no worker {worker!r}.") for worker in times if worker not in known]
    faults += [
        Fault("worker_once", f"Worker {worker!r} has {count} routes.") for worker, count in times.items() if count > 1
    ]
    done: Counter[Hashable] = Counter(given)
    faults += [Fault("visit_known", f"There is no visit {visit!r}.") for visit in done if visit not in wanted]
    out: Counter[Hashable] = Counter(dump.unplanned if unplanned is None else unplanned)
    faults += [Fault("visit_known", f"Unplanned {visit!r} is no visit.") for visit in out if visit not in wanted]
    for visit, count in wanted.items():
        if out[visit]:
            if done[visit] or out[visit] > 1:
                faults.append(Fault("visit_once", f"Visit {visit!r} is done and unplanned, or unplanned twice."))
            elif not may_stay_out:
                faults.append(Fault("served", f"Visit {visit!r} is unplanned."))
        elif done[visit] > count:
            faults.append(Fault("visit_once", f"Visit {visit!r} is done {done[visit]} times, not {count}."))
        elif done[visit] < count:
            faults.append(Fault("accounted", f"Visit {visit!r} is done {done[visit]} times, not {count}."))
    return faults
