"""Simulated inspectors: they re-check what was drawn for them, find a renovation in breach, and look at it again."""

from __future__ import annotations

import datetime as dt
import itertools

import msgspec
from msgspec import Struct

from dispatch.demo.agenda import Act
from dispatch.demo.draw import draw
from dispatch.demo.play import Scene
from dispatch.events.envelope import Entity
from dispatch.events.inspection import InspectionMarked, InspectionsPublished, PlannedInspection
from dispatch.events.notice import NoticeIssued, NoticeRechecked
from dispatch.events.order import Proof
from dispatch.model.places import PlaceRef
from dispatch.model.time import at_clock
from dispatch.requests import report as reports
from dispatch.requests.report import Report
from dispatch.services.client import Saying

_HOURS = ("10:15", "13:40", "15:10")
"""When the inspectors of each level go round, the lowest first; one every four minutes."""
_EVERY = dt.timedelta(minutes=4)
_POINTS = (72, 98)
_RECHECK = "16:05"


class Inspectors:
    """Those of a scene who inspect. `notice` what the feed brings; what they do goes to the agenda.

    ``levels``: the ids of the levels, the lowest first. ``rechecks`` looks again at what was found in breach.
    """

    def __init__(self, scene: Scene, *, levels: tuple[str, ...], rechecks: str) -> None:
        self._scene = scene
        self._hours = dict(zip(levels, _HOURS, strict=True))
        self._rechecks = rechecks
        self._planned: dict[str, tuple[PlannedInspection, ...]] = {}
        self._marked: set[tuple[str, str, str]] = set()
        self._looked: set[str] = set()
        self._turn: dict[tuple[str, dt.date], int] = {}
        self._counts = itertools.count(1)

    def notice(self, entity: Entity, event: Struct, now: dt.datetime) -> None:
        """Inspections that were drawn, and breaches that are to be looked at again."""
        match event:
            case InspectionsPublished(start=start, until=until, inspections=new):
                known = self._planned.get(entity.id, ())
                self._planned[entity.id] = (*(one for one in known if not start <= one.day < until), *new)
                for one in new:
                    self._scene.agenda.put(self._when(one), self._inspect(entity.id, one))
            case InspectionMarked(level=level, work=work):
                self._marked.add((entity.id, level, work))
            case NoticeIssued(recheck=recheck):
                self._look_again(entity.id, recheck)
            case NoticeRechecked(recheck=recheck) if recheck is not None:
                self._look_again(entity.id, recheck)

    def finds_breach(self, worker: str, place: PlaceRef) -> Act:
        """The act of ``worker`` who finds a renovation at ``place`` in breach."""

        def act(now: dt.datetime) -> list[Saying]:
            proof = Proof(photo="a-wall-is-gone")
            return [
                self._says(
                    worker, reports.Breach(id=self._id(worker), at=now, place=place, proof=proof, note="a wall is gone")
                )
            ]

        return act

    def _when(self, one: PlannedInspection) -> dt.datetime:
        turn = self._turn.get((one.inspector, one.day), 0)
        self._turn[one.inspector, one.day] = turn + 1
        return at_clock(one.day, self._hours[one.level], self._scene.time_zone) + turn * _EVERY

    def _inspect(self, zone: str, one: PlannedInspection) -> Act:
        def act(now: dt.datetime) -> list[Saying]:
            if one not in self._planned[zone] or (zone, one.level, one.work) in self._marked:
                return []
            points = draw(self._scene.seed, "points", zone, one.work, one.level).randint(*_POINTS)
            said = reports.Inspected(
                id=self._id(one.inspector), at=now, zone=zone, work=one.work, points=points, level=one.level
            )
            return [self._says(one.inspector, said)]

        return act

    def _look_again(self, notice: str, day: dt.date) -> None:
        """Somebody looks again on ``day``: the first time it is not right yet, the second time it is."""

        def act(now: dt.datetime) -> list[Saying]:
            right = notice in self._looked
            self._looked.add(notice)
            proof = Proof(photo=f"wall-{'put-right' if right else 'as-it-was'}")
            said = reports.Rechecked(id=self._id(self._rechecks), at=now, notice=notice, put_right=right, proof=proof)
            return [self._says(self._rechecks, said)]

        self._scene.agenda.put(at_clock(day, _RECHECK, self._scene.time_zone), act)

    def _id(self, worker: str) -> str:
        return f"{worker}-inspects-{next(self._counts)}"

    def _says(self, worker: str, report: Report) -> Saying:
        return Saying(f"report.{self._scene.area}.{worker}", msgspec.json.encode(report))
