"""The rules within a route say in machine code what they say in Python, and what trying every tick says."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from benchmarks.drawn import drawn_routes, some_kinds
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.solver.jit import entry
from dispatch.solver.routes.insert import start_state
from dispatch.solver.routes.later import lasting, set_out_late, told_by_pieces
from dispatch.solver.routes.loads import Bits
from dispatch.solver.search.facts import Floats
from dispatch.solver.within.carried import has_parts, left_after
from dispatch.solver.within.duration import join
from dispatch.solver.within.moment import NEVER
from dispatch.solver.within.ways import reach, set_out
from dispatch.solver.within.windows import earliest, latest

END = 60
Spans = tuple[tuple[int, int], ...]


@entry
def machine_earliest(rows: Floats, split: int, at: float, ticks: float) -> float:
    return earliest(rows, 0, split, rows, split, len(rows), at, ticks)


@entry
def machine_latest(rows: Floats, split: int, by: float, ticks: float) -> float:
    return latest(rows, 0, split, rows, split, len(rows), by, ticks)


@entry
def machine_reach(rows: Floats, split: int, at: float, way: float) -> float:
    return reach(rows, 0, split, rows, split, len(rows), at, way)


@entry
def machine_set_out(rows: Floats, split: int, by: float, way: float) -> float:
    return set_out(rows, 0, split, rows, split, len(rows), by, way)


@st.composite
def apart(draw: st.DrawFn, most: int = 3) -> Spans:
    """Spans with room between them."""
    edges = sorted(draw(st.sets(st.integers(0, END), max_size=2 * most)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


@st.composite
def courses(draw: st.DrawFn) -> tuple[tuple[int, int, int], ...]:
    """Knots of a course that rises with every tick; roads are free before and after."""
    moments = sorted(draw(st.sets(st.integers(0, END), max_size=4)))
    knots = [(at, 0, draw(st.integers(1, 100))) for at in moments]
    so_far = 0
    for place, ((before, _, speed), (at, _, own)) in enumerate(pairwise(knots), start=1):
        so_far += (at - before) * speed
        knots[place] = (at, so_far, own)
    return (*knots[:-1], (*knots[-1][:2], 100)) if knots else ()


def rows_of(*tables: tuple[tuple[int, ...], ...]) -> Floats:
    rows = np.zeros((sum(map(len, tables)), 3))
    for place, row in enumerate(row for table in tables for row in table):
        rows[place, : len(row)] = row
    return rows


def is_free(absences: Spans, start: int, ticks: int) -> bool:
    return ticks == 0 or all(start + ticks <= first or start >= last for first, last in absences)


@settings(deadline=None)
@given(apart(), apart(), st.integers(-5, END + 5), st.integers(0, 12))
def test_a_stop_starts_as_early_and_as_late_as_windows_and_absences_let_it(
    windows: Spans, absences: Spans, at: int, ticks: int
) -> None:
    open_then = [
        start
        for start in range(END + 1)
        if any(first <= start <= last for first, last in windows) and is_free(absences, start, ticks)
    ]
    rows, split = rows_of(windows, absences), len(windows)
    first = earliest(windows, 0, split, absences, 0, len(absences), at, ticks)
    last = latest(windows, 0, split, absences, 0, len(absences), at, ticks)
    assert first == min((start for start in open_then if start >= at), default=NEVER)
    assert last == max((start for start in open_then if start <= at), default=-NEVER)
    assert machine_earliest(rows, split, float(at), float(ticks)) == first
    assert machine_latest(rows, split, float(at), float(ticks)) == last


@settings(deadline=None)
@given(courses(), apart(), st.integers(-5, END + 5), st.integers(0, 20))
def test_a_way_is_over_and_set_out_for_alike_in_machine_code(
    course: tuple[tuple[int, int, int], ...], absences: Spans, at: int, way: int
) -> None:
    rows, split = rows_of(course, absences), len(course)
    there = reach(course, 0, split, absences, 0, len(absences), at, way)
    leave = set_out(course, 0, split, absences, 0, len(absences), there, way)
    assert machine_reach(rows, split, float(at), float(way)) == there
    assert machine_set_out(rows, split, float(there), float(way)) == leave
    assert reach(course, 0, split, absences, 0, len(absences), leave, way) <= there


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 40), st.integers(0, 20)), min_size=2, max_size=4))
def test_pieces_join_to_the_least_duration_there_is(stops: list[tuple[int, int, int]]) -> None:
    def end_of(start: int) -> int | None:
        at = start
        for place, (ticks, opens, wide) in enumerate(stops):
            at = at if place == 0 else max(at, opens)
            if not opens <= at <= opens + wide:
                return None
            at += ticks + (3 if place < len(stops) - 1 else 0)
        return at

    pieces = [(ticks, opens, opens + wide) for ticks, opens, wide in stops]
    forward, backward = pieces[0], pieces[-1]
    for piece in pieces[1:]:
        forward = join(*forward, 3, *piece)
    for piece in reversed(pieces[:-1]):
        backward = join(*piece, 3, *backward)
    lasts = [end - start for start in range(70) if (end := end_of(start)) is not None]
    assert min(forward[0], NEVER) == min(backward[0], NEVER) == min(lasts, default=NEVER)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 5)), max_size=5), st.integers(0, 9))
def test_parts_are_counted_one_kind_by_one(stops: list[dict[str, int]], carried: int) -> None:
    bits = Bits()
    left, counts = bits.parts({"a": carried, "b": 3}), {"a": carried, "b": 3, "c": 0}
    for needed in stops:
        packed = bits.parts(needed)
        enough = all(counts[part] >= count for part, count in needed.items())
        assert has_parts(packed, left, bits.guards) == enough
        if not enough:
            break
        left = left_after(left, packed)
        counts = {part: count - needed.get(part, 0) for part, count in counts.items()}


DURATION = frozenset({"skill", "windows", "crew", "told", "caps", "absence", "halves", "overtime", "matrix", "paces"})


def test_where_pieces_tell_how_long_a_route_lasts_setting_out_late_says_the_same() -> None:
    told = 0
    for seed in range(25):
        problem = drawn_routes(seed, workers=4, visits=16, use=some_kinds(seed, DURATION) | {"duration"})
        state = start_state(problem, None)
        for route in state.routes:
            long = told_by_pieces(state, route) if route.visits else None
            if long is not None:
                told += len(route.visits) > 1
                assert long == lasting(state, set_out_late(state, route))
    assert told > 30
