"""Zones: what is asked of the solver, and the events by which the answer becomes so, each once."""

from __future__ import annotations

from typing import Any

import pytest
from core.decide.given import NOW, Happening, on
from core.decide.sample import (
    ESTATE,
    HEAD,
    HOUR,
    LAMP,
    MINUTE,
    POLICY,
    SITE,
    WEEK,
    ZONE,
    entity,
    opened,
    order_entity,
    worker,
)
from core.planning.folded import add, commit, folded
from msgspec import Struct
from msgspec.structs import replace

from dispatch.events import order as o
from dispatch.events.place import PlaceRegistered
from dispatch.events.plan import PlanCommitted
from dispatch.events.policy import PolicySet
from dispatch.events.schedule import RouteChanged, ScheduledStop
from dispatch.events.worker import WorkerChanged, WorkerRegistered, WorkerRetired
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneRegistered, ZoneRetired, ZoneUncovered
from dispatch.model.people import Caps, Role, Shift, SkillHeld
from dispatch.model.places import PlaceRef
from dispatch.model.policy import ZonePolicy
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.commit import Batch
from dispatch.planning.zone_moves import zone_batch
from dispatch.planning.zones import build_zones
from dispatch.solver.checks import check, faults
from dispatch.solver.zone_problem import ZoneWeights
from dispatch.solver.zones.give import give_zones


def cleaner(key: str, households: int | None = None, minutes: int | None = None) -> tuple[Happening, ...]:
    """Somebody who can be given zones."""
    fields = {
        "role": Role.CLEANER,
        "skills": (SkillHeld(skill="cleaning"),),
        "shifts": (Shift(start="06:00", end="14:00", days=WEEK),),
        "caps": Caps(households=households, minutes_per_day=minutes),
    }
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **fields)))


def zones(count: int, households: int = 30) -> tuple[Happening, ...]:
    """So many zones, z1 among them as it is."""
    return tuple(
        one
        for n in range(2, count + 1)
        for one in on(entity("zone", f"z{n}"), ZoneRegistered(zone=replace(ZONE, id=f"z{n}", households=households)))
    )


def given_out(state: AreaState) -> Batch:
    """The events by which a checked plan of the zones becomes current."""
    problem = build_zones(state, NOW)
    assert problem is not None
    plan = give_zones(problem, budget=10, seed=1)
    assert check(problem, plan) == []
    return zone_batch(state, plan, NOW)


def test_where_no_zone_is_registered_nothing_is_asked() -> None:
    assert build_zones(AreaState("east"), NOW) is None
    state = folded(ESTATE, on(entity("zone", "z1"), ZoneRetired()))
    assert build_zones(state, NOW) is None


def test_only_those_who_clean_or_help_are_asked_and_the_policy_caps_whom_nothing_else_caps() -> None:
    state = folded(ESTATE, cleaner("c1"), cleaner("c2", 0), cleaner("c3", 7), cleaner("c4"))
    add(state, on(entity("worker", "c4"), WorkerRetired()))
    problem = build_zones(state, NOW)
    assert problem is not None
    assert {one.id: one.max_households for one in problem.helpers} == {"c1": 40, "c2": 0, "c3": 7}


def test_what_is_given_is_written_once_with_its_plan_and_then_stands() -> None:
    state = folded(ESTATE, zones(2), cleaner("c1"), cleaner("c2"))
    events = given_out(state)
    (head,) = events[HEAD]
    assert isinstance(head, PlanCommitted)
    assert (head.number, head.parent, head.why, head.planned, head.unplanned) == (1, 0, "zones", 2, 0)
    given = {where.id: one.helper for where, (one,) in events.items() if isinstance(one, ZoneGiven)}
    # 30 households each, and 40 are the cap of one helper.
    assert sorted(given.values()) == ["c1", "c2"]
    commit(state, events)
    assert given_out(state) == {}


def visit_today(status: Struct | None) -> tuple[Happening, ...]:
    """A lamp of twenty minutes today, planned for c1, and what became of it."""
    start, end = NOW + HOUR, NOW + HOUR + 20 * MINUTE
    stop = ScheduledStop(
        order="lamp", category="lamp", place=PlaceRef(site="s1"), arrive=start, start=start, end=end, travel_min=0
    )
    route = RouteChanged(duty="20261121t2200", start=NOW - 3 * HOUR, end=NOW + 5 * HOUR, stops=(stop,), plan=1)
    happened = (opened(LAMP), o.OrderPlanned(workers=("c1",), start=start, end=end, plan=1))
    return on(order_entity("lamp"), *happened, *([] if status is None else [status])) + on(
        entity("schedule", "c1"), route
    )


TOLD = o.OrderTold(workers=("c1",), start=NOW + HOUR)
ARRIVED, DONE, CLOSED = o.WorkerArrived(worker="c1"), o.VisitDone(worker="c1"), o.OrderClosed(satisfied=True)


@pytest.mark.parametrize(
    ("status", "cap", "room"),
    [
        (None, 139, True),
        (TOLD, 139, False),
        (TOLD, 140, True),
        (ARRIVED, 139, False),
        (DONE, 139, False),
        (CLOSED, 139, False),
        (CLOSED, 140, True),
    ],
)
def test_what_is_told_or_done_today_leaves_no_room_for_a_new_zone(status: Struct | None, cap: int, room: bool) -> None:
    # The zone takes 120 minutes a day.
    state = folded(ESTATE, cleaner("c1", minutes=cap), visit_today(status))
    assert any(isinstance(one, ZoneGiven) for several in given_out(state).values() for one in several) is room


def test_on_another_day_there_is_room_again() -> None:
    state = folded(ESTATE, cleaner("c1", minutes=139), visit_today(DONE))
    tomorrow = build_zones(state, NOW + 24 * HOUR)
    assert tomorrow is not None
    assert [one.max_minutes for one in tomorrow.helpers] == [139]


def test_a_zone_somebody_has_stays_whatever_their_day_holds() -> None:
    state = folded(ESTATE, cleaner("c1", minutes=139))
    commit(state, given_out(state))
    assert state.zones["z1"].helper == "c1"
    add(state, visit_today(DONE), zones(2, households=1))
    commit(state, given_out(state))
    assert (state.zones["z1"].helper, state.zones["z2"].helper) == ("c1", None)


def test_what_nobody_can_have_is_named_with_its_rule_and_not_named_again() -> None:
    state = folded(ESTATE, zones(2), cleaner("c1"))
    events = given_out(state)
    (left,) = [one for several in events.values() for one in several if isinstance(one, ZoneUncovered)]
    assert left.reasons[0].rule == "households_cap"
    commit(state, events)
    assert given_out(state) == {}
    add(state, cleaner("c2"))
    assert len(given_out(state)) == 2


def test_a_zone_that_lies_nowhere_is_named_and_given_once_its_place_is_registered() -> None:
    nowhere = on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, place="s9")))
    state = folded(ESTATE, zones(2), cleaner("c1"), cleaner("c2"))
    commit(state, given_out(state))
    add(state, nowhere)
    events = given_out(state)
    (left,) = events.pop(entity("zone", "z1"))
    assert isinstance(left, ZoneUncovered)
    assert [(one.rule, one.hint) for one in left.reasons] == [
        ("unknown_place", "register the place 's9' in this area.")
    ]
    (head,) = events.pop(HEAD)
    assert isinstance(head, PlanCommitted)
    assert (head.planned, head.unplanned, events) == (1, 1, {})
    commit(state, {HEAD: [head], entity("zone", "z1"): [left]})
    assert state.zones["z1"].helper is None
    assert given_out(state) == {}, "it is named once"
    dirt = add(state, on(entity("place", "s9"), PlaceRegistered(place=replace(SITE, id="s9"))))
    assert dirt & Dirt.HORIZONS
    commit(state, given_out(state))
    assert state.zones["z1"].helper is not None


def test_what_is_no_id_but_somebodys_number_is_not_told_with_the_place() -> None:
    state = folded(ESTATE, on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, place="13800001111"))))
    ((left,),) = [several for where, several in given_out(state).items() if where.kind == "zone"]
    assert "(11 characters, not repeated here)" in left.reasons[0].hint


def test_a_zone_whose_helper_is_gone_is_given_to_another_and_the_others_stay() -> None:
    state = folded(ESTATE, zones(2), cleaner("c1"), cleaner("c2"))
    commit(state, given_out(state))
    before = {key: record.helper for key, record in state.zones.items()}
    gone = before["z1"]
    assert gone is not None
    add(state, on(entity("worker", gone), WorkerRetired()), cleaner("c3"))
    events = given_out(state)
    assert events.keys() == {HEAD, entity("zone", "z1")}
    commit(state, events)
    assert state.zones["z1"].helper == "c3"


def test_a_pin_of_a_dispatcher_is_followed() -> None:
    state = folded(ESTATE, cleaner("c1"), cleaner("c2"))
    for helper in ("c2", "c1", "c2"):
        add(state, on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, helper=helper))))
        commit(state, given_out(state))
        assert state.zones["z1"].helper == helper


def test_what_is_registered_of_zones_helpers_and_policy_is_asked() -> None:
    zone = replace(ZONE, minutes_per_week=600, part="north", only=("c1",), never=("c2",), adjacent=("z1", "z2", "gone"))
    policy = ZonePolicy(
        moved=7.0, distance=2.0, balance=3.0, uncovered=500.0, beyond=4.0, compact=5.0, near=12, far=30,
        workload="week", connected=True, neighbours="places",
    )  # fmt: skip
    changed = on(entity("zone", "z1"), ZoneChanged(zone=zone))
    state = folded(ESTATE, cleaner("c1"), zones(2), changed)
    worker_ = state.workers["c1"].item
    caps = replace(worker_.caps, zone_minutes_per_week=900)
    add(state, on(entity("worker", "c1"), WorkerChanged(worker=replace(worker_, serves=("north",), caps=caps))))
    add(state, on(entity("policy", "current"), PolicySet(policy=replace(POLICY, zones=policy))))
    problem = build_zones(state, NOW)
    assert problem is not None
    first, second = problem.zones
    assert (first.week_minutes, first.part, first.only, first.never) == (600, "north", ("c1",), ("c2",))
    assert first.adjacent == ("z2",), "what is itself, or is not registered, is no neighbour"
    assert (second.week_minutes, second.part, second.only, second.never, second.adjacent) == (0, None, None, (), ())
    (helper,) = problem.helpers
    assert (helper.max_week_minutes, helper.serves) == (900, ("north",))
    assert problem.weights == ZoneWeights(
        moved=7.0, distance=2.0, balance=3.0, uncovered=500.0, beyond=4.0, compact=5.0
    )
    assert (problem.near, problem.far, problem.workload) == (12, 30, "week_minutes")
    assert (problem.connected, problem.neighbours) == (True, "places")
    assert list(faults(problem)) == []


@pytest.mark.parametrize(
    ("changes", "serves", "helper"),
    [
        ({"only": ("c1",)}, None, "c1"),
        ({"never": ("c1",)}, None, "c2"),
        ({"only": ("c2",)}, None, "c2"),
        ({"part": "north"}, ("south",), "c2"),
        ({"part": "south", "never": ("c2",)}, ("south",), "c1"),
    ],
)
def test_consent_and_parts_of_town_decide_who_has_a_zone(
    changes: dict[str, Any], serves: tuple[str, ...] | None, helper: str
) -> None:
    state = folded(ESTATE, cleaner("c1"), cleaner("c2"))
    one = replace(state.workers["c1"].item, serves=serves)
    add(state, on(entity("worker", "c1"), WorkerChanged(worker=one)))
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, **changes))))
    commit(state, given_out(state))
    assert state.zones["z1"].helper == helper
