"""The one area a worker works in. Whoever registers them writes here too, so of two areas at once one is refused."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.events.envelope import Entity
from dispatch.events.home import HomeLeft, HomeTaken
from dispatch.model.quoting import quoted
from dispatch.model.words import EVERYWHERE


class HomeState(Struct, frozen=True):
    """The ``area`` they work in, if any; ``last`` is where they worked before they left."""

    area: str | None
    last: str | None = None


def entity_of(worker: str) -> Entity:
    """The entity that holds where ``worker`` works."""
    return Entity(EVERYWHERE, "home", worker)


def evolve(state: HomeState | None, event: Struct, at: dt.datetime) -> HomeState | None:
    """Fold one event of a home."""
    match event:
        case HomeTaken():
            return HomeState(event.area)
        case HomeLeft() if state is not None:
            return HomeState(None, state.area or state.last)
    return state


def take(worker: str, area: str, state: HomeState | None) -> tuple[Struct, ...]:
    """The events by which ``worker`` works in ``area``; none if they do. Raises `Refused` (``works_elsewhere``)."""
    home = state.area if state is not None else None
    if home is not None and home != area:
        raise Refused(
            f"Worker {quoted(worker)} works in area {home!r}; in {quoted(area)} as well they would be in two places.",
            code="works_elsewhere",
            hint=f"move them from {home!r}, or register somebody else under another id.",
        )
    return () if home == area else (HomeTaken(area=area),)


def leave(area: str, state: HomeState | None) -> tuple[Struct, ...]:
    """The events by which somebody no longer works in ``area``."""
    return (HomeLeft(),) if state is not None and state.area == area else ()
