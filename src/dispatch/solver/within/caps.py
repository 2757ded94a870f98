"""Caps on what one duty holds: visits, ticks of work, weight of work, households. A worker's day has the first two."""

from __future__ import annotations

from dispatch.solver.within.moment import Many, Moment


def work_of(ticks: Moment, visits: Moment) -> Moment:
    """The ticks of work that a stop of so many ``visits`` is, 1 or 0: at a store nobody works."""
    return ticks * visits


def keeps(visits: Many, work: Many, max_visits: Many, max_work: Many) -> Many:
    """Whether so many visits and ticks of work are under the caps."""
    return (visits <= max_visits) & (work <= max_work)


def keeps_load(weight: Many, households: Many, max_weight: Many, max_households: Many) -> Many:
    """Whether so much weight and so many households, each counted once, are under the caps."""
    return (weight <= max_weight) & (households <= max_households)
