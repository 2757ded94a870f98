"""The list of promises: each has a name, a source and a check of its own, and the document names them all."""

from __future__ import annotations

from pathlib import Path

from dispatch.cli.start import WORLDS
from dispatch.demo.draw import NowAndThen, draw, pick
from dispatch.demo.plays import PLAYS

ROOT = Path(__file__).parents[3]
PROMISES = tuple({promise.name: promise for play in PLAYS.values() for promise in play.promises}.values())


def test_every_promise_has_a_name_a_source_and_a_check_of_its_own() -> None:
    for play in PLAYS.values():
        assert len({promise.name for promise in play.promises}) == len(play.promises)
    assert len({promise.check for promise in PROMISES}) == len(PROMISES)
    for promise in PROMISES:
        assert promise.source.split(":")[0] in {
            "Repair", "Cleaning", "Patrol", "Limits", "Who", "Home helpers", "Emergencies", "Periodic visits",
            "Household health visits",
        }  # fmt: skip
        assert promise.check.__doc__
        assert 0.9 <= promise.share <= 1.0


def test_the_document_names_every_promise_with_its_source() -> None:
    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for promise in PROMISES:
        assert f"| `{promise.name}` | {promise.source} |" in text


def test_the_command_and_the_document_name_every_world() -> None:
    assert sorted(WORLDS.replace(" or ", ", ").split(", ")) == sorted(PLAYS)
    text = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
    for name, play in PLAYS.items():
        assert play.name == name and play.title
        assert f"| `{name}` |" in text


def test_a_choice_depends_on_the_seed_and_the_matter_alone() -> None:
    assert draw(1, "work", "a").random() == draw(1, "work", "a").random()
    assert draw(1, "work", "a").random() != draw(1, "work", "b").random()
    assert draw(1, "work", "a").random() != draw(2, "work", "a").random()


def test_a_weighted_choice_never_takes_what_weighs_nothing() -> None:
    source = draw(1, "pick")
    assert {pick(source, [("never", 0.0), ("one", 1.0), ("two", 2.0)]) for _ in range(200)} == {"one", "two"}


def test_now_and_then_says_yes_to_the_first_and_every_so_many() -> None:
    asks = NowAndThen(2, 3)
    assert [asks() for _ in range(9)] == [False, True, False, False, True, False, False, True, False]
    once = NowAndThen(1)
    assert [once() for _ in range(4)] == [True, False, False, False]
