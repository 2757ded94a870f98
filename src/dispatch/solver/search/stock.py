"""Tools and parts of a problem as bits: what a visit needs, what a duty carries, and a store for every duty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.problem import RouteProblem, Store, Visit, Worker
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.able import Entries
from dispatch.solver.search.facts import NEVER, Group, Joint, Node, record

BITS = 62
"""Bits used of a word of 64: one fewer than a sign leaves, which stands for all that does not fit in."""


class Stock:
    """How tools and parts are written in bits. Not ``short``: everybody carries enough of everything for all visits.

    A tool has a bit. A kind of part has as many bits as its greatest count and a guard bit, 0, above them. Tools and
    parts that do not fit into a word share one last bit, as a tool that a duty has only if it carries all of them as
    long as it lasts; so at worst a store is passed that was not needed. Shared tools are not among them, see `shelves`.
    """

    def __init__(self, problem: RouteProblem) -> None:
        self.problem = problem
        shared = {tool.id for tool in problem.shared}
        wanted = {tool for visit in problem.visits for tool in visit.tools} - shared
        scarce = sorted(tool for tool in wanted if any(tool not in worker.tools for worker in problem.workers))
        self.tool = {tool: 1 << place for place, tool in enumerate(scarce[:BITS])}
        self.demand: dict[str, int] = {}
        for visit in problem.visits:
            for part, count in visit.parts.items():
                self.demand[part] = self.demand.get(part, 0) + count * visit.people
        self.part: dict[str, int] = {}
        self.rest: set[str] = set(scarce[BITS:])
        self.rest_parts: set[str] = set()
        self.guards = 0
        self._lay_parts()
        self.short = bool(scarce or self.part or self.rest_parts)
        self.stores: tuple[Store, ...] = problem.stores if self.short else ()

    def _lay_parts(self) -> None:
        """Give every part that somebody may run out of its place."""
        place = 0
        for part in sorted(self.demand):
            carried = [worker.parts.get(part, 0) for worker in self.problem.workers]
            if all(count >= self.demand[part] for count in carried):
                continue
            most = max([*carried, *(visit.parts.get(part, 0) for visit in self.problem.visits)])
            width = min(most, self.demand[part]).bit_length()
            if place + width + 1 > BITS:
                self.rest_parts.add(part)
                continue
            self.part[part] = place
            self.guards |= 1 << (place + width)
            place += width + 1

    def spots(self) -> set[int]:
        """Where the stores are."""
        return {store.spot for store in self.stores}

    def _parts(self, parts: dict[str, int]) -> int:
        return sum(min(parts.get(part, 0), self.demand[part]) << place for part, place in self.part.items())

    def _needs(self, visit: Visit) -> int:
        bits = sum(self.tool.get(tool, 0) for tool in set(visit.tools))
        shared = self.rest & set(visit.tools) or any(visit.parts.get(part) for part in self.rest_parts)
        return bits | (1 << BITS if shared else 0)

    def _carries(self, worker: Worker) -> int:
        bits = sum(self.tool.get(tool, 0) for tool in set(worker.tools))
        enough = all(worker.parts.get(part, 0) >= self.demand[part] for part in self.rest_parts)
        return bits | (1 << BITS if enough and self.rest <= set(worker.tools) else 0)

    def carry(self, compiled: Compiled, nodes: NDArray[np.void], visit_of: list[int], duties: NDArray[np.void]) -> None:
        """Write what is needed to ``nodes``, one for every task of a visit, and what is carried to ``duties``."""
        if not self.short:
            return
        for node, index in zip(nodes, visit_of, strict=True):
            visit = self.problem.visits[index]
            node["tools"], node["parts"] = self._needs(visit), self._parts(visit.parts)
        for row, facts in zip(duties, compiled.duties, strict=True):
            worker = self.problem.workers[facts.worker]
            row["tools"], row["parts"], row["guards"] = self._carries(worker), self._parts(worker.parts), self.guards

    def add_stores(
        self,
        compiled: Compiled,
        place: dict[int, int],
        nodes: NDArray[np.void],
        groups: NDArray[np.void],
        joints: NDArray[np.void],
        entries: Entries,
        spans: list[tuple[float, float, float]],
    ) -> tuple[NDArray[np.void], NDArray[np.void], NDArray[np.void]]:
        """``nodes``, ``groups`` and ``joints`` with a task for every duty and store behind those of visits, able by
        ``entries``; the one window of each is added to ``spans``.
        """
        visits = len(nodes) - 2 * len(compiled.duties)
        stores = np.zeros(len(compiled.duties) * len(self.stores), dtype=record(Node))
        stores["household"] = stores["day_of"] = -1
        own, alone = np.zeros(len(stores), dtype=record(Group)), np.zeros(len(stores), dtype=record(Joint))
        for index, (node, group) in enumerate(zip(stores, own, strict=True)):
            duty, store = divmod(index, len(self.stores))
            node["spot"], node["ticks"] = place[self.stores[store].spot], self.stores[store].ticks
            node["opens"], node["closes"] = compiled.duties[duty].start, compiled.duties[duty].end
            node["window_from"], node["window_to"] = len(spans), len(spans) + 1
            spans.append((float(node["opens"]), float(node["closes"]), 0.0))
            node["due"] = NEVER
            node["joint"] = len(joints) + index
            node["able_from"], node["able_to"] = len(entries), len(entries) + 1
            nothing = np.zeros((1, 2), dtype=np.int32)
            now, ticks = np.array([float(self.problem.now)]), np.array([float(self.stores[store].ticks)])
            entries.add(np.array([duty], dtype=np.int32), np.zeros(1), now, ticks, nothing)
            group["first"], group["size"] = visits + index, 1
            group["joint_from"], group["joint_to"] = len(joints) + index, len(joints) + index + 1
            alone[index]["group"], alone[index]["first"] = len(groups) + index, visits + index
            alone[index]["size"] = alone[index]["wide"] = 1
        every = np.concatenate((nodes[:visits], stores, nodes[visits:]))
        return every, np.concatenate((groups, own)), np.concatenate((joints, alone))
