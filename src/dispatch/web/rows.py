"""Pages of the read models: board, tasks, unplanned, workload, roster, contracts, register, areas."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from dispatch.model.quoting import quoted
from dispatch.model.time import zone
from dispatch.projections.board import BoardRow
from dispatch.projections.contracts import ContractsRow
from dispatch.projections.intake import IntakeRow
from dispatch.projections.ledger import LedgerRow
from dispatch.projections.register import RegisterRow
from dispatch.projections.roster import RosterRow
from dispatch.projections.tasks import TasksRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.projections.workload import WorkloadRow
from dispatch.web.context import Context
from dispatch.web.handling import TOKEN, After, Area, Keys, Limit, TokenPath, see
from dispatch.web.listing import Listing, RowsPage
from dispatch.web.problems import Problem, Refusal, told

Standing = Literal["opened", "planned", "told", "accepted", "on_the_way", "arrived", "done", "could_not"]
Outcome = Literal[
    "opened", "planned", "told", "accepted", "on_the_way", "arrived", "done", "could_not", "closed", "cancelled"
]
RecordKind = Literal["worker", "place", "zone", "round", "post", "contract", "category", "policy"]


class BoardPage(RowsPage[BoardRow], frozen=True, kw_only=True):
    """Orders that have not ended, as of log ``position``; ``next``: where to go on, if there are more."""


class LedgerPage(RowsPage[LedgerRow], frozen=True, kw_only=True):
    """Orders ever opened, as of log ``position``; ``next``: where to go on, if there are more."""


class UnplannedPage(RowsPage[UnplannedRow], frozen=True, kw_only=True):
    """Orders and zones that are not in the plan, with the reasons, as of log ``position``."""


class WorkloadPage(RowsPage[WorkloadRow], frozen=True, kw_only=True):
    """The load of workers and zones, as of log ``position``."""


class RosterPage(RowsPage[RosterRow], frozen=True, kw_only=True):
    """Duties published per worker, and what is published per kind of horizon, as of log ``position``."""


class ContractsPage(RowsPage[ContractsRow], frozen=True, kw_only=True):
    """Visits dated and promises at risk per contract, and what came of each visit, as of log ``position``."""


class RegisterPage(RowsPage[RegisterRow], frozen=True, kw_only=True):
    """Master data as it stands, as of log ``position``."""


class AreaKnown(Struct, frozen=True, kw_only=True):
    """An area that has a policy or had a request; its ``time_zone`` is UTC until a policy says another."""

    area: str
    time_zone: str


BOARD = Listing(view="board", row=BoardRow, page=BoardPage)
LEDGER = Listing(view="ledger", row=LedgerRow, page=LedgerPage)
UNPLANNED = Listing(view="unplanned", row=UnplannedRow, page=UnplannedPage)
WORKLOAD = Listing(view="workload", row=WorkloadRow, page=WorkloadPage)
ROSTER = Listing(view="roster", row=RosterRow, page=RosterPage)
CONTRACTS = Listing(view="contracts", row=ContractsRow, page=ContractsPage)
REGISTER = Listing(view="register", row=RegisterRow, page=RegisterPage)
TASKS = Listing(view="tasks", row=TasksRow, page=RowsPage[TasksRow])
INTAKE = Listing(view="intake", row=IntakeRow, page=RowsPage[IntakeRow])


@see("board", "/board", "The board", "Every order that has not ended: who, where, when, and how far. No personal data.")
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
    keys: Keys = None,
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

    return await BOARD.read(here, _within(area), after, limit, keys=keys, keep=keep)


@see(
    "ledger",
    "/ledger",
    "The ledger (报修台账)",
    "Every order ever opened, also those that have ended: what was asked for, when somebody is at home, who came and "
    "how it ended. No personal data.",
)
async def ledger(
    here: NamedDependency[Context],
    area: Area = None,
    day: Annotated[dt.date | None, QueryParameter(description="reported on this day in the area's time zone")] = None,
    status: Annotated[Outcome | None, QueryParameter(description="only orders that have come this far")] = None,
    keys: Keys = None,
    after: After = "",
    limit: Limit = 200,
) -> LedgerPage:
    """The ledger, filtered and in pages."""
    zones = await _time_zones(here) if day is not None else {}

    def keep(row: LedgerRow) -> bool:
        if status is not None and row.status != status:
            return False
        return day is None or row.reported_at.astimezone(zone(zones.get(row.area, "UTC"))).date() == day

    return await LEDGER.read(here, _within(area), after, limit, keys=keys, keep=keep)


@see(
    "unplanned",
    "/unplanned",
    "What stays out of the plan",
    "Orders and zones nobody is planned for, each with the rule in the way and what may help.",
)
async def unplanned(
    here: NamedDependency[Context], area: Area = None, keys: Keys = None, after: After = "", limit: Limit = 200
) -> UnplannedPage:
    """What is not in the plan."""
    return await UNPLANNED.read(here, _within(area), after, limit, keys=keys, keep=lambda row: not row.planned)


@see(
    "workload",
    "/workload",
    "Workload (工作负荷量)",
    "Per worker and duty the visits and minutes of work and travel; per zone its measure and helper.",
)
async def workload(
    here: NamedDependency[Context], area: Area = None, after: After = "", limit: Limit = 200
) -> WorkloadPage:
    """The load of workers and zones."""
    return await WORKLOAD.read(here, _within(area), after, limit)


@see(
    "roster",
    "/roster",
    "The roster (排班)",
    "Per worker the duties published, day by day; per kind of horizon what is published, what stays open and why.",
)
async def roster(
    here: NamedDependency[Context], area: Area = None, after: After = "", limit: Limit = 200
) -> RosterPage:
    """Who works when."""
    return await ROSTER.read(here, _within(area), after, limit)


@see(
    "contracts",
    "/contracts",
    "Contracts (服务合同)",
    "Per contract the visits dated and the promises about to break, with the reasons; per visit what came of it.",
)
async def contracts(
    here: NamedDependency[Context], area: Area = None, after: After = "", limit: Limit = 200
) -> ContractsPage:
    """What is promised to whom, and when somebody comes."""
    return await CONTRACTS.read(here, _within(area), after, limit)


@see(
    "register",
    "/register/{kind:str}",
    "Master data",
    "The registered records of one kind: what ids on the board are called.",
)
async def register(
    here: NamedDependency[Context],
    kind: FromPath[RecordKind],
    area: Area = None,
    after: After = "",
    limit: Limit = 1000,
) -> RegisterPage:
    """Master data of one kind."""
    return await REGISTER.read(here, f"{kind}.{_within(area)}", after, limit)


@see(
    "tasks",
    "/tasks/{area:str}/{worker:str}",
    "A worker's tasks",
    "The routes of the worker's duties that are not over, in order of time.",
    responses={404: told("`unknown_worker`: nobody of that name there.")},
)
async def tasks(here: NamedDependency[Context], area: TokenPath, worker: TokenPath) -> TasksRow:
    """What one worker has to do."""
    rows = (await TASKS.read(here, f"{area}.{worker}", limit=1)).rows
    if rows and rows[0].worker == worker:
        return rows[0]
    known = (await REGISTER.read(here, f"worker.{area}.{worker}", limit=1)).rows
    if known and known[0].id == worker:
        return TasksRow(area=area, worker=worker)
    raise Refusal(
        404,
        Problem(
            code="unknown_worker",
            reason=f"There is no worker {quoted(worker)} in the area {quoted(area)}.",
            hint="the worker belongs to another area, or the name was mistyped.",
        ),
    )


@see("areas", "/areas", "The areas", "Every area that has a policy or had a request, with its time zone.")
async def areas(here: NamedDependency[Context]) -> list[AreaKnown]:
    """The areas there are."""
    zones = await _time_zones(here)
    names = set(zones).union(*(row.accepted for row in (await INTAKE.read(here, "")).rows))
    return [AreaKnown(area=name, time_zone=zones.get(name, "UTC")) for name in sorted(names)]


def _within(area: str | None) -> str:
    return "" if area is None else f"{area}."


async def _time_zones(here: Context) -> dict[str, str]:
    rows = (await REGISTER.read(here, "policy.")).rows
    return {row.area: str(row.item.get("time_zone", "UTC")) for row in rows}


HANDLERS: tuple[Any, ...] = (board, ledger, unplanned, workload, roster, contracts, register, tasks, areas)
