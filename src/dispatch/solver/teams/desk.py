"""What the search writes on while it works: chance, deadlines, prices of being out, knobs, notes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solver.teams.facts import Bits, Facts, Floats, Ints, Shorts

IDLE = 0
"""Knob: what a tick that a new team has left of its day costs, per member."""
LATE = 1
"""Knob: what a day later costs, in ticks of one worker."""
NOISE = 2
"""Knob: by which share at most a cost is drawn higher."""
BLINK = 3
"""Knob: with which probability a place is overlooked."""
THRIFT = 4
"""Knob: how much it counts against a recruit to be sought-after, in needs met."""
SOON = 5
"""Knob: what a tick later within the day costs, in ticks of one worker."""
PRESS = 6
"""Knob: what a tick of one worker costs a job that can wait, before the end aimed at."""
KNOBS = 7


class Desk(NamedTuple):
    """Arrays written anew all the time. ``deadline`` and ``out_price`` are per job.

    ``place`` is the last answer of `best_place` (day, team, place, start, number of recruits), ``chosen`` its recruits;
    ``recruits``, ``short``, ``short_bits`` and ``asked`` are notes of the steps below it; ``order``, ``key`` and
    ``marks`` hold lists of jobs or teams; ``aim`` is the end aimed at.
    """

    seed: Bits
    deadline: Ints
    out_price: Floats
    knobs: Floats
    place: Ints
    chosen: Ints
    recruits: Ints
    short: Ints
    short_bits: Bits
    order: Shorts
    key: Floats
    marks: Shorts
    aim: Ints


def new_desk(facts: Facts, seed: int) -> Desk:
    """A desk with nothing on it. The same ``seed`` draws the same."""
    workers, jobs = facts.available.shape[1], len(facts.ticks)
    return Desk(
        np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % (2**64 - 1) + 1], dtype=np.uint64),
        np.zeros(jobs, dtype=np.int64),
        np.ones(jobs, dtype=np.float64),
        np.zeros(KNOBS, dtype=np.float64),
        np.zeros(5, dtype=np.int64),
        np.zeros(workers + 1, dtype=np.int64),
        np.zeros(workers + 1, dtype=np.int64),
        np.zeros(max(1, len(facts.need_dim)), dtype=np.int64),
        np.zeros(facts.need_bits.shape[1], dtype=np.uint64),
        np.zeros(jobs + 1, dtype=np.int32),
        np.zeros(max(jobs, workers) + 1, dtype=np.float64),
        np.zeros(max(jobs, workers) + 1, dtype=np.int32),
        np.zeros(1, dtype=np.int64),
    )
