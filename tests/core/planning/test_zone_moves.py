"""A zone that somebody has moves after a notice: told first, made so on its day, or called off."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Happening, on
from core.decide.sample import ESTATE, HOUR, ZONE, entity
from core.planning.folded import add, commit, folded
from core.planning.test_shared_zones import ZONES, held, helper, shared, zone
from msgspec.structs import replace

from dispatch.events.horizon import HorizonPublished
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerAbsent, WorkerChanged, WorkerRetired
from dispatch.events.zone import ZoneChanged, ZoneGiven, ZoneMoveCalledOff, ZoneMoveTold, ZoneUncovered
from dispatch.model.people import SkillHeld
from dispatch.model.policy import Policy, ZonePolicy
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import publishing
from dispatch.planning.zone_moves import moves_due
from dispatch.planning.zones_away import zones_away

DAY = 24 * HOUR
TODAY = dt.date(2026, 11, 22)
BOTH = {"z1": "h0", "z2": "h0"}


def rules(**changes: Any) -> tuple[Happening, ...]:
    """How zones are given from now on."""
    return on(entity("policy", "current"), PolicySet(policy=Policy(zones=ZonePolicy(**changes))))


def pair(price: float = 1000.0) -> AreaState:
    """Two zones that h0 has, and h1, who came later and has none: evener days are not worth ``price``."""
    first = replace(ZONE, households=10, minutes_per_day=100)
    state = folded(ESTATE, rules(moved=price), helper("h0"))
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=first)), zone("z2"))
    add(state, on(entity("zone", "z2"), ZoneChanged(zone=replace(first, id="z2"))))
    assert len(shared(state)) == 2 and held(state) == BOTH
    add(state, helper("h1"))
    assert shared(state) == []
    return state


def published(state: AreaState, now: dt.datetime = NOW) -> HorizonPublished:
    """The head of what would be published."""
    asked = ZONES.ask(state, now)
    assert asked is not None
    for batch in publishing(state, ZONES, asked, answer(asked).plan):
        (head,) = batch[entity("horizon", "zones")]
        assert isinstance(head, HorizonPublished)
        return head
    raise AssertionError("nothing is published")


def test_a_weight_of_the_policy_moves_no_zone_before_the_notice_is_over() -> None:
    state = pair()
    add(state, rules(moved=1.0))
    (told,) = shared(state)
    assert isinstance(told, ZoneMoveTold) and told.why is not None
    assert (told.before, told.helper, told.day, told.why.rule) == ("h0", "h1", TODAY + 7 * dt.timedelta(1), "moved")
    assert held(state) == BOTH and ZONES.ask(state, NOW) is None
    assert moves_due(state, NOW + 6 * DAY) == {}
    events = moves_due(state, NOW + 7 * DAY)
    (given,) = [one for several in events.values() for one in several if isinstance(one, ZoneGiven)]
    assert (given.before, given.helper, given.why) == ("h0", "h1", told.why)
    commit(state, events)
    assert sorted(one or "" for one in held(state).values()) == ["h0", "h1"]
    assert moves_due(state, NOW + 8 * DAY) == {} and shared(state, NOW + 8 * DAY) == []


def test_what_is_told_is_called_off_where_the_question_changes_back() -> None:
    state = pair()
    add(state, rules(moved=1.0))
    shared(state)
    add(state, on(entity("worker", "h1"), WorkerRetired()))
    (off,) = shared(state)
    assert isinstance(off, ZoneMoveCalledOff) and held(state) == BOTH
    assert moves_due(state, NOW + 30 * DAY) == {}


def test_whoever_leaves_or_may_not_have_it_any_more_hands_on_at_once() -> None:
    for change in (
        WorkerRetired(),
        WorkerAbsent(start=NOW - HOUR, end=NOW + 20 * DAY),
    ):
        state = pair()
        add(state, on(entity("worker", "h0"), change))
        assert [type(one) for one in shared(state)] == [ZoneGiven, ZoneGiven]
    state = pair()
    item = state.workers["h0"].item
    gone = replace(item, skills=(SkillHeld(skill="cleaning", expires=TODAY - dt.timedelta(1)),))
    add(state, on(entity("worker", "h0"), WorkerChanged(worker=gone)))
    assert [type(one) for one in shared(state)] == [ZoneGiven, ZoneGiven]
    state = pair()
    ruled_out = replace(state.zones["z1"].item, never=("h0",))
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=ruled_out)))
    (given,) = shared(state)
    assert isinstance(given, ZoneGiven) and given.helper == "h1"


def test_what_a_dispatcher_chose_moves_at_once() -> None:
    state = pair()
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=replace(state.zones["z1"].item, helper="h1"))))
    (given,) = shared(state)
    assert isinstance(given, ZoneGiven) and (given.before, given.helper) == ("h0", "h1")


def test_what_nobody_can_have_any_more_stays_until_it_is_told_to_be_nobody_s() -> None:
    state = pair()
    add(state, on(entity("worker", "h1"), WorkerRetired()))
    shared(state)
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=replace(state.zones["z1"].item, households=31))))
    (told,) = shared(state)
    assert isinstance(told, ZoneMoveTold) and told.helper is None and told.reasons[0].rule == "households_cap"
    assert held(state) == BOTH and [one.part for one in state.horizons["zones"].open] == [None]
    commit(state, moves_due(state, NOW + 7 * DAY))
    assert list(held(state).values()).count(None) == 1
    (lost,) = [one for one in state.zones.values() if one.helper is None]
    assert lost.reasons[0].rule == "households_cap"


def test_what_makes_room_for_what_cannot_wait_goes_with_it() -> None:
    """Nobody is over their cap for the days of the notice because of what came to them."""
    state = folded(ESTATE, rules(), helper("h0", 40), helper("h1", 30), helper("h2", 10))
    add(
        state,
        on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, households=10, minutes_per_day=0, only=("h1", "h2")))),
    )
    add(state, zone("z2", 30, only=("h0", "h1")))
    shared(state)
    assert held(state)["z2"] in {"h0", "h1"}
    add(
        state,
        on(entity("zone", "z2"), ZoneGiven(helper="h0", plan=9)),
        on(entity("zone", "z1"), ZoneGiven(helper="h1", plan=9)),
    )
    add(state, on(entity("worker", "h0"), WorkerRetired()))
    events = shared(state)
    assert [type(one) for one in events] == [ZoneGiven, ZoneGiven], "h1 has no room for both"
    assert held(state) == {"z1": "h2", "z2": "h1"}


def test_zones_are_published_for_two_months_with_their_notice_and_weighed_as_a_month_begins() -> None:
    state = folded(ESTATE, helper("h0"))
    head = published(state)
    assert (head.start, head.frozen, head.until) == (TODAY, TODAY + dt.timedelta(7), dt.date(2027, 1, 1))
    shared(state)
    assert ZONES.ask(state, NOW + DAY) is None
    asked = ZONES.ask(state, NOW + 9 * DAY)
    assert asked is not None and (asked.why, asked.until) == ("the days go on", dt.date(2027, 2, 1))
    assert shared(state, NOW + 9 * DAY) == [] and ZONES.ask(state, NOW + 9 * DAY) is None


@pytest.mark.parametrize(
    ("room", "only", "expected"), [(40, None, "h1"), (19, None, "h2"), (40, ("h0", "h2"), "h2"), (40, ("h0",), None)]
)
def test_a_zone_whose_helper_is_away_for_days_is_shown_with_who_could_stand_in(
    room: int, only: tuple[str, ...] | None, expected: str | None
) -> None:
    state = folded(ESTATE, helper("h0"), zone("z2"))
    add(state, on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, households=20, minutes_per_day=0, only=only))))
    shared(state)
    add(state, helper("h1", room), helper("h2", base="b3-1202"), helper("h3"))
    shared(state)
    add(state, on(entity("worker", "h3"), WorkerAbsent(start=NOW - HOUR, end=NOW + DAY)))
    assert zones_away(state, NOW) == []
    add(state, on(entity("worker", "h0"), WorkerAbsent(start=NOW - HOUR, end=NOW + 3 * DAY)))
    assert shared(state) == [] and held(state) == {"z1": "h0", "z2": "h0"}, "they stay theirs"
    first, second = zones_away(state, NOW)
    assert (first.zone, first.helper, first.until, first.stand_in) == ("z1", "h0", dt.date(2026, 11, 25), expected)
    assert second.zone == "z2" and second.stand_in is not None
    assert zones_away(state, NOW + 3 * DAY) == []
    add(state, on(entity("worker", "h0"), WorkerAbsent(start=NOW + 3 * DAY, end=NOW + 20 * DAY)))
    assert zones_away(state, NOW) == [], "who is away for long hands them on"
    lost = [one for one in shared(state) if isinstance(one, ZoneUncovered)]
    assert bool(lost) is (expected is None)
