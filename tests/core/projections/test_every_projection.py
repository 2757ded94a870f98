"""What holds for every projection, whatever it shows: rebuilt = live, whatever was delivered twice or died.

The events are a log that the whole service wrote, so that every type is met where it really happens.
"""

from __future__ import annotations

import asyncio
import random
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from system.contracted import promise_visits
from system.estate import open_estate
from system.house import AREA, T0, House
from system.rostered import open_gate
from system.virtual_time import VirtualTimeLoop

from dispatch.events.envelope import Stored
from dispatch.model.errors import LogWentBackwards
from dispatch.projections.all import PROJECTIONS
from dispatch.projections.base import Projection, Rows, digest_of
from dispatch.services.projector import Projector
from dispatch.store.base import Write
from dispatch.store.memory import MemoryEvents, MemoryStore, MemoryViews

NAMES = [projection.name for projection in PROJECTIONS]
SAID = "sold, says Wang Fang, 13800001111"
"""What a worker was told on site."""
BY_NAME: dict[str, Projection[Any]] = {projection.name: projection for projection in PROJECTIONS}


async def _a_day() -> list[Stored]:
    house = House(MemoryStore(now=lambda: T0))
    await house.start()
    await open_estate(house)
    await open_gate(house, "ann", "bob", budget=0)
    await promise_visits(house)
    head = {"by": "chen", "at": T0.isoformat()}
    for number in range(12):
        body = {"id": f"r{number}", "category": ["tap", "water-leak", "lamp", "unheard-of"][number % 4]}
        body |= {"place": {"unit": f"b{1 + number % 4}"}, "reported_at": T0.isoformat(), "household": f"h{number}"}  # type: ignore[dict-item]
        if number % 3 == 0:
            body |= {"contact": {"name": "Li"}, "detail": "drips"}  # type: ignore[dict-item]
        await house.say(f"request.{AREA}.repair", body)
    again = {"id": "r1", "category": "water-leak", "place": {"unit": "b2"}, "household": "h1"}
    await house.say(f"request.{AREA}.repair", again | {"reported_at": T0.isoformat()})
    await house.settle()
    planned = sorted(
        (row for row in house.projector.rows["board"].rows.values() if row.workers), key=lambda row: row.order
    )
    for number, row in enumerate(planned):
        for kind in ("accepted", "on_the_way", "arrived", "done")[: number % 5]:
            report = {"report": kind, "id": f"{kind}-{number}", "at": T0.isoformat(), "order": row.order}
            await house.say(f"report.{AREA}.{row.workers[0]}", report)
        await house.settle()
        if number % 5 == 4:
            satisfied = {"id": f"f{number}", "order": row.order, "satisfied": number % 2 == 0}
            await house.say(f"direct.{AREA}.follow-up", head | satisfied)
        if number % 5 == 1:
            failed = {
                "report": "could_not",
                "id": f"n{number}",
                "at": T0.isoformat(),
                "order": row.order,
                "reason": SAID,
            }
            await house.say(f"report.{AREA}.{row.workers[0]}", failed)
        if number % 5 == 0:
            pinned = {"id": f"a{number}", "order": row.order, "workers": list(row.workers)}
            await house.say(f"direct.{AREA}.assign", head | pinned)
            refused = {"report": "refused", "id": f"x{number}", "at": T0.isoformat(), "order": row.order}
            await house.say(f"report.{AREA}.{row.workers[0]}", refused)
        await house.settle()
    breach = {"report": "breach", "id": "b1", "at": T0.isoformat(), "place": {"unit": "b1"}, "note": SAID}
    await house.say(f"report.{AREA}.ann", breach)
    cancelled = {"id": "c1", "order": planned[2].order, "reason": "sold"}
    await house.say(f"direct.{AREA}.cancel", head | cancelled)
    await house.say(f"direct.{AREA}.retire", head | {"id": "z", "kind": "zone", "target": "z2"})
    await house.settle()
    log = await house.log()
    await house.close()
    return log


@cache
def day() -> tuple[Stored, ...]:
    """A day's log, written once."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return tuple(runner.run(_a_day()))


def rebuilt(name: str, log: tuple[Stored, ...]) -> Rows[Any]:
    """The rows from zero."""
    rows: Rows[Any] = Rows(BY_NAME[name])
    rows.take(log)
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_the_log_concerns_it(name: str) -> None:
    types = {one.recorded.type for one in day()}
    assert types & BY_NAME[name].takes
    assert rebuilt(name, day()).rows


@pytest.mark.parametrize("name", NAMES)
def test_nothing_shows_what_a_worker_was_told(name: str) -> None:
    assert any(SAID.encode() in msgspec.json.encode(one.recorded) for one in day())
    for row in rebuilt(name, day()).rows.values():
        assert SAID.encode() not in msgspec.json.encode(row)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(cuts=st.sets(st.integers(0, 400), max_size=12), name=st.sampled_from(NAMES))
def test_any_batching_and_any_restart_gives_the_same_rows(cuts: set[int], name: str) -> None:
    log = day()
    rows: Rows[Any] = Rows(BY_NAME[name])
    ends = sorted({0, len(log), *(cut % len(log) for cut in cuts)})
    for start, end in pairwise(ends):
        rows.take(log[start:end])
        again: Rows[Any] = Rows(BY_NAME[name])
        again.restore(dict(rows.encoded()), rows.position)
        rows = again
    assert rows.digest() == rebuilt(name, log).digest()


@settings(max_examples=25, derandomize=True, deadline=None)
@given(seed=st.integers(0, 10_000), name=st.sampled_from(NAMES))
def test_redelivery_changes_nothing(seed: int, name: str) -> None:
    log, draw = day(), random.Random(seed)
    rows: Rows[Any] = Rows(BY_NAME[name])
    for start in range(0, len(log), 7):
        rows.take(log[max(0, start - draw.randrange(40)) : start + 7])
        rows.take(log[draw.randrange(len(log)) : start + 1])
    assert rows.digest() == rebuilt(name, log).digest()


@settings(max_examples=40, derandomize=True, deadline=None)
@given(at=st.integers(0, 400), behind=st.integers(0, 200), seed=st.integers(0, 100), name=st.sampled_from(NAMES))
def test_rows_ahead_of_the_checkpoint_end_equal(at: int, behind: int, seed: int, name: str) -> None:
    """A writer died in the middle: some rows are as of ``at``, the others and the checkpoint as of before."""
    log, draw = day(), random.Random(seed)
    later = at % len(log)
    earlier = max(0, later - behind)
    old, new = rebuilt(name, log[:earlier]), rebuilt(name, log[:later])
    before, after = dict(old.encoded()), dict(new.encoded())
    mixed = {}
    for key in sorted({*before, *after}):
        kept = (after if draw.random() < 0.5 else before).get(key)
        if kept is not None:
            mixed[key] = kept
    rows: Rows[Any] = Rows(BY_NAME[name])
    rows.restore(mixed, old.position)
    rows.take(log)
    assert rows.digest() == rebuilt(name, log).digest()


def test_a_digest_tells_rows_apart() -> None:
    assert digest_of([("a", b"bc")]) != digest_of([("ab", b"c")])
    assert digest_of([]) != digest_of([("", b"")])
    seen = {rebuilt(name, day()).digest() for name in NAMES}
    assert len(seen) == len(NAMES)


async def logged(upto: int, *, first: int = 0) -> MemoryEvents:
    """A store that holds the day up to a position, without what comes before ``first``."""
    events = MemoryStore(now=lambda: T0).events
    for one in day()[first:upto]:
        _, expected = await events.load(one.entity)
        await events.append([Write(one.entity, (one.recorded,), expected)])
    return events


async def shown(events: MemoryEvents, views: MemoryViews, projections: Any = PROJECTIONS) -> dict[str, str]:
    """Let a projector catch up and end; returns the digests of what it wrote."""
    projector = Projector(events, views, projections)
    running = asyncio.create_task(projector.run())
    position = await events.position()
    waiting = asyncio.create_task(projector.caught_up(position))
    done, _ = await asyncio.wait([running, waiting], timeout=20, return_when=asyncio.FIRST_COMPLETED)
    for task in (running, waiting):
        task.cancel()
    await asyncio.gather(running, waiting, return_exceptions=True)
    if running in done:
        running.result()
    written = {}
    for projection in projections:
        view = await views.read(projection.name, projection.version)
        assert view.position == position
        written[projection.name] = digest_of((key, view.rows[key]) for key in sorted(view.rows))
    return written


async def test_what_is_written_is_what_a_rebuild_gives_also_after_a_restart() -> None:
    views = MemoryViews()
    half = len(day()) // 2
    await shown(await logged(half), views)
    written = await shown(await logged(len(day())), views)
    assert written == {name: rebuilt(name, day()).digest() for name in NAMES}


async def test_a_log_that_ends_before_what_was_seen_is_said_loudly() -> None:
    views = MemoryViews()
    await shown(await logged(len(day())), views)
    with pytest.raises(LogWentBackwards):
        await shown(await logged(len(day()) - 1), views)


async def test_another_log_that_has_grown_past_what_was_seen_is_said_loudly() -> None:
    views, half = MemoryViews(), len(day()) // 2
    await shown(await logged(half), views)
    await shown(await logged(half + 5), views)
    with pytest.raises(LogWentBackwards, match=f"at log position {half + 5}, where the log has another"):
        await shown(await logged(len(day()), first=1), views)


@pytest.mark.parametrize("name", NAMES)
async def test_a_new_version_is_built_beside_the_old_and_switched_to(name: str) -> None:
    views, events = MemoryViews(), await logged(len(day()))
    old = BY_NAME[name]
    await shown(events, views, [old])
    assert await views.active(name) == old.version
    newer = type(f"Newer{name}", (type(old),), {"version": old.version + 1})()
    written = await shown(events, views, [newer])
    assert await views.active(name) == old.version + 1
    assert written[name] == rebuilt(name, day()).digest()
    assert (await views.read(name, old.version)).rows == {}, "the old version is dropped once the new one is read"


async def test_an_older_release_does_not_switch_back() -> None:
    views, events = MemoryViews(), await logged(len(day()))
    board = BY_NAME["board"]
    newer = type("NewerBoard", (type(board),), {"version": board.version + 1})()
    await shown(events, views, [newer])
    await shown(events, views, [board])
    assert await views.active("board") == board.version + 1
