"""All routes of a big day by index: what stands on each duty, when it starts, what belongs together, what is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.tasks import Tasks


class Whole:
    """``order`` holds visits and stores per duty (by index, see `Compiled.stop_id`), ``starts`` when visits start.

    ``where`` says on which duties a visit is; ``groups`` are visits bound to each other, which are planned as a whole,
    ``group_of`` the group of each. What ties ask of the same person in a way that the search cannot plan is in
    ``same`` and stays where it is, whatever block that lies in.
    """

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        tasks = Tasks(compiled)
        self.groups: list[list[int]] = tasks.groups
        self.group_of = {visit: number for number, group in enumerate(tasks.groups) for visit in group}
        self.order: list[list[int]] = [[] for _ in compiled.duties]
        self.starts: dict[int, int] = {}
        self.where: dict[int, tuple[int, ...]] = {}
        index = compiled.visit_index
        self.same = tasks.out_of_reach
        self.ties_of: dict[int, list[int]] = {}
        for number, tie in enumerate(compiled.problem.ties):
            self.ties_of.setdefault(self.group_of[index[tie.first]], []).append(number)

    def put(self, order: Mapping[int, Sequence[int]], starts: Mapping[int, int]) -> None:
        """Let the duties in ``order`` hold what it says, with the ``starts`` of its visits."""
        for duty in order:
            for visit in self.order[duty]:
                left = tuple(one for one in self.where.get(visit, ()) if one != duty)
                self.where.pop(visit, None)
                if left:
                    self.where[visit] = left
        for duty, visits in order.items():
            self.order[duty] = list(visits)
            for visit in filter(self.compiled.is_visit, visits):
                self.where[visit] = (*self.where.get(visit, ()), duty)
        self.starts.update(starts)

    def out(self) -> list[int]:
        """The groups of which nothing is planned, but for those no search can place."""
        return [
            number
            for number, group in enumerate(self.groups)
            if group[0] not in self.where and self.same.isdisjoint(group)
        ]

    def copy(self) -> Whole:
        """The same routes, to go other ways from here."""
        other = object.__new__(Whole)
        other.__dict__.update(self.__dict__)
        other.order = [list(visits) for visits in self.order]
        other.starts, other.where = dict(self.starts), dict(self.where)
        return other
