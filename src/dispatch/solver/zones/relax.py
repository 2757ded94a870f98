"""What room is worth: the capacities relaxed, by linear programming where that is quick, else by subgradients.

Whatever the worths, no choice costs less than `bound_of` says (Geoffrion 1974).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dispatch.solver.late import Late
from dispatch.solver.rules import Rule
from dispatch.solver.zones.offers import NEVER, NO_CAP, Floats, Ints, Offers

if TYPE_CHECKING:
    from ortools.linear_solver import pywraplp
else:
    pywraplp = Late("ortools.linear_solver.pywraplp")

PROGRAM_MAX = 45_000
"""Pairs up to which worths come from a linear program."""

STEPS = 120
"""Subgradient steps otherwise."""


class Frame(NamedTuple):
    """The problem as one table with nobody as the last column: n zones, m helpers, k kinds of room.

    ``price`` n × (m + 1), ``takes`` k × n × (m + 1), ``caps`` k × (m + 1); ``kinds`` names them. ``heavy`` is the kind
    whose largest load costs ``balance`` a minute, without caps (where these minutes are capped as well, they stand in
    it twice), or -1. ``whole``: every choice costs a whole number of minutes.
    """

    price: Floats
    takes: Ints
    caps: Ints
    kinds: tuple[Rule, ...]
    heavy: int
    balance: float
    whole: bool


class Worth(NamedTuple):
    """``value`` (k × (m + 1)) of a unit of room, the least reduced price ``base`` of each zone, the ``bound``."""

    value: Floats
    base: Floats
    bound: float


def frame_of(offers: Offers) -> Frame:
    """The table of a problem: only kinds of room that can run short stand in it, and the one to be even."""
    zones, helpers = offers.shape
    offered = offers.offered()
    out = offers.out.copy()
    out[list(offers.pins)] = NEVER
    price = np.concatenate([np.where(offered, offers.price, NEVER), out[:, None]], axis=1)
    balance = offers.problem.weights.balance
    even = balance > 0 and bool(offers.load.any())
    tight = [
        rule
        for rule, taken in offers.takes.items()
        if bool((np.where(offered, taken, 0).sum(0) > offers.room[rule]).any())
    ]
    even_rule = next(rule for rule, taken in offers.takes.items() if taken is offers.load)
    kinds = (*tight, *([even_rule] if even else []))
    takes = np.zeros((len(kinds), zones, helpers + 1), dtype=np.int64)
    caps = np.full((len(kinds), helpers + 1), NO_CAP, dtype=np.int64)
    for place, rule in enumerate(kinds):
        takes[place, :, :helpers] = offers.takes[rule]
        if place < len(tight):
            caps[place, :helpers] = offers.room[rule]
    heavy = len(tight) if even else -1
    real = price[price < NEVER]
    whole = bool((real == np.rint(real)).all()) and (heavy < 0 or balance == round(balance))
    return Frame(price, takes, caps, kinds, heavy, balance if heavy >= 0 else 0.0, whole)


def worth_of(frame: Frame) -> Worth:
    """The worth of room in ``frame``, and the bound it gives."""
    zones, columns = frame.price.shape
    if not frame.kinds or not zones:
        return _worth(frame, np.zeros((len(frame.kinds), columns)))
    if zones * columns <= PROGRAM_MAX:
        return _worth(frame, _by_program(frame))
    return _by_steps(frame)


def bound_of(frame: Frame, bound: float) -> float:
    """``bound`` raised to what a choice can cost."""
    return float(np.ceil(bound - 1e-6)) if frame.whole else bound


def _allowed(frame: Frame, value: Floats) -> Floats:
    """``value`` without worths below 0, nor of what has no cap, nor more for even loads than those cost."""
    value = np.maximum(value, 0.0)
    value[:, -1] = 0.0
    for kind in range(len(frame.kinds)):
        if kind != frame.heavy:
            value[kind, frame.caps[kind] >= NO_CAP] = 0.0
    if frame.heavy >= 0:
        value[frame.heavy] *= min(1.0, frame.balance / max(1e-12, float(value[frame.heavy].sum())))
    return value


def _value_bound(frame: Frame, value: Floats) -> tuple[Floats, float]:
    """The reduced prices under ``value``, and what no choice is below."""
    reduced = frame.price + np.einsum("kj,kij->ij", value, frame.takes)
    paid = np.where(frame.caps < NO_CAP, value * np.where(frame.caps < NO_CAP, frame.caps, 0), 0.0).sum()
    return reduced, float(reduced.min(axis=1).sum() - paid)


def _worth(frame: Frame, value: Floats) -> Worth:
    value = _allowed(frame, value)
    reduced, bound = _value_bound(frame, value)
    return Worth(value, reduced.min(axis=1) if len(reduced) else np.zeros(0), bound_of(frame, bound))


def _by_program(frame: Frame) -> Floats:
    """The duals of the caps in the linear relaxation."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    infinity = solver.infinity()
    zones, columns = frame.price.shape
    once = [solver.Constraint(1.0, 1.0) for _ in range(zones)]
    objective = solver.Objective()
    rows: list[list[Any]] = []
    heaviest = solver.NumVar(0.0, infinity, "")
    objective.SetCoefficient(heaviest, frame.balance)
    for kind in range(len(frame.kinds)):
        own: list[Any] = []
        for helper in range(columns - 1):
            cap = int(frame.caps[kind, helper])
            if kind == frame.heavy:
                row = solver.Constraint(-infinity, 0.0)
                row.SetCoefficient(heaviest, -1.0)
                own.append(row)
            else:
                own.append(None if cap >= NO_CAP else solver.Constraint(-infinity, float(cap)))
        rows.append(own)
    price, takes = frame.price.tolist(), frame.takes.tolist()
    for zone in range(zones):
        for helper in range(columns):
            if price[zone][helper] >= NEVER:
                continue
            share = solver.NumVar(0.0, infinity, "")
            once[zone].SetCoefficient(share, 1.0)
            objective.SetCoefficient(share, price[zone][helper])
            for kind, own in enumerate(rows):
                if helper < columns - 1 and own[helper] is not None:
                    own[helper].SetCoefficient(share, float(takes[kind][zone][helper]))
    objective.SetMinimization()
    value = np.zeros((len(frame.kinds), columns))
    if solver.Solve() == pywraplp.Solver.OPTIMAL:
        for kind, own in enumerate(rows):
            for helper, row in enumerate(own):
                value[kind, helper] = 0.0 if row is None else -row.dual_value()
    return value


def _by_steps(frame: Frame) -> Worth:
    """Worths by steps along the subgradient, shorter where the bound does not rise (Held et al. 1974)."""
    value = _allowed(frame, np.zeros((len(frame.kinds), frame.price.shape[1])))
    zones = np.arange(len(frame.price))
    best, kept = -np.inf, value
    size, stuck = 1.0, 0
    for _ in range(STEPS):
        reduced, bound = _value_bound(frame, value)
        if bound > best:
            best, kept, stuck = bound, value, 0
        else:
            stuck += 1
            if stuck == 5:
                size, stuck, value = size / 2, 0, kept
                continue
        chosen = reduced.argmin(axis=1)
        load = np.zeros_like(value)
        for kind in range(len(frame.kinds)):
            np.add.at(load[kind], chosen, frame.takes[kind, zones, chosen])
        free = frame.caps >= NO_CAP
        slope = np.where(free, 0.0, load - np.where(free, 0, frame.caps))
        if frame.heavy >= 0:
            row = load[frame.heavy]
            slope[frame.heavy] = row - row[:-1].mean()
            slope[frame.heavy, -1] = 0.0
        slope = np.where((value <= 0) & (slope < 0), 0.0, slope)
        norm = float((slope**2).sum())
        if norm == 0:
            break
        value = _allowed(frame, value + size * 0.05 * max(1.0, abs(best)) / norm * slope)
    return _worth(frame, kept)
