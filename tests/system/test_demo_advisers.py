"""A month of the advisers is played once; then every promise is broken, one at a time, and caught alone."""

from __future__ import annotations

from pathlib import Path

from dispatch.demo.judging.contracts import visits_under
from dispatch.demo.judging.facts import Facts
from dispatch.demo.plays import PLAYS
from dispatch.events import order as happened
from tests.system import demo_breaches, demo_breaches_of_contracts, demo_breaches_of_plans
from tests.system.demo_world import all_kept, not_caught_alone, played

PLAY = PLAYS["advisers"]


async def test_the_month_keeps_every_promise_and_each_breach_is_caught_alone(tmp_path: Path) -> None:
    for of in (demo_breaches, demo_breaches_of_plans, demo_breaches_of_contracts):
        assert of.__doc__
    evidence = await played(PLAY, tmp_path / "month", seed=1)
    summary = all_kept(PLAY, evidence)
    assert summary.duplicates >= 1 and summary.rejected >= 4
    facts = Facts(evidence)
    made = [one for some in visits_under(facts).values() for one in some]
    assert len(made) >= 2 * 70
    assert {one.helper for one in made} == {"adviser-1", "adviser-2", "reviewer"}, "a certificate had expired"
    assert any(facts.events(order, happened.VisitFailed) for order in facts.orders), "nobody was in somewhere"
    assert not_caught_alone(PLAY, evidence) == {}
