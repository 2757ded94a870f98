"""Rounds nobody walked: once their band is over it is said that they were missed, and what kept them from it."""

from __future__ import annotations

import datetime as dt

from core.decide.given import NOW, on
from core.decide.sample import ESTATE, HOUR, LAMP, PLACES, ROUND, WEEK, entity, opened, order_entity, window, worker
from core.planning.folded import CATEGORIES, add, batch, commit, folded
from msgspec.structs import replace

from dispatch.events.order import OrderClosed, OrderRescheduled, OrderUnplanned, WorkerOnTheWay
from dispatch.events.round import RoundRegistered
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.model.people import Shift, SkillHeld
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.problem import build, off_plan
from dispatch.planning.rounds import closing, occurrence_id, rounds_due
from dispatch.solver.rules import Rule

BAND = dt.datetime(2026, 11, 22, 14, tzinfo=dt.UTC)
"""22:00 where the area is; the round of the night is over an hour and a half later."""
OVER = BAND + 1.5 * HOUR
TONIGHT = occurrence_id("night", BAND)


def guarded(*, away: bool) -> AreaState:
    """A round for two and two guards, one of them away for days or not."""
    guard = {"skills": (SkillHeld(skill=ROUND.skill),), "shifts": (Shift(start="20:00", end="08:00", days=WEEK),)}
    state = folded(
        PLACES,
        *(on(entity("worker", key), WorkerRegistered(worker=worker(key, **guard))) for key in ("g0", "g1")),
        on(entity("round", "night"), RoundRegistered(round=replace(ROUND, people=2))),
    )
    if away:
        add(state, on(entity("worker", "g0"), WorkerAbsent(start=BAND - HOUR, end=BAND + 72 * HOUR)))
    commit(state, rounds_due(state, NOW))
    commit(state, batch(state))
    return state


def said_of_tonight(events: Batch) -> list[OrderUnplanned]:
    """What a batch says of why the round of tonight is out."""
    return [one for one in events.get(entity("order", TONIGHT), []) if isinstance(one, OrderUnplanned)]


def test_a_round_one_guard_short_says_who_is_there() -> None:
    first, *others = guarded(away=True).orders[TONIGHT].reasons
    assert (first.rule, first.workers, first.hint) == (Rule.CREW, 1, "g1 could start at 2026-11-22 22:00")
    assert [(one.rule, one.workers) for one in others] == [(Rule.BREAK, 1)]


def test_a_round_that_was_missed_keeps_why_and_asks_nobody_for_a_new_window() -> None:
    state = guarded(away=True)
    before = state.orders[TONIGHT].reasons
    events = batch(state, OVER)
    (out,) = said_of_tonight(events)
    assert (out.reasons[0].rule, out.reasons[0].hint) == (Rule.WINDOW_PAST, "")
    assert out.reasons[0].message == "The round was missed: its band is over."
    assert out.reasons[1:] == before
    commit(state, events)
    assert said_of_tonight(batch(state, OVER + HOUR)) == []


def test_a_day_after_it_was_missed_a_round_is_closed_with_what_kept_it_from_being_walked() -> None:
    state = guarded(away=True)
    commit(state, batch(state, OVER))
    assert closing(state, OVER + 24 * HOUR) == {}
    events = closing(state, OVER + 25 * HOUR)
    assert list(events) == [entity("order", TONIGHT)]
    (closed,) = events[entity("order", TONIGHT)]
    assert isinstance(closed, OrderClosed)
    assert (closed.satisfied, [one.message for one in closed.reasons]) == (
        False,
        [
            "Never are 2 people free for it at the same moment; at most 1 is.",
            "1 worker has free time, but not beside their breaks and absences.",
        ],
    )
    commit(state, events)
    assert TONIGHT not in state.orders
    assert closing(state, OVER + 25 * HOUR) == {}
    assert entity("order", TONIGHT) not in rounds_due(state, OVER + 25 * HOUR)


def test_what_somebody_walks_or_is_planned_for_is_not_closed() -> None:
    state = guarded(away=False)
    assert closing(state, OVER + 25 * HOUR) == {}
    add(state, on(entity("order", TONIGHT), WorkerOnTheWay(worker="g0")))
    assert closing(state, OVER + 25 * HOUR) == {}


def test_requests_whose_windows_are_over_are_named_once_and_not_tried_again() -> None:
    over = window(NOW, 60)
    state = folded(ESTATE, *(on(order_entity(f"o{n}"), opened(LAMP, windows=(over,))) for n in range(3)))
    later = NOW + 2 * HOUR
    assert off_plan(state, later) == ["o0", "o1", "o2"]
    commit(state, batch(state, later))
    assert [order.reasons[0].rule for order in state.orders.values()] == [Rule.WINDOW_PAST] * 3
    assert off_plan(state, later) == []
    built = build(state, CATEGORIES, later)
    assert (built.problem.visits, built.left_out, built.aside) == ((), {}, 3)
    add(state, on(order_entity("o1"), OrderRescheduled(windows=(window(later + HOUR, 60),))))
    assert off_plan(state, later) == ["o1"]
    assert [one.id for one in build(state, CATEGORIES, later).problem.visits] == ["o1"]


def test_a_round_nobody_reported_on_says_whom_it_was_planned_for() -> None:
    state = guarded(away=False)
    assert state.orders[TONIGHT].workers == ("g0", "g1")
    (out,) = said_of_tonight(batch(state, OVER + 12 * HOUR))
    (reason,) = out.reasons
    assert reason.message == "Its band is over and nobody said that it was walked; it was planned for g0, g1."
