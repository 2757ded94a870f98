"""A plan that is more than one append takes, in parts: each leaves every schedule consistent, whatever follows it.

Parts share no order: what hangs together by its orders stays together. Only where that alone is too much for one
append, its visits are first taken off, then placed again in order of time; they are unplanned for that moment.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from dispatch.events.envelope import Entity
from dispatch.events.order import OrderPlanned, OrderUnplanned, ReasonGiven
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.zone import ZoneGiven, ZoneUncovered
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.solver.rules import Rule

_BEING_MOVED = "It is being moved: the plan is too large for one append, and the next part of it says where to."


def parts_of(state: AreaState, batch: Batch, limit: int, *, loosen: bool = True) -> list[Batch] | None:
    """``batch`` as parts of at most ``limit`` events, to be appended in this order, each under the plan head.

    One that fits stays as it is. Without ``loosen`` nothing is taken off for a moment; None if it would have to be.
    Each part is a plan with a number of its own; ``why`` says which part, all other figures are of the whole.
    """
    if size_of(batch) <= limit:
        return [batch]
    rest = dict(batch)
    heads = {entity: rest.pop(entity) for entity in batch if entity.kind == "plan"}
    room = limit - size_of(heads)
    if any(entity.kind == "zone" for entity in rest):
        pieces = list(_zones(state, rest))
    else:
        pieces = []
        for piece in _connected(state, rest):
            if size_of(piece) <= room:
                pieces.append(piece)
            elif not loosen:
                return None
            else:
                pieces.extend(_Loose(state, piece).pieces(room))
    packed = _packed(pieces, room)
    return [_numbered(part, heads, index, len(packed)) for index, part in enumerate(packed)]


def size_of(batch: Batch) -> int:
    """How many events ``batch`` has."""
    return sum(map(len, batch.values()))


def _packed(pieces: Iterable[Batch], room: int) -> list[Batch]:
    """Pieces side by side as long as they fit; two about the same entity are never put together."""
    packed: list[Batch] = []
    size = room + 1
    for piece in pieces:
        if size + size_of(piece) > room or not packed[-1].keys().isdisjoint(piece):
            packed.append({})
            size = 0
        packed[-1].update(piece)
        size += size_of(piece)
    return packed


def _numbered(part: Batch, heads: Batch, index: int, count: int) -> Batch:
    for entity, (head,) in heads.items():
        assert isinstance(head, PlanCommitted)
        number, why = head.number + index, f"{head.why}, part {index + 1} of {count}"
        first: Batch = {entity: [replace(head, number=number, parent=number - 1, why=why)]}
        return first | {key: [_in_plan(event, number) for event in events] for key, events in part.items()}
    return part


def _in_plan(event: Struct, number: int) -> Struct:
    return replace(event, plan=number) if "plan" in event.__struct_fields__ else event


def _zones(state: AreaState, batch: Batch) -> Iterator[Batch]:
    """Zone by zone: what leaves a helper first, so that nobody ever has more than the cap."""
    given: list[Batch] = []
    reason = ReasonGiven(rule=Rule.MOVED, message=_BEING_MOVED)
    for entity, events in batch.items():
        (event,) = events
        if isinstance(event, ZoneGiven):
            given.append({entity: events})
            if state.zones[entity.id].helper is not None:
                yield {entity: [ZoneUncovered(reasons=(reason,), plan=event.plan)]}
        else:
            yield {entity: events}
    yield from given


def _connected(state: AreaState, batch: Batch) -> Iterator[Batch]:
    """``batch`` in the smallest pieces of which no two share an order that changes or a schedule."""
    leader: dict[Entity, Entity] = {entity: entity for entity in batch}

    def find(entity: Entity) -> Entity:
        while leader[entity] != entity:
            leader[entity] = leader[leader[entity]]
            entity = leader[entity]
        return entity

    for entity, events in batch.items():
        for event in events:
            if isinstance(event, RouteChanged):
                for stop in (*_stops_before(state, entity, event), *event.stops):
                    order = Entity(entity.area, "order", stop.order)
                    if order in leader:
                        leader[find(order)] = find(entity)
    pieces: dict[Entity, Batch] = defaultdict(dict)
    for entity, events in batch.items():
        pieces[find(entity)][entity] = events
    yield from pieces.values()


def _stops_before(state: AreaState, entity: Entity, event: RouteChanged) -> tuple[ScheduledStop, ...]:
    schedule = state.schedules.get(entity.id)
    route = None if schedule is None else schedule.routes.get(event.duty)
    return () if route is None else route.stops


class _Loose:
    """A piece too large for one append. Every visit that moves is taken off, then placed again in order of time.

    A route that holds only what begins earlier is one somebody can follow: nobody is ever sent to where the way is
    not yet counted.
    """

    def __init__(self, state: AreaState, piece: Batch) -> None:
        self._area = state.area
        self._final: dict[Entity, list[RouteChanged]] = {}
        self._stands: dict[tuple[Entity, str], tuple[ScheduledStop, ...]] = {}
        self._rests: dict[tuple[Entity, str], tuple[tuple[dt.datetime, dt.datetime], ...]] = {}
        self._events: dict[str, list[Struct]] = {}
        self._beside: Batch = {}
        self._on: dict[str, set[Entity]] = defaultdict(set)
        for entity, events in piece.items():
            if entity.kind == "schedule":
                self._take_routes(state, entity, events)
            elif any(isinstance(event, (OrderPlanned, OrderUnplanned)) for event in events):
                self._events[entity.id] = events
            else:
                self._beside[entity] = events
        self._stood = {stop.order for stops in self._stands.values() for stop in stops}
        self._off: set[str] = set(self._events)

    def _take_routes(self, state: AreaState, entity: Entity, events: Sequence[Struct]) -> None:
        for event in events:
            assert isinstance(event, RouteChanged)
            before = _stops_before(state, entity, event)
            self._final.setdefault(entity, []).append(event)
            self._stands[entity, event.duty] = before
            schedule = state.schedules.get(entity.id)
            known = None if schedule is None else schedule.routes.get(event.duty)
            self._rests[entity, event.duty] = event.rests if known is None else known.rests
            for stop in (*before, *event.stops):
                self._on[stop.order].add(entity)

    def pieces(self, room: int) -> Iterator[Batch]:
        """The pieces in order, each of at most ``room`` events."""
        standing = sorted(self._stood & self._events.keys())
        for orders in self._chunks(standing, lambda order: 1 if self._start(order) else self._count(order), room):
            yield self._without(orders)
        for entity, events in self._beside.items():
            yield {entity: events}
        for order in sorted(self._events.keys() - self._stood):
            if self._start(order) is None:
                yield {Entity(self._area, "order", order): self._events[order]}
        planned = sorted((start, order) for order in self._events if (start := self._start(order)) is not None)
        for orders in self._chunks([order for _, order in planned], self._count, room):
            yield self._placed(orders)
        for worker in self._final:
            if changed := self._routes_of(worker):
                yield {worker: changed}

    def _chunks(self, orders: Sequence[str], cost: Callable[[str], int], room: int) -> Iterator[list[str]]:
        """``orders`` in turn, as many at once as fit into ``room`` together with the routes they stand on."""
        chunk: list[str] = []
        size, touched = 0, set[Entity]()
        for order in orders:
            new = self._on[order] - touched
            more = cost(order) + sum(len(self._final[worker]) for worker in new)
            if chunk and size + more > room:
                yield chunk
                chunk, size, touched, new = [], 0, set(), self._on[order]
                more = cost(order) + sum(len(self._final[worker]) for worker in new)
            chunk.append(order)
            size += more
            touched |= new
        if chunk:
            yield chunk

    def _without(self, orders: Sequence[str]) -> Batch:
        """Take ``orders`` off; those that are to stay out are told why at once."""
        piece: Batch = {}
        reasons = (ReasonGiven(rule=Rule.UNPLANNED, message=_BEING_MOVED),)
        for order in orders:
            final = self._events[order]
            moves = self._start(order) is not None
            piece[Entity(self._area, "order", order)] = [OrderUnplanned(reasons=reasons, plan=0)] if moves else final
        gone = set(orders)
        for worker in sorted({worker for order in orders for worker in self._on[order]}):
            for route in self._final[worker]:
                key = worker, route.duty
                kept = tuple(stop for stop in self._stands[key] if stop.order not in gone)
                if kept != self._stands[key]:
                    self._stands[key] = kept
                    piece.setdefault(worker, []).append(replace(route, stops=kept, rests=self._rests[key]))
        return piece

    def _placed(self, orders: Sequence[str]) -> Batch:
        self._off.difference_update(orders)
        piece: Batch = {Entity(self._area, "order", order): self._events[order] for order in orders}
        for worker in sorted({worker for order in orders for worker in self._on[order]}):
            if changed := self._routes_of(worker):
                piece[worker] = changed
        return piece

    def _routes_of(self, worker: Entity) -> list[Struct]:
        """The routes of ``worker`` as they are to be, less what is not placed yet; only those that change."""
        changed: list[Struct] = []
        for route in self._final[worker]:
            key = worker, route.duty
            stops = tuple(stop for stop in route.stops if stop.order not in self._off)
            if (stops, route.rests) != (self._stands[key], self._rests[key]):
                self._stands[key], self._rests[key] = stops, route.rests
                changed.append(replace(route, stops=stops))
        return changed

    def _count(self, order: str) -> int:
        return len(self._events[order])

    def _start(self, order: str) -> dt.datetime | None:
        """When ``order`` is to begin; None if it is to stay out."""
        planned = [event for event in self._events[order] if isinstance(event, OrderPlanned)]
        return planned[0].start if planned else None
