"""Duties by index: when somebody is there, away and at rest, and under which caps."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

from dispatch.solver.problem import Duty, Span
from dispatch.solver.traffic import Knot

ORDERS_MAX = 4
"""Breaks of a duty up to which every order of them is looked at where it may matter."""


class RestSpan(NamedTuple):
    """A break to take: earliest and latest start, its length, its place among the duty's rests."""

    first: int
    last: int
    ticks: int
    place: int


class DutyFacts(NamedTuple):
    """A duty by index. ``end`` is the last moment with all overtime; each tick after ``regular`` costs ``over_price``.

    ``end_spot`` is -1 where it may end anywhere; ``blocks`` are absences, merged, in order. ``day`` is the local day.
    ``rests`` are the breaks, the most urgent first; ``any_order`` that they may have to be taken in another one.
    ``knots`` are those of the course that says how much longer than on free roads ways take; none where none ever does.
    """

    worker: int
    day: int
    mode: int
    start: int
    end: int
    regular: int
    over_price: float
    start_spot: int
    end_spot: int
    blocks: tuple[tuple[int, int], ...]
    rests: tuple[RestSpan, ...]
    max_visits: int
    max_ticks: int
    knots: tuple[Knot, ...] = ()
    any_order: bool = False


def merged_spans(spans: tuple[Span, ...]) -> tuple[tuple[int, int], ...]:
    """``spans`` in order, those that meet joined, empty ones left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((span.start, span.end) for span in spans if span.start < span.end):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def rests_of(duty: Duty) -> tuple[RestSpan, ...]:
    """The breaks that still fit into the duty, the most urgent first; the others are over or outside it."""
    found = []
    for index, rest in enumerate(duty.rests):
        first = max(duty.span.start, rest.span.start)
        last = min(duty.span.end, rest.span.end) - rest.ticks
        if first <= last:
            found.append(RestSpan(first, last, rest.ticks, index))
    return tuple(sorted(found, key=lambda rest: (rest.last, rest.first, rest.ticks, rest.place)))


def in_any_order(rests: tuple[RestSpan, ...]) -> bool:
    """Whether some break, of those in order of urgency, may have to be taken before a more urgent one.

    Not where it cannot be over in time for that, nor where the two are as long as each other and open in their order:
    then they can change places. Of more than `ORDERS_MAX` breaks it is not looked at, the most urgent come first.
    """
    return len(rests) <= ORDERS_MAX and any(
        rest.first + rest.ticks <= before.last and (rest.first < before.first or rest.ticks != before.ticks)
        for before, rest in combinations(rests, 2)
    )


def retimed(facts: DutyFacts, duty: Duty) -> DutyFacts:
    """``facts`` with the times of ``duty``."""
    end = duty.span.end + duty.overtime
    blocks, rests = merged_spans(duty.absences), rests_of(duty)
    return facts._replace(
        start=duty.span.start, end=end, regular=duty.span.end, blocks=blocks, rests=rests, any_order=in_any_order(rests)
    )
