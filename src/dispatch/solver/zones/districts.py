"""Zones that hang together or lie close: grown from seeds, then annealed, in two lanes."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dispatch.solver.stop import Stop
from dispatch.solver.zones.flips import Land, Plots, flips
from dispatch.solver.zones.hunt import Found, legs
from dispatch.solver.zones.neighbours import beside, nearest, ways_between
from dispatch.solver.zones.offers import NEVER, Choice, Floats, Ints, Offers
from dispatch.solver.zones.relax import Frame, worth_of

ROUNDS = 100_000
"""Zones tried that a budget of one stands for, on each lane."""

HOT, COLD = 0.5, 0.01
"""Temperatures, as shares of what a zone costs on average in the first choice."""

CYCLES = 3
"""How often the search cools down; each time it begins from the best choice."""


class Lane:
    """One seeded search on a `Land`."""

    def __init__(self, land: Land, first: Choice, seed: int) -> None:
        self.land = land
        zones, columns = land.price.shape
        holder = np.array([columns - 1 if one is None else one for one in first], dtype=np.int64)
        self.plots = Plots(
            holder=holder,
            load=np.zeros(land.caps.shape, dtype=np.int64),
            members=np.full((columns, zones), -1, dtype=np.int64),
            place=np.zeros(zones, dtype=np.int64),
            size=np.zeros(columns, dtype=np.int64),
            sums=np.zeros(zones),
            best=holder.copy(),
            cost=np.zeros(2),
            seen=np.zeros(zones, dtype=np.int64),
            queue=np.zeros(zones + 1, dtype=np.int64),
            seed=np.array([seed % 2**62 * 2 + 1], dtype=np.uint64),
        )
        self.go_to(holder.copy())
        self.plots.cost[0] = self.plots.cost[1]
        self._heat = max(1e-3, float(self.plots.cost[1]) / max(1, zones))

    @property
    def cost(self) -> float:
        """What the best choice costs."""
        return float(self.plots.cost[0])

    def go_to(self, holder: Ints) -> None:
        """Stand at this choice."""
        land, at = self.land, self.plots
        nobody = land.price.shape[1] - 1
        at.holder[:] = holder
        at.size[:] = 0
        zones = np.arange(len(holder))
        at.load[:] = 0
        for kind in range(len(land.takes)):
            np.add.at(at.load[kind], holder, land.takes[kind, zones, holder])
        for zone, helper in enumerate(holder.tolist()):
            at.members[helper, at.size[helper]] = zone
            at.place[zone] = at.size[helper]
            at.size[helper] += 1
        at.sums[:] = 0.0
        middles = 0.0
        for helper in range(nobody):
            own = at.members[helper, : at.size[helper]]
            if len(own) and land.compact:
                at.sums[own] = land.ways[land.mode[helper]][np.ix_(own, own)].sum(axis=1)
                middles += float(at.sums[own].min())
        heaviest = float(at.load[land.heavy, :-1].max()) if land.heavy >= 0 and nobody else 0.0
        at.cost[1] = float(land.price[zones, holder].sum()) + land.compact * middles + land.balance * heaviest

    def run(self, rounds: int, begin: float, end: float) -> None:
        """Some rounds, from share ``begin`` to share ``end`` of the search."""
        cycle = min(CYCLES - 1, int(begin * CYCLES))
        hot, cold = HOT * self._heat / 4**cycle, COLD * self._heat
        ratio = cold / hot
        shares = [min(1.0, one * CYCLES - cycle) for one in (begin, end)]
        flips(self.land, self.plots, rounds, hot * ratio ** shares[0], hot * ratio ** shares[1])

    def adopt(self, other: Lane) -> None:
        """Go on from the best choice of ``other``."""
        self.go_to(other.plots.best.copy())
        if other.cost < self.cost:
            self.plots.best[:] = other.plots.best
            self.plots.cost[0] = other.plots.cost[0]


def settle_districts(
    offers: Offers,
    frame: Frame,
    guess: Sequence[int | None],
    *,
    budget: int | None,
    seed: int,
    stop: Stop,
    cores: int = 1,
) -> Found:
    """The cheapest choice found whose zones hang together where that is asked; with what no choice is below.

    The same for the same problem, guess, seed and budget; ``cores`` changes how long it takes, nothing else.
    """
    problem = offers.problem
    ways = ways_between(problem, _modes(offers)) if problem.weights.compact or not problem.connected else None
    near = beside(problem) if problem.connected else nearest(ways[0] if ways is not None else offers.ways)
    lands = [land_of(offers, frame, near, ways, above) for above in (0.0, frame.balance)]
    first = grow(lands[0], near, guess, random.Random(seed))
    lanes = [Lane(land, first, seed * 1_000_003 + place) for place, land in enumerate(lands)]
    bound = worth_of(frame).bound
    used = 0
    cycle = 0
    if not frame.price.size or frame.price.shape[1] == 1 or budget == 0:
        return Found(_choice(lanes[0]), lanes[0].cost, bound, 0)
    with ThreadPoolExecutor(max(1, min(2, cores))) as threads:
        for leg in legs(budget, stop, ROUNDS):
            list(threads.map(lambda lane, leg=leg: lane.run(leg.rounds, leg.begin, leg.end), lanes))
            used += -(-leg.rounds // ROUNDS)
            leader = min(lanes, key=lambda lane: lane.cost)
            stop.found(leader.cost)
            if leader.cost <= bound + 1e-6:
                break
            if int(leg.end * CYCLES) > cycle:
                cycle = int(leg.end * CYCLES)
                for lane in lanes:
                    lane.adopt(leader)
    leader = min(lanes, key=lambda lane: lane.cost)
    return Found(_choice(leader), leader.cost, bound, used)


def _modes(offers: Offers) -> list[str]:
    return sorted({helper.mode for helper in offers.problem.helpers}) or ["walk"]


def _choice(lane: Lane) -> Choice:
    nobody = lane.land.price.shape[1] - 1
    return [None if one == nobody else one for one in lane.plots.best.tolist()]


def land_of(offers: Offers, frame: Frame, near: list[list[int]], ways: Ints | None, above: float) -> Land:
    """The tables of a search; minutes of load above the mean cost ``above`` while searching."""
    problem = offers.problem
    modes = _modes(offers)
    loads = frame.takes[frame.heavy, :, :-1] if frame.heavy >= 0 else np.zeros((0, 0))
    even = float(loads.min(axis=1).sum()) / max(1, len(problem.helpers)) if loads.size else 0.0
    return Land(
        price=np.ascontiguousarray(frame.price),
        takes=frame.takes,
        caps=frame.caps,
        first=np.concatenate([[0], np.cumsum([len(some) for some in near])]).astype(np.int64),
        beside=np.array([other for some in near for other in some], dtype=np.int64),
        ways=np.zeros((len(modes), 1, 1), dtype=np.int64) if ways is None else ways,
        mode=np.array([modes.index(helper.mode) for helper in problem.helpers], dtype=np.int64),
        compact=problem.weights.compact,
        heavy=frame.heavy,
        balance=frame.balance,
        connected=problem.connected,
        even=even,
        above=above,
    )


def grow(land: Land, near: list[list[int]], guess: Sequence[int | None], draw: random.Random) -> Choice:
    """A first choice within all caps: what is pinned and what helpers have as far as it hangs together, then everybody
    in turn, the least loaded first, takes the cheapest zone beside their own.
    """
    zones, columns = land.price.shape
    room, held = land.caps.copy(), np.zeros(columns, dtype=np.int64)
    choice: Choice = [None] * zones
    own: list[list[int]] = [[] for _ in range(columns - 1)]

    def give(zone: int, helper: int) -> bool:
        if land.price[zone, helper] >= NEVER or bool((land.takes[:, zone, helper] > room[:, helper]).any()):
            return False
        room[:, helper] -= land.takes[:, zone, helper]
        held[helper] += int(land.takes[:, zone, helper].sum()) + 1
        choice[zone] = helper
        own[helper].append(zone)
        return True

    for helper, some in _kept(land, near, guess).items():
        for zone in some:
            give(zone, helper)
    _seed(land, own, give, choice, draw)
    growing = [helper for helper in range(columns - 1) if own[helper]]
    while growing:
        helper = min(growing, key=lambda one: (held[one], one))
        edge = sorted({other for zone in own[helper] for other in near[zone] if choice[other] is None})
        order = sorted(edge, key=lambda zone: (_pull(land, own[helper], zone, helper), zone))
        if not any(give(zone, helper) for zone in order):
            growing.remove(helper)
    return choice


def _pull(land: Land, own: list[int], zone: int, helper: int) -> float:
    way = float(land.ways[land.mode[helper], zone, own[0]]) if land.compact else 0.0
    return float(land.price[zone, helper]) + land.compact * way


def _kept(land: Land, near: list[list[int]], guess: Sequence[int | None]) -> dict[int, list[int]]:
    """For every helper the zones guessed (and pinned) that hang together: the piece with most pins, then most zones."""
    nobody = land.price.shape[1] - 1
    must = land.price[:, nobody] >= NEVER
    wanted = [int(land.price[zone].argmin()) if must[zone] else one for zone, one in enumerate(guess)]
    found: dict[int, list[int]] = {}
    for helper in sorted({one for one in wanted if one is not None}):
        left = {zone for zone, one in enumerate(wanted) if one == helper}
        if not land.connected:
            found[helper] = sorted(left, key=lambda zone: (not must[zone], zone))
            continue
        best: list[int] = []
        while left:
            piece = [min(left)]
            left.discard(piece[0])
            for zone in piece:
                fresh = [other for other in near[zone] if other in left]
                left.difference_update(fresh)
                piece += fresh
            key = (sum(bool(must[zone]) for zone in piece), len(piece))
            if key > (sum(bool(must[zone]) for zone in best), len(best)):
                best = piece
        found[helper] = best
    return found


def _seed(
    land: Land, own: list[list[int]], give: Callable[[int, int], bool], choice: Choice, draw: random.Random
) -> None:
    """One zone for everybody who has none: the cheapest, and where all are alike one far from all given so far."""
    zones = len(land.price)
    order = list(range(zones))
    draw.shuffle(order)
    for helper, some in enumerate(own):
        if some:
            continue
        given = [zone for zone in range(zones) if choice[zone] is not None]
        far: Floats = np.zeros(zones)
        if given and land.ways.shape[1] == zones:
            far = land.ways[land.mode[helper]][:, given].min(axis=1).astype(np.float64)
        for zone in sorted(order, key=lambda one: float(land.price[one, helper]) - float(far[one])):
            if choice[zone] is None and give(zone, helper):
                break
