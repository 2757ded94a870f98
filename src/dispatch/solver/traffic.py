"""Travel by time of day: when a way set out for at one moment is over, and the other way round.

The *course* of a means of travel is how far one gets from some moment on: 100 a tick on free roads, the percentage of
the speed in `Traffic`. It rises with every tick, so a way is over the later the later it is set out for, after rounding
to whole ticks too (Ichoua, Gendreau and Potvin 2003: the speed changes while under way). All of it is whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Traffic
from dispatch.solver.within.ways import FREE, course_to

Ints = NDArray[np.int64]

_FAR = 2**50
"""Moments beyond it are as good as never, and no course of them is a number of 64 bits."""


class Knot(NamedTuple):
    """From the moment ``at``, where the course stands at ``course``, on ``speed`` a tick."""

    at: int
    course: int
    speed: int


class Course(NamedTuple):
    """How one means of travel gets on: ``knots`` in order of time. Before the first of them roads are free."""

    knots: tuple[Knot, ...]

    def arrive(self, leave: int, way: int) -> int:
        """When ``way`` ticks of free roads are over that are set out for at ``leave``."""
        return course_to(self.knots, 0, len(self.knots), leave, way)

    def leave(self, arrive: int, way: int) -> int:
        """The last moment to set out for ``way`` ticks of free roads that are to be over by ``arrive``."""
        return course_to(self.knots, 0, len(self.knots), arrive, -way)

    def longest(self, way: int, first: int, last: int) -> int:
        """The ticks that ``way`` takes at most if set out for from ``first`` to ``last``; one more may be said."""
        edges = [edge for knot in self.knots for edge in (knot.at, self.leave(knot.at, way))]
        moments = {first, last, *(one for edge in edges for one in (edge, edge + 1) if first < one < last)}
        return max(self.arrive(moment, way) - moment for moment in moments) + (len(moments) > 1)


class Courses:
    """`Course` for many moments at once."""

    def __init__(self, course: Course) -> None:
        self._course = course

    @cached_property
    def _table(self) -> tuple[Ints, Ints, Ints]:
        knots = np.array(self._course.knots, dtype=np.int64)
        return knots[:, 0], knots[:, 1], knots[:, 2]

    def arrive(self, leave: Ints, way: Ints) -> Ints:
        """`Course.arrive` of each."""
        known = np.abs(leave) < _FAR
        target = self._at(np.where(known, leave, 0)) + FREE * way
        at, course, speed = self._before(target)
        return np.where(known, at - (course - target) // speed, leave + way)

    def leave(self, arrive: Ints, way: Ints) -> Ints:
        """`Course.leave` of each."""
        known = np.abs(arrive) < _FAR
        target = self._at(np.where(known, arrive, 0)) - FREE * way
        at, course, speed = self._before(target)
        return np.where(known, at + (target - course) // speed, arrive - way)

    def _at(self, moment: Ints) -> Ints:
        at, course, speed = self._table
        place = np.maximum(0, np.searchsorted(at, moment, side="right") - 1)
        return course[place] + (moment - at[place]) * np.where(moment >= at[place], speed[place], FREE)

    def _before(self, target: Ints) -> tuple[Ints, Ints, Ints]:
        at, course, speed = self._table
        place = np.maximum(0, np.searchsorted(course, target, side="right") - 1)
        return at[place], course[place], np.where(target >= course[place], speed[place], FREE)


def course_of(traffic: Iterable[Traffic], mode: str) -> Course | None:
    """The course of ``mode``; None where its roads are free at all times. Spans must not overlap."""
    spans = sorted(
        (one.span.start, one.span.end, one.speed)
        for one in traffic
        if one.mode == mode and one.span.start < one.span.end and one.speed < FREE
    )
    knots: list[Knot] = []
    for start, end, speed in spans:
        so_far = knots[-1].course + (start - knots[-1].at) * FREE if knots else 0
        if knots and knots[-1].at == start:
            knots.pop()
        knots += [Knot(start, so_far, speed), Knot(end, so_far + (end - start) * speed, FREE)]
    return Course(tuple(knots)) if knots else None
