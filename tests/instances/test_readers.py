"""Every public form is read in its own ids and units; a file that is none says which line of it, and why."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from benchmarks.data import folder
from benchmarks.instances import hhcrsp, kovacs, pillac, vrptw
from benchmarks.instances.text import BadInstanceError
from instances import small


@pytest.fixture
def data(tmp_path: Path) -> Path:
    small.write(tmp_path)
    return tmp_path


def test_the_folder_of_a_set_is_found_below_what_is_given_or_is_it(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder("vrptw", str(data)) == data / "vrptw" == folder("vrptw", str(data / "vrptw"))
    monkeypatch.setenv("DISPATCH_BENCHMARKS", str(data))
    assert folder("vrptw") == data / "vrptw"
    assert folder("no-such-set") is None


def test_vrptw(data: Path) -> None:
    (path,) = vrptw.find(data / "vrptw")
    read = vrptw.read(path)
    assert (read.name, read.vehicles, read.capacity, len(read.customers)) == ("TINY", 2, 10, 3)
    assert read.customers[0] == vrptw.Customer(id=1, x=1, y=1, demand=6, ready=5, due=10, service=2)
    assert read.travel(read.depot, read.customers[0]) == 1.4
    assert vrptw.best_known(data / "vrptw") == {"tiny": 17.0}


@pytest.mark.parametrize(("x", "y", "tenths"), [(3, 4, 50), (1, 1, 14), (0.3, 0.4, 5), (0, 0, 0), (1.05, 0, 10)])
def test_a_leg_is_cut_not_rounded(x: float, y: float, tenths: int) -> None:
    here = vrptw.Customer(id=0, x=0, y=0, demand=0, ready=0, due=0, service=0)
    there = vrptw.Customer(id=1, x=x, y=y, demand=0, ready=0, due=0, service=0)
    assert vrptw.tenths(here, there) == tenths


def test_home_health_care(data: Path) -> None:
    (path,) = hhcrsp.find(data / "hhcrsp")
    read = hhcrsp.read(path)
    assert [patient.row for patient in read.patients] == [1, 2, 3]
    assert read.patients[1].earliest == 30  # the file has 29.999999999999996
    assert read.patients[1].link == hhcrsp.Link(least=0, most=0)
    assert read.patients[2].link == hhcrsp.Link(least=10, most=15)
    assert read.caregivers[1].abilities == {"lift", "wash"}
    assert hhcrsp.best_known(data / "hhcrsp") == {"care": 16.5}


def test_the_second_table_of_best_values_of_home_health_care(tmp_path: Path) -> None:
    (tmp_path / "italian_best.md").write_text(
        "| instance | distance | max | total | total_cost | solution |\n|:--|--:|--:|--:|--:|:--|\n"
        "| instance_7-Town.json | 90 | 1 | 2 | 31 | sol.json |\n",
        encoding="utf-8",
    )
    assert hhcrsp.best_known(tmp_path) == {"instance_7-town": 31.0}


def test_technicians(data: Path) -> None:
    static, dynamic, matrix = (pillac.read(path) for path in pillac.find(data / "trsp-pillac"))
    assert [one.id for one in static.technicians] == [1, 2]
    assert static.technicians[0].skills == {0, 1}
    assert static.requests[0].parts == (2, 0)
    assert static.travel(static.technicians[0], static.requests[0]) == 5
    assert (static.known, static.unserved) == ({}, False)
    assert (dynamic.name, dynamic.known, dynamic.unserved) == ("TINY_rd_33", {5: 25}, True)
    assert dynamic.requests == static.requests
    assert matrix.travel(matrix.technicians[0], matrix.requests[0]) == 12.5
    assert matrix.unserved
    known = pillac.best_known(data / "trsp-pillac")
    assert known == {"tiny": pillac.Best(unserved=0, cost=90.5), "m": pillac.Best(unserved=0, cost=69.0)}
    assert pillac.stored_routes("<1,2,3|>", matrix) == {1: [2]}


def test_skill_levels_with_and_without_teams(data: Path) -> None:
    sources = kovacs.find(data / "trsp-kovacs")
    assert {source.name for source in sources} == {"R101_2x2_Team", "R101_2x2_Team_reduced", "R101_2x2_noTeam"}
    read = {source.name: kovacs.read(source) for source in sources}
    alone, team = read["R101_2x2_noTeam"], read["R101_2x2_Team"]
    assert (alone.teams, team.teams) == (False, True)
    assert [one.id for one in alone.technicians] == [1, 2]  # two are announced, three rows stand there
    assert alone.tasks[0].needs == ((1, 1), (0, 0))
    assert alone.tasks[0].price == 200 + math.sqrt(8)
    assert team.tasks[1].needs == ((2, 1), (1, 1))


@pytest.mark.parametrize(
    ("reader", "name", "old", "new", "says"),
    [
        (vrptw.read, "vrptw/solomon/TINY.txt", "NUMBER", "COUNT", "no line begins with 'NUMBER'"),
        (vrptw.read, "vrptw/solomon/TINY.txt", "    2      4     1", "    2      4    one", "line 12: 'one'"),
        (vrptw.read, "vrptw/solomon/TINY.txt", "    2      4     1", "    2      4   NaN", "line 12: 'NaN'"),
        (vrptw.read, "vrptw/solomon/TINY.txt", "    0      0     0      0", "    7      0     0      0", "not 0"),
        (pillac.read, "trsp-pillac/crew25/TINY.txt", "4    0 ", "9    0 ", "not numbered"),
        (pillac.read, "trsp-pillac/crew25/TINY.txt", "\t[1] \t[1,1]", "\t[1,1]", "line 13: 2 lists"),
        (pillac.read, "trsp-pillac/crew25-dyn/TINY_rd_33.txt", "5     25", "50    25", "50 is no request"),
        (pillac.read, "trsp-pillac/praxedo/M.txt", "2;11.5;11.5;0;11.5\n3;0;0;12.5;0\n", "", "2 rows where 3"),
        (hhcrsp.read, "hhcrsp/mine/care.json", "simultaneous", "whenever", "'whenever' is not known"),
        (hhcrsp.read, "hhcrsp/mine/care.json", "[9, 7, 8, 0]", "[9, 7]", "distances are not 4 × 4"),
        (hhcrsp.read, "hhcrsp/mine/care.json", "[10, 20]", "[20, 10]", "patient a: the window ends at 10"),
        (hhcrsp.read, "hhcrsp/mine/care.json", '"patients"', '"people"', "patients"),
    ],
)
def test_a_file_that_is_none_says_what_and_where(
    data: Path, reader: object, name: str, old: str, new: str, says: str
) -> None:
    path = data / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    assert callable(reader)
    with pytest.raises(BadInstanceError, match=says) as raised:
        reader(path)
    assert path.name in str(raised.value)


def test_a_dynamic_day_without_its_base_says_so(data: Path) -> None:
    (data / "trsp-pillac/crew25/TINY.txt").unlink()
    with pytest.raises(BadInstanceError, match=r"its base TINY\.txt is not beside it"):
        pillac.read(data / "trsp-pillac/crew25-dyn/TINY_rd_33.txt")


def test_fewer_technicians_than_announced_are_an_error(data: Path) -> None:
    path = data / "trsp-kovacs/technicians_noTeam/technicians_R101_2x2_noTeam.txt"
    path.write_text(small.TECHNICIANS.replace("Technicians: 2", "Technicians: 4"), encoding="utf-8")
    source = next(one for one in kovacs.find(data / "trsp-kovacs") if one.technicians == path)
    with pytest.raises(BadInstanceError, match="3 technicians stand in it, 4 are announced"):
        kovacs.read(source)
