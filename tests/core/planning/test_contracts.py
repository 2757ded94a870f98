"""Contracts from the folded state: what is dated, when it is due again, the orders it becomes, promises that break."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import on
from core.decide.sample import AREA, HOUR, entity
from core.planning.contracted import (
    CATALOGUE,
    DAY,
    MIDNIGHT,
    MONTHLY,
    TODAY,
    adviser,
    agreed,
    asked,
    contract,
    noon,
    order_id,
    pass_over,
    policy,
    publish,
    risks,
    town,
    visits,
)
from core.planning.folded import add, commit
from msgspec.structs import replace

from dispatch.events.contract import ContractChanged, ContractRetired, VisitMoved
from dispatch.events.envelope import Entity
from dispatch.events.horizon import HorizonDirected, HorizonPublished
from dispatch.events.order import OrderCancelled as Cancelled
from dispatch.events.order import OrderPlanned, OrderRescheduled, Origin, VisitDone, VisitFailed
from dispatch.events.place import PlaceRetired
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.events.worker import WorkerAbsent, WorkerRetired
from dispatch.model.contracts import Deadline, Hours, Promise, Review, VisitMade
from dispatch.model.people import Caps, Terms
from dispatch.model.time import Window
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.contract_ask import rooms_of
from dispatch.planning.contracts import Contracts
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import publishing
from dispatch.planning.problem import build
from dispatch.planning.walk_ask import Days

JANUARY = dt.date(2027, 1, 1)


def happens(state: AreaState, visit: Any, *events: Any, at: dt.datetime, key: str = "acme") -> Dirt:
    """Something happens to the order of a visit."""
    return add(state, on(Entity(AREA, "order", order_id(visit, key)), *events), at=at)


def days(state: AreaState, key: str = "acme") -> list[dt.date]:
    """When a contract's visits are."""
    return [one.day for one in visits(state, key)]


def test_what_is_promised_is_dated_on_working_days_apart_and_outside_the_notice() -> None:
    state = town(freeze_days=3)
    publish(state)
    first, second = visits(state)
    assert {first.category, second.category} == {"visit", "check"}
    assert (second.day - first.day).days >= MONTHLY.apart
    assert all(one.day.weekday() < 5 and one.day >= TODAY + 3 * DAY for one in (first, second))
    assert first.helper == second.helper, "one helper is used to one client"
    assert state.contracts["acme"].dated.risks == () and state.horizons["contracts"].open == ()


def test_no_contract_asks_for_nothing_and_the_same_is_dated_once() -> None:
    assert asked(town(contracts=())) is None
    state = town()
    publish(state)
    assert asked(state) is None
    assert asked(state, MIDNIGHT + DAY) is None, "a day that passes is no reason"
    add(state, on(entity("contract", "acme"), ContractChanged(contract=contract(title="Acme"))))
    assert asked(state) is None, "nor is a title"
    add(state, on(entity("contract", "acme"), ContractRetired()))
    assert asked(state) is None and visits(state) == []


@pytest.mark.parametrize(
    "changes",
    [
        on(entity("contract", "acme"), ContractChanged(contract=contract(weekdays=("fri",)))),
        on(entity("worker", "ann"), WorkerAbsent(start=noon(TODAY + 7 * DAY), end=noon(TODAY + 9 * DAY))),
        on(entity("worker", "bob"), WorkerRetired()),
        policy(margin_days=5),
        policy(holidays=(TODAY + 8 * DAY,)),
        agreed(contract("other")),
    ],
)
def test_what_changes_the_question_asks_again(changes: Any) -> None:
    state = town()
    publish(state)
    add(state, changes)
    due = asked(state)
    assert due is not None and due.why == "what was asked has changed"


def test_a_new_month_goes_on_and_what_was_told_stays() -> None:
    state = town(months=1)
    publish(state)
    before = days(state)
    assert sum(day < JANUARY for day in before) == 2 and sum(day >= JANUARY for day in before) == 2
    # Dates of two months are told; of the month behind them nothing is known yet.
    due = publish(state, MIDNIGHT + 31 * DAY)
    assert due.why == "the days go on"
    after = days(state)
    assert after[:4] == before and len(after) == 6


def test_a_visit_becomes_one_order_on_its_day_for_its_helper_and_its_promises() -> None:
    state = town(contracts=(contract(hours=Hours(start_from="10:00", end_by="16:00"), minutes={"check": 120}),))
    publish(state)
    first = visits(state)[0]
    assert pass_over(state, noon(first.day - 3 * DAY)) == [], "its day can still move"
    (opened,) = pass_over(state, noon(first.day - 2 * DAY))
    assert (opened.origin, opened.contract, opened.visit) == (Origin.CONTRACT, "acme", first.id)
    assert (opened.promises, opened.helper, opened.place.unit) == (("monthly",), first.helper, "shop")
    (window,) = opened.windows
    assert (window.start, window.end) == (noon(first.day) - 2 * HOUR, noon(first.day) + 4 * HOUR)
    assert opened.needs is not None and opened.needs.due is None
    assert opened.needs.minutes == (120 if first.category == "check" else 60)
    assert pass_over(state, noon(first.day - DAY)) == [], "an order is opened once"
    happens(state, first, VisitDone(worker=first.helper), at=noon(first.day))
    assert pass_over(state, noon(first.day)) == []
    assert asked(state, noon(first.day)) is None, "what came about as it was told is no reason"


def test_the_day_prefers_whom_the_contract_dates_and_sends_nobody_else_where_it_is_firm() -> None:
    for firm, only, expected in ((False, None, None), (False, ("ann", "bob"), ("ann", "bob")), (True, None, ("ann",))):
        item = contract(helper="ann", firm=firm, only=only)
        state = town(contracts=(item,))
        publish(state)
        first = visits(state)[0]
        assert first.helper == "ann"
        now = noon(first.day - DAY)
        pass_over(state, now)
        (visit,) = build(state, dict(CATALOGUE), now).problem.visits
        assert (visit.keep, visit.among) == (("ann",), expected)


def test_a_failed_visit_is_dated_anew_in_its_period_and_its_order_closed_a_day_later() -> None:
    state = town()
    publish(state)
    first, second = visits(state)
    pass_over(state, noon(first.day - DAY))
    dirt = happens(state, first, VisitFailed(worker=first.helper), at=noon(first.day))
    assert Dirt.HORIZONS in dirt
    publish(state, noon(first.day))
    anew = [one for one in visits(state) if one.day > first.day]
    assert len(anew) == 2 and {one.category for one in anew} == {"check", "visit"}
    assert second.id in {one.id for one in anew}, "the date told stays"
    (risk,) = risks(state).values()
    assert (risk.lapsed, risk.missing, risk.broken) == (1, 2, False) and "1 missed or failed" in risk.reasons[0].message
    assert asked(state, noon(first.day)) is None
    pass_over(state, noon(first.day) + DAY)
    assert order_id(first) in state.orders
    pass_over(state, noon(first.day) + 2 * DAY)
    assert order_id(first) not in state.orders
    assert asked(state, noon(first.day) + 2 * DAY) is None, "that it is closed is no news"


def test_what_nobody_reported_is_believed_for_a_day_and_then_dated_anew() -> None:
    state = town()
    publish(state)
    first = visits(state)[0]
    pass_over(state, noon(first.day))
    assert asked(state, noon(first.day) + DAY) is None
    pass_over(state, noon(first.day) + 2 * DAY)
    assert state.visit_orders[order_id(first)].outcome == "missed"
    publish(state, noon(first.day) + 2 * DAY)
    assert sum(day > first.day for day in days(state)) == 2


def test_what_the_desk_calls_off_is_dated_anew_and_what_it_puts_off_is_on_that_day() -> None:
    state = town(contracts=(contract(promises=(replace(MONTHLY, apart=2),)),))
    publish(state)
    first, second = visits(state)
    pass_over(state, noon(first.day - DAY))
    later = first.day + (1 if first.day.weekday() < 4 else 3) * DAY
    window = Window(start=noon(later), end=noon(later) + 3 * HOUR)
    happens(state, first, OrderRescheduled(windows=(window,)), at=noon(first.day))
    publish(state, noon(first.day - DAY))
    assert days(state)[0] == later and order_id(visits(state)[0]) == order_id(first)
    assert pass_over(state, noon(first.day)) == [], "it has its order"
    assert Dirt.HORIZONS in happens(state, first, Cancelled(), at=noon(first.day))
    publish(state, noon(first.day))
    assert first.id not in {one.id for one in visits(state)} and len(visits(state)) == 2
    assert second.id in {one.id for one in visits(state)}


def test_an_order_whose_visit_is_dated_anew_is_withdrawn_and_opened_as_another() -> None:
    state = town(contracts=(contract(helper="ann", firm=True),))
    publish(state)
    first = visits(state)[0]
    now = noon(first.day - 2 * DAY)
    pass_over(state, now)
    away = WorkerAbsent(start=noon(first.day) - 12 * HOUR, end=noon(first.day) + 12 * HOUR)
    add(state, on(entity("worker", "ann"), away))
    publish(state, now)
    anew = visits(state)[0]
    assert anew.id != first.id and anew.day != first.day
    pass_over(state, now)
    assert order_id(first) not in state.orders
    assert state.visit_orders[order_id(first)].outcome == "withdrawn", "nobody failed"
    (opened,) = pass_over(state, noon(anew.day - DAY))
    assert opened.visit == anew.id


def test_whom_the_day_sends_instead_of_a_helper_who_cannot_come_keeps_the_date() -> None:
    for sends, stays in ((("bob",), True), ((), False)):
        state = town(contracts=(contract(helper="ann"),))
        publish(state)
        first = visits(state)[0]
        now = noon(first.day - DAY)
        pass_over(state, now)
        if sends:
            start = noon(first.day)
            happens(state, first, OrderPlanned(workers=sends, start=start, end=start + HOUR, plan=1), at=now)
        away = WorkerAbsent(start=noon(first.day) - 12 * HOUR, end=noon(first.day) + 12 * HOUR)
        add(state, on(entity("worker", "ann"), away))
        publish(state, now)
        same = [(one.day, one.helper) for one in visits(state) if one.id == first.id]
        assert same == ([(first.day, "bob")] if stays else [])
        pass_over(state, now)
        assert (order_id(first) in state.orders) == stays


def test_a_promise_is_no_longer_at_risk_once_what_it_lacked_is_made() -> None:
    state = town()
    publish(state)
    first = visits(state)[0]
    pass_over(state, noon(first.day))
    happens(state, first, VisitFailed(worker=first.helper), at=noon(first.day))
    publish(state, noon(first.day))
    assert risks(state)
    for one in visits(state)[1:]:
        pass_over(state, noon(one.day))
        happens(state, one, VisitDone(worker=one.helper), at=noon(one.day))
        assert publish(state, noon(one.day)).why == "what was at risk was made"
        assert asked(state, noon(one.day)) is None
    assert risks(state) == {}


def test_a_day_the_desk_agreed_stays_though_it_is_none_of_the_contract_s() -> None:
    state = town(contracts=(contract(weekdays=("thu",)),))
    publish(state)
    first = visits(state)[0]
    pass_over(state, noon(first.day - DAY))
    friday = Window(start=noon(first.day + DAY), end=noon(first.day + DAY) + 3 * HOUR)
    happens(state, first, OrderRescheduled(windows=(friday,)), at=noon(first.day - DAY))
    publish(state, noon(first.day - DAY))
    assert first.id in {one.id for one in visits(state)}
    pass_over(state, noon(first.day))
    assert order_id(first) in state.orders, "nobody takes back what was agreed"


def test_a_promise_that_cannot_be_kept_is_named_before_it_breaks_and_stays_named_after() -> None:
    state = town(contracts=(contract(promises=(replace(MONTHLY, apart=0),)),))
    publish(state)
    second = visits(state)[1]
    for one in visits(state):
        pass_over(state, noon(one.day))
        event = VisitFailed if one is second else VisitDone
        happens(state, one, event(worker=one.helper), at=noon(one.day))
    late = dt.date(2026, 12, 30)
    away = tuple(
        event
        for key in ("ann", "bob")
        for event in on(entity("worker", key), WorkerAbsent(start=noon(second.day), end=noon(dt.date(2027, 1, 2))))
    )
    add(state, away)
    publish(state, noon(second.day))
    broken = risks(state)["monthly 2026-12-31"]
    assert broken.broken and not broken.over and broken.short[0].have == 1 and broken.reasons
    assert [one.id for one in state.horizons["contracts"].open] == ["acme"]
    publish(state, noon(late + 2 * DAY))
    over = risks(state)["monthly 2026-12-31"]
    assert over.over and over.missing == 1 and over.short[0].category in {"visit", "check"}
    assert state.horizons["contracts"].open == (), "the new month is kept"


def test_what_was_made_before_counts() -> None:
    made = (VisitMade(category="check", day=dt.date(2026, 12, 1)), VisitMade(category="visit", day=TODAY))
    state = town(contracts=(contract(made=made),))
    publish(state, MIDNIGHT + 2 * DAY)
    (only,) = visits(state)
    assert only.category == "visit" and only.day >= dt.date(2026, 12, 6), "the check was made on the first"


def test_certificates_plans_and_reviews_use_the_same_machinery() -> None:
    yearly = Deadline(id="certificate", category="check", by=dt.date(2026, 12, 18), opens=14, every_months=12)
    plan = Deadline(id="plan", category="visit", working_days=10)
    lift = contract("lift", promises=(), deadlines=(yearly,))
    new = contract("new", promises=(), deadlines=(plan,), signed=TODAY)
    drawn = contract("old", promises=(), client="old")
    review = Review(id="quarterly", category="visit", size=5, seed=7)
    state = town(contracts=(lift, new, drawn), reviews=(review,))
    publish(state)
    assert dt.date(2026, 12, 4) <= days(state, "lift")[0] <= dt.date(2026, 12, 18)
    assert days(state, "new")[0] <= dt.date(2026, 12, 14)
    assert [one.category for one in visits(state, "old")] == ["visit"], "drawn this quarter, as signed long ago"
    (drawn_visit,) = visits(state, "old")
    opened = [one for one in pass_over(state, noon(drawn_visit.day)) if one.contract == "old"]
    assert [one.promises for one in opened] == [("quarterly",)]


def test_only_those_go_who_may_on_days_they_have_and_within_their_caps() -> None:
    state = town(
        contracts=(contract(only=("bob",), weekdays=("thu",)),),
        way_minutes=20,
    )
    publish(state)
    assert {one.helper for one in visits(state)} == {"bob"}
    assert {one.day.weekday() for one in visits(state)} == {3}
    full = town(adviser("ann", caps=Caps(contracts=0)), adviser("bob", caps=Caps(contract_minutes_per_day=80)))
    due = asked(full)
    assert due is not None
    published = list(publishing(full, Contracts(), due, answer(due).plan))
    for batch in published:
        commit(full, batch, MIDNIGHT)
    risk = risks(full)["monthly 2026-12-31"]
    assert risk.broken and {one.category for one in visits(full)} <= {"visit"}, "a check takes 90 minutes"
    (head,) = [one for batch in published for one in batch.get(entity("horizon", "contracts"), ())]
    assert isinstance(head, HorizonPublished) and head.shortage is not None
    short = head.shortage
    assert (short.needed, short.can_give, short.open) == (1, 0, 1) and "no plan breaks fewer" in short.message
    assert short.would_close, "what would let it in"


def test_who_works_by_roster_has_what_it_says_and_weekdays_where_it_says_nothing_yet() -> None:
    state = town(adviser("ann", terms=Terms(), shifts=()))
    week = Days(TODAY, TODAY + 7 * DAY)
    assert list(rooms_of(state, "ann", week).values()) == [480] * 5
    start = noon(TODAY)
    duty = RosteredDuty(day=TODAY, post="desk", shift="day", start=start, end=start + 3 * HOUR)
    add(state, on(entity("roster", "ann"), DutiesPublished(number=1, start=TODAY, until=TODAY + DAY, duties=(duty,))))
    assert rooms_of(state, "ann", Days(TODAY, TODAY + DAY))[TODAY] >= 180
    away = WorkerAbsent(start=noon(TODAY + DAY), end=noon(TODAY + DAY) + HOUR)
    add(state, on(entity("worker", "ann"), away))
    assert TODAY + DAY not in rooms_of(state, "ann", week)


def test_what_is_not_registered_is_named_and_keeps_nobody_else_from_a_date() -> None:
    strange = Promise(id="odd", category="unheard-of", least=1)
    state = town(contracts=(contract(), contract("odd", promises=(strange,)), contract("lost", place="nowhere")))
    publish(state)
    named = {one.id: one.reasons[0].rule for one in state.horizons["contracts"].open}
    assert named == {"odd": "unknown_category", "lost": "unknown_place"}
    assert len(visits(state)) == 2 and visits(state, "odd") == []
    add(state, on(entity("place", "shop"), PlaceRetired()))
    publish(state)
    assert visits(state) == []


def test_what_a_dispatcher_chose_stays_while_the_rest_is_dated_round_it() -> None:
    state = town()
    publish(state)
    first, second = visits(state)
    day = next(one for one in (second.day + n * DAY for n in range(1, 5)) if one.weekday() < 5)
    moved = replace(second, id="v2-0", day=day, helper="bob", directed=True)
    number = state.horizons["contracts"].number
    add(
        state,
        on(entity("horizon", "contracts"), HorizonDirected(number=number + 1, parent=number, verb="move-visit")),
        on(entity("contract", "acme"), VisitMoved(number=number + 1, before=second.id, visit=moved)),
    )
    publish(state)
    assert moved in visits(state) and first.id in {one.id for one in visits(state)}
    assert asked(state) is None
    add(state, on(entity("worker", "bob"), WorkerRetired()))
    publish(state)
    assert {one.helper for one in visits(state)} == {"ann"}, "never what cannot be any more"
