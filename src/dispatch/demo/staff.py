"""Simulated field staff: each knows their own tasks as ``feed.<area>.schedule.<worker>`` tells them, and acts on them.

They accept, set out, arrive, wait for their crew, do the work or find nobody in, now and then refuse, and one falls
ill. How long things take is drawn from the seed.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random
from collections.abc import Mapping

import msgspec
from msgspec import Struct

from dispatch.demo.agenda import Act, Agenda
from dispatch.demo.draw import NowAndThen, draw
from dispatch.events.order import Proof
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.model.catalogue import Category
from dispatch.model.people import Role, Worker
from dispatch.model.places import Place
from dispatch.requests import report as reports
from dispatch.requests.report import Report
from dispatch.services.client import Saying
from dispatch.services.world import World

_MINUTE = dt.timedelta(minutes=1)
_ACCEPT_AHEAD = dt.timedelta(hours=3)
_REFUSE_AHEAD = dt.timedelta(minutes=80)
_KNOCKS_MIN = 10
"""Minutes at a door behind which nobody answers, a note written included."""
_HAZARD = "gear-fault"
"""What is reported of a hazard."""


class Hand:
    """One of the field staff: the routes they were sent, what they are at and what they are through with."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.routes: dict[str, RouteChanged] = {}
        self.busy: ScheduledStop | None = None
        self.arrived = False
        self.through: dict[str, dt.datetime] = {}
        self.answered: set[str] = set()
        self.turn = 0

    def stops(self) -> list[ScheduledStop]:
        """The stops still to be made, in order of time."""
        found = [stop for route in self.routes.values() for stop in route.stops if not self._is_through(stop)]
        return sorted(found, key=lambda stop: (stop.start, stop.order))

    def stop_of(self, order: str) -> ScheduledStop | None:
        """The stop for ``order``, if it is still to be made."""
        return next((stop for stop in self.stops() if stop.order == order), None)

    def _is_through(self, stop: ScheduledStop) -> bool:
        since = self.through.get(stop.order)
        return since is not None and stop.start <= since

    def duty_end(self, now: dt.datetime) -> dt.datetime | None:
        """When the duty they are on ends; None when they are not on one."""
        return next((route.end for route in self.routes.values() if route.start <= now < route.end), None)


class Site(Struct):
    """What goes on at one order: who is there, and whether the work has begun."""

    here: set[str]
    begun: bool = False


class Habits(Struct, frozen=True, kw_only=True):
    """What happens to the staff of a world: ``(least, most, every)`` draws whom it meets first, then every so many.

    ``nobody_in``: at an agreed time nobody opens. ``refuses``: a visit is refused. ``hazard_on``: the first round
    whose id begins so finds a hazard. ``takes``: the least, the most and the usual share of its planned time that work
    takes.
    """

    nobody_in: tuple[int, int, int] | None = None
    takes: tuple[float, float, float] = (0.6, 1.08, 0.9)
    refuses: tuple[int, int, int] | None = None
    hazard_on: str | None = None


class FieldStaff:
    """All hands of ``area``. `take` what the feed brings; what they do goes to ``agenda``."""

    def __init__(self, world: World, *, area: str, seed: int, agenda: Agenda, habits: Habits) -> None:
        items = [record.item for record in world.records]
        self.hands = {item.id: Hand(item) for item in items if isinstance(item, Worker)}
        self._places: Mapping[str, Place] = {item.id: item for item in items if isinstance(item, Place)}
        self._work: Mapping[str, Category] = {item.id: item for item in items if isinstance(item, Category)}
        self._area, self._seed, self._agenda = area, seed, agenda
        self._sites: dict[str, Site] = {}
        self._counts = itertools.count(1)
        source = draw(seed, "staff")
        self._nobody_in = _drawn(source, habits.nobody_in)
        self._refuses = _drawn(source, habits.refuses)
        self._hazard = NowAndThen(1)
        self._hazard_on = habits.hazard_on
        self._takes = habits.takes

    def take(self, worker: str, route: RouteChanged, now: dt.datetime) -> None:
        """A worker's route as it is from ``now`` on."""
        hand = self.hands[worker]
        hand.routes = {key: kept for key, kept in hand.routes.items() if kept.end > now - dt.timedelta(days=1)}
        hand.routes[route.duty] = route
        if hand.busy is not None:
            self._check_busy(hand, now)
        self._look(hand, now)

    def falling_ill(self, role: Role) -> Act:
        """One of a ``role`` with work ahead goes home; tried again until there is one who is not on a visit."""

        def act(now: dt.datetime) -> list[Saying]:
            for worker, hand in sorted(self.hands.items()):
                end = hand.duty_end(now)
                ahead = [stop for stop in hand.stops() if stop.start > now]
                if hand.worker.role is role and end and hand.busy is None and ahead:
                    return [self.reports_away(worker, now, end)]
            self._agenda.put(now + 10 * _MINUTE, act)
            return []

        return act

    def reports_away(self, worker: str, now: dt.datetime, until: dt.datetime) -> Saying:
        """The word of ``worker`` that they are ill from ``now`` on."""
        return self._says(worker, reports.Absent(id=self._id(worker), at=now, until=until, reason="ill"))

    def _check_busy(self, hand: Hand, now: dt.datetime) -> None:
        """What they are at may have been called off, or got another crew."""
        assert hand.busy is not None
        there = hand.stop_of(hand.busy.order)
        if there is None:
            hand.busy, hand.arrived = None, False
            return
        hand.busy = there
        if hand.arrived:
            self._begin(hand, there, now)

    def _look(self, hand: Hand, now: dt.datetime) -> None:
        """Look at the tasks: answer what is new, and mean to set out for the next in time."""
        hand.turn += 1
        stops = hand.stops()
        for stop in stops:
            if stop.order not in hand.answered:
                hand.answered.add(stop.order)
                delay = draw(self._seed, "accept", hand.worker.id, stop.order).randint(1, 6)
                at = max(now, stop.start - _ACCEPT_AHEAD) + delay * _MINUTE
                self._agenda.put(at, self._answer(hand, stop.order))
        if hand.busy is None and stops:
            leave = max(now, stops[0].leaves)
            self._agenda.put(leave, self._leave(hand, stops[0], hand.turn))

    def _answer(self, hand: Hand, order: str) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            worker, stop = hand.worker.id, hand.stop_of(order)
            if stop is None or (hand.busy is not None and hand.busy.order == order) or stop.start < now:
                return []
            if stop.start - now > _ACCEPT_AHEAD:
                self._agenda.put(stop.start - _ACCEPT_AHEAD, act)
                return []
            urgent = self._is_urgent(stop)
            if not urgent and stop.start - now > _REFUSE_AHEAD and self._refuses():
                hand.through[order] = stop.start
                refusal = reports.Refused(id=self._id(worker), at=now, order=order, reason="no part for it")
                return [self._says(worker, refusal)]
            return [self._says(worker, reports.Accepted(id=self._id(worker), at=now, order=order))]

        return act

    def _leave(self, hand: Hand, stop: ScheduledStop, turn: int) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            if hand.turn != turn or hand.busy is not None:
                return []
            worker = hand.worker.id
            hand.busy, hand.arrived = stop, False
            factor = draw(self._seed, "way", worker, stop.order).uniform(0.75, 1.0)
            there = now + round(stop.travel_min * 60 * factor) * dt.timedelta(seconds=1)
            self._agenda.put(max(there, stop.start), self._arrive(hand, stop.order))
            return [self._says(worker, reports.OnTheWay(id=self._id(worker), at=now, order=stop.order))]

        return act

    def _arrive(self, hand: Hand, order: str) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            if hand.busy is None or hand.busy.order != order or hand.arrived:
                return []
            hand.arrived = True
            site = self._sites.setdefault(order, Site(here=set()))
            site.here.add(hand.worker.id)
            self._begin(hand, hand.busy, now)
            proof = self._proof(hand.busy)
            return [
                self._says(
                    hand.worker.id, reports.Arrived(id=self._id(hand.worker.id), at=now, order=order, proof=proof)
                )
            ]

        return act

    def _begin(self, hand: Hand, stop: ScheduledStop, now: dt.datetime) -> None:
        """The work begins when the crew is complete; whoever completes it reports how it went."""
        site = self._sites.setdefault(stop.order, Site(here=set()))
        if site.begun or not site.here.issuperset((hand.worker.id, *stop.crew)):
            return
        site.begun = True
        source = draw(self._seed, "work", stop.order, now.isoformat())
        place = self._places.get(stop.place.named or "")
        agreed = place is not None and place.household and not self._is_urgent(stop)
        if agreed and self._nobody_in():
            self._agenda.put(now + _KNOCKS_MIN * _MINUTE, self._could_not(hand, stop))
            return
        planned_s = (stop.end - stop.start).total_seconds()
        took = dt.timedelta(seconds=round(planned_s * source.triangular(*self._takes)))
        self._agenda.put(now + took, self._done(hand, stop))

    def _could_not(self, hand: Hand, stop: ScheduledStop) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            self._part(stop, now)
            worker = hand.worker.id
            proof = self._proof(stop, photo="note-on-the-door")
            reason = "nobody in, left a note"
            said = reports.CouldNot(id=self._id(worker), at=now, order=stop.order, reason=reason, proof=proof)
            return [self._says(worker, said)]

        return act

    def _done(self, hand: Hand, stop: ScheduledStop) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            self._part(stop, now)
            worker = hand.worker.id
            proof = self._proof(stop, photo="after")
            hazard = self._hazard_on is not None and stop.order.startswith(self._hazard_on) and self._hazard()
            note = "hazard: a valve weeps" if hazard else ""
            done = reports.Done(id=self._id(worker), at=now, order=stop.order, proof=proof, note=note)
            return [self._says(worker, done), *([self._hazard_found(worker, stop, now)] if hazard else [])]

        return act

    def _hazard_found(self, worker: str, stop: ScheduledStop, now: dt.datetime) -> Saying:
        """A hazard found on a round, at its first checkpoint (`DOMAIN.md`, *Patrol*)."""
        checkpoint = stop.place.checkpoint or ""
        hazard = reports.Hazard(
            id=self._id(worker), at=now, order=stop.order, checkpoint=checkpoint, category=_HAZARD, note="a valve weeps"
        )
        return self._says(worker, hazard)

    def _part(self, stop: ScheduledStop, now: dt.datetime) -> None:
        """The visit is over for everybody who was there."""
        site = self._sites.pop(stop.order)
        for worker in sorted(site.here):
            hand = self.hands[worker]
            hand.through[stop.order] = now
            hand.answered.discard(stop.order)
            hand.busy, hand.arrived = None, False
            self._look(hand, now)

    def _is_urgent(self, stop: ScheduledStop) -> bool:
        category = self._work.get(stop.category)
        return category is not None and category.urgency == "urgent"

    def _proof(self, stop: ScheduledStop, photo: str = "") -> Proof:
        """Where they stand, to some ten metres, and the name of a picture kept elsewhere."""
        place = self._places.get(stop.place.named or "")
        source = draw(self._seed, "proof", stop.order)
        photo = f"{photo}-{stop.order}" if photo else ""
        if place is None:
            return Proof(photo=photo or f"arrival-{stop.order}")
        near = [round(value + source.uniform(-1e-4, 1e-4), 5) for value in (place.lat, place.lon)]
        return Proof(lat=near[0], lon=near[1], photo=photo)

    def _id(self, worker: str) -> str:
        return f"{worker}-{next(self._counts)}"

    def _says(self, worker: str, report: Report) -> Saying:
        return Saying(f"report.{self._area}.{worker}", msgspec.json.encode(report))


def _drawn(source: random.Random, turns: tuple[int, int, int] | None) -> NowAndThen:
    """Whose turn it is: drawn between the least and the most, then every so many; nobody's without."""
    return NowAndThen(0) if turns is None else NowAndThen(source.randint(*turns[:2]), turns[2])
