"""The time of one duty: how it extends along a stop with breaks and absences, forward earliest, backward latest.

A *label* says when the worker is free again with the first ``k`` breaks taken; each ``k`` keeps the earliest one.
Whatever costs grows with time where times may slide, so earliest is best. Breaks are taken in order of their spans,
before or after a way, never within it; an absence holds neither work nor a way, but may hold a break. In traffic a way
takes the longer the busier the roads are while it lasts; setting out later never brings anybody there earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.solver.routes.compiled import Windows
from dispatch.solver.routes.duties import DutyFacts
from dispatch.solver.within import ways
from dispatch.solver.within.breaks import begun, over
from dispatch.solver.within.moment import NEVER
from dispatch.solver.within.windows import earliest, latest

Blocks = tuple[tuple[int, int], ...]


class Label(NamedTuple):
    """Free at ``ready`` after the stop ``[start, ready)``, reached at ``arrive``.

    ``before`` is the number of breaks taken before this stop's own, ``taken`` the starts of those taken on the way.
    """

    ready: int
    arrive: int
    start: int
    before: int
    taken: tuple[int, ...]


Labels = tuple[Label | None, ...]


def first_labels(duty: DutyFacts) -> Labels:
    """The labels at the start of ``duty``: free at once, no break taken."""
    start = Label(duty.start, duty.start, duty.start, 0, ())
    return (start, *(None,) * len(duty.rests))


def closed(duty: DutyFacts, begun: Sequence[int]) -> Blocks:
    """When nobody is under way on ``duty``: absences, and breaks ``begun`` at these moments, as spans in order.

    Those that meet are joined: a break may be taken while away.
    """
    rests = ((start, start + rest.ticks) for rest, start in zip(duty.rests, begun, strict=True))
    joined: list[tuple[int, int]] = []
    for start, end in sorted((*duty.blocks, *rests)):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)


def reach(duty: DutyFacts, at: int, way: int) -> int:
    """When the end of a ``way`` is reached that is set out for from ``at`` on, as soon as absences let one."""
    knots, blocks = duty.knots, duty.blocks
    return ways.reach(knots, 0, len(knots), blocks, 0, len(blocks), at, way)


def set_out(duty: DutyFacts, blocks: Blocks, by: int, way: int) -> int:
    """The last moment to set out for a ``way`` that ends by ``by`` and meets none of ``blocks``."""
    knots = duty.knots
    return ways.set_out(knots, 0, len(knots), blocks, 0, len(blocks), by, way)


def under_way(duty: DutyFacts, blocks: Blocks, label: Label, way: int) -> tuple[int, int]:
    """When the stop of ``label`` is reached and how long the ``way`` there takes for who sets out as late as will do.

    ``blocks`` are absences and breaks.
    """
    knots = duty.knots
    leave = set_out(duty, blocks, label.start, way)
    arrive = ways.course_to(knots, 0, len(knots), leave, way)
    if arrive < label.arrive:
        arrive = label.arrive
        leave = ways.course_to(knots, 0, len(knots), arrive, -way)
    return arrive, arrive - leave


def way_home(duty: DutyFacts, at: int, way: int) -> int:
    """How long the ``way`` home takes for who is there ``at`` and set out as late as brings them there by then."""
    return at - ways.course_to(duty.knots, 0, len(duty.knots), at, -way)


class Step(NamedTuple):
    """One more stop: ``way`` ticks on where roads are free, set out for not before ``floor``; ``ticks`` of work started
    in ``windows``.
    """

    way: int
    windows: Windows
    ticks: int
    floor: int


def extend(duty: DutyFacts, labels: Labels, step: Step) -> Labels | None:
    """Labels after one more stop; None if it cannot be done."""
    way, windows, ticks, floor = step
    if not duty.rests:
        label = labels[0]
        assert label is not None
        arrive = reach(duty, max(label.ready, floor), way)
        start = earliest(windows, 0, len(windows), duty.blocks, 0, len(duty.blocks), arrive, ticks)
        return (Label(start + ticks, arrive, start, 0, ()),) if start + ticks <= duty.end else None
    found: list[Label | None] = [None] * len(labels)
    for known, label in enumerate(labels):
        if label is not None:
            _extend_from(duty, known, label, step, found)
    return _undominated(duty, found)


def _extend_from(duty: DutyFacts, known: int, label: Label, step: Step, found: list[Label | None]) -> None:
    """Every way to spread breaks before and after the way to the stop, kept in ``found`` where earliest."""
    way, windows, ticks, floor = step
    blocks, rests, count = duty.blocks, duty.rests, len(duty.rests)
    at = label.ready
    before: tuple[int, ...] = ()
    for left in range(known, count + 1):
        if left > known:
            begin = begun(rests, left - 1, at)
            if begin >= NEVER:
                return
            before, at = (*before, begin), over(rests, left - 1, begin)
        arrive = reach(duty, max(at, floor), way)
        here, taken = arrive, before
        for total in range(left, count + 1):
            if total > left:
                begin = begun(rests, total - 1, here)
                if begin >= NEVER:
                    break
                taken, here = (*taken, begin), over(rests, total - 1, begin)
            start = earliest(windows, 0, len(windows), blocks, 0, len(blocks), here, ticks)
            if start + ticks > duty.end:
                break
            best = found[total]
            if best is None or start + ticks < best.ready:
                found[total] = Label(start + ticks, arrive, start, known, taken)


def _undominated(duty: DutyFacts, found: list[Label | None]) -> Labels | None:
    """Without labels that have fewer breaks behind them and are no earlier, or that come too late for the next."""
    soonest = NEVER
    for taken in range(len(found) - 1, -1, -1):
        label = found[taken]
        if label is None:
            continue
        late = taken < len(duty.rests) and label.ready > duty.rests[taken].last
        if label.ready >= soonest or late:
            found[taken] = None
        else:
            soonest = label.ready
    return tuple(found) if soonest < NEVER else None


class End(NamedTuple):
    """How a duty ends: on the label with ``known`` breaks behind it, with those begun at ``taken`` after it, ``at``."""

    known: int
    taken: tuple[int, ...]
    at: int


def finish(duty: DutyFacts, labels: Labels, way: int) -> End | None:
    """The end of a duty a ``way`` on from its last stop; None if that cannot be reached in time.

    The label with the fewest breaks behind it is the earliest, so it is tried first.
    """
    count = len(duty.rests)
    for known, label in enumerate(labels):
        if label is None:
            continue
        at = label.ready
        before: tuple[int, ...] = ()
        for left in range(known, count + 1):
            if left > known:
                begin = begun(duty.rests, left - 1, at)
                if begin >= NEVER:
                    break
                before, at = (*before, begin), over(duty.rests, left - 1, begin)
            home = reach(duty, at, way)
            if home > duty.end:
                break
            after = _rests_from(duty, left, home)
            if after is not None:
                return End(known, (*before, *after), home if way else label.ready)
    return None


def _rests_from(duty: DutyFacts, first: int, at: int) -> tuple[int, ...] | None:
    taken: list[int] = []
    for one in range(first, len(duty.rests)):
        begin = begun(duty.rests, one, at)
        if begin >= NEVER:
            return None
        taken.append(begin)
        at = over(duty.rests, one, begin)
    return tuple(taken)


def latest_start(duty: DutyFacts, next_start: int, way: int, windows: Windows, ticks: int) -> int:
    """The last start of a stop from which one ``way`` ticks on can start by ``next_start``; -`NEVER` if none.

    Breaks are left out of account, so this bounds the true latest start from above.
    """
    blocks = duty.blocks
    end = min(set_out(duty, blocks, next_start, way), duty.end)
    return latest(windows, 0, len(windows), blocks, 0, len(blocks), end - ticks, ticks)
