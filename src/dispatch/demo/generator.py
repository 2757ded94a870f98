"""Requests of a day, the same for the same world, day and seed: what the days of all worlds are made with."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.demo.draw import draw, pick
from dispatch.model.places import Place, PlaceKind
from dispatch.model.time import at_clock
from dispatch.services.world import World

REPEATED_SHARE = 0.08
"""Of requests sent a second time, unchanged: `DOMAIN.md` counts 26,000 calls on 10,300 repairs, and some call again."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙"
_SLOTS = tuple((f"{hour:02d}:00", f"{hour + 2:02d}:00") for hour in (8, 9, 10, 13, 14, 15, 16, 18, 19))


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


class Generator(ABC):
    """Makes the messages of one ``day`` in ``area`` of ``world``; what is asked is for each world to say."""

    kind = "repair"
    """The kind of request under which what cannot be accepted is sent."""

    def __init__(self, world: World, *, area: str, day: dt.date, time_zone: str, seed: int) -> None:
        places = [record.item for record in world.records if isinstance(record.item, Place)]
        self._flats = [place for place in places if place.household]
        self._units = [place for place in places if place.kind is PlaceKind.UNIT and not place.household]
        self._world, self._area, self._day, self._zone, self._seed = world, area, day, time_zone, seed
        self._midnight = at_clock(day, "00:00", time_zone)
        self._slots = Slots(time_zone)

    @abstractmethod
    def asked(self) -> Iterable[Spoken]:
        """What is asked that day, in any order."""

    def said(self) -> tuple[Spoken, ...]:
        """All messages in the order they are published: what is asked, repeats of it, and what must be refused."""
        asked = sorted(self.asked(), key=lambda spoken: (spoken.at, spoken.body))
        return tuple(sorted([*asked, *self._again(asked), *self._bad(asked)], key=lambda one: (one.at, one.body)))

    def _times(self, about: str, a_day: float, hours: Sequence[int]) -> list[dt.datetime]:
        """``a_day`` instants, rounded, each in an hour drawn as ``hours`` weigh; in order of time."""
        source = draw(self._seed, about, "times")
        weighted = [(hour, float(weight)) for hour, weight in enumerate(hours)]
        seconds = [pick(source, weighted) * 3600 + source.randrange(3600) for _ in range(round(a_day))]
        return [self._midnight + dt.timedelta(seconds=second) for second in sorted(seconds)]

    def _in_unit(self, kind: str, key: str, weighted: Sequence[tuple[str, float]], at: dt.datetime) -> Spoken:
        source = draw(self._seed, "unit", key)
        unit = source.choice(self._units)
        return self._request(kind, key, pick(source, weighted), {"unit": unit.id}, at, "hotline", {})

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
            (self.kind, msgspec.json.encode(other)),
            (self.kind, msgspec.json.encode(no_place)),
            ("cleaning", msgspec.json.encode(no_zone)),
            (self.kind, asked[0].body[:-9]),
        ):
            at = self._midnight + dt.timedelta(minutes=source.randrange(60, 1380))
            yield Spoken(at=at, subject=f"request.{self._area}.{subject}", body=body)

    def _contact(self, source: Any) -> dict[str, str]:
        """Somebody to be called back, made up."""
        name = f"{source.choice(SURNAMES)}{source.choice(('先生', '女士'))}"
        return {"name": name, "phone": f"1380000{source.randrange(10_000):04d}"}

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
