"""One seeded search over chains: where it is, how hot, and the even load it aims at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.solver.zones.chains import Field, Pace, Stand, chains
from dispatch.solver.zones.first import first_choice, price_of
from dispatch.solver.zones.offers import NEVER, Choice, Ints
from dispatch.solver.zones.relax import Frame, Worth

DEPTH = 5
BLINK = 0.1
WORTH_A_TRY = 5.0
"""Helpers worth a try for a zone, on average: those whose reduced price is low enough."""

HOT, COLD = 0.2, 0.04
"""Temperatures, as shares of the reduced price up to which a helper is worth a try."""


class Ground:
    """What all lanes share: the `Field`, and the scale of what is worth a try."""

    def __init__(self, frame: Frame, worth: Worth) -> None:
        self.frame = frame
        zones, columns = frame.price.shape
        reduced = frame.price + np.einsum("kj,kij->ij", worth.value, frame.takes) - worth.base[:, None]
        own = np.sort(reduced[:, :-1], axis=1)
        rank = min(columns - 1, max(1, round(WORTH_A_TRY)))
        values = np.sort(own[own < NEVER / 2])
        self.reach = float(values[min(len(values) - 1, zones * rank - 1)]) if len(values) else 1.0
        self.reach = max(self.reach, 1e-3)
        second = own[:, min(1, columns - 2)] if columns > 1 else np.zeros(zones)
        tried = (reduced <= np.maximum(self.reach, second)[:, None]) & (frame.price < NEVER)
        tried[:, -1] = frame.price[:, -1] < NEVER
        places, counts = _listed(tried, reduced)
        listed = tried.T.copy()
        listed[-1] = False
        zones_of, zone_counts = _listed(listed, np.zeros(listed.shape))
        self.field = Field(
            price=np.ascontiguousarray(frame.price),
            reduced=np.ascontiguousarray(reduced),
            takes=np.ascontiguousarray(frame.takes),
            value=np.ascontiguousarray(worth.value),
            places=places,
            tried=counts,
            zones=zones_of,
            listed=zone_counts,
            heavy=frame.heavy,
            balance=frame.balance,
        )


def _listed(
    mask: np.ndarray[tuple[int, int], np.dtype[np.bool_]], order: np.ndarray[tuple[int, int], np.dtype[np.float64]]
) -> tuple[Ints, Ints]:
    """For every row the columns in ``mask``, lowest ``order`` first, as a table filled up with -1; and how many."""
    counts = mask.sum(axis=1).astype(np.int64)
    width = max(1, int(counts.max(initial=0)))
    by_order = np.argsort(np.where(mask, order, np.inf), axis=1, kind="stable")[:, :width]
    table = np.where(np.arange(by_order.shape[1])[None, :] < counts[:, None], by_order, -1).astype(np.int64)
    return np.ascontiguousarray(table), counts


class Lane:
    """A `Stand` on a `Ground`. The first choice is within all caps, so that there is always a plan."""

    def __init__(self, ground: Ground, first: Choice, cost: float, seed: int, *, fresh: bool) -> None:
        field = self._field = ground.field
        self._frame = ground.frame
        self._reach = ground.reach
        zones, columns = field.price.shape
        nobody = columns - 1
        holder = np.array([nobody if one is None else one for one in first], dtype=np.int64)
        self.stand = Stand(
            caps=ground.frame.caps.copy(),
            room=ground.frame.caps.copy(),
            press=np.maximum(field.value, 0.02 * field.value + 1e-6),
            holder=holder.copy(),
            load=np.zeros(ground.frame.caps.shape, dtype=np.int64),
            best=holder.copy(),
            cost=np.array([cost, 0.0, 0.02]),
            own=np.zeros(zones),
            seen=np.zeros(zones, dtype=np.int64),
            step=np.zeros((DEPTH + 2, 3), dtype=np.int64),
            seed=np.array([seed % 2**62 * 2 + 1], dtype=np.uint64),
        )
        if fresh:
            holder = np.where(field.places[:, 0] >= 0, field.places[:, 0], holder)
        self._go_to(holder)
        self._target = self._heaviest()
        self._begun = cost

    @property
    def cost(self) -> float:
        """What the best choice costs."""
        return float(self.stand.cost[0])

    def choice(self) -> Choice:
        """The best choice."""
        nobody = self._field.price.shape[1] - 1
        return [None if one == nobody else one for one in self.stand.best.tolist()]

    def run(self, rounds: int, begin: float, end: float) -> None:
        """Some rounds, from share ``begin`` to share ``end`` of the cooling."""
        hot, cold = HOT * self._reach, COLD * self._reach
        ratio = cold / hot
        self._aim()
        kept = self.cost
        chains(self._field, self.stand, Pace(rounds, DEPTH, hot * ratio**begin, hot * ratio**end, BLINK))
        if self.cost >= kept and float(self.stand.cost[1]) < kept:
            self._mend()

    def _mend(self) -> None:
        """Make what passes caps a choice within them; keep it as the best if it is cheaper."""
        nobody = self._field.price.shape[1] - 1
        now: Choice = [None if one == nobody else one for one in self.stand.holder.tolist()]
        mended = first_choice(self._frame, now)
        cost = price_of(self._frame, mended)
        if cost < self.cost - 1e-7:
            self.stand.best[:] = [nobody if one is None else one for one in mended]
            self.stand.cost[0] = cost

    def adopt(self, other: Lane) -> None:
        """Go on from the best choice of ``other``."""
        self.stand.best[:] = other.stand.best
        self.stand.cost[0] = other.stand.cost[0]
        self._go_to(other.stand.best)

    def _go_to(self, holder: Sequence[int] | Ints) -> None:
        stand, field = self.stand, self._field
        stand.holder[:] = holder
        zones = np.arange(len(stand.holder))
        stand.own[:] = field.reduced[zones, stand.holder]
        stand.cost[1] = float(field.price[zones, stand.holder].sum())
        stand.load[:] = 0
        for kind in range(len(field.takes)):
            np.add.at(stand.load[kind], stand.holder, field.takes[kind, zones, stand.holder])

    def _heaviest(self) -> int:
        """The heaviest load of the best choice, of the kind to be even."""
        field, stand = self._field, self.stand
        if field.heavy < 0:
            return 0
        load = np.zeros(field.price.shape[1], dtype=np.int64)
        np.add.at(load, stand.best, field.takes[field.heavy, np.arange(len(stand.best)), stand.best])
        return int(load[:-1].max(initial=0))

    def _aim(self) -> None:
        """Aim at a little less than the heaviest load of the best choice; nearer to it where that brought nothing."""
        if self._field.heavy < 0:
            return
        heaviest = self._heaviest()
        better = self.cost < self._begun
        self._begun = self.cost
        step = max(1, heaviest // 50) if better else max(1, (heaviest - self._target) // 2)
        self._target = max(0, heaviest - step)
        self.stand.room[self._field.heavy, :-1] = self._target
