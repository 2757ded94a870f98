"""The commands on files alone: of what cannot be planned or checked they say so, and nothing else happens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from core.solver.solver_problems import duty, line_problem, visit, worker

from dispatch.solver.plan import Effort, RoutePlan, ZonePlan

from .processes import dispatch

EFFORT = Effort(solver="by hand", seed=1, budget=0, used=0)
SOMEBODY = worker("w1", duty())


PROBLEM = msgspec.json.encode(line_problem((SOMEBODY,), (visit("tap", 1),)))


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """A problem that can be planned."""
    file = tmp_path / "problem.json"
    file.write_bytes(PROBLEM)
    return file


async def refused(said: str, *command: str) -> None:
    """``command`` is refused in these words, and leaves nothing on stdout."""
    code, out, err = await dispatch(*command)
    assert (code, out) == (2, ""), command
    assert said in err and "Traceback" not in err


async def test_a_plan_of_another_kind_is_no_plan_for_it(asked: Path) -> None:
    other = asked.with_name("other.json")
    other.write_bytes(msgspec.json.encode(ZonePlan(effort=EFFORT)))
    await refused("does not answer", "check", str(asked), str(other))


async def test_a_seed_has_its_bounds(asked: Path) -> None:
    await refused("--seed", "solve", str(asked), "--seed", str(2**64))


@pytest.mark.parametrize(
    ("part", "where"),
    [
        ({"workers": [{"id": "w1", "caps": [{"day": 1, "max_visits": -1}]}]}, "max_visits"),
        ({"matrix": {"ticks": {"walk": [[2**63]]}}}, "matrix"),
        ({"speeds": {"walk": 1e-300}}, "speeds"),
    ],
)
async def test_numbers_nobody_can_reckon_with_are_refused(asked: Path, part: dict[str, Any], where: str) -> None:
    broken, plan = asked.with_name("broken.json"), asked.with_name("plan.json")
    broken.write_text(json.dumps(json.loads(PROBLEM) | part))
    plan.write_bytes(msgspec.json.encode(RoutePlan(effort=EFFORT)))
    await refused(where, "solve", str(broken))
    await refused(where, "check", str(broken), str(plan))
