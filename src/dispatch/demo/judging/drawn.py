"""The promise that patrol rounds cannot be foreseen, proven from the log: bound before, told after, starts as drawn.

The draw is made again here from what is documented of it (decisions 17 and 22), not by the code that drew.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.demo.judging.facts import Facts, Happening
from dispatch.demo.judging.tally import Tally
from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.events.round import WalksPublished
from dispatch.model.time import at_clock

_TAG = b"dispatch commitment 1\0"
_DAY = dt.timedelta(days=1)


class Draw(Struct, frozen=True):
    """A draw as it was recorded, its problem and plan as plain data, and its seed if that was told by the end."""

    at: Happening
    recorded: DrawRecorded
    problem: Any
    plan: Any
    bound: bytes
    seed: str | None
    told: dt.datetime | None


def draws(facts: Facts) -> list[Draw]:
    """Every draw of rounds, in the order of the log."""
    told = {
        one.event.number: one for one in facts.all("horizon", SeedRevealed) if one.id == "rounds"  # type: ignore[attr-defined]
    }  # fmt: skip
    found = []
    for one in facts.by_kind["horizon"]["rounds"]:
        if isinstance(one.event, DrawRecorded):
            bound = zlib.decompress(base64.b64decode(one.event.problem))
            plan = msgspec.json.decode(zlib.decompress(base64.b64decode(one.event.plan)))
            seed = told.get(one.event.number)
            found.append(
                Draw(
                    one,
                    one.event,
                    msgspec.json.decode(bound),
                    plan,
                    bound,
                    None if seed is None else seed.event.seed,  # type: ignore[attr-defined]
                    None if seed is None else seed.at,
                )
            )
    return found


def rounds_drawn(facts: Facts) -> Tally:
    """Starts are drawn from a seed bound before and told after their days, and differ from one day to the next."""
    tally = Tally()
    every = draws(facts)
    for one, following in zip(every, [*every[1:], None], strict=True):
        begins = at_clock(one.recorded.first, "00:00", facts.zone)
        tally.note(one.at.recorded < begins, f"draw {one.recorded.number} was made on {one.at.recorded}")
        told_by = at_clock(one.recorded.until + _DAY, "00:00", facts.zone)
        if told_by <= facts.evidence.until:
            over = at_clock(one.recorded.until, "00:00", facts.zone)
            tally.note(one.told is not None and one.told >= over, f"the seed of draw {one.recorded.number}: {one.told}")
        if one.seed is not None:
            _proven(one, one.seed, tally)
        _published(facts, one, None if following is None else following.at.position, tally)
    _differ(every, facts, tally)
    return tally


def _proven(one: Draw, seed: str, tally: Tally) -> None:
    """The seed is the one bound, and every start the one its rank in the draw says."""
    key = bytes.fromhex(seed)
    bound = hashlib.sha256(_TAG + key + hashlib.sha256(one.bound).digest()).hexdigest()
    tally.note(bound == one.recorded.commitment, f"the seed of draw {one.recorded.number} is another than was bound")
    for walk in one.plan["walks"]:
        starts = _ordered(one, key, walk)
        rank = walk.get("rank", 0)
        drawn = starts[rank] if rank < len(starts) else None
        tally.note(drawn == walk["start"], f"{walk['round']} at {walk['nominal']} begins at {walk['start']}")


def _ordered(one: Draw, key: bytes, walk: Any) -> list[int]:
    """The starts of a walk in the order of its draw, those that repeat one of the last starts behind the others."""
    (asked,) = [some for some in one.problem["rounds"] if some["id"] == walk["round"]]
    (band,) = [(start, end) for start, end in asked["bands"] if start == walk["nominal"]]
    rules = one.problem["variation"]
    epoch = int(dt.datetime.fromisoformat(one.problem["origin"]).timestamp())
    instant = epoch + walk["nominal"] * one.problem.get("tick_seconds", 60)

    def lot(offset: int) -> bytes:
        words = f"start\0{walk['round']}\0{instant}\0{offset}"
        return hashlib.blake2b(words.encode(), key=key, digest_size=16).digest()

    last = _offsets_before(one, asked, walk["nominal"])[: rules["within"]]

    def repeats(offset: int) -> bool:
        return any(abs(offset - other) < rules["min_jitter"] for other in last)

    offsets = range(0, band[1] - band[0], rules.get("step", 1))
    return [walk["nominal"] + offset for offset in sorted(offsets, key=lambda some: (repeats(some), lot(some)))]


def _offsets_before(one: Draw, asked: Any, nominal: int) -> list[int]:
    """How far behind its time a round began at those before ``nominal``, the nearest first."""
    first, within = one.problem["horizon"][0], one.problem["variation"]["within"]
    times = sorted((start for start, _ in asked["bands"] if first <= start < nominal), reverse=True)[:within]
    planned = {walk["nominal"]: walk["start"] for walk in one.plan["walks"] if walk["round"] == asked["id"]}
    past = sorted(asked.get("past", ()), key=lambda some: -some["nominal"])
    return [planned[time] - time for time in times if time in planned] + [
        some["start"] - some["nominal"] for some in past if some["nominal"] < nominal
    ]


def _published(facts: Facts, one: Draw, until: int | None, tally: Tally) -> None:
    """What was published of the draw, before log position ``until``, is its plan: the same walks at the same starts."""
    origin = dt.datetime.fromisoformat(one.problem["origin"])
    tick = dt.timedelta(seconds=one.problem.get("tick_seconds", 60))
    first, last = (origin + edge * tick for edge in one.problem["horizon"])
    planned = {(w["round"], origin + w["nominal"] * tick, origin + w["start"] * tick) for w in one.plan["walks"]}
    found = {
        (name, walk.nominal, walk.start)
        for name, events in facts.by_kind["round"].items()
        for walk in _standing(events, until)
        if first <= walk.nominal < last
    }
    tally.note(found == planned, f"of draw {one.recorded.number} {sorted(found ^ planned)[:2]} is in one place only")


def _standing(events: list[Happening], until: int | None) -> Iterator[Any]:
    """The walks of a round as they were published before log position ``until``."""
    found: dict[dt.date, list[Any]] = {}
    for one in events:
        if isinstance(one.event, WalksPublished) and (until is None or one.position < until):
            event = one.event
            found = {day: walks for day, walks in found.items() if not event.start <= day < event.until}
            for walk in event.walks:
                found.setdefault(walk.day, []).append(walk)
    return (walk for _, walks in sorted(found.items()) for walk in walks)


def _differ(every: list[Draw], facts: Facts, tally: Tally) -> None:
    """On two days drawn that follow each other a round does not begin at the same times of the clock."""
    starts: dict[str, dict[dt.date, tuple[dt.timedelta, ...]]] = {}
    days = {day for one in every for day in _days_of(one)}
    for name, events in facts.by_kind["round"].items():
        for walk in _standing(events, None):
            if walk.day in days:
                offsets = starts.setdefault(name, {})
                offsets[walk.day] = (*offsets.get(walk.day, ()), walk.start - walk.nominal)
    for name, by_day in sorted(starts.items()):
        for (day, first), (other, second) in pairwise(sorted(by_day.items())):
            tally.note(first != second, f"{name} begins on {other} as it did on {day}")


def _days_of(one: Draw) -> Iterator[dt.date]:
    return (one.recorded.first + ahead * _DAY for ahead in range((one.recorded.until - one.recorded.first).days))
