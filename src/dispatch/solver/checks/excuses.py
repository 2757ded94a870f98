"""Whether a pin that a plan says cannot stand could: proven by a schedule of its people with only pins on it
and what those are tied to.

Only what is certain counts. Where a schedule is not found here, the plan is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise, permutations

from dispatch.solver.checks.facts import Facts, Work, asked_of, covers, days_of, meet, rest_span, ticks_on_site
from dispatch.solver.problem import Duty, Span, Visit, Worker

ORDERS_MAX = 4
"""Breaks of a duty up to which every order of them is looked at; of more, the most urgent come first."""


def could_start(facts: Facts, visit: Visit) -> int | None:
    """A tick at which pinned ``visit`` could start with all the people it needs beside the other pins; else None.

    Of people the pin leaves open, whoever may go and has the time will do. Not looked for where the visit is tied, or
    where neither people nor a start are named: then it depends on more than this.
    """
    pin = visit.pin
    assert pin is not None
    if any(visit.id in (tie.first, tie.then) for tie in facts.problem.ties):
        return None
    named = set(pin.workers)
    if len(named) > visit.people or not named <= facts.workers.keys() or not (named or pin.start is not None):
        return None
    if not all(_may_go(visit, worker) for worker in named):
        return None
    fixed = [facts.workers[worker] for worker in sorted(named)]
    others = [one for one in facts.problem.workers if one.id not in named and _may_go(visit, one.id)]
    if len(fixed) + len(others) < visit.people:
        return None
    starts = (
        {start for worker in fixed for start in _starts(facts, visit, worker)} if pin.start is None else {pin.start}
    )
    for start in sorted(starts):
        if all(_inside(visit, start, worker) and _can(facts, visit, start, worker) for worker in fixed):
            free = (one for one in others if _inside(visit, start, one) and _can(facts, visit, start, one))
            if len([*islice(free, visit.people - len(fixed))]) == visit.people - len(fixed):
                return start
    return None


def _may_go(visit: Visit, worker: str) -> bool:
    return worker not in visit.never and (visit.among is None or worker in visit.among)


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
    return facts.bound_on.get((worker.id, duty.id), [])


def _can(facts: Facts, visit: Visit, start: int, worker: Worker) -> bool:
    return any(_holds(facts, visit, start, worker, duty) for duty in worker.duties)


def _holds(facts: Facts, visit: Visit, start: int, worker: Worker, duty: Duty) -> bool:
    """Whether ``worker`` could do ``visit`` from ``start`` on ``duty`` beside the other pins, by every hard rule."""
    days = days_of(duty, start, start + ticks_on_site(visit, worker.id))
    for wanted, level in asked_of(visit):
        if not all(any(covers(held, wanted, level, day) for held in worker.skills) for day in days):
            return False
    others = _bound_on(facts, worker, duty)
    if not _under_caps(facts, visit, worker, duty, others) or not _carried(facts, visit, worker, duty, others):
        return False
    busy = _busy(facts, worker, duty, sorted([*others, (start, visit)], key=lambda work: work[0]))
    return busy is not None and _rests_fit(duty, busy)


def _under_caps(facts: Facts, visit: Visit, worker: Worker, duty: Duty, others: list[Work]) -> bool:
    caps = [(others, duty.max_visits, duty.max_ticks)]
    for cap in worker.caps:
        if cap.day == duty.day:
            day = [work for one in worker.duties if one.day == cap.day for work in _bound_on(facts, worker, one)]
            caps.append((day, cap.max_visits, cap.max_ticks))
    households = {other.household for _, other in [*others, (0, visit)]} - {None}
    if duty.max_households is not None and len(households) > duty.max_households:
        return False
    if duty.max_weight is not None and sum(other.weight for _, other in others) + visit.weight > duty.max_weight:
        return False
    return all(
        (visits is None or len(done) + 1 <= visits)
        and (ticks is None or sum(ticks_on_site(other, worker.id) for _, other in [*done, (0, visit)]) <= ticks)
        for done, visits, ticks in caps
    )


def _carried(facts: Facts, visit: Visit, worker: Worker, duty: Duty, others: list[Work]) -> bool:
    """Whether ``worker`` has along from the start all that ``visit`` and the other pins ask for, so that no store has
    to be passed. Of a shared tool that means a piece of their own, or one the duty has already.
    """
    every = [visit, *(other for _, other in others)]
    parts: Counter[str] = Counter()
    for one in every:
        parts.update(one.parts)
    has_tools = all({*one.tools} <= {*worker.tools, *duty.taken} for one in every)
    return has_tools and all(count <= worker.parts.get(part, 0) for part, count in parts.items())


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
    """Whether every break finds a place between ``busy``, in whatever order: each as early as it can be in its turn."""
    wanted = [(span, rest.ticks) for rest in duty.rests if (span := rest_span(duty, rest)) is not None]
    if len(wanted) > ORDERS_MAX:
        return _fit(busy, sorted(wanted, key=lambda one: (one[0].end, one[0].start, one[1])))
    return any(_fit(busy, order) for order in permutations(wanted))


def _fit(busy: list[Span], wanted: Iterable[tuple[Span, int]]) -> bool:
    taken = list(busy)
    for span, ticks in wanted:
        places = [at for at in _moments(span.start, taken) if at >= span.start and at + ticks <= span.end]
        place = next((at for at in places if not any(meet(at, at + ticks, other) for other in taken)), None)
        if place is None:
            return False
        taken.append(Span(place, place + ticks))
    return True


def _moments(first: int, taken: list[Span]) -> Iterator[int]:
    yield from sorted({first, *(span.end for span in taken)})
