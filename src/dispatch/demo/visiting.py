"""What worlds share in which most visits come from contracts: few requests, and visits dated by the planner."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from dispatch.demo.draw import draw
from dispatch.demo.front_desk import Case, Desk
from dispatch.demo.generator import Generator, Spoken
from dispatch.demo.play import Players, Scene
from dispatch.demo.staff import FieldStaff, Habits

_ASKED = 3
_TAKES = (0.6, 1.0, 0.9)
"""A visit by appointment ends when it was to end, or sooner."""
UNKNOWN_CATEGORY = "interpreter"


class VisitingDesk(Desk):
    """Calls back whoever asked for something; the visits of contracts are the planner's to date."""

    def _done(self, order: str, case: Case, now: dt.datetime) -> None:
        if case.opened.origin == "request":
            self._follow_up_soon(order, now, lambda case: True)


class AskedFor(Generator):
    """Makes what clients ask for besides, on one day: a visit of ``category``."""

    category = ""

    def asked(self) -> Iterator[Spoken]:
        """A few clients ask for somebody, and one for what nobody here does."""
        source = draw(self._seed, "asked")
        for index in range(_ASKED):
            at = self._midnight + dt.timedelta(hours=8, minutes=20 + 25 * index)
            yield self._asked(f"a-{index}", self.category, at, source.choice(self._flats).id)
        at = self._midnight + dt.timedelta(minutes=30)
        yield self._asked("uk-category", UNKNOWN_CATEGORY, at, source.choice(self._flats).id)

    def _asked(self, key: str, category: str, at: dt.datetime, place: str) -> Spoken:
        source = draw(self._seed, "contact", key)
        return self._request("repair", key, category, {"unit": place}, at, "app", {"contact": self._contact(source)})


def visiting_players(scene: Scene, *, nobody_in: tuple[int, int, int]) -> Players:
    """The staff, whom now and then nobody lets in, and the desk."""
    habits = Habits(nobody_in=nobody_in, takes=_TAKES)
    staff = FieldStaff(scene.world, area=scene.area, seed=scene.seed, agenda=scene.agenda, habits=habits)
    desk = VisitingDesk(area=scene.area, time_zone=scene.time_zone, seed=scene.seed, agenda=scene.agenda)
    return Players(staff, desk)


def ask_on(scene: Scene, kind: type[AskedFor], ahead: int) -> None:
    """Put down what clients ask for ``ahead`` days after the first."""
    day = scene.day + dt.timedelta(days=ahead)
    scene.put_down(kind(scene.world, area=scene.area, day=day, time_zone=scene.time_zone, seed=scene.seed).said())
