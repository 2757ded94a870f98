"""Exactly who could walk what: times given to duties in CP-SAT, starts as few places down their draw as can be.

The model has a choice per time, start and duty; two choices exclude each other on a duty where the way between them
does not fit. Breaks are intervals in it; that a way must fit beside them is added once a solution does not keep it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dispatch.solver.cp import cp_solver
from dispatch.solver.late import Late
from dispatch.solver.rounds.ground import Ground
from dispatch.solver.rounds.lines import Item, Lines, fits_in, rests_between

if TYPE_CHECKING:
    from ortools.sat.python import cp_model
else:
    cp_model = Late("ortools.sat.python.cp_model")

WORK = 0.2
"""Deterministic seconds of CP-SAT for one call, all its attempts together."""
TIMES_MAX = 60
"""Times walked that one model may give to others; those nearest in time to what is left."""
CHOICES_MAX = 800
"""Choices of one model; starts far down the draws are left out beyond."""
ATTEMPTS = 12
"""Models solved at most until all breaks are kept."""
_SCALE = 10_000_000
_PRICE_MAX = 1e5


def cover(lines: Lines, left: Mapping[int, list[int]], movable: Mapping[int, list[int]], *, seed: int) -> None:
    """Walk as much as possible of ``left`` (times with the starts allowed), others given to other guards for it.

    ``movable``: times walked that may begin at other starts, too. What was walked before still is, unless what comes
    instead has a higher price.
    """
    model = _Model(lines, left, movable)
    if not model.choices:
        return
    before = {time: (lines.start[time], lines.crew[time]) for time in model.walked}
    worth = sum(_price(lines.ground, time) for time in before)
    found = model.solve(seed)
    if found is None or sum(_price(lines.ground, time) for time in found) <= worth:
        return
    for time in before:
        lines.take(time)
    for time, (start, crew) in found.items():
        lines.put(time, start, crew)


def _price(ground: Ground, time: int) -> int:
    price = ground.problem.rounds[ground.times[time].round].price
    return max(1, round(1000 * min(price, _PRICE_MAX)))


def _solver(seed: int, work: float) -> cp_model.CpSolver:
    solver = cp_solver(seed, work)
    # Nothing but choices that exclude each other: of six days of made-up estates 14 times were left out so, with the
    # relaxation and all of presolve 42 in half the time.
    solver.parameters.linearization_level = 0
    solver.parameters.cp_model_probing_level = 0
    solver.parameters.symmetry_level = 0
    return solver


class _Model:
    """The times left and those near them, on the duties that may walk any of them."""

    def __init__(self, lines: Lines, left: Mapping[int, list[int]], movable: Mapping[int, list[int]]) -> None:
        self.lines = lines
        self.ground = lines.ground
        self.walked = self._near(left)
        self.starts = {**{time: [lines.start[time]] for time in self.walked}, **left}
        for time in self.walked:
            if time in movable:
                now = lines.start[time]
                self.starts[time] = [now, *(start for start in movable[time] if start != now)]
        self.fixed = self._fixed()
        self.model = cp_model.CpModel()
        self.choices: dict[tuple[int, int, int], cp_model.IntVar] = {}
        self.covered: dict[int, cp_model.IntVar] = {}
        self._begun: dict[tuple[int, int], cp_model.IntVar] = {}
        self._fill()

    def _near(self, left: Mapping[int, list[int]]) -> list[int]:
        lines, ground = self.lines, self.ground
        times = [ground.times[time] for time in left]
        duties = {duty for time in left for duty in ground.on[time]}
        apart: dict[int, int] = {}
        for duty in duties:
            for item in lines.items[duty]:
                if item.time >= 0:
                    apart[item.time] = min(abs(item.start - one.nominal) for one in times)
        return sorted(sorted(apart, key=lambda time: (apart[time], time))[:TIMES_MAX])

    def _fixed(self) -> list[list[Item]]:
        """What stays as it is on each duty."""
        free = set(self.walked)
        return [[item for item in line if item.time not in free] for line in self.lines.items]

    def _fill(self) -> None:
        deep = max((len(starts) for starts in self.starts.values()), default=0)
        for rank in range(deep):
            if len(self.choices) > CHOICES_MAX:
                break
            for time, starts in self.starts.items():
                if rank < len(starts):
                    self._add_start(time, starts[rank])
        for time in self.starts:
            begun = [var for (one, _), var in self._begun.items() if one == time]
            if begun:
                self.covered[time] = self.model.new_bool_var("")
                self.model.add(sum(begun) == self.covered[time])
        by_duty: dict[int, list[tuple[int, int]]] = {}
        for time, start, duty in self.choices:
            by_duty.setdefault(duty, []).append((time, start))
        for duty, options in by_duty.items():
            self._exclude(duty, options)
            self._add_rests(duty, options)

    def _add_start(self, time: int, start: int) -> None:
        ground = self.ground
        facts = ground.times[time]
        new = self.lines.item(time, start)
        able = [
            duty
            for duty in ground.on[time]
            if ground.skilled(facts.round, duty, new.start, new.end)
            and fits_in(ground, ground.duties[duty], self.fixed[duty], new)
        ]
        people = ground.problem.rounds[facts.round].people
        if len({ground.duties[duty].guard for duty in able}) < people:
            return
        begun = self._begun[time, start] = self.model.new_bool_var("")
        for duty in able:
            self.choices[time, start, duty] = self.model.new_bool_var("")
        self.model.add(sum(self.choices[time, start, duty] for duty in able) == people * begun)

    def _exclude(self, duty: int, options: Sequence[tuple[int, int]]) -> None:
        ground = self.ground
        mode = ground.duties[duty].mode
        items = sorted(self.lines.item(time, start) for time, start in options)
        leaves, enters = {item.leave for item in items}, {item.enter for item in items}
        longest = max((ground.way(mode, here, there) for here in leaves for there in enters), default=0)
        for number, one in enumerate(items):
            for other in items[number + 1 :]:
                if other.start >= one.end + longest:
                    break
                apart = other.start >= one.end + ground.way(mode, one.leave, other.enter)
                if one.time != other.time and not apart:
                    pair = (self.choices[one.time, one.start, duty], self.choices[other.time, other.start, duty])
                    self.model.add_at_most_one(pair)

    def _add_rests(self, duty: int, options: Sequence[tuple[int, int]]) -> None:
        facts = self.ground.duties[duty].facts
        if not facts.rests:
            return
        used = self.model.new_bool_var("")
        intervals = []
        for time, start in options:
            chosen = self.choices[time, start, duty]
            self.model.add_implication(chosen, used)
            ticks = self.ground.times[time].ticks
            intervals.append(self.model.new_optional_fixed_size_interval_var(start, ticks, chosen, ""))
        bound = [self.model.new_fixed_size_interval_var(one.start, one.end - one.start, "") for one in self.fixed[duty]]
        for rest in facts.rests:
            begins = self.model.new_int_var(rest.span.start, rest.span.end - rest.ticks, "")
            intervals.append(self.model.new_optional_fixed_size_interval_var(begins, rest.ticks, used, ""))
        self.model.add_no_overlap([*intervals, *bound])

    def solve(self, seed: int) -> dict[int, tuple[int, tuple[int, ...]]] | None:
        """Start and crew of all times walked; None if nothing was found in the work given."""
        worth = sum(_price(self.ground, time) * covered for time, covered in self.covered.items())
        later = [(self.starts[time].index(start), begun) for (time, start), begun in self._begun.items()]
        moved = sum(rank * begun for rank, begun in later if rank)
        crews = sum(
            chosen
            for (time, _, duty), chosen in self.choices.items()
            if (duty not in crew if (crew := self.lines.crew.get(time)) else self.ground.untold(time, duty))
        )
        self.model.maximize(_SCALE * worth - 1000 * moved - crews)
        self._hint()
        left = WORK
        for _ in range(ATTEMPTS):
            solver = _solver(seed, left)
            if solver.solve(self.model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                return None
            chosen = [key for key, choice in self.choices.items() if solver.boolean_value(choice)]
            broken = self._broken(chosen)
            if not broken:
                return self._read(chosen)
            for together in broken:
                self.model.add_bool_or([~self.choices[key] for key in together])
            left = max(WORK / ATTEMPTS, left - solver.deterministic_time)
        return None

    def _hint(self) -> None:
        lines = self.lines
        for (time, start, duty), choice in self.choices.items():
            self.model.add_hint(choice, lines.start.get(time) == start and duty in lines.crew.get(time, ()))

    def _broken(self, chosen: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
        """Choices of one duty that leave no room for its breaks and the ways beside them."""
        by_duty: dict[int, list[tuple[int, int, int]]] = {}
        for key in chosen:
            by_duty.setdefault(key[2], []).append(key)
        found = []
        for duty, keys in by_duty.items():
            line = sorted([*self.fixed[duty], *(self.lines.item(time, start) for time, start, _ in keys)])
            if rests_between(self.ground, self.ground.duties[duty], line) is None:
                found.append(self._least(duty, keys))
        return found

    def _least(self, duty: int, keys: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """As few of ``keys`` as still leave no room: a shorter clause forbids more."""
        kept = list(keys)
        for key in keys:
            fewer = [one for one in kept if one != key]
            line = sorted([*self.fixed[duty], *(self.lines.item(time, start) for time, start, _ in fewer)])
            if rests_between(self.ground, self.ground.duties[duty], line) is None:
                kept = fewer
        return kept

    def _read(self, chosen: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, tuple[int, ...]]]:
        found: dict[int, tuple[int, tuple[int, ...]]] = {}
        for time, start, duty in chosen:
            crew = found.get(time, (start, ()))[1]
            found[time] = (start, (*crew, duty))
        return found
