"""The forms of what is asked on ``ask.>`` and of the replies; for whoever asks, without what answers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from dispatch.model.words import Token

FAILED = "Dispatch-Failed"
"""The header of a reply that is no answer but a `Failed`."""


class Failed(Struct, frozen=True, kw_only=True):
    """Why there is no answer: a stable word for machines, a sentence, and what may help."""

    code: str
    reason: str
    hint: str = ""


class Query(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rows: keys that begin with ``prefix``, behind the key ``after``, ``limit`` at most; of ``keys`` if set."""

    keys: Annotated[tuple[Annotated[str, Meta(max_length=200)], ...], Meta(max_length=1000)] | None = None
    prefix: Annotated[str, Meta(max_length=200)] = ""
    after: Annotated[str, Meta(max_length=200)] = ""
    limit: Annotated[int, Meta(ge=1, le=10_000)] = 1000


class Page(Struct, frozen=True, kw_only=True):
    """Rows by ``keys``, in order, as of one log ``position``; ``next`` is the key to go on behind, if there is more."""

    position: int
    keys: list[str]
    rows: list[msgspec.Raw]
    next: str | None = None


class Wait(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Reply once log ``position`` is taken in."""

    position: Annotated[int, Meta(ge=0)]


class Reached(Struct, frozen=True, kw_only=True):
    """The position that was reached, and what the service's clock showed then."""

    position: int
    now: dt.datetime


class StandInsAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who can step in for ``worker`` on the local ``day``, by the roster as it stands?"""

    area: Token
    worker: Token
    day: dt.date


class CouldStepIn(Struct, frozen=True, kw_only=True):
    """Somebody who could: what it adds to the ``cost``, a sentence for each rule it ``breaks``, what it ``loses``.

    ``leaves``: ``<shift> at <post>``, their own duty of that day, which would then be open.
    """

    worker: str
    cost: float
    breaks: dict[str, str] = {}
    leaves: str = ""
    loses: dict[str, float] = {}


class StandInsFound(Struct, frozen=True, kw_only=True):
    """Who can take ``shift`` at ``post``, the best first. Nobody, and no shift, if ``worker`` has no duty that day."""

    area: str
    worker: str
    day: dt.date
    post: str = ""
    shift: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    found: tuple[CouldStepIn, ...] = ()


class RefusedAhead(Struct, frozen=True, kw_only=True):
    """What is planned ahead of ``kind`` in ``area`` is older than what is asked: a newer plan was refused.

    ``rule`` and ``message``: the first finding, of so many ``findings``; ``number``: the horizon that stands, 0: none.
    """

    area: str
    kind: str
    number: int
    rule: str
    message: str
    findings: int


class Health(Struct, frozen=True, kw_only=True):
    """A service that runs, and what its clock shows; of a projector ``refused``: what `Status.refused_ahead` names."""

    service: str
    now: dt.datetime
    refused: tuple[RefusedAhead, ...] = ()
