"""The time of one duty: how it extends along a stop with breaks and absences, forward earliest, backward latest.

A *label* says when the worker is free again with some breaks taken; each set of them keeps the earliest one. Whatever
costs grows with time where times may slide, so earliest is best. The sets are the first ``k`` breaks where the most
urgent may as well go first, else all sets there are, a bit each (`duties.in_any_order`). Breaks are taken before or
after a way, never within it; an absence holds neither work nor a way, but may hold a break. In traffic a way
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
Taken = tuple[tuple[int, int], ...]
"""Breaks by place in `DutyFacts.rests`, each with its start."""


class Label(NamedTuple):
    """Free at ``ready`` after the stop ``[start, ready)``, reached at ``arrive``.

    ``before`` is the place of the label this one goes on from, ``taken`` the breaks taken on the way: which of the
    duty's, and their starts.
    """

    ready: int
    arrive: int
    start: int
    before: int
    taken: Taken


Labels = tuple[Label | None, ...]


def first_labels(duty: DutyFacts) -> Labels:
    """The labels at the start of ``duty``: free at once, no break taken."""
    start = Label(duty.start, duty.start, duty.start, 0, ())
    return (start, *(None,) * ((1 << len(duty.rests)) - 1 if duty.any_order else len(duty.rests)))


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
    if duty.any_order:
        for known, label in enumerate(labels):
            if label is not None:
                _extend_sets(duty, known, label, step, found)
        return _undominated_sets(duty, found)
    for known, label in enumerate(labels):
        if label is not None:
            _extend_from(duty, known, label, step, found)
    return _undominated(duty, found)


def _extend_from(duty: DutyFacts, known: int, label: Label, step: Step, found: list[Label | None]) -> None:
    """Every way to spread breaks before and after the way to the stop, kept in ``found`` where earliest."""
    way, windows, ticks, floor = step
    blocks, rests, count = duty.blocks, duty.rests, len(duty.rests)
    at = label.ready
    before: Taken = ()
    for left in range(known, count + 1):
        if left > known:
            begin = begun(rests, left - 1, at)
            if begin >= NEVER:
                return
            before, at = (*before, (left - 1, begin)), over(rests, left - 1, begin)
        arrive = reach(duty, max(at, floor), way)
        here, taken = arrive, before
        for total in range(left, count + 1):
            if total > left:
                begin = begun(rests, total - 1, here)
                if begin >= NEVER:
                    break
                taken, here = (*taken, (total - 1, begin)), over(rests, total - 1, begin)
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


def _rested(duty: DutyFacts, known: int, at: int) -> dict[int, tuple[int, Taken]]:
    """For every set of breaks with those of ``known`` in it, when somebody free ``at`` has them behind at the earliest,
    and the further ones taken. What is earlier stays so, whichever break comes next.
    """
    found: dict[int, tuple[int, Taken]] = {known: (at, ())}
    for taken in range(known, 1 << len(duty.rests)):
        if taken not in found:
            continue
        free, order = found[taken]
        for one in range(len(duty.rests)):
            begin = begun(duty.rests, one, free)
            if taken >> one & 1 or begin >= NEVER:
                continue
            then, end = taken | 1 << one, over(duty.rests, one, begin)
            if then not in found or end < found[then][0]:
                found[then] = end, (*order, (one, begin))
    return found


def _extend_sets(duty: DutyFacts, known: int, label: Label, step: Step, found: list[Label | None]) -> None:
    """`_extend_from` with every set of breaks before the way, and after it."""
    way, windows, ticks, floor = step
    for left, (at, before) in _rested(duty, known, label.ready).items():
        arrive = reach(duty, max(at, floor), way)
        for total, (here, after) in _rested(duty, left, arrive).items():
            start = earliest(windows, 0, len(windows), duty.blocks, 0, len(duty.blocks), here, ticks)
            best = found[total]
            if start + ticks <= duty.end and (best is None or start + ticks < best.ready):
                found[total] = Label(start + ticks, arrive, start, known, (*before, *after))


def _undominated_sets(duty: DutyFacts, found: list[Label | None]) -> Labels | None:
    """`_undominated` of sets: a label goes where one with more breaks behind it is as early, or one is missed."""
    kept: list[Label | None] = []
    for taken, label in enumerate(found):
        is_missed = label is not None and any(
            label.ready > rest.last and not taken >> one & 1 for one, rest in enumerate(duty.rests)
        )
        is_beaten = label is not None and any(
            other is not None and other.ready <= label.ready
            for more, other in enumerate(found)
            if more != taken and more & taken == taken
        )
        kept.append(None if is_missed or is_beaten else label)
    return tuple(kept) if any(label is not None for label in kept) else None


class End(NamedTuple):
    """How a duty ends: on the label ``known``, with the breaks ``taken`` after it, ``at``."""

    known: int
    taken: Taken
    at: int


def finish(duty: DutyFacts, labels: Labels, way: int) -> End | None:
    """The end of a duty a ``way`` on from its last stop; None if that cannot be reached in time.

    The label with the fewest breaks behind it is the earliest, so it is tried first.
    """
    if duty.any_order:
        return _finish_sets(duty, labels, way)
    count = len(duty.rests)
    for known, label in enumerate(labels):
        if label is None:
            continue
        at = label.ready
        before: Taken = ()
        for left in range(known, count + 1):
            if left > known:
                begin = begun(duty.rests, left - 1, at)
                if begin >= NEVER:
                    break
                before, at = (*before, (left - 1, begin)), over(duty.rests, left - 1, begin)
            home = reach(duty, at, way)
            if home > duty.end:
                break
            after = _rests_from(duty, left, home)
            if after is not None:
                return End(known, (*before, *after), home if way else label.ready)
    return None


def _finish_sets(duty: DutyFacts, labels: Labels, way: int) -> End | None:
    """`finish` with every set of breaks before the way home, the others after it."""
    every = (1 << len(duty.rests)) - 1
    ends = []
    for known, label in enumerate(labels):
        for left, (at, before) in _rested(duty, known, label.ready).items() if label is not None else ():
            home = reach(duty, at, way)
            after = _rested(duty, left, home).get(every) if home <= duty.end else None
            if label is not None and after is not None:
                ends.append(End(known, (*before, *after[1]), home if way else label.ready))
    return min(ends, key=lambda end: end.at, default=None)


def _rests_from(duty: DutyFacts, first: int, at: int) -> Taken | None:
    taken: list[tuple[int, int]] = []
    for one in range(first, len(duty.rests)):
        begin = begun(duty.rests, one, at)
        if begin >= NEVER:
            return None
        taken.append((one, begin))
        at = over(duty.rests, one, begin)
    return tuple(taken)


def latest_start(duty: DutyFacts, next_start: int, way: int, windows: Windows, ticks: int) -> int:
    """The last start of a stop from which one ``way`` ticks on can start by ``next_start``; -`NEVER` if none.

    Breaks are left out of account, so this bounds the true latest start from above.
    """
    blocks = duty.blocks
    end = min(set_out(duty, blocks, next_start, way), duty.end)
    return latest(windows, 0, len(windows), blocks, 0, len(blocks), end - ticks, ticks)
