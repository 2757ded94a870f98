"""Whatever is published, the desk names what is wrong, keeps the bytes, answers, counts, and goes on."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from nats.aio.msg import Msg
from system.estate import registrations
from system.house import T0

from dispatch.requests.answer import REPLY_TO, Answer
from dispatch.requests.reasons import REASONS
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import local
from dispatch.store.subjects import answer_subject

AT = T0.isoformat()
GOOD: dict[str, Any] = {
    "id": "sr-1",
    "source": "app",
    "category": "tap",
    "place": {"unit": "b1"},
    "reported_at": AT,
}
REPAIR = "request.east.repair"


def but(**changes: Any) -> bytes:
    """The good request with changes; None drops a field."""
    return json.dumps({key: value for key, value in {**GOOD, **changes}.items() if value is not None}).encode()


def raw(fields: str, *without: str) -> bytes:
    """The good request with something written by hand."""
    rest = json.dumps({key: value for key, value in GOOD.items() if key not in without})
    return f"{rest[:-1]}, {fields}}}".encode()


def direct(**fields: Any) -> bytes:
    """A direction."""
    return json.dumps({"id": "d-1", "by": "chen", "at": AT, **fields}).encode()


def reported(kind: str, **fields: Any) -> bytes:
    """A report."""
    return json.dumps({"report": kind, "id": "rp-1", "at": AT, **fields}).encode()


WINDOW = {"from": "2026-11-22T09:00:00Z", "to": "2026-11-22T08:00:00Z"}
DIGITS = "7" * 5000
NAME, PHONE = "Li Hua", "13800001111"
CAUSES: list[tuple[str, bytes, str]] = [
    # Subjects
    ("request.east", but(), "bad_subject"),
    ("request.east.repair.now", but(), "bad_subject"),
    ("request.East.repair", but(), "bad_subject"),
    ("request.east.Repair", but(), "bad_subject"),
    ("request.ea$t.repair", but(), "bad_subject"),
    ("request.报修.repair", but(), "bad_subject"),
    (f"request.{'x' * 65}.repair", but(), "bad_subject"),
    ("direct.east.cancel.now", direct(order="o"), "bad_subject"),
    ("report.east.W1", reported("done", order="o"), "bad_subject"),
    ("request.all.repair", but(), "reserved_area"),
    ("report.all.w1", reported("done", order="o"), "reserved_area"),
    ("direct.east.register", direct(category={"id": "c", "kind": "repair", "skill": "s"}), "reserved_area"),
    ("request.east.gardening", but(), "unknown_kind"),
    ("direct.east.dance", direct(), "unknown_verb"),
    # Bytes
    (REPAIR, b"", "empty_body"),
    (REPAIR, b"\x00" * 1_048_576, "too_large"),
    (REPAIR, but(detail="x" * 300_000), "too_large"),
    (REPAIR, b"\x00", "bad_json"),
    (REPAIR, b"\xff\xfe\x00", "bad_utf8"),
    (REPAIR, but().replace(b"tap", b"t\xc3p"), "bad_utf8"),
    (REPAIR, b"[" * 200_000, "too_deep"),
    (REPAIR, b'{"a":' * 50_000, "too_deep"),
    (REPAIR, b"{", "bad_json"),
    (REPAIR, b"\xef\xbb\xbf" + but(), "bad_json"),
    (REPAIR, but() + b"x", "bad_json"),
    (REPAIR, but() + but(), "bad_json"),
    (REPAIR, raw('"x": NaN'), "bad_json"),
    (REPAIR, raw('"x": Infinity'), "bad_json"),
    (REPAIR, raw('"x": -Infinity'), "bad_json"),
    (REPAIR, raw('"detail": "\\ud800"'), "bad_json"),
    (REPAIR, b"<request/>", "bad_json"),
    (REPAIR, b"[]", "not_an_object"),
    (REPAIR, b"null", "not_an_object"),
    (REPAIR, b"17", "not_an_object"),
    (REPAIR, b'"tap"', "not_an_object"),
    # Fields
    (REPAIR, but(version=2), "unknown_version"),
    (REPAIR, but(version=99, shape="new"), "unknown_version"),
    (REPAIR, but(id=None), "missing_field"),
    (REPAIR, but(category=None), "missing_field"),
    (REPAIR, but(place=None), "missing_field"),
    (REPAIR, but(reported_at=None), "missing_field"),
    (REPAIR, but(colour="red"), "unknown_field"),
    (REPAIR, but(contact={"fax": "1"}), "unknown_field"),
    (REPAIR, but(contact={"phone": int(PHONE)}), "wrong_type"),
    (REPAIR, but(contact={NAME: PHONE}), "unknown_field"),
    (REPAIR, but(contact=[NAME, PHONE]), "wrong_type"),
    (REPAIR, but(detail=[f"{NAME} {PHONE}"]), "wrong_type"),
    (REPAIR, raw('"id": "sr-2"'), "field_twice"),
    (REPAIR, raw('"place": {"unit": "b1", "unit": "b2"}', "place"), "field_twice"),
    (REPAIR, but(id=7), "wrong_type"),
    (REPAIR, but(inside="yes"), "wrong_type"),
    (REPAIR, but(place="b1"), "wrong_type"),
    (REPAIR, but(contact=[]), "wrong_type"),
    (REPAIR, but(reported_at=1763800000), "wrong_type"),
    (REPAIR, but(id="a b"), "bad_value"),
    (REPAIR, but(id="a\n"), "bad_value"),
    (REPAIR, but(id="*"), "bad_value"),
    (REPAIR, but(id="x" * 65), "bad_value"),
    (REPAIR, but(source=""), "bad_value"),
    (REPAIR, but(category="Tap"), "bad_value"),
    (REPAIR, but(urgency="now"), "bad_value"),
    (REPAIR, but(detail="x" * 4001), "out_of_range"),
    (REPAIR, but(place={"lat": 91, "lon": 0}), "out_of_range"),
    (REPAIR, raw(f'"version": {DIGITS}'), "out_of_range"),
    (REPAIR, raw(f'"place": {{"lat": {DIGITS}, "lon": 0}}', "place"), "out_of_range"),
    (REPAIR, but(windows=[WINDOW] * 21), "out_of_range"),
    (REPAIR, but(reported_at="soon"), "bad_instant"),
    (REPAIR, but(reported_at="2026-02-30T00:00:00Z"), "bad_instant"),
    (REPAIR, but(reported_at="2026-11-22T00:00:00"), "instant_without_zone"),
    (REPAIR, but(reported_at="9999-12-31T23:59:59Z"), "instant_out_of_range"),
    (REPAIR, but(reported_at="0001-01-01T00:00:00+14:00"), "instant_out_of_range"),
    (REPAIR, but(reported_at="2026-12-24T00:00:00Z"), "reported_in_future"),
    (REPAIR, but(window=WINDOW), "window_reversed"),
    (REPAIR, but(window={"from": AT, "to": AT}), "window_reversed"),
    (REPAIR, but(window={"from": AT, "to": "2026-11-22T00:19:00Z"}), "window_too_short"),
    (REPAIR, but(window=WINDOW, windows=[WINDOW]), "windows_twice"),
    (REPAIR, but(place={}), "bad_place"),
    (REPAIR, but(place={"unit": "b1", "site": "s1"}), "bad_place"),
    (REPAIR, but(place={"lat": 30.0}), "bad_place"),
    (REPAIR, but(id="known", detail="other"), "id_conflict"),
    # Reports and directions
    ("report.east.w1", reported("done", order="nothing"), "unknown_order"),
    ("report.east.w1", reported("slept", order="nothing"), "bad_value"),
    ("report.east.nobody", reported("back"), "unknown_worker"),
    ("report.east.w1", reported("absent", until=AT), "absence_reversed"),
    ("direct.east.register", direct(), "bad_record"),
    ("direct.east.register", direct(policy={"time_zone": "Moon/Base"}), "bad_time_zone"),
    ("direct.east.retire", direct(kind="worker", target="nobody"), "unknown_record"),
    ("direct.east.assign", direct(order="nothing", workers=["w1"]), "unknown_order"),
    ("direct.east.move", direct(kind="worker", target="w1", to="all"), "bad_value"),
]
HOSTILE = (
    "$JS.API.STREAM.DELETE.EVENTS",
    "event.east.order.x",
    "direct.east.cancel",
    "request.east.repair",
    "two words",
    "wild.*",
    "feed.>",
    "a..b",
    "x" * 5000,
)


def test_there_are_enough_causes_of_enough_kinds() -> None:
    assert len({(subject, body) for subject, body, _ in CAUSES}) == len(CAUSES) >= 60
    codes = {code for _, _, code in CAUSES}
    assert len(codes) >= 12
    assert codes <= set(REASONS)


def expected_answer(subject: str, body: bytes, position: int) -> str:
    """Where the answer on a message is to be found: under its id if that can be read, else under its position."""
    tokens = subject.split(".")
    try:
        plain = msgspec.json.decode(body)
        return answer_subject(tokens[1], plain["id"])
    except Exception:
        try:
            return answer_subject(tokens[1], str(position))
        except Exception:
            return answer_subject("unknown", str(position))


async def test_every_cause_is_named_kept_answered_and_counted(tmp_path: Path) -> None:
    clock = ManualClock(T0)
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, clock, executor=pool) as house:
            client = Client(house.to.connection)
            for answer in await client.say(
                [Saying(subject, msgspec.json.encode(body)) for subject, body in registrations()]
            ):
                assert answer.decision == "noted", answer
            (known,) = await client.say([Saying(REPAIR, but(id="known"))])
            assert known.decision == "accepted"
            heard: dict[str, list[Answer]] = {}

            async def hear(message: Msg) -> None:
                heard.setdefault(message.subject, []).append(msgspec.json.decode(message.data, type=Answer))

            plain = house.to.connection
            await plain.subscribe("answer.>", cb=hear)
            await plain.subscribe("mine.>", cb=hear)
            jetstream = plain.jetstream()
            positions = []
            for number, (subject, body, _) in enumerate(CAUSES):
                ack = await jetstream.publish(subject, body, headers={REPLY_TO: f"mine.{number}"})
                positions.append(ack.seq)
            await client.shown()
            await plain.flush()
            for number, ((subject, body, code), position) in enumerate(zip(CAUSES, positions, strict=True)):
                case = (subject, body[:80], code)
                rejected = await client.store.rejections.get(position)
                assert rejected is not None, case
                assert (rejected.code, rejected.body, rejected.subject) == (code, body, subject), case
                assert rejected.message and rejected.hint, case
                (answer,) = heard[f"mine.{number}"]
                assert (answer.decision, answer.code) == ("rejected", code), case
                told = msgspec.json.encode([rejected.message, rejected.hint, answer, *heard[f"mine.{number}"]]).decode()
                assert NAME not in told and PHONE not in told, case
                where = expected_answer(subject, body, position)
                assert code in [one.code for one in heard.get(where, [])], (case, where)
            status = await client.status()
            assert status.accepted + status.rejected + status.duplicates == status.requests
            assert (status.pending, status.unaccounted, status.accepted) == (0, 0, 1)
            assert status.rejected_messages == len(CAUSES)
            await nothing_comes_of_hostile_headers(client, heard)
            (alive,) = await client.say([Saying(REPAIR, but(id="still-there"))])
            assert alive.decision == "accepted"


async def nothing_comes_of_hostile_headers(client: Client, heard: dict[str, list[Answer]]) -> None:
    """Subjects nobody may have the desk speak on are not spoken on; headers of any size do no harm."""
    jetstream = client.connection.jetstream()
    before = await client.store.events.position()
    said = await client.store.count_said(">")
    for number, subject in enumerate(HOSTILE):
        await jetstream.publish(REPAIR, but(id=f"hostile-{number}"), headers={REPLY_TO: subject})
    await jetstream.publish(REPAIR, but(id="stuffed"), headers={f"X-{n}": "y" * 500 for n in range(110)})
    await client.shown()
    await client.connection.flush()
    assert await client.store.count_said(">") == said + len(HOSTILE) + 1, "the desk spoke where it must not"
    log = client.store.events.follow(("event.>",), before, until=await client.store.events.position())
    async for batch in log:
        assert all(one.recorded.type for one in batch)
    for number in range(len(HOSTILE)):
        assert heard[f"answer.east.hostile-{number}"][0].decision == "accepted"
    assert heard["answer.east.stuffed"][0].decision == "accepted"


async def test_what_cannot_be_kept_is_not_acknowledged(tmp_path: Path) -> None:
    """A subject with an empty token reaches no stream: its publisher hears nothing instead of a false promise."""
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, ManualClock(T0), executor=pool) as house:
            client = Client(house.to.connection)
            for subject in ("request..repair", "request.east."):
                try:
                    await house.to.connection.jetstream().publish(subject, but(), timeout=0.3)
                except Exception as refused:
                    assert not isinstance(refused, AssertionError)
                else:
                    assert await client.store.count_said("request.>"), "acknowledged and not kept"
            (answer,) = await client.say([Saying(REPAIR, but())])
            assert answer.decision == "accepted"
            await asyncio.sleep(0)
