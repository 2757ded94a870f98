"""The head of an area's plan: which plan is current."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.events.envelope import Entity
from dispatch.events.plan import PlanCommitted, PlanDirected

HEAD_ID = "head"


class PlanHead(Struct, frozen=True):
    """The number of the current plan; 0 before the first."""

    number: int = 0


def evolve(state: PlanHead | None, event: Struct, at: dt.datetime) -> PlanHead | None:
    """Fold one event of the plan head; a refused plan changes nothing."""
    if isinstance(event, (PlanCommitted, PlanDirected)):
        return PlanHead(event.number)
    return state


def head_of(area: str) -> Entity:
    """The entity every batch that touches assignments in ``area`` writes under guard."""
    return Entity(area, "plan", HEAD_ID)
