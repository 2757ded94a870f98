"""Contracts beside each other: one that cannot be planned keeps no other back, days that pass unkept are news."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from core.decide.given import NOW, given, on
from core.decide.sample import CONTRACT, ESTATE, entity
from core.planning.contracted import (
    DAY,
    MIDNIGHT,
    MONTHLY,
    TODAY,
    adviser,
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
from core.planning.folded import add
from msgspec.structs import replace

from dispatch.decide.contract import order_of
from dispatch.events.contract import ContractRegistered
from dispatch.events.envelope import Entity
from dispatch.events.order import VisitDone, VisitFailed
from dispatch.events.policy import PolicySet, one_calendar
from dispatch.events.worker import WorkerAbsent
from dispatch.model.contracts import Contract, Deadline, Promise, Review
from dispatch.model.policy import ContractsPolicy, Policy
from dispatch.planning.area import AreaState
from dispatch.planning.ticks import day_number
from dispatch.planning.visit_orders import VisitOrder
from dispatch.solver.contracts.periods import periods

DECEMBER = dt.date(2026, 12, 1)


def midnight(day: dt.date) -> dt.datetime:
    """The first minute of a day in Shanghai."""
    return MIDNIGHT + (day - TODAY)


def away(key: str, first: dt.date, until: dt.date) -> tuple[Any, ...]:
    return on(entity("worker", key), WorkerAbsent(start=midnight(first), end=midnight(until)))


def named(state: AreaState) -> dict[str, str]:
    """What stays open, by contract, with the rule that is named."""
    return {one.id: one.reasons[0].rule for one in state.horizons["contracts"].open}


def test_a_review_that_is_named_as_a_promise_leaves_that_contract_aside_and_no_other() -> None:
    same = replace(MONTHLY, id="quarterly")
    state = town(
        contracts=(contract(), contract("twice", promises=(same,))),
        reviews=(Review(id="quarterly", category="visit", size=1, seed=7),),
    )
    publish(state)
    assert named(state) == {"twice": "promise"} and visits(state, "twice") == []
    (left,) = state.horizons["contracts"].open
    assert "'quarterly'" in left.reasons[0].message and left.reasons[0].hint
    assert len(visits(state)) >= 2


def test_what_was_told_of_a_contract_stays_while_a_review_is_named_as_its_promise() -> None:
    state = town()
    publish(state)
    before = visits(state)
    add(state, policy(reviews=(Review(id="monthly", category="visit", size=1, seed=7),)))
    publish(state)
    assert named(state) == {"acme": "promise"} and visits(state) == before
    add(state, policy())
    publish(state)
    assert named(state) == {} and visits(state) == before


def test_a_contract_that_cannot_be_in_an_old_log_keeps_no_other_back() -> None:
    state = town(contracts=(contract(), contract("odd", end=dt.date(2026, 1, 1))))
    publish(state)
    assert named(state) == {"odd": "promise"} and len(visits(state)) == 2


def test_two_reviews_of_one_name_in_an_old_log_are_one() -> None:
    review = Review(id="quarterly", category="visit", size=1, seed=7)
    state = town(reviews=(review, replace(review, seed=8)))
    publish(state)
    assert len(visits(state)) == 2


@pytest.mark.parametrize(
    ("item", "rules", "code"),
    [
        (CONTRACT, {"reviews": (Review(id="monthly", category="water-leak", size=1, seed=1),)}, "bad_contract"),
        (replace(CONTRACT, notice_days=57), {"months": 2}, "bad_contract"),
        (replace(CONTRACT, notice_days=29), {"months": 0}, "bad_contract"),
    ],
)
def test_what_can_never_be_kept_under_the_policy_is_refused(item: Contract, rules: dict[str, Any], code: str) -> None:
    said = {"id": "d1", "by": "chen", "at": NOW.isoformat(), "contract": to_builtins_of(item)}
    under = on(entity("policy", "current"), PolicySet(policy=Policy(contracts=ContractsPolicy(**rules))))
    given(ESTATE, under).when("direct.east.register", said).refused(code)
    given(ESTATE, under, on(entity("contract", "acme"), ContractRegistered(contract=item))).when(
        "direct.east.register", said
    ).then()


def test_a_notice_as_long_as_the_months_planned_ahead_is_registered() -> None:
    item = replace(CONTRACT, notice_days=56)
    said = {"id": "d1", "by": "chen", "at": NOW.isoformat(), "contract": to_builtins_of(item)}
    given(ESTATE).when("direct.east.register", said).then(
        on(entity("contract", "acme"), ContractRegistered(contract=item))
    )


@pytest.mark.parametrize(
    "rules",
    [
        {"reviews": [{"id": "r", "category": "c", "size": 1, "seed": 1}] * 2},
        {"months": 0, "freeze_days": 29},
    ],
)
def test_a_policy_that_no_contract_could_be_kept_under_is_refused(rules: dict[str, Any]) -> None:
    said = {"id": "d1", "by": "chen", "at": NOW.isoformat(), "policy": {"contracts": rules}}
    given(ESTATE).when("direct.east.register", said).refused("bad_policy")


def to_builtins_of(item: Contract) -> dict[str, Any]:
    """The contract as a message has it."""
    plain: dict[str, Any] = msgspec.to_builtins(item)
    return plain


def test_a_deadline_that_passes_unkept_is_overdue_and_dated_anew_from_that_day_on() -> None:
    """A certificate by the tenth, and the only vendor away until the twelfth."""
    certificate = Deadline(id="certificate", category="check", by=dt.date(2026, 12, 10))
    state = town(
        away("ann", TODAY, dt.date(2026, 12, 13)),
        contracts=(contract("lift", promises=(), deadlines=(certificate,), only=("ann",)),),
    )
    publish(state)
    assert visits(state, "lift") == [] and risks(state, "lift")["certificate 2026-12-10"].broken
    for day in range(1, 10):
        assert asked(state, midnight(DECEMBER + (day - 1) * DAY)) is None, "nothing is new before its last day"
    tenth = midnight(dt.date(2026, 12, 10))
    publish(state, tenth)
    (dated,) = visits(state, "lift")
    assert dated.day >= dt.date(2026, 12, 13) and risks(state, "lift")["certificate 2026-12-10"].overdue
    assert asked(state, tenth + DAY) is None, "it is said once"
    pass_over(state, noon(dated.day))
    done = on(Entity("east", "order", order_id(dated, "lift")), VisitDone(worker="ann"))
    add(state, done, at=noon(dated.day))
    publish(state, noon(dated.day))
    assert "certificate 2026-12-10" not in {key for key, one in risks(state, "lift").items() if one.overdue}
    assert visits(state, "lift")[1:] == []


def made_long_ago(state: AreaState, key: str, category: str, day: dt.date, count: int = 1) -> None:
    """Visits that were made on a day, and one before."""
    for number in range(count):
        order = order_of(state.area, key, f"v0-{category}-{number}").id
        on_day = day - number * DAY
        state.visit_orders[order] = VisitOrder(
            contract=key, visit=f"v0-{number}", category=category, opened_for=on_day, day=on_day, helper="ann",
            outcome="done",
        )  # fmt: skip


@pytest.mark.parametrize("years", [1, 3, 9])
def test_what_was_made_for_a_deadline_is_never_forgotten(years: int) -> None:
    signed = dt.date(2026 - years, 11, 2)
    plan = Deadline(id="plan", category="check", working_days=30)
    twice = Deadline(id="twice", category="visit", by=signed + 365 * DAY, least=2)
    renewal = Deadline(id="renewal", category="check", by=dt.date(2027, 1, 20), every_months=36)
    state = town(contracts=(contract("old", promises=(), deadlines=(plan, twice, renewal), signed=signed),))
    made_long_ago(state, "old", "check", signed + 20 * DAY)
    made_long_ago(state, "old", "visit", signed + 300 * DAY, count=4)
    state.forget(MIDNIGHT)
    publish(state)
    assert visits(state, "old") == [] and risks(state, "old") == {}
    kept = [one.category for one in state.visit_orders.values()]
    assert kept.count("visit") == (4 if years < 3 else 2) and kept.count("check") == 1


def test_without_what_was_made_the_deadline_is_overdue() -> None:
    plan = Deadline(id="plan", category="check", working_days=30)
    state = town(contracts=(contract("old", promises=(), deadlines=(plan,), signed=dt.date(2023, 11, 2)),))
    publish(state)
    assert len(visits(state, "old")) == 1


def test_a_deadline_that_comes_back_is_counted_with_the_holidays_after_signing() -> None:
    """Signed three years ago before a week of holidays: with them forgotten the base would be five days earlier."""
    week = tuple(dt.date(2023, 11, day) for day in (6, 7, 8, 9, 10))
    yearly = Deadline(id="yearly", category="check", working_days=20, every_months=12, opens=3)
    item = contract("old", promises=(), deadlines=(yearly,), signed=dt.date(2023, 11, 5))
    state = town(contracts=(item,), holidays=week)
    publish(state)
    # Twenty working days after 5 November 2023 without that week is 8 December; without the holidays 1 December.
    (dated,) = visits(state, "old")
    assert dt.date(2026, 12, 5) <= dated.day <= dt.date(2026, 12, 8)


def test_days_worked_instead_count_for_deadlines_and_re_checks_by_one_setting() -> None:
    saturday = dt.date(2026, 12, 5)
    plan = Deadline(id="plan", category="visit", working_days=5)
    state = town(contracts=(contract("new", promises=(), deadlines=(plan,), signed=TODAY),))
    due = asked(state)
    assert due is not None and [one.last for one in periods(due.problem)] == [day_number(dt.date(2026, 12, 7))]
    rules = Policy(contracts=ContractsPolicy(months=0, budget=1), workdays=(saturday,))
    add(state, on(entity("policy", "current"), PolicySet(policy=rules)))
    again = asked(state)
    assert again is not None and [one.last for one in periods(again.problem)] == [day_number(saturday)]
    assert again.inputs != due.inputs


def test_a_policy_of_when_there_were_two_settings_is_read_with_the_days_of_both() -> None:
    first, second = "2026-12-05", "2026-12-06"
    data = {"policy": {"contracts": {"months": 3, "workdays": [second]}, "inspections": {"worked": [first]}}}
    read = msgspec.convert(one_calendar(data)["policy"], Policy)
    assert read.workdays == (dt.date(2026, 12, 5), dt.date(2026, 12, 6)) and read.contracts.months == 3
    assert msgspec.convert(one_calendar({"policy": {"title": "East"}})["policy"], Policy) == Policy(title="East")


def test_what_failed_at_the_end_of_its_month_is_replaced_inside_the_notice() -> None:
    """A freeze of ten days: without a replacement at short notice the month would be lost."""
    one = Promise(id="monthly", category="visit", least=1)
    state = town(contracts=(contract(promises=(one,), weekdays=("mon",)),), freeze_days=10, months=1)
    publish(state)
    last = dt.date(2026, 12, 21)
    (first, *_) = visits(state)
    moved = replace(first, id="v9-0", day=last, directed=True)
    dated = {key: visit for key, visit in state.contracts["acme"].dated.visits.items() if key != first.id}
    state.contracts["acme"] = replace(
        state.contracts["acme"], dated=replace(state.contracts["acme"].dated, visits={**dated, moved.id: moved})
    )
    pass_over(state, noon(last))
    add(state, on(Entity("east", "order", order_id(moved)), VisitFailed(worker=moved.helper)), at=noon(last))
    publish(state, noon(last))
    december = [visit for visit in visits(state) if last < visit.day < dt.date(2027, 1, 1)]
    assert [visit.day for visit in december] == [dt.date(2026, 12, 28)], "inside the notice of ten days"
    risk = risks(state)["monthly 2026-12-31"]
    assert not risk.broken and {reason.rule for reason in risk.reasons} == {"at_risk", "short_notice"}
    assert [one.visit for one in pass_over(state, noon(last + DAY))] == [december[0].id], "it is opened at once"


def test_nothing_else_is_dated_inside_the_notice() -> None:
    state = town(adviser("cid"), contracts=(contract(),), freeze_days=10)
    publish(state)
    assert min(visit.day for visit in visits(state)) >= TODAY + 10 * DAY
    add(state, policy(freeze_days=10, margin_days=3))
    publish(state, midnight(TODAY + DAY))
    assert min(visit.day for visit in visits(state)) >= TODAY + 10 * DAY
