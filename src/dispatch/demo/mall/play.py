"""How the mall is played: four days with their evenings, two people who fall ill, spills all day."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from dispatch.demo.agenda import Act
from dispatch.demo.draw import draw
from dispatch.demo.front_desk import Case
from dispatch.demo.inspecting import Inspectors
from dispatch.demo.judging import drawn, inspections, rosters
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.rosters import places
from dispatch.demo.mall import judging
from dispatch.demo.mall.requests import EVENINGS, MallRequests
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.promises import Promise, shared
from dispatch.demo.roster_desk import RosterDesk
from dispatch.demo.staff import FieldStaff, Habits
from dispatch.events.envelope import Entity
from dispatch.model.places import PlaceRef
from dispatch.services.client import Saying

_DAY_SEEDS = 1000


_LEVELS = ("leader", "supervisor", "steward")


class MallDesk(RosterDesk):
    """Calls back whoever reported something in the mall; ``inspectors`` hear what the desk hears."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.inspectors = Inspectors(scene, levels=_LEVELS, rechecks="steward")

    def notice(self, entity: Entity, event: Struct, now: dt.datetime) -> None:
        """See `RosterDesk.notice`."""
        super().notice(entity, event, now)
        self.inspectors.notice(entity, event, now)

    def _done(self, order: str, case: Case, now: dt.datetime) -> None:
        self._follow_up_soon(order, now, lambda case: True)


def _players(scene: Scene) -> Players:
    staff = FieldStaff(scene.world, area=scene.area, seed=scene.seed, agenda=scene.agenda, habits=Habits())
    return Players(staff, MallDesk(scene))


def _requests(scene: Scene, ahead: int) -> MallRequests:
    day = scene.day + dt.timedelta(days=ahead)
    seed = scene.seed + _DAY_SEEDS * ahead
    return MallRequests(scene.world, area=scene.area, day=day, time_zone=scene.time_zone, seed=seed)


def _begin(scene: Scene, players: Players) -> None:
    """What the days bring: requests, the month's plan, a renovation in breach, two people who fall ill."""
    assert isinstance(players.desk, MallDesk)
    for ahead in range(scene.days):
        scene.put_down(_requests(scene, ahead).said())
    first = _requests(scene, 0)
    scene.put_down((*first.unknown(), *first.deep_cleaning()))
    found = players.desk.inspectors.finds_breach("lead-1", PlaceRef(unit="offices"))
    scene.agenda.put(scene.at(0, "11:20"), found)
    for ahead, shift in ((1, "late"), (2, "evening")):
        scene.agenda.put(scene.at(ahead, "11:00"), _falls_ill(scene, players, ahead, shift))


def _falls_ill(scene: Scene, players: Players, ahead: int, shift: str) -> Act:
    """One of those who have ``shift`` that day, drawn, reports ill until the next noon."""

    def act(now: dt.datetime) -> list[Saying]:
        assert isinstance(players.desk, RosterDesk)
        on_duty = players.desk.on_duty(scene.day + dt.timedelta(days=ahead))
        some = [worker for worker, duty in on_duty.items() if duty.shift == shift]
        worker = draw(scene.seed, "ill", shift).choice(some)
        return [players.staff.reports_away(worker, now, scene.at(ahead + 1, "02:00"))]

    return act


def _notes(facts: Facts) -> tuple[str, ...]:
    every = list(places(facts))
    wanted, there = sum(one.shift.minimum for one in every), sum(len(one.there) for one in every)
    return (f"{wanted} places of the posts in {len(facts.days())} days, {there} of them manned.",)


_OWN = (
    Promise("eight-on-duty", "Cleaning: a mall with floors 1-3 two cleaners each, 8 on duty", judging.eight_on_duty),
    Promise(
        "deep-in-four-evenings",
        "Cleaning: deep cleaning in low-traffic evenings, floor by floor over 4 days",
        judging.deep_in_four_evenings,
    ),
    Promise("toilets-in-batches", "Cleaning: toilets deep-cleaned in batches", judging.toilets_in_batches),
    Promise("crew-complete", "Limits: never the two not there at the same time: a whole crew", judging.crew_complete),
    Promise("posts-manned", "Limits: never a post below its minimum while somebody able is free", rosters.posts_manned),
    Promise("week-minutes", "Limits: never more hours than a week allows", rosters.week_minutes),
    Promise(
        "in-training-not-sent", "Limits: never a person in two places: a training is one", rosters.in_training_not_sent
    ),
    Promise("rounds-drawn", "Patrol: rounds that nobody can learn and an auditor can prove", drawn.rounds_drawn),
    Promise(
        "every-zone-seen",
        "Patrol: leader, supervisor, steward re-check a sample of the level below",
        inspections.every_zone_seen,
    ),
    Promise(
        "breach-rechecked", "Repair: a breach gets a notice with a date and a re-check", inspections.breach_rechecked
    ),
)
_SHARED = shared(
    "spill-dealt-with", "zones-held", "outdoors-cleaned", "floors-walked", "rounds-covered", "agreed-time",
    "same-time", "proof-left", "called-back", "certificate-valid", "one-place", "way-between", "in-shift",
    "no-work-in-break", "breaks-taken", "absent-not-sent", "visits-cap", "minutes-cap", "rest-day", "nothing-lost",
    "one-owner", "unplanned-visible", "told-before", "steps-traced", "notice-kept", "shown-is-so", "decided-again",
)  # fmt: skip

MALL = Play(
    name="mall",
    title="four days of a mall: floors and posts by roster, rounds drawn, inspections, deep cleaning in four evenings",
    day=dt.date(2026, 11, 23),
    days=EVENINGS,
    after=dt.timedelta(hours=2),
    players=_players,
    begin=_begin,
    promises=(*_OWN, *_SHARED),
    notes=_notes,
)
