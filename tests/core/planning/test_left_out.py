"""Nothing that can be done stays out of the plan because it is late already, or because people were told otherwise."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Happening, on
from core.decide.sample import CATALOGUE, HOUR, LAMP, PLACES, entity, opened, order_entity, worker
from core.planning.folded import add, batch, commit, folded, planned

from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.model.catalogue import Urgency
from dispatch.model.people import Shift
from dispatch.model.policy import Policy
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import placements
from dispatch.solver.rules import Rule

DAY = dt.timedelta(days=1)
TODAY = local_day(NOW, "Asia/Shanghai")


def staffed(*days: int, **policy: Any) -> tuple[Happening, ...]:
    """One worker, at work from 8 to 18 so many days from today."""
    shifts = (Shift(start="08:00", end="18:00", on=tuple(TODAY + day * DAY for day in days)),)
    return (
        *CATALOGUE,
        *PLACES,
        *on(entity("policy", "current"), PolicySet(policy=Policy(**policy))),
        *on(entity("worker", "w1"), WorkerRegistered(worker=worker("w1", shifts=shifts))),
    )


def lamp(key: str = "lamp", **fields: Any) -> tuple[Happening, ...]:
    return on(order_entity(key), opened(LAMP, **fields))


def day_of(state: AreaState, now: dt.datetime, key: str = "lamp") -> int | None:
    """How many days from today on a plan as of ``now`` has the order; None if it stays out."""
    built, plan = planned(state, now)
    there = placements(plan, built).get(key)
    return None if there is None else (local_day(there.start, "Asia/Shanghai") - TODAY).days


def test_an_order_told_and_never_reported_on_is_planned_anew() -> None:
    state = folded(staffed(0, 7, 14, 21, 28), lamp())
    commit(state, batch(state))
    assert state.orders["lamp"].told is not None
    for week in (1, 2, 3, 4):
        assert day_of(state, NOW + (7 * week - 1) * DAY) == 7 * week


def test_who_was_told_of_a_start_to_come_is_told_of_another_however_far() -> None:
    state = folded(staffed(0, 6), lamp())
    commit(state, batch(state))
    add(state, on(entity("worker", "w1"), WorkerAbsent(start=NOW - HOUR, end=NOW + 3 * DAY)))
    assert day_of(state, NOW) == 6


@pytest.mark.parametrize("days", [1, 3, 6])
@pytest.mark.parametrize("reported", [NOW, NOW - 30 * DAY])
def test_an_urgent_order_is_planned_however_late(days: int, reported: dt.datetime) -> None:
    state = folded(staffed(days), lamp(urgency=Urgency.URGENT, reported_at=reported))
    assert day_of(state, NOW) == days


def test_an_urgent_order_is_not_left_out_for_the_sake_of_others() -> None:
    others = tuple(one for n in range(9) for one in lamp(f"other{n}"))
    state = folded(staffed(2, 3), others, lamp(urgency=Urgency.URGENT))
    built, plan = planned(state)
    assert plan.unplanned == ()
    assert min(placements(plan, built).items(), key=lambda item: item[1].start)[0] == "lamp"


def test_priorities_weigh_against_each_other_as_the_policy_says() -> None:
    state = folded(staffed(5), lamp("urgent", urgency=Urgency.URGENT), lamp("normal"))
    price = {visit.id: visit.price for visit in planned(state)[0].problem.visits}
    assert price["urgent"] / 10 == price["normal"] / (1 + LAMP.priority) > 600


def test_what_cannot_be_done_at_all_is_left_out_with_its_reason() -> None:
    state = folded(staffed(9), lamp(urgency=Urgency.URGENT))
    built, plan = planned(state)
    assert [left.reasons[0].rule for left in plan.unplanned] == [Rule.SHIFT]
    assert built.left_out == {}


def test_a_start_that_was_told_and_passed_binds_nobody() -> None:
    state = folded(staffed(0, 1), lamp())
    commit(state, batch(state))
    told = state.orders["lamp"].told
    assert told is not None
    for now, binds in ((told.start - HOUR, True), (NOW + 12 * HOUR, False)):
        (visit,) = planned(state, now)[0].problem.visits
        assert (visit.told is not None) == binds
