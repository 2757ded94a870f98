"""Where a worker belongs, in the area ``all``: one entity per id of a worker, so that only one area can have it."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.words import Token


class HomeTaken(Struct, frozen=True, kw_only=True):
    """They work in ``area`` from now on, and nowhere else."""

    area: Token


class HomeLeft(Struct, frozen=True, kw_only=True):
    """They work in no area any more."""


HomeEvent = HomeTaken | HomeLeft
EVENTS: tuple[type[Struct], ...] = HomeEvent.__args__
