"""What happened to a worker's schedule: the route of one duty changed.

The event holds the whole new route, so that whoever follows ``feed.<area>.schedule.<worker>`` needs nothing else to
know their tasks in order.
"""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.model.places import PlaceRef
from dispatch.model.words import Minutes, Token


class ScheduledStop(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visit on the route: arrive after ``travel_min`` under way, work ``[start, end)``, together with ``crew``."""

    order: Token
    category: Token
    place: PlaceRef
    arrive: dt.datetime
    start: dt.datetime
    end: dt.datetime
    travel_min: Minutes = 0
    crew: tuple[Token, ...] = ()

    @property
    def leaves(self) -> dt.datetime:
        """When the worker sets out for it, as planned."""
        return self.arrive - dt.timedelta(minutes=self.travel_min)

    @property
    def latest_leave(self) -> dt.datetime:
        """When the worker has to set out for it to begin as planned, without any time to spare there."""
        return self.start - dt.timedelta(minutes=self.travel_min)


class RouteChanged(Struct, frozen=True, kw_only=True):
    """The whole route of one duty, ``[start, end)``. ``rests``: ``[from, to)`` of each break."""

    duty: Token
    start: dt.datetime
    end: dt.datetime
    stops: tuple[ScheduledStop, ...]
    rests: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    plan: int


ScheduleEvent = RouteChanged
EVENTS: tuple[type[Struct], ...] = (RouteChanged,)
