"""From the folded state to the problem: what is asked, what cannot be, what may not move, and nothing personal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, on
from core.decide.sample import (
    CATALOGUE,
    ESTATE,
    HOUR,
    LAMP,
    MINUTE,
    PLACES,
    START,
    WORKERS,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
    window,
    worker,
)
from core.planning.folded import CATEGORIES, add, folded, planned
from msgspec.structs import replace

from dispatch.events import order as o
from dispatch.events.personal import remark
from dispatch.events.place import PlaceRetired
from dispatch.events.worker import WorkerAbsent, WorkerChanged, WorkerRetired
from dispatch.events.zone import ZoneGiven
from dispatch.model.catalogue import Category, Kind, Urgency
from dispatch.model.people import Break, Caps, Shift, SkillHeld
from dispatch.model.places import PlaceRef
from dispatch.model.policy import Weights
from dispatch.planning.area import AreaState
from dispatch.planning.problem import build, off_plan, priced
from dispatch.solver import problem as ask
from dispatch.solver.problem import Span
from dispatch.solver.search.prepare import MUST
from dispatch.solver.words import PRICE_MOST

EVERYBODY_GONE = tuple(one for key in ("w1", "w2", "w3") for one in on(entity("worker", key), WorkerRetired()))
UNKNOWN = Category(id="unheard-of", kind=Kind.REPAIR, skill="plumbing")


def asked(state: AreaState, now: dt.datetime = NOW, key: str = "ord1", **how: Any) -> Any:
    """The visit that is asked for an order."""
    built = build(state, CATEGORIES, now, **how)
    return next(one for one in built.problem.visits if one.id == key)


@pytest.mark.parametrize(
    ("happened", "rule", "named"),
    [
        ((ESTATE, on(order_entity(), opened(UNKNOWN, needs=None))), "unknown_category", "unheard-of"),
        ((ESTATE, on(order_entity(), opened(place=PlaceRef(unit="attic")))), "unknown_place", "attic"),
        ((CATALOGUE, PLACES, on(order_entity(), opened())), "unknown_area", "east"),
        ((ESTATE, on(order_entity(), opened(windows=(window(NOW - HOUR, 60),)))), "window_past", "window"),
        ((ESTATE, on(order_entity(), opened(windows=(window(NOW + HOUR, 10),)))), "window", "longer"),
        (
            (ESTATE, on(entity("place", "b3-1202"), PlaceRetired()), on(order_entity(), opened())),
            "unknown_place",
            "b3-1202",
        ),
        (
            (CATALOGUE, PLACES, WORKERS, EVERYBODY_GONE, on(order_entity(), opened())),
            "unknown_area",
            "east",
        ),
    ],
)
def test_what_cannot_even_be_asked_is_left_out_with_its_rule_and_help(happened: Any, rule: str, named: str) -> None:
    built = build(folded(*happened), CATEGORIES, NOW)
    reason = built.left_out["ord1"]
    assert (reason.rule, built.problem.visits) == (rule, ())
    assert named in reason.hint


def test_a_newly_agreed_time_takes_the_place_of_what_was_promised() -> None:
    agreed = opened()
    assert agreed.needs is not None
    needs = msgspec.structs.replace(agreed.needs, due=NOW + HOUR)
    state = folded(ESTATE, on(order_entity(), msgspec.structs.replace(agreed, needs=needs)))
    promised = asked(state).due
    assert promised is not None
    add(state, on(order_entity(), o.OrderRescheduled()))
    assert asked(state).due == promised
    add(state, on(order_entity(), o.OrderRescheduled(windows=(window(NOW + 8 * HOUR, 120),))))
    assert asked(state).due is None


def test_every_order_is_asked_about_left_out_or_counted_aside_and_none_twice() -> None:
    state = folded(
        ESTATE,
        *(on(order_entity(f"o{n}"), opened(LAMP)) for n in range(4)),
        on(order_entity("lost"), opened(place=PlaceRef(unit="attic"))),
    )
    only = frozenset({"o1", "o3"})
    built = build(state, CATEGORIES, NOW, only=only)
    assert ({one.id for one in built.problem.visits}, built.aside) == (only, 3)
    whole = build(state, CATEGORIES, NOW)
    assert [one.id for one in whole.problem.visits] == ["o0", "o1", "o2", "o3"]
    assert (set(whole.left_out), whole.aside) == ({"lost"}, 0)
    assert set(whole.needs) == {one.id for one in whole.problem.visits}
    assert off_plan(state, NOW) == ["o0", "o1", "o2", "o3", "lost"]


def test_nothing_personal_is_asked_of_the_solver() -> None:
    state = folded(ESTATE, on(order_entity(), opened(household="h-1202", request="sr-13800001111")))
    text = msgspec.json.encode(build(state, CATEGORIES, NOW).problem).decode()
    assert "13800001111" not in text
    assert "h-1202" not in text
    assert "hotline" not in text


def test_the_category_as_it_is_when_it_becomes_known_says_what_the_order_takes() -> None:
    state = folded(ESTATE, on(order_entity(), opened(LAMP, needs=None)))
    built = build(state, CATEGORIES, NOW)
    assert (built.problem.visits[0].ticks, built.needs["ord1"].skill) == (LAMP.minutes, "electric")


def test_a_promise_that_has_run_out_is_counted_from_now_on() -> None:
    state = folded(ESTATE, on(order_entity(), opened(urgency=Urgency.URGENT)))
    ticks = build(state, CATEGORIES, NOW).ticks
    assert asked(state).due == ticks.down(NOW + 30 * MINUTE)
    later = NOW + HOUR
    assert asked(state, later).due == build(state, CATEGORIES, later).ticks.up(later)
    weights = state.policy.weights
    assert asked(state).late_weight == weights.late_urgent > weights.late


def test_no_order_is_priced_as_high_as_a_round_whatever_the_policy_pays() -> None:
    """A minute late may cost a million: with prices that made up for all of it, rounds would be left out for them."""
    dear = Weights(late=1e6, late_urgent=1e6, unplanned=1.0)
    orders = tuple(
        ask.Visit(
            id=f"v{priority}", spot=0, ticks=30, windows=(Span(0, 900),), due=0, late_weight=1e6, price=1.0 + priority
        )
        for priority in range(10)
    )
    made = priced([*orders], dear, now=0, horizon=20_000)
    assert max(one.price for one in made) == PRICE_MOST < MUST
    assert {one.price / before.price for one, before in zip(made, orders, strict=True)} == {PRICE_MOST / 10}
    usual = priced([replace(one, late_weight=2.0) for one in orders], dear, now=0, horizon=100)
    assert usual[0].price == 1 + 2 * 70


def test_a_certificate_that_expires_before_it_is_valid_is_none() -> None:
    never = SkillHeld(skill="plumbing", valid_from=dt.date(2026, 2, 1), expires=dt.date(2026, 1, 31))
    changed = on(
        entity("worker", "w1"), WorkerChanged(worker=worker("w1", skills=(never, SkillHeld(skill="electric"))))
    )
    built, _ = planned(folded(ESTATE, changed))
    (found,) = (one for one in built.problem.workers if one.id == "w1")
    assert [held.skill for held in found.skills] == ["electric"]


@pytest.mark.parametrize(
    ("now", "told", "frozen"),
    [
        (START - 15 * MINUTE, False, True),
        (START - 16 * MINUTE, False, False),
        (START - 120 * MINUTE, True, True),
        (START - 121 * MINUTE, True, False),
    ],
)
def test_what_is_near_or_was_told_and_is_inside_the_notice_period_is_frozen(
    now: dt.datetime, told: bool, frozen: bool
) -> None:
    more = (o.OrderTold(workers=("w1", "w2"), start=START),) if told else ()
    state = folded(ESTATE, planned_order(*more), on_the_plan())
    pin = asked(state, now).pin
    assert (pin is not None and pin.why == "frozen") is frozen
    assert asked(state, now, thaw=frozenset({"ord1"})).pin is None


@pytest.mark.parametrize(
    "why",
    [
        on(entity("worker", "w2"), WorkerRetired()),
        on(entity("worker", "w2"), WorkerAbsent(start=START, end=START + HOUR)),
        on(order_entity(), o.VisitRefused(worker="w2", remark=remark("ill"))),
    ],
    ids=["retired", "absent", "refused"],
)
def test_what_is_near_and_can_no_longer_stand_is_not_frozen(why: Any) -> None:
    state = folded(ESTATE, planned_order(), on_the_plan(), why)
    assert asked(state, START - 10 * MINUTE).pin is None


def test_a_dispatchers_pin_stands_with_everybody_it_names_and_is_stronger_than_thawing() -> None:
    pinned = o.OrderPinned(workers=("w1", "w2", "w3"), start=START)
    state = folded(ESTATE, on(order_entity(), opened(LAMP), pinned))
    visit = asked(state, thaw=frozenset({"ord1"}))
    assert (visit.pin.workers, visit.people) == (("w1", "w2", "w3"), 3)
    assert build(state, CATEGORIES, NOW).ticks.at(visit.pin.start) == START


def test_who_refused_is_never_asked_again_and_whom_the_household_knows_is_preferred() -> None:
    state = folded(ESTATE, planned_order(o.VisitRefused(worker="w2", remark=remark("ill"))))
    assert asked(state).never == ("w2",)
    state.household_workers["h-1202"] = ("w3",)
    add(state, on(order_entity("next"), opened(household="h-1202")))
    assert asked(state, key="next").keep == ("w3",)
    add(state, on(entity("zone", "z1"), ZoneGiven(helper="w1", plan=1)))
    add(state, on(order_entity("yard"), opened(LAMP, place=PlaceRef(site="s1"))))
    assert asked(state, key="yard").keep == ("w1",)


def test_the_caps_of_a_day_are_shared_by_its_duties_and_what_is_done_is_taken_off() -> None:
    halves = (Shift(start="08:00", end="12:00", days=("sun",)), Shift(start="13:00", end="18:00", days=("sun",)))
    somebody = worker("w1", shifts=halves, caps=Caps(visits_per_day=5, minutes_per_day=300))
    arrived = o.WorkerArrived(worker="w1")
    morning = route(stop(start=NOW - 30 * MINUTE))
    morning = msgspec.structs.replace(morning, start=NOW - HOUR, end=NOW + 3 * HOUR)
    done = o.OrderPlanned(workers=("w1",), start=NOW - 30 * MINUTE, end=NOW + 15 * MINUTE, plan=1)
    state = folded(
        ESTATE,
        on(entity("worker", "w1"), WorkerChanged(worker=somebody)),
        on(order_entity(), opened(), done, arrived),
        on(entity("schedule", "w1"), morning),
        on(entity("zone", "z1"), ZoneGiven(helper="w1", plan=1)),
    )
    asked_worker = next(one for one in build(state, CATEGORIES, NOW).problem.workers if one.id == "w1")
    today = [one for one in asked_worker.caps if one.day == asked_worker.duties[0].day]
    # 300 minutes less 120 for the zone are 180, and 45 of them, one visit, are under way.
    assert [(one.max_visits, one.max_ticks) for one in today] == [(4, 135)]


def test_absences_told_in_pieces_are_one_and_end_with_the_duty() -> None:
    pieces = [(2, 3), (3, 5), (4, 6), (8, 30), (-5, -2)]
    away = [WorkerAbsent(start=NOW + start * HOUR, end=NOW + end * HOUR) for start, end in pieces]
    state = folded(ESTATE, on(entity("worker", "w1"), *away))
    built = build(state, CATEGORIES, NOW)
    duty = next(one for one in built.problem.workers if one.id == "w1").duties[0]
    up = built.ticks.up
    assert duty.absences == (Span(up(NOW + 2 * HOUR), up(NOW + 6 * HOUR)), Span(up(NOW + 8 * HOUR), up(NOW + 9 * HOUR)))


@pytest.mark.parametrize(
    ("now", "left"),
    [(NOW, 30), (NOW + 3 * HOUR + 10 * MINUTE, 30), (NOW + 5 * HOUR, None)],
    ids=["before", "in", "over"],
)
def test_a_break_is_asked_for_until_it_is_behind_them(now: dt.datetime, left: int | None) -> None:
    noon = Break(start_from="12:00", end_by="13:00", minutes=30)
    shift = Shift(start="08:00", end="18:00", days=("sun",), breaks=(noon,))
    state = folded(ESTATE, on(entity("worker", "w1"), WorkerChanged(worker=worker("w1", shifts=(shift,)))))
    duty = next(one for one in build(state, CATEGORIES, now).problem.workers if one.id == "w1").duties[0]
    assert [rest.ticks for rest in duty.rests] == ([] if left is None else [left])


def test_the_plan_that_stands_is_handed_over_as_it_is_and_found_to_be_sound() -> None:
    state = folded(ESTATE, planned_order(), on_the_plan(), on(order_entity("other"), opened(LAMP)))
    built = build(state, CATEGORIES, NOW)
    at = built.ticks.at
    standing = {
        (one.worker, stop.visit): (at(stop.start), at(stop.end)) for one in built.plan.routes for stop in one.stops
    }
    assert standing["w1", "ord1"] == standing["w2", "ord1"] == (START, START + 45 * MINUTE)
    _, plan = planned(state)
    assert {there.visit for one in plan.routes for there in one.stops} == {"ord1", "other"}
