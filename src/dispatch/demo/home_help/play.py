"""How the home helpers are played: the week of New Year, with a helper who falls ill and a certificate that ends."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.agenda import Act
from dispatch.demo.home_help import judging
from dispatch.demo.home_help.agreements import WeekOfVisits
from dispatch.demo.home_help.desk import HomeHelpDesk
from dispatch.demo.judging import rosters
from dispatch.demo.judging.facts import Facts
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.promises import Promise, shared
from dispatch.demo.staff import FieldStaff, Habits
from dispatch.services.client import Client, Saying

_ILL = "helper-3"
"""Who falls ill on the first evening, for the second day."""


def _players(scene: Scene) -> Players:
    staff = FieldStaff(scene.world, area=scene.area, seed=scene.seed, agenda=scene.agenda, habits=Habits())
    return Players(staff, HomeHelpDesk(scene))


def _week(scene: Scene) -> WeekOfVisits:
    return WeekOfVisits(scene.world, area=scene.area, day=scene.day, time_zone=scene.time_zone, seed=scene.seed)


async def _beforehand(scene: Scene, players: Players, client: Client) -> None:
    """The visits of the week are in the books, each held to the agreed helper."""
    assert isinstance(players.desk, HomeHelpDesk)
    agreed = _week(scene).agreed(scene.start)
    answers = await client.say([Saying(spoken.subject, spoken.body) for _, spoken in agreed])
    held = zip(answers, agreed, strict=True)
    await client.say([players.desk.hold(answer.order, agreement, scene.start) for answer, (agreement, _) in held])


def _begin(scene: Scene, players: Players) -> None:
    """What the week brings: a client who changes the hours, a helper who falls ill for a day."""
    assert isinstance(players.desk, HomeHelpDesk)
    scene.put_down(_week(scene).said())
    scene.agenda.put(scene.at(0, "09:30"), players.desk.move_one)
    scene.agenda.put(scene.at(0, "19:00"), _falls_ill(scene, players))


def _falls_ill(scene: Scene, players: Players) -> Act:
    return lambda now: [players.staff.reports_away(_ILL, now, scene.at(2, "00:00"))]


def _notes(facts: Facts) -> tuple[str, ...]:
    return (rosters.double_pay(facts),)


_OWN = (
    Promise("agreed-helper", "Home helpers: the agreed helper is not swapped without consent", judging.agreed_helper),
    Promise("same-helper", "Limits: prefer the same helper for the same household", judging.same_helper, 0.9),
    Promise(
        "agreed-hours", "Home helpers: an agreement names the home, the tasks, the daily hours", judging.agreed_hours
    ),
    Promise("three-days-notice", "Home helpers: changes need 3 days' notice", judging.three_days_notice),
    Promise("holidays-kept", "Home helpers: public holidays are off, or worked at double cost", rosters.holidays_kept),
    Promise(
        "health-certificate",
        "Home helpers: a valid health certificate is needed to be sent at all",
        judging.health_certificate,
    ),
    Promise("week-minutes", "Limits: never more hours than a week allows", rosters.week_minutes),
    Promise("posts-manned", "Limits: never a post below its minimum while somebody able is free", rosters.posts_manned),
)
_SHARED = shared(
    "rest-day", "quarter-hour", "certificate-valid", "zones-held", "households-cap", "agreed-time", "proof-left",
    "one-place", "way-between", "in-shift", "no-work-in-break", "breaks-taken", "absent-not-sent", "visits-cap",
    "minutes-cap", "nothing-lost", "one-owner", "unplanned-visible", "told-before", "steps-traced", "pins-hold",
    "notice-kept", "shown-is-so", "decided-again",
)  # fmt: skip

HOME_HELP = Play(
    name="home-help",
    title="a week of home helpers with a public holiday: agreed helpers, rosters, stand-ins",
    day=dt.date(2026, 12, 28),
    days=7,
    # A minute less than the whole: on the next Monday another week would be planned.
    after=dt.timedelta(minutes=-1),
    players=_players,
    begin=_begin,
    beforehand=_beforehand,
    promises=(*_OWN, *_SHARED),
    notes=_notes,
)
