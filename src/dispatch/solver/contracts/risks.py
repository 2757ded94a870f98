"""Promises that are about to break, named while they can still be kept."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dispatch.solver.contract_plan import PromiseAtRisk
from dispatch.solver.contracts.facts import Scene
from dispatch.solver.contracts.obstacles import able_days, latest_first, spacing
from dispatch.solver.contracts.periods import Part, Period
from dispatch.solver.contracts.state import State


def at_risk(scene: Scene, state: State) -> Iterator[PromiseAtRisk]:
    """Of every promise of the part that is at risk, what is missing and until when it can be kept.

    At risk is what the plan breaks, what had a missed or failed visit in its period, what has no more than ``margin``
    days to spare, and a deadline that has passed.
    """
    problem = scene.problem
    for period in scene.periods:
        missing = max((part.need - part.done for part in period.parts), default=0)
        if missing <= 0 or not (period.hard or period.overdue):
            continue
        contract = scene.contracts[period.contract]
        planned = _planned(scene, state, period)
        broken = period.hard and any(_short(scene, state, period, part) for part in period.parts)
        keep_by = None if period.overdue else _keep_by(scene, period, planned)
        first = min(planned, default=None)
        spare = 0
        if first is not None and keep_by is not None:
            spare = sum(first < day <= keep_by for day in _days(scene, period, period.parts[0], planned))
        lapsed = sum(period.first <= past.day <= period.last for past in scene.lapsed.get(contract.id, ()))
        if broken or period.overdue or lapsed or spare <= problem.margin:
            yield PromiseAtRisk(
                contract=contract.id,
                promise=period.promise,
                first=period.first,
                last=period.last,
                missing=missing,
                keep_by=None if keep_by is None else keep_by + problem.day,
                next=None if first is None else first + problem.day,
                spare=spare,
                lapsed=lapsed,
                broken=broken,
                overdue=period.overdue,
            )


def _visits(scene: Scene, state: State, period: Period, part: Part) -> list[int]:
    """Days of visits planned that count for the part."""
    day = scene.problem.day
    kinds = scene.facts.counts[:, scene.kind_index[part.kind]]
    there = np.flatnonzero(state.contract == period.contract)
    inside = (state.day[there] >= period.opens - day) & (state.day[there] <= period.closes - day)
    return sorted(state.day[there[inside & kinds[state.kind[there]]]].tolist())


def _short(scene: Scene, state: State, period: Period, part: Part) -> bool:
    return part.done + len(_visits(scene, state, period, part)) < part.need


def _planned(scene: Scene, state: State, period: Period) -> list[int]:
    return sorted({day for part in period.parts for day in _visits(scene, state, period, part)})


def _days(scene: Scene, period: Period, part: Part, planned: list[int]) -> list[int]:
    """Days on which a visit for the part may be made: those with one planned, and others on which somebody could."""
    day = scene.problem.day
    kind = scene.kind_index[part.kind]
    able = able_days(scene.facts, period.contract, kind, period.opens - day, period.closes - day)
    return sorted({*able, *planned})


def _keep_by(scene: Scene, period: Period, planned: list[int]) -> int | None:
    """The latest day for the next visit, by the part that must begin soonest."""
    found = []
    for part in period.parts:
        if part.need > part.done:
            least = spacing(scene.facts, period.contract, scene.kind_index[part.kind])
            days = _days(scene, period, part, planned)
            found.append(latest_first(days, part.need - part.done, least))
    return None if any(one is None for one in found) else min(one for one in found if one is not None)
