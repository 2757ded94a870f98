"""Whether the workers of a routing problem are people who can be sent: duties apart, caps and breaks that can be.

Breaks, absences and midnights may lie outside a duty, and a day may have a cap and no duty any more: as the day goes on
duties are cut to what is left of them, and what lies outside asks for nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise

from dispatch.solver.checks.hours import last_moment
from dispatch.solver.checks.visit_form import amount_faults, backwards, negative_parts, twice
from dispatch.solver.problem import Duty, Skill, Spot, Worker


def worker_faults(worker: Worker, spots: Collection[Spot]) -> Iterator[str]:
    """Every fault of ``worker`` as a sentence; ``spots`` are those of the problem."""
    yield from twice(f"of worker {worker.id!r} duty", (duty.id for duty in worker.duties))
    yield from twice(f"of worker {worker.id!r} the cap of day", (str(cap.day) for cap in worker.caps))
    yield from negative_parts(f"worker {worker.id!r} has", worker.parts)
    for skill in worker.skills:
        yield from _skill_faults(worker.id, skill)
    for cap in worker.caps:
        for what, limit in (("visits", cap.max_visits), ("ticks", cap.max_ticks)):
            if limit is not None and limit < 0:
                yield f"the cap of day {cap.day} of {worker.id!r} is {limit} {what}, less than none."
    for duty in worker.duties:
        yield from _duty_faults(f"duty {duty.id!r} of {worker.id!r}", duty, spots)
    ordered = sorted(worker.duties, key=lambda duty: (duty.span.start, duty.span.end))
    for before, after in pairwise(ordered):
        if after.span.start < last_moment(before):
            hint = " Maybe by the overtime of the first." if after.span.start >= before.span.end else ""
            yield f"duties {before.id!r} and {after.id!r} of {worker.id!r} overlap.{hint}"


def _skill_faults(worker: str, skill: Skill) -> Iterator[str]:
    if skill.first is not None and skill.last is not None and skill.last < skill.first:
        yield (
            f"the certificate {skill.skill!r} of {worker!r} holds from day {skill.first} to day {skill.last}, on none. "
            "Maybe the two stand the wrong way round."
        )


def _duty_faults(whose: str, duty: Duty, spots: Collection[Spot]) -> Iterator[str]:
    for spot in (duty.start_spot, duty.end_spot):
        if spot is not None and not 0 <= spot < len(spots):
            yield f"{whose} names spot {spot}, but there are {len(spots)} spots."
    if any(backwards(span) for span in (duty.span, *duty.absences, *(rest.span for rest in duty.rests))):
        yield f"a span of {whose} ends before it starts."
    if any(after <= before for before, after in pairwise(duty.midnights)):
        yield f"the midnights of {whose} are not in order."
    if duty.overtime < 0:
        yield f"{whose} allows {duty.overtime} ticks of overtime, less than none."
    for rest in duty.rests:
        if rest.ticks < 0:
            yield f"a break of {whose} takes {rest.ticks} ticks, less than none."
        elif rest.ticks > rest.span.end - rest.span.start >= 0:
            yield (
                f"a break of {whose} takes {rest.ticks} ticks, its span is only {rest.span.end - rest.span.start}: it "
                "could never be taken."
            )
    limits = {
        "visits": duty.max_visits,
        "ticks": duty.max_ticks,
        "weight": duty.max_weight,
        "households": duty.max_households,
    }
    for what, limit in limits.items():
        if limit is not None and limit < 0:
            yield f"the cap of {what} of {whose} is {limit}, less than none."
    yield from amount_faults(whose, {"price": duty.price, "price of a tick of overtime": duty.overtime_price})
