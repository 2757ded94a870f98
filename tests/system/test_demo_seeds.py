"""The worlds beside the estate, played with other seeds, and one of them twice with the same: the long form."""

from __future__ import annotations

from pathlib import Path

import pytest

from dispatch.demo.plays import PLAYS
from tests.system.demo_world import all_kept, played

pytestmark = pytest.mark.full
OTHERS = sorted(PLAYS.keys() - {"estate"})


@pytest.mark.parametrize("seed", [2, 3])
@pytest.mark.parametrize("name", OTHERS)
async def test_other_seeds_keep_every_promise(name: str, seed: int, tmp_path: Path) -> None:
    all_kept(PLAYS[name], await played(PLAYS[name], tmp_path / "kept", seed=seed))


@pytest.mark.parametrize("name", OTHERS)
async def test_one_seed_gives_one_log(name: str, tmp_path: Path) -> None:
    first, again = [(await played(PLAYS[name], tmp_path / which, seed=1)).digest() for which in ("first", "again")]
    assert first == again
