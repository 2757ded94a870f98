"""How the checkpoints of one walk stand as of an instant, in whatever order its scans are known."""

from __future__ import annotations

import datetime as dt
import itertools

from dispatch.model.watching import PlannedPass, WalkWatch, amiss

T0 = dt.datetime(2026, 11, 22, 14, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
WATCH = WalkWatch(
    passes=tuple(PlannedPass(checkpoint=name, at=T0 + 10 * n * MINUTE) for n, name in enumerate("abc")),
    end=T0 + 25 * MINUTE,
    late_s=300,
    missed_s=1800,
)


def at(minutes: float) -> dt.datetime:
    return T0 + minutes * MINUTE


def stands(now: float, **scans: float) -> dict[str, tuple[str, dt.datetime]]:
    """By checkpoint, what is amiss and since when."""
    found = amiss(WATCH, {name: at(minutes) for name, minutes in scans.items()}, at(now))
    return {one.checkpoint: (one.standing, one.since) for one in found}


def test_what_is_scanned_in_time_and_in_turn_is_well_for_good() -> None:
    for now in range(-10, 100):
        assert stands(now, a=0, b=10, c=24.9) == {} if now >= 25 else "a" not in stands(now, a=-4)


def test_a_checkpoint_is_late_then_missed_each_from_the_moment_on() -> None:
    assert stands(4.99) == {}
    assert stands(5) == {"a": ("late", at(5))}
    assert stands(16, a=1) == {"b": ("late", at(15))}
    assert stands(55, a=1, b=11) == {"c": ("missed", at(55))}


def test_who_comes_late_came_late_and_who_is_passed_over_is_out_of_order_at_once() -> None:
    assert stands(30, a=6, b=12, c=22) == {"a": ("came_late", at(5))}
    assert stands(3, b=2) == {"a": ("out_of_order", at(2))}
    assert stands(5, b=2) == {"a": ("late", at(5))}
    assert stands(30, a=4, b=2, c=21) == {"a": ("out_of_order", at(2))}
    assert stands(30, a=3, b=21, c=20) == {"b": ("came_late", at(15))}


def test_a_scan_of_later_on_is_not_known_yet() -> None:
    assert stands(5, a=5.5) == {"a": ("late", at(5))}


def test_the_order_in_which_scans_are_known_makes_no_difference() -> None:
    scans = {"a": 3.0, "b": 2.0, "c": 26.0}
    wanted = stands(60, **scans)
    assert set(wanted) == {"a", "c"}
    for names in itertools.permutations(scans):
        assert stands(60, **{name: scans[name] for name in names}) == wanted


def test_a_scan_is_of_the_walk_from_a_little_before_it_to_long_after() -> None:
    taken = [minute for minute in range(-20, 80) if WATCH.takes(at(minute))]
    assert (taken[0], taken[-1]) == (-5, 54)
