"""Whatever field somebody's name, number or address is put into, no reason, hint, answer, header or log tells it."""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from core.requests.forms import ALL, AT, REQUEST, WORKER
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.model.time import to_utc
from dispatch.model.words import is_outside_id, key_of
from dispatch.requests.answer import Answer
from dispatch.services.clock import ManualClock
from dispatch.services.desk.desk import Desk
from dispatch.services.ledger.files import ledger_of
from dispatch.services.ledger.mapping import mapping_of
from dispatch.services.ledger.rows import Fault, request_of
from dispatch.store.memory import MemoryStore

NOW = to_utc(dt.datetime.fromisoformat(AT))
NAMES = ("王小明", "Wang Xiaoming", "Oyelaran, Ngozi", "Müller")
PHONES = ("13800001111", "138-0000-1111", "138 0000 1111", "+86.138.0000.1111", "021-68451234")
PLACES = ("ann.li@example.org", "Mapleroad 12, flat 1203", "幸福路12号1203室")
PIECES = re.compile(r"[\u4e00-\u9fff]{2,}|[^\W\d_]{4,}|\d(?:[-. ]?\d){4,}")
"""What gives somebody away: words and numbers, not signs or what is left of them."""

personal = st.lists(st.sampled_from(NAMES + PHONES + PLACES), min_size=1, max_size=2, unique=True).map(" ".join)
FIELDS = {"name", "phone"}
"""Words in what is put in that are no secret."""

bent = st.one_of(
    personal,
    st.sampled_from([13800001111, -13800001111, 13800001111.5]),
    personal.map(lambda text: [text]),
    personal.map(lambda text: {text: 1}),
    personal.map(lambda text: {"name": text}),
)

WORLD: list[tuple[str, dict[str, Any]]] = [
    ("direct.all.register", {"category": {"id": "water-leak", "kind": "repair", "skill": "plumbing"}}),
    ("direct.east.register", {"place": {"id": "s1", "kind": "site", "lat": 30.0, "lon": 120.0}}),
    ("direct.east.register", {"zone": {"id": "z1", "place": "s1"}}),
    ("direct.east.register", {"worker": WORKER}),
]
ORDER = key_of("hotline", "sr-870704814")


def paths(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a message where something stands."""
    entries = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in entries:
        yield (*path, key)
        yield from paths(value, (*path, key))


@st.composite
def messages(draw: st.DrawFn) -> tuple[str, dict[str, Any], Any]:
    """A message with something personal somewhere: its subject, its body, and what was put in."""
    form = draw(st.sampled_from(sorted(ALL)))
    body = copy.deepcopy(ALL[form])
    if "order" in body and draw(st.booleans()):
        body["order"] = ORDER
    kind, _, name = form.partition(" ")
    subject = {"request": "request.east.repair", "report": "report.east.w1"}.get(kind, f"direct.east.{name}")
    path = draw(st.sampled_from(sorted(paths(body), key=str)))
    inside = body
    for key in path[:-1]:
        inside = inside[key]
    secret = draw(bent)
    match draw(st.sampled_from(["value", "value", "field", "subject"])):
        case "value":
            inside[path[-1]] = secret
        case "field" if isinstance(inside, dict):
            secret = secret if isinstance(secret, str) else "phone_13800001111"
            inside[secret] = 1
        case _:
            secret = "13800001111"
            subject = f"{subject.rpartition('.')[0]}.{secret}"
    return subject, body, secret


class Listening(logging.Handler):
    """What is logged."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        self.lines.append(logging.Formatter().format(record))


async def told(sayings: list[tuple[str, bytes]], known: bool) -> list[str]:
    """All that is told of ``sayings``; ``known``: of what answers name the message by, too."""
    store = MemoryStore(now=lambda: NOW)
    lines: list[str] = []
    answered = asyncio.Semaphore(0)

    async def publish(subject: str, answer: bytes) -> None:
        plain = msgspec.json.decode(answer, type=Answer)
        lines.extend([plain.code, plain.reason, plain.hint, plain.area, plain.order])
        lines.extend([subject, plain.id, plain.source] if known else [])
        answered.release()

    desk = asyncio.create_task(Desk(store, ManualClock(NOW), publish).run())
    for subject, body in sayings:
        await store.say(subject, body)
        await asyncio.wait_for(answered.acquire(), 10)
    lines += [f"{one.code} {one.message} {one.hint}" for one in await store.rejections.list()]
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)
    return lines


def with_id(number: int, body: dict[str, Any]) -> bytes:
    return json.dumps({"id": f"d-{number}", "by": "chen", "at": AT, **body}).encode()


def all_texts(secret: Any) -> str:
    return secret if isinstance(secret, str) else json.dumps(secret, ensure_ascii=False)


SETTING = [(subject, with_id(number, body)) for number, (subject, body) in enumerate(WORLD)]
SETTING.append(("request.east.repair", json.dumps(REQUEST).encode()))


@settings(max_examples=250, deadline=None)
@given(messages())
@example(("request.east.repair", {**REQUEST, "household": "Wang Xiaoming 13800001111"}, "Wang Xiaoming 13800001111"))
@example(("request.east.repair", {**REQUEST, "contact_phone_13800001111": 1}, "13800001111"))
@example(("report.east.w1", {"report": "done", "id": "13800001111", "at": AT, "order": ORDER}, "13800001111"))
@example(("report.east.w1", {"report": "done", "id": "r1", "at": AT, "order": "13800001111"}, "13800001111"))
def test_no_field_lets_it_out(message: tuple[str, dict[str, Any], Any]) -> None:
    subject, body, secret = message
    listening = Listening()
    logging.getLogger("dispatch").addHandler(listening)
    logging.getLogger("dispatch").setLevel(logging.DEBUG)
    # The second time something else is said under the same id: that is refused, and named.
    once, again = (json.dumps({**body, **more}).encode() for more in ({}, {"at": "2026-11-22T08:30:00Z"}))
    try:
        # Answers name the message by the id its sender chose, and go where that id says: it is what they wait for.
        known = not is_outside_id(str(secret))
        lines = asyncio.run(told([*SETTING, (subject, once), (subject, again)], known))
    finally:
        logging.getLogger("dispatch").removeHandler(listening)
        logging.getLogger("dispatch").setLevel(logging.NOTSET)
    pieces = PIECES.findall(all_texts(secret))
    for line in [*lines, *listening.lines]:
        assert not [piece for piece in pieces if piece in line and piece not in FIELDS], line


MAPPING = {
    "file": {"time_zone": "Asia/Shanghai"},
    "request": {
        "id": "No", "source": "From", "area": "Area", "category": "What", "reported_at": "When",
        "kind": {"column": "Kind", "values": {"R": "repair"}}, "household": "Household",
        "place": {"unit": "Unit", "lat": "Lat", "lon": "Lon"}, "urgency": "Urgent", "inside": "Inside",
        "promised_by": "Promised", "window": {"day": {"column": "Day"}, "slot": "Slot"},
    },
}  # fmt: skip
ROW = {"No": "7", "From": "desk", "Area": "east", "What": "leak", "When": "2026-11-22T08:00", "Kind": "R",
       "Household": "", "Unit": "b1", "Lat": "", "Lon": "", "Urgent": "", "Inside": "", "Promised": "",
       "Day": "2026-11-22", "Slot": "09:00-11:00"}  # fmt: skip


@pytest.mark.parametrize("column", ROW)
@pytest.mark.parametrize("secret", ["王小明 13800001111", "138-0000-1111", "13800001111", "Wang Xiaoming", "99999999"])
def test_nor_does_a_cell_of_a_ledger(column: str, secret: str) -> None:
    mapping = mapping_of(MAPPING)
    text = ",".join(ROW) + "\n" + ",".join({**ROW, column: secret}.values()) + "\n"
    (row,) = ledger_of(text.encode(), mapping).rows
    found = request_of(row, mapping)
    if isinstance(found, Fault):
        assert found.column
        said = f"{found.code} {found.reason} {found.hint} {found.column} {found.value}"
        assert not [piece for piece in PIECES.findall(secret) if piece in said], said


def test_what_is_said_beforehand_is_taken() -> None:
    assert {line for line in asyncio.run(told(SETTING, known=False)) if line} == {"all", "east", ORDER}
