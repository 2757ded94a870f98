"""Teams made before the day: everybody in one team at most, and as many tasks as the people can do find one."""

from __future__ import annotations

from pathlib import Path

from benchmarks.instances import kovacs
from benchmarks.instances.kovacs import Strsp, Task, Technician
from benchmarks.instances.teams import can_do, teams_of
from instances import small


def task(number: int, *needs: tuple[int, ...], x: float = 1.0) -> Task:
    return Task(id=number, x=x, y=0, ready=0, due=100, service=20, needs=needs)


def instance(tasks: list[Task], levels: list[tuple[int, ...]], *, teams: bool = True) -> Strsp:
    return Strsp(
        name="T",
        depot=Task(id=1, x=0, y=0, ready=0, due=100, service=0, needs=tuple((0,) * 2 for _ in levels[0])),
        tasks=tuple(tasks),
        technicians=tuple(Technician(id=number, levels=own) for number, own in enumerate(levels, 1)),
        teams=teams,
    )


def able(of: Strsp, team: tuple[int, ...], one: Task) -> bool:
    return can_do([technician.levels for technician in of.technicians if technician.id in team], one.needs)


def test_levels_add_up_level_by_level() -> None:
    assert can_do([(2, 0), (1, 2)], ((2, 1), (1, 1)))
    assert not can_do([(2, 0), (1, 2)], ((2, 2), (0, 0)))
    assert not can_do([], ((1, 0),))


def test_without_teams_everybody_is_one(tmp_path: Path) -> None:
    small.write(tmp_path)
    read = {one.name: kovacs.read(one) for one in kovacs.find(tmp_path / "trsp-kovacs")}
    assert teams_of(read["R101_2x2_noTeam"]) == ((1,), (2,))
    assert teams_of(read["R101_2x2_Team"]) == ((1, 2),)


def test_the_hardest_task_gets_its_team_and_the_rest_make_others() -> None:
    of = instance([task(2, (2, 1), (0, 0)), task(3, (0, 0), (1, 0))], [(2, 0), (1, 0), (0, 1), (0, 1)])
    teams = teams_of(of)
    assert sorted(id_ for team in teams for id_ in team) == [1, 2, 3, 4]
    assert all(any(able(of, team, one) for team in teams) for one in of.tasks)


def test_people_are_parted_where_one_hard_task_would_bind_them_all() -> None:
    """One task needs all three; twelve need one each. Together they serve few; apart, all but the hard one."""
    hard, easy = task(2, (3, 0)), [task(number, (1, 0)) for number in range(3, 15)]
    of = instance([hard, *easy], [(1,), (1,), (1,)])
    assert [len(team) for team in teams_of(instance([hard], [(1,), (1,), (1,)]))] == [3]
    assert [len(team) for team in teams_of(of)] == [1, 1, 1]
