"""An area folded in memory: everything the planner looks at, with the log position of each entity for the guards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Flag, auto
from operator import itemgetter

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide import horizon as horizons
from dispatch.decide import inspection as inspections
from dispatch.decide import notice as notices
from dispatch.decide import order as orders
from dispatch.decide import plan as plans
from dispatch.decide import record as records
from dispatch.decide import roster as rosters
from dispatch.decide import schedule as schedules
from dispatch.decide import walks
from dispatch.decide.horizon import HorizonHead
from dispatch.decide.inspection import InspectionsState
from dispatch.decide.notice import NoticeState
from dispatch.decide.order import ENDED, OPEN_TO_PLAN, OrderState, Status
from dispatch.decide.record import RecordState
from dispatch.decide.roster import RosterState
from dispatch.decide.schedule import ScheduleState
from dispatch.decide.walks import WalksState
from dispatch.events import order as order_events
from dispatch.events import plan as plan_events
from dispatch.events.contract import VisitMoved, VisitsDated
from dispatch.events.envelope import Entity, Unreadable
from dispatch.events.horizon import HorizonDirected
from dispatch.events.inspection import InspectionMissed
from dispatch.events.roster import DutyDirected
from dispatch.events.round import WalksPublished
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.model.catalogue import Category
from dispatch.model.policy import Policy
from dispatch.model.time import local_day
from dispatch.planning.visit_orders import VisitOrder, after, opened_for

KEEP_ROUTES = dt.timedelta(days=2)
"""How long a finished duty is kept in memory; the log keeps it for ever."""

KEEP_DUTIES = dt.timedelta(days=91)
"""How long a rostered duty is kept in memory; after that only that it was worked, ..."""

KEEP_WORKED = dt.timedelta(days=365)
"""... for as long as this: over that year nights, weekends and holidays are to be equal."""

KEEP_WALKS = dt.timedelta(days=14)
"""How long a walk that was planned is kept in memory; new starts differ from the last few."""

KEEP_VISITS = dt.timedelta(days=800)
"""How long what came of a contract's visits is kept in memory; promises are for a year at most, and count back."""

KEEP_DATES = dt.timedelta(days=31)
"""How long a date of a contract that has passed is kept in memory."""

KEEP_INSPECTIONS = dt.timedelta(days=62)
"""How long an inspection that was planned is kept in memory: as long as its month goes on, and its marks come in."""

WITHDRAWN = "withdraw"
"""What the plan head calls the end of an order that a round or contract does not ask for any more."""


class Dirt(Flag):
    """What an event calls for: nothing, placing new orders, looking at all of them again, opening rounds and visits of
    contracts, looking whether orders belong to other areas, or looking at what is planned ahead."""

    CLEAN = 0
    NEW = auto()
    ALL = auto()
    ROUNDS = auto()
    HOMES = auto()
    HORIZONS = auto()


_ORDER_DIRT: dict[type[Struct], Dirt] = {
    order_events.OrderOpened: Dirt.NEW,
    order_events.OrderRescheduled: Dirt.NEW,
    order_events.VisitRefused: Dirt.ALL,
    order_events.OrderPinned: Dirt.ALL,
    order_events.OrderUnpinned: Dirt.ALL,
    order_events.OrderCancelled: Dirt.ALL,
    order_events.OrderMoved: Dirt.ALL,
    order_events.VisitFailed: Dirt.ALL,
    order_events.WorkerArrived: Dirt.ALL,
    order_events.VisitDone: Dirt.ALL,
    plan_events.PlanDirected: Dirt.ALL,
}
_RECORD_DIRT: dict[str, Dirt] = {
    "worker": Dirt.ALL | Dirt.HORIZONS,
    "place": Dirt.ALL | Dirt.HORIZONS,
    "zone": Dirt.HORIZONS,
    "round": Dirt.ROUNDS | Dirt.HORIZONS,
    "post": Dirt.HORIZONS,
    "contract": Dirt.ROUNDS | Dirt.HORIZONS,
    "policy": Dirt.ALL | Dirt.ROUNDS | Dirt.HORIZONS,
}
_LAPSES = (
    order_events.VisitFailed,
    order_events.OrderCancelled,
    order_events.OrderClosed,
    order_events.OrderRescheduled,
)
"""After these a contract may want a visit on another day."""
_OWN = (
    order_events.OrderPlanned,
    order_events.OrderUnplanned,
    order_events.OrderShort,
    order_events.OrderTold,
    order_events.OrderSpecified,
)


class Occurrence(Struct, frozen=True):
    """One walk of a round that was opened, for the window ``[start, end)``."""

    round: str | None
    start: dt.datetime
    end: dt.datetime


class AreaState:
    """One area as of ``position``. Orders that ended are forgotten; the log remembers them.

    ``closed``: those that were done, as they were when they were closed. What was done counts for its day, and is where
    somebody is, whatever became of the order.
    """

    def __init__(self, area: str, catalogue: Mapping[str, Category] | None = None) -> None:
        """``catalogue``: the categories of work, which hold in every area; what it gains later counts, too."""
        self.area = area
        self._catalogue = {} if catalogue is None else catalogue
        self.position = 0
        self.positions: dict[Entity, int] = {}
        self.orders: dict[str, OrderState] = {}
        self.closed: dict[str, OrderState] = {}
        self.workers: dict[str, RecordState] = {}
        self.places: dict[str, RecordState] = {}
        self.zones: dict[str, RecordState] = {}
        self.rounds: dict[str, RecordState] = {}
        self.posts: dict[str, RecordState] = {}
        self.contracts: dict[str, RecordState] = {}
        self.policies: dict[str, RecordState] = {}
        self.schedules: dict[str, ScheduleState] = {}
        self.rosters: dict[str, RosterState] = {}
        self.walks: dict[str, WalksState] = {}
        self.horizons: dict[str, HorizonHead] = {}
        self.inspections: dict[str, InspectionsState] = {}
        self.notices: dict[str, NoticeState] = {}
        self.head = plans.PlanHead()
        self.household_workers: dict[str, tuple[str, ...]] = {}
        self.new: set[str] = set()
        self.opened_rounds: dict[str, Occurrence] = {}
        self.withdrawn: dict[str, dt.datetime] = {}
        self.visit_orders: dict[str, VisitOrder] = {}
        self._records = {
            "worker": self.workers,
            "place": self.places,
            "zone": self.zones,
            "round": self.rounds,
            "post": self.posts,
            "contract": self.contracts,
            "policy": self.policies,
        }

    @property
    def policy(self) -> Policy:
        """The policy in force, the default one until the area sets its own."""
        state = self.policies.get(records.POLICY_ID)
        item: Policy = Policy() if state is None else state.item
        return item

    @property
    def catalogue(self) -> Mapping[str, Category]:
        """The categories of work by id."""
        return self._catalogue

    @property
    def policy_position(self) -> int:
        """The log position the policy was set at; 0 for the default one."""
        return self.positions.get(Entity(self.area, "policy", records.POLICY_ID), 0)

    def position_of(self, entity: Entity) -> int:
        """The position of the last event of ``entity`` that was folded here; 0 if none."""
        return self.positions.get(entity, 0)

    def take(self, position: int, entity: Entity, event: Struct, at: dt.datetime) -> Dirt:
        """Fold one event of this area; returns what it calls for. Events seen before change nothing."""
        if position <= self.positions.get(entity, 0):
            return Dirt.CLEAN
        self.positions[entity] = position
        self.position = max(self.position, position)
        if isinstance(event, Unreadable):
            return Dirt.CLEAN
        match entity.kind:
            case "order":
                return self._take_order(entity, event, at)
            case "schedule":
                self._take_schedule(entity.id, event, at)
            case "plan":
                if isinstance(event, plan_events.PlanDirected) and event.verb == WITHDRAWN:
                    opened = self.opened_rounds.get(event.order)
                    self.withdrawn[event.order] = at if opened is None else opened.end
                self.head = plans.evolve(self.head, event, at) or self.head
                return _ORDER_DIRT.get(type(event), Dirt.CLEAN)
            case "roster":
                return self._take_roster(entity.id, event, at)
            case "horizon":
                self.horizons[entity.id] = horizons.evolve(self.horizons.get(entity.id), event, at) or HorizonHead()
                return Dirt.HORIZONS if isinstance(event, HorizonDirected) else Dirt.CLEAN
            case "inspection":
                self.inspections[entity.id] = (
                    inspections.evolve(self.inspections.get(entity.id), event, at) or InspectionsState()
                )
                return Dirt.HORIZONS if isinstance(event, InspectionMissed) else Dirt.CLEAN
            case "notice":
                self._take_notice(entity.id, event, at)
            case "round" if isinstance(event, WalksPublished):
                self.walks[entity.id] = walks.evolve(self.walks.get(entity.id), event, at) or WalksState()
                return Dirt.ROUNDS
            case kind if kind in self._records:
                return self._take_record(kind, entity.id, event, at)
        return Dirt.CLEAN

    def _take_order(self, entity: Entity, event: Struct, at: dt.datetime) -> Dirt:
        before = self.orders.get(entity.id)
        state = orders.evolve(before, event, at)
        if state is None:
            return Dirt.CLEAN
        if isinstance(event, order_events.OrderOpened) and event.origin is order_events.Origin.ROUND:
            window = event.windows[-1]
            self.opened_rounds[entity.id] = Occurrence(event.round, window.start, window.end)
        if isinstance(event, order_events.VisitDone) and state.opened.household:
            self.household_workers[state.opened.household] = state.workers
        if state.status in ENDED:
            self.orders.pop(entity.id, None)
            if before is not None and before.status is Status.DONE:
                self.closed[entity.id] = before
            if state.status is not Status.MOVED:
                # What ended is never written again; what moved may come back.
                self.positions.pop(entity, None)
            self.new.discard(entity.id)
        else:
            self.orders[entity.id] = state
        dirt = _ORDER_DIRT.get(type(event), Dirt.CLEAN)
        if dirt is Dirt.NEW:
            self.new.add(entity.id)
        elif isinstance(event, _OWN) or state.status is not Status.OPENED:
            self.new.discard(entity.id)
        of_contract = self._take_visit(entity.id, event, state)
        return dirt | Dirt.HORIZONS if of_contract and isinstance(event, _LAPSES) else dirt

    def _take_visit(self, order_id: str, event: Struct, state: OrderState) -> bool:
        """Note what came of a contract's visit; whether the order is one."""
        zone = self.policy.time_zone
        known = opened_for(event, zone) or self.visit_orders.get(order_id)
        if known is None:
            return False
        record = self.contracts.get(known.contract)
        stands = record is not None and known.visit in record.dated.visits
        self.visit_orders[order_id] = after(known, state, zone, stands=stands)
        return True

    def _take_schedule(self, worker: str, event: Struct, at: dt.datetime) -> None:
        state = schedules.evolve(self.schedules.get(worker), event, at)
        if state is not None:
            self.schedules[worker] = state

    def _take_notice(self, key: str, event: Struct, at: dt.datetime) -> None:
        """What was put right is over; the log remembers it."""
        state = notices.evolve(self.notices.get(key), event, at)
        if state is not None and not state.put_right:
            self.notices[key] = state
        else:
            self.notices.pop(key, None)

    def _take_roster(self, worker: str, event: Struct, at: dt.datetime) -> Dirt:
        """Whoever is on duty at other times can do other visits, as far ahead as days are planned."""
        before = self.rosters.get(worker)
        state = rosters.evolve(before, event, at)
        if state is None:
            return Dirt.CLEAN
        self.rosters[worker] = state
        if isinstance(event, DutyDirected):
            return Dirt.ALL
        known = {} if before is None else before.duties
        last = local_day(at, self.policy.time_zone) + dt.timedelta(days=self.policy.horizon_days - 1)
        changed = (day for day in known.keys() | state.duties.keys() if known.get(day) != state.duties.get(day))
        return Dirt.ALL if any(day <= last for day in changed) else Dirt.CLEAN

    def _take_record(self, kind: str, key: str, event: Struct, at: dt.datetime) -> Dirt:
        state = records.evolve(self._records[kind].get(key), event, at)
        if state is not None:
            self._records[kind][key] = state
        if isinstance(event, (VisitsDated, VisitMoved)):
            return Dirt.ROUNDS
        own = type(event).__name__
        if own == "PromisesAtRisk":
            return Dirt.CLEAN
        return Dirt.ALL if own in {"ZoneGiven", "ZoneUncovered"} else _RECORD_DIRT[kind]

    def forget(self, now: dt.datetime) -> None:
        """Drop routes of duties that ended, and rounds whose band closed, more than `KEEP_ROUTES` ago.

        So go duties, that they were worked, walks, inspections, dates of contracts and what came of them after
        `KEEP_DUTIES`, `KEEP_WORKED`, `KEEP_WALKS`, `KEEP_INSPECTIONS`, `KEEP_DATES` and `KEEP_VISITS`.

        With its routes goes what stood on them and was closed. A route with a visit nobody reported on is kept: it is
        taken off there once it is planned anew.
        """
        self.opened_rounds = {key: one for key, one in self.opened_rounds.items() if one.end > now - KEEP_ROUTES}
        self.rosters = {key: self._worked_of(key, one, now) for key, one in self.rosters.items()}
        self.walks = {key: one.from_day((now - KEEP_WALKS).date()) for key, one in self.walks.items()}
        first = (now - KEEP_INSPECTIONS).date()
        self.inspections = {key: one.from_day(first) for key, one in self.inspections.items()}
        self.withdrawn = {key: end for key, end in self.withdrawn.items() if end > now - KEEP_ROUTES}
        long_ago = (now - KEEP_VISITS).date()
        self.visit_orders = {key: one for key, one in self.visit_orders.items() if one.day >= long_ago}
        for key, record in self.contracts.items():
            passed = (now - KEEP_DATES).date()
            if any(one.day < passed for one in record.dated.visits.values()):
                self.contracts[key] = replace(record, dated=record.dated.from_day(passed))
        for worker, state in self.schedules.items():
            kept = {
                duty: route
                for duty, route in state.routes.items()
                if route.end > now - KEEP_ROUTES or any(map(self._is_open, route.stops))
            }
            if len(kept) != len(state.routes):
                self.schedules[worker] = ScheduleState(kept)
        if self.closed:
            standing = {stop.order for _, route in self.routes() for stop in route.stops}
            self.closed = {
                key: order
                for key, order in self.closed.items()
                if key in standing or (order.done_at is not None and order.done_at > now - KEEP_ROUTES)
            }

    def _worked_of(self, worker: str, roster: RosterState, now: dt.datetime) -> RosterState:
        first, worked_from = (now - KEEP_DUTIES).date(), (now - KEEP_WORKED).date()
        record = self.workers.get(worker)
        return roster.from_day(first, away=() if record is None else record.away, worked_from=worked_from)

    def order_of(self, stop: ScheduledStop) -> OrderState | None:
        """The order of a stop; one that was closed since as it was done, None if nothing is known of it any more."""
        return self.orders.get(stop.order) or self.closed.get(stop.order)

    def _is_open(self, stop: ScheduledStop) -> bool:
        order = self.orders.get(stop.order)
        return order is not None and order.status in OPEN_TO_PLAN

    def has_workers(self) -> bool:
        """Whether there is anybody who can be sent."""
        return any(not record.retired for record in self.workers.values())

    def active_workers(self) -> dict[str, RecordState]:
        """Everybody who can be sent, by id, in order of their ids."""
        return {key: record for key, record in sorted(self.workers.items(), key=itemgetter(0)) if not record.retired}

    def routes(self) -> list[tuple[str, RouteChanged]]:
        """All routes in memory as (worker, route), by worker and time."""
        return [
            (worker, state.routes[duty])
            for worker, state in sorted(self.schedules.items())
            for duty in sorted(state.routes)
        ]
