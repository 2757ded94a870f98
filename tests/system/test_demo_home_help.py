"""The week of the home helpers is played once; then every promise is broken, one at a time, and caught alone."""

from __future__ import annotations

from pathlib import Path

from dispatch.demo.judging.facts import Facts
from dispatch.demo.plays import PLAYS
from dispatch.events.horizon import HorizonDirected
from dispatch.events.zone import ZoneChanged
from tests.system import demo_breaches, demo_breaches_of_homes, demo_breaches_of_plans, demo_breaches_of_rosters
from tests.system.demo_world import all_kept, not_caught_alone, played

PLAY = PLAYS["home-help"]


async def test_the_week_keeps_every_promise_and_each_breach_is_caught_alone(tmp_path: Path) -> None:
    for of in (demo_breaches, demo_breaches_of_plans, demo_breaches_of_homes, demo_breaches_of_rosters):
        assert of.__doc__
    evidence = await played(PLAY, tmp_path / "week", seed=1)
    summary = all_kept(PLAY, evidence)
    assert summary.duplicates >= 1 and summary.rejected >= 4
    facts = Facts(evidence)
    consents = facts.all("zone", ZoneChanged)
    assert consents, "a client agreed to somebody else"
    assert all("reserve-1" in (one.event.zone.only or ()) for one in consents)  # type: ignore[attr-defined]
    assert [one.event.verb for one in facts.all("horizon", HorizonDirected)] == ["stand-in"]  # type: ignore[attr-defined]
    assert not facts.rostered("reserve-2"), "her certificate had expired"
    assert max(facts.rostered("helper-6")).isoformat() <= "2026-12-30", "hers ends on that day"
    assert "2160 at double pay" in summary.notes[0]
    assert not_caught_alone(PLAY, evidence) == {}
