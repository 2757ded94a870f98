"""Commands that look at what stands: ``board``, ``tasks``, ``unplanned``, ``status``, ``watch``."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, TypeVar

import msgspec
import typer
from nats.aio.msg import Msg

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, ask, print_json, print_table, say
from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Stored
from dispatch.events.schedule import RouteChanged
from dispatch.model.places import PlaceRef
from dispatch.projections.base import Row
from dispatch.projections.board import BoardRow
from dispatch.projections.tasks import TasksRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.services.asking import Health
from dispatch.services.client import Client
from dispatch.store.codec import stored

R = TypeVar("R", bound=Row)
Area = Annotated[str | None, typer.Option("--area", help="Only this area.")]
_SHOWN = {
    "OrderPlanned",
    "OrderUnplanned",
    "OrderTold",
    "OrderCancelled",
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
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only visits of this day (UTC).")
    ] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Who does what, where, when, and how far it has come."""
    found = ask(nats, lambda to: _rows(to, "board", BoardRow, area))
    rows = [row for row in found if day is None or (row.start is not None and row.start.date() == day.date())]
    rows.sort(key=lambda row: (row.start is None, row.start or row.reported_at))
    if as_json:
        print_json(rows)
    else:
        print_board("Board", rows)


async def _rows(to: Client, view: str, row: type[R], area: str | None) -> list[R]:
    """All rows of a read model, or those of one area."""
    return [one async for one in to.rows(view, row, f"{area}." if area else "")]


def print_board(title: str, rows: list[BoardRow]) -> None:
    """Print orders as a table; the area only where there are several."""
    several = len({row.area for row in rows}) > 1
    print_table(
        title,
        ("when*", "work", "where", "who", "state*", "order", *(("area",) if several else ())),
        (
            (
                span(row.start, row.end),
                row.category,
                place_text(row.place),
                ", ".join(row.workers),
                row.status + (" LATE" if row.missed else ""),
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
    """A worker's tasks in order."""

    async def work(to: Client) -> None:
        subscription = await to.connection.subscribe(f"feed.{area or '*'}.schedule.{worker}") if watch else None
        found = [row for row in await _rows(to, "tasks", TasksRow, area) if row.worker == worker]
        if as_json:
            print_json(found[0].duties if found else [])
        else:
            for route in found[0].duties if found else ():
                _print_route(worker, route)
            if not found:
                say(f"No tasks for {worker}.")
        if subscription is not None:
            async for message in subscription.messages:
                changed = event_in(_heard(message))
                if not isinstance(changed, RouteChanged):
                    continue
                if as_json:
                    print_json(changed, lines=True)
                else:
                    _print_route(worker, changed)

    ask(nats, work)


def _print_route(worker: str, route: RouteChanged) -> None:
    print_table(
        f"{worker}, on duty {clock(route.start)} to {clock(route.end)}",
        ("travel*", "when*", "work", "where", "with", "order"),
        (
            (f"{stop.travel_min} min", span(stop.start, stop.end), stop.category, place_text(stop.place),
             ", ".join(stop.crew), stop.order)
            for stop in route.stops
        ),
    )  # fmt: skip


def unplanned(area: Area = None, nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """What is not in the plan, and why."""
    rows = [row for row in ask(nats, lambda to: _rows(to, "unplanned", UnplannedRow, area)) if not row.planned]
    if as_json:
        print_json(rows)
    elif not rows:
        say("Everything is in the plan.")
    else:
        print_table(
            "Not in the plan",
            ("what", "work", "where", "since*", "rule*", "why", "what may help", "area"),
            (
                (f"{row.of} {row.id}", row.category, place_text(row.place), clock(row.since),
                 reason.rule, reason.message, reason.hint, row.area)
                for row in rows
                for reason in row.reasons[:1]
            ),
        )  # fmt: skip


def status(nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """The state of the whole in numbers."""
    found = ask(nats, lambda to: to.status())
    if as_json:
        print_json(found)
    else:
        plain = msgspec.structs.asdict(found)
        plain["by_status"] = ", ".join(f"{status} {count}" for status, count in found.by_status.items())
        print_table("Status", ("what*", "count"), plain.items())


def health(
    service: Annotated[str, typer.Argument(help="desk, planner or projector.")], nats: Nats = DEFAULT_NATS
) -> None:
    """Whether a service runs and answers; exit code 2 if it does not."""
    found = ask(nats, lambda to: to.ask(f"ask.{service}.health", None, Health, timeout_s=3.0))
    say(f"{service} answers; its clock shows {found.now.isoformat()}.")


def watch(area: Area = None, nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """Assignments as they happen, until Ctrl-C."""
    ask(nats, lambda to: _watch(to, f"feed.{area or '*'}.*.*", as_json))


async def _watch(to: Client, subject: str, as_json: bool) -> None:
    subscription = await to.connection.subscribe(subject)
    await to.connection.flush()
    async for message in subscription.messages:
        heard = _heard(message)
        entity, recorded, position = heard.entity, heard.recorded, heard.position
        if type(event_in(heard)).__name__ in _SHOWN:
            if as_json:
                shown = {"position": position, "area": entity.area, "kind": entity.kind, "id": entity.id}
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
        return f"{', '.join(map(str, workers))} at {start}"
    if isinstance(reasons, list) and reasons:
        return str(reasons[0].get("message", ""))
    return ", ".join(f"{key} {value}" for key, value in plain.items() if isinstance(value, (int, str)))[:120]


def clock(instant: dt.datetime | None) -> str:
    """``instant`` as people here read it: local day and time."""
    return "" if instant is None else instant.astimezone().strftime("%m-%d %H:%M")


def span(start: dt.datetime | None, end: dt.datetime | None) -> str:
    """A span as people here read it: local day, start and end."""
    return "" if start is None or end is None else f"{clock(start)}-{end.astimezone():%H:%M}"


def place_text(place: PlaceRef) -> str:
    """A place in a few characters."""
    return place.named or (f"{place.lat:.4f},{place.lon:.4f}" if place.lat is not None else "")
