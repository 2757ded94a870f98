"""The judge of drawn rounds draws again by itself: what the planner published passes, what somebody chose does not."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from typing import Any

import msgspec
import pytest
from core.demo.told import DAY, START, Told, facts
from core.planning.walked import MIDNIGHT, SECRET, asked, site
from msgspec.structs import replace

from dispatch.demo.judging.drawn import rounds_drawn
from dispatch.demo.judging.facts import Facts
from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.events.round import WalksPublished
from dispatch.planning.drawn import seed_of
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import publishing
from dispatch.planning.walks import Walks

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """What the planner says of three days of a round by night: the draw, its walks, and the seed afterwards."""
    state = site()
    due = asked(state)
    assert due is not None and MIDNIGHT == START
    due = Walks().keyed(state.area, due, SECRET)
    found: dict[str, Told] = {}
    for batch in publishing(state, Walks(), due, answer(due).plan):
        for entity, events in batch.items():
            found |= {type(one).__name__: (entity.kind, entity.id, one) for one in events}
    block: Any = due.standing
    seed = seed_of(SECRET, state.area, block, Walks.words)
    found["SeedRevealed"] = ("horizon", "rounds", SeedRevealed(number=1, seed=seed))
    return found


def judged(told: dict[str, Told], *, without: str = "", drawn_at: dt.datetime = START, **other: Any) -> list[str]:
    """What is broken of it, with some event left out or another in its place."""
    events: list[Any] = []
    for name in ("DrawRecorded", "WalksPublished", "SeedRevealed"):
        kind, key, event = told[name]
        at = START + 9 * DAY if name == "SeedRevealed" else drawn_at
        (new,) = facts((kind, key, other.get(name, event)), at=at).evidence.events[1:]
        events += [] if name == without else [new]
    first = facts(days=10).evidence
    every = (*first.events, *events)
    return rounds_drawn(
        Facts(replace(first, events=tuple(replace(one, position=place) for place, one in enumerate(every, 1))))
    ).broken


def moved(draw: DrawRecorded, published: WalksPublished) -> tuple[DrawRecorded, WalksPublished]:
    """Both with the first walk of the second day a minute from where it was drawn."""
    plan = msgspec.json.decode(zlib.decompress(base64.b64decode(draw.plan)))
    nominals = sorted(walk["nominal"] for walk in plan["walks"])
    for walk in plan["walks"]:
        walk["start"] += walk["nominal"] == nominals[2]
    packed = base64.b64encode(zlib.compress(msgspec.json.encode(plan))).decode()
    third = sorted(one.nominal for one in published.walks)[2]
    walks = tuple(replace(one, start=one.start + MINUTE) if one.nominal == third else one for one in published.walks)
    return replace(draw, plan=packed), replace(published, walks=walks)


def test_what_was_drawn_bound_and_told_is_proven(told: dict[str, Told]) -> None:
    assert judged(told) == []


def test_what_was_chosen_is_found_by_drawing_again(told: dict[str, Told]) -> None:
    draw, published = told["DrawRecorded"][2], told["WalksPublished"][2]
    assert isinstance(draw, DrawRecorded) and isinstance(published, WalksPublished)
    chosen, so = moved(draw, published)
    assert len(judged(told, DrawRecorded=chosen, WalksPublished=so)) == 1
    assert len(judged(told, WalksPublished=so)) == 1, "published otherwise than planned"
    assert len(judged(told, DrawRecorded=replace(draw, commitment="0" * 64))) == 1, "another seed was bound"
    assert len(judged(told, without="SeedRevealed")) == 1, "nobody can prove it"
    assert len(judged(told, drawn_at=START + 3 * DAY)) == 1, "drawn when its days had begun"


def test_another_seed_is_found(told: dict[str, Told]) -> None:
    assert len(judged(told, SeedRevealed=SeedRevealed(number=1, seed="ab" * 32))) > 1


def test_starts_that_repeat_from_day_to_day_are_found(told: dict[str, Told]) -> None:
    published = told["WalksPublished"][2]
    assert isinstance(published, WalksPublished)
    same = tuple(replace(one, start=one.nominal) for one in published.walks)
    broken = judged(told, WalksPublished=replace(published, walks=same))
    assert any("as it did on" in one for one in broken)
