"""What would have to change for a worker to be sent to a visit at all, whatever the time: the least for each rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from dispatch.solver.changes import Allow, CarryParts, CarryTool, Certify, Change, MorePieces, PinElse, Raise
from dispatch.solver.problem import Duty, Pin, Skill, SkillAsked, Visit, Worker
from dispatch.solver.routes.certificates import asked_of, holds
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule

Changes = tuple[Change, ...]


def demands(state: State, visit: int, duty: int) -> Iterator[Changes]:
    """Sets of changes by which ``visit``, for one person, may be on ``duty``, if there is time: mostly one set.

    Several where a certificate holds on some days only, or a store may be passed for what is not carried.
    """
    compiled = state.compiled
    facts, source = compiled.visits[visit], compiled.duty_source[duty]
    worker = compiled.workers[compiled.duties[duty].worker]
    caps = (*_day_caps(state, facts, duty), *_duty_caps(state, facts, duty))
    always = (*_sent(facts, worker), *caps, *_pieces(state, facts, duty))
    for certificate, taken_along in product(_certificates(facts, worker, source), _taken_along(state, facts, duty)):
        yield (*always, *certificate, *taken_along)


def _sent(facts: Visit, worker: Worker) -> Iterator[Change]:
    if worker.id in facts.never or (facts.among is not None and worker.id not in facts.among):
        yield Allow(rule=Rule.ALLOWED, visit=facts.id, worker=worker.id)
    pin = facts.pin
    if pin is not None and pin.workers and pin.workers != (worker.id,):
        other = Pin(workers=(worker.id,), start=pin.start, why=pin.why)
        yield PinElse(rule=Rule.PIN, visit=facts.id, from_=pin, to=other)


def _day_caps(state: State, facts: Visit, duty: int) -> Iterator[Change]:
    """What the caps of the whole day would have to be."""
    compiled = state.compiled
    day, worker = compiled.duty_source[duty].day, compiled.workers[compiled.duties[duty].worker]
    others = [duty, *compiled.day_caps.others[duty]]
    for cap in (cap for cap in worker.caps if cap.day == day):
        own = facts.ticks_by.get(worker.id, facts.ticks)
        count, work = int(state.count[others].sum()) + 1, int(state.work[others].sum()) + own
        for rule, least, most in (
            (Rule.VISITS_CAP, count, cap.max_visits),
            (Rule.MINUTES_CAP, work, cap.max_ticks),
        ):
            if most is not None and least > most:
                yield Raise(rule=rule, worker=worker.id, day=day, from_=most, to=least, by=least - most)


def _duty_caps(state: State, facts: Visit, duty: int) -> Iterator[Change]:
    """What the caps of ``duty`` alone would have to be."""
    source = state.compiled.duty_source[duty]
    worker, _, stops = state.loaded(duty, state.routes[duty].visits)
    visits = [*(stop for stop in stops if stop is not None), facts]
    for rule, least, most in (
        (Rule.VISITS_CAP, len(visits), source.max_visits),
        (Rule.MINUTES_CAP, sum(one.ticks_by.get(worker.id, one.ticks) for one in visits), source.max_ticks),
        (Rule.WEIGHT_CAP, sum(one.weight for one in visits), source.max_weight),
        (Rule.HOUSEHOLDS_CAP, len({one.household for one in visits} - {None}), source.max_households),
    ):
        if most is not None and least > most:
            yield Raise(rule=rule, worker=worker.id, duty=source.id, from_=most, to=least, by=least - most)


def _certificates(facts: Visit, worker: Worker, duty: Duty) -> Iterator[Changes]:
    """None where all that is asked is held on some day of ``duty``, and the least certificates for each other."""
    days = [duty.day + offset for offset in range(len(duty.midnights) + 1)]
    for changes in product(*(_certificates_for(one, worker, days) for one in asked_of(facts))):
        yield tuple(change for some in changes for change in some)


def _certificates_for(asked: SkillAsked, worker: Worker, days: Sequence[int]) -> Iterator[Changes]:
    """None where the skill is held on some of ``days``, and the least certificate for each other, and for all."""
    lacking = [day for day in days if not any(holds(one, asked, day) for one in worker.skills)]
    if len(lacking) < len(days):
        yield ()
    for first, last in dict.fromkeys([*((day, day) for day in lacking), *((days[0], days[-1]) for _ in lacking[:1])]):
        yield (_least_certificate(asked, worker, first, last),)


def _least_certificate(asked: SkillAsked, worker: Worker, first: int, last: int) -> Certify:
    """The certificate nearest to what is asked from day ``first`` to ``last``: of the right level before the dates."""
    found: list[tuple[int, int, int, int, Certify]] = []
    for held in worker.skills:
        if held.skill != asked.skill:
            continue
        levels = max(0, asked.level - held.level)
        sooner = 0 if held.first is None else max(0, held.first - first)
        later = 0 if held.last is None else max(0, last - held.last)
        to = Skill(
            skill=held.skill,
            level=held.level + levels,
            first=None if held.first is None else held.first - sooner,
            last=None if held.last is None else held.last + later,
        )
        change = Certify(rule=Rule.SKILL, worker=worker.id, from_=held, to=to, by=levels + sooner + later)
        found.append(((levels > 0) + (sooner + later > 0), levels, sooner + later, len(found), change))
    if found:
        return min(found)[-1]
    new = Skill(skill=asked.skill, level=asked.level, first=first, last=last)
    return Certify(rule=Rule.SKILL, worker=worker.id, from_=None, to=new, by=asked.level + 1)


def _pieces(state: State, facts: Visit, duty: int) -> Iterator[Change]:
    """How many pieces of its shared tools there would have to be."""
    shared = state.compiled.shared
    for tool in shared.of(facts):
        takers, pieces = state.taking[tool], shared.pieces[tool]
        if not shared.left(tool, takers, state.others.out)[duty]:
            least = shared.most_out(tool, duty, takers, state.others.out) + 1
            yield MorePieces(rule=Rule.SHARED_TOOLS, tool=tool, from_=pieces, to=least, by=least - pieces)


def _taken_along(state: State, facts: Visit, duty: int) -> Iterator[Changes]:
    """Nothing where nothing lacks, or a store may be passed for it; and what to carry."""
    worker, _, stops = state.loaded(duty, state.routes[duty].visits)
    carried: list[Change] = [
        CarryTool(rule=Rule.TOOLS, worker=worker.id, tool=tool, by=1)
        for tool in dict.fromkeys(facts.tools)
        if tool not in worker.tools and tool not in state.compiled.shared.pieces
    ]
    stocked = None in stops
    first = stops[: stops.index(None)] if stocked else stops
    before = [stop for stop in first if stop is not None]
    for part, count in facts.parts.items():
        have = worker.parts.get(part, 0)
        need = count + sum(stop.parts.get(part, 0) for stop in before)
        if need > have and count:
            carried.append(
                CarryParts(rule=Rule.PARTS, worker=worker.id, part=part, from_=have, to=need, by=need - have)
            )
    if not carried or stocked or state.pass_stores:
        yield ()
    if carried:
        yield tuple(carried)
