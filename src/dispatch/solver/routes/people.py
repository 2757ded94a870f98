"""What it costs who is sent: others than people were told, others than the household knows."""

from __future__ import annotations

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import Visit
from dispatch.solver.routes.compiled import Compiled


def crew_price(compiled: Compiled, visit: Visit, people: Set[str]) -> float:
    """Minutes for sending just these ``people`` (ids)."""
    weights = compiled.problem.weights
    cost = 0.0
    if visit.told is not None and people != set(visit.told.workers):
        cost += weights.change_worker
    if visit.keep and people.isdisjoint(visit.keep):
        cost += weights.continuity
    return cost


def price_each(compiled: Compiled, visit: Visit) -> NDArray[np.float64]:
    """For every duty the minutes for sending its worker: `crew_price` of one person, of a crew the share of each.

    A share is about right only: what a crew costs is known once all of it is.
    """
    weights = compiled.problem.weights
    price = np.zeros(len(compiled.duties), dtype=np.float64)
    if visit.told is not None:
        known = compiled.duties_mask(visit.told.workers)
        if visit.people == 1 and len(set(visit.told.workers)) > 1:
            known[:] = False
        price[~known] += weights.change_worker
    if visit.keep:
        price[~compiled.duties_mask(visit.keep)] += weights.continuity
    return price / visit.people
