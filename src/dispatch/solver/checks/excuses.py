"""Whether a pin that a plan says cannot stand could: proven by a schedule of its people with only pins on it
and what those are tied to.

Only what is certain counts. Where a schedule is not found here, the plan is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dispatch.solver.checks.facts import Facts, covers, days_of, meet, rest_span, ticks_on_site
from dispatch.solver.problem import Duty, Span, Visit, Worker

Work = tuple[int, Visit]
"""A start and the visit that begins then."""


def could_start(facts: Facts, visit: Visit) -> int | None:
    """A tick at which pinned ``visit`` could start with all its people beside the other pins of the plan; else None.

    Looked for only where the pin names everybody needed and, for a crew, the start: else it depends on more than this.
    """
    pin = visit.pin
    assert pin is not None
    if visit.tools or visit.parts or any(visit.id in (tie.first, tie.then) for tie in facts.problem.ties):
        return None
    named = set(pin.workers)
    if len(named) != visit.people or (pin.start is None and visit.people > 1) or not named <= facts.workers.keys():
        return None
    workers = [facts.workers[worker] for worker in sorted(named)]
    if named & {*visit.never} or (visit.among is not None and not named <= {*visit.among}):
        return None
    starts = _starts(facts, visit, workers[0]) if pin.start is None else [pin.start]
    for start in starts:
        if all(_inside(visit, start, worker) and _can(facts, visit, start, worker) for worker in workers):
            return start
    return None


def _inside(visit: Visit, start: int, worker: Worker) -> bool:
    """Whether ``worker`` would do all of ``visit`` in one of its windows."""
    end = start + ticks_on_site(visit, worker.id)
    return any(span.start <= start and end <= span.end for span in visit.windows)


def _starts(facts: Facts, visit: Visit, worker: Worker) -> list[int]:
    """Where ``worker`` could begin first: as windows open, as a duty does, and after each other pin."""
    found = {span.start for span in visit.windows}
    for duty in worker.duties:
        found.add(facts.arrive(worker.mode, duty.start_spot, visit.spot, duty.span.start))
        for start, other in _bound_on(facts, worker, duty):
            end = start + ticks_on_site(other, worker.id)
            found.add(facts.arrive(worker.mode, other.spot, visit.spot, end))
    return sorted(start for start in found if start >= facts.problem.now)


def _bound_on(facts: Facts, worker: Worker, duty: Duty) -> list[Work]:
    """The other pins that the plan has on ``duty`` and what pins are tied to, where it has them, in order."""
    return sorted(
        (
            (stop.start, visit)
            for stop, visit, owner, where in facts.stops
            if visit.id in facts.bound and owner is worker and where is duty
        ),
        key=lambda work: work[0],
    )


def _can(facts: Facts, visit: Visit, start: int, worker: Worker) -> bool:
    return any(_holds(facts, visit, start, worker, duty) for duty in worker.duties)


def _holds(facts: Facts, visit: Visit, start: int, worker: Worker, duty: Duty) -> bool:
    """Whether ``worker`` could do ``visit`` from ``start`` on ``duty`` beside the other pins, by every hard rule."""
    days = days_of(duty, start, start + ticks_on_site(visit, worker.id))
    if visit.skill is not None and not all(
        any(covers(held, visit.skill, visit.level, day) for held in worker.skills) for day in days
    ):
        return False
    others = _bound_on(facts, worker, duty)
    if not _under_caps(facts, visit, worker, duty, others):
        return False
    busy = _busy(facts, worker, duty, sorted([*others, (start, visit)], key=lambda work: work[0]))
    return busy is not None and _rests_fit(duty, busy)


def _under_caps(facts: Facts, visit: Visit, worker: Worker, duty: Duty, others: list[Work]) -> bool:
    caps = [(others, duty.max_visits, duty.max_ticks)]
    for cap in worker.caps:
        if cap.day == duty.day:
            day = [work for one in worker.duties if one.day == cap.day for work in _bound_on(facts, worker, one)]
            caps.append((day, cap.max_visits, cap.max_ticks))
    if duty.max_households is not None:
        return False
    if duty.max_weight is not None and sum(other.weight for _, other in others) + visit.weight > duty.max_weight:
        return False
    return all(
        (visits is None or len(done) + 1 <= visits)
        and (ticks is None or sum(ticks_on_site(other, worker.id) for _, other in [*done, (0, visit)]) <= ticks)
        for done, visits, ticks in caps
    )


def _busy(facts: Facts, worker: Worker, duty: Duty, works: list[Work]) -> list[Span] | None:
    """Ways and work one after the other, each way just in time, and the way to the end spot; None if it cannot be."""
    busy: list[Span] = []
    spot, free = duty.start_spot, duty.span.start
    for start, visit in works:
        end = start + ticks_on_site(visit, worker.id)
        busy += [Span(facts.leave(worker.mode, spot, visit.spot, start), start), Span(start, end)]
        spot, free = visit.spot, end
    if duty.end_spot is not None:
        for absence in sorted(duty.absences, key=lambda span: span.start):
            if meet(free, facts.arrive(worker.mode, spot, duty.end_spot, free), absence):
                free = absence.end
        busy.append(Span(free, facts.arrive(worker.mode, spot, duty.end_spot, free)))
    inside = busy[0].start >= duty.span.start and busy[-1].end <= duty.span.end
    apart = all(before.end <= after.start for before, after in pairwise(busy))
    away = any(meet(one.start, one.end, absence) for one in busy for absence in duty.absences)
    return busy if inside and apart and not away else None


def _rests_fit(duty: Duty, busy: list[Span]) -> bool:
    """Whether every break finds a place between ``busy``, taken as early as it can be, the most urgent first."""
    taken = list(busy)
    wanted = [(span.end, span.start, rest.ticks) for rest in duty.rests if (span := rest_span(duty, rest)) is not None]
    for end, start, ticks in sorted(wanted):
        places = [at for at in _moments(start, taken) if at >= start and at + ticks <= end]
        place = next((at for at in places if not any(meet(at, at + ticks, span) for span in taken)), None)
        if place is None:
            return False
        taken.append(Span(place, place + ticks))
    return True


def _moments(first: int, taken: list[Span]) -> Iterator[int]:
    yield from sorted({first, *(span.end for span in taken)})
