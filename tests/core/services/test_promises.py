"""A promise is missed by whoever comes late or not at all, also where the timer itself comes late."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, on
from core.decide.sample import AREA, HOUR, MINUTE, PLANNED, opened, order_entity
from core.planning.folded import add, folded

from dispatch.events import order as o
from dispatch.model.catalogue import Urgency
from dispatch.services.planner.planner import promise_missed
from dispatch.services.planner.wheel import Due, Timer

DUE = NOW + 30 * MINUTE
CAME, DONE = o.WorkerArrived(worker="w1"), o.VisitDone(worker="w1")


@pytest.mark.parametrize(
    "event, at, missed",
    [
        (CAME, DUE, False),
        (CAME, DUE + MINUTE, True),
        (DONE, DUE, False),
        (DONE, DUE + HOUR, True),
        (o.WorkerOnTheWay(worker="w1"), NOW, True),
    ],
)
def test_who_came_or_was_done_in_time_kept_it(event: Any, at: dt.datetime, missed: bool) -> None:
    state = folded(on(order_entity(), opened(urgency=Urgency.URGENT), PLANNED))
    add(state, on(order_entity(), event), at=at)
    batch = promise_missed(state, Due(DUE, Timer.PROMISE, AREA, "ord1"))
    assert list(batch.values()) == ([[o.PromiseMissed(due=DUE)]] if missed else [])
