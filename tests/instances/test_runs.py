"""``python -m benchmarks SET``: rows on stdout, a dump for each plan, and a broken-off run that goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from benchmarks.__main__ import main
from benchmarks.instances import vrptw
from benchmarks.kept import Kept
from benchmarks.recost.dump import Dump, read_dump
from benchmarks.recost.vrptw import recost
from benchmarks.routing import command
from benchmarks.routing.best import Betters
from benchmarks.routing.peers import MissingPeerError, Peers
from benchmarks.routing.results import Key, Result, Row, commit
from benchmarks.routing.run import Job, Skipped, run
from benchmarks.routing.sets import SETS, Best
from benchmarks.timing.plain import vrptw as time_vrptw
from instances import small

ROW = {"instance", "seed", "cost", "best_known", "gap", "seconds", "feasible"}

Call = Callable[..., int]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    small.write(tmp_path / "data")
    (tmp_path / "data/vrptw/mine").mkdir()
    (tmp_path / "data/vrptw/mine/SECOND.txt").write_text(small.VRPTW, encoding="utf-8")
    return tmp_path / "data"


@pytest.fixture
def call(data: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    def called(name: str, *words: str) -> int:
        arguments = ["benchmarks", name, "--data", str(data), "--cores", "1", "--seconds", "0.2", *words]
        monkeypatch.setattr(sys, "argv", arguments)
        return main()

    return called


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    out = capsys.readouterr().out
    found = msgspec.json.decode(out)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", SETS)
def test_every_set_gives_rows_and_dumps_that_cost_what_the_rows_say(
    name: str, call: Call, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = SETS[name].find(data / name)
    code = call(name, "--json", "--seeds", "3", "--dump", str(tmp_path / "out"))
    given = rows(capsys)
    assert [row["instance"] for row in given] == [one.name for one in found] != []
    assert code == (0 if all(row["feasible"] for row in given) else 1)
    for row, one in zip(given, found, strict=True):
        assert set(row) >= ROW
        dump = read_dump(tmp_path / "out" / f"{one.name}.json")
        assert (dump.instance, dump.seed) == (one.name, 3)
        verdict = SETS[name].recost(one.read(), dump)
        assert (verdict.cost, verdict.feasible) == (row["cost"], row["feasible"])


def test_the_gap_is_in_percent_of_the_best_known(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("vrptw", "--json", "--instances", "tiny,second", "--fresh") == 0
    tiny, second = rows(capsys)
    assert (tiny["cost"], tiny["best_known"]) == (14.3, 17.0)
    assert tiny["gap"] == pytest.approx(100 * (14.3 / 17 - 1))
    assert (second["instance"], second["best_known"], second["gap"]) == ("SECOND", None, None)


def test_a_table_for_people(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("vrptw", "--instances", "mine/*", "--fresh") == 0
    out = capsys.readouterr()
    assert "SECOND" in out.out and "TINY" not in out.out
    assert "dispatch: 1 of 1 feasible, mean cost 14.30" in out.out
    assert "[1/1] SECOND seed 1 dispatch: 14.300" in out.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--instances", "TINI"), "No instance of vrptw is called 'TINI'. Maybe one of: TINY."),
        (("--peers", "nobody"), "'nobody' is no peer. Maybe one of: pyvrp, vroom, ortools."),
        (("--cores", "0"), "must be above 0"),
        (("--seconds", "0"), "must be above 0"),
    ],
)
def test_what_makes_no_sense_is_said(
    words: tuple[str, ...], says: str, call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("vrptw", *words) == 2
    out = capsys.readouterr()
    assert says in out.err
    assert out.out == ""


def test_several_seeds_leave_each_plan_and_the_best(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("vrptw", "--instances", "TINY", "--seeds", "1,2", "--dump", str(tmp_path / "out"), "--json") == 0
    assert [row["seed"] for row in rows(capsys)] == [1, 2]
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"TINY.json", "TINY.seed-1.json", "TINY.seed-2.json", "results.jsonl"}
    assert read_dump(tmp_path / "out/TINY.seed-2.json").seed == 2


def test_a_file_that_cannot_be_read_costs_only_its_own_row(
    call: Call, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "vrptw/broken.txt").write_text("nothing", encoding="utf-8")
    assert call("vrptw", "--json", "--fresh") == 1
    out = capsys.readouterr()
    assert {row["instance"] for row in msgspec.json.decode(out.out)} == {"TINY", "SECOND"}
    assert "broken: cannot be read: broken.txt: no line begins with 'NUMBER'" in out.err


def job(data: Path, **other: object) -> Job:
    found = tuple(SETS["vrptw"].find(data / "vrptw"))
    one = Job(
        name="vrptw",
        set=SETS["vrptw"],
        found=found,
        best={},
        seeds=(1,),
        cores=1,
        seconds=0.1,
        budget=None,
        commit="here",
    )
    return msgspec.structs.replace(one, **other)


@pytest.fixture
def nobody() -> Iterator[Peers]:
    with Peers([], 1) as peers:
        yield peers


def test_a_run_broken_off_goes_on_where_it_stopped(data: Path, tmp_path: Path, nobody: Peers) -> None:
    path = tmp_path / "results.jsonl"
    first = next(run(job(data), nobody, Kept(path, Result)))
    with path.open("ab") as file:
        file.write(b'{"key": {"commit": "he')  # killed while writing the second
    done = list(run(job(data), nobody, Kept(path, Result)))
    assert len(done) == 2
    assert done[0] == first
    again = list(run(job(data), nobody, Kept(path, Result)))
    assert again == done


@pytest.mark.parametrize("other", [{"commit": "there"}, {"seeds": (2,)}, {"seconds": 0.11}, {"fresh": True}])
def test_another_commit_seed_or_effort_is_solved_anew(
    other: dict[str, object], data: Path, tmp_path: Path, nobody: Peers
) -> None:
    path = tmp_path / "results.jsonl"
    list(run(job(data), nobody, Kept(path, Result)))
    before = len(path.read_bytes().splitlines())
    list(run(job(data, **other), nobody, Kept(path, Result)))
    assert len(path.read_bytes().splitlines()) == before + 2


def test_an_instance_that_changed_is_solved_anew(data: Path, tmp_path: Path, nobody: Peers) -> None:
    path = tmp_path / "results.jsonl"
    list(run(job(data), nobody, Kept(path, Result)))
    (data / "vrptw/mine/SECOND.txt").write_text(small.VRPTW.replace("   4     1 ", "   5     1 "), encoding="utf-8")
    second, _ = (one for one in run(job(data), nobody, Kept(path, Result)))
    assert not isinstance(second, Skipped)
    assert len(path.read_bytes().splitlines()) == 3


def test_a_solver_that_fails_gives_a_row_that_says_so(data: Path, tmp_path: Path, nobody: Peers) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("out of luck")

    of = msgspec.structs.replace(SETS["vrptw"], solve=fails)
    done = list(run(msgspec.structs.replace(job(data), set=of), nobody, Kept(tmp_path / "results.jsonl", Result)))
    for one in done:
        assert not isinstance(one, Skipped)
        assert (one.row.cost, one.row.feasible, one.dump) == (None, False, None)
        assert one.row.faults == ("RuntimeError: out of luck",)


def test_the_commit_is_named() -> None:
    assert commit()
    assert commit() == commit()


def test_a_peer_runs_on_the_same_model_and_is_named(data: Path, tmp_path: Path) -> None:
    """OR-Tools is always here; the others are installed on request and say so if they are not."""
    with Peers(["or-tools"], 2) as peers:
        done = list(run(job(data, cores=2, seconds=0.3), peers, Kept(tmp_path / "results.jsonl", Result)))
    assert [one.key.solver for one in done if not isinstance(one, Skipped)] == ["dispatch", "ortools"] * 2
    for one in done:
        assert not isinstance(one, Skipped)
        assert one.row.feasible
        assert one.dump is not None
        assert recost(vrptw.read(data / "vrptw/solomon/TINY.txt"), one.dump).cost == one.row.cost == 14.3


def test_a_peer_that_is_not_installed_says_how_it_would_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyvrp", None)
    monkeypatch.delitem(sys.modules, "benchmarks.peers.pyvrp_peer", raising=False)
    with pytest.raises(MissingPeerError, match=r"pyvrp is not installed .* Maybe: pip install -e '\.\[bench\]'"):
        Peers(["pyvrp"], 1)


def test_rows_and_keys_are_stored_as_they_are() -> None:
    key = Key(commit="c", set="s", instance="i", digest="d", solver="x", seed=1, cores=2, seconds=None, budget=5)
    assert msgspec.json.decode(msgspec.json.encode(key), type=Key) == key
    row = Row(instance="i", seed=1, cost=1 / 3, best_known=None, gap=None, seconds=1.0, feasible=True)
    assert msgspec.json.decode(msgspec.json.encode(row), type=Row) == row
    assert any("i " in line for line in command.table([row]))


@pytest.mark.parametrize("name", ["hhcrsp", "vrptw"])
def test_dumps_are_costed_again_without_solving(
    name: str, call: Call, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(name, "--json", "--dump", str(tmp_path / "out"))
    given = rows(capsys)
    assert call(name, "--json", "--recost", str(tmp_path / "out")) == (
        0 if all(one["feasible"] for one in given) else 1
    )
    again = rows(capsys)
    assert [(one["instance"], one["cost"], one["feasible"]) for one in again] == [
        (one["instance"], one["cost"], one["feasible"]) for one in given
    ]
    broken = tmp_path / "out" / f"{given[0]['instance']}.json"
    broken.write_text("{}")
    assert call(name, "--json", "--recost", str(tmp_path / "out")) == 1
    assert rows(capsys)[0]["feasible"] is False
    assert call(name, "--recost", str(tmp_path / "nothing")) == 2


def test_a_plan_better_than_the_best_known_is_kept_until_one_costs_less(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of = SETS["vrptw"]
    found = next(one for one in of.find(data / "vrptw") if one.name == "SECOND")
    kept = tmp_path / "best" / "SECOND.json"

    def offered(best: float, dump: Dump) -> bool:
        verdict = of.recost(found.read(), dump)
        key = Key(commit="", set="vrptw", instance="SECOND", digest="", solver="", seed=1, cores=1, seconds=1, budget=1)
        row = Row(
            instance="SECOND", seed=1, cost=verdict.cost, best_known=best, gap=None, seconds=1.0,
            feasible=verdict.feasible,
        )  # fmt: skip
        result = Result(key=key, row=row, dump=dump)
        return Betters(tmp_path / "best", of, {"second": Best(cost=best)}).offer(found, result)

    instance = found.read()
    together = time_vrptw(instance, 1, {1: (1, 2), 2: (3,)})
    apart = time_vrptw(instance, 1, {1: (3, 2), 2: (1,)})
    dear, cheap = sorted((together, apart), key=lambda one: of.recost(instance, one).cost)[::-1]
    cost = of.recost(instance, dear).cost
    assert of.recost(instance, dear).feasible and of.recost(instance, cheap).feasible
    assert not offered(cost, dear)
    assert not kept.exists()
    assert offered(cost + 1, dear)
    assert read_dump(kept) == dear
    assert f"New best SECOND: {cost:.3f}" in capsys.readouterr().err
    assert offered(cost + 1, cheap)
    assert not offered(cost + 1, dear)
    assert read_dump(kept) == cheap
