"""A part of a `ContractProblem` as arrays for machine code: contracts, helpers, days, what is promised and told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.contract_problem import Contract, ContractHelper, ContractProblem, PastVisit
from dispatch.solver.contracts.calendar import date_of, months_later, weekday
from dispatch.solver.contracts.periods import Period
from dispatch.solver.travel import Globe

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

NEVER = 2**40
(
    BROKEN, SHORT, PACE, WORK, EVEN, NEAR, CHANGE_DAY, CHANGE_WORKER, CALLED_OFF, CONTINUITY, SHORT_NOTICE,
) = range(11)  # fmt: skip


class Facts(NamedTuple):
    """Indices: contract, helper, day from the first one planned, kind; rows are the parts of periods, contract by
    contract, those that few kinds keep first; a group is a period. Minutes throughout.

    ``room`` is what a helper has on a day (0: does not work), ``week_room`` in a week; ``open`` says on which days the
    contract may be visited, ``new`` on which of them something new may be dated, ``short`` on which others, and of what
    kind, what replaces a lapsed visit. ``this_month``: days in the month of the first one; ``seen``: who visited which
    contract in that month before it, ``seen_else``: how many contracts of other parts. ``blocked`` holds days too near,
    by a row of spacing, to visits made before. ``ways`` are minutes between spots by mode.
    """

    room: Ints
    week: Ints
    week_room: Ints
    contracts_max: Ints
    way_minutes: Ints
    may: Bools
    skilled: Bools
    open: Bools
    new: Bools
    short: Bools
    this_month: Bools
    seen: Bools
    seen_else: Ints
    minutes: Ints
    counts: Bools
    row_of: Ints
    row_contract: Ints
    row_kind: Ints
    row_first: Ints
    row_last: Ints
    row_need: Ints
    row_group: Ints
    row_hard: Bools
    apart_of: Ints
    apart_kind: Ints
    apart_days: Ints
    blocked: Bools
    own: Ints
    spot: Ints
    base: Ints
    mode: Ints
    ways: Ints
    told_of: Ints
    told_kind: Ints
    told_day: Ints
    told_helper: Ints
    weights: Floats


class Share(NamedTuple):
    """Contracts and helpers (by index in the problem) that only have to do with each other."""

    contracts: list[int]
    helpers: list[int]


class Scene:
    """A part of the problem: its facts, and the names behind the indices.

    ``told`` holds the told visits (by index in the problem) in the order of the facts, ``periods`` those of the groups.
    """

    def __init__(self, problem: ContractProblem, part: Share, found: Sequence[Period]) -> None:
        self.problem = problem
        self.contracts = [problem.contracts[index] for index in part.contracts]
        self.helpers = [problem.helpers[index] for index in part.helpers]
        at = {index: place for place, index in enumerate(part.contracts)}
        self.periods = [period._replace(contract=at[period.contract]) for period in found if period.contract in at]
        self.kind_index = {kind.id: index for index, kind in enumerate(problem.kinds)}
        self.contract_index = {one.id: index for index, one in enumerate(self.contracts)}
        self.helper_index = {one.id: index for index, one in enumerate(self.helpers)}
        self.lapsed: dict[str, list[PastVisit]] = {}
        for past in problem.history:
            if past.outcome != "done" and past.contract in self.contract_index:
                self.lapsed.setdefault(past.contract, []).append(past)
        self.days = problem.last - problem.day + 1
        self.told = sorted(
            (index for index, one in enumerate(problem.told) if one.contract in self.contract_index),
            key=lambda index: (self.contract_index[problem.told[index].contract], index),
        )
        self.facts = _facts(self)

    def fixed(self, told: int) -> bool:
        """Whether the told visit (by index in the problem) stays as it is: pinned, or inside the notice."""
        one = self.problem.told[told]
        notice = self.contracts[self.contract_index[one.contract]].notice
        return one.pin or one.day < self.problem.day + notice


def _facts(scene: Scene) -> Facts:
    problem = scene.problem
    kinds, helpers = problem.kinds, scene.helpers
    days = range(problem.day, problem.last + 1)
    room = np.array([[minutes_on(problem, helper, day) for day in days] for helper in helpers], dtype=np.int64)
    first_week = (problem.day + 3) // 7
    week = np.array([(day + 3) // 7 - first_week for day in days], dtype=np.int64)
    counts = np.array([[of.id == as_.id or as_.id in of.counts_as for as_ in kinds] for of in kinds], dtype=np.bool_)
    opened = np.array([[is_open(problem, one, day) for day in days] for one in scene.contracts], dtype=np.bool_)
    notice = np.array([one.notice for one in scene.contracts], dtype=np.int64)
    lengths = [[one.minutes.get(kind.id, kind.minutes) for kind in kinds] for one in scene.contracts]
    weights = problem.weights
    spots, ways, modes = _ways(scene)
    return Facts(
        room=room.reshape(len(helpers), scene.days),
        week=week,
        week_room=_week_room(scene, int(week[-1]) + 1),
        contracts_max=_array(NEVER if one.max_contracts is None else one.max_contracts for one in helpers),
        way_minutes=_array(one.way_minutes for one in helpers),
        may=_matrix([[may_go(one, helper) for helper in helpers] for one in scene.contracts], len(helpers)),
        skilled=_skilled(scene),
        open=opened,
        new=opened & (np.arange(scene.days)[None, :] >= notice[:, None]),
        short=_short(scene, opened, notice),
        **_this_month(scene),
        minutes=np.array(lengths, dtype=np.int64).reshape(len(scene.contracts), len(kinds)),
        counts=counts,
        **_rows(scene, counts),
        **_apart(scene),
        own=_array(scene.helper_index.get(one.helper or "", -2 if one.helper else -1) for one in scene.contracts),
        spot=_array(spots[one.spot] for one in scene.contracts),
        base=_array(spots[one.spot] for one in helpers),
        mode=_array(modes[one.mode] for one in helpers),
        ways=ways,
        **_told(scene),
        weights=np.array([getattr(weights, name) for name in weights.__struct_fields__], dtype=np.float64),
    )


def _array(values: object) -> Ints:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def _matrix(rows: list[list[bool]], width: int) -> Bools:
    return np.array(rows, dtype=np.bool_).reshape(len(rows), width)


def may_go(contract: Contract, helper: ContractHelper) -> bool:
    """Whether the agreement lets this helper go."""
    return contract.among is None or helper.id in contract.among


def is_open(problem: ContractProblem, contract: Contract, day: int) -> bool:
    """Whether the contract may be visited on ``day``, told or new: in force, no holiday, a weekday agreed."""
    in_force = contract.first <= day and (contract.last is None or day <= contract.last)
    agreed = not contract.weekdays or weekday(day) in contract.weekdays
    return in_force and agreed and day not in problem.holidays


def minutes_on(problem: ContractProblem, helper: ContractHelper, day: int) -> int:
    """What ``helper`` has for visits and the ways to them on ``day``; 0 where they do not work."""
    if day in problem.holidays or day in helper.absent:
        return 0
    for one in helper.days:
        if one.day == day:
            return one.minutes
    return helper.minutes if weekday(day) in helper.weekdays or day in problem.workdays else 0


def _week_room(scene: Scene, weeks: int) -> Ints:
    """Minutes of visits left by helper and week, those made this week before the first day planned taken off."""
    problem = scene.problem
    room = np.full((len(scene.helpers), weeks), NEVER, dtype=np.int64)
    for index, helper in enumerate(scene.helpers):
        if helper.max_week is not None:
            room[index] = helper.max_week
    monday = problem.day - weekday(problem.day) + 1
    lengths = {kind.id: kind.minutes for kind in problem.kinds}
    contracts = {one.id: one for one in problem.contracts}
    for past in problem.history:
        if past.outcome == "done" and past.day >= monday and past.helper in scene.helper_index:
            took = contracts[past.contract].minutes.get(past.kind, lengths[past.kind])
            room[scene.helper_index[past.helper], 0] -= took
    return room


def _short(scene: Scene, opened: Bools, notice: Ints) -> Bools:
    """Contract, kind, day inside the notice: where a visit may replace one of its period that was missed or failed."""
    problem, day = scene.problem, scene.problem.day
    counts = {kind.id: {kind.id, *kind.counts_as} for kind in problem.kinds}
    short = np.zeros((len(scene.contracts), len(problem.kinds), scene.days), dtype=np.bool_)
    for period in scene.periods:
        lapsed = scene.lapsed.get(scene.contracts[period.contract].id, ())
        if not lapsed or not (period.hard or period.overdue):
            continue
        for part in period.parts:
            if any(past.day >= period.first and part.kind in counts[past.kind] for past in lapsed):
                counting = [part.kind in counts[kind.id] for kind in problem.kinds]
                short[period.contract, counting, period.opens - day : period.closes - day + 1] = True
    inside = opened & (np.arange(scene.days)[None, :] < notice[:, None])
    return short & inside[:, None, :]


def _this_month(scene: Scene) -> dict[str, Any]:
    """What counts for the cap on contracts in the month of the first day planned."""
    problem = scene.problem
    first = problem.day - date_of(problem.day).day + 1
    days = np.arange(problem.day, problem.day + scene.days)
    seen = np.zeros((len(scene.helpers), len(scene.contracts)), dtype=np.bool_)
    others: list[set[str]] = [set() for _ in scene.helpers]
    for past in problem.history:
        place = scene.helper_index.get(past.helper or "")
        if place is None or past.outcome != "done" or past.day < first:
            continue
        if past.contract in scene.contract_index:
            seen[place, scene.contract_index[past.contract]] = True
        else:
            others[place].add(past.contract)
    return {"this_month": days < months_later(first, 1), "seen": seen, "seen_else": _array(map(len, others))}


def _skilled(scene: Scene) -> Bools:
    problem = scene.problem
    able = np.ones((len(scene.helpers), len(problem.kinds), scene.days), dtype=np.bool_)
    for place, helper in enumerate(scene.helpers):
        for index, kind in enumerate(problem.kinds):
            if kind.skill is None:
                continue
            able[place, index] = False
            for held in helper.skills:
                if held.skill == kind.skill and held.level >= kind.level:
                    first = 0 if held.first is None else max(0, held.first - problem.day)
                    last = scene.days if held.last is None else max(0, held.last - problem.day + 1)
                    able[place, index, first:last] = True
    return able


def _rows(scene: Scene, counts: Bools) -> dict[str, Any]:
    day = scene.problem.day
    rows = []
    for group, period in enumerate(scene.periods):
        for part in period.parts:
            if part.need > part.done:
                kind = scene.kind_index[part.kind]
                few = int(counts[:, kind].sum())
                span = (period.opens - day, period.closes - day)
                rows.append((period.contract, few, span[1] - span[0], *span, kind, part.need - part.done, group))
    rows.sort()
    contracts, _, _, firsts, lasts, kinds, needs, groups = zip(*rows, strict=True) if rows else ((),) * 8
    return {
        "row_of": np.searchsorted(_array(contracts), np.arange(len(scene.contracts) + 1)).astype(np.int64),
        "row_contract": _array(contracts),
        "row_kind": _array(kinds),
        "row_first": _array(firsts),
        "row_last": _array(lasts),
        "row_need": _array(needs),
        "row_group": _array(groups),
        "row_hard": np.array([scene.periods[group].hard for group in groups], dtype=np.bool_),
    }


def _apart(scene: Scene) -> dict[str, Any]:
    problem = scene.problem
    made: dict[str, list[tuple[str, int]]] = {}
    for past in problem.history:
        if past.outcome == "done":
            made.setdefault(past.contract, []).append((past.kind, past.day))
    counts = {kind.id: {kind.id, *kind.counts_as} for kind in problem.kinds}
    of, kinds, least, blocked = [0], [], [], []
    for contract in scene.contracts:
        for promise in contract.promises:
            if promise.apart:
                kinds.append(scene.kind_index[promise.kind])
                least.append(promise.apart)
                before = [day for kind, day in made.get(contract.id, ()) if promise.kind in counts[kind]]
                open_from = max(before, default=problem.day - promise.apart) + promise.apart - problem.day
                blocked.append(np.arange(scene.days) < open_from)
        of.append(len(kinds))
    return {
        "apart_of": _array(of),
        "apart_kind": _array(kinds),
        "apart_days": _array(least),
        "blocked": np.array(blocked, dtype=np.bool_).reshape(len(blocked), scene.days),
    }


def _told(scene: Scene) -> dict[str, Any]:
    told = [scene.problem.told[index] for index in scene.told]
    contracts = _array(scene.contract_index[one.contract] for one in told)
    return {
        "told_of": np.searchsorted(contracts, np.arange(len(scene.contracts) + 1)).astype(np.int64),
        "told_kind": _array(scene.kind_index[one.kind] for one in told),
        "told_day": _array(one.day - scene.problem.day for one in told),
        "told_helper": _array(scene.helper_index.get(one.helper, -1) for one in told),
    }


def _ways(scene: Scene) -> tuple[dict[int, int], Ints, dict[str, int]]:
    """Places of the spots used, minutes between them by mode, places of the modes."""
    problem = scene.problem
    used = sorted({*(one.spot for one in scene.contracts), *(one.spot for one in scene.helpers)})
    modes = sorted({one.mode for one in scene.helpers})
    globe = Globe([problem.spots[one] for one in used])
    rows = [[globe.row(problem.speeds, mode, place) for place in range(len(used))] for mode in modes]
    ways = np.array(rows, dtype=np.int64).reshape(len(modes), len(used), len(used))
    return {spot: place for place, spot in enumerate(used)}, ways, {name: place for place, name in enumerate(modes)}
