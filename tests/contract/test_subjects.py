"""Subjects: what is said has three tokens, answers reach whoever asked, patterns match as on the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model.errors import FormError
from dispatch.store.connection import Connection
from dispatch.store.subjects import Address, answer_subject, matches, parse_said, rejected_subject


def test_an_address_is_its_three_tokens() -> None:
    assert parse_said("request.east.repair") == Address("request", "east", "repair")
    assert parse_said("report.east.w-1").subject == "report.east.w-1"


@pytest.mark.parametrize(
    ("subject", "found"),
    [("", "begins with ''"), ("request", "has 1 tokens"), ("request.east", "has 2 tokens"),
     ("request.east.repair.now", "has 4 tokens"), ("request.East.repair", "area 'East'"),
     ("request.*.repair", "area (1 character, not repeated here)"), ("event.east.order", "begins with 'event'"),
     ("request..repair", "area ''"), ("direct.east." + "x" * 65, "verb (65 characters, not repeated here)"),
     ("report.east.w1\n", "worker (3 characters, not repeated here)")],
)  # fmt: skip
def test_any_other_subject_is_refused_and_the_part_at_fault_named(subject: str, found: str) -> None:
    with pytest.raises(FormError) as refused:
        parse_said(subject)
    assert refused.value.code == "bad_subject"
    assert found in refused.value.message


@pytest.mark.parametrize(
    ("request_id", "subject"),
    [("sr-1", "answer.east.sr-1"), ("a.b", "answer.east.a.b"), ("a..b", "answer.east.a__b"), (".a", "answer.east._a"),
     ("a.b.", "answer.east.a_b_"), (".", "answer.east._"), ("A:b_C", "answer.east.A:b_C")],
)  # fmt: skip
def test_answers_go_to_the_id(request_id: str, subject: str) -> None:
    assert answer_subject("east", request_id) == subject


@given(st.text(alphabet="ab.", min_size=1, max_size=12))
def test_an_answer_never_has_an_empty_token(request_id: str) -> None:
    assert all(answer_subject("east", request_id).split("."))


def test_what_cannot_be_an_id_has_no_answer() -> None:
    for area, request_id in (("east", ""), ("east", "a b"), ("east", "*"), ("East", "a"), ("east", "x" * 65)):
        with pytest.raises(FormError):
            answer_subject(area, request_id)


def test_rejections_are_filed_by_tree_and_area() -> None:
    assert rejected_subject("request.east.repair", 7) == "rejected.request.east.7"
    assert rejected_subject("direct.*.x.y.z", 8) == "rejected.direct._.8"
    assert rejected_subject("report", 9) == "rejected.report._.9"
    assert rejected_subject("elsewhere.east.x", 1) == "rejected.other.east.1"


CASES = [
    ("a.>", "a.b"), ("a.>", "a.b.c"), ("a.>", "a"), ("a.*", "a.b"), ("a.*", "a.b.c"), ("*.b", "a.b"),
    ("a.*.c", "a.b.c"), ("a.b", "a.b"), ("a.b", "a.b.c"), (">", "a"), ("*.*", "a"), ("a.*.>", "a.b"),
]  # fmt: skip


async def test_patterns_match_as_the_server_matches(nats: Connection) -> None:
    for number, (pattern, subject) in enumerate(CASES):
        inbox = await nats.subscribe(f"t{number}.{pattern}")
        await nats.publish(f"t{number}.{subject}", b"")
        # A round trip behind the publish; a flush would overtake it.
        await nats.request("$JS.API.INFO", b"", timeout=5)
        assert matches(pattern, subject) == (inbox.pending_msgs == 1), (pattern, subject)
