"""Areas side by side: places of one id in two of them, and orders whose place becomes known, or moves, elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from system.estate import WEEK
from system.house import T0, log_of
from system.invariants import breaches, unsettled
from system.served_day import ServedDay

from dispatch.projections.board import BoardRow
from dispatch.projections.contacts import ContactRow
from dispatch.projections.tasks import TasksRow
from dispatch.requests.answer import Answer
from dispatch.services import audit
from dispatch.services.apply import Applied, apply
from dispatch.services.world import WorldError, world_of

AT = T0.isoformat()
SHANGHAI = ZoneInfo("Asia/Shanghai")
FAR = {"east": 120.0, "west": 121.0}
TAP = {"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 60, "promise_min": 240}


def place(key: str, area: str) -> dict[str, Any]:
    """A place of an area; the two lie a hundred kilometres apart."""
    return {"id": key, "kind": "unit", "lat": 30.0, "lon": FAR[area]}


class Town(ServedDay):
    """Two areas with a plumber each, as worlds are applied to them."""

    _applied = 0

    async def apply(
        self,
        area: str,
        *places: dict[str, Any],
        world: str = "",
        categories: tuple[dict[str, Any], ...] = (TAP,),
        caps: dict[str, int] | None = None,
        workers: bool = True,
    ) -> Applied:
        """Apply a world of one area, or one that gives each place its own."""
        plumber = {"id": f"{area}-plumber", "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}]}
        plumber |= {"shifts": [{"start": "08:00", "end": "18:00", "days": WEEK}], "caps": caps or {}}
        plain = {
            "area": area,
            "categories": list(categories),
            "workers": [plumber] if workers else [],
            "places": [place("base", area), *places],
        }
        self._applied += 1
        done = await apply(world_of(plain, world or area), self.client, self.clock.now(), run=f"run{self._applied}")
        await self.settle()
        return done

    async def wanted(self, area: str, unit: str, key: str = "r1") -> Answer:
        """Ask for the plumber; the answer."""
        request: dict[str, Any] = {"id": key, "source": "app", "reported_at": AT, "place": {"unit": unit}}
        contact = {"name": "Li", "phone": "139"}
        answer = await self.hear(f"request.{area}.repair", category="tap", contact=contact, **request)
        await self.settle()
        return answer

    async def go_west(self, kind: str, target: str) -> Answer:
        """A dispatcher moves something, or somebody, of the east to the west; the answer."""
        return await self.hear("direct.east.move", kind=kind, target=target, to="west")

    async def board(self) -> dict[str, BoardRow]:
        """The board by area."""
        return {row.area: row for row in (await self.rows()).values()}

    async def sound(self) -> None:
        """Nothing is wrong with the log, nor with what is shown of it."""
        log = await log_of(self.client.store)
        assert [*breaches(log), *unsettled(log, self.clock.now())] == []
        assert [one.name for one in await audit.verify(self.client.store) if not one.equal] == []
        status = await self.client.status()
        assert (status.unaccounted, status.planned + status.unplanned) == (0, status.accepted)


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with Town.opened(tmp_path) as town:
        yield town


@pytest.mark.parametrize("first", ["east", "west"])
async def test_who_is_asked_in_an_area_comes_from_there_though_another_has_a_place_of_that_id(
    town: Town, first: str
) -> None:
    for area in (first, "west" if first == "east" else "east"):
        await town.apply(area, place("b1-101", area))
    for area in ("east", "west"):
        answer = await town.wanted(area, "b1-101", key=f"r-{area}")
        assert (answer.decision, answer.area) == ("accepted", area)
    assert {area: row.workers for area, row in (await town.board()).items()} == {
        area: (f"{area}-plumber",) for area in ("east", "west")
    }
    asked = await town.wanted("north", "b1-101", key="r-north")
    assert (asked.decision, asked.code) == ("rejected", "ambiguous_place")
    assert "east, west" in asked.reason
    await town.sound()


async def test_an_order_goes_where_its_place_becomes_known_and_stays_the_same_order(town: Town) -> None:
    await town.apply("east")
    await town.apply("west")
    asked = await town.wanted("east", "py")
    waiting = (await town.board())["east"]
    assert (asked.area, waiting.workers) == ("east", ())
    feed = await town.client.connection.subscribe(f"feed.*.order.{asked.order}")
    await town.apply("west", place("py", "west"))
    board = await town.board()
    assert set(board) == {"west"}
    planned = board["west"]
    assert (planned.order, planned.workers) == (asked.order, ("west-plumber",))
    assert (planned.due, planned.reported_at) == (waiting.due, waiting.reported_at) == (T0 + dt.timedelta(hours=4), T0)
    heard = []
    while len(heard) < 3:
        message = await feed.next_msg(5)
        heard.append((message.subject.split(".")[1], msgspec.json.decode(message.data)["type"]))
    assert heard == [("east", "OrderMoved"), ("west", "OrderOpened"), ("west", "OrderPlanned")]
    again = await town.wanted("east", "py")
    assert (again.decision, again.order, again.area) == ("accepted", asked.order, "west")
    (contact,) = [row async for row in town.client.rows("contacts", ContactRow)]
    assert (contact.area, contact.order) == ("west", asked.order)
    types = [line.type for line in await audit.history(town.client.store, "app/r1")]
    assert types[:4] == ["RequestAccepted", "OrderOpened", "OrderUnplanned", "OrderMoved"]
    assert "OrderPlanned" in types
    assert types == [line.type for line in await audit.history(town.client.store, asked.order)]
    # Once the area that was named has such a place, it was that one that was meant.
    await town.apply("east", place("py", "east"))
    assert [(area, row.workers) for area, row in (await town.board()).items()] == [("east", ("east-plumber",))]
    await town.sound()


async def test_a_visit_told_of_goes_along_when_its_place_moves(town: Town) -> None:
    await town.apply("east", place("px", "east"), world="town")
    await town.apply("west")
    asked = await town.wanted("east", "px")
    told = (await town.board())["east"]
    assert (told.status, told.workers) == ("told", ("east-plumber",))
    done = await town.apply("east", place("px", "west") | {"area": "west"}, world="town")
    assert (done.moved, done.retired) == (1, 0)
    board = await town.board()
    assert {area: (row.order, row.workers, row.due) for area, row in board.items()} == {
        "west": (asked.order, ("west-plumber",), told.due)
    }
    tasks = {row.worker: row async for row in town.client.rows("tasks", TasksRow)}
    assert not any(duty.stops for duty in tasks["east-plumber"].duties)
    assert [stop.order for duty in tasks["west-plumber"].duties for stop in duty.stops] == [asked.order]
    accepted = {"id": "once", "report": "accepted", "order": asked.order}
    refused = await town.hear("report.east.east-plumber", **accepted)
    assert (refused.code, "west" in refused.reason) == ("order_moved", True)
    taken = await town.hear("report.west.west-plumber", **accepted)
    assert taken.decision == "noted"
    await town.settle()
    assert (await town.board())["west"].status == "accepted"
    await town.sound()


@pytest.mark.parametrize("minutes", [60, 45])
async def test_worlds_that_state_the_same_category_leave_it_to_one_another(town: Town, minutes: int) -> None:
    """Applied in turns they change nothing, be they of one mind about it or not; it stays while one of them has it."""
    other = {**TAP, "minutes": minutes}
    await town.apply("east", place("b1", "east"))
    first = await town.apply("west", place("b2", "west"), categories=(other,))
    assert (first.registered, first.changed) == (3, 1)
    for _ in range(2):
        for area, key, category in (("east", "b1", TAP), ("west", "b2", other)):
            again = await town.apply(area, place(key, area), categories=(category,))
            assert (again.registered, again.changed, again.moved, again.retired, again.same) == (0, 0, 0, 0, 4)
    before = await town.client.store.events.position()
    gone = await town.apply("west", place("b2", "west"), categories=())
    assert (gone.retired, gone.same) == (1, 3)
    assert await town.client.store.events.position() > before
    again = await town.apply("west", place("b2", "west"), categories=())
    assert (again.retired, again.same) == (0, 3)
    asked = await town.wanted("west", "b2")
    row = (await town.board())[asked.area]
    assert (row.minutes, row.workers) == (60, ("west-plumber",))
    last = await town.apply("east", place("b1", "east"), categories=())
    assert last.retired == 1
    later = await town.wanted("west", "b2", key="r2")
    assert {key: row.minutes for key, row in (await town.rows()).items()} == {asked.order: 60, later.order: 0}


async def test_a_place_does_not_move_to_where_its_id_means_another(town: Town) -> None:
    """What was asked for at the one would be done at the other."""
    await town.apply("east", place("u1", "east"))
    await town.apply("west", place("u1", "west"))
    asked = await town.wanted("east", "u1")
    answer = await town.go_west("place", "u1")
    assert (answer.decision, answer.code) == ("rejected", "known_there")
    await town.settle()
    assert (await town.rows())[asked.order].area == "east"
    # Where both lie at one position they are the same.
    await town.apply("west", place("u1", "east"))
    answer = await town.go_west("place", "u1")
    await town.settle()
    assert (answer.decision, (await town.rows())[asked.order].area) == ("noted", "west")


async def test_who_moves_takes_the_visit_they_are_at_and_what_they_did_today_along(town: Town) -> None:
    """Two visits a day; one is done and the other under way when they move: in the other area today is over."""
    caps = {"visits_per_day": 2}
    await town.apply("east", place("b1", "east"), caps=caps)
    await town.apply("west", place("b2", "west"), workers=False)
    first, second = await town.wanted("east", "b1", "r1"), await town.wanted("east", "b1", "r2")
    stops = sorted((await town.rows()).values(), key=lambda row: row.start or T0)
    assert {row.order for row in stops} == {first.order, second.order}
    town.clock.set(stops[1].start or T0)
    for order, report, at in (
        (stops[0].order, "done", stops[0].end),
        (stops[1].order, "arrived", stops[1].start),
    ):
        said_at = str(at).replace(" ", "T")
        answer = await town.hear("report.east.east-plumber", report=report, order=order, at=said_at)
        assert answer.decision == "noted", answer.reason
    await town.go_west("worker", "east-plumber")
    third = await town.wanted("west", "b2", "r3")

    row = (await town.rows())[third.order]
    assert row.workers == ("east-plumber",)
    assert row.start is not None
    assert row.start.astimezone(SHANGHAI).date() == T0.astimezone(SHANGHAI).date() + dt.timedelta(days=1)
    await town.sound()


async def test_who_moves_from_a_visit_sets_out_from_there_once_it_is_done(town: Town) -> None:
    await town.apply("east", place("b1", "east"))
    await town.apply("west", place("b2", "west"), workers=False)
    first = await town.wanted("east", "b1", "r1")
    at = (await town.rows())[first.order]
    assert at.start is not None
    assert at.end is not None
    town.clock.set(at.start)
    await town.hear("report.east.east-plumber", report="arrived", order=first.order)
    await town.go_west("worker", "east-plumber")
    second = await town.wanted("west", "b2", "r2")

    row = (await town.rows())[second.order]
    assert row.start is not None
    # A hundred kilometres on foot at 4.5 km/h, with detours: more than a day's work away.
    assert row.start > at.end + dt.timedelta(hours=20)
    await town.sound()


async def test_a_file_that_moves_somebody_is_applied_at_once(town: Town) -> None:
    """The move and the record with a base of the area they move to arrive together."""
    crew = {"id": "mover", "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}]}
    crew |= {"shifts": [{"start": "08:00", "end": "18:00", "days": WEEK}]}
    places = [place("base", area) | {"area": area} for area in ("east", "west")]
    for number, area in enumerate(("east", "west", "east")):
        plain = {"categories": [TAP], "places": places, "workers": [crew | {"area": area, "name": area}]}
        applied = await apply(world_of(plain, "crew"), town.client, town.clock.now(), run=f"move{number}")
        again = await apply(world_of(plain, "crew"), town.client, town.clock.now(), run=f"again{number}")
        assert applied.moved == (number > 0)
        assert (again.registered, again.changed, again.moved, again.retired) == (0, 0, 0, 0)
        asked = await town.wanted(area, "base", f"r{number}")
        row = (await town.rows())[asked.order]
        assert (row.area, row.workers) == (area, ("mover",))
    await town.sound()


def test_a_file_that_has_somebody_in_two_areas_is_refused_with_their_name() -> None:
    twin = {"id": "twin", "role": "technician", "base": "base", "skills": [{"skill": "plumbing"}], "shifts": []}
    places = [place("base", area) | {"area": area} for area in ("east", "west")]
    with pytest.raises(WorldError, match=r"'twin' stands in two areas, 'east' and 'west'"):
        world_of({"places": places, "workers": [twin | {"area": area} for area in ("east", "west")]}, "two")
