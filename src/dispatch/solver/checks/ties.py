"""The hard rule of visits bound to each other: gap, day, people, in or out together."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.checks.facts import Facts
from dispatch.solver.plan import Finding
from dispatch.solver.problem import Tie
from dispatch.solver.rules import Rule


def tie(facts: Facts) -> Iterator[Finding]:
    """Both visits of a tie are planned, with its gap between their starts and on its day and by its people, or neither.

    Of a crew that does not start together (`crew` says so) the latest start counts.
    """
    for one in facts.problem.ties:
        first, then = facts.placed.get(one.first), facts.placed.get(one.then)
        if not first and not then:
            continue
        if not first or not then:
            planned, out = (one.first, one.then) if first else (one.then, one.first)
            yield _about(one, f"{planned} is planned, {out} is not")
            continue
        gap = max(stop.start for _, stop in then) - max(stop.start for _, stop in first)
        apart = f"{one.then} starts {gap} ticks after {one.first} instead of"
        if one.least is not None and gap < one.least:
            yield _about(one, f"{apart} {one.least} or more", gap, one.least)
        elif one.most is not None and gap > one.most:
            yield _about(one, f"{apart} {one.most} or less", gap, one.most)
        days = sorted({*facts.days[one.first], *facts.days[one.then]})
        if one.same_day and len(days) > 1:
            yield _about(one, f"they are on different days, {', '.join(map(str, days))}", days[-1], days[0])
        both = {worker for worker, _ in first} & {worker for worker, _ in then}
        if one.workers == "different" and both:
            yield _about(one, f"{', '.join(sorted(both))} is at both")
        if one.workers == "same" and not both:
            yield _about(one, "nobody is at both")


def _about(one: Tie, what: str, value: int | None = None, limit: int | None = None) -> Finding:
    return Finding(
        rule=Rule.TIE,
        message=f"Visits {one.first} and {one.then} are bound to each other: {what}.",
        visit=one.then,
        value=value,
        limit=limit,
    )
