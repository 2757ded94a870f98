"""The check of a dump finds its cost, and each rule broken once, by hand, is found by its name."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks.instances import hhcrsp, kovacs, pillac, vrptw
from benchmarks.recost import hhcrsp as recost_hhcrsp
from benchmarks.recost import kovacs as recost_kovacs
from benchmarks.recost import pillac as recost_pillac
from benchmarks.recost import vrptw as recost_vrptw
from benchmarks.recost.dump import Dump, Route, Stop
from benchmarks.recost.verdict import Verdict
from benchmarks.timing.hhcrsp import hhcrsp as time_hhcrsp
from benchmarks.timing.pillac import pillac as time_pillac
from benchmarks.timing.plain import kovacs as time_kovacs
from benchmarks.timing.plain import vrptw as time_vrptw
from instances import small
from instances.small import changed, given_to, routed

Case = tuple[Dump, Callable[[Dump], Verdict]]


def vrptw_case(folder: Path) -> Case:
    instance = vrptw.read(folder / "vrptw/solomon/TINY.txt")
    return time_vrptw(instance, 1, small.VRPTW_ORDERS), lambda dump: recost_vrptw.recost(instance, dump)


def care_case(folder: Path) -> Case:
    instance = hhcrsp.read(folder / "hhcrsp/mine/care.json")
    return time_hhcrsp(instance, 1, small.CARE_ORDERS), lambda dump: recost_hhcrsp.recost(instance, dump)


def trsp_case(folder: Path) -> Case:
    instance = pillac.read(folder / "trsp-pillac/crew25/TINY.txt")
    return time_pillac(instance, 1, small.TRSP_ORDERS), lambda dump: recost_pillac.recost(instance, dump)


def dynamic_case(folder: Path) -> Case:
    instance = pillac.read(folder / "trsp-pillac/crew25-dyn/TINY_rd_33.txt")
    return time_pillac(instance, 1, small.TRSP_ORDERS), lambda dump: recost_pillac.recost(instance, dump)


def levels_case(folder: Path) -> Case:
    source = next(one for one in kovacs.find(folder / "trsp-kovacs") if one.name == "R101_2x2_noTeam")
    instance = kovacs.read(source)
    return time_kovacs(instance, 1, {1: (2,), 2: (3,)}), lambda dump: recost_kovacs.recost(instance, dump)


def team_case(folder: Path) -> Case:
    source = next(one for one in kovacs.find(folder / "trsp-kovacs") if one.name == "R101_2x2_Team")
    instance = kovacs.read(source)
    dump = time_kovacs(instance, 1, {1: (2, 3)}, {1: (1, 2)})
    return dump, lambda dump: recost_kovacs.recost(instance, dump)


def without(dump: Dump, worker: int | str) -> Dump:
    return routed(dump, tuple(route for route in dump.routes if route.worker != worker))


@pytest.mark.parametrize(
    ("make", "cost", "unserved"),
    [
        # 1.4 + 3.0 + 4.1 and 3.0 twice, every leg cut to a tenth
        (vrptw_case, 8.5 + 6.0, 0),
        # x: 4 + 5.5 + 8 + 9, y: 6 + 8 + 9; the wash at c begins at 43, two late; the lift ten later, twelve late
        (care_case, (26.5 + 23 + 2 + 12 + 12) / 3, 0),
        # 1 leaves at 25 for 3 (30 to 40), the depot and 4, home; 2 goes and comes
        (trsp_case, 5 + 10 + math.hypot(3, 6) + 10 + 5 + 20 + 6 + 5 + 6, 0),
        (dynamic_case, 5 + 10 + math.hypot(3, 6) + 10 + 5 + 20 + 6 + 5 + 6, 0),
        (levels_case, 10 + 6 + 201, 1),
        # the team travels once
        (team_case, 5 + 4 + 3 + 201, 1),
    ],
)
def test_a_good_plan_costs_what_it_costs(
    tmp_path: Path, make: Callable[[Path], Case], cost: float, unserved: int
) -> None:
    small.write(tmp_path)
    dump, check = make(tmp_path)
    verdict = check(dump)
    assert verdict.faults == ()
    assert verdict.cost == pytest.approx(cost, abs=1e-9)
    assert verdict.unserved == unserved


def swapped(dump: Dump) -> Dump:
    """The first route backwards, with the starts it had."""
    first = dump.routes[0]
    return routed(dump, (Route(worker=first.worker, team=first.team, stops=first.stops[::-1]), *dump.routes[1:]))


def parted(dump: Dump) -> Dump:
    """The second of a team leaves out its last stop."""
    first, second = dump.routes
    return routed(dump, (first, Route(worker=second.worker, team=second.team, stops=second.stops[:-1])))


def teamed(dump: Dump) -> Dump:
    """Both technicians on one route, as a team."""
    stops = dump.routes[0].stops
    return routed(dump, tuple(Route(worker=id_, team=1, stops=stops) for id_ in (1, 2)), (3, 4))


def doubled(dump: Dump) -> Dump:
    """The first stop of all once more, at the end of its route."""
    first = dump.routes[0]
    again = Stop(visit=first.stops[0].visit, service=first.stops[0].service, start=first.stops[-1].start + 9)
    route = Route(worker=first.worker, team=first.team, stops=(*first.stops, again))
    return routed(dump, (route, *dump.routes[1:]))


def strange(dump: Dump) -> Dump:
    first = dump.routes[0]
    route = Route(worker=first.worker, team=first.team, stops=(*first.stops, Stop(visit=99, start=30.0)))
    return routed(dump, (route, *dump.routes[1:]))


def of_another(dump: Dump) -> Dump:
    return Dump(instance="other", seed=dump.seed, routes=dump.routes, unplanned=dump.unplanned)


ALL = (vrptw_case, care_case, trsp_case, levels_case, team_case)


@pytest.mark.parametrize("make", ALL)
@pytest.mark.parametrize(
    ("rule", "breaks"),
    [
        ("instance", of_another),
        ("visit_known", strange),
        ("visit_known", lambda dump: routed(dump, dump.routes, (*dump.unplanned, 99))),
        ("visit_once", doubled),
        ("visit_once", lambda dump: routed(dump, dump.routes, (*dump.unplanned, dump.routes[0].stops[0].visit))),
        ("worker_known", lambda dump: given_to(dump, dump.routes[0].worker, "nobody")),
        ("worker_once", lambda dump: routed(dump, (*dump.routes, Route(worker=dump.routes[0].worker, stops=())))),
        ("accounted", lambda dump: routed(dump, ())),
    ],
)
def test_what_stands_twice_nowhere_or_is_unknown_is_found(
    tmp_path: Path, make: Callable[[Path], Case], rule: str, breaks: Callable[[Dump], Dump]
) -> None:
    small.write(tmp_path)
    dump, check = make(tmp_path)
    assert rule in {fault.rule for fault in check(breaks(dump)).faults}


@pytest.mark.parametrize(
    ("make", "rule", "breaks"),
    [
        (vrptw_case, "served", lambda dump: routed(without(dump, 2), without(dump, 2).routes, (3,))),
        (vrptw_case, "travel", lambda dump: changed(dump, 1, _2=9.9)),
        (vrptw_case, "window", lambda dump: changed(dump, 2, _3=3.9)),
        (vrptw_case, "window", lambda dump: changed(dump, 2, _3=20.1)),
        (vrptw_case, "day", lambda dump: changed(dump, 1, _2=34.0)),
        (vrptw_case, "travel", swapped),
        (care_case, "served", lambda dump: routed(dump, (_later(dump.routes[0]), *dump.routes[1:]), ("a",))),
        (care_case, "travel", lambda dump: changed(dump, "x", c=42.0)),
        (care_case, "window", lambda dump: changed(dump, "x", a=9.5)),
        (care_case, "skill", lambda dump: given_to(given_to(given_to(dump, "x", "z"), "y", "x"), "z", "y")),
        (care_case, "together", lambda dump: changed(dump, "y", b=31.0)),
        (care_case, "together", lambda dump: changed(dump, "y", c=52.9)),
        (care_case, "together", lambda dump: changed(dump, "y", c=58.1)),
        (trsp_case, "served", lambda dump: routed(without(dump, 2), without(dump, 2).routes, (5,))),
        (trsp_case, "travel", lambda dump: changed(dump, 1, _4=55.0)),
        (trsp_case, "window", lambda dump: changed(dump, 1, _3=29.0)),
        (trsp_case, "window", lambda dump: changed(dump, 2, _5=90.5)),
        (trsp_case, "day", lambda dump: changed(dump, 2, _5=90.0)),
        (trsp_case, "day", lambda dump: changed(dump, 2, _5=15.0)),
        (trsp_case, "skill", lambda dump: given_to(given_to(given_to(dump, 1, 9), 2, 1), 9, 2)),
        (trsp_case, "tool", lambda dump: routed(dump, (_no_depot(dump), *dump.routes[1:]))),
        (trsp_case, "part", lambda dump: routed(dump, (_no_depot(dump), *dump.routes[1:]))),
        (dynamic_case, "known", lambda dump: changed(dump, 2, _5=30.9)),
        (levels_case, "travel", lambda dump: changed(dump, 2, _3=2.9)),
        (levels_case, "window", lambda dump: changed(dump, 1, _2=9.9)),
        (levels_case, "window", lambda dump: changed(dump, 2, _3=40.1)),
        (levels_case, "day", lambda dump: changed(dump, 2, _3=43.0)),
        (levels_case, "skill", lambda dump: given_to(given_to(given_to(dump, 1, 9), 2, 1), 9, 2)),
        (levels_case, "team", teamed),
        (team_case, "team", parted),
        (team_case, "skill", lambda dump: without(dump, 2)),
    ],
)
def test_each_rule_broken_once_is_found(
    tmp_path: Path, make: Callable[[Path], Case], rule: str, breaks: Callable[[Dump], Dump]
) -> None:
    small.write(tmp_path)
    dump, check = make(tmp_path)
    assert check(dump).feasible
    broken = check(breaks(dump))
    assert rule in {fault.rule for fault in broken.faults}
    assert all(fault.message for fault in broken.faults)


def _later(route: Route) -> Route:
    return Route(worker=route.worker, stops=route.stops[1:])


def _no_depot(dump: Dump) -> Route:
    first = dump.routes[0]
    return Route(worker=first.worker, stops=tuple(stop for stop in first.stops if stop.visit != 0))


def test_too_much_on_one_vehicle_is_found(tmp_path: Path) -> None:
    small.write(tmp_path)
    instance = vrptw.read(tmp_path / "vrptw/solomon/TINY.txt")
    dump = time_vrptw(instance, 1, {1: (1, 3, 2)})
    assert {fault.rule for fault in recost_vrptw.recost(instance, dump).faults} == {"capacity"}


def test_two_visits_by_the_same_person_are_found(tmp_path: Path) -> None:
    small.write(tmp_path)
    instance = hhcrsp.read(tmp_path / "hhcrsp/mine/care.json")
    orders = {"y": (("b", "lift"), ("c", "wash"), ("c", "lift")), "x": (("a", "wash"), ("b", "wash"))}
    found = recost_hhcrsp.recost(instance, time_hhcrsp(instance, 1, orders)).faults
    assert {fault.rule for fault in found} == {"two_people"}
