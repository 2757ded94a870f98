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
