"""The watch over rounds: from what was planned and what was scanned, which checkpoints are late or missed, since when.

How a single walk stands `model.watching` says, for plans from files as for the orders of a running service. A pure
fold: scans may come in any order and more than once, what is seen as of an instant is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from dispatch.model.watching import PlannedPass, WalkWatch, amiss, due_once
from dispatch.solver.problem import Id, Tick, Ticks
from dispatch.solver.round_plan import RoundPlan, Walk
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.ground import nominal_offsets

LATE_AFTER = 5
"""Ticks after its planned arrival from which a checkpoint that was not scanned is late."""
MISSED_AFTER = 30
"""Ticks after the end of its walk from which a checkpoint that was not scanned is missed."""


class Scan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A guard was at a checkpoint at an instant."""

    checkpoint: Id
    at: Annotated[dt.datetime, Meta(tz=True)]
    guard: Id


class RoundScans(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The scans of a time, in any order."""

    scans: tuple[Scan, ...]


class Overdue(Struct, frozen=True, kw_only=True):
    """Something that is not as planned, ``since`` an instant. ``due``: the planned arrival.

    ``unwalked``: the whole time has nobody to walk it, ``checkpoint`` is unset; since its last allowed start. The other
    states are those of `model.watching.Amiss`; ``seen`` is set if it came late or out of order.
    """

    round: Id
    nominal: Tick
    checkpoint: Id | None
    guards: tuple[Id, ...]
    state: Literal["in_time", "late", "came_late", "missed", "out_of_order", "unwalked"]
    due: dt.datetime
    since: dt.datetime
    seen: dt.datetime | None = None


_Key = tuple[str, int, str]


class Watch(Struct, frozen=True, kw_only=True):
    """What was planned, and of each checkpoint of each walk the first scan. ``stray``: scans that belong to no walk of
    whoever scanned.
    """

    problem: RoundProblem
    plan: RoundPlan
    late_after: Ticks = LATE_AFTER
    missed_after: Ticks = MISSED_AFTER
    seen: Mapping[_Key, Scan] = {}
    stray: frozenset[Scan] = frozenset()

    def take(self, scans: Iterable[Scan]) -> Watch:
        """This watch after ``scans``; each counts for the walk of its guard that is due there nearest to it."""
        seen, stray = dict(self.seen), set(self.stray)
        due: dict[tuple[str, str], list[tuple[Walk, WalkWatch, PlannedPass]]] = {}
        for walk, watch in self._watched():
            for step in watch.passes:
                for guard in walk.guards:
                    due.setdefault((guard, step.checkpoint), []).append((walk, watch, step))
        for scan in scans:
            near = [
                (abs(step.at - scan.at), walk.nominal, walk.round)
                for walk, watch, step in due.get((scan.guard, scan.checkpoint), ())
                if watch.takes(scan.at)
            ]
            if not near:
                stray.add(scan)
                continue
            _, nominal, name = min(near)
            key = (name, nominal, scan.checkpoint)
            if key not in seen or (scan.at, scan.guard) < (seen[key].at, seen[key].guard):
                seen[key] = scan
        return replace(self, seen=seen, stray=frozenset(stray))

    def as_of(self, now: dt.datetime) -> tuple[Overdue, ...]:
        """What is late or missed at ``now``, in order of since when; scans after ``now`` are not known yet."""
        found = [*self._walked(now), *self._unwalked(now)]
        return tuple(sorted(found, key=lambda one: (one.since, one.round, one.nominal, one.checkpoint or "")))

    def _watched(self) -> Iterator[tuple[Walk, WalkWatch]]:
        seconds = self.problem.tick_seconds
        for walk in self.plan.walks:
            passes = due_once(
                PlannedPass(checkpoint=one.checkpoint, at=self.instant(one.arrive)) for one in walk.passes
            )
            yield (
                walk,
                WalkWatch(
                    passes=passes,
                    end=self.instant(walk.end),
                    late_s=self.late_after * seconds,
                    missed_s=self.missed_after * seconds,
                ),
            )

    def _walked(self, now: dt.datetime) -> Iterator[Overdue]:
        for walk, watch in self._watched():
            names = [one.checkpoint for one in watch.passes]
            scans = {name: self.seen.get((walk.round, walk.nominal, name)) for name in names}
            for one in amiss(watch, {name: scan.at for name, scan in scans.items() if scan is not None}, now):
                yield Overdue(
                    round=walk.round, nominal=walk.nominal, checkpoint=one.checkpoint, guards=walk.guards,
                    state=one.standing, due=one.due, since=one.since, seen=one.seen,
                )  # fmt: skip

    def _unwalked(self, now: dt.datetime) -> Iterator[Overdue]:
        offsets = {
            (one.id, nominal): allowed for one in self.problem.rounds
            for nominal, allowed in nominal_offsets(self.problem, one)
        }  # fmt: skip
        for left in self.plan.unplanned:
            last = self.instant(left.nominal + max(offsets.get((left.round, left.nominal), ()), default=0))
            if now >= last:
                yield Overdue(
                    round=left.round, nominal=left.nominal, checkpoint=None, guards=(), state="unwalked",
                    due=self.instant(left.nominal), since=last,
                )  # fmt: skip

    def instant(self, tick: int) -> dt.datetime:
        """``tick`` as an instant."""
        return self.problem.origin + dt.timedelta(seconds=tick * self.problem.tick_seconds)
