"""What keeps somebody from a visit on a day, rule by rule, in a plan as it stands."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from dispatch.solver.contracts.facts import Facts
from dispatch.solver.contracts.state import FREE, State
from dispatch.solver.rules import Rule


class Obstacle(NamedTuple):
    """A rule in the way and by how much: minutes too many, days too near, contracts too many."""

    rule: Rule
    excess: int = 0


def obstacles(facts: Facts, state: State, contract: int, kind: int, day: int, helper: int) -> list[Obstacle]:
    """Every rule in the way of the visit beside all visits of ``state``."""
    found = []
    if not facts.open[contract, day]:
        found.append(Obstacle(Rule.AGREED_DAY))
    elif not (facts.new[contract, day] or facts.short[contract, kind, day]):
        found.append(Obstacle(Rule.NOTICE))
    if not facts.may[contract, helper]:
        found.append(Obstacle(Rule.ALLOWED))
    if not facts.skilled[helper, kind, day]:
        found.append(Obstacle(Rule.SKILL))
    near = too_near(facts, state, contract, kind, day)
    if near:
        found.append(Obstacle(Rule.APART, near))
    if (more := _contracts_over(facts, state, contract, day, helper)) > 0:
        found.append(Obstacle(Rule.CONTRACTS_CAP, more))
    if facts.room[helper, day] == 0:
        found.append(Obstacle(Rule.WORKDAY))
        return found
    there = state.by_day[helper, day, : state.on_day[helper, day]]
    way = 0 if contract in state.contract[there] else int(facts.way_minutes[helper])
    minutes = int(facts.minutes[contract, kind])
    over = int(state.work[helper, day]) + minutes + way - int(facts.room[helper, day])
    if over > 0:
        found.append(Obstacle(Rule.MINUTES_CAP, over))
    week = int(facts.week[day])
    over = int(state.week_work[helper, week]) + minutes - int(facts.week_room[helper, week])
    if over > 0:
        found.append(Obstacle(Rule.WEEK_MINUTES, over))
    return found


def _contracts_over(facts: Facts, state: State, contract: int, day: int, helper: int) -> int:
    """By how many contracts the helper would be over the cap, in the plan or in the month of its first day."""
    over = 0
    if state.held[helper, contract] == 0:
        over = int(state.holds[helper] + 1 - facts.contracts_max[helper])
    if facts.this_month[day] and state.month_held[helper, contract] == 0:
        over = max(over, int(state.month_holds[helper] + 1 - facts.contracts_max[helper]))
    return over


def too_near(facts: Facts, state: State, contract: int, kind: int, day: int) -> int:
    """By how many days a visit that counts for the same promise is too near; 0 where none is."""
    visits = np.flatnonzero(state.contract == contract) if contract != FREE else np.zeros(0, dtype=np.int64)
    worst = int(any(state.kind[one] == kind and state.day[one] == day for one in visits))
    for apart in range(facts.apart_of[contract], facts.apart_of[contract + 1]):
        as_kind, least = facts.apart_kind[apart], int(facts.apart_days[apart])
        if not facts.counts[kind, as_kind]:
            continue
        if facts.blocked[apart, day]:
            worst = max(worst, int(facts.blocked[apart, day:].argmin()) or 1)
        for one in visits:
            if facts.counts[state.kind[one], as_kind]:
                worst = max(worst, least - abs(int(state.day[one]) - day))
    return worst


def able_days(facts: Facts, contract: int, as_kind: int, first: int, last: int) -> list[int]:
    """Days on which something new that counts as ``as_kind`` may be dated and somebody has the time for it, alone."""
    kinds = np.flatnonzero(facts.counts[:, as_kind])
    able = np.zeros(last + 1 - first, dtype=np.bool_)
    for kind in kinds.tolist():
        long = facts.minutes[contract, kind] + facts.way_minutes
        fits = facts.skilled[:, kind, first : last + 1] & (facts.room[:, first : last + 1] >= long[:, None])
        free = facts.new[contract, first : last + 1] | facts.short[contract, kind, first : last + 1]
        able |= (fits & facts.may[contract][:, None]).any(axis=0) & free
    for apart in range(facts.apart_of[contract], facts.apart_of[contract + 1]):
        if facts.counts[kinds, facts.apart_kind[apart]].all():
            able &= ~facts.blocked[apart, first : last + 1]
    return (np.flatnonzero(able) + first).tolist()


def spacing(facts: Facts, contract: int, as_kind: int) -> int:
    """How many days apart any two visits that count as ``as_kind`` are; 0 where kinds differ and may share a day."""
    kinds = np.flatnonzero(facts.counts[:, as_kind])
    least = 1 if len(kinds) == 1 else 0
    for apart in range(facts.apart_of[contract], facts.apart_of[contract + 1]):
        if facts.counts[kinds, facts.apart_kind[apart]].all():
            least = max(least, int(facts.apart_days[apart]))
    return least


def latest_first(days: list[int], count: int, least: int) -> int | None:
    """The latest day for the first of ``count`` visits on ``days``, ``least`` apart; None where they do not fit.

    With ``least`` 0 days are no limit to their number.
    """
    if least == 0:
        return days[-1] if days else None
    chosen, left = None, count
    for day in reversed(days):
        if chosen is None or chosen - day >= least:
            chosen, left = day, left - 1
            if left == 0:
                return chosen
    return None
