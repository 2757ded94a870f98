"""How the estate is played: two neighbouring estates, their technicians, cleaners and guards, for one day."""

from __future__ import annotations

import datetime as dt

from dispatch.demo.draw import draw
from dispatch.demo.estate.requests import EstateRequests
from dispatch.demo.front_desk import FrontDesk
from dispatch.demo.judging import rosters, shortage
from dispatch.demo.judging.facts import Facts
from dispatch.demo.play import Play, Players, Scene
from dispatch.demo.promises import SHARED, Promise
from dispatch.demo.staff import FieldStaff, Habits
from dispatch.model.people import Role

_HABITS = Habits(nobody_in=(2, 6, 25), refuses=(10, 25, 60), hazard_on="equipment")


def _players(scene: Scene) -> Players:
    staff = FieldStaff(scene.world, area=scene.area, seed=scene.seed, agenda=scene.agenda, habits=_HABITS)
    desk = FrontDesk(area=scene.area, time_zone=scene.time_zone, seed=scene.seed, agenda=scene.agenda)
    return Players(staff, desk)


def _begin(scene: Scene, players: Players) -> None:
    """What the day brings in any case: the requests, an absence, a cancellation, two pins."""
    assert isinstance(players.desk, FrontDesk)
    requests = EstateRequests(scene.world, area=scene.area, day=scene.day, time_zone=scene.time_zone, seed=scene.seed)
    scene.put_down(requests.said())
    source = draw(scene.seed, "incidents")
    for act, hours in (
        (players.desk.pin_one, (9, 10)),
        (players.staff.falling_ill(Role.TECHNICIAN), (9, 12)),
        (players.desk.cancel_one, (10, 14)),
        (players.desk.pin_one, (12, 14)),
    ):
        scene.agenda.put(scene.start + dt.timedelta(minutes=source.randrange(hours[0] * 60, hours[1] * 60)), act)


def _notes(facts: Facts) -> tuple[str, ...]:
    return (shortage.said_of_shortage(facts),)


_OWN = (
    Promise("posts-manned", "Limits: never a post below its minimum while somebody able is free", rosters.posts_manned),
    Promise("shortage-named", "Patrol: more than 16 people can give; a planner must say so", shortage.shortage_named),
)

ESTATE = Play(
    name="estate",
    title="a day of two estates: repairs, cleaning, guards",
    day=dt.date(2026, 11, 23),
    before=dt.timedelta(minutes=40),
    after=dt.timedelta(hours=2),
    players=_players,
    begin=_begin,
    promises=(*SHARED, *_OWN),
    notes=_notes,
)
