"""Tokens, keys made of outside ids, how many people go, and what an error says."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dispatch.model.catalogue import Category, Kind, people_needed
from dispatch.model.errors import DispatchError, FormError, StoreError, Unavailable
from dispatch.model.places import PlaceRef
from dispatch.model.words import Token, is_token, key_of

DECODER = msgspec.json.Decoder(Token)
texts = st.text(st.sampled_from("az09_-AZ.*> \n\u00e9\u4e1c\0"), max_size=70)


@given(texts)
@example("a\n")
@example("a" * 64)
@example("a" * 65)
@example("")
def test_what_may_be_a_token_is_the_same_for_a_message_and_for_a_subject(text: str) -> None:
    try:
        DECODER.decode(msgspec.json.encode(text))
    except msgspec.ValidationError:
        assert not is_token(text)
    else:
        assert is_token(text)
        assert 1 <= len(text) <= 64
        assert not set(text) - set("abcdefghijklmnopqrstuvwxyz0123456789_-")


@given(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1, max_size=3))
def test_a_key_is_a_token_and_always_the_same(parts: list[str]) -> None:
    key = key_of(*parts)
    assert is_token(key)
    assert len(key) == 16
    key_of.cache_clear()
    assert key_of(*parts) == key


def test_where_one_part_ends_and_the_next_begins_counts() -> None:
    assert len({key_of("ab", "c"), key_of("a", "bc"), key_of("abc"), key_of("abc", ""), key_of("", "abc")}) == 5


def test_keys_stay_what_they_were_because_subjects_in_the_log_hold_them() -> None:
    assert key_of("hotline", "sr-1") == "ctejesx6oy35pfx4"


@pytest.mark.parametrize(
    ("people", "inside", "needed"), [(None, False, 1), (None, True, 2), (1, True, 1), (3, False, 3)]
)
def test_the_catalogue_says_how_many_go_and_else_the_policy_inside_a_home(
    people: int | None, inside: bool, needed: int
) -> None:
    category = Category(id="leak", kind=Kind.REPAIR, skill="plumbing", people=people)
    assert people_needed(category, inside=inside, people_inside=2) == needed


def test_a_place_is_named_by_whichever_of_its_names_is_given() -> None:
    named = [PlaceRef(unit="u"), PlaceRef(site="s"), PlaceRef(checkpoint="c"), PlaceRef(lat=1.0, lon=2.0)]
    assert [place.named for place in named] == ["u", "s", "c", None]


def test_an_error_says_what_and_what_may_help_and_has_a_code_for_machines() -> None:
    assert str(DispatchError("It broke.", hint="mend it.")) == "It broke. Maybe mend it."
    assert str(DispatchError("It broke.")) == "It broke."
    assert (FormError("x").code, FormError("x", code="bad_place").code) == ("formerror", "bad_place")
    assert issubclass(Unavailable, StoreError)
