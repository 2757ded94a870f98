"""A plan too large for one append: after each of its parts everybody stands where their orders say they stand."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict

import pytest
from msgspec import Struct

from dispatch.decide.plan import head_of
from dispatch.events.envelope import Entity
from dispatch.events.order import OrderOpened, OrderPlanned, OrderTold, OrderUnplanned, Origin, ReasonGiven
from dispatch.events.plan import PlanCommitted
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.zone import ZoneGiven, ZoneRegistered, ZoneUncovered
from dispatch.model.catalogue import Kind
from dispatch.model.places import PlaceRef, Zone
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.parts import parts_of, size_of

AREA = "east"
NOW = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
SLOT = dt.timedelta(minutes=30)
END = NOW + dt.timedelta(hours=12)

Crews = dict[str, tuple[tuple[str, ...], int]]
"""By order: who does it together, and in which half hour."""


def head(number: int) -> PlanCommitted:
    """A plan that becomes current."""
    return PlanCommitted(
        number=number, parent=number - 1, saw=1, policy=0, why="looked again", solver="s", seed=1, budget=0, used=0,
        repeatable=True, cost={}, planned=1, moved=0, unplanned=0,
    )  # fmt: skip


def drawn(draw: random.Random, orders: int, workers: int) -> Crews:
    """Crews of one or two such that nobody is in two places; some orders find no room."""
    taken: set[tuple[str, int]] = set()
    crews: Crews = {}
    for order in range(orders):
        crew = tuple(sorted(draw.sample([f"w{number}" for number in range(workers)], draw.choice((1, 1, 1, 2)))))
        slot = draw.randrange(20)
        if not any((worker, slot) in taken for worker in crew):
            taken |= {(worker, slot) for worker in crew}
            crews[f"o{order}"] = (crew, slot)
    return crews


def routes_of(crews: Crews) -> dict[str, RouteChanged]:
    """The route of everybody."""
    stops: dict[str, list[ScheduledStop]] = defaultdict(list)
    for order, (crew, slot) in sorted(crews.items(), key=lambda one: one[1][1]):
        start = NOW + slot * SLOT
        for worker in crew:
            stops[worker].append(
                ScheduledStop(
                    order=order, category="tap", place=PlaceRef(unit="b1"), arrive=start, start=start, end=start + SLOT,
                    crew=tuple(other for other in crew if other != worker),
                )
            )  # fmt: skip
    return {worker: RouteChanged(duty="d", start=NOW, end=END, stops=tuple(on), plan=0) for worker, on in stops.items()}


def planned(crew: tuple[str, ...], slot: int) -> OrderPlanned:
    """The order as it is planned."""
    return OrderPlanned(workers=crew, start=NOW + slot * SLOT, end=NOW + (slot + 1) * SLOT, plan=0)


def change(before: Crews, after: Crews) -> Batch:
    """The one batch that leads from ``before`` to ``after``."""
    batch: Batch = {head_of(AREA): [head(2)]}
    empty = RouteChanged(duty="d", start=NOW, end=END, stops=(), plan=0)
    old, new = routes_of(before), routes_of(after)
    for order in sorted(before.keys() | after.keys()):
        entity = Entity(AREA, "order", order)
        if order not in after:
            batch[entity] = [OrderUnplanned(reasons=(ReasonGiven(rule="shift", message="No."),), plan=0)]
        elif before.get(order) != after[order]:
            crew, slot = after[order]
            batch[entity] = [planned(crew, slot), OrderTold(workers=crew, start=NOW + slot * SLOT)]
    for worker in sorted(old.keys() | new.keys()):
        if old.get(worker) != new.get(worker):
            batch[Entity(AREA, "schedule", worker)] = [new.get(worker, empty)]
    return batch


class Area:
    """An area that takes in batches one after the other."""

    def __init__(self, crews: Crews, orders: int) -> None:
        self.state = AreaState(AREA)
        self.position = 0
        opened = OrderOpened(
            origin=Origin.REQUEST, kind=Kind.REPAIR, category="tap", place=PlaceRef(unit="b1"), reported_at=NOW
        )
        self.take({Entity(AREA, "order", f"o{number}"): [opened] for number in range(orders)})
        self.take({head_of(AREA): [head(1)], **change({}, crews)} | {head_of(AREA): [head(1)]})

    def take(self, batch: Batch) -> None:
        """Fold a batch."""
        for entity, events in batch.items():
            for event in events:
                self.position += 1
                self.state.take(self.position, entity, event, NOW)

    def wrong(self) -> list[str]:
        """Orders that stand elsewhere than they say, and people in two places."""
        found: list[str] = []
        on: dict[str, dict[str, ScheduledStop]] = defaultdict(dict)
        for worker, route in self.state.routes():
            for first, second in zip(route.stops, route.stops[1:], strict=False):
                if first.end > second.start:
                    found.append(f"{worker} is at {first.order} and {second.order}")
            for stop in route.stops:
                on[stop.order][worker] = stop
        for key, order in self.state.orders.items():
            stands = {(worker, stop.start, stop.end) for worker, stop in on[key].items()}
            if stands != {(worker, order.start, order.end) for worker in order.workers}:
                found.append(f"{key} is planned for {order.workers} at {order.start} and stands on {stands}")
            if not order.workers and not order.reasons and order.plan:
                found.append(f"{key} is out of the plan and nobody says why")
        return found


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("limit", [12, 40])
def test_after_each_part_everybody_stands_where_their_orders_say(seed: int, limit: int) -> None:
    draw = random.Random(seed)
    before, after = drawn(draw, 60, 12), drawn(draw, 60, 12)
    batch = change(before, after)
    area, at_once = Area(before, 60), Area(before, 60)
    parts = parts_of(area.state, batch, limit)
    assert parts is not None and len(parts) > 2
    for number, part in enumerate(parts, start=2):
        assert size_of(part) <= limit
        (made,) = part[head_of(AREA)]
        assert isinstance(made, PlanCommitted)
        assert (made.number, made.parent, made.why) == (
            number, number - 1, f"looked again, part {number - 1} of {len(parts)}",
        )  # fmt: skip
        area.take(part)
        assert area.wrong() == []
    at_once.take(batch)
    assert [(w, r.stops) for w, r in area.state.routes()] == [(w, r.stops) for w, r in at_once.state.routes()]
    for key, order in at_once.state.orders.items():
        found = area.state.orders[key]
        assert (found.workers, found.start, found.status, found.reasons) == (
            order.workers, order.start, order.status, order.reasons,
        )  # fmt: skip


def moved_in_place(orders: int) -> tuple[Crews, Crews]:
    """Everybody keeps their one order, half an hour later."""
    before: Crews = {f"o{number}": ((f"w{number}",), 3) for number in range(orders)}
    return before, {order: (crew, slot + 1) for order, (crew, slot) in before.items()}


def test_what_shares_no_order_is_never_taken_off() -> None:
    before, after = moved_in_place(30)
    area = Area(before, 30)
    parts = parts_of(area.state, change(before, after), 20, loosen=False)
    assert parts is not None and len(parts) == 5
    events = [event for part in parts for happened in part.values() for event in happened]
    assert not [event for event in events if isinstance(event, OrderUnplanned)]
    for part in parts:
        area.take(part)
        assert area.wrong() == []
        assert all(order.workers for order in area.state.orders.values())


def test_what_hangs_together_is_not_taken_apart_unasked() -> None:
    before: Crews = {f"o{number}": ((f"w{number}",), 3) for number in range(30)}
    after: Crews = {f"o{number}": ((f"w{(number + 1) % 30}",), 3) for number in range(30)}
    area = Area(before, 30)
    assert parts_of(area.state, change(before, after), 20, loosen=False) is None
    assert parts_of(area.state, change(before, after), 200, loosen=False) == [change(before, after)]


def test_zones_change_hands_without_anybody_having_more_than_before_and_after() -> None:
    state = AreaState(AREA)
    position = 0

    def take(entity: Entity, event: Struct) -> None:
        nonlocal position
        position += 1
        state.take(position, entity, event, NOW)

    zones = [Entity(AREA, "zone", f"z{number}") for number in range(40)]
    for entity in zones:
        take(entity, ZoneRegistered(zone=Zone(id=entity.id, place="b1", households=1, minutes_per_day=10)))
    for number, entity in enumerate(zones[:30]):
        take(entity, ZoneGiven(helper=f"h{number % 3}", plan=1))
    batch: Batch = {head_of(AREA): [head(2)]}
    batch |= {entity: [ZoneGiven(helper=f"h{(number + 1) % 3}", plan=2)] for number, entity in enumerate(zones)}
    cap = 14
    parts = parts_of(state, batch, 9)
    assert parts is not None
    uncovered = 0
    for part in parts:
        assert size_of(part) <= 9
        for entity, (event,) in part.items():
            if entity.kind == "zone":
                take(entity, event)
                uncovered += isinstance(event, ZoneUncovered)
        held = [record.helper for record in state.zones.values()]
        assert max(held.count(f"h{number}") for number in range(3)) <= cap
    assert uncovered == 30
    assert [state.zones[entity.id].helper for entity in zones] == [f"h{(number + 1) % 3}" for number in range(40)]
