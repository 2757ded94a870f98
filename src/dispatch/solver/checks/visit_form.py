"""Whether a visit of a routing problem is one that can be placed: what its types promise, and what they cannot say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from dispatch.solver.problem import RouteProblem, Span, Visit
from dispatch.solver.words import Spot

AMOUNT_MAX = 1e12
"""No price and no weight is higher: beyond it, sums of minutes lose the minutes."""
ROUND = 1e9
"""What leaving out a round counts in the search. Where there are rounds or pins, no other visit may count more."""


def visit_faults(visit: Visit, spots: Collection[Spot]) -> Iterator[str]:
    """Every fault of ``visit`` by itself as a sentence; ``spots`` are those of its problem."""
    if not 0 <= visit.spot < len(spots):
        yield f"visit {visit.id!r} is at spot {visit.spot}, but there are {len(spots)} spots."
    if not visit.windows:
        yield f"visit {visit.id!r} has no window, so it may be at no time."
    if any(backwards(window) for window in visit.windows):
        yield f"a window of visit {visit.id!r} ends before it starts."
    if min(visit.ticks, *visit.ticks_by.values(), visit.weight) < 0 or visit.people < 1:
        yield f"visit {visit.id!r} has negative ticks or weight, or fewer than one person."
    yield from negative_parts(f"visit {visit.id!r} asks for", visit.parts)
    yield from amount_faults(
        f"visit {visit.id!r}", {"price": visit.price, "price of a tick of lateness": visit.late_weight}
    )


def price_faults(problem: RouteProblem) -> Iterator[str]:
    """Visits whose price would have the search leave out a round or a pin for them: these come first at any price."""
    if not any(visit.cover or visit.pin is not None for visit in problem.visits):
        return
    for visit in problem.visits:
        if visit.price > ROUND and visit.pin is None and not visit.cover:
            yield (
                f"visit {visit.id!r} has a price of {visit.price:g}, more than a round or a pin counts, {ROUND:g}. "
                "Maybe all prices could be lower alike."
            )


def backwards(span: Span) -> bool:
    """Whether ``span`` ends before it starts; empty it may be."""
    return span.end < span.start


def twice(what: str, ids: Iterable[str]) -> Iterator[str]:
    """A sentence for every one of ``ids`` that stands there again."""
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{what} {one!r} stands in it twice."
        seen.add(one)


def negative_parts(who: str, parts: Mapping[str, int]) -> Iterator[str]:
    """A sentence for every kind of part of which there are fewer than none."""
    yield from (f"{who} {count} of part {kind!r}, less than none." for kind, count in parts.items() if count < 0)


def amount_faults(whose: str, amounts: Mapping[str, float]) -> Iterator[str]:
    """A sentence for every price or weight that is negative, too large to add up, or no number at all."""
    for name, amount in amounts.items():
        if not 0 <= amount <= AMOUNT_MAX:
            yield f"the {name} of {whose} is {amount:g}; it goes from 0 to {AMOUNT_MAX:g}."
