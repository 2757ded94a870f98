"""What of a duty is past, under way or still open, by the clock and by what people reported."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, on
from core.decide.sample import (
    ESTATE,
    HOUR,
    LAMP,
    MINUTE,
    START,
    entity,
    on_the_plan,
    opened,
    order_entity,
    planned_order,
    route,
    stop,
)
from core.planning.folded import add, folded

from dispatch.events import order as o
from dispatch.events.personal import remark
from dispatch.events.worker import WorkerAbsent, WorkerRetired
from dispatch.model.people import Duty
from dispatch.planning.duties import OpenDuty, open_duties
from dispatch.planning.under_way import stranded, under_way, waiting

SET_OUT = START - 5 * MINUTE
"""When the plan has them leave for the visit."""
ON_THE_WAY = o.WorkerOnTheWay(worker="w1")


@pytest.mark.parametrize(("now", "left"), [(SET_OUT, False), (SET_OUT + MINUTE, True)])
def test_whoever_must_have_left_by_the_plan_has_left(now: dt.datetime, left: bool) -> None:
    state = folded(ESTATE, planned_order(), on_the_plan())
    assert ("ord1" in under_way(state, now)) is left


def test_a_report_tells_it_earlier_and_for_the_whole_crew() -> None:
    state = folded(ESTATE, planned_order(ON_THE_WAY), on_the_plan())
    assert under_way(state, NOW) == {"ord1"}
    for found in (open_duties(state, NOW)[key][0] for key in ("w1", "w2")):
        assert [one.order for one in found.past] == ["ord1"]


def test_what_stands_before_something_under_way_is_past_too() -> None:
    first = stop("first", START - 3 * HOUR + 2 * HOUR)
    state = folded(
        ESTATE,
        on(order_entity("first"), opened(LAMP), o.OrderPlanned(workers=("w1",), start=NOW, end=NOW + HOUR, plan=1)),
        planned_order(ON_THE_WAY),
        on(entity("schedule", "w1"), route(first, stop(crew=("w2",)))),
        on(entity("schedule", "w2"), route(stop(crew=("w1",)))),
    )
    assert under_way(state, NOW - HOUR) == {"first", "ord1"}


@pytest.mark.parametrize(
    "why",
    [
        on(entity("worker", "w2"), WorkerRetired()),
        on(entity("worker", "w2"), WorkerAbsent(start=NOW, end=NOW + 4 * HOUR)),
        on(order_entity(), o.VisitRefused(worker="w2", remark=remark("ill"))),
    ],
    ids=["retired", "absent", "refused"],
)
def test_a_visit_one_of_whose_crew_cannot_come_waits_where_another_is_on_the_way_or_there(why: object) -> None:
    state = folded(ESTATE, planned_order(ON_THE_WAY), on_the_plan(), why)  # type: ignore[arg-type]
    for _ in range(2):
        assert waiting(state, NOW) == {"ord1": ("w1",)}
        assert "ord1" in under_way(state, NOW)
        assert stranded(state, NOW) == set()
        add(state, on(order_entity(), o.WorkerArrived(worker="w1")))


def test_a_visit_of_which_who_set_out_cannot_come_is_stranded() -> None:
    ill = on(entity("worker", "w1"), WorkerAbsent(start=NOW, end=NOW + 4 * HOUR))
    state = folded(ESTATE, planned_order(ON_THE_WAY), on_the_plan(), ill)
    assert waiting(state, NOW) == {}
    assert "ord1" not in under_way(state, NOW)
    assert stranded(state, NOW) == {"ord1"}
    add(state, on(order_entity(), o.WorkerArrived(worker="w1")))
    assert "ord1" in under_way(state, NOW)
    assert stranded(state, NOW) == set()


@pytest.mark.parametrize(
    ("reports", "now", "free_at"),
    [
        ((), START + 10 * MINUTE, START + 45 * MINUTE),
        ((), START + HOUR, START + HOUR),
        ((o.WorkerArrived(worker="w1"),), NOW, START + 45 * MINUTE),
        ((o.WorkerArrived(worker="w1"), o.WorkerArrived(worker="w2")), NOW, NOW + 45 * MINUTE),
        (
            (o.WorkerOnTheWay(worker="w2"), o.WorkerArrived(worker="w1")),
            START + 10 * MINUTE,
            START + 55 * MINUTE,
        ),
        ((o.VisitDone(worker="w1"),), START + 20 * MINUTE, START + 20 * MINUTE),
        ((o.VisitFailed(worker="w1", remark=remark("-")),), START + 20 * MINUTE, START + 20 * MINUTE),
    ],
    ids=["as planned", "overdue", "one early", "both early", "one still on the way", "done early", "could not"],
)
def test_people_are_free_as_planned_unless_their_reports_say_otherwise(
    reports: tuple[o.OrderEvent, ...], now: dt.datetime, free_at: dt.datetime
) -> None:
    state = folded(ESTATE, planned_order(), on_the_plan())
    add(state, on(order_entity(), *reports), at=now)
    assert open_duties(state, now)["w2"][0].free_at == free_at


def test_duties_that_ended_are_closed_and_those_of_the_horizon_are_open() -> None:
    state = folded(ESTATE)
    found = open_duties(state, NOW)
    assert set(found) == {"w1", "w2", "w3"}
    assert len(found["w1"]) == state.policy.horizon_days
    assert len(open_duties(state, NOW + 9 * HOUR)["w1"]) == state.policy.horizon_days - 1


def duty(*busy: tuple[int, int], rests: tuple[tuple[int, int], ...] = ()) -> OpenDuty:
    """A duty from hour 0 to hour 10, busy and at rest between these minutes."""
    whole = Duty(worker="w1", day=NOW.date(), start=NOW, end=NOW + 10 * HOUR)
    spans = [tuple((NOW + start * MINUTE, NOW + end * MINUTE) for start, end in one) for one in (busy, rests)]
    return OpenDuty(duty=whole, free_at=NOW, busy=spans[0], rests=spans[1])


@pytest.mark.parametrize(
    ("open_duty", "now", "rested"),
    [
        (duty(), 240, False),
        (duty(), 269, False),
        (duty(), 270, True),
        (duty((240, 260)), 289, False),
        (duty((240, 260)), 290, True),
        (duty((260, 300)), 400, False),
        (duty((280, 300)), 265, False),
        (duty((200, 300)), 400, False),
        (duty((240, 300), rests=((250, 280),)), 400, True),
        (duty((240, 300), rests=((250, 270),)), 400, False),
        (duty((240, 300), rests=((250, 280),)), 270, False),
    ],
)
def test_a_break_was_had_if_they_were_free_that_long_within_its_span_or_it_was_told_and_passed(
    open_duty: OpenDuty, now: int, rested: bool
) -> None:
    first, last = NOW + 240 * MINUTE, NOW + 300 * MINUTE
    assert open_duty.has_rested(first, last, 30, NOW + now * MINUTE) is rested
