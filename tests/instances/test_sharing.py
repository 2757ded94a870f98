"""The public sets of zones: read, solved, dumped and costed again, on small instances of each form."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from benchmarks.__main__ import main
from benchmarks.data import folder
from benchmarks.instances import districting, gap
from benchmarks.instances.text import BadInstanceError
from benchmarks.recost import districting as recost_town
from benchmarks.recost import gap as recost_gap
from benchmarks.sharing.grown import grown
from benchmarks.sharing.sets import SETS

GAP = "2 3\n 1 5 9\n9 5 1\n 2 2 2\n2 2\n2\n4 2\n"
ROW = {"instance", "seed", "cost", "best_known", "gap", "seconds", "feasible", "bound"}

Call = Callable[..., int]


def unit(number: int, people: int, beside: list[int]) -> dict[str, Any]:
    """A square of one kilometre at (2 × number, 0)."""
    x = 2.0 * number
    points = [[x, 0.0], [x + 1, 0.0], [x + 1, 1.0], [x, 1.0]]
    return {"properties": {"ID": number, "POPULATION": people, "POINTS": points, "LIST_ADJACENT": beside}}


# A row of 31 units; only the first of two neighbours names the other.
TOWN = {"features": [unit(number, 100, [number + 1] if number < 30 else []) for number in range(31)]}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "gap/own").mkdir(parents=True)
    (tmp_path / "districting").mkdir()
    (tmp_path / "gap/own/tiny").write_text(GAP, encoding="utf-8")
    (tmp_path / "gap/data.csv").write_text("Path,Best known solution value\nown/tiny,7\n", encoding="utf-8")
    (tmp_path / "districting/Row.geojson").write_text(json.dumps(TOWN), encoding="utf-8")
    return tmp_path


@pytest.fixture
def call(data: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    def called(name: str, *words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["benchmarks", name, "--data", str(data), "--cores", "1", *words])
        return main()

    return called


def test_a_gap_is_read_solved_and_costed(
    call: Call, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert call("gap", "--seconds", "1", "--json", "--dump", str(out)) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row.keys() >= ROW
    assert (row["instance"], row["cost"], row["best_known"], row["gap"]) == ("tiny", 7.0, 7.0, 0.0)
    assert (row["feasible"], row["bound"]) == (True, 7.0)
    dump = json.loads((out / "tiny.json").read_text(encoding="utf-8"))
    assert dump == {"instance": "tiny", "assignment": [0, 0, 1]}
    # Known results are not solved again; without --json they come as a table.
    assert call("gap", "--seconds", "1", "--dump", str(out)) == 0
    assert "1 of 1 feasible, mean gap +0.0000 %" in capsys.readouterr().out
    assert len((out / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ([0, 0, 0], "Agent 0 does 6, 4 is the capacity"),
        ([0, 0], "2 items are assigned, there are 3"),
        ([0, None, 1], "Item 1 is with agent None"),
        ([0, 2, 1], "Item 1 is with agent 2"),
    ],
)
def test_a_bad_assignment_is_found(data: Path, agents: list[int | None], words: str) -> None:
    instance = gap.read(data / "gap/own/tiny")
    verdict = recost_gap.recost(instance, {"instance": "tiny", "assignment": agents})
    assert any(words in str(fault) for fault in verdict.faults)
    assert not recost_gap.recost(instance, {"instance": "other", "assignment": [0, 0, 1]}).feasible


def test_a_file_that_is_none_is_named(data: Path, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "gap/own/cut").write_text("2 3 1 1", encoding="utf-8")
    (data / "gap/own/word").write_text("2 x", encoding="utf-8")
    (data / "gap/own/short").write_text("2", encoding="utf-8")
    for name, words in (("cut", "16 belong to 2 × 3"), ("word", "no whole number"), ("short", "does not say how many")):
        with pytest.raises(BadInstanceError, match=words):
            gap.read(data / "gap/own" / name)
    assert call("gap", "--budget", "1", "--instances", "cut") == 1
    assert "cut cannot be read" in capsys.readouterr().err
    assert call("gap", "--instances", "nothing") == 2
    assert call("gap", "--data", str(data / "nowhere"), "--instances", "nothing") == 2


def test_a_town_is_divided_into_whole_zones(
    call: Call, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert call("districting", "--budget", "3", "--json", "--seeds", "1,2", "--dump", str(out)) == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["instance"] for row in rows} == {"Row-10", "Row-20", "Row-30"}
    assert all(row["feasible"] and row["repeatable"] and row["parts"]["connected"] == 100 for row in rows)
    # Ten zones of 31 units: one of them has four.
    assert all(row["parts"]["balance"] == pytest.approx(4 * 10 / 31) for row in rows if row["instance"] == "Row-10")
    assert all(row["bound"] <= row["cost"] <= row["peer"] + 1e-6 for row in rows)
    town = districting.read(data / "districting/Row.geojson", 10)
    for seed in (1, 2):
        dump = json.loads((out / f"Row-10.seed-{seed}.json").read_text(encoding="utf-8"))
        (row,) = [row for row in rows if (row["instance"], row["seed"]) == ("Row-10", seed)]
        assert recost_town.recost(town, dump).cost == row["cost"]


def test_a_bad_division_is_found(data: Path) -> None:
    town = districting.read(data / "districting/Row.geojson", 10)
    good = grown(town)
    assert recost_town.recost(town, good).feasible
    for changed, words in (
        ({"0": 9, "30": 9}, "in pieces"),
        ({"3": 10}, "Unit 3 is with helper 10"),
        ({"99": 1}, "no unit 99"),
    ):
        dump = {**good, "assignment": {**good["assignment"], **changed}}
        assert any(words in str(fault) for fault in recost_town.recost(town, dump).faults), words
    assert not recost_town.recost(town, {**good, "instance": "other"}).feasible
    lacking = {unit: helper for unit, helper in good["assignment"].items() if unit != "5"}
    assert any("Unit 5" in str(fault) for fault in recost_town.recost(town, {**good, "assignment": lacking}).faults)


def test_a_town_that_is_none_is_named(tmp_path: Path) -> None:
    for text, words in (("{}", "no town"), (json.dumps({"features": [unit(0, 1, [9])]}), "neighbour that is none")):
        file = tmp_path / "bad.geojson"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadInstanceError, match=words):
            districting.read(file, 10)


@pytest.mark.parametrize(("name", "least"), [("gap", 30), ("districting", 6)])
def test_every_public_instance_is_read(name: str, least: int, call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    at = folder(name)
    if at is None:
        assert call(name, "--data", "nowhere", "--instances", "nothing") == 2
        assert "Maybe" in capsys.readouterr().err
        return
    found = SETS[name].find(at)
    assert len(found) >= least
    assert all(one.read().name == one.name for one in found)
