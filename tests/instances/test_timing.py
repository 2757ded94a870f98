"""An order of visits gets its one best timing, in full precision."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from benchmarks.instances import hhcrsp, kovacs, pillac, vrptw
from benchmarks.recost import hhcrsp as recost_hhcrsp
from benchmarks.recost.dump import Dump, read_dump
from benchmarks.timing.hhcrsp import CircleError
from benchmarks.timing.hhcrsp import hhcrsp as time_hhcrsp
from benchmarks.timing.pillac import pillac as time_pillac
from benchmarks.timing.plain import kovacs as time_kovacs
from benchmarks.timing.plain import vrptw as time_vrptw
from instances import small
from msgspec.json import encode


@pytest.fixture
def data(tmp_path: Path) -> Path:
    small.write(tmp_path)
    return tmp_path


def starts(dump: Dump, worker: int | str) -> list[float]:
    return [stop.start for route in dump.routes if route.worker == worker for stop in route.stops]


def test_tenths_do_not_drift(data: Path) -> None:
    dump = time_vrptw(vrptw.read(data / "vrptw/solomon/TINY.txt"), 1, small.VRPTW_ORDERS)
    assert starts(dump, 1) == [5.0, 10.0]
    assert starts(dump, 2) == [4.0]
    assert dump.unplanned == ()


def test_a_dump_survives_its_file_to_the_last_bit(data: Path) -> None:
    instance = pillac.read(data / "trsp-pillac/crew25/TINY.txt")
    dump = time_pillac(instance, 7, small.TRSP_ORDERS)
    (data / "dump.json").write_bytes(encode(dump))
    assert read_dump(data / "dump.json") == dump


def test_technicians_leave_as_late_as_the_end_of_their_route_allows(data: Path) -> None:
    """5 may begin at 20 and the day at 10: six away, so leaving at 14 is in time."""
    dump = time_pillac(pillac.read(data / "trsp-pillac/crew25/TINY.txt"), 1, small.TRSP_ORDERS)
    assert starts(dump, 2) == [20.0]
    assert starts(dump, 1) == [30.0, 40 + math.hypot(3, 6), 50 + math.hypot(3, 6)]


def test_waiting_is_moved_before_the_first_stop(data: Path) -> None:
    """After the depot at 10 there would be 13 to wait for 3; going to the depot later saves it."""
    dump = time_pillac(pillac.read(data / "trsp-pillac/crew25/TINY.txt"), 1, {1: (0, 3)})
    assert starts(dump, 1) == [30 - math.hypot(3, 6), 30.0]


def test_nobody_leaves_for_what_is_not_known_yet(data: Path) -> None:
    dump = time_pillac(pillac.read(data / "trsp-pillac/crew25-dyn/TINY_rd_33.txt"), 1, small.TRSP_ORDERS)
    assert starts(dump, 2) == [25.0 + 6]


def test_a_second_visit_waits_for_the_least_gap(data: Path) -> None:
    """Both could be at c at 40; ten must lie between."""
    instance = hhcrsp.read(data / "hhcrsp/mine/care.json")
    dump = time_hhcrsp(instance, 1, {"x": (("c", "wash"),), "y": (("c", "lift"),)})
    assert (starts(dump, "x"), starts(dump, "y")) == ([40.0], [50.0])
    assert dump.unplanned == ("a", "b")


def test_the_greatest_gap_pulls_the_first_visit_behind(data: Path) -> None:
    text = (data / "hhcrsp/mine/care.json").read_text(encoding="utf-8").replace("[10, 15]", "[1, 2.1]")
    (data / "hhcrsp/mine/care.json").write_text(text, encoding="utf-8")
    instance = hhcrsp.read(data / "hhcrsp/mine/care.json")
    orders = {"x": (("a", "wash"), ("b", "wash"), ("c", "wash")), "y": (("b", "lift"), ("c", "lift"))}
    dump = time_hhcrsp(instance, 1, orders)
    # y is at c at 30 + 7 + 8; x could be there at 43, but may be no more than 2.1 before
    assert starts(dump, "y")[1] == 45.0
    assert starts(dump, "x")[2] == 43.0
    tight = time_hhcrsp(
        instance, 1, {**orders, "y": (("b", "lift"), ("a", "wash"), ("c", "lift")), "x": orders["x"][1:]}
    )
    first, second = starts(tight, "x")[1], starts(tight, "y")[2]
    assert first == pytest.approx(second - 2.1)
    assert first + 2.1 >= second
    assert recost_hhcrsp.recost(instance, tight).feasible


def test_orders_that_wait_for_each_other_have_no_timing(data: Path) -> None:
    instance = hhcrsp.read(data / "hhcrsp/mine/care.json")
    with pytest.raises(CircleError, match="waits for itself"):
        time_hhcrsp(instance, 1, {"x": (("b", "wash"), ("c", "wash")), "y": (("c", "lift"), ("b", "lift"))})


def test_a_team_goes_together(data: Path) -> None:
    source = next(one for one in kovacs.find(data / "trsp-kovacs") if one.name == "R101_2x2_Team")
    dump = time_kovacs(kovacs.read(source), 1, {1: (3,)}, {1: (2, 1)})
    assert [(route.worker, route.team) for route in dump.routes] == [(2, 1), (1, 1)]
    assert starts(dump, 1) == starts(dump, 2) == [3.0]
    assert dump.unplanned == (2, 4)
