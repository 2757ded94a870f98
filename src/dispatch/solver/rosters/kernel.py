"""The best row of one person at given prices: a shortest path through states and counters, day by day.

The subproblem of Strandmark, Qu & Curtois (First-order linear programming in a column generation-based heuristic
approach to the nurse rostering problem, 2020), here over the states of `automaton` and the cells of `counters`.
"""

from __future__ import annotations

from typing import Any

from dispatch.solver.jit import compiled, entry
from dispatch.solver.rosters.automaton import FAR


@entry
def cheapest(
    room: Any,
    follow: Any,
    price: Any,
    worked: Any,
    day_price: Any,
    split: Any,
    moves: Any,
    closed: Any,
    begin: int,
    week_ends: Any,
    anew: Any,
    weekly: Any,
    inner: int,
    from_to: Any,
) -> None:
    """Fill ``room[day, state, cell]`` with the least cost of the days before ``day`` that ends there.

    ``day_price[day, group]`` is `FAR` for what must not be. After a day with ``week_ends`` cells begin ``anew``. Only
    cells with a first digit (of ``inner`` values) within ``from_to[day]`` matter on a day.
    """
    days, groups = day_price.shape
    states, cells = room.shape[1], room.shape[2]
    for state in range(states):
        for cell in range(cells):
            room[0, state, cell] = FAR
    room[0, 0, begin] = 0.0
    for day in range(days):
        for state in range(states):
            for cell in range(cells):
                room[day + 1, state, cell] = FAR
        for state in range(states):
            alive = False
            for cell in range(cells):
                alive = alive or room[day, state, cell] < FAR
            if not alive:
                continue
            past = worked[state]
            for group in range(groups):
                after = follow[state, group]
                if after < 0 or day_price[day, group] >= FAR:
                    continue
                cost = day_price[day, group] + price[state, group] + split[day, past, group]
                move = moves[day, past, group]
                for outer in range(0, cells, inner):
                    for cell in range(outer + from_to[day, 0], min(outer + from_to[day, 1], cells - move)):
                        now = room[day, state, cell] + cost
                        old = room[day + 1, after, cell + move]
                        room[day + 1, after, cell + move] = now if now < old else old
        for state in range(states):
            for cell in range(cells):
                room[day + 1, state, cell] += closed[cell]
        if week_ends[day] > 0:
            _begin_week(room, day + 1, anew, weekly)


@compiled
def _begin_week(room: Any, day: int, anew: Any, weekly: Any) -> None:
    """Pay for the week, and put together the cells that are one on Monday; these come before all they take in."""
    for state in range(room.shape[1]):
        for cell in range(room.shape[2]):
            ended = room[day, state, cell] + weekly[cell]
            if anew[cell] == cell:
                room[day, state, cell] = ended
            else:
                room[day, state, anew[cell]] = min(room[day, state, anew[cell]], ended)
                room[day, state, cell] = FAR


@entry
def walk_back(
    room: Any,
    follow: Any,
    price: Any,
    worked: Any,
    day_price: Any,
    split: Any,
    moves: Any,
    closed: Any,
    ends: Any,
    week_ends: Any,
    anew: Any,
    weekly: Any,
    path: Any,
) -> float:
    """Write the group of each day of the cheapest row into ``path``; its cost, `FAR` if there is none."""
    days = day_price.shape[0]
    best, at_state, at_cell = FAR, -1, -1
    for state in range(room.shape[1]):
        for cell in range(room.shape[2]):
            cost = room[days, state, cell] + ends[cell]
            if cost < best:
                best, at_state, at_cell = cost, state, cell
    if at_state < 0:
        return FAR
    for back in range(days):
        day = days - 1 - back
        least, from_state, from_cell, by = FAR, -1, -1, -1
        # Of the cells that became one on a Monday the cheapest is where the way came from.
        last = room.shape[2] if week_ends[day] > 0 else at_cell + 1
        for cell in range(at_cell, last):
            if (week_ends[day] > 0 and anew[cell] != at_cell) or closed[cell] > 0.0:
                continue
            extra = weekly[cell] if week_ends[day] > 0 else 0.0
            for state in range(room.shape[1]):
                past = worked[state]
                for group in range(day_price.shape[1]):
                    origin = cell - moves[day, past, group]
                    if follow[state, group] != at_state or day_price[day, group] >= FAR or origin < 0:
                        continue
                    cost = room[day, state, origin] + day_price[day, group] + price[state, group] + extra
                    cost += split[day, past, group]
                    if cost < least:
                        least, from_state, from_cell, by = cost, state, origin, group
        path[day] = by
        if by < 0:
            return FAR
        at_state, at_cell = from_state, from_cell
    return best


@entry
def near(
    room: Any,
    price: Any,
    worked: Any,
    option_price: Any,
    option_group: Any,
    split: Any,
    moves: Any,
    closed: Any,
    ends: Any,
    week_ends: Any,
    anew: Any,
    weekly: Any,
    from_at: Any,
    from_state: Any,
    from_option: Any,
    option_cap: Any,
    cap_most: Any,
    limit: float,
    tries: int,
    found: Any,
    values: Any,
    stack: Any,
    suffix: Any,
    used: Any,
) -> int:
    """Write the option of each day of every row that costs ``limit`` or less into ``found``; how many there are.

    Depth first from the last day back through a filled ``room``, in which every way comes to a beginning. Into a state
    lead the pairs of ``from_state`` and ``from_option`` between its ``from_at`` and the next. No row has more of an
    option than the ``cap_most`` of its ``option_cap``. The count is negative, less one, if there may be more: for want
    of room in ``found``, or after ``tries`` steps. ``stack[day]``: state, cell, the next cell and the next pair to come
    by, option; its last row counts the steps.
    """
    days, most = option_price.shape[0], found.shape[0]
    count = 0
    used[:] = 0
    stack[days + 1, 0] = 0
    for last_state in range(room.shape[1]):
        for last_cell in range(room.shape[2]):
            if room[days, last_state, last_cell] + ends[last_cell] > limit:
                continue
            _enter(stack, days, last_state, last_cell, from_at)
            suffix[days] = ends[last_cell]
            day = days
            while day <= days:
                if day > 0 and _back(
                    room, price, worked, option_price, option_group, split, moves, closed, week_ends, anew, weekly,
                    from_at, from_state, from_option, option_cap, cap_most, limit, stack, suffix, used, day,
                ):  # fmt: skip
                    day -= 1
                    continue
                if stack[days + 1, 0] > tries or (day == 0 and count == most):
                    return -count - 1
                if day == 0:
                    for one in range(days):
                        found[count, one] = stack[one, 4]
                    values[count] = suffix[0]
                    count += 1
                if day < days:
                    used[option_cap[stack[day, 4]]] -= 1
                day += 1
    return count


@compiled
def _enter(stack: Any, day: int, state: int, cell: int, from_at: Any) -> None:
    stack[day, 0], stack[day, 1], stack[day, 2], stack[day, 3] = state, cell, cell, from_at[state]


@compiled
def _back(
    room: Any,
    price: Any,
    worked: Any,
    option_price: Any,
    option_group: Any,
    split: Any,
    moves: Any,
    closed: Any,
    week_ends: Any,
    anew: Any,
    weekly: Any,
    from_at: Any,
    from_state: Any,
    from_option: Any,
    option_cap: Any,
    cap_most: Any,
    limit: float,
    stack: Any,
    suffix: Any,
    used: Any,
    day: int,
) -> bool:
    """Go from the state of ``day`` to the next one before it that is within the limit; whether there is one."""
    at_state, at_cell = stack[day, 0], stack[day, 1]
    ended = week_ends[day - 1] > 0
    # Of the cells that became one on a Monday each may be where the way came from.
    for cell in range(stack[day, 2], room.shape[2] if ended else at_cell + 1):
        first = stack[day, 3] if cell == stack[day, 2] else from_at[at_state]
        if (ended and anew[cell] != at_cell) or closed[cell] > 0.0:
            continue
        for by in range(first, from_at[at_state + 1]):
            state, option = from_state[by], from_option[by]
            group, past, cap = option_group[option], worked[state], option_cap[option]
            origin = cell - moves[day - 1, past, group]
            if used[cap] >= cap_most[cap] or origin < 0:
                continue
            stack[option_price.shape[0] + 1, 0] += 1
            cost = suffix[day] + option_price[day - 1, option] + price[state, group] + split[day - 1, past, group]
            if ended:
                cost += weekly[cell]
            if room[day - 1, state, origin] + cost <= limit:
                stack[day, 2], stack[day, 3] = cell, by + 1
                _enter(stack, day - 1, state, origin, from_at)
                stack[day - 1, 4], suffix[day - 1] = option, cost
                used[cap] += 1
                return True
    return False
