"""How the health visits are played: three months of eight teams, one of which is away for three days."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.health_visits import judging
from dispatch.demo.judging import contracts
from dispatch.demo.judging.facts import Facts
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.promises import Promise, shared
from dispatch.demo.visiting import AskedFor, ask_on, visiting_players

_AWAY = "team-3"


class TeamAskedFor(AskedFor):
    """Households ask for the team."""

    category = "asked-for"


def _players(scene: Scene) -> Players:
    return visiting_players(scene, nobody_in=(3, 12, 40))


def _begin(scene: Scene, players: Players) -> None:
    """What the months bring besides: households that ask for a team, a team that is away."""
    ask_on(scene, TeamAskedFor, 5)
    scene.agenda.put(scene.at(11, "19:00"), lambda now: [players.staff.reports_away(_AWAY, now, scene.at(14, "20:00"))])


def _notes(facts: Facts) -> tuple[str, ...]:
    return (judging.note(facts),)


_HEALTH = "Household health visits:"
_OWN = (
    Promise("all-seen", f"{_HEALTH} three months to see all of them", judging.all_seen),
    Promise("those-first", f"{_HEALTH} the ill, the elderly, special care first", judging.first_come_first),
    Promise("several-tasks", f"{_HEALTH} several tasks in one visit", judging.several_tasks),
    Promise("same-team", f"{_HEALTH} the same team keeps the same households", judging.same_team),
    Promise("teams-at-work", f"{_HEALTH} 8 teams, each with its villages", judging.teams_at_work),
    Promise(
        "no-visit-on-holidays",
        "Home helpers: public holidays (Spring Festival 3 days, New Year) are off",
        contracts.no_visit_on_holidays,
    ),
    Promise("visits-recorded", "Periodic visits: every visit leaves a record", contracts.visits_recorded),
    Promise("made-up-for", "Repair: nobody in: agreed anew, and made up for in time", contracts.made_up_for),
)
_SHARED = shared(
    "agreed-time", "certificate-valid", "one-place", "in-shift", "no-work-in-break", "absent-not-sent", "visits-cap",
    "minutes-cap", "rest-day", "proof-left", "nothing-lost", "one-owner", "unplanned-visible", "told-before",
    "steps-traced", "notice-kept", "shown-is-so", "decided-again",
)  # fmt: skip

HEALTH_VISITS = Play(
    name="health-visits",
    title="three months of household health visits: eight teams, villages, who is first",
    day=dt.date(2026, 12, 31),
    days=91,
    # A minute less than the whole: what the next quarter brings is not judged any more.
    after=dt.timedelta(minutes=-1),
    players=_players,
    begin=_begin,
    promises=(*_OWN, *_SHARED),
    notes=_notes,
)
