"""What goes wrong with one kind of what is planned ahead is recorded and shown, and ends nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import pytest
from system.house import AREA, House
from system.rostered import register
from system.test_walks import BANDS, DAY, NIGHT, happened, patrolled

from dispatch.planning import horizons
from dispatch.planning.horizons import CONTINUED
from dispatch.planning.rosters import Rosters
from dispatch.planning.walks import Walks
from dispatch.services.walk_draws import draws_of, proven
from dispatch.store.base import Write
from dispatch.store.memory import MemoryStore


def fails(*_: Any, **__: Any) -> NoReturn:
    """What nobody expected."""
    raise ZeroDivisionError("nothing\nis shared")


async def walked(house: House) -> bool:
    """Whether rounds are planned ahead."""
    return bool(await happened(house, "WalksPublished"))


@pytest.mark.parametrize("step", ["solve", "batch", "said"])
async def test_what_fails_is_refused_once_shown_and_planned_when_what_is_asked_changes(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Walks, step, fails)
        house = await patrolled(MemoryStore(), "ann")
        await house.restart("planner0")
        await house.settle()
        (refused,) = await happened(house, "HorizonRefused")
        (finding,) = refused["findings"]
        assert finding == {
            "rule": "planner_error",
            "message": "The planner failed at it (ZeroDivisionError: nothing is shared).",
        }
        (shown,) = (await house.status()).refused_ahead
        assert (shown.area, shown.kind, shown.number, shown.rule) == (AREA, "rounds", 0, "planner_error")
    assert not await walked(house)
    await register(house, 90, worker={"id": "bob", "role": "guard", "base": "s1", "skills": [{"skill": "patrol"}],
                                      "shifts": [NIGHT]})  # fmt: skip
    await house.settle()
    assert await walked(house)
    assert (await house.status()).refused_ahead == ()
    assert await house.findings() == []
    await house.close()


async def test_what_cannot_even_be_asked_does_not_keep_the_other_kinds_from_being_planned(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Rosters, "ask", fails)
    house = await patrolled(MemoryStore(), "ann")
    assert await walked(house)
    assert len(await happened(house, "HorizonRefused")) == 1
    assert [(one.kind, one.rule) for one in (await house.status()).refused_ahead] == [("roster", "planner_error")]
    assert "Traceback" in caplog.text and "ZeroDivisionError" in caplog.text
    await house.close()


async def test_what_was_refused_and_is_asked_as_before_again_is_shown_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    house = await patrolled(MemoryStore(), "ann")
    early = {"id": "night", "checkpoints": ["p1", "p2"], "minutes": 20, "bands": BANDS[:1]}
    with monkeypatch.context() as broken:
        broken.setattr(Walks, "solve", fails)
        await register(house, 90, round=early)
        await house.settle()
        assert (await house.status()).refused_ahead != ()
    await register(house, 91, round={**early, "bands": BANDS})
    await house.settle()
    assert (await house.status()).refused_ahead == ()
    await house.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_planner_that_ends_between_the_parts_of_a_plan_leaves_every_draw_provable(
    when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = await patrolled(MemoryStore(), "ann", "bob")
    monkeypatch.setattr(horizons, "AT_ONCE", 1)

    def is_a_part(writes: Sequence[Write]) -> bool:
        heads = [one for write in writes for one in write.events if one.type == "HorizonPublished"]
        return any(CONTINUED.encode() in bytes(one.data) for one in heads)

    await house.kill_in_append("planner0", when, is_a_part)
    await register(house, 90, round={"id": "other", "checkpoints": ["p2"], "minutes": 10, "bands": BANDS})
    await register(house, 91, round={"id": "night", "checkpoints": ["p1", "p2"], "minutes": 30, "bands": BANDS})
    await house.settle()
    parts = [one for one in await happened(house, "HorizonPublished") if one["inputs"] == CONTINUED]
    assert parts, "nothing was published in parts"
    draws = await draws_of(house.store.events, AREA)
    assert [proven(one).published for one in draws] == [True] * len(draws)
    assert {walk.day for state in draws[-1].published.values() for walk in state.walks}
    assert set(draws[-1].published) == {"night", "other"}
    for _ in range(5):
        house.clock.set(house.clock.now() + DAY)
        await house.settle()
    assert all(proven(one).holds for one in await draws_of(house.store.events, AREA))
    await house.close()
