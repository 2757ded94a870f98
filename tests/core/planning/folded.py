"""An area folded from events, and a plan for it, without any service: what the planner does in one pass."""

from __future__ import annotations

import datetime as dt

from core.decide.given import NOW, Happening
from core.decide.sample import AREA, LAMP, LEAK

from dispatch.model.catalogue import Category
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import Batch, batch_of
from dispatch.planning.problem import Built, build
from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.routes.insert import insert

CATEGORIES: dict[str, Category] = {"water-leak": LEAK, "lamp": LAMP}


def folded(*groups: tuple[Happening, ...]) -> AreaState:
    """The area after these events, one position of the log each."""
    state = AreaState(AREA)
    add(state, *groups)
    return state


def add(state: AreaState, *groups: tuple[Happening, ...], at: dt.datetime = NOW) -> Dirt:
    """Fold further events; returns what all of them call for."""
    dirt = Dirt.CLEAN
    for entity, event in (one for group in groups for one in group):
        if entity.area == state.area:
            dirt |= state.take(state.position + 1, entity, event, at)
    return dirt


def planned(state: AreaState, now: dt.datetime = NOW) -> tuple[Built, RoutePlan]:
    """A plan in which everything that stays out is tried; the independent check finds nothing wrong with it."""
    built = build(state, CATEGORIES, now)
    plan = insert(built.problem, built.plan)
    assert check(built.problem, plan) == []
    return built, plan


def batch(state: AreaState, now: dt.datetime = NOW) -> Batch:
    """The events by which such a plan becomes current."""
    built, plan = planned(state, now)
    return batch_of(state, built, plan, now, why="test")


def commit(state: AreaState, events: Batch, now: dt.datetime = NOW) -> None:
    """Let ``events`` happen."""
    add(state, tuple((entity, event) for entity, several in events.items() for event in several), at=now)
