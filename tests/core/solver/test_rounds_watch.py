"""The watch over rounds: late and missed checkpoints as of an instant, since when, in whatever order scans come."""

from __future__ import annotations

import datetime as dt
import random

from msgspec.structs import replace
from round_problems import drawn, guard, plan_of, problem, walked

from dispatch.solver.problem import Span
from dispatch.solver.rounds.watch import Overdue, Scan, Watch

ASKED = problem((walked("r", (0, 2, 4), bands=(Span(10, 11), Span(100, 101))),), (guard("a"), guard("b")))
PLAN = plan_of(ASKED)
FIRST, SECOND = PLAN.walks
WATCH = Watch(problem=ASKED, plan=PLAN, late_after=3, missed_after=20)


def at(tick: float) -> dt.datetime:
    return ASKED.origin + dt.timedelta(minutes=tick)


def scan(number: int, tick: float, *, who: str | None = None) -> Scan:
    """A scan at a checkpoint of the first walk."""
    return Scan(checkpoint=FIRST.passes[number].checkpoint, at=at(tick), guard=who or FIRST.guards[0])


def states(found: tuple[Overdue, ...]) -> list[tuple[str | None, str, dt.datetime]]:
    return [(one.checkpoint, one.state, one.since) for one in found]


def test_nothing_is_overdue_before_it_is_late_and_it_is_from_then_on() -> None:
    first = FIRST.passes[0]
    assert WATCH.as_of(at(first.arrive + 2.9)) == ()
    assert states(WATCH.as_of(at(first.arrive + 3))) == [(first.checkpoint, "late", at(first.arrive + 3))]


def test_a_scan_in_time_is_nothing_to_speak_of_and_a_late_one_is_said() -> None:
    first, second, third = FIRST.passes
    seen = WATCH.take([scan(0, first.arrive), scan(1, second.arrive + 2.9), scan(2, third.arrive + 4)])
    assert states(seen.as_of(at(FIRST.end + 19))) == [(third.checkpoint, "came_late", at(third.arrive + 3))]
    assert seen.as_of(at(FIRST.end + 19))[0].seen == at(third.arrive + 4)
    before = seen.as_of(at(third.arrive + 3.5))
    assert states(before) == [(third.checkpoint, "late", at(third.arrive + 3))]


def test_what_is_not_scanned_while_the_walk_may_go_on_is_missed_for_good() -> None:
    gone = FIRST.end + 20
    seen = WATCH.take([scan(0, gone), scan(1, gone - 0.1)])
    found = {one.checkpoint: one for one in seen.as_of(at(gone)) if one.nominal == FIRST.nominal}
    assert found[FIRST.passes[0].checkpoint].state == "missed"
    assert found[FIRST.passes[0].checkpoint].since == at(gone)
    assert found[FIRST.passes[1].checkpoint].state == "came_late"
    assert [one.at for one in seen.stray] == [at(gone)]


def test_somebody_elses_scan_and_one_at_another_time_count_for_nothing() -> None:
    other = "b" if FIRST.guards == ("a",) else "a"
    seen = WATCH.take([scan(0, FIRST.start, who=other), scan(0, 60)])
    assert len(seen.stray) == 2
    assert len([one for one in seen.as_of(at(99)) if one.state == "missed"]) == 3


def test_a_time_nobody_walks_is_overdue_from_its_last_start_on() -> None:
    asked = problem((walked("r", (0,), bands=(Span(10, 16),)),), ())
    watch = Watch(problem=asked, plan=plan_of(asked))
    assert watch.as_of(at(14)) == ()
    assert states(watch.as_of(at(15))) == [(None, "unwalked", at(15))]


def test_scans_may_come_in_any_order_in_parts_and_more_than_once() -> None:
    for seed in range(20):
        draw = random.Random(seed)
        asked = drawn(seed, rounds=4, guards=3)
        plan = plan_of(asked, budget=0)
        watch = replace(WATCH, problem=asked, plan=plan)
        steps = [(walk, step) for walk in plan.walks for step in walk.passes if draw.random() < 0.7]
        scans = [
            Scan(checkpoint=step.checkpoint, at=at(step.arrive + draw.randint(-2, 30)), guard=draw.choice(walk.guards))
            for walk, step in steps
        ]
        whole = watch.take(scans)
        mixed = [*scans, *draw.sample(scans, len(scans) // 2)]
        draw.shuffle(mixed)
        half = len(mixed) // 2
        assert watch.take(mixed[:half]).take(mixed[half:]) == whole
        assert all(one.since <= at(150) for one in whole.as_of(at(150)))
        late = {(one.round, one.nominal, one.checkpoint) for one in whole.as_of(at(150))}
        assert late <= {(one.round, one.nominal, one.checkpoint) for one in whole.as_of(at(400))}
