"""What the planner folded, kept so that its next start need not read the whole log. The log stays the only truth.

A snapshot is of one version of the code that folds: whatever changes there, the next start folds anew. It is taken
only if the log still has, where it ends, the event it ended with; behind that everything is folded from the log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import zlib
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.decide.horizon import HorizonHead
from dispatch.decide.inspection import InspectionsState
from dispatch.decide.notice import NoticeState
from dispatch.decide.order import OrderState
from dispatch.decide.plan import PlanHead
from dispatch.decide.record import RecordState
from dispatch.decide.roster import RosterState
from dispatch.decide.schedule import ScheduleState
from dispatch.decide.walks import WalksState
from dispatch.events.envelope import Entity
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract
from dispatch.model.errors import Conflict, LogWentBackwards, Unavailable, Uncertain, ViewDamaged
from dispatch.model.people import Worker
from dispatch.model.places import Place, Round, Zone
from dispatch.model.policy import Policy
from dispatch.model.posts import Post
from dispatch.planning.area import AreaState, Occurrence
from dispatch.planning.visit_orders import VisitOrder
from dispatch.services.log_identity import ANOTHER_LOG, event_id_at
from dispatch.services.planner.areas import Areas
from dispatch.store.base import EventStore, View, ViewStore

log = logging.getLogger(__name__)

EVERY = 50_000
"""Events after which a new snapshot is worth its writing; so many are folded in two seconds."""
NAME = "planner-snapshot"
CHUNK_BYTES = 512 * 1024
_FOLDS = (
    "model",
    "events",
    "decide",
    "planning/area.py",
    "planning/visit_orders.py",
    "services/planner/areas.py",
    "services/planner/snapshot.py",
)
_RECORDS: dict[str, type[Any]] = {
    "workers": Worker, "places": Place, "zones": Zone, "rounds": Round, "posts": Post,
    "contracts": Contract, "policies": Policy,
}  # fmt: skip


class KeptArea(Struct, frozen=True, kw_only=True):
    """An `AreaState` in a form that can be stored; records by what `AreaState` calls them."""

    area: str
    position: int
    positions: list[tuple[Entity, int]]
    orders: dict[str, OrderState]
    closed: dict[str, OrderState]
    records: dict[str, dict[str, RecordState]]
    schedules: dict[str, ScheduleState]
    rosters: dict[str, RosterState]
    walks: dict[str, WalksState]
    horizons: dict[str, HorizonHead]
    inspections: dict[str, InspectionsState]
    notices: dict[str, NoticeState]
    head: PlanHead
    household_workers: dict[str, tuple[str, ...]]
    new: list[str]
    opened_rounds: dict[str, Occurrence]
    withdrawn: dict[str, dt.datetime]
    visit_orders: dict[str, VisitOrder]


class Kept(Struct, frozen=True, kw_only=True):
    """`Areas` as of ``position``; ``last`` is the id of the event that stands there."""

    position: int
    last: str
    areas: list[KeptArea]
    places: dict[str, dict[str, Place]]
    categories: dict[str, Category]
    policies: dict[str, Policy]


def version() -> int:
    """A number that changes with any change of the code that folds."""
    digest = hashlib.blake2b(digest_size=6)
    root = resources.files("dispatch")
    for name in _FOLDS:
        path = root.joinpath(name)
        files = sorted(path.iterdir(), key=lambda file: file.name) if path.is_dir() else [path]
        for file in files:
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return int.from_bytes(digest.digest(), "big")


def kept_of(areas: Areas) -> bytes:
    """``areas`` as they can be stored."""
    kept = Kept(
        position=areas.position,
        last=areas.last,
        areas=[_kept_area(area) for area in areas.areas.values()],
        places=areas.register.places,
        categories=areas.register.categories,
        policies=areas.register.policies,
    )
    return msgspec.json.encode(kept)


def _kept_area(area: AreaState) -> KeptArea:
    return KeptArea(
        area=area.area,
        position=area.position,
        positions=list(area.positions.items()),
        orders=area.orders,
        closed=area.closed,
        records={name: getattr(area, name) for name in _RECORDS},
        schedules=area.schedules,
        rosters=area.rosters,
        walks=area.walks,
        horizons=area.horizons,
        inspections=area.inspections,
        notices=area.notices,
        head=area.head,
        household_workers=area.household_workers,
        new=sorted(area.new),
        opened_rounds=area.opened_rounds,
        withdrawn=area.withdrawn,
        visit_orders=area.visit_orders,
    )


def restore(areas: Areas, kept: Kept) -> None:
    """Bring ``areas``, which took in nothing yet, to where ``kept`` stands, with all timers."""
    areas.register.places.update(kept.places)
    areas.register.categories.update(kept.categories)
    areas.register.policies.update(kept.policies)
    for one in kept.areas:
        area = areas.areas[one.area] = AreaState(one.area, areas.register.categories)
        area.position, area.head = one.position, one.head
        area.positions.update(one.positions)
        area.orders.update(one.orders)
        area.closed.update(one.closed)
        area.schedules.update(one.schedules)
        area.rosters.update(one.rosters)
        area.walks.update(one.walks)
        area.horizons.update(one.horizons)
        area.inspections.update(one.inspections)
        area.notices.update(one.notices)
        area.household_workers.update(one.household_workers)
        area.new.update(one.new)
        area.opened_rounds.update(one.opened_rounds)
        area.withdrawn.update(one.withdrawn)
        area.visit_orders.update(one.visit_orders)
        for name, records in one.records.items():
            for key, record in records.items():
                item = msgspec.convert(record.item, _RECORDS[name])
                others = {world: msgspec.convert(stated, _RECORDS[name]) for world, stated in record.others.items()}
                getattr(area, name)[key] = msgspec.structs.replace(record, item=item, others=others)
        for order_id, order in area.orders.items():
            areas.set_timers_again(one.area, order_id, order)
    areas.position, areas.last = kept.position, kept.last


class Snapshots:
    """Keeps the snapshot of one planner's `Areas`. Several planners may: whoever writes second lets it be."""

    def __init__(self, events: EventStore, views: ViewStore) -> None:
        self._events = events
        self._views = views
        self._version = version()
        self._mark: int | None = None
        self._position = 0

    async def restore(self, areas: Areas) -> None:
        """Begin ``areas`` with the snapshot if it can be trusted; raises `LogWentBackwards` if the log is shorter."""
        try:
            view = await self._views.read(NAME, self._version)
        except ViewDamaged as damaged:
            log.error("the planner's snapshot is dropped, all is folded anew: %s", damaged)
            await self._views.drop(NAME, self._version)
            return
        self._mark = view.mark
        kept = _decoded(view)
        if kept is None:
            return
        end = await self._events.position()
        if kept.position > end:
            raise LogWentBackwards(
                f"The planner's snapshot reflects log position {kept.position}, but the log ends at {end}.",
                hint=ANOTHER_LOG,
            )
        if await event_id_at(self._events, kept.position) != kept.last:
            log.error("position %d of the log is not what the snapshot ends with; all is folded anew", kept.position)
            return
        restore(areas, kept)
        self._position = kept.position

    async def keep(self, areas: Areas) -> None:
        """Write a new snapshot if enough happened since the last; one that cannot be written is no loss."""
        if areas.position - self._position < EVERY:
            return
        position, self._position = areas.position, areas.position
        body = zlib.compress(kept_of(areas), 1)
        try:
            if self._mark is None:
                self._mark = (await self._views.read(NAME, self._version)).mark
            before = await self._views.active(NAME)
            rows: dict[str, bytes | None] = {
                str(at // CHUNK_BYTES): body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES)
            }
            rows["count"] = str(len(rows)).encode()
            self._mark = await self._views.write(NAME, self._version, rows, position, mark=self._mark)
            if before != self._version:
                if before is not None:
                    await self._views.drop(NAME, before)
                await self._views.activate(NAME, self._version)
        except (Conflict, Uncertain, Unavailable, ViewDamaged) as error:
            self._mark = None
            log.info("the snapshot at position %d was not written: %s", position, error)


def _decoded(view: View) -> Kept | None:
    """What the rows of ``view`` hold, None if there is none that is whole."""
    count = view.rows.get("count")
    if count is None or not view.whole:
        return None
    try:
        body = b"".join(view.rows[str(number)] for number in range(int(count)))
        kept = msgspec.json.decode(zlib.decompress(body), type=Kept)
    except (KeyError, ValueError, zlib.error, msgspec.MsgspecError) as error:
        log.error("the planner's snapshot cannot be read, all is folded anew: %s", error)
        return None
    return kept
