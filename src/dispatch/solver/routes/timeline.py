"""The time of one duty: how it extends along a stop with breaks and absences, forward earliest, backward latest.

A *label* says when the worker is free again with the first ``k`` breaks taken; each ``k`` keeps the earliest one.
Whatever costs grows with time where times may slide, so earliest is best. Breaks are taken in order of their spans,
before or after a way, never within it; an absence holds neither work nor a way, but may hold a break. In traffic a way
takes the longer the busier the roads are while it lasts; setting out later never brings anybody there earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dispatch.solver.routes.compiled import DutyFacts, Windows

NEVER = 1 << 60
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


def clear(blocks: Blocks, at: int, ticks: int) -> int:
    """The first moment from ``at`` on that leaves ``ticks`` before the next block begins."""
    for start, end in blocks:
        if at + ticks <= start or ticks == 0:
            break
        at = max(at, end)
    return at


def clear_before(blocks: Blocks, end: int, ticks: int) -> int:
    """The last start of ``ticks`` free of blocks that ends by ``end``."""
    for block_start, block_end in reversed(blocks):
        if end - ticks >= block_end or ticks == 0:
            break
        end = min(end, block_start)
    return end - ticks


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
    course = duty.course
    if course is None or way == 0:
        return clear(duty.blocks, at, way) + way
    for start, end in duty.blocks:
        if course.arrive(at, way) <= start:
            break
        at = max(at, end)
    return course.arrive(at, way)


def set_out(duty: DutyFacts, blocks: Blocks, by: int, way: int) -> int:
    """The last moment to set out for a ``way`` that ends by ``by`` and meets none of ``blocks``."""
    course = duty.course
    if course is None or way == 0:
        return clear_before(blocks, by, way)
    for start, end in reversed(blocks):
        if course.leave(by, way) >= end:
            break
        by = min(by, start)
    return course.leave(by, way)


def under_way(duty: DutyFacts, blocks: Blocks, label: Label, way: int) -> tuple[int, int]:
    """When the stop of ``label`` is reached and how long the ``way`` there takes for who sets out as late as will do.

    ``blocks`` are absences and breaks.
    """
    leave = set_out(duty, blocks, label.start, way)
    if duty.course is None:
        return max(label.arrive, leave + way), way
    arrive = duty.course.arrive(leave, way)
    if arrive < label.arrive:
        arrive = label.arrive
        leave = duty.course.leave(arrive, way)
    return arrive, arrive - leave


def way_home(duty: DutyFacts, at: int, way: int) -> int:
    """How long the ``way`` home takes for who is there ``at`` and set out as late as brings them there by then."""
    return way if duty.course is None else at - duty.course.leave(at, way)


def earliest(windows: Windows, blocks: Blocks, at: int, ticks: int) -> int:
    """The first start from ``at`` on within ``windows`` and outside ``blocks``; `NEVER` if there is none."""
    for first, last in windows:
        start = max(at, first)
        if start > last:
            continue
        if blocks:
            start = clear(blocks, start, ticks)
        if start <= last:
            return start
    return NEVER


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
        start = earliest(windows, duty.blocks, arrive, ticks)
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
            rest = rests[left - 1]
            at = max(at, rest.first)
            if at > rest.last:
                return
            before, at = (*before, at), at + rest.ticks
        arrive = reach(duty, max(at, floor), way)
        here, taken = arrive, before
        for total in range(left, count + 1):
            if total > left:
                rest = rests[total - 1]
                here = max(here, rest.first)
                if here > rest.last:
                    break
                taken, here = (*taken, here), here + rest.ticks
            start = earliest(windows, blocks, here, ticks)
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
                rest = duty.rests[left - 1]
                at = max(at, rest.first)
                if at > rest.last:
                    break
                before, at = (*before, at), at + rest.ticks
            home = reach(duty, at, way)
            if home > duty.end:
                break
            after = _rests_from(duty, left, home)
            if after is not None:
                return End(known, (*before, *after), home if way else label.ready)
    return None


def _rests_from(duty: DutyFacts, first: int, at: int) -> tuple[int, ...] | None:
    taken: list[int] = []
    for rest in duty.rests[first:]:
        start = max(at, rest.first)
        if start > rest.last:
            return None
        taken.append(start)
        at = start + rest.ticks
    return tuple(taken)


def latest_start(duty: DutyFacts, next_start: int, way: int, windows: Windows, ticks: int) -> int:
    """The last start of a stop from which one ``way`` ticks on can start by ``next_start``; -`NEVER` if none.

    Breaks are left out of account, so this bounds the true latest start from above.
    """
    depart = set_out(duty, duty.blocks, next_start, way)
    end = min(depart, duty.end)
    for first, last in reversed(windows):
        start = min(last, end - ticks)
        if duty.blocks:
            start = clear_before(duty.blocks, start + ticks, ticks)
        if start >= first:
            return start
    return -NEVER
