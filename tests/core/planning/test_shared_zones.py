"""Zones on the frame: who has one keeps it, what has to move moves with a reason, what nobody can have is named."""

from __future__ import annotations

import datetime as dt

import pytest
from core.decide.given import NOW, Happening, on
from core.decide.sample import ESTATE, HOUR, WEEK, ZONE, entity, worker
from core.planning.folded import add, commit, folded
from msgspec.structs import replace

from dispatch.events.horizon import HorizonPublished
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerAbsent, WorkerChanged, WorkerRegistered, WorkerRetired
from dispatch.events.zone import (
    ZoneChanged,
    ZoneGiven,
    ZoneMoveCalledOff,
    ZoneMoveTold,
    ZoneRegistered,
    ZoneUncovered,
)
from dispatch.model.errors import Conflict
from dispatch.model.people import Caps, Role, Shift, SkillHeld
from dispatch.model.policy import Policy, ZonePolicy
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import publishing
from dispatch.planning.shared_zones import Zones

DAY = 24 * HOUR
ZONES = Zones()


def helper(key: str, households: int = 40, **changes: object) -> tuple[Happening, ...]:
    """Somebody who can be given zones."""
    fields = {
        "role": Role.HELPER,
        "skills": (SkillHeld(skill="cleaning"),),
        "shifts": (Shift(start="06:00", end="14:00", days=WEEK),),
        "caps": Caps(households=households),
        **changes,
    }
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **fields)))


def zone(key: str, households: int = 10, **changes: object) -> tuple[Happening, ...]:
    """A zone, all of them in one place."""
    made = replace(ZONE, id=key, households=households, minutes_per_day=0, **changes)
    return on(entity("zone", key), ZoneRegistered(zone=made))


Changed = ZoneGiven | ZoneUncovered | ZoneMoveTold | ZoneMoveCalledOff


def shared(state: AreaState, now: dt.datetime = NOW) -> list[Changed]:
    """What is published of zones as of ``now``, which then is so; nothing where nothing is due."""
    asked = ZONES.ask(state, now)
    if asked is None:
        return []
    answered = answer(asked)
    assert answered.findings == ()
    found: list[Changed] = []
    for batch in publishing(state, ZONES, asked, answered.plan):
        found += [one for events in batch.values() for one in events if isinstance(one, Changed)]
        commit(state, batch)
    return found


def held(state: AreaState) -> dict[str, str | None]:
    """Who has which zone."""
    return {key: record.helper for key, record in sorted(state.zones.items())}


@pytest.fixture
def estate() -> AreaState:
    """Three helpers with room for four zones each, and eight zones, given out."""
    state = folded(ESTATE, on(entity("zone", "z1"), ZoneChanged(zone=replace(ZONE, households=10, minutes_per_day=0))))
    add(state, *(zone(f"z{n}") for n in range(2, 9)), *(helper(f"h{n}") for n in range(3)))
    given = shared(state)
    assert len(given) == 8 and {(one.before, one.why) for one in given} == {(None, None)}
    return state


def test_what_is_published_stands_while_the_same_is_asked(estate: AreaState) -> None:
    assert ZONES.ask(estate, NOW) is None
    assert ZONES.ask(estate, NOW + DAY) is None, "a day that passes is no reason"
    add(estate, on(entity("zone", "z1"), ZoneChanged(zone=replace(estate.zones["z1"].item, title="another"))))
    assert ZONES.ask(estate, NOW) is None, "nor is a title"


def test_who_leaves_hands_on_their_zones_and_no_other_moves(estate: AreaState) -> None:
    before = held(estate)
    gone = before["z1"]
    assert gone is not None
    add(estate, on(entity("worker", gone), WorkerRetired()))
    moved = shared(estate)
    after = held(estate)
    assert {key for key in after if after[key] != before[key]} == {key for key in before if before[key] == gone}
    assert len(moved) == sum(one == gone for one in before.values())
    for one in moved:
        assert (one.before, one.why and one.why.message) == (gone, f"{gone} does not work here any more.")


@pytest.mark.parametrize(("days", "moves"), [((13,), False), ((14,), True), ((7, 6), False), ((7, 7), True)])
def test_who_is_away_for_long_hands_on_their_zones(estate: AreaState, days: tuple[int, ...], moves: bool) -> None:
    """Absences of which one begins as the other ends are one."""
    gone = held(estate)["z1"]
    assert gone is not None
    end = NOW - HOUR
    for some in days:
        add(estate, on(entity("worker", gone), WorkerAbsent(start=end, end=end + some * DAY)))
        end += some * DAY
    back = local_day(end, estate.policy.time_zone)
    moved = shared(estate)
    assert bool(moved) is moves
    for one in moved:
        assert one.before == gone and one.why is not None
        assert (one.why.rule, one.why.message) == ("absent", f"{gone} is away until {back}.")
    assert shared(estate, NOW + 30 * DAY) == [], "who has them meanwhile keeps them"


def test_who_is_away_later_hands_on_nothing_before(estate: AreaState) -> None:
    gone = held(estate)["z1"]
    assert gone is not None
    start = NOW + 5 * DAY
    add(estate, on(entity("worker", gone), WorkerAbsent(start=start, end=start + 20 * DAY)))
    assert shared(estate) == []
    assert {one.before for one in shared(estate, start + HOUR)} == {gone}


def test_a_lost_certificate_moves_what_needs_it_by_that_rule(estate: AreaState) -> None:
    who = held(estate)["z1"]
    assert who is not None
    before = estate.workers[who].item
    until = SkillHeld(skill="cleaning", expires=(NOW + 2 * DAY).date())
    add(estate, on(entity("worker", who), WorkerChanged(worker=replace(before, skills=(until,)))))
    assert shared(estate) == [], "it holds today"
    moved = shared(estate, NOW + 4 * DAY)
    assert moved and {(one.before, one.why and one.why.rule) for one in moved} == {(who, "skill")}


def test_a_zone_that_grows_moves_as_few_as_bring_its_helper_under_the_cap(estate: AreaState) -> None:
    who = held(estate)["z1"]
    others = sum(one == who for one in held(estate).values()) - 1
    grown = 40 - 10 * others + 10
    add(estate, on(entity("zone", "z1"), ZoneChanged(zone=replace(estate.zones["z1"].item, households=grown))))
    (moved,) = shared(estate)
    assert isinstance(moved, ZoneMoveTold), "it is told before"
    assert (moved.before, moved.why and moved.why.rule) == (who, "households_cap")


def test_what_nobody_can_have_is_named_with_who_had_it_and_the_cheapest_change(estate: AreaState) -> None:
    for gone in ("h0", "h1"):
        add(estate, on(entity("worker", gone), WorkerRetired()))
    events = shared(estate)
    lost = [one for one in events if isinstance(one, ZoneUncovered)]
    assert len(lost) == 4 and sum(one == "h2" for one in held(estate).values()) == 4
    for one in lost:
        assert one.before in {"h0", "h1"} and one.why is not None
        assert one.reasons[0].rule == "households_cap"
        assert one.reasons[0].hint == "a cap of 10 households more for h2 would make it fit"
    head = estate.horizons["zones"]
    assert {one.id for one in head.open} == {key for key, who in held(estate).items() if who is None}
    assert shared(estate, NOW + DAY) == [], "it is named once"
    add(estate, helper("h3"))
    assert len(shared(estate)) == 4
    assert estate.horizons["zones"].open == ()


def test_where_nothing_has_to_move_only_what_is_worth_its_price_does() -> None:
    def opened(price: float) -> AreaState:
        state = folded(
            ESTATE,
            on(entity("policy", "current"), PolicySet(policy=Policy(zones=ZonePolicy(moved=price, notice_days=0)))),
        )
        first = replace(ZONE, households=10, minutes_per_day=100)
        add(state, on(entity("zone", "z1"), ZoneChanged(zone=first)), helper("h0"))
        add(state, on(entity("zone", "z2"), ZoneRegistered(zone=replace(first, id="z2"))))
        assert len(shared(state)) == 2
        add(state, helper("h1"))
        return state

    assert shared(opened(101.0)) == []
    (moved,) = shared(opened(99.0))
    assert (moved.before, moved.why and moved.why.rule) == ("h0", "moved")


def test_visits_planned_meanwhile_are_looked_at_before_it_is_published(estate: AreaState) -> None:
    state = folded(ESTATE, helper("h0", caps=Caps(minutes_per_day=120)))
    asked = ZONES.ask(state, NOW)
    assert asked is not None
    plan = answer(asked).plan
    full = replace(state.workers["h0"].item, caps=Caps(minutes_per_day=119))
    add(state, on(entity("worker", "h0"), WorkerChanged(worker=full)))
    with pytest.raises(Conflict):
        list(publishing(state, ZONES, asked, plan))


def test_what_waits_for_room_in_a_day_is_tried_once_a_day() -> None:
    state = folded(ESTATE, helper("h0", caps=Caps(minutes_per_day=119)))
    (left,) = shared(state)
    assert isinstance(left, ZoneUncovered) and left.reasons[0].rule == "zone_minutes_cap"
    assert ZONES.ask(state, NOW) is None
    again = ZONES.ask(state, NOW + DAY)
    assert again is not None and again.why == "zones wait for room in a day"
    (head,) = [one for batch in publishing(state, ZONES, again, answer(again).plan) for one in batch.popitem()[1]]
    assert isinstance(head, HorizonPublished) and head.changed == 0
