"""Four days of the mall are played once; then every promise is broken, one at a time, and caught alone."""

from __future__ import annotations

from pathlib import Path

from dispatch.demo.judging.drawn import draws
from dispatch.demo.judging.facts import Facts
from dispatch.demo.plays import PLAYS
from dispatch.events.horizon import HorizonDirected
from dispatch.events.notice import NoticeRechecked
from tests.system import (
    demo_breaches,
    demo_breaches_of_homes,
    demo_breaches_of_mall,
    demo_breaches_of_plans,
    demo_breaches_of_rosters,
)
from tests.system.demo_world import all_kept, not_caught_alone, played

PLAY = PLAYS["mall"]


async def test_four_days_keep_every_promise_and_each_breach_is_caught_alone(tmp_path: Path) -> None:
    of = (demo_breaches, demo_breaches_of_plans, demo_breaches_of_homes, demo_breaches_of_mall)
    assert all(one.__doc__ for one in (*of, demo_breaches_of_rosters))
    evidence = await played(PLAY, tmp_path / "days", seed=1)
    summary = all_kept(PLAY, evidence)
    assert {"unknown_category", "unknown_place"} <= set(summary.unplanned_reasons)
    assert summary.duplicates >= 1 and summary.rejected >= 4
    facts = Facts(evidence)
    called = [one.event.verb for one in facts.all("horizon", HorizonDirected)]  # type: ignore[attr-defined]
    assert called == ["stand-in", "stand-in"], "one for a floor, one for the crew"
    assert not facts.rostered("deep-6"), "his certificate had expired"
    assert {one.recorded.first.isoformat() for one in draws(facts)} >= {"2026-11-25", "2026-11-26"}, "two days drawn"
    assert any(one.seed for one in draws(facts)), "an auditor has a seed to prove them with"
    looks = [one.event.put_right for one in facts.all("notice", NoticeRechecked)]  # type: ignore[attr-defined]
    assert looks == [False, True], "what was not right got another day"
    assert not_caught_alone(PLAY, evidence) == {}
