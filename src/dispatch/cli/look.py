"""Commands that look at what stands: ``board``, ``tasks``, ``unplanned``, ``status``, ``watch``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Annotated, TypeVar

import msgspec
import typer
from nats.aio.msg import Msg

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, ask, print_json, print_table, say
from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Stored
from dispatch.events.schedule import RouteChanged
from dispatch.model.errors import SettingError
from dispatch.model.places import PlaceRef
from dispatch.model.words import EVERYWHERE
from dispatch.projections.base import Row
from dispatch.projections.board import BoardRow
from dispatch.projections.inspections import InspectionsRow
from dispatch.projections.intake import IntakeRow
from dispatch.projections.register import RegisterRow
from dispatch.projections.tasks import TasksRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.services.client import Client
from dispatch.services.console import one_line
from dispatch.services.questions import Health, RefusedAhead
from dispatch.store.codec import stored

R = TypeVar("R", bound=Row)
Zones = Mapping[str, dt.tzinfo]
SERVICES = ("desk", "planner", "projector")
Area = Annotated[str | None, typer.Option("--area", help="Only this area.")]
_SHOWN = {
    "OrderPlanned",
    "OrderUnplanned",
    "OrderShort",
    "OrderTold",
    "OrderAskedAgain",
    "OrderCancelled",
    "OrderMoved",
    "PromiseMissed",
    "PlanCommitted",
    "PlanRefused",
}


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in (board, tasks, unplanned, status, health, watch):
        app.command()(command)


def board(
    area: Area = None,
    day: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only visits of this day, as the area's clocks show it."),
    ] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Who does what, where, when, and how far it has come."""
    found, zones = ask(nats, lambda to: rows_of(to, "board", BoardRow, area))
    rows = [row for row in found if day is None or _starts_on(row, day.date(), zones)]
    rows.sort(key=lambda row: (row.start is None, row.start or row.reported_at))
    if as_json:
        print_json(rows)
    else:
        print_board("Board", rows, zones)


def _starts_on(row: BoardRow, day: dt.date, zones: Zones) -> bool:
    return row.start is not None and row.start.astimezone(zones.get(row.area, dt.UTC)).date() == day


async def check_area(to: Client, area: str) -> None:
    """Raise `SettingError` if nothing is known of ``area``."""
    known = {row.area async for row in to.rows("register", RegisterRow)} - {EVERYWHERE}
    known.update(*[row.accepted async for row in to.rows("intake", IntakeRow)])
    if area not in known:
        named = f"{', '.join(sorted(known))} was meant" if known else "no world was applied yet"
        raise SettingError(f"There is no area {area!r}.", hint=f"{named}.")


async def _check_worker(to: Client, worker: str, area: str | None) -> None:
    known = [row async for row in to.rows("register", RegisterRow, f"worker.{area}." if area else "worker.")]
    ids = [row.id for row in known]
    if worker not in ids:
        near = get_close_matches(worker, ids)
        named = f"one of the {len(ids)} registered was meant, such as {ids[0]}" if ids else "no world was applied yet"
        named = f"{' or '.join(near)} was meant" if near else named
        raise SettingError(f"There is no worker {worker!r}{f' in area {area}' if area else ''}.", hint=f"{named}.")


async def rows_of(to: Client, view: str, row: type[R], area: str | None) -> tuple[list[R], Zones]:
    """All rows of a read model, or those of one area, and the time zones; raises `SettingError` if it is no area."""
    found = [one async for one in to.rows(view, row, f"{area}." if area else "")]
    if area is not None and not found:
        await check_area(to, area)
    return found, await to.time_zones()


def print_board(title: str, rows: list[BoardRow], zones: Zones) -> None:
    """Print orders as a table, by the clocks of their areas; the area only where there are several."""
    several = len({row.area for row in rows}) > 1
    print_table(
        title,
        ("when*", "work", "where", "who", "state*", "order*", *(("area",) if several else ())),
        (
            (
                span(row.start, row.end, zones.get(row.area, dt.UTC)),
                row.category,
                place_text(row.place),
                ", ".join(row.workers),
                row.standing,
                row.order,
                *((row.area,) if several else ()),
            )
            for row in rows
        ),
    )


def tasks(
    worker: Annotated[str, typer.Argument(help="Whose tasks.")],
    area: Area = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on: print the route again whenever it changes.")] = False,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """A worker's tasks in order, and what they are to inspect; with --json the routes only.

    With --watch --json each line is a route, the first lines as they stand now.
    """

    async def work(to: Client) -> None:
        await _check_worker(to, worker, area)
        subscription = await to.connection.subscribe(f"feed.{area or '*'}.schedule.{worker}") if watch else None
        rows, zones = await rows_of(to, "tasks", TasksRow, area)
        found = [(row.area, route) for row in rows if row.worker == worker for route in row.duties]
        if as_json and subscription is None:
            print_json([route for _, route in found])
        for where, route in found if subscription is not None or not as_json else ():
            _print_route(worker, route, zones.get(where, dt.UTC), as_json)
        ahead = [] if as_json else await _to_inspect(to, worker, area)
        if ahead:
            print_table(f"{worker} inspects", ("day*", "zone", "level", "work", "team"), ahead)
        if not found and not ahead and not as_json:
            say(f"No tasks for {worker}.")
        if subscription is not None:
            async for message in subscription.messages:
                heard = _heard(message)
                changed = event_in(heard)
                if isinstance(changed, RouteChanged):
                    _print_route(worker, changed, zones.get(heard.entity.area, dt.UTC), as_json)

    ask(nats, work)


async def _to_inspect(to: Client, worker: str, area: str | None) -> list[tuple[object, ...]]:
    """What ``worker`` is to inspect and has not yet, by day."""
    rows, _ = await rows_of(to, "inspections", InspectionsRow, area)
    found = [
        (one.day, row.id, one.level, one.work, one.team)
        for row in rows
        for one in row.inspections
        if one.inspector == worker and one.points is None and not one.missed
    ]
    return sorted(found)


def _print_route(worker: str, route: RouteChanged, zone: dt.tzinfo, as_json: bool) -> None:
    if as_json:
        print_json(route, lines=True)
        return
    print_table(
        f"{worker}, on duty {clock(route.start, zone)} to {clock(route.end, zone)}",
        ("travel*", "when*", "work", "where", "with", "order"),
        (
            (f"{stop.travel_min} min", span(stop.start, stop.end, zone), stop.category, place_text(stop.place),
             ", ".join(stop.crew), stop.order)
            for stop in route.stops
        ),
    )  # fmt: skip


def unplanned(area: Area = None, nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """What is not in the plan, and why."""
    found, zones = ask(nats, lambda to: rows_of(to, "unplanned", UnplannedRow, area))
    rows = [row for row in found if not row.planned]
    if as_json:
        print_json(rows)
    elif not rows:
        say("Everything is in the plan.")
    for row in rows if not as_json else ():
        since = clock(row.since, zones.get(row.area, dt.UTC))
        say(f"{row.area}  {row.of} {row.id}  {row.category} at {place_text(row.place)}, since {since}")
        for reason in row.reasons:
            say(f"    {reason.rule}: {reason.message}" + (f" Maybe {reason.hint}" if reason.hint else ""))


def status(nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """The state of the whole in numbers, and what is planned ahead where a newer plan was refused."""
    found = ask(nats, lambda to: to.status())
    if as_json:
        print_json(found)
    else:
        plain = msgspec.structs.asdict(found)
        plain["by_status"] = ", ".join(f"{status} {count}" for status, count in found.by_status.items())
        del plain["refused_ahead"]
        print_table("Status", ("what*", "count"), plain.items())
        _say_refused(found.refused_ahead)


def _say_refused(refused: Iterable[RefusedAhead]) -> None:
    for one in refused:
        stands = f"number {one.number} stands" if one.number else "none stands"
        say(one_line(f"Refused in area {one.area}: {one.kind}, {stands}. {one.rule}: {one.message}"))


def health(
    service: Annotated[str, typer.Argument(help="desk, planner or projector.")], nats: Nats = DEFAULT_NATS
) -> None:
    """Whether a service runs and answers; exit code 2 if it does not. A projector names plans refused, too."""
    if service not in SERVICES:
        raise SettingError(f"There is no service {service!r} to ask.", hint=f"{' or '.join(SERVICES)} was meant.")
    found = ask(nats, lambda to: to.ask(f"ask.{service}.health", None, Health, timeout_s=3.0))
    say(f"{service} answers; its clock shows {found.now.isoformat()}.")
    _say_refused(found.refused)


def watch(area: Area = None, nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """Assignments as they happen, until Ctrl-C."""

    async def work(to: Client) -> None:
        if area is not None:
            await check_area(to, area)
        await _watch(to, f"feed.{area or '*'}.*.*", as_json)

    ask(nats, work)


async def _watch(to: Client, subject: str, as_json: bool) -> None:
    subscription = await to.connection.subscribe(subject)
    await to.connection.flush()
    async for message in subscription.messages:
        heard = _heard(message)
        entity, recorded, position = heard.entity, heard.recorded, heard.position
        if type(event_in(heard)).__name__ in _SHOWN:
            if as_json:
                shown = {"position": position, "area": entity.area, "kind": entity.kind, "entity": entity.id}
                print_json({**shown, **msgspec.structs.asdict(recorded)}, lines=True)
            else:
                said = brief(msgspec.json.decode(recorded.data))
                what = f"{clock(recorded.recorded_at)}  {entity.area}/{entity.id}  {recorded.type}"
                say(f"{position:>8}  {what}  {said}")


def _heard(message: Msg) -> Stored:
    """What came on the feed; it need not be an event."""
    position = (message.headers or {}).get("Nats-Sequence", "")
    return stored(int(position) if position.isdigit() else 0, message.subject, message.data)


def brief(plain: dict[str, object]) -> str:
    """What an event says, on one line."""
    workers, start, reasons = plain.get("workers"), plain.get("start"), plain.get("reasons")
    if isinstance(workers, list):
        return ", ".join(map(str, workers)) + (f" at {start}" if start else "")
    if isinstance(reasons, list) and reasons:
        return str(reasons[0].get("message", ""))
    return ", ".join(f"{key} {value}" for key, value in plain.items() if isinstance(value, (int, str)))[:120]


def clock(instant: dt.datetime | None, zone: dt.tzinfo | None = None) -> str:
    """``instant`` as people read it: day and time in ``zone``, else as this machine's clock shows them."""
    return "" if instant is None else instant.astimezone(zone).strftime("%m-%d %H:%M")


def span(start: dt.datetime | None, end: dt.datetime | None, zone: dt.tzinfo) -> str:
    """A span as people read it: day, start and end in ``zone``."""
    return "" if start is None or end is None else f"{clock(start, zone)}-{end.astimezone(zone):%H:%M}"


def place_text(place: PlaceRef) -> str:
    """A place in a few characters."""
    return place.named or (f"{place.lat:.4f},{place.lon:.4f}" if place.lat is not None else "")
