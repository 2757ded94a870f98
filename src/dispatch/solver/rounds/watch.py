"""The watch over rounds: from what was planned and what was scanned, which checkpoints are late or missed, since when.

A pure fold: scans may come in any order and more than once, what is seen as of an instant is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from dispatch.solver.problem import Id, Tick, Ticks
from dispatch.solver.round_plan import Pass, RoundPlan, Walk
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

    ``late``: not scanned yet. ``came_late``: scanned, too late, at ``seen``. ``missed``: not scanned while the walk
    could still be going on. ``unwalked``: the whole time has nobody to walk it, ``checkpoint`` is unset; since its last
    allowed start.
    """

    round: Id
    nominal: Tick
    checkpoint: Id | None
    guards: tuple[Id, ...]
    state: Literal["late", "came_late", "missed", "unwalked"]
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
        due: dict[tuple[str, str], list[tuple[Walk, Pass]]] = {}
        for walk in self.plan.walks:
            for step in walk.passes:
                for guard in walk.guards:
                    due.setdefault((guard, step.checkpoint), []).append((walk, step))
        for scan in scans:
            tick = self.tick(scan.at)
            near = [
                (abs(step.arrive - tick), walk.nominal, walk.round)
                for walk, step in due.get((scan.guard, scan.checkpoint), ())
                if walk.start - self.late_after <= tick < walk.end + self.missed_after
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

    def _walked(self, now: dt.datetime) -> Iterator[Overdue]:
        for walk in self.plan.walks:
            gone = self.instant(walk.end + self.missed_after)
            for step in walk.passes:
                late = min(self.instant(step.arrive + self.late_after), gone)
                if now < late:
                    continue
                scan = self.seen.get((walk.round, walk.nominal, step.checkpoint))
                state: Literal["late", "came_late", "missed"]
                if scan is not None and scan.at <= now:
                    if scan.at < late:
                        continue
                    state, since = "came_late", late
                else:
                    state, since = ("missed", gone) if now >= gone else ("late", late)
                yield Overdue(
                    round=walk.round, nominal=walk.nominal, checkpoint=step.checkpoint, guards=walk.guards, state=state,
                    due=self.instant(step.arrive), since=since, seen=scan.at if state == "came_late" and scan else None,
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

    def tick(self, instant: dt.datetime) -> int:
        """The tick that ``instant`` lies in."""
        return int((instant - self.problem.origin).total_seconds() // self.problem.tick_seconds)
