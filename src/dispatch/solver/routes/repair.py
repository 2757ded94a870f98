"""A plan mended after something came between: what was lost goes in again, and no more is moved than may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from dispatch.solver.plan import Reason
from dispatch.solver.routes.carry import force_pins
from dispatch.solver.routes.disrupted import told_elsewhere
from dispatch.solver.routes.insert import fill
from dispatch.solver.routes.relocate import relocate
from dispatch.solver.routes.route import Route
from dispatch.solver.routes.state import State
from dispatch.solver.routes.together import let_go
from dispatch.solver.rules import Rule

Certain = Callable[[int], bool]
"""Whether the people of a pinned visit could do it for certain, so that no plan may leave it out."""


class Limits(NamedTuple):
    """What a repair may do: of told visits that need not move, so many ``changes`` (however many if unset); of visits
    near to what it placed, so many tries to ``polish``.
    """

    changes: int | None
    polish: int


def repair(
    state: State, before: Sequence[Route], lost: Sequence[int], pins: Iterable[int], limits: Limits, certain: Certain
) -> dict[int, Reason]:
    """Place what was ``lost`` from the routes ``before``, and ``pins`` that are out, then polish; why pins stay out.

    What was lost must move, and so must what ties bind to it, where it can stand neither with it nor without. A pin has
    others make way for it within the changes there may be, or at any price where it is ``certain``.
    """
    must = {one for visit in lost for one in state.compiled.bonds.group(visit)}
    fill(state, lost)
    kept_out: dict[int, Reason] = {}
    for pin in pins:
        if pin in state.where:
            continue
        snapshot = state.snapshot()
        make_way(state, [pin])
        if limits.changes is None or pin not in state.where:
            continue
        moved = told_elsewhere(state, before, must)
        if len(moved) <= limits.changes:
            continue
        made = state.snapshot()
        state.restore(snapshot)
        if certain(pin):
            state.restore(made)
            must |= moved
        else:
            kept_out[pin] = _too_many(len(moved) - limits.changes)
    if lost:
        let_go(state)
    if limits.polish and lost:
        left = None if limits.changes is None else limits.changes - len(told_elsewhere(state, before, must))
        relocate(state, lost, limits.polish, changes=None if left is None else max(0, left))
    return kept_out


def make_way(state: State, pins: Iterable[int]) -> None:
    """``pins`` that are out go in where what is not pinned can make way; that goes elsewhere."""
    lost = force_pins(state, pins)
    if lost:
        fill(state, lost)


def _too_many(over: int) -> Reason:
    more = "visit" if over == 1 else "visits"
    return Reason(
        rule=Rule.CHANGE_WORKER,
        message=f"To make way for it, {over} {more} more would move that people were told of than may be moved.",
        hint=f"let {over} more of them be moved",
    )
