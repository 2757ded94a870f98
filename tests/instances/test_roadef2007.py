"""ROADEF 2007: files are read, each rule broken once is found from the dump, stored verdicts are given again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from benchmarks.__main__ import main
from benchmarks.data import folder
from benchmarks.instances import roadef2007
from benchmarks.instances.text import BadInstanceError
from benchmarks.problems.roadef2007 import dump, solve, to_plan, to_problem
from benchmarks.recost.dump import Dump, Route, Stop
from benchmarks.recost.roadef2007 import recost
from benchmarks.routing.effort import Effort
from instances import small
from msgspec.structs import replace

from dispatch.solver.checks import check_teams, cost
from dispatch.solver.rules import Rule

GOOD = Dump(
    instance="small",
    seed=1,
    routes=(
        Route(worker=1, stops=(Stop(visit=1, start=0.0), Stop(visit=2, start=60.0))),
        Route(worker=2, stops=(Stop(visit=1, start=0.0), Stop(visit=2, start=60.0))),
        Route(worker=3, stops=(Stop(visit=3, start=0.0), Stop(visit=4, start=120.0))),
    ),
)


def write(at: Path) -> roadef2007.Roadef:
    small.write(at)
    return roadef2007.read(at / "roadef2007" / "small")


def route(worker: int, *stops: tuple[int, float]) -> Route:
    return Route(worker=worker, stops=tuple(Stop(visit=visit, start=start) for visit, start in stops))


def with_routes(*routes: Route, out: tuple[int, ...] = ()) -> Dump:
    return Dump(instance="small", seed=1, routes=routes, unplanned=out)


FIRST, SECOND, THIRD = GOOD.routes
BROKEN: list[tuple[str, Dump]] = [
    ("skill", with_routes(route(1, (1, 0), (2, 60)), THIRD)),
    ("skill", with_routes(route(2, (1, 0), (2, 60)), route(3, (1, 0), (2, 60), (4, 120)), route(1, (3, 0)))),
    ("absent", with_routes(FIRST, SECOND, route(3, (3, 0)), route(1, (4, 120)))),
    ("team", with_routes(route(1, (1, 0)), SECOND, THIRD)),
    ("together", with_routes(FIRST, route(2, (1, 0), (2, 61)), THIRD)),
    ("overlap", with_routes(route(1, (1, 0), (2, 59)), route(2, (1, 0), (2, 59)), THIRD)),
    ("order", with_routes(route(1, (2, 0), (1, 60)), route(2, (2, 0), (1, 60)), THIRD)),
    ("day", with_routes(FIRST, SECOND, route(3, (3, 0), (4, 121)))),
    ("day", with_routes(FIRST, SECOND, route(3, (3, -1), (4, 120)))),
    ("handed_out", with_routes(route(1, (1, 0)), route(2, (1, 0)), THIRD, out=(2,))),
    ("budget", with_routes(route(1, (1, 0)), route(2, (1, 0)), out=(2, 3, 4))),
    ("accounted", with_routes(FIRST, SECOND, route(3, (3, 0)))),
    ("visit_once", with_routes(FIRST, SECOND, THIRD, out=(4,))),
    ("visit_once", with_routes(FIRST, SECOND, route(3, (3, 0), (3, 60), (4, 120)))),
    ("visit_known", with_routes(FIRST, SECOND, THIRD, out=(9,))),
    ("worker_known", with_routes(FIRST, SECOND, replace(THIRD, worker=9))),
]


def test_the_files_are_read(tmp_path: Path) -> None:
    instance = write(tmp_path)
    assert instance.budget == 50
    assert [one.after for one in instance.interventions] == [(), (1,), (), (2,)]
    assert instance.interventions[0].needs == ((2, 1), (0, 0))
    assert [(one.levels, one.absent) for one in instance.technicians] == [((2, 1), (2,)), ((1, 0), ()), ((1, 2), ())]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("instance", "head\nsmall 2 2\n", "name, domains"),
        ("interv_list", "head\n1 60 1 100 2 1 0 0\n", "line 2: there is no list in brackets"),
        ("interv_list", "head\n1 60 [ ] 1 100 2 1 0\n", "5 columns after the brackets, not 6"),
        ("tech_list", "head\n1 2 [ ]\n", "1 levels, not 2"),
        ("tech_list", "head\n1 2 x [ ]\n", "'x' is not a number"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_says_where(tmp_path: Path, name: str, text: str, says: str) -> None:
    write(tmp_path)
    (tmp_path / "roadef2007" / "small" / name).write_text(text)
    with pytest.raises(BadInstanceError, match=re.escape(says)):
        roadef2007.read(tmp_path / "roadef2007" / "small")


def test_a_good_plan_costs_what_it_costs(tmp_path: Path) -> None:
    verdict = recost(write(tmp_path), GOOD)
    assert verdict.faults == ()
    assert verdict.cost == 28 * 60 + 14 * 120 + 4 * 30 + 240
    handed = with_routes(route(1, (1, 0)), route(2, (1, 0)), route(3, (3, 0)), out=(2, 4))
    assert recost(write(tmp_path / "again"), handed).cost == 28 * 60 + 4 * 30 + 60


@pytest.mark.parametrize(("rule", "plan"), BROKEN)
def test_each_rule_broken_once_is_found(tmp_path: Path, rule: str, plan: Dump) -> None:
    assert rule in {fault.rule for fault in recost(write(tmp_path), plan).faults}


def test_a_dump_of_another_instance_is_found(tmp_path: Path) -> None:
    assert [fault.rule for fault in recost(write(tmp_path), replace(GOOD, instance="x")).faults] == ["instance"]


def test_our_plan_costs_in_the_dump_what_the_solver_says(tmp_path: Path) -> None:
    instance = write(tmp_path)
    answer = solve(instance, Effort(seed=1, cores=1, seconds=None, budget=20))
    verdict = recost(instance, answer.dump)
    assert answer.repeatable
    assert verdict.faults == ()
    assert verdict.cost <= 28 * 60 + 4 * 30 + 60


RULES: dict[str, Rule] = {
    "overlap": Rule.OVERLAP,
    "is assigned to multiple teams": Rule.ONE_TEAM,
    "is not assigned to a team": Rule.ONE_TEAM,
    "because he/she is unavailable": Rule.ABSENT,
    "is not skilled enough": Rule.TEAM_SKILL,
    "which does not exist": Rule.ONE_TEAM,
    "starts before the completion": Rule.JOB_ORDER,
    "is outsourced": Rule.CONTRACTOR,
    "larger than the outsourcing budget": Rule.CONTRACTOR,
}
"""Our rule for the words of the stored verdicts."""


def stored_verdicts(path: Path) -> dict[str, tuple[float, set[Rule]]]:
    """Cost and rules broken per stored solution."""
    verdicts = {}
    for part in re.split(r"^----(?=sol)", path.read_text(), flags=re.MULTILINE)[1:]:
        name, rest = part.split("----", 1)
        value = re.search(r"Value:(\d+)", rest)
        assert value is not None
        issues = [line for line in rest.splitlines() if line.startswith("- ")]
        rules = {rule for line in issues for words, rule in RULES.items() if words in line}
        assert bool(rules) == bool(issues)
        verdicts[name.replace("#", "n")] = float(value[1]), rules
    return verdicts


def test_the_stored_solutions_are_judged_as_their_authors_judge_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = folder("roadef2007")
    if root is None:
        monkeypatch.setattr("sys.argv", ["benchmarks", "roadef2007", "--data", str(tmp_path)])
        assert main() == 2
        assert "There is no folder roadef2007 here" in capsys.readouterr().err
        return
    verdicts = stored_verdicts(root / "checker-fixtures" / "Results.txt")
    assert len(verdicts) == 12
    for name, (value, rules) in verdicts.items():
        home = root / "checker-fixtures" / name
        instance = roadef2007.read(home)
        plan = to_plan(instance, roadef2007.read_solution(home))
        plan = replace(plan, cost=cost(to_problem(instance), plan))
        assert plan.total == value
        found = {finding.rule for finding in check_teams(to_problem(instance), plan)}
        assert rules <= found, name
        assert bool(found) == bool(rules), name
        verdict = recost(instance, dump(instance, 1, plan))
        assert verdict.cost == value
        if rules - {Rule.ONE_TEAM}:
            assert verdict.faults, name
        elif not rules:
            assert verdict.faults == (), name
