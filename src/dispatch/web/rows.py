"""Pages of the read models: board, tasks, unplanned, workload, register, areas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, PathParameter, QueryParameter
from msgspec import Struct

from dispatch.model.time import zone
from dispatch.projections.base import Row
from dispatch.projections.board import BoardRow
from dispatch.projections.intake import IntakeRow
from dispatch.projections.register import RegisterRow
from dispatch.projections.tasks import TasksRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.projections.workload import WorkloadRow
from dispatch.services.asking import Page, Query
from dispatch.web.context import Context
from dispatch.web.problems import Problem, Refusal, told

R = TypeVar("R", bound=Row)

_AT_ONCE = 1000
_ALL = 1_000_000

Standing = Literal["opened", "planned", "told", "accepted", "on_the_way", "arrived", "done", "could_not"]
RecordKind = Literal["worker", "place", "zone", "round", "category", "policy"]
TOKEN = r"^[a-z0-9_-]{1,64}$(?!\n)"
"""As `dispatch.model.words.Token`: the framework takes constraints of parameters from its own annotations only."""
TokenPath = Annotated[str, PathParameter(pattern=TOKEN)]
Area = Annotated[str | None, QueryParameter(pattern=TOKEN, description="only this area")]
After = Annotated[
    str,
    QueryParameter(
        pattern=r"^[a-z0-9_.-]{0,200}$(?!\n)", description="rows behind this key: `next` of the page before"
    ),
]
Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="rows at most")]

NO_SERVICE = {
    400: told("A parameter is not what it must be."),
    503: told("NATS or the projector is away."),
}


class BoardPage(Struct, frozen=True, kw_only=True):
    """Orders that have not ended, as of log ``position``; ``next``: where to go on, if there are more."""

    position: int
    rows: list[BoardRow]
    next: str | None = None


class UnplannedPage(Struct, frozen=True, kw_only=True):
    """Orders and zones that are not in the plan, with the reasons, as of log ``position``."""

    position: int
    rows: list[UnplannedRow]
    next: str | None = None


class WorkloadPage(Struct, frozen=True, kw_only=True):
    """The load of workers and zones, as of log ``position``."""

    position: int
    rows: list[WorkloadRow]
    next: str | None = None


class RegisterPage(Struct, frozen=True, kw_only=True):
    """Master data as it stands, as of log ``position``."""

    position: int
    rows: list[RegisterRow]
    next: str | None = None


class AreaKnown(Struct, frozen=True, kw_only=True):
    """An area that has a policy or had a request; its ``time_zone`` is UTC until a policy says another."""

    area: str
    time_zone: str


@get(
    "/board",
    summary="The board",
    description="Every order that has not ended: who, where, when, and how far. No personal data.",
    tags=["see"],
    operation_id="board",
    responses=NO_SERVICE,
)
async def board(
    here: NamedDependency[Context],
    area: Area = None,
    day: Annotated[
        dt.date | None,
        QueryParameter(
            description="planned for this day in the area's time zone; unplanned: promised for, else reported on"
        ),
    ] = None,
    status: Annotated[Standing | None, QueryParameter(description="only orders that have come this far")] = None,
    worker: Annotated[
        str | None, QueryParameter(pattern=TOKEN, description="only orders this worker is planned for")
    ] = None,
    after: After = "",
    limit: Limit = 200,
) -> BoardPage:
    """The board, filtered and in pages."""
    zones = await _time_zones(here) if day is not None else {}

    def keep(row: BoardRow) -> bool:
        if status is not None and row.status != status:
            return False
        if worker is not None and worker not in row.workers:
            return False
        when = row.start or row.due or row.reported_at
        return day is None or when.astimezone(zone(zones.get(row.area, "UTC"))).date() == day

    position, rows, following = await page(
        here,
        "board",
        BoardRow,
        _within(area),
        after,
        limit,
        keep=keep,
        key=lambda row: f"{row.area}.{row.order}",
    )
    return BoardPage(position=position, rows=rows, next=following)


@get(
    "/unplanned",
    summary="What stays out of the plan",
    description="Orders and zones nobody is planned for, each with the rule in the way and what may help.",
    tags=["see"],
    operation_id="unplanned",
    responses=NO_SERVICE,
)
async def unplanned(
    here: NamedDependency[Context], area: Area = None, after: After = "", limit: Limit = 200
) -> UnplannedPage:
    """What is not in the plan."""
    position, rows, following = await page(
        here,
        "unplanned",
        UnplannedRow,
        _within(area),
        after,
        limit,
        keep=lambda row: not row.planned,
        key=lambda row: f"{row.area}.{'zone-' if row.of == 'zone' else ''}{row.id}",
    )
    return UnplannedPage(position=position, rows=rows, next=following)


@get(
    "/workload",
    summary="Workload (工作负荷量)",
    description="Per worker and duty the visits and minutes of work and travel; per zone its measure and helper.",
    tags=["see"],
    operation_id="workload",
    responses=NO_SERVICE,
)
async def workload(
    here: NamedDependency[Context], area: Area = None, after: After = "", limit: Limit = 200
) -> WorkloadPage:
    """The load of workers and zones."""
    position, rows, following = await page(
        here,
        "workload",
        WorkloadRow,
        _within(area),
        after,
        limit,
        key=lambda row: f"{row.area}.{row.of}-{row.id}",
    )
    return WorkloadPage(position=position, rows=rows, next=following)


@get(
    "/register/{kind:str}",
    summary="Master data",
    description="The registered records of one kind: what ids on the board are called.",
    tags=["see"],
    operation_id="register",
    responses=NO_SERVICE,
)
async def register(
    here: NamedDependency[Context],
    kind: FromPath[RecordKind],
    area: Area = None,
    after: After = "",
    limit: Limit = 1000,
) -> RegisterPage:
    """Master data of one kind."""
    prefix = f"{kind}.{_within(area)}"
    position, rows, following = await page(
        here, "register", RegisterRow, prefix, after, limit, key=lambda row: f"{row.kind}.{row.area}.{row.id}"
    )
    return RegisterPage(position=position, rows=rows, next=following)


@get(
    "/tasks/{area:str}/{worker:str}",
    summary="A worker's tasks",
    description="The routes of the worker's duties that are not over, in order of time.",
    tags=["see"],
    operation_id="tasks",
    responses={**NO_SERVICE, 404: told("`unknown_worker`: nobody of that name there.")},
)
async def tasks(here: NamedDependency[Context], area: TokenPath, worker: TokenPath) -> TasksRow:
    """What one worker has to do."""
    _, rows, _ = await page(here, "tasks", TasksRow, f"{area}.{worker}", "", 1)
    if rows and (rows[0].area, rows[0].worker) == (area, worker):
        return rows[0]
    _, known, _ = await page(here, "register", RegisterRow, f"worker.{area}.{worker}", "", 1)
    if known and known[0].id == worker:
        return TasksRow(area=area, worker=worker)
    raise Refusal(
        404,
        Problem(
            code="unknown_worker",
            reason=f"There is no worker {worker!r} in the area {area!r}.",
            hint="the worker belongs to another area, or the name was mistyped.",
        ),
    )


@get(
    "/areas",
    summary="The areas",
    description="Every area that has a policy or had a request, with its time zone.",
    tags=["see"],
    operation_id="areas",
    responses=NO_SERVICE,
)
async def areas(here: NamedDependency[Context]) -> list[AreaKnown]:
    """The areas there are."""
    zones = await _time_zones(here)
    _, counted, _ = await page(here, "intake", IntakeRow, "", "", 1)
    names = set(zones).union(*(row.accepted for row in counted))
    return [AreaKnown(area=name, time_zone=zones.get(name, "UTC")) for name in sorted(names)]


async def page(
    here: Context,
    view: str,
    row: type[R],
    prefix: str,
    after: str,
    limit: int,
    *,
    keep: Callable[[R], bool] | None = None,
    key: Callable[[R], str] | None = None,
) -> tuple[int, list[R], str | None]:
    """The log position, up to ``limit`` rows that ``keep`` lets pass, and the key to go on behind, if there is more."""
    found: list[R] = []
    position: int | None = None
    while True:
        # Rows that are filtered out here are paid for; without a filter one row more than asked for tells of the rest.
        at_once = _AT_ONCE if keep is not None else min(limit + 1, _AT_ONCE)
        got = await here.ask(f"ask.view.{view}", Query(prefix=prefix, after=after, limit=at_once), Page)
        position = got.position if position is None else min(position, got.position)
        rows = [msgspec.json.decode(raw, type=row) for raw in got.rows]
        for one in rows:
            if keep is not None and not keep(one):
                continue
            if len(found) == limit:
                return position, found, key(found[-1]) if key is not None else None
            found.append(one)
        if got.next is None:
            return position, found, None
        after = got.next


def _within(area: str | None) -> str:
    return "" if area is None else f"{area}."


async def _time_zones(here: Context) -> dict[str, str]:
    _, rows, _ = await page(here, "register", RegisterRow, "policy.", "", _ALL)
    return {row.area: str(row.item.get("time_zone", "UTC")) for row in rows}


HANDLERS: tuple[Any, ...] = (board, unplanned, workload, register, tasks, areas)
