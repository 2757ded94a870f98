"""Whatever somebody may meet is documented: reasons, events, settings, rules, subjects; and no reason is idle."""

from __future__ import annotations

import typing

import pytest
from tidy.tree import ROOT, files, strings_given_as
from tidy.write_docs import CHINESE, DOCUMENTS, SETTINGS, SUBJECTS, TREES, first_sentence

from dispatch.events.catalogue import ENTITIES, TYPES
from dispatch.model.watching import STANDING_RULES, Standing
from dispatch.requests.reasons import REASONS
from dispatch.solver.rules import RULE_TEXT, Rule

EDGE = [*files("src/dispatch/requests", "src/dispatch/decide", "src/dispatch/services/desk")]
EDGE += [path for path in files("src/dispatch/model", "src/dispatch/store") if path.stem in {"time", "subjects"}]


@pytest.mark.parametrize("path", DOCUMENTS)
def test_the_document_says_what_the_code_says(path: str) -> None:
    written = (ROOT / path).read_text(encoding="utf-8")
    assert written == DOCUMENTS[path](), f"run tests/tidy/write_docs.py and keep {path}"


def test_every_reason_given_is_known_and_every_known_one_is_given() -> None:
    given = strings_given_as("code", EDGE)
    assert set(given) - set(REASONS) == set(), {code: given[code] for code in set(given) - set(REASONS)}
    assert set(REASONS) - set(given) == set()


def test_every_rule_has_its_sentence() -> None:
    assert set(RULE_TEXT) == set(Rule)
    assert all(text.endswith(".") for text in RULE_TEXT.values())


def test_every_rule_given_as_a_reason_or_finding_is_one() -> None:
    given = strings_given_as("rule", files("src/dispatch"))
    assert set(given) - set(Rule) == set(), {rule: given[rule] for rule in set(given) - set(Rule)}
    assert len(given) > 0
    assert set(STANDING_RULES) == set(typing.get_args(Standing)) - {"in_time"}
    assert set(STANDING_RULES.values()) <= set(Rule)
    for rule in STANDING_RULES.values():
        for document in ("docs/rules.md", "docs/glossary.md"):
            assert rule in (ROOT / document).read_text(encoding="utf-8")


def test_every_event_and_setting_says_what_it_is() -> None:
    for event in TYPES.values():
        assert len(first_sentence(event)) > 10, event.__name__
    assert set(CHINESE) == set(ENTITIES)
    for title, struct in SETTINGS.items():
        for field in struct.__struct_fields__:
            assert field in typing.get_type_hints(struct), (title, field)


def test_every_tree_of_subjects_is_explained() -> None:
    explained = {subject.split(".")[0] for subject in SUBJECTS}
    assert {*TREES, "answer", "event", "feed", "view", "rejected", "ask"} == explained
