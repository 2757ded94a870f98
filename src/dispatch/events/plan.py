"""What happened to an area's plan: a new one became current, a direction amended it, one was refused.

Every batch that touches assignments writes the plan head under guard: a plan becomes current only if its parent
still is. ``number`` counts plans of the area from 1; ``parent`` is the number it was built on.
"""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.words import Line, Position, Token


class PlanCommitted(Struct, frozen=True, kw_only=True):
    """A plan became current.

    What is needed to decide again: the log position it ``saw``, the position the ``policy`` was set at, the orders
    ``tried`` (unset: all that stayed out), the solver's version, seed, budget given and used, and when it was recorded.
    ``cost`` is in minutes by rule. ``repeatable`` is false when a clock cut the search short. A plan too large for one
    append becomes current in parts, each under a number of its own: ``why`` says which, the figures are of the whole.
    """

    number: int
    parent: int
    saw: Position
    policy: Position
    why: Line
    solver: Line
    seed: int
    budget: int
    used: int
    repeatable: bool
    cost: dict[str, float]
    planned: int
    moved: int
    unplanned: int
    tried: tuple[Token, ...] | None = None


class PlanDirected(Struct, frozen=True, kw_only=True):
    """A dispatcher's direction changed the plan without a search: ``order`` left it."""

    number: int
    parent: int
    verb: Line
    order: Token


class FindingRecorded(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hard rule a plan would have broken."""

    rule: str
    message: str


class PlanRefused(Struct, frozen=True, kw_only=True):
    """A plan broke a hard rule and was not committed."""

    parent: int
    saw: Position
    findings: tuple[FindingRecorded, ...]


PlanEvent = PlanCommitted | PlanDirected | PlanRefused
EVENTS: tuple[type[Struct], ...] = PlanEvent.__args__
