"""How the advisers are played: a month of visits that the planner dates, and an adviser who is ill for two days."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.advisers import judging
from dispatch.demo.judging import contracts
from dispatch.demo.judging.facts import Facts
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.promises import Promise, shared
from dispatch.demo.visiting import AskedFor, ask_on, visiting_players

_ILL = "adviser-2"


class AdviceAskedFor(AskedFor):
    """Enterprises ask for advice."""

    category = "advice"


def _players(scene: Scene) -> Players:
    return visiting_players(scene, nobody_in=(3, 12, 60))


def _begin(scene: Scene, players: Players) -> None:
    """What the month brings besides: advice asked for, an adviser who falls ill."""
    ask_on(scene, AdviceAskedFor, 1)
    scene.agenda.put(scene.at(7, "19:00"), lambda now: [players.staff.reports_away(_ILL, now, scene.at(9, "22:00"))])


def _notes(facts: Facts) -> tuple[str, ...]:
    return (judging.note(facts),)


_PERIODIC = "Periodic visits:"
_OWN = (
    Promise("enterprises-cap", f"{_PERIODIC} at most 40 enterprises per adviser", judging.enterprises_cap),
    Promise("visits-a-month", f"{_PERIODIC} at least 2 visits a month to each", judging.visits_a_month),
    Promise("check-a-month", f"{_PERIODIC} of which at least 1 a safety check", judging.check_a_month),
    Promise("trainings-a-year", f"{_PERIODIC} at least 2 trainings a year", judging.trainings_a_year),
    Promise("drill-a-year", f"{_PERIODIC} at least 1 drill a year", judging.drill_a_year),
    Promise("plan-in-time", f"{_PERIODIC} a plan within 30 working days of signing", judging.plan_in_time),
    Promise("visits-recorded", f"{_PERIODIC} every visit leaves a record", contracts.visits_recorded),
    Promise(
        "quarter-reviewed",
        f"{_PERIODIC} a quarterly review draws a sample of clients signed more than two months ago",
        judging.quarter_reviewed,
    ),
    Promise("same-adviser", "Limits: prefer the same helper for the same client", judging.same_adviser, 0.9),
    Promise("made-up-for", "Repair: nobody in: agreed anew, and made up for in time", contracts.made_up_for),
)
_SHARED = shared(
    "agreed-time", "certificate-valid", "one-place", "way-between", "in-shift", "no-work-in-break", "breaks-taken",
    "absent-not-sent", "visits-cap", "minutes-cap", "rest-day", "proof-left", "nothing-lost", "one-owner",
    "unplanned-visible", "told-before", "steps-traced", "notice-kept", "shown-is-so", "decided-again",
)  # fmt: skip

ADVISERS = Play(
    name="advisers",
    title="a month of safety advisers: enterprises under a cap, visits promised by contract",
    day=dt.date(2026, 11, 30),
    days=32,
    # A minute less than the whole: what the new year brings is not judged any more.
    after=dt.timedelta(minutes=-1),
    players=_players,
    begin=_begin,
    promises=(*_OWN, *_SHARED),
    notes=_notes,
)
