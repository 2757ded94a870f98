"""Rounds planned ahead: when they are due, what is published and kept closed, what is told afterwards."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from itertools import pairwise

import msgspec
from core.decide.given import on
from core.decide.sample import HOUR, MINUTE, entity, order_entity
from core.planning.folded import add, commit
from core.planning.walked import MIDNIGHT, MONDAY, NIGHT, SECRET, a_round, asked, guard, policy, publish, site
from msgspec.structs import replace

from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.events.order import OrderPinned, OrderUnpinned, OrderUnplanned, ReasonGiven
from dispatch.events.round import PlannedWalk, RoundChanged, RoundRetired, WalksPublished
from dispatch.events.worker import WorkerAbsent, WorkerRetired
from dispatch.model.places import Band, Scans
from dispatch.planning.area import AreaState, Dirt
from dispatch.planning.drawn import seed_of
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import head_of_kind, publishing
from dispatch.planning.rounds import occurrence_id, releasing, rounds_due
from dispatch.planning.walk_aside import sound
from dispatch.planning.walk_ask import build_walks
from dispatch.planning.walk_watch import laid_out
from dispatch.planning.walks import Days, Walks
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.prove import prove

DAY = dt.timedelta(days=1)


def walks(state: AreaState, key: str = "night") -> tuple[PlannedWalk, ...]:
    """What is published of a round."""
    return state.walks[key].walks


def unpacked(text: str, form: type[RoundProblem] | type[RoundPlan]) -> RoundProblem | RoundPlan:
    """What stands in a record of a draw."""
    return msgspec.json.decode(zlib.decompress(base64.b64decode(text)), type=form)


def drawn(state: AreaState) -> DrawRecorded:
    """What is recorded of the draw that is due."""
    due = asked(state)
    assert due is not None
    due = Walks().keyed(state.area, due, SECRET)
    (batch,) = publishing(state, Walks(), due, answer(due).plan)
    (found,) = [one for events in batch.values() for one in events if isinstance(one, DrawRecorded)]
    return found


def test_nothing_is_planned_ahead_unless_the_policy_says_so() -> None:
    assert asked(site(days=0)) is None
    state = site()
    add(state, on(entity("round", "night"), RoundRetired()))
    assert asked(state) is None


def test_every_time_from_the_day_after_tomorrow_on_has_its_walk() -> None:
    state = site()
    due = publish(state)
    assert (due.start, due.until) == (MONDAY + 2 * DAY, head_of_kind(state, "rounds").until)
    days = [due.start + number * DAY for number in range((due.until - due.start).days)]
    assert [one.day for one in walks(state)] == [day for day in days for _ in NIGHT.bands]
    for one in walks(state):
        opens, guards = one.nominal, one.guards
        assert opens <= one.start <= opens + HOUR
        assert one.start < one.end
        assert len(guards) == 1
        assert sorted(step.checkpoint for step in one.passes) == ["p1", "p2", "p3"]
    assert asked(state) is None
    assert asked(state, MIDNIGHT + 23 * HOUR) is None


def test_days_are_planned_before_they_are_opened_and_what_was_published_stays() -> None:
    state = site()
    publish(state)
    before = walks(state)
    now = MIDNIGHT
    while asked(state, now) is None:
        now += DAY
    due = publish(state, now)
    assert due.start == before[-1].day + DAY, "the day after the last that was planned"
    assert due.start == MONDAY + (now - MIDNIGHT) + 2 * DAY
    assert walks(state)[: len(before)] == before


def test_starts_are_not_those_of_another_secret_nor_of_the_days_before() -> None:
    state, other = site(days=7), site(days=7)
    publish(state, MIDNIGHT)
    publish(other, MIDNIGHT, secret=SECRET[::-1])
    offsets, others = ([one.start - one.nominal for one in walks(each)] for each in (state, other))
    assert offsets != others
    assert len(set(offsets)) > len(offsets) // 2
    seeds = {
        seed_of(SECRET, area, Days(MONDAY, MONDAY + n * DAY), Walks.words) for area in ("east", "west") for n in (1, 2)
    }
    assert len(seeds) == 4


def test_a_guard_who_cannot_come_is_replaced_at_the_same_starts() -> None:
    state = site()
    publish(state)
    before = walks(state)
    gone = before[-1].guards[0]
    start = before[-1].start - HOUR
    dirt = add(state, on(entity("worker", gone), WorkerAbsent(start=start, end=start + 4 * HOUR)))
    assert Dirt.HORIZONS in dirt
    publish(state)
    assert [one.start for one in walks(state)] == [one.start for one in before]
    assert gone not in walks(state)[-1].guards


def test_what_nobody_can_walk_is_named_with_the_rule_in_its_way() -> None:
    state = site(guards=1)
    add(state, on(entity("worker", "g0"), WorkerRetired()))
    publish(state)
    assert "night" not in state.walks
    opens = head_of_kind(state, "rounds").open
    assert {(one.id, one.part) for one in opens} == {("night", "2200"), ("night", "2330")}
    assert all(one.reasons for one in opens)


def test_a_round_that_is_walked_otherwise_or_no_more_is_planned_anew() -> None:
    state = site()
    publish(state)
    early = replace(NIGHT, bands=(Band(start_from="21:00", start_to="21:30"),))
    add(state, on(entity("round", "night"), RoundChanged(round=early)))
    publish(state)
    assert {f"{one.nominal:%H:%M}" for one in walks(state)} == {"13:00"}
    add(state, on(entity("round", "night"), RoundRetired()))
    publish(state)
    assert walks(state) == ()
    assert asked(state) is None


def test_a_walk_past_midnight_is_not_given_up_for_one_of_the_next_days() -> None:
    late = replace(NIGHT, id="late", bands=(Band(start_from="23:58", start_to="23:59"),), minutes=20)
    soon = replace(NIGHT, id="soon", bands=(Band(start_from="00:01", start_to="00:02"),), minutes=20)
    state = site(a_round(late), a_round(soon), guards=3, days=1)
    for number in range(3):
        publish(state, MIDNIGHT + number * DAY)
    every = sorted((one for key in ("late", "soon", "night") for one in walks(state, key)), key=lambda one: one.start)
    for guard_ in ("g0", "g1", "g2"):
        own = [one for one in every if guard_ in one.guards]
        assert all(first.end <= second.start for first, second in pairwise(own))
    assert len(walks(state, "soon")) == len(walks(state, "late")) == 3


def test_nothing_tells_the_seed_until_its_days_are_over() -> None:
    state = site()
    recorded = drawn(state)
    seed = seed_of(SECRET, "east", Days(recorded.first, recorded.until), Walks.words)
    problem = unpacked(recorded.problem, RoundProblem)
    assert isinstance(problem, RoundProblem)
    assert seed not in msgspec.json.encode(problem).decode()
    publish(state)
    over = MIDNIGHT + (recorded.until - MONDAY)
    assert Walks().revealing(state, over + DAY - MINUTE, SECRET) == {}
    batch = Walks().revealing(state, over + DAY, SECRET)
    ((event,),) = batch.values()
    assert event == SeedRevealed(number=1, seed=seed)
    commit(state, batch)
    assert Walks().revealing(state, over + 9 * DAY, SECRET) == {}


def test_what_was_recorded_is_proven_by_the_seed_and_by_no_other() -> None:
    recorded = drawn(site())
    problem, plan = unpacked(recorded.problem, RoundProblem), unpacked(recorded.plan, RoundPlan)
    assert isinstance(problem, RoundProblem)
    assert isinstance(plan, RoundPlan)
    days = Days(recorded.first, recorded.until)
    proof = prove(
        replace(problem, seed=seed_of(SECRET, "east", days, Walks.words)), plan, commitment=recorded.commitment
    )
    assert (proof.committed, proof.drawn, proof.same) == (True, True, True)
    other = prove(
        replace(problem, seed=seed_of("x" * 32, "east", days, Walks.words)), plan, commitment=recorded.commitment
    )
    assert not other.holds


def test_only_rounds_with_other_walks_have_an_event() -> None:
    second = replace(NIGHT, id="day", bands=(Band(start_from="20:30", start_to="21:00"),))
    state = site(a_round(second))
    publish(state)
    add(state, guard("g9"), policy(3, budget=0))
    due = asked(state)
    assert due is not None
    due = Walks().keyed(state.area, due, SECRET)
    plan = answer(due).plan
    batch = Walks().batch(state, due, plan, 2)
    changed = {one.id for one, events in batch.items() if isinstance(events[0], WalksPublished)}
    commit(state, batch)
    assert Walks().batch(state, due, plan, 3) == {}
    assert changed <= {"night", "day"}


def test_a_walk_that_was_planned_is_opened_at_its_start_for_its_guards_and_takes_as_long_as_the_round() -> None:
    state = site()
    publish(state)
    now = MIDNIGHT + 2 * DAY
    batch = rounds_due(state, now)
    pins = {one.start: one.workers for events in batch.values() for one in events if isinstance(one, OrderPinned)}
    days = {MONDAY + number * DAY for number in (1, 2, 3)}
    assert pins == {one.start: one.guards for one in walks(state) if one.day in days}
    assert pins
    assert all(one.end - one.start >= NIGHT.minutes * MINUTE for one in walks(state))
    commit(state, batch)
    assert rounds_due(state, now) == {}
    assert releasing(state) == {}, "nobody tried yet"


def test_without_a_plan_ahead_a_round_is_opened_with_its_whole_band() -> None:
    state = site(days=0)
    assert all(len(events) == 1 for events in rounds_due(state, MIDNIGHT).values())


def test_what_its_guards_cannot_walk_goes_back_to_its_band() -> None:
    state = site()
    publish(state)
    now = MIDNIGHT + 2 * DAY
    commit(state, rounds_due(state, now))
    key = occurrence_id("night", next(one for one in walks(state) if one.day == MONDAY + 2 * DAY).nominal)
    pin = state.orders[key].pin
    assert pin is not None
    reason = ReasonGiven(rule="absence", message="away")
    add(state, on(order_entity(key), OrderUnplanned(reasons=(reason,), plan=1)))
    batch = releasing(state)
    assert batch == {order_entity(key): [OrderUnpinned()]}
    commit(state, batch)
    assert state.orders[key].pin is None
    add(state, on(order_entity(key), OrderPinned(workers=("g0", "g1"))))
    assert releasing(state) == {}, "what a dispatcher fixed stays"


def test_a_walk_that_begins_and_ends_at_the_gate_passes_it_twice_and_is_watched_there_once() -> None:
    circle = replace(NIGHT, id="circle", checkpoints=("p1", "p2", "p3", "p2", "p1"), scans=Scans())
    state = site(a_round(circle), guards=2)
    publish(state)
    assert len(walks(state)) == len(walks(state, "circle")) == 4
    for one in walks(state, "circle"):
        assert [step.checkpoint for step in one.passes] in (["p1", "p2", "p3", "p1"], ["p1", "p3", "p2", "p1"])
        assert one.end - one.start >= circle.minutes * MINUTE
    first = walks(state, "circle")[0]
    commit(state, rounds_due(state, MIDNIGHT + 2 * DAY))
    order = state.orders[occurrence_id("circle", first.nominal)]
    watch = laid_out(state, order, first.start, first.end)
    assert watch is not None
    assert watch.passes == first.passes[:-1]
    assert watch.end == first.end


def test_what_cannot_be_planned_is_left_aside_and_named_and_the_others_are_walked() -> None:
    lost = replace(NIGHT, id="lost", checkpoints=("p1", "nowhere"))
    state = site(a_round(lost))
    publish(state)
    assert len(walks(state)) == 4
    assert [(one.id, [why.rule for why in one.reasons]) for one in head_of_kind(state, "rounds").open] == [
        ("lost", ["unknown_place"])
    ]
    broken = build_walks(state, Days(MONDAY, MONDAY + DAY))
    (night, *_) = broken.rounds
    (one, other) = broken.guards
    twice = replace(night, id="twice", checkpoints=("p1", "p2", "p1", "p3"))
    torn = replace(other, duties=(other.duties[0], replace(other.duties[0], id="again")))
    kept, aside = sound(replace(broken, rounds=(night, twice), guards=(one, torn)))
    assert (kept.rounds, kept.guards) == ((night,), (one,))
    assert [(open_.id, open_.reasons[0].rule) for open_ in aside] == [("twice", "bad_record"), (other.id, "bad_record")]
    assert "passes 'p1' twice" in aside[0].reasons[0].message


def test_one_more_guard_changes_nothing_and_one_who_cannot_come_only_their_own_walks() -> None:
    second = replace(NIGHT, id="second", bands=(Band(start_from="20:30", start_to="21:30"),))
    state = site(a_round(second), guards=3, days=7)
    publish(state)

    def stands() -> dict[tuple[str, dt.datetime], tuple[dt.datetime, tuple[str, ...]]]:
        return {(key, one.nominal): (one.start, one.guards) for key in ("night", "second") for one in walks(state, key)}

    before = stands()
    add(state, guard("g9"))
    publish(state)
    assert stands() == before, "nobody had to be told anew"
    away = max(start for start, names in before.values() if names == ("g0",))
    add(state, on(entity("worker", "g0"), WorkerAbsent(start=away - HOUR, end=away + 2 * HOUR)))
    publish(state)
    after = stands()
    assert {start for start, _ in after.values()} == {start for start, _ in before.values()}
    changed = {key for key in before if after[key] != before[key]}
    assert changed == {key for key, (start, names) in before.items() if names == ("g0",) and start >= away - HOUR}


def test_guards_change_freely_where_a_change_has_no_price() -> None:
    state = site(guards=1, days=7)
    add(state, policy(7, change=0.0))
    publish(state)
    add(state, guard("g9"))
    publish(state)
    assert {name for one in walks(state) for name in one.guards} == {"g0", "g9"}
