"""Whatever somebody puts straight onto ``event.>``: it is stepped over and counted; nothing stops, or waits for it."""

from __future__ import annotations

import asyncio
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from system.estate import registrations
from system.house import AREA, T0
from system.processes import dispatch

from dispatch.model.errors import NewerLog
from dispatch.model.words import key_of
from dispatch.projections.base import Rows
from dispatch.projections.board import Board, BoardRow
from dispatch.services import audit
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import Local, local
from dispatch.services.status import Status

AT = T0.isoformat()
KNOWN = key_of("app", "r0")
TO_COME = key_of("app", "r1")


def envelope(kind: str, data: Any = None, **changes: Any) -> bytes:
    """What looks like an event."""
    fields = {"id": "x/0", "type": kind, "version": 1, "happened_at": AT, "recorded_at": AT, "by": "mallory"}
    return json.dumps({**fields, "cause": "x", "correlation": "x", "data": data or {}, **changes}).encode()


JUNK = [
    (f"event.{AREA}.order.{KNOWN}", b""),
    (f"event.{AREA}.order.{KNOWN}", b"\xff{"),
    (f"event.{AREA}.order.{KNOWN}", b"[" * 100_000),
    (f"event.{AREA}.order.{KNOWN}", envelope("OrderDreamt")),
    (f"event.{AREA}.order.{KNOWN}", envelope("OrderCancelled", version=99)),
    (f"event.{AREA}.order.{KNOWN}", envelope("OrderPlanned", {"workers": 7})),
    (f"event.{AREA}.order.{KNOWN}", envelope("OrderCancelled", recorded_at="2026-11-22T00:00:00")),
    (f"event.{AREA}.order.{KNOWN}", envelope("WorkerRetired", {"moved_to": None})),
    (f"event.{AREA}.order.{TO_COME}", b"here first"),
    (f"event.{AREA}.schedule.w1", b"\x00"),
    (f"event.{AREA}.worker.w1", envelope("WorkerPromoted")),
    (f"event.{AREA}.worker.nobody", envelope("PlaceRegistered", {"place": {}})),
    (f"event.{AREA}.place.b1", b"{}"),
    (f"event.{AREA}.place.zz", envelope("PlaceTeleported")),
    (f"event.{AREA}.place.b1", envelope("PlaceRegistered", {"place": {"id": "b1"}}, version=7)),
    (f"event.{AREA}.policy.current", envelope("PolicyDreamt")),
    (f"event.{AREA}.policy.current", envelope("PolicySet", {"policy": {"time_zone": "Moon/Base"}})),
    (f"event.{AREA}.round.zz", envelope("RoundSquared")),
    ("event.all.category.zz", envelope("CategoryPainted")),
    (f"event.{AREA}.policy.current", envelope("PolicySet", {"policy": 3})),
    (f"event.{AREA}.plan.head", b"junk"),
    (f"event.{AREA}.zone.z1", envelope("ZoneSold")),
    (f"event.{AREA}.round.pumps", envelope("RoundChanged", [])),
    (f"event.{AREA}.unheard.of", envelope("OrderOpened")),
    ("event.all.category.tap", envelope("CategoryChanged", {"category": {"id": "tap"}})),
    (f"event.all.request.{TO_COME}", envelope("RequestAccepted", "all of it")),
    (f"event.nowhere.order.{KNOWN}", envelope("OrderDreamt")),
    ("event.nowhere", b"x"),
    ("event.a.b.c.d.e", envelope("OrderOpened")),
    ("event.EAST.order.x", b"last of all, and nobody's"),
]


COMMANDS = (
    ("status", "--json"),
    ("history", "app/r1"),
    ("replay",),
    ("verify",),
    ("rejected", "list"),
)
AMONG_THE_REJECTED = (("rejected.request.east.1", b"\x00"), ("rejected.x", b""), ("rejected.report.a.b.c", b"{}"))


def asked(number: int) -> Saying:
    """A request."""
    body = {"id": f"r{number}", "source": "app", "category": "tap", "place": {"unit": "b1"}, "reported_at": AT}
    return Saying(f"request.{AREA}.repair", msgspec.json.encode(body))


async def put(house: Local) -> None:
    """Publish all of the junk onto the log, and some among the rejections."""
    jetstream = house.to.connection.jetstream()
    for subject, body in (*JUNK, *AMONG_THE_REJECTED):
        await jetstream.publish(subject, body)


async def sound(client: Client, requests: int, junk: int) -> None:
    """Everything answers, and says what it should."""
    reached = await asyncio.wait_for(client.settled(), 30)
    status: Status = await asyncio.wait_for(client.status(), 10)
    assert (status.accepted, status.planned, status.unaccounted, status.pending) == (requests, requests, 0, 0)
    assert (status.unreadable, status.rows_position) == (junk, reached.position)
    assert [one.name for one in await audit.verify(client.store) if not one.equal] == []
    rows: Rows[BoardRow] = Rows(Board())
    assert await asyncio.wait_for(audit.fold(client.store.events, [rows]), 10) == reached.position
    assert len([row for row in rows.rows.values() if row.workers and row.request]) == requests


async def test_nothing_on_the_log_stops_anybody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, logger="dispatch.services.projector")
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, clock, executor=pool) as house:
            client = Client(house.to.connection)
            said = [Saying(subject, msgspec.json.encode(body)) for subject, body in registrations()]
            assert {answer.decision for answer in await client.say([*said, asked(0)])} == {"noted", "accepted"}
            await client.settled()
            await put(house)
            await sound(client, 1, len(JUNK))
            # What lies where their events are to go keeps neither the desk nor the planner from writing there.
            (second,) = await client.say([asked(1)])
            assert (second.decision, second.order) == ("accepted", TO_COME)
            await sound(client, 2, len(JUNK))
            cancel = {"id": "c", "by": "chen", "at": AT, "order": KNOWN}
            lines = await audit.history(client.store, "app/r0")
            assert [line.type for line in lines].count("Unreadable") == 8
            assert "OrderPlanned" in [line.type for line in lines]
            (gone,) = await client.say([Saying(f"direct.{AREA}.cancel", msgspec.json.encode(cancel))])
            assert gone.decision == "noted"
            await asyncio.wait_for(client.settled(), 30)
            for command in COMMANDS:
                code, out, err = await dispatch(*command, "--nats", house.url)
                assert code == 0, (command, out, err)
                assert "Traceback" not in err
            _, out, _ = await dispatch("rejected", "list", "--json", "--nats", house.url)
            listed = json.loads(out)
            assert [(one["subject"], one["code"]) for one in listed] == [
                (subject, "not_a_rejection") for subject, _ in AMONG_THE_REJECTED
            ]
            code, _, err = await dispatch("rejected", "retry", "--nats", house.url, "--", "-1")
            assert (code, "Traceback" in err, "never said" in " ".join(err.split())) == (2, False, True), err
            said_of = "\n".join(record.getMessage() for record in caplog.records)
            for what in ("OrderDreamt", "version 99", "unheard", "nobody's subject", "CategoryChanged"):
                assert what in said_of, what
        # And nobody who starts anew has to be told.
        async with local(tmp_path, clock, executor=pool) as house:
            client = Client(house.to.connection)
            (third,) = await client.say([asked(2)])
            assert third.decision == "accepted"
            await asyncio.wait_for(client.settled(), 30)
            status = await client.status()
            assert (status.accepted, status.planned, status.cancelled) == (3, 2, 1)
            assert status.unreadable == len(JUNK)


async def test_what_a_newer_release_wrote_stops_whoever_cannot_read_it(tmp_path: Path) -> None:
    """An order may have been cancelled by it: to go on as if it stood would send people there."""
    clock = ManualClock(T0)
    newer = envelope("OrderCancelled", version=99, id=f"{AREA}/order/{KNOWN}/said-9/0")
    with ThreadPoolExecutor(1) as pool, pytest.raises(BaseExceptionGroup) as stopped:
        async with local(tmp_path, clock, executor=pool) as house:
            client = Client(house.to.connection)
            said = [Saying(subject, msgspec.json.encode(body)) for subject, body in registrations()]
            assert {answer.decision for answer in await client.say([*said, asked(0)])} == {"noted", "accepted"}
            await client.settled()
            await house.to.connection.jetstream().publish(f"event.{AREA}.order.{KNOWN}", newer)
            await asyncio.wait_for(asyncio.Event().wait(), 20)
    assert stopped.group_contains(NewerLog, match="OrderCancelled at position .* version 99.*reads up to 1")
