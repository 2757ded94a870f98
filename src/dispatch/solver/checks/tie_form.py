"""Whether the ties of a problem can hold at all: known visits, gaps the right way round, no circle that contradicts."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.problem import RouteProblem, Tie


def tie_faults(problem: RouteProblem) -> Iterator[str]:
    """Every fault of the ties of ``problem`` as a sentence; none where some starts keep all gaps."""
    known = {visit.id for visit in problem.visits}
    sound = []
    for tie in problem.ties:
        faults = list(_faults(tie, known))
        yield from faults
        if not faults:
            sound.append(tie)
    circle = _circle(sound)
    if circle:
        yield f"the ties of visits {', '.join(map(repr, circle))} contradict each other: no starts keep all their gaps."


def _faults(tie: Tie, known: set[str]) -> Iterator[str]:
    pair = f"the tie of visits {tie.first!r} and {tie.then!r}"
    for end in dict.fromkeys((tie.first, tie.then)):
        if end not in known:
            yield f"{pair} names {end!r}, which is no visit."
    if tie.first == tie.then:
        yield f"{pair} binds a visit to itself."
    if tie.most is not None and tie.most < 0:
        yield f"{pair} has a negative gap. Maybe the two stand the wrong way round."
    elif tie.most is not None and tie.least is not None and tie.least > tie.most:
        yield f"{pair} has a gap of at least {tie.least} and at most {tie.most} ticks."


def _circle(ties: list[Tie]) -> list[str]:
    """Visits of one circle of ties that asks a visit to start after itself; empty if there is none.

    Bellman and Ford's longest ways, from all visits at once: what still grows after as many rounds as there are
    visits lies behind such a circle.
    """
    gaps = [(tie.first, tie.then, tie.least) for tie in ties if tie.least is not None]
    gaps += [(tie.then, tie.first, -tie.most) for tie in ties if tie.most is not None]
    start = dict.fromkeys((end for tie in ties for end in (tie.first, tie.then)), 0)
    before: dict[str, str] = {}
    last = None
    for _ in range(len(start) + 1):
        last = None
        for here, there, least in gaps:
            if start[here] + least > start[there]:
                start[there], before[there], last = start[here] + least, here, there
        if last is None:
            return []
    assert last is not None
    for _ in start:
        last = before[last]
    circle = [last]
    while before[circle[-1]] != last:
        circle.append(before[circle[-1]])
    return sorted(circle)
