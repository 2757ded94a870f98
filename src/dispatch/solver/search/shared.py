"""Shared tools: whether there is a piece for a duty, taken along with the first task that needs it, back with the last.

Which duties meet is known beforehand (see `shelves`), so nothing here depends on when anything starts.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled
from dispatch.solver.search.facts import Facts, Routes, Work


@compiled
def is_left(facts: Facts, routes: Routes, task: int, duty: int) -> bool:
    """Whether there is a piece of every shared tool that ``task`` takes, or ``duty`` has one."""
    own = facts.duties[duty]
    for place in range(facts.nodes[task].shared_from, facts.nodes[task].shared_to):
        row = int(facts.spans[place, 0])
        if routes.loads[row + duty].count > 0:
            continue
        for moment in range(own.moment_from, own.moment_to):
            if routes.loads[row + facts.duty_count + moment].count >= facts.spans[place, 1]:
                return False
    return True


@compiled
def are_left(facts: Facts, routes: Routes, work: Work, group: int, level: int, duty: int) -> bool:
    """`is_left` of the task of ``group`` at ``level``, once those chosen before it have theirs on their duties."""
    first, own = facts.groups[group].first, facts.duties[duty]
    task = facts.members[first + level]
    for place in range(facts.nodes[task].shared_from, facts.nodes[task].shared_to):
        row = int(facts.spans[place, 0])
        if routes.loads[row + duty].count > 0:
            continue
        for moment in range(own.moment_from, own.moment_to):
            out = routes.loads[row + facts.duty_count + moment].count
            for before in range(level):
                other = routes.stops[work.choice[before].node].duty
                theirs = facts.duties[other]
                there = theirs.moment_from <= moment < theirs.moment_to
                if (
                    there
                    and routes.loads[row + other].count == 0
                    and takes_it(facts, facts.members[first + before], row)
                ):
                    out += 1
            if out >= facts.spans[place, 1]:
                return False
    return True


@compiled
def takes_it(facts: Facts, task: int, row: int) -> bool:
    """Whether ``task`` takes the shared tool with this ``row``."""
    for place in range(facts.nodes[task].shared_from, facts.nodes[task].shared_to):
        if int(facts.spans[place, 0]) == row:
            return True
    return False


@compiled
def count_pieces(facts: Facts, routes: Routes, task: int, duty: int, by: int) -> None:
    """``task`` comes onto ``duty`` (``by`` 1) or goes (-1): the first takes a piece along, the last brings it back."""
    own = facts.duties[duty]
    for place in range(facts.nodes[task].shared_from, facts.nodes[task].shared_to):
        row = int(facts.spans[place, 0])
        routes.loads[row + duty].count += by
        if routes.loads[row + duty].count != max(0, by):
            continue
        for moment in range(own.moment_from, own.moment_to):
            routes.loads[row + facts.duty_count + moment].count += by


@compiled
def copy_pieces(facts: Facts, source: Routes, target: Routes, duty: int) -> None:
    """Make what is counted of shared tools for ``duty``, and while it lasts, in ``target`` what it is in ``source``."""
    own = facts.duties[duty]
    for tool in range(facts.shared):
        row = facts.shelf + tool * facts.shelf_rows
        target.loads[row + duty] = source.loads[row + duty]
        for moment in range(own.moment_from, own.moment_to):
            shelf = row + facts.duty_count + moment
            target.loads[shelf] = source.loads[shelf]
