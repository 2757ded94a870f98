"""From bytes to a message, or to the one reason it is none: nothing but a `FormError` with a known code comes out."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from core.requests.forms import ALL, AT, DIRECTIONS, KNOWN, LATER, REPORTS, REQUEST, WORKER, read
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dispatch.model.errors import FormError
from dispatch.requests.direction import VERBS
from dispatch.requests.edge import MAX_BYTES, MAX_DEPTH, read_direction, read_request
from dispatch.requests.report import REPORTS as REPORT_FORMS


def code(form: str, body: bytes | dict[str, Any]) -> str:
    """The reason ``body`` is refused for, or ``read``."""
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()
    try:
        read(form, encoded)
    except FormError as error:
        assert error.code in KNOWN, error
        assert error.message and error.hint
        assert error.message.isprintable(), "a message must not break a line or a header"
        return error.code
    return "read"


def test_there_is_a_sample_of_every_form() -> None:
    assert set(DIRECTIONS) == set(VERBS)
    assert set(REPORTS) == {str(form.__struct_config__.tag) for form in REPORT_FORMS}


@pytest.mark.parametrize("form", ALL)
def test_a_valid_message_is_read_and_its_instants_are_utc(form: str) -> None:
    message = read(form, json.dumps(ALL[form]).encode())
    written = msgspec.json.encode(message).decode()
    assert "+08:00" not in written
    assert read(form, written.encode()) == message


@pytest.mark.parametrize("form", ALL)
def test_every_required_field_is_missed_and_every_unknown_one_noticed(form: str) -> None:
    optional = 0
    for name in ALL[form]:
        found = code(form, {key: value for key, value in ALL[form].items() if key != name})
        assert found in {"missing_field", "read", "bad_record"}, (name, found)
        optional += found == "read"
    assert optional < len(ALL[form])
    assert code(form, {**ALL[form], "extra": 1}) == "unknown_field"


@pytest.mark.parametrize("form", ALL)
@pytest.mark.parametrize("value", [7, 7.5, True, "…", [], {}], ids=repr)
def test_a_field_of_another_type_is_named(form: str, value: Any) -> None:
    for name in ALL[form]:
        found = code(form, {**ALL[form], name: value})
        assert found != "internal_error", name
        if type(value) is not type(ALL[form][name]):
            expected = {"wrong_type", "missing_field", "unknown_version", "bad_place", "out_of_range", "bad_value"}
            assert found in {*expected, "bad_instant", "read"}, (name, found)
            assert found != "read" or name in {"worker", "windows", "proof", "helper", "points"}, name


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": ".."}, "read"),
        ({"id": "a\n"}, "bad_value"),
        ({"id": ""}, "bad_value"),
        ({"id": "x" * 65}, "bad_value"),
        ({"id": "报1"}, "bad_value"),
        ({"id": "a b"}, "bad_value"),
        ({"category": "Water"}, "bad_value"),
        ({"category": "a.b"}, "bad_value"),
        ({"urgency": "soon"}, "bad_value"),
        ({"detail": "x" * 4001}, "out_of_range"),
        ({"contact": {"name": "x" * 201}}, "out_of_range"),
        ({"contact": {"nick": "x"}}, "unknown_field"),
        ({"place": {}}, "bad_place"),
        ({"place": {"unit": "a", "site": "b"}}, "bad_place"),
        ({"place": {"lat": 1.0}}, "bad_place"),
        ({"place": {"lat": 91, "lon": 0}}, "out_of_range"),
        ({"place": {"lat": 1e300, "lon": 0}}, "out_of_range"),
        ({"reported_at": "2026-11-22T08:41:07"}, "instant_without_zone"),
        ({"reported_at": "2026-13-22T08:41:07Z"}, "bad_instant"),
        ({"reported_at": "yesterday"}, "bad_instant"),
        ({"reported_at": "9999-12-31T23:59:59Z"}, "instant_out_of_range"),
        ({"reported_at": "9999-12-31T23:59:59-23:59"}, "instant_out_of_range"),
        ({"reported_at": "0001-01-01T00:00:00+23:59"}, "instant_out_of_range"),
        ({"reported_at": "1969-12-31T23:59:59Z"}, "instant_out_of_range"),
        ({"reported_at": "2100-01-01T00:00:00Z"}, "instant_out_of_range"),
        ({"window": {"from": LATER, "to": AT}}, "window_reversed"),
        ({"window": {"from": AT, "to": AT}}, "window_reversed"),
        ({"windows": [{"from": AT, "to": LATER}]}, "windows_twice"),
        ({"window": None, "windows": [{"from": AT, "to": LATER}] * 21}, "out_of_range"),
        ({"version": 2}, "unknown_version"),
        ({"version": 0}, "unknown_version"),
        ({"version": -1}, "unknown_version"),
        ({"version": 2, "unheard": "of"}, "unknown_version"),
        ({"version": "1"}, "wrong_type"),
        ({"version": True}, "wrong_type"),
        ({"version": 1.0}, "wrong_type"),
        ({"version": 1.5}, "wrong_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else json.dumps(value)[:50],
)
def test_what_breaks_a_rule_of_form_is_named_by_its_own_code(changes: dict[str, Any], expected: str) -> None:
    assert code("request", {**REQUEST, **changes}) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "empty_body"),
        (b"\x00" * 1_048_576, "too_large"),
        (b" " * (MAX_BYTES + 1), "too_large"),
        (b"\x00", "bad_json"),
        (b"\xff\xfe{}", "bad_utf8"),
        (b'{"id": "\xc3\x28"}', "bad_utf8"),
        (b'{"id": "\xed\xa0\x80"}', "bad_utf8"),
        (b'\xef\xbb\xbf{"id": "a"}', "bad_json"),
        (b"{", "bad_json"),
        (b"nonsense", "bad_json"),
        (b"{} {}", "bad_json"),
        (b'{"id": "a",}', "bad_json"),
        (b'{"id": NaN}', "bad_json"),
        (b'{"id": Infinity}', "bad_json"),
        (b'{"id": -Infinity}', "bad_json"),
        (b'{"id": 01}', "bad_json"),
        (b"{'id': 1}", "bad_json"),
        (b'{"id": "\\ud800"}', "bad_json"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b"true", "not_an_object"),
        (b"7", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too_deep"),
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 50_000, "too_deep"),
        (b'{"detail": "' + b"[" * 1000 + b'"}', "missing_field"),
    ],
    ids=lambda value: value if isinstance(value, str) else repr(value[:30]),
)
def test_what_is_no_message_at_all_is_named_too(body: bytes, expected: str) -> None:
    for form in ("request", "report done", "direct cancel"):
        assert code(form, body) == expected


def test_a_byte_order_mark_is_named_as_what_is_too_much() -> None:
    with pytest.raises(FormError) as refused:
        read("request", b"\xef\xbb\xbf" + json.dumps(ALL["request"]).encode())
    assert (refused.value.code, "byte order mark" in refused.value.hint) == ("bad_json", True)


@pytest.mark.parametrize("number", ["1" * 5000, "-" + "1" * 5000, "1e5000", "1e309", "0." + "3" * 5000, "9" * 20])
@pytest.mark.parametrize(
    "where", ['"version": %s', '"place": {"lat": %s, "lon": 1}', '"id": %s', '"x": %s', '"inside": %s']
)
def test_no_number_is_too_long(number: str, where: str) -> None:
    body = json.dumps({key: value for key, value in REQUEST.items() if f'"{key}"' not in where})
    found = code("request", (body[:-1] + ", " + where % number + "}").encode())
    assert found in {"out_of_range", "unknown_version", "wrong_type", "unknown_field", "bad_json", "read"}
    assert found != "read" or number.startswith("0.")


@pytest.mark.parametrize(
    "body",
    [
        '"id": "a", "id": "b"',
        '"id": "a", "id": "a"',
        '"id": "a", "\\u0069d": "b"',
        '"id": "a", "place": {"unit": "b1", "unit": "b2"}',
        '"id": "a", "contact": {"name": "x", "phone": "1", "name": "y"}',
    ],
)
def test_a_field_given_twice_is_ambiguous(body: str) -> None:
    rest = {key: value for key, value in REQUEST.items() if f'"{key}"' not in body}
    assert code("request", ("{" + body + ", " + json.dumps(rest)[1:]).encode()) == "field_twice"


def test_the_same_word_may_be_a_field_of_two_objects_and_stand_in_texts() -> None:
    tricky = '"id": "id": {"id": "id"} \\" "id":'
    assert (
        code("request", {**REQUEST, "detail": tricky, "contact": {"name": '":"name":', "address": '"id":'}}) == "read"
    )
    two = [{"from": AT, "to": LATER}, {"from": AT, "to": LATER}]
    assert code("direct reschedule", {**DIRECTIONS["reschedule"], "windows": two}) == "read"
    assert code("direct register", {**DIRECTIONS["register"], "worker": {**WORKER, "id": "d1"}}) == "read"
    escaped = json.dumps(REQUEST).replace('"id"', '"\\u0069d"').encode()
    assert code("request", escaped) == "read"


@pytest.mark.parametrize(
    ("verb", "changes", "expected"),
    [
        ("absence", {"start": LATER, "end": AT}, "absence_reversed"),
        ("reschedule", {"windows": [{"from": LATER, "to": AT}]}, "window_reversed"),
        ("assign", {"workers": []}, "out_of_range"),
        ("assign", {"workers": ["w1"] * 9}, "out_of_range"),
        ("assign", {"workers": ["W1"]}, "bad_value"),
        ("retire", {"kind": "policy"}, "bad_value"),
        ("move", {"kind": "zone"}, "bad_value"),
        ("register", {"worker": None}, "bad_record"),
        ("register", {"worker": {**WORKER, "role": "king"}}, "bad_value"),
        ("register", {"worker": {**WORKER, "mode": 1}}, "wrong_type"),
        ("register", {"worker": {**WORKER, "shifts": [{"start": "8:00", "end": "18:00"}]}}, "bad_value"),
        (
            "register",
            {"worker": {**WORKER, "shifts": [{"start": "08:00", "end": "18:00", "days": ["x"]}]}},
            "bad_value",
        ),
        ("register", {"worker": {**WORKER, "skills": [{"skill": "s", "expires": "never"}]}}, "bad_value"),
        ("register", {"worker": {**WORKER, "skills": [{"skill": "s", "expires": 7}]}}, "wrong_type"),
        ("register", {"worker": {**WORKER, "skills": [{"skill": "s", "level": 10}]}}, "out_of_range"),
        ("register", {"worker": {**WORKER, "skills": [{"skill": "s"}] * 65}}, "out_of_range"),
        ("follow-up", {"satisfied": 1}, "wrong_type"),
        ("cancel", {"at": "2026-11-22"}, "bad_instant"),
    ],
)
def test_directions_too(verb: str, changes: dict[str, Any], expected: str) -> None:
    assert code(f"direct {verb}", {**DIRECTIONS[verb], **changes}) == expected


def test_reports_too() -> None:
    assert code("report absent", {**REPORTS["absent"], "until": AT}) == "absence_reversed"
    assert code("report done", {**REPORTS["done"], "report": "dreamt"}) == "bad_value"
    assert code("report done", {**REPORTS["done"], "report": 1}) == "wrong_type"
    assert code("report done", {**REPORTS["done"], "proof": {"lat": 1000}}) == "out_of_range"
    with pytest.raises(FormError) as refused:
        read_direction("dance", b"{}")
    assert refused.value.code == "unknown_verb"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
    max_leaves=20,
)
FORMS = st.sampled_from(sorted(ALL))


@settings(max_examples=300, derandomize=True, deadline=None)
@given(form=FORMS, body=st.binary(max_size=300))
@example(form="request", body=b'{"id": "\\udc00"}')
def test_no_bytes_raise_anything_else(form: str, body: bytes) -> None:
    code(form, body)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(form=FORMS, plain=JSON)
def test_no_json_raises_anything_else(form: str, plain: Any) -> None:
    code(form, json.dumps(plain).encode())


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid message with some of its values, somewhere within, replaced, dropped or added."""
    form = draw(FORMS)
    plain = json.loads(json.dumps(ALL[form]))
    for _ in range(draw(st.integers(1, 3))):
        at: Any = plain
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(at[key], (dict, list)) and draw(st.booleans()):
                at = at[key]
                continue
            if draw(st.integers(0, 5)):
                at[key] = draw(JSON | st.sampled_from([AT, LATER, "x", 10**30, -1, 0.5, "9999-12-31T23:59:59-12:00"]))
            else:
                del at[key]
            break
    return form, json.dumps(plain).encode()


@settings(max_examples=600, derandomize=True, deadline=None)
@given(message=mutated())
def test_no_bent_message_raises_anything_else(message: tuple[str, bytes]) -> None:
    code(*message)


@settings(max_examples=300, derandomize=True, deadline=None)
@given(form=FORMS, at=st.integers(0, 10_000), put=st.binary(max_size=4), cut=st.integers(0, 4))
def test_no_damaged_bytes_raise_anything_else(form: str, at: int, put: bytes, cut: int) -> None:
    body = json.dumps(ALL[form], ensure_ascii=False).encode()
    at %= len(body)
    code(form, body[:at] + put + body[at + cut :])


def test_a_request_is_read_into_one_form_only() -> None:
    request = read_request(json.dumps(REQUEST).encode())
    assert request.window is None
    assert len(request.windows) == 1
