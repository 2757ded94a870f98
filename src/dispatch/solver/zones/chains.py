"""Chains of moves in machine code: a zone leaves, others follow into the room it left, and it comes in where best.

The neighbourhood is the ejection chain of Yagiura, Ibaraki and Glover (2004) for the generalised assignment problem.
What a helper's room is worth (``value``, from the relaxation in `relax`) makes every choice: with it a plan costs a
constant, plus the reduced price of each pair, plus the worth of the room left unused. Caps may be passed at a price
(``press``) that rises while they are and falls while they are not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from dispatch.solver.jit import compiled, entry, inlined
from dispatch.solver.zones.chance import below, share
from dispatch.solver.zones.offers import Floats, Ints, Words

NO_INDEX = -1
EASE_LEAST, EASE_MOST = 0.001, 0.03
"""By what share the price of passing a cap falls while it is kept, once in as many chains as there are zones."""

_FAR = 1e18


class Field(NamedTuple):
    """What does not change in a search: n zones, m helpers and, as the last column, nobody.

    ``price`` and ``reduced`` are n × (m + 1), ``takes`` kinds × n × (m + 1), ``value`` kinds × (m + 1), 0 where there
    is no cap. ``places``: for every zone the helpers worth a try, ``tried`` how many; ``zones``: for every helper the
    zones worth a try, ``listed`` how many. ``heavy``: the kind whose largest load ``balance`` pays for, or -1.
    """

    price: Floats
    reduced: Floats
    takes: Ints
    value: Floats
    places: Ints
    tried: Ints
    zones: Ints
    listed: Ints
    heavy: int
    balance: float


class Stand(NamedTuple):
    """Where a search is: ``room`` (kinds × (m + 1)) may be narrowed from outside; ``press`` like ``value``;
    ``holder``, ``load`` now; ``best`` the cheapest choice within the true caps (``caps``), which costs ``cost[0]``;
    ``cost[1]`` is what the zones cost now, ``cost[2]`` how fast prices of passing caps fall. The rest is working room.
    """

    caps: Ints
    room: Ints
    press: Floats
    holder: Ints
    load: Ints
    best: Ints
    cost: Floats
    own: Floats
    seen: Ints
    step: Ints
    seed: Words


class Pace(NamedTuple):
    """``rounds`` of chains of up to ``depth`` moves; temperatures from ``hot`` to ``cold``; what is passed over."""

    rounds: int
    depth: int
    hot: float
    cold: float
    blink: float


@inlined
def _worth(field: Field, at: Stand, helper: int, zone: int) -> float:
    """What the helper's room is worth unused, or costs passed, once they have ``zone`` (-1: none), too."""
    total = 0.0
    for kind in range(field.value.shape[0]):
        free = at.room[kind, helper] - at.load[kind, helper]
        if zone >= 0:
            free -= field.takes[kind, zone, helper]
        if free >= 0:
            total += field.value[kind, helper] * free
        else:
            total -= at.press[kind, helper] * free
    return total


@inlined
def _take(field: Field, at: Stand, zone: int, helper: int, sign: int) -> None:
    for kind in range(field.value.shape[0]):
        at.load[kind, helper] += sign * field.takes[kind, zone, helper]


@compiled
def _follower(field: Field, at: Stand, helper: int, turn: int, blink: float) -> tuple[int, float]:
    """The zone of somebody else that fits best into what ``helper`` has left, and what the two then come to."""
    best, found = _FAR, NO_INDEX
    for place in range(field.listed[helper]):
        zone = field.zones[helper, place]
        if at.holder[zone] == helper or at.seen[zone] == turn:
            continue
        cost = field.reduced[zone, helper] - at.own[zone]
        if cost >= best:
            continue
        cost += _worth(field, at, helper, zone)
        if cost < best and share(at.seed) >= blink:
            best, found = cost, zone
    return found, best


@compiled
def _place(field: Field, at: Stand, first: int, hole: int, origin: int, so_far: float) -> tuple[int, float]:
    """Where ``first``, which is with nobody now, costs least; ``so_far`` leaves the worth of ``hole`` out.

    Not at ``origin`` (-1: anywhere).
    """
    best, found = _FAR, NO_INDEX
    open_hole = _worth(field, at, hole, NO_INDEX)
    for place in range(field.tried[first]):
        helper = field.places[first, place]
        if helper == origin:
            continue
        cost = so_far + field.reduced[first, helper] + _worth(field, at, helper, first)
        if helper != hole:
            cost += open_hole - _worth(field, at, helper, NO_INDEX)
        if cost < best:
            best, found = cost, helper
    return found, best


@compiled
def _note(field: Field, at: Stand) -> None:
    """Keep the choice as the best if it is within the true caps and cheaper."""
    heaviest = 0
    for kind in range(field.value.shape[0]):
        for helper in range(at.load.shape[1] - 1):
            load = at.load[kind, helper]
            if load > at.caps[kind, helper]:
                return
            if kind == field.heavy and load > heaviest:
                heaviest = load
    at.step[0, 1] += 1
    cost = at.cost[1] + field.balance * heaviest
    if cost < at.cost[0] - 1e-7:
        at.cost[0] = cost
        for zone in range(len(at.holder)):
            at.best[zone] = at.holder[zone]


@compiled
def _adapt(field: Field, at: Stand) -> None:
    """Caps that are passed become dearer to pass, the others cheaper: the slower the rarer all of them were kept."""
    ease = at.cost[2]
    ease = max(EASE_LEAST, ease * 0.97) if at.step[0, 1] == 0 else min(EASE_MOST, ease * 1.13)
    at.step[0, 1], at.cost[2] = 0, ease
    for kind in range(field.value.shape[0]):
        for helper in range(at.load.shape[1] - 1):
            value = field.value[kind, helper]
            if at.load[kind, helper] > at.room[kind, helper]:
                at.press[kind, helper] = 1.05 * at.press[kind, helper] + 1e-6
            else:
                at.press[kind, helper] = max((1.0 - ease) * at.press[kind, helper], 0.02 * value + 1e-9)


@entry
def chains(field: Field, at: Stand, pace: Pace) -> None:
    """``rounds`` of annealing over chains; the best choice seen within the caps is kept in ``at``."""
    heat = pace.hot
    beat = min(pace.rounds, max(200, len(at.holder)))
    cooling = (pace.cold / pace.hot) ** (float(beat) / pace.rounds)
    for turn in range(pace.rounds):
        if turn % beat == beat - 1:
            heat *= cooling
            _adapt(field, at)
        mark = at.step[0, 0] = at.step[0, 0] + 1
        first = below(at.seed, len(at.holder))
        origin = at.holder[first]
        if field.tried[first] < 2:
            continue
        at.seen[first] = mark
        so_far = -at.own[first] - _worth(field, at, origin, NO_INDEX)
        _take(field, at, first, origin, -1)
        hole, moves, kept = origin, 0, 0
        target, cost = _place(field, at, first, hole, origin, so_far)
        while moves < pace.depth:
            zone, gain = _follower(field, at, hole, mark, pace.blink)
            if zone < 0:
                break
            source = at.holder[zone]
            at.seen[zone] = mark
            so_far += gain - _worth(field, at, source, NO_INDEX)
            _take(field, at, zone, hole, 1)
            _take(field, at, zone, source, -1)
            at.holder[zone], at.own[zone] = hole, field.reduced[zone, hole]
            moves += 1
            at.step[moves, 0], at.step[moves, 1], at.step[moves, 2] = zone, source, hole
            hole = source
            there, trial = _place(field, at, first, hole, NO_INDEX, so_far)
            if trial < cost:
                target, cost, kept = there, trial, moves
        taken = target >= 0 and (cost <= 0.0 or cost < -heat * math.log(max(1e-300, share(at.seed))))
        _settle(field, at, first, target if taken else origin, moves, kept if taken else 0)
        if taken:
            at.cost[1] += field.price[first, target] - field.price[first, origin]
            _note(field, at)


@compiled
def _settle(field: Field, at: Stand, first: int, target: int, moves: int, kept: int) -> None:
    """Undo the moves behind those ``kept``, and put ``first`` where it goes."""
    for place in range(1, moves + 1):
        zone, source, hole = at.step[place, 0], at.step[place, 1], at.step[place, 2]
        if place > kept:
            _take(field, at, zone, hole, -1)
            _take(field, at, zone, source, 1)
            at.holder[zone], at.own[zone] = source, field.reduced[zone, source]
        else:
            at.cost[1] += field.price[zone, hole] - field.price[zone, source]
    _take(field, at, first, target, 1)
    at.holder[first], at.own[first] = target, field.reduced[first, target]
