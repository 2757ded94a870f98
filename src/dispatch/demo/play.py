"""What it takes to play a world: who acts in it, what its days bring, what it promises."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

from msgspec import Struct

from dispatch.demo.agenda import Act, Agenda
from dispatch.demo.front_desk import Desk
from dispatch.demo.generator import Spoken
from dispatch.demo.judging.facts import Facts
from dispatch.demo.promises import Promise
from dispatch.demo.staff import FieldStaff
from dispatch.model.time import at_clock
from dispatch.services.client import Client, Saying
from dispatch.services.questions import StandInsAsked, StandInsFound
from dispatch.services.world import World


class Scene(Struct, frozen=True, kw_only=True):
    """The ``days`` local days from ``day`` on in the one ``area`` of ``world``, played with ``seed``."""

    world: World
    area: str
    time_zone: str
    day: dt.date
    days: int
    seed: int
    agenda: Agenda
    ask: Callable[[StandInsAsked], Awaitable[StandInsFound]]

    @property
    def start(self) -> dt.datetime:
        """The first midnight, UTC."""
        return at_clock(self.day, "00:00", self.time_zone)

    @property
    def end(self) -> dt.datetime:
        """The midnight after the last day, UTC."""
        return at_clock(self.day + dt.timedelta(days=self.days), "00:00", self.time_zone)

    def at(self, ahead: int, clock: str) -> dt.datetime:
        """When clocks show ``clock`` on the day ``ahead`` days after the first, UTC."""
        return at_clock(self.day + dt.timedelta(days=ahead), clock, self.time_zone)

    def put_down(self, spoken: tuple[Spoken, ...]) -> None:
        """Have each of these said when it is due."""
        for one in spoken:
            self.agenda.put(one.at, _saying(one))


class Players(Struct, frozen=True):
    """Who acts in the days: the field staff and the desk."""

    staff: FieldStaff
    desk: Desk


async def nothing_beforehand(scene: Scene, players: Players, client: Client) -> None:
    """Nothing is said before the planner starts."""


class Play(Struct, frozen=True, kw_only=True):
    """A world that can be played: ``title`` says what it shows, ``name`` is that of its file in `dispatch.worlds`.

    ``day``: the first of the ``days``. The services start ``before`` it and go on for ``after`` the last.
    ``players`` says who acts, ``begin`` puts down what the days bring in any case, ``beforehand`` says what stands in
    the books before the planner starts. ``notes`` are said plainly with the summary.
    """

    name: str
    title: str
    day: dt.date
    days: int = 1
    before: dt.timedelta = dt.timedelta(0)
    after: dt.timedelta = dt.timedelta(0)
    players: Callable[[Scene], Players]
    begin: Callable[[Scene, Players], None]
    beforehand: Callable[[Scene, Players, Client], Awaitable[None]] = nothing_beforehand
    promises: tuple[Promise, ...]
    notes: Callable[[Facts], tuple[str, ...]]


def _saying(spoken: Spoken) -> Act:
    return lambda now: [Saying(spoken.subject, spoken.body)]
