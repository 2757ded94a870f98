"""What was agreed with the clients of home helpers: whom, what, on which days, at which hours.

The home, its agreed helper and whom else the client accepts stand in the zones of the world, days of rest and public
holidays in the records of the helpers and of the area; the hours are ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from dispatch.demo.draw import draw
from dispatch.demo.generator import Generator, Spoken
from dispatch.model.catalogue import Category
from dispatch.model.people import Worker
from dispatch.model.places import Place, Zone
from dispatch.model.policy import Policy
from dispatch.model.time import Window, at_clock
from dispatch.services.world import World

HOURS = (("08:15", "10:00"), ("10:15", "12:00"), ("13:45", "15:45"))
"""The daily hours of a helper's clients, one after the other; who has two clients has the second hours free."""
WEEK = 7
UNKNOWN_CATEGORY = "dog-walking"


class Agreement(Struct, frozen=True, kw_only=True):
    """A client's agreement: the home, the ``helper``, what is done there, on which days, between which hours."""

    zone: Zone
    household: str
    helper: str
    category: str
    days: tuple[dt.date, ...]
    hours: tuple[str, str]


def agreements_of(world: World, first: dt.date) -> tuple[Agreement, ...]:
    """Every agreement of ``world`` for the week from ``first`` on.

    A helper has no visits on the day of rest they wish for, nor on a public holiday which their terms leave free.
    """
    items = [record.item for record in world.records]
    workers = {item.id: item for item in items if isinstance(item, Worker)}
    homes = {item.id: item for item in items if isinstance(item, Place) and item.household}
    tasks = {item.skill: item.id for item in items if isinstance(item, Category)}
    holidays = next(item.holidays for item in items if isinstance(item, Policy))
    by_helper: dict[str, list[Zone]] = {}
    for item in items:
        if isinstance(item, Zone) and item.only:
            by_helper.setdefault(item.only[0], []).append(item)
    found = []
    for helper, zones in by_helper.items():
        free = {wish.day for wish in workers[helper].wishes if not wish.wanted}
        terms = workers[helper].terms
        free |= set(holidays) if terms is not None and terms.holidays == "off" else set()
        week = [first + dt.timedelta(days=ahead) for ahead in range(WEEK)]
        hours = HOURS if len(zones) == len(HOURS) else (HOURS[0], HOURS[2])
        found += [
            Agreement(
                zone=zone,
                household=homes[zone.place].household or "",
                helper=helper,
                category=tasks[zone.skill],
                days=tuple(day for day in week if day not in free),
                hours=between,
            )
            for zone, between in zip(zones, hours, strict=True)
        ]
    return tuple(found)


class WeekOfVisits(Generator):
    """Makes the messages of a week of home help that are said while it goes on."""

    kind = "cleaning"

    def asked(self) -> Iterator[Spoken]:
        """Somebody asks for what nobody here does."""
        home = draw(self._seed, "unknown").choice(self._flats)
        at = self._midnight + dt.timedelta(minutes=30)
        more = {"household": home.household}
        yield self._request("cleaning", "uk-category", UNKNOWN_CATEGORY, {"unit": home.id}, at, "app", more)

    def agreed(self, now: dt.datetime) -> list[tuple[Agreement, Spoken]]:
        """The visits of the week as the agreements have them, entered together at ``now``."""
        found = []
        for agreement in agreements_of(self._world, self._day):
            for day in agreement.days:
                window = window_on(day, agreement.hours, self._zone)
                more = {"household": agreement.household, "windows": [msgspec.to_builtins(window)]}
                key = f"{agreement.zone.id}-{day:%a}".lower()
                place = {"unit": agreement.zone.place}
                spoken = self._request("cleaning", key, agreement.category, place, now, "agreements", more)
                found.append((agreement, spoken))
        return found


def window_on(day: dt.date, hours: tuple[str, str], time_zone: str) -> Window:
    """The span between two clock times of a local ``day``."""
    return Window(start=at_clock(day, hours[0], time_zone), end=at_clock(day, hours[1], time_zone))
