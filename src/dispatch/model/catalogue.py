"""The work catalogue: what each category of work needs and promises (`DOMAIN.md`, *Repair*, *Cleaning*, *Patrol*)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.words import Duration, Level, Line, Minutes, People, Priority, Token


class Kind(StrEnum):
    """What sort of work a request asks for."""

    REPAIR = "repair"
    CLEANING = "cleaning"
    PATROL = "patrol"


class Urgency(StrEnum):
    """Whether the urgent promise runs (on site within the policy's minutes, at any hour)."""

    URGENT = "urgent"
    NORMAL = "normal"


class Flow(StrEnum):
    """Which of the three repair flows an order follows (`DOMAIN.md`, *Three flows*)."""

    HOUSEHOLD = "household"
    COMMON = "common"
    WARRANTY = "warranty"


class Category(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of the work catalogue.

    ``minutes`` is time on site, ``people`` how many must be there together (unset: two inside a home,
    one elsewhere), ``promise_min`` the minutes from report to arrival (unset: the policy's, if urgent).
    ``counts_as``: the categories a visit of this one counts as too where a contract promises them (a safety check is a
    visit); not followed further.
    """

    id: Token
    kind: Kind
    title: Line = ""
    skill: Token
    level: Level = 0
    minutes: Duration = 60
    people: People | None = None
    urgency: Urgency = Urgency.NORMAL
    promise_min: Minutes | None = None
    inside: bool = False
    priority: Priority = 5
    flow: Flow = Flow.COMMON
    counts_as: Annotated[tuple[Token, ...], Meta(max_length=20)] = ()


def people_needed(category: Category, *, inside: bool, people_inside: int) -> int:
    """People an order of ``category`` needs: the catalogue's number, else ``people_inside`` in a home, else one."""
    if category.people is not None:
        return category.people
    return people_inside if inside else 1
