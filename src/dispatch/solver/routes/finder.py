"""Changes that let one worker take a visit which is left out, with whom else it takes: looked for a bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from dispatch.solver.changes import Change, OpenWindow, PinElse, Size, merged, size
from dispatch.solver.problem import Span, Visit
from dispatch.solver.routes.cutout import Cutout, Meter
from dispatch.solver.routes.gaps import able_duties, find_gaps
from dispatch.solver.routes.more_pieces import more_pieces
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.remedy import Remedy, remedy
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule

_STARTS = 4
"""Joint starts tried for a crew, those at which most people are free first."""
_OTHERS = 4
"""Of those who are not free then, so many are asked what would have to change: the nearest."""
_GAPS = 40
_SPARE = 4
"""People known to be free beyond those it takes."""

Changes = tuple[Change, ...]


class Crew(NamedTuple):
    """Who would be sent together, and what has to change for it."""

    changes: Changes
    workers: tuple[int, ...]


class Finder:
    """What was found of a state so far. When ``meter`` has run out, nothing more is looked for.

    ``order``: the workers by how near they come, the nearest first.
    """

    def __init__(self, state: State, order: Sequence[int], meter: Meter) -> None:
        self.state = state
        self.order = order
        self.meter = meter
        self._found: dict[tuple[int, int, int | None, bool], Remedy | None] = {}
        self._free: dict[tuple[int, int | None], list[int]] = {}

    def single(self, visit: int, worker: int, start: int | None = None, *, at_once: bool = False) -> Remedy | None:
        """The smallest changes by which ``worker`` could be at ``visit``, at ``start`` if it is given."""
        key = visit, worker, start, at_once
        if key not in self._found:
            if self.meter.left <= 0:
                return None
            cut = Cutout.of(self.state, [worker], [visit], self.meter)
            name = self.state.compiled.visits[visit].id
            self._found[key] = remedy(cut, name, self._comes_off, start=start, at_once=at_once)
        return self._found[key]

    def sent(self, visit: int, worker: int) -> Crew | None:
        """The smallest changes by which ``worker`` could do ``visit``, with as many others as it takes."""
        facts = self.state.compiled.visits[visit]
        own = self.single(visit, worker)
        if own is None:
            return None
        if facts.people == 1:
            return Crew(own.changes, (worker,))
        begun = self.meter.left
        found: list[Crew] = []
        tried: list[int] = []
        for at_once in (True, False):
            for start in self._starts(visit, worker, own, at_once=at_once):
                one = None if start in tried else self.joint(visit, worker, start)
                tried.append(start)
                if one is not None and not self._stands(visit, one):
                    one = self._with_pieces(visit, one)
                if one is not None:
                    found.append(one)
                if found and self.meter.left < begun // 2:
                    break
            if found:
                break
        return min(found, key=lambda one: size(one.changes), default=None)

    def _comes_off(self, name: str) -> tuple[Visit, ...] | None:
        """The visit and all that is tied to it; None where one of them is pinned or a round."""
        compiled = self.state.compiled
        group = [compiled.visits[one] for one in compiled.bonds.group(compiled.visit_index[name])]
        return None if any(one.pin is not None or one.cover for one in group) else tuple(group)

    def _starts(self, visit: int, worker: int, own: Remedy, *, at_once: bool) -> list[int]:
        """When a crew with ``worker`` might start: when most are free, and when this one or others could.

        The others with one change about time if ``at_once``, else with whatever it takes.
        """
        state = self.state
        facts = state.compiled.visits[visit]
        gaps = find_gaps(state, visit, able_duties(state, visit))
        cheapest = np.argsort(gaps.travel, kind="stable")[:_GAPS]
        pinned = () if facts.pin is None or facts.pin.start is None else (facts.pin.start,)
        found = dict.fromkeys((*pinned, own.start, *gaps.first[cheapest].tolist()))
        for other in [one for one in self.order if one != worker][: _OTHERS // 2]:
            theirs = self.single(visit, other, at_once=at_once)
            if theirs is not None:
                found.setdefault(theirs.start)
        nobody = np.zeros(0, dtype=np.int64)
        first, last = (gaps.first, gaps.last) if len(gaps.first) else (nobody, nobody)
        free = {at: len(np.unique(gaps.duty[(first <= at) & (at <= last)])) for at in found}
        return sorted(found, key=lambda at: (at != own.start, -free[at], at))[:_STARTS]

    def joint(self, visit: int, worker: int, start: int) -> Crew | None:
        """``worker`` with the others who cost the fewest changes, all at ``start``."""
        facts = self.state.compiled.visits[visit]
        own = self.single(visit, worker, start)
        if own is None:
            return None
        index = self.state.compiled.worker_index
        pinned = [index[name] for name in (facts.pin.workers if facts.pin is not None else ()) if name in index]
        mates: list[int] = [one for one in dict.fromkeys(pinned) if one != worker][: facts.people - 1]
        free = self.free_at(visit, start)
        mates += [one for one in free if one not in (worker, *mates)][: facts.people - 1 - len(mates)]
        wanted = [one for one in mates if one not in free]
        if len(mates) < facts.people - 1:
            others = [one for one in self.order if one not in (worker, *mates)]
            more = self._least_changed(visit, others, start, facts.people - 1 - len(mates))
            mates, wanted = mates + more, wanted + more
        changes = own.changes
        for mate in wanted:
            theirs = self.single(visit, mate, start, at_once=True) or self.single(visit, mate, start)
            if theirs is None:
                return None
            changes = (*changes, *theirs.changes)
        # Whose pin it is, is said for all of them at once.
        changes = tuple(one for one in changes if not (isinstance(one, PinElse) and one.visit == facts.id))
        if len(mates) < facts.people - 1:
            return None
        crew = (worker, *mates)
        return Crew(merged((*self._moved(facts, crew, start), *changes)), crew)

    def _least_changed(self, visit: int, others: Sequence[int], start: int, count: int) -> list[int]:
        """The ``count`` of ``others`` for whom the least has to change to be there at ``start``."""
        for at_once in (True, False):
            asked: list[tuple[Size, int, int]] = []
            for one in others[: max(_OTHERS, count + 1)]:
                found = self.single(visit, one, start, at_once=at_once)
                if found is not None:
                    asked.append((size(found.changes), len(asked), one))
            if len(asked) >= count:
                break
        return [one for _, _, one in sorted(asked)[:count]]

    def free_at(self, visit: int, start: int | None) -> list[int]:
        """Who could be at ``visit`` at ``start`` as things stand, or at any time of its windows.

        The shortest detour first, and a few more than it takes people.
        """
        key = visit, start
        if key in self._free:
            return self._free[key]
        state, facts = self.state, self.state.compiled.visits[visit]
        usual = state.windows[visit]
        state.windows[visit] = usual if start is None else ((start, start),)
        gaps = find_gaps(state, visit, able_duties(state, visit))
        worker_of = state.compiled.duty_worker[gaps.duty]
        found: list[int] = []
        for gap in np.argsort(gaps.travel, kind="stable")[:_GAPS].tolist():
            if int(worker_of[gap]) in found:
                continue
            if state.build_with(int(gaps.duty[gap]), int(gaps.position[gap]), visit) is not None:
                found.append(int(worker_of[gap]))
            if len(found) == facts.people + _SPARE:
                break
        state.windows[visit] = usual
        self._free[key] = found
        return found

    def _moved(self, facts: Visit, crew: Sequence[int], start: int) -> Changes:
        """The window and the pin of a visit as they have to be for ``crew`` to do it at ``start``."""
        moved: list[Change] = []
        people = [self.state.compiled.workers[one].id for one in crew]
        end = start + max(facts.ticks_by.get(one, facts.ticks) for one in people)
        if not any(window.start <= start and end <= window.end for window in facts.windows):
            wider = []
            for window in facts.windows:
                to = Span(min(window.start, start), max(window.end, end))
                by = (window.start - to.start) + (to.end - window.end)
                wider.append(OpenWindow(rule=Rule.WINDOW, visit=facts.id, from_=window, to=to, by=by))
            moved.append(min(wider, key=lambda one: one.by))
        pin = facts.pin
        if pin is not None:
            names = tuple(people)
            off = 0 if pin.start is None else abs(start - pin.start)
            workers = pin.workers if set(pin.workers) <= set(names) else names
            if off or workers != pin.workers:
                to_pin = replace(pin, workers=workers, start=pin.start and start)
                moved.append(PinElse(rule=Rule.PIN, visit=facts.id, from_=pin, to=to_pin, by=off))
        return tuple(moved)

    def _with_pieces(self, visit: int, crew: Crew) -> Crew | None:
        """``crew`` with as many pieces more of shared tools as it takes together; None if that is not what lacks."""
        opened = Cutout.of(self.state, crew.workers, [visit], self.meter).opened(crew.changes)
        name = self.state.compiled.visits[visit].id
        more = () if opened is None else more_pieces(opened, opened.compiled.visit_index[name])
        with_them = crew._replace(changes=merged((*crew.changes, *more)))
        return with_them if more and self._stands(visit, with_them) else None

    def _stands(self, visit: int, crew: Crew) -> bool:
        """Whether the visit fits on ``crew`` with its changes made."""
        opened = Cutout.of(self.state, crew.workers, [visit], self.meter).opened(crew.changes)
        name = self.state.compiled.visits[visit].id
        return opened is not None and best_place(opened, opened.compiled.visit_index[name]) is not None
