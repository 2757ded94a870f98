"""The public sets themselves, where they are: all of them are read, and what the authors stored costs what they say.

Where they are not, what is asked of a missing set is still shown: that it is not found, and that a run says so.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.data import ROOT, folder
from benchmarks.instances import hhcrsp, pillac
from benchmarks.instances.kovacs import Strsp
from benchmarks.recost import hhcrsp as recost_hhcrsp
from benchmarks.recost import pillac as recost_pillac
from benchmarks.recost.dump import read_dump
from benchmarks.routing.best import costed_again
from benchmarks.routing.sets import SETS
from benchmarks.timing.hhcrsp import hhcrsp as time_hhcrsp
from benchmarks.timing.pillac import pillac as time_pillac

COUNTS = {
    "hhcrsp": (26, 26),
    "trsp-pillac": (40, 32),
    "trsp-kovacs": (30, 0),
    "vrptw": (33, 21),
    "roadef2007": (20, 20),
}
"""Instances found at least, and how many of them have a best known value."""


def at(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path | None:
    found = folder(name)
    if found is None:
        monkeypatch.setattr("sys.argv", ["benchmarks", name, "--data", str(tmp_path)])
        assert main() == 2
        assert f"There is no folder {name} here. Maybe" in capsys.readouterr().err
    return found


@pytest.mark.parametrize("name", COUNTS)
def test_every_instance_is_read(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = at(name, monkeypatch, tmp_path, capsys)
    if root is None:
        return
    found = SETS[name].find(root)
    best = SETS[name].best(root)
    names = {one.name for one in found}
    assert len(names) == len(found) >= COUNTS[name][0]
    assert sum(one.lower() in best for one in names) >= COUNTS[name][1]
    for one in found:
        instance = one.read()
        assert instance.name == one.name
        if isinstance(instance, Strsp):
            assert min(task.price for task in instance.tasks) > 200


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "benchmarks" / "best").iterdir()))
def test_what_is_kept_as_better_than_the_best_known_is(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = ROOT / "benchmarks" / "best" / name
    assert all(read_dump(path).instance == path.stem for path in kept.iterdir())
    root = at(name, monkeypatch, tmp_path, capsys)
    if root is None:
        return
    found = tuple(one for one in SETS[name].find(root) if (kept / f"{one.name}.json").is_file())
    rows = list(costed_again(kept, SETS[name], found, dict(SETS[name].best(root))))
    assert len(rows) == len(list(kept.iterdir()))
    for row in rows:
        assert row.feasible, row.faults
        assert row.cost is not None and row.best_known is not None
        assert (row.unserved, row.cost) < (row.best_unserved, row.best_known)


def test_the_toy_of_home_health_care_costs_what_is_proven(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = at("hhcrsp", monkeypatch, tmp_path, capsys)
    if root is None:
        return
    instance = hhcrsp.read(root / "toy.json")
    stored = hhcrsp.read_solution(root / "sol_toy_optimal.json")
    orders = {
        route.caregiver_id: [(stop.patient_id, stop.service_id) for stop in route.locations] for route in stored.routes
    }
    for dump in (recost_hhcrsp.as_dump(instance, stored), time_hhcrsp(instance, 0, orders)):
        verdict = recost_hhcrsp.recost(instance, dump)
        assert verdict.faults == ()
        assert verdict.cost == pytest.approx(334 / 3, abs=1e-9)


def test_the_stored_routes_of_real_days_cost_what_is_stored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = at("trsp-pillac", monkeypatch, tmp_path, capsys)
    if root is None:
        return
    rows = csv.DictReader((root / "praxedo" / "best_of_runs.csv").read_text(encoding="utf-8").splitlines())
    checked = 0
    for row in rows:
        path = root / "praxedo" / f"{row['instance']}.txt"
        if path.is_file():
            instance = pillac.read(path)
            dump = time_pillac(instance, 0, pillac.stored_routes(row["routes"], instance))
            verdict = recost_pillac.recost(instance, dump)
            assert verdict.faults == ()
            assert verdict.unserved == int(row["unserved"])
            assert verdict.cost == pytest.approx(float(row["working_time"]), abs=1e-4)
            checked += 1
    assert checked >= 6
