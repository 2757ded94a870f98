"""What one duty takes along: weight and households under its caps; tools and parts carried, or taken at a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from dispatch.solver.problem import Duty, RouteProblem, Visit, Worker
from dispatch.solver.rules import Rule
from dispatch.solver.within.caps import keeps_load
from dispatch.solver.within.carried import has_parts, has_tools, left_after

_WIDTH = 64
"""Bits of a count, with its guard."""


class Loads:
    """Whether a duty may hold some visits by its load. Says so at once where no rule of a problem is about loads.

    Shared tools are none: whether there is a piece is no matter of the duty alone.
    """

    def __init__(self, problem: RouteProblem) -> None:
        self._capped = any(
            duty.max_weight is not None or duty.max_households is not None
            for worker in problem.workers
            for duty in worker.duties
        )
        self._bits = Bits()
        self._shared = frozenset(tool.id for tool in problem.shared)

    def matter(self, visit: Visit) -> bool:
        """Whether a load could keep ``visit`` off a duty."""
        return self._capped or bool(visit.tools or visit.parts)

    def fits(self, worker: Worker, duty: Duty, stops: Sequence[Visit | None]) -> bool:
        """Whether ``duty`` of ``worker`` may hold ``stops`` in this order; None is a stop at a store."""
        if not any(visit is not None and self.matter(visit) for visit in stops):
            return True
        return self.hindrance(worker, duty, stops) is None

    def hindrance(self, worker: Worker, duty: Duty, stops: Sequence[Visit | None]) -> Rule | None:
        """The rule by which ``duty`` of ``worker`` may not hold ``stops`` in this order; None if it may."""
        visits = [visit for visit in stops if visit is not None]
        weight = 0.0 if duty.max_weight is None else sum(visit.weight for visit in visits)
        if not keeps_load(weight, 0, inf if duty.max_weight is None else duty.max_weight, inf):
            return Rule.WEIGHT_CAP
        households = 0 if duty.max_households is None else len({visit.household for visit in visits} - {None})
        if not keeps_load(0, households, inf, inf if duty.max_households is None else duty.max_households):
            return Rule.HOUSEHOLDS_CAP
        return self._missing(worker, stops)

    def _alone(self, visit: Visit) -> Sequence[str]:
        """The tools of ``visit`` that are not shared."""
        return [tool for tool in visit.tools if tool not in self._shared] if self._shared else visit.tools

    def _missing(self, worker: Worker, stops: Sequence[Visit | None]) -> Rule | None:
        """What is needed before the first store and not carried from the start."""
        bits = self._bits
        carried, left = bits.tools(worker.tools), bits.parts(worker.parts)
        for visit in stops:
            if visit is None:
                return None
            if visit.tools and not has_tools(bits.tools(self._alone(visit)), carried):
                return Rule.TOOLS
            if visit.parts:
                needed = bits.parts(visit.parts)
                if not has_parts(needed, left, bits.guards):
                    return Rule.PARTS
                left = left_after(left, needed)
        return None


class Bits:
    """Tools and parts as the rule about them reads them; there is room for all, as whole numbers have no end here."""

    def __init__(self) -> None:
        self._tools: dict[str, int] = {}
        self._parts: dict[str, int] = {}
        self.guards = 0

    def tools(self, names: Iterable[str]) -> int:
        """A bit for each of ``names``."""
        bits = 0
        for name in names:
            bits |= 1 << self._tools.setdefault(name, len(self._tools))
        return bits

    def parts(self, counts: Mapping[str, int]) -> int:
        """``counts`` side by side."""
        packed = 0
        for name, count in counts.items():
            place = self._parts.get(name)
            if place is None:
                place = self._parts[name] = _WIDTH * len(self._parts)
                self.guards |= 1 << (place + _WIDTH - 1)
            packed += count << place
        return packed
