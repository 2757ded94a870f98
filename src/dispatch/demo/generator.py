"""A day of requests at the real rates of `DOMAIN.md`, the same for the same world, day and seed.

Repairs come at the rate of the busy estate (7,000 household and 3,300 common repairs a year) and of its neighbour (740
in half a year). `DOMAIN.md` counts no spills, calls to the guards or extra cleaning; their numbers a day are ours.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.demo.draw import draw, pick
from dispatch.model.places import Place, PlaceKind
from dispatch.model.time import at_clock
from dispatch.services.world import World

HOUSEHOLD_A_DAY = 7_000 / 365 + 740 / 182.5 * 7_000 / 10_300
"""Household repairs a day: the busy estate's, and the same share of the neighbour's."""
COMMON_A_DAY = 3_300 / 365 + 740 / 182.5 * 3_300 / 10_300
SPILLS_A_DAY = 6.0
CLEANING_A_DAY = 3.0
PATROL_A_DAY = 5.0
NEXT_DAY_SHARE = 0.2
"""Of household repairs for which the next day is agreed though there would be time today."""
REPEATED_SHARE = 0.08
"""Of requests sent a second time, unchanged: `DOMAIN.md` counts 26,000 calls on 10,300 repairs, and some call again."""
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
_SLOTS = tuple((f"{hour:02d}:00", f"{hour + 2:02d}:00") for hour in (8, 9, 10, 13, 14, 15, 16, 18, 19))
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙"


class Spoken(Struct, frozen=True, kw_only=True):
    """A message of the day: when it is published, where, and its bytes."""

    at: dt.datetime
    subject: str
    body: bytes


class Slots:
    """The two-hour windows that are agreed with residents (`DOMAIN.md`, *Repair*: at the time agreed)."""

    def __init__(self, time_zone: str) -> None:
        self._zone = time_zone

    def of(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """The windows of ``day``, UTC."""
        return [(at_clock(day, first, self._zone), at_clock(day, last, self._zone)) for first, last in _SLOTS]

    def after(self, instant: dt.datetime, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """The windows of ``day`` and the day after that begin at ``instant`` or later."""
        both = self.of(day) + self.of(day + dt.timedelta(days=1))
        return [window for window in both if window[0] >= instant]


class Generator:
    """Makes the messages of one ``day`` in ``area`` of ``world``."""

    def __init__(self, world: World, *, area: str, day: dt.date, time_zone: str, seed: int) -> None:
        places = [record.item for record in world.records if isinstance(record.item, Place)]
        self._flats = [place for place in places if place.household]
        self._units = [place for place in places if place.kind is PlaceKind.UNIT and not place.household]
        self._world, self._area, self._day, self._zone, self._seed = world, area, day, time_zone, seed
        self._midnight = at_clock(day, "00:00", time_zone)
        self._slots = Slots(time_zone)

    def said(self) -> tuple[Spoken, ...]:
        """All messages in the order they are published."""
        asked = [*self._yesterday(), *self._household(), *self._common(), *self._others(), *self._unknown()]
        asked.sort(key=lambda spoken: (spoken.at, spoken.body))
        return tuple(sorted([*asked, *self._again(asked), *self._bad(asked)], key=lambda one: (one.at, one.body)))

    def _times(self, about: str, a_day: float, hours: Sequence[int]) -> list[dt.datetime]:
        """``a_day`` instants, rounded, each in an hour drawn as ``hours`` weigh; in order of time."""
        source = draw(self._seed, about, "times")
        weighted = [(hour, float(weight)) for hour, weight in enumerate(hours)]
        seconds = [pick(source, weighted) * 3600 + source.randrange(3600) for _ in range(round(a_day))]
        return [self._midnight + dt.timedelta(seconds=second) for second in sorted(seconds)]

    def _household(self) -> Iterator[Spoken]:
        # One urgent leak in the small hours each day: the 24-hour line is a promise, not an average.
        night = draw(self._seed, "night")
        leak = self._midnight + dt.timedelta(minutes=night.randrange(60, 330))
        yield self._home("water-leak", leak, "night")
        for index, at in enumerate(self._times("household", HOUSEHOLD_A_DAY, _HOURS)):
            yield self._home(pick(draw(self._seed, "home", index), _HOUSEHOLD), at, f"h{index}")

    def _yesterday(self) -> Iterator[Spoken]:
        """What was reported yesterday and agreed for today, sent on together before the day begins."""
        yesterday = Generator(
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
            "contact": {
                "name": f"{source.choice(_SURNAMES)}{source.choice(('先生', '女士'))}",
                "phone": f"1380000{source.randrange(10_000):04d}",
            },
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

    def _in_unit(self, kind: str, key: str, weighted: Sequence[tuple[str, float]], at: dt.datetime) -> Spoken:
        source = draw(self._seed, "unit", key)
        unit = source.choice(self._units)
        return self._request(kind, key, pick(source, weighted), {"unit": unit.id}, at, "hotline", {})

    def _unknown(self) -> Iterator[Spoken]:
        """Two requests we cannot plan: nobody wrote down this kind of work, nobody registered that place."""
        source = draw(self._seed, "unknown")
        for key, category, place in (
            ("uk-category", UNKNOWN_CATEGORY, source.choice(self._units).id),
            ("uk-place", "lamp-out", UNKNOWN_PLACE),
        ):
            at = self._midnight + dt.timedelta(minutes=source.randrange(9 * 60, 16 * 60))
            yield self._request("repair", key, category, {"unit": place}, at, "app", {})

    def _again(self, asked: Sequence[Spoken]) -> Iterator[Spoken]:
        """Some requests come a second time, unchanged; the first of the day in any case."""
        for index, spoken in enumerate(asked):
            source = draw(self._seed, "again", index)
            if not index or source.random() < REPEATED_SHARE:
                later = spoken.at + dt.timedelta(minutes=source.randrange(2, 90))
                yield msgspec.structs.replace(
                    spoken, at=min(later, self._midnight + dt.timedelta(hours=23, minutes=59))
                )

    def _bad(self, asked: Sequence[Spoken]) -> Iterator[Spoken]:
        """Messages that must be refused, each for its own reason."""
        source = draw(self._seed, "bad")
        first = msgspec.json.decode(asked[0].body)
        other = {**first, "category": "lamp-out", "household": None}
        no_place = {key: value for key, value in first.items() if key != "place"} | {"id": "bad-place"}
        no_zone = {**first, "id": "bad-zone", "reported_at": "2026-11-22T08:00:00"}
        for subject, body in (
            ("repair", msgspec.json.encode(other)),
            ("repair", msgspec.json.encode(no_place)),
            ("cleaning", msgspec.json.encode(no_zone)),
            ("repair", asked[0].body[:-9]),
        ):
            at = self._midnight + dt.timedelta(minutes=source.randrange(60, 1380))
            yield Spoken(at=at, subject=f"request.{self._area}.{subject}", body=body)

    def _request(
        self,
        kind: str,
        key: str,
        category: str,
        place: dict[str, str],
        at: dt.datetime,
        source: str,
        more: dict[str, Any],
    ) -> Spoken:
        request = {
            "id": f"{self._day:%Y%m%d}-{key}",
            "source": source,
            "category": category,
            "place": place,
            "reported_at": at.isoformat(),
            **more,
        }
        return Spoken(at=at, subject=f"request.{self._area}.{kind}", body=msgspec.json.encode(request))


def _first_window(spoken: Spoken) -> dt.datetime:
    """When the first window agreed in a request begins; long ago if none was agreed."""
    windows = msgspec.json.decode(spoken.body).get("windows")
    return dt.datetime.fromisoformat(windows[0]["from"]) if windows else dt.datetime.min.replace(tzinfo=dt.UTC)
