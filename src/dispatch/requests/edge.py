"""From bytes to a request, report or direction, or to a `FormError` that names the first thing wrong.

The fast path decodes straight into the Struct. Only when that fails is the message looked at field by field, so that
the reason is found from the data itself and not from the wording of somebody else's error.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from codecs import BOM_UTF8
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from dispatch.model.errors import FormError
from dispatch.model.places import PlaceRef
from dispatch.model.quoting import quoted
from dispatch.model.time import Window, to_utc
from dispatch.requests.diagnose import diagnose
from dispatch.requests.direction import REGISTERED, VERBS, Direction, Register, Reschedule
from dispatch.requests.report import REPORTS, Absent, Breach, WorkerReport
from dispatch.requests.service import ServiceRequest

MAX_BYTES = 262_144
"""The largest body a request, report or direction may have: 256 KiB."""
MAX_DEPTH = 32
"""The deepest nesting a body may have; none of the forms needs more than 8."""
FORM_VERSION = 1

T = TypeVar("T", bound=Struct)
_STRINGS = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?')
"""Every string of a JSON document, and whether it names a field."""

_REQUEST = msgspec.json.Decoder(ServiceRequest)
_REPORT = msgspec.json.Decoder(WorkerReport)
_DIRECTIONS = {verb: msgspec.json.Decoder(form) for verb, form in VERBS.items()}


def read_request(body: bytes) -> ServiceRequest:
    """The service request in ``body``, its instants in UTC. Raises `FormError` with a code of `reasons.REASONS`."""
    request = _read(body, _REQUEST, (ServiceRequest,))
    if request.version != FORM_VERSION:
        raise _version_error(request.version)
    return _check_request(request)


def read_report(body: bytes) -> WorkerReport:
    """The report in ``body``, its instants in UTC. Raises `FormError`."""
    report: WorkerReport = _read(body, _REPORT, REPORTS)
    report = msgspec.structs.replace(report, at=to_utc(report.at))
    if isinstance(report, Breach):
        check_place(report.place)
    if isinstance(report, Absent):
        until = to_utc(report.until)
        if until <= report.at:
            raise _absence_error(report.at, until)
        report = msgspec.structs.replace(report, until=until)
    return report


def read_direction(verb: str, body: bytes) -> Direction:
    """The direction in ``body`` that ``verb`` asks for, its instants in UTC. Raises `FormError`."""
    decoder = _DIRECTIONS.get(verb)
    if decoder is None:
        raise FormError(
            f"There is no direction {quoted(verb)}.", code="unknown_verb", hint=f"one of {', '.join(VERBS)} was meant."
        )
    direction = _read(body, decoder, (VERBS[verb],))
    changed: dict[str, Any] = {
        name: to_utc(value)
        for name in ("at", "start", "end")
        if isinstance(value := getattr(direction, name, None), dt.datetime)
    }
    if "end" in changed and changed["end"] <= changed["start"]:
        raise _absence_error(changed["start"], changed["end"])
    if isinstance(direction, Reschedule):
        changed["windows"] = tuple(_window(window) for window in direction.windows)
    if isinstance(direction, Register) and sum(getattr(direction, name) is not None for name in REGISTERED) != 1:
        raise FormError(
            "A direction to register carries exactly one record.",
            code="bad_record",
            hint=f"exactly one of {', '.join(REGISTERED)} was meant.",
        )
    return msgspec.structs.replace(direction, **changed)


def _read(body: bytes, decoder: msgspec.json.Decoder[T], forms: tuple[type[Struct], ...]) -> T:
    _check_bytes(body)
    try:
        message = decoder.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError):
        message = None
    if message is None:
        raise diagnose(_plain(body), forms)
    _check_names(body)
    return message


def _check_names(body: bytes) -> None:
    """Refuse an object that has the same field twice: one reader takes the first, the next the last of them."""
    names = [name for name, colon in _STRINGS.findall(body) if colon]
    if len(set(names)) == len(names) and b"\\" not in b"".join(names):
        return
    # The same name may stand in two objects, and one name be written in two ways: now the objects are looked at.
    json.loads(body, object_pairs_hook=_no_field_twice)


def _no_field_twice(pairs: list[tuple[str, Any]]) -> None:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise FormError(
                f"The field {quoted(name)} is given twice.", code="field_twice", hint="only one of the two was meant."
            )
        seen.add(name)


def _check_bytes(body: bytes) -> None:
    """Refuse what would make the decoder itself stumble: no bytes, too many, not UTF-8, too deep."""
    if not body:
        raise FormError("The message has no body.", code="empty_body", hint="the request was meant to be the body.")
    if len(body) > MAX_BYTES:
        raise FormError(
            f"The body has {len(body):,} bytes; at most {MAX_BYTES:,} are read.",
            code="too_large",
            hint="pictures belong elsewhere, with a reference to them here.",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormError(
            f"Byte {error.start} of the body is not UTF-8.",
            code="bad_utf8",
            hint="the text was sent in another encoding.",
        ) from error
    if body.count(b"[") + body.count(b"{") > MAX_DEPTH and _depth(text) > MAX_DEPTH:
        raise FormError(
            f"The body is nested more than {MAX_DEPTH} deep.", code="too_deep", hint="it was built by a faulty program."
        )


def _depth(text: str) -> int:
    """The deepest nesting of brackets in ``text`` that do not stand in a JSON string."""
    depth = deepest = 0
    in_string = escaped = False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif char in "]}":
            depth -= 1
    return deepest


def _plain(body: bytes) -> dict[str, Any]:
    try:
        plain = msgspec.json.decode(body)
    except msgspec.ValidationError as error:
        # Well-formed JSON whose numbers no machine type can hold.
        raise FormError(
            "A number in the body is larger than any number here may be.",
            code="out_of_range",
            hint="a text was meant.",
        ) from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        marked = "the byte order mark before it is to be left out."
        hint = marked if body.startswith(BOM_UTF8) else "a comma or quote is missing."
        raise FormError(f"The body is not JSON: {error}.", code="bad_json", hint=hint) from error
    if not isinstance(plain, dict):
        raise FormError(
            f"The body is JSON, but {_json_name(plain)}, not an object.",
            code="not_an_object",
            hint="the fields were meant to stand between { and }.",
        )
    version = plain.get("version", FORM_VERSION)
    if isinstance(version, int) and not isinstance(version, bool) and version != FORM_VERSION:
        raise _version_error(version)
    return plain


def _json_name(plain: object) -> str:
    names = {list: "an array", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(plain), "a number")


def check_not_future(instant: dt.datetime, now: dt.datetime) -> None:
    """Raise `FormError` (``reported_in_future``) if ``instant`` is more than a day after ``now``.

    A day's grace: clocks of other systems are off by a zone more often than by a second.
    """
    if instant > now + dt.timedelta(days=1):
        raise FormError(
            f"The instant {instant.isoformat()} lies in the future; here it is {now.isoformat()}.",
            code="reported_in_future",
            hint="the sender's clock or zone is wrong.",
        )


def _check_request(request: ServiceRequest) -> ServiceRequest:
    check_place(request.place)
    reported_at = to_utc(request.reported_at)
    if request.window is not None and request.windows:
        raise FormError(
            "Both window and windows are given.", code="windows_twice", hint="all of them belong in windows."
        )
    windows = (request.window,) if request.window is not None else request.windows
    promised = None if request.promised_by is None else to_utc(request.promised_by)
    return msgspec.structs.replace(
        request,
        reported_at=reported_at,
        promised_by=promised,
        window=None,
        windows=tuple(sorted((_window(window) for window in windows), key=lambda window: window.start)),
    )


def check_place(place: PlaceRef) -> None:
    """Raise `FormError` (``bad_place``) unless exactly one way of naming a place is used."""
    named = sum(part is not None for part in (place.unit, place.site, place.checkpoint))
    coordinates = (place.lat is not None) + (place.lon is not None)
    if (named, coordinates) not in {(1, 0), (0, 2)}:
        raise FormError(
            "The place is not exactly one of unit, site, checkpoint, or lat with lon.",
            code="bad_place",
            hint='{"unit": "b3-1202"} or {"lat": 31.2, "lon": 121.5} was meant.',
        )


def _window(window: Window) -> Window:
    start, end = to_utc(window.start), to_utc(window.end)
    if end <= start:
        raise FormError(
            f"The window from {window.start.isoformat()} to {window.end.isoformat()} ends before it starts.",
            code="window_reversed",
            hint="from and to were swapped.",
        )
    return Window(start=start, end=end)


def _version_error(version: int) -> FormError:
    return FormError(
        f"This form has version {quoted(version)}; this release reads version {FORM_VERSION}.",
        code="unknown_version",
        hint="the sender speaks to a newer release than this one.",
    )


def _absence_error(start: dt.datetime, end: dt.datetime) -> FormError:
    return FormError(
        f"The absence from {start.isoformat()} to {end.isoformat()} ends before it starts.",
        code="absence_reversed",
        hint="start and end were swapped.",
    )
