"""Put a visit in, take it out, and what that changes. Machine code."""

from __future__ import annotations

from dispatch.solver.contracts.facts import (
    BROKEN,
    CALLED_OFF,
    CHANGE_DAY,
    CHANGE_WORKER,
    CONTINUITY,
    EVEN,
    NEAR,
    NEVER,
    PACE,
    SHORT,
    SHORT_NOTICE,
    WORK,
    Facts,
)
from dispatch.solver.contracts.state import FREE, Desk, State
from dispatch.solver.jit import compiled, inlined


@compiled
def tree_with(facts: Facts, state: State, desk: Desk, helper: int, day: int, contract: int) -> int:
    """Minutes of the shortest tree (Prim 1957) over the helper's base, their places of the day and ``contract``'s."""
    count = state.on_day[helper, day]
    for place in range(count):
        desk.nodes[place] = facts.spot[state.contract[state.by_day[helper, day, place]]]
    if contract >= 0:
        desk.nodes[count] = facts.spot[contract]
        count += 1
    mode = facts.mode[helper]
    last, total = facts.base[helper], 0
    for place in range(count):
        desk.key[place] = NEVER
    while count > 0:
        nearest = 0
        for place in range(count):
            way = facts.ways[mode, last, desk.nodes[place]]
            desk.key[place] = min(desk.key[place], way)
            if desk.key[place] < desk.key[nearest]:
                nearest = place
        total += desk.key[nearest]
        last = desk.nodes[nearest]
        count -= 1
        desk.nodes[nearest] = desk.nodes[count]
        desk.key[nearest] = desk.key[count]
    return int(total)


@inlined
def is_there(state: State, contract: int, helper: int, day: int) -> bool:
    """Whether the helper visits the contract on the day already."""
    for place in range(state.on_day[helper, day]):
        if state.contract[state.by_day[helper, day, place]] == contract:
            return True
    return False


@inlined
def taken(facts: Facts, state: State, contract: int, kind: int, helper: int, day: int) -> int:
    """Minutes that the visit takes of the helper's day."""
    way = 0 if is_there(state, contract, helper, day) else facts.way_minutes[helper]
    return int(facts.minutes[contract, kind] + way)


@inlined
def may_be_new(facts: Facts, contract: int, kind: int, day: int) -> bool:
    """Whether what was not told may be dated there: outside the notice, or in the place of what lapsed."""
    return bool(facts.new[contract, day] or facts.short[contract, kind, day])


@compiled
def has_room(facts: Facts, state: State, contract: int, kind: int, day: int, helper: int) -> bool:
    """Whether the helper can, by skill, day, minutes, week and number of contracts."""
    if not (facts.may[contract, helper] and facts.skilled[helper, kind, day] and facts.room[helper, day] > 0):
        return False
    if state.on_day[helper, day] >= state.by_day.shape[2] or state.spares[0] == 0:
        return False
    if state.work[helper, day] + taken(facts, state, contract, kind, helper, day) > facts.room[helper, day]:
        return False
    week = facts.week[day]
    if state.week_work[helper, week] + facts.minutes[contract, kind] > facts.week_room[helper, week]:
        return False
    if state.held[helper, contract] == 0 and state.holds[helper] >= facts.contracts_max[helper]:
        return False
    if not facts.this_month[day] or state.month_held[helper, contract] > 0:
        return True
    return bool(state.month_holds[helper] < facts.contracts_max[helper])


@compiled
def is_spaced(facts: Facts, state: State, contract: int, kind: int, day: int) -> bool:
    """Whether the visit is far enough from others that count for the same promise."""
    count = state.of_contract[contract]
    if count >= state.by_contract.shape[1]:
        return False
    for place in range(count):
        other = state.by_contract[contract, place]
        if state.kind[other] == kind and state.day[other] == day:
            return False
    for apart in range(facts.apart_of[contract], facts.apart_of[contract + 1]):
        as_kind = facts.apart_kind[apart]
        if not facts.counts[kind, as_kind]:
            continue
        if facts.blocked[apart, day]:
            return False
        for place in range(count):
            other = state.by_contract[contract, place]
            if facts.counts[state.kind[other], as_kind] and abs(state.day[other] - day) < facts.apart_days[apart]:
                return False
    return True


@compiled
def best_told(facts: Facts, state: State, contract: int, kind: int, day: int, helper: int) -> int:
    """The told visit this one carries on at the least price; -1 where calling off what was told costs no more."""
    best, least = -1, facts.weights[CALLED_OFF]
    for told in range(facts.told_of[contract], facts.told_of[contract + 1]):
        if state.told_by[told] < 0 and facts.told_kind[told] == kind:
            price = told_price(facts, told, day, helper)
            if price < least:
                best, least = told, price
    return best


@inlined
def told_price(facts: Facts, told: int, day: int, helper: int) -> float:
    """What it costs to carry on a told visit with that helper on that day."""
    price = 0.0
    if facts.told_day[told] != day:
        price += facts.weights[CHANGE_DAY]
    if facts.told_helper[told] != helper:
        price += facts.weights[CHANGE_WORKER]
    return price


@compiled
def own_price(facts: Facts, state: State, contract: int, kind: int, day: int, helper: int, told: int) -> float:
    """What the visit costs by itself: work, even load, who goes, what was told; without its way and its promises.

    Inside the notice, and not as told, it is a replacement at short notice.
    """
    weights = facts.weights
    more, work = taken(facts, state, contract, kind, helper, day), state.work[helper, day]
    price = weights[WORK] * facts.minutes[contract, kind]
    price += weights[EVEN] * (more * (2 * work + more)) / facts.room[helper, day]
    own = facts.own[contract]
    if own == -1:
        if state.held[helper, contract] == 0 and state.of_contract[contract] > 0:
            price += weights[CONTINUITY]
    elif own != helper:
        price += weights[CONTINUITY]
    as_told = False
    if told >= 0:
        price += told_price(facts, told, day, helper) - weights[CALLED_OFF]
        as_told = facts.told_day[told] == day and facts.told_helper[told] == helper
    if facts.short[contract, kind, day] and not as_told:
        price += weights[SHORT_NOTICE]
    return float(price)


@compiled
def gain(facts: Facts, state: State, contract: int, kind: int, day: int, eager: bool) -> float:
    """What the visit saves on promises; with ``eager`` a part of what keeping a whole one saves counts already."""
    weights, saved = facts.weights, 0.0
    for row in range(facts.row_of[contract], facts.row_of[contract + 1]):
        if state.have[row] >= facts.row_need[row] or not facts.counts[kind, facts.row_kind[row]]:
            continue
        if day < facts.row_first[row] or day > facts.row_last[row]:
            continue
        if not facts.row_hard[row]:
            saved += weights[PACE]
            continue
        saved += weights[SHORT]
        group = facts.row_group[row]
        if eager:
            saved += weights[BROKEN] / state.short[group]
        else:
            less = 0
            for other in range(facts.row_of[contract], row + 1):
                if facts.row_group[other] == group and state.have[other] < facts.row_need[other]:
                    inside = facts.row_first[other] <= day <= facts.row_last[other]
                    less += 1 if inside and facts.counts[kind, facts.row_kind[other]] else 0
            saved += weights[BROKEN] if less == state.short[group] else 0.0
    return float(saved)


@compiled
def put(
    facts: Facts, state: State, desk: Desk, contract: int, kind: int, day: int, helper: int, told: int, fixed: int
) -> None:
    """Plan the visit; it must have room."""
    near = tree_with(facts, state, desk, helper, day, contract)
    weights = facts.weights
    state.cost[0] += own_price(facts, state, contract, kind, day, helper, told)
    state.cost[0] += weights[NEAR] * (near - state.tree[helper, day])
    state.cost[0] -= gain(facts, state, contract, kind, day, False)
    state.work[helper, day] += taken(facts, state, contract, kind, helper, day)
    state.week_work[helper, facts.week[day]] += facts.minutes[contract, kind]
    state.tree[helper, day] = near
    state.spares[0] -= 1
    visit = state.spare[state.spares[0]]
    state.contract[visit], state.kind[visit], state.day[visit], state.helper[visit] = contract, kind, day, helper
    state.told[visit], state.fixed[visit] = told, fixed
    state.by_contract[contract, state.of_contract[contract]] = visit
    state.of_contract[contract] += 1
    state.by_day[helper, day, state.on_day[helper, day]] = visit
    state.on_day[helper, day] += 1
    state.holds[helper] += 1 if state.held[helper, contract] == 0 else 0
    state.held[helper, contract] += 1
    if facts.this_month[day]:
        state.month_holds[helper] += 1 if state.month_held[helper, contract] == 0 else 0
        state.month_held[helper, contract] += 1
    if told >= 0:
        state.told_by[told] = visit
    _count(facts, state, contract, kind, day, 1)
    _log(desk, -1 - visit, 0, 0, 0, 0)


@compiled
def take(facts: Facts, state: State, desk: Desk, visit: int) -> None:
    """Take the visit out again."""
    contract, kind, day, helper = state.contract[visit], state.kind[visit], state.day[visit], state.helper[visit]
    told = state.told[visit]
    _log(desk, contract, kind, day, helper, told)
    state.contract[visit] = FREE
    state.spare[state.spares[0]] = visit
    state.spares[0] += 1
    state.of_contract[contract] -= 1
    for place in range(state.of_contract[contract]):
        if state.by_contract[contract, place] == visit:
            state.by_contract[contract, place] = state.by_contract[contract, state.of_contract[contract]]
            break
    state.on_day[helper, day] -= 1
    for place in range(state.on_day[helper, day]):
        if state.by_day[helper, day, place] == visit:
            state.by_day[helper, day, place] = state.by_day[helper, day, state.on_day[helper, day]]
            break
    state.held[helper, contract] -= 1
    state.holds[helper] -= 1 if state.held[helper, contract] == 0 else 0
    if facts.this_month[day]:
        state.month_held[helper, contract] -= 1
        state.month_holds[helper] -= 1 if state.month_held[helper, contract] == 0 else 0
    if told >= 0:
        state.told_by[told] = -1
    near = tree_with(facts, state, desk, helper, day, -1)
    _count(facts, state, contract, kind, day, -1)
    state.work[helper, day] -= taken(facts, state, contract, kind, helper, day)
    state.week_work[helper, facts.week[day]] -= facts.minutes[contract, kind]
    weights = facts.weights
    state.cost[0] -= own_price(facts, state, contract, kind, day, helper, told)
    state.cost[0] -= weights[NEAR] * (state.tree[helper, day] - near)
    state.cost[0] += gain(facts, state, contract, kind, day, False)
    state.tree[helper, day] = near


@compiled
def _count(facts: Facts, state: State, contract: int, kind: int, day: int, by: int) -> None:
    for row in range(facts.row_of[contract], facts.row_of[contract + 1]):
        inside = facts.row_first[row] <= day <= facts.row_last[row]
        if inside and facts.counts[kind, facts.row_kind[row]]:
            missing = max(0, facts.row_need[row] - state.have[row])
            state.have[row] += by
            state.short[facts.row_group[row]] += max(0, facts.row_need[row] - state.have[row]) - missing


@compiled
def _log(desk: Desk, first: int, kind: int, day: int, helper: int, told: int) -> None:
    end = desk.logged[0]
    if end + 5 <= len(desk.log):
        desk.log[end], desk.log[end + 1], desk.log[end + 2] = first, kind, day
        desk.log[end + 3], desk.log[end + 4] = helper, told
    desk.logged[0] = end + 5


@compiled
def undo(facts: Facts, state: State, desk: Desk) -> None:
    """Undo all that the log holds, the last first."""
    end = desk.logged[0]
    while end > 0:
        end -= 5
        if desk.log[end] < 0:
            take(facts, state, desk, -1 - desk.log[end])
        else:
            contract, kind, day = desk.log[end], desk.log[end + 1], desk.log[end + 2]
            put(facts, state, desk, contract, kind, day, desk.log[end + 3], desk.log[end + 4], 0)
        desk.logged[0] = end
    desk.logged[0] = 0
