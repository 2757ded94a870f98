"""What somebody is called, where they are reached and what they said is in no reason, whatever is wrong with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from core.requests.forms import DIRECTIONS, REPORTS, REQUEST, WORKER, read

from dispatch.model.errors import FormError

SECRET = "Li Hua 13800001111"
DIGITS = 13800001111
WRONG: list[Any] = [
    SECRET,
    [SECRET],
    {SECRET: 1},
    {"phone": {"main": SECRET}},
    DIGITS,
    float(DIGITS),
    SECRET * 300,
    True,
]


def reason(form: str, body: dict[str, Any]) -> str:
    """All that is said of why ``body`` is refused."""
    with pytest.raises(FormError) as refused:
        read(form, json.dumps(body, ensure_ascii=False).encode())
    return f"{refused.value.code} {refused.value.message} {refused.value.hint}"


def secret_in(said: str) -> bool:
    """Whether anything of the secret is told."""
    return "Li" in said or "Hua" in said or "1380000" in said


@pytest.mark.parametrize("field", ["name", "phone", "email", "address", SECRET, "1380000"])
@pytest.mark.parametrize("value", [value for value in WRONG if value != SECRET], ids=repr)
def test_nothing_of_a_contact_is_repeated(field: str, value: Any) -> None:
    said = reason("request", {**REQUEST, "contact": {field: value}})
    assert "contact" in said
    assert not secret_in(said), said


@pytest.mark.parametrize("value", [value for value in WRONG if not isinstance(value, dict)], ids=repr)
def test_nor_what_stands_in_its_place(value: Any) -> None:
    said = reason("request", {**REQUEST, "contact": value})
    assert "contact is " in said
    assert "must be an object" in said
    assert not secret_in(said), said


@pytest.mark.parametrize(
    ("form", "body", "field"),
    [
        ("request", REQUEST, "detail"),
        ("report refused", REPORTS["refused"], "reason"),
        ("report done", REPORTS["done"], "note"),
        ("direct cancel", DIRECTIONS["cancel"], "reason"),
        ("direct follow-up", DIRECTIONS["follow-up"], "note"),
    ],
)
@pytest.mark.parametrize("value", [value for value in WRONG if value != SECRET], ids=repr)
def test_nor_what_somebody_said_in_their_own_words(form: str, body: dict[str, Any], field: str, value: Any) -> None:
    said = reason(form, {**body, field: value})
    assert said.split()[1] == field
    assert not secret_in(said), said


def test_nor_the_name_of_a_worker_or_a_field_that_is_no_name() -> None:
    assert not secret_in(reason("direct register", {**DIRECTIONS["register"], "worker": {**WORKER, "name": DIGITS}}))
    for name in (SECRET, str(DIGITS), "李华"):
        assert name not in reason("request", {**REQUEST, name: 1})
    assert "'colour'" in reason("request", {**REQUEST, "colour": 1}), "an ordinary name is what helps most"


@pytest.mark.parametrize("version", [1.0, 1.5])
def test_a_number_with_a_point_is_no_whole_one_and_it_is_said_so(version: float) -> None:
    said = reason("request", {**REQUEST, "version": version})
    assert f"version is {version}, a number; it must be a whole number." in said
