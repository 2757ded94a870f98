"""Promises of household health visits (`DOMAIN.md`), each judged from the log."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.judging.contracts import contracts_of, visits_under
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.tally import Tally

TEAMS = 8
MONTHS = 3


def all_seen(facts: Facts) -> Tally:
    """Every household is seen within the three months."""
    tally = Tally()
    for household, made in sorted(visits_under(facts).items()):
        tally.note(bool(made), f"{household} was not seen")
    return tally


def first_come_first(facts: Facts) -> Tally:
    """Of a team's households those that are ill, elderly or in special care are seen before all others."""
    tally = Tally()
    first, others = _by_team(facts, first=True), _by_team(facts, first=False)
    for team, days in sorted(first.items()):
        soonest = min(others.get(team, ()), default=dt.date.max)
        for day in days:
            tally.note(day <= soonest, f"{team} saw another on {soonest}, one of those that are first on {day}")
    return tally


def _by_team(facts: Facts, *, first: bool) -> dict[str, list[dt.date]]:
    """The days on which each team saw households for the first time, of those that come ``first`` or the others."""
    found: dict[str, list[dt.date]] = {}
    contracts = contracts_of(facts)
    for household, made in sorted(visits_under(facts).items()):
        if bool(contracts[household].deadlines) is first and made:
            found.setdefault(contracts[household].helper or "", []).append(made[0].day)
    return found


def several_tasks(facts: Facts) -> Tally:
    """A visit does all the tasks promised to a household, though each of them could have a visit of its own."""
    tally = Tally()
    contracts = contracts_of(facts)
    for household, made in sorted(visits_under(facts).items()):
        tasks = {promise.category for promise in contracts[household].promises}
        for one in made:
            done = {one.category, *facts.categories[one.category].counts_as}
            what = f"{household} on {one.day}: {one.category} alone, of {sorted(tasks)}"
            tally.note(len(tasks) > 1 and done >= tasks, what)
    return tally


def same_team(facts: Facts) -> Tally:
    """A household is seen by the team that has its village, and by no other."""
    tally = Tally()
    contracts = contracts_of(facts)
    for household, made in sorted(visits_under(facts).items()):
        for one in made:
            tally.note(one.helper == contracts[household].helper, f"{one.helper} came to {household} on {one.day}")
    return tally


def teams_at_work(facts: Facts) -> Tally:
    """Each of the eight teams sees households of its own villages."""
    tally = Tally()
    contracts = contracts_of(facts)
    villages: dict[str, set[str]] = {}
    for household, made in visits_under(facts).items():
        for one in made:
            villages.setdefault(one.helper, set()).add(facts.places[contracts[household].place].within or "")
    seen: dict[str, str] = {}
    for team, own in sorted(villages.items()):
        shared = {village for village in own if seen.setdefault(village, team) != team}
        tally.note(not shared, f"{team} was in {sorted(shared)} of another team")
    tally.note(len(villages) >= TEAMS, f"{len(villages)} teams saw anybody")
    return tally


def note(facts: Facts) -> str:
    """How many were seen by when."""
    made = sorted(some[0].day for some in visits_under(facts).values() if some)
    return f"{len(made)} of {len(contracts_of(facts))} households seen, the first on {made[0]}, the last on {made[-1]}."
