"""A day of requests at the real rates of `DOMAIN.md`, the same for the same world, day and seed.

Repairs come at the rate of the busy estate (7,000 household and 3,300 common repairs a year) and of its neighbour (740
in half a year). `DOMAIN.md` counts no spills, calls to the guards or extra cleaning; their numbers a day are ours.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import msgspec

from dispatch.demo.draw import draw, pick
from dispatch.demo.generator import Generator, Spoken

HOUSEHOLD_A_DAY = 7_000 / 365 + 740 / 182.5 * 7_000 / 10_300
"""Household repairs a day: the busy estate's, and the same share of the neighbour's."""
COMMON_A_DAY = 3_300 / 365 + 740 / 182.5 * 3_300 / 10_300
SPILLS_A_DAY = 6.0
CLEANING_A_DAY = 3.0
PATROL_A_DAY = 5.0
NEXT_DAY_SHARE = 0.2
"""Of household repairs for which the next day is agreed though there would be time today."""
UNKNOWN_CATEGORY, UNKNOWN_PLACE = "heat-pump", "c1-0101"

_HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 9, 8, 6, 6, 5, 6, 7, 7, 7, 8, 8, 7, 5, 4, 3)
_AWAKE = (0, 0, 0, 0, 0, 1, 4, 7, 9, 9, 8, 7, 7, 6, 6, 7, 7, 8, 8, 6, 5, 3, 1, 0)
_NIGHTLY = (4, 3, 2, 2, 1, 1, 2, 3, 3, 3, 3, 3, 4, 3, 3, 3, 4, 5, 5, 5, 6, 7, 7, 6)
_HOUSEHOLD = (
    ("water-leak", 6.0),
    ("power-out", 4.0),
    ("toilet-blocked", 18.0),
    ("tap-drips", 22.0),
    ("socket-dead", 14.0),
    ("intercom-silent", 8.0),
    ("window-stuck", 10.0),
    ("lock-stuck", 8.0),
    ("warranty-crack", 5.0),
)
_COMMON = (
    ("pipe-burst", 5.0),
    ("lift-stopped", 5.0),
    ("lamp-out", 40.0),
    ("door-closer", 20.0),
    ("barrier-stuck", 12.0),
    ("drain-blocked", 14.0),
)
_CLEANING = (("stairs-wash", 50.0), ("bulky-waste", 50.0))
_PATROL = (("noise", 40.0), ("stranger", 20.0), ("parking", 40.0))
_AT_ONCE = frozenset({"water-leak", "power-out", "lock-stuck"})
"""Household repairs without an agreed time: somebody is at home and waits."""


class EstateRequests(Generator):
    """Makes the messages of one day of the estate."""

    def asked(self) -> Iterator[Spoken]:
        """What residents, passers-by and the hotline ask that day, and what was agreed for it the day before."""
        yield from (*self._yesterday(), *self._household(), *self._common(), *self._others(), *self._unknown())

    def _household(self) -> Iterator[Spoken]:
        # One urgent leak in the small hours each day: the 24-hour line is a promise, not an average.
        night = draw(self._seed, "night")
        leak = self._midnight + dt.timedelta(minutes=night.randrange(60, 330))
        yield self._home("water-leak", leak, "night")
        for index, at in enumerate(self._times("household", HOUSEHOLD_A_DAY, _HOURS)):
            yield self._home(pick(draw(self._seed, "home", index), _HOUSEHOLD), at, f"h{index}")

    def _yesterday(self) -> Iterator[Spoken]:
        """What was reported yesterday and agreed for today, sent on together before the day begins."""
        yesterday = EstateRequests(
            self._world,
            area=self._area,
            day=self._day - dt.timedelta(days=1),
            time_zone=self._zone,
            seed=self._seed + 1,
        )
        late = [spoken for spoken in yesterday._household() if _first_window(spoken) >= self._midnight]
        for index, spoken in enumerate(late):
            yield msgspec.structs.replace(spoken, at=self._midnight - (len(late) - index) * dt.timedelta(minutes=1))

    def _home(self, category: str, at: dt.datetime, key: str) -> Spoken:
        source = draw(self._seed, "home", key)
        flat = source.choice(self._flats)
        windows = [] if category in _AT_ONCE else self._agreed(source, at)
        body: dict[str, Any] = {
            "household": flat.household,
            "contact": self._contact(source),
            "detail": f"{category.replace('-', ' ')} in {flat.id}",
        }
        if windows:
            body["windows"] = [{"from": first.isoformat(), "to": last.isoformat()} for first, last in windows]
        return self._request(
            "repair", f"sr-{key}", category, {"unit": flat.id}, at, source.choice(("hotline", "app")), body
        )

    def _agreed(self, source: random.Random, at: dt.datetime) -> list[tuple[dt.datetime, dt.datetime]]:
        """One or two windows the resident is at home: today where there is time, else tomorrow."""
        soon = at + dt.timedelta(minutes=90)
        if source.random() < NEXT_DAY_SHARE:
            soon = max(soon, self._midnight + dt.timedelta(days=1))
        free = self._slots.after(soon, self._day)
        return sorted(source.sample(free[:5], 1 if source.random() < 0.6 else 2))

    def _common(self) -> Iterator[Spoken]:
        for index, at in enumerate(self._times("common", COMMON_A_DAY, _HOURS)):
            yield self._in_unit("repair", f"cp-{index}", _COMMON, at)

    def _others(self) -> Iterator[Spoken]:
        for index, at in enumerate(self._times("spill", SPILLS_A_DAY, _AWAKE)):
            yield self._in_unit("cleaning", f"sp-{index}", (("spill", 1.0),), at)
        for index, at in enumerate(self._times("cleaning", CLEANING_A_DAY, _AWAKE[:18])):
            yield self._in_unit("cleaning", f"cl-{index}", _CLEANING, at)
        for index, at in enumerate(self._times("patrol", PATROL_A_DAY, _NIGHTLY)):
            yield self._in_unit("patrol", f"pt-{index}", _PATROL, at)

    def _unknown(self) -> Iterator[Spoken]:
        """Two requests we cannot plan: nobody wrote down this kind of work, nobody registered that place."""
        source = draw(self._seed, "unknown")
        for key, category, place in (
            ("uk-category", UNKNOWN_CATEGORY, source.choice(self._units).id),
            ("uk-place", "lamp-out", UNKNOWN_PLACE),
        ):
            at = self._midnight + dt.timedelta(minutes=source.randrange(9 * 60, 16 * 60))
            yield self._request("repair", key, category, {"unit": place}, at, "app", {})


def _first_window(spoken: Spoken) -> dt.datetime:
    """When the first window agreed in a request begins; long ago if none was agreed."""
    windows = msgspec.json.decode(spoken.body).get("windows")
    return dt.datetime.fromisoformat(windows[0]["from"]) if windows else dt.datetime.min.replace(tzinfo=dt.UTC)
