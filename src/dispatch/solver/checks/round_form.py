"""Whether a `RoundProblem` is one at all: ids once and known, spots there, ways for every mode, sensible spans."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from itertools import pairwise

from dispatch.model.travel import Speeds
from dispatch.solver.problem import Matrix, Span
from dispatch.solver.round_problem import Guard, GuardDuty, RoundProblem, RoundToPlan, Told

_MODES = ("walk", "bike", "car")
_TIMES_MAX = 200_000


def round_faults(problem: RoundProblem) -> Iterator[str]:
    """Every fault of ``problem`` as a sentence; none for a problem that can be planned and checked."""
    for what, ids in (
        ("checkpoint", [one.id for one in problem.checkpoints]),
        ("round", [one.id for one in problem.rounds]),
        ("guard", [one.id for one in problem.guards]),
    ):
        yield from (f"{what} {one!r} stands in it twice." for one in _doubled(ids))
    if problem.origin.utcoffset() is None:
        yield "its origin has no time zone."
    if problem.horizon.end < problem.horizon.start:
        yield "its horizon ends before it starts."
    yield from _spot_faults(problem)
    yield from _way_faults(problem)
    known = {one.id for one in problem.checkpoints}
    for one in problem.rounds:
        yield from faults_of_round(problem, one, known)
    for guard in problem.guards:
        yield from faults_of_guard(guard)
    if isinstance(problem.told, Told):
        unknown = {one.round for one in problem.told.walks} - {one.id for one in problem.rounds}
        yield from (f"round {key!r} was told, which is unknown." for key in sorted(unknown))
        twice = Counter((one.round, one.nominal) for one in problem.told.walks)
        yield from (f"round {key!r} was told twice at tick {at}." for (key, at), count in twice.items() if count > 1)


def _doubled(ids: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({one for one in ids if one in seen or seen.add(one)})  # type: ignore[func-returns-value]


def _spot_faults(problem: RoundProblem) -> Iterator[str]:
    spots = len(problem.spots)
    stands = [(f"checkpoint {one.id!r}", one.spot) for one in problem.checkpoints]
    for guard in problem.guards:
        for duty in guard.duties:
            stands.append((f"duty {duty.id!r} of {guard.id!r}", duty.spot))
            stands += [(f"a post of duty {duty.id!r} of {guard.id!r}", post.spot) for post in duty.posts]
    for name, spot in stands:
        if not 0 <= spot < spots:
            yield f"{name} is at spot {spot}, but there are {spots} spots."


def _way_faults(problem: RoundProblem) -> Iterator[str]:
    modes = sorted({*(one.mode for one in problem.rounds), *(guard.mode for guard in problem.guards)})
    matrix, spots = problem.matrix, len(problem.spots)
    if isinstance(matrix, Matrix):
        for mode in modes:
            rows = matrix.ticks.get(mode)
            if rows is None:
                yield f"the matrix has no travel times for the mode {mode!r}."
            elif len(rows) != spots or any(len(row) != spots or min(row, default=0) < 0 for row in rows):
                yield f"the matrix for {mode!r} is not {spots} × {spots} ticks of at least none, one for each spot."
    elif not isinstance(problem.speeds, Speeds):
        yield "it has neither speeds nor a matrix."
    else:
        yield from (f"there is no speed for {mode!r}." for mode in modes if mode not in _MODES)


def faults_of_round(problem: RoundProblem, one: RoundToPlan, known: Collection[str]) -> Iterator[str]:
    """Every fault of one round of ``problem``, whose checkpoints are ``known``."""
    names = one.checkpoints[:-1] if one.closed else one.checkpoints
    yield from (f"round {one.id!r} passes {name!r}, which is unknown." for name in one.checkpoints if name not in known)
    yield from (f"round {one.id!r} passes {name!r} twice." for name in _doubled(names))
    if any(band.end < band.start for band in one.bands):
        yield f"a band of round {one.id!r} ends before it starts."
    moments: Iterable[int] = ()
    if one.every is not None:
        jitter = problem.variation.max_jitter if one.every.jitter is None else one.every.jitter
        if 2 * jitter >= one.every.every:
            yield (
                f"starts of round {one.id!r} may lie {jitter} ticks off, but it is walked every {one.every.every}: two "
                "of them could change places. Maybe less jitter was meant."
            )
        moments = range(one.every.first, one.every.until, one.every.every)
        if len(moments) > _TIMES_MAX:
            yield f"round {one.id!r} has {len(moments)} moments; at most {_TIMES_MAX} are planned."
            moments = ()
    nominal = sorted(itertools.chain((band.start for band in one.bands), moments))
    for before, after in pairwise(nominal):
        if before == after:
            yield f"round {one.id!r} has two times at tick {before}."


def faults_of_guard(guard: Guard) -> Iterator[str]:
    """Every fault of one guard and their duties."""
    yield from (f"duty {one!r} of {guard.id!r} stands in it twice." for one in _doubled(d.id for d in guard.duties))
    for duty in guard.duties:
        yield from (f"duty {duty.id!r} of {guard.id!r} {what}" for what in _faults_of_duty(duty))
    ordered = sorted(guard.duties, key=lambda duty: (duty.span.start, duty.span.end))
    for before, after in pairwise(ordered):
        if after.span.start < before.span.end:
            yield f"duties {before.id!r} and {after.id!r} of {guard.id!r} overlap."


def _faults_of_duty(duty: GuardDuty) -> Iterator[str]:
    posts = sorted((post.span for post in duty.posts), key=lambda span: (span.start, span.end))
    if any(span.end < span.start for span in (duty.span, *posts, *(rest.span for rest in duty.rests))):
        yield "has a span that ends before it starts."
    if any(not _within(span, duty.span) for span in (*posts, *(rest.span for rest in duty.rests))):
        yield "has a post or a break outside its span."
    if any(after.start < before.end for before, after in pairwise(posts)):
        yield "has two posts at once."
    if any(rest.ticks < 0 or not _has_room(rest.span, rest.ticks, posts) for rest in duty.rests):
        yield "has a break that its span and posts leave no room for."
    if any(after <= before for before, after in pairwise(duty.midnights)):
        yield "has midnights that are not in order."


def _within(span: Span, whole: Span) -> bool:
    return whole.start <= span.start and span.end <= whole.end


def _has_room(span: Span, ticks: int, posts: list[Span]) -> bool:
    free = span.start
    for post in posts:
        if post.start >= free + ticks or post.start >= span.end:
            break
        free = max(free, post.end)
    return free + ticks <= span.end
