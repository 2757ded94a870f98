"""Ways: how long they take by the time of day, and that no absence holds one.

The *course* of a means of travel is how far one gets from some moment on (see `dispatch.solver.traffic`): a row for
each change of the speed, as moment, course and speed from then on. Without rows roads are free at all times.
"""

from __future__ import annotations

import math

from dispatch.solver.within.absences import clear, clear_before
from dispatch.solver.within.moment import Moment, Rows

FREE = 100
"""How far one gets in a tick on free roads."""


def knot_of(course: Rows, first: int, last: int, column: int, value: Moment) -> int:
    """The last of ``course[first:last]`` of which ``column`` is not above ``value``; -1 before them all."""
    low, high = first, last
    while low < high:
        middle = (low + high) >> 1
        if course[middle][column] <= value:
            low = middle + 1
        else:
            high = middle
    return low - 1 if low > first else -1


def course_at(course: Rows, first: int, last: int, at: Moment) -> Moment:
    """How far one has got by ``at``."""
    knot = knot_of(course, first, last, 0, at)
    speed: Moment = FREE if knot < 0 else course[knot][2]
    knot = max(knot, first)
    got: Moment = course[knot][1] + (at - course[knot][0]) * speed
    return got


def course_to(course: Rows, first: int, last: int, at: Moment, way: Moment) -> Moment:
    """When ``way`` is over that is set out for at ``at``; of a negative one, when to set out to be there ``at``.

    Rounded to whole ticks, later there and earlier here, so that who sets out later is there no earlier.
    """
    if way == 0 or first == last:
        return at + way
    target = course_at(course, first, last, at) + FREE * way
    knot = knot_of(course, first, last, 1, target)
    speed = FREE if knot < 0 else course[knot][2]
    knot = max(knot, first)
    ticks = (target - course[knot][1]) / speed
    then: Moment = course[knot][0] + (math.ceil(ticks) if way > 0 else math.floor(ticks))
    return then


def reach_free(absences: Rows, away: int, back: int, at: Moment, way: Moment) -> Moment:
    """`reach` where roads are free."""
    return clear(absences, away, back, at, way) + way


def reach(course: Rows, first: int, last: int, absences: Rows, away: int, back: int, at: Moment, way: Moment) -> Moment:
    """When the end of a ``way`` is reached that is set out for from ``at`` on, as soon as absences let one."""
    if first == last:
        return reach_free(absences, away, back, at, way)
    arrive = course_to(course, first, last, at, way)
    if way == 0:
        return arrive
    for one in range(away, back):
        if arrive <= absences[one][0]:
            break
        if absences[one][1] > at:
            at = absences[one][1]
            arrive = course_to(course, first, last, at, way)
    return arrive


def set_out_free(absences: Rows, away: int, back: int, by: Moment, way: Moment) -> Moment:
    """`set_out` where roads are free."""
    return clear_before(absences, away, back, by - way, way)


def set_out(
    course: Rows, first: int, last: int, absences: Rows, away: int, back: int, by: Moment, way: Moment
) -> Moment:
    """The last moment to set out for a ``way`` that ends by ``by`` and meets no absence."""
    if first == last:
        return set_out_free(absences, away, back, by, way)
    leave = course_to(course, first, last, by, -way)
    if way == 0:
        return leave
    for one in range(back - 1, away - 1, -1):
        if leave >= absences[one][1]:
            break
        if absences[one][0] < by:
            by = absences[one][0]
            leave = course_to(course, first, last, by, -way)
    return leave


def slower(course: Rows, first: int, last: int, leave: Moment, way: Moment) -> Moment:
    """The ticks by which ``way``, set out for at ``leave``, takes longer than on free roads."""
    return course_to(course, first, last, leave, way) - leave - way
