"""Three months of the health visits are played once; then every promise is broken, one at a time, and caught alone."""

from __future__ import annotations

from pathlib import Path

from dispatch.demo.judging.contracts import visits_under
from dispatch.demo.judging.facts import Facts
from dispatch.demo.plays import PLAYS
from tests.system import demo_breaches, demo_breaches_of_contracts, demo_breaches_of_plans
from tests.system.demo_world import all_kept, not_caught_alone, played

PLAY = PLAYS["health-visits"]


async def test_three_months_keep_every_promise_and_each_breach_is_caught_alone(tmp_path: Path) -> None:
    for of in (demo_breaches, demo_breaches_of_plans, demo_breaches_of_contracts):
        assert of.__doc__
    evidence = await played(PLAY, tmp_path / "months", seed=1)
    summary = all_kept(PLAY, evidence)
    assert summary.duplicates >= 1 and summary.rejected >= 4
    facts = Facts(evidence)
    made = [one for some in visits_under(facts).values() for one in some]
    assert {one.helper for one in made} == {f"team-{number}" for number in range(1, 9)}
    assert "80 of 80 households seen" in summary.notes[0]
    assert not_caught_alone(PLAY, evidence) == {}
