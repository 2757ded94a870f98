"""What happened to a horizon: what is planned for weeks ahead was published, amended by a dispatcher, or refused.

There is one horizon per area and kind of problem, which is the id of the entity (``roster``). Every batch that
publishes or amends writes it under guard: of two planners only one publishes. ``number`` counts from 1; ``parent`` is
the number it was built on.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.order import ReasonGiven
from dispatch.events.plan import FindingRecorded
from dispatch.model.words import Line, Position, Token


class LeftOpen(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays open: ``id`` (a post, a contract, a round), on ``day``, of it ``part`` (a shift), ``missing`` so many.

    ``reasons``: the rules in the way, the one nearest to a way out first.
    """

    id: Token
    day: dt.date | None = None
    part: Token | None = None
    missing: int = 1
    reasons: tuple[ReasonGiven, ...] = ()


class Shortage(Struct, frozen=True, kw_only=True):
    """Why something stays open, in numbers: ``needed``, ``can_give`` at most; ``would_close`` names what would do."""

    needed: int
    can_give: int
    open: int
    message: str
    would_close: tuple[str, ...] = ()


class HorizonPublished(Struct, frozen=True, kw_only=True):
    """What is planned for the local days from ``start`` to before ``until`` is now so; before ``frozen`` it stays.

    ``inputs``: a digest of what was asked; while it stays the same nothing is planned anew. ``saw``: the log position
    it was built on. ``cost`` is by rule. ``changed``: how many people or things have another plan now. ``open`` names
    what stays open, the first of it with reasons, ``open_count`` counts all; ``gave_way``: agreements that could not be
    kept, and what else of people's plans is to be known.
    """

    number: int
    parent: int
    start: dt.date
    until: dt.date
    frozen: dt.date
    saw: Position
    why: Line
    inputs: Token
    solver: Line
    seed: int
    budget: int
    used: int
    repeatable: bool
    cost: dict[str, float]
    changed: int
    open_count: int
    open: tuple[LeftOpen, ...] = ()
    shortage: Shortage | None = None
    gave_way: tuple[ReasonGiven, ...] = ()


class HorizonDirected(Struct, frozen=True, kw_only=True):
    """A dispatcher changed what is published: places are ``filled`` by it, others ``opened``."""

    number: int
    parent: int
    verb: Line
    filled: tuple[LeftOpen, ...] = ()
    opened: tuple[LeftOpen, ...] = ()


class HorizonRefused(Struct, frozen=True, kw_only=True):
    """What was planned broke a hard rule, or could not be planned; what was published stays until ``inputs`` change."""

    parent: int
    saw: Position
    inputs: Token
    findings: tuple[FindingRecorded, ...]


class DrawRecorded(Struct, frozen=True, kw_only=True):
    """What horizon ``number`` was drawn from, for whoever is to prove it once the seed is revealed.

    The seed is that of the local days from ``first`` to before ``until``; ``commitment`` binds it and ``problem``,
    which holds all but the seed. ``problem`` and ``plan`` are JSON, deflated, in base64.
    """

    number: int
    first: dt.date
    until: dt.date
    commitment: Line
    problem: str
    plan: str


class SeedRevealed(Struct, frozen=True, kw_only=True):
    """The ``seed`` that horizon ``number`` was drawn from: its days are over, so it gives nothing away any more."""

    number: int
    seed: Line


def open_after(open_: tuple[LeftOpen, ...], directed: HorizonDirected) -> tuple[LeftOpen, ...]:
    """What stays ``open`` after a direction: less what it filled, and what it opened."""
    kept = list(open_)
    for place in directed.filled:
        for index, one in enumerate(kept):
            if (one.id, one.day, one.part) == (place.id, place.day, place.part):
                fewer = replace(one, missing=one.missing - place.missing)
                kept[index : index + 1] = [fewer] if fewer.missing > 0 else []
                break
    return (*kept, *directed.opened)


HorizonEvent = HorizonPublished | HorizonDirected | HorizonRefused | DrawRecorded | SeedRevealed
EVENTS: tuple[type[Struct], ...] = HorizonEvent.__args__
