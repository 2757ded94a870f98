"""A `RoundProblem` made ready: ways, the times of each round, the way each time takes, the duties that may walk it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from dispatch.solver.problem import Day, Matrix
from dispatch.solver.round_problem import Guard, GuardDuty, RoundProblem, RoundToPlan
from dispatch.solver.rounds.draw import Draw, instant_of
from dispatch.solver.rounds.orders import drawn_orders, ends_held, length, shortest
from dispatch.solver.travel import way_by_speed


class Time(NamedTuple):
    """One time of a round: by number, in order of ``nominal``; ``offsets`` of starts in the order they are drawn.

    ``order``: of checkpoints, by their place in the round. ``enter``/``leave``: the spots of its first and last.
    ``before``: the times of the same round in the horizon up to `Variation.within` before it, the nearest first.
    """

    number: int
    round: int
    nominal: int
    offsets: tuple[int, ...]
    order: tuple[int, ...]
    ticks: int
    enter: int
    leave: int
    before: tuple[int, ...]


class DutyFacts(NamedTuple):
    """A duty by number with its guard. ``free``: ticks on duty away from posts."""

    guard: int
    mode: str
    facts: GuardDuty
    free: int


class Ground:
    """All of a problem by number. ``pools``: the orders drawn per round; ``best``: the length of its shortest way.

    ``told``: of the times that were told, by number, the start and the guards then who still are any.
    """

    def __init__(self, problem: RoundProblem) -> None:
        self.problem = problem
        self.draw = Draw(problem.seed)
        self._ways: dict[tuple[str, int, int], int] = {}
        self.spot = {one.id: one.spot for one in problem.checkpoints}
        self.stay = {one.id: one.ticks for one in problem.checkpoints}
        self.pools: list[list[tuple[int, ...]]] = []
        self.shortest: list[tuple[int, ...]] = []
        for one in problem.rounds:
            self._draw_orders(one)
        self.duties = [
            DutyFacts(number, guard.mode, duty, _free(duty))
            for number, guard in enumerate(problem.guards)
            for duty in guard.duties
        ]
        self.times = self._times()
        self.told = self._told()
        self._skilled: dict[tuple[int, int, int], bool] = {}
        self._always: dict[tuple[int, int], bool | None] = {}
        self.on: list[list[int]] = [self._on_duty(time) for time in self.times]

    def way(self, mode: str, here: int, there: int) -> int:
        """Ticks from spot ``here`` to spot ``there``."""
        key = (mode, here, there)
        known = self._ways.get(key)
        if known is None:
            known = self._ways[key] = self._new_way(mode, here, there)
        return known

    def _new_way(self, mode: str, here: int, there: int) -> int:
        problem = self.problem
        if isinstance(problem.matrix, Matrix):
            return problem.matrix.ticks[mode][here][there]
        assert problem.speeds is not UNSET
        return way_by_speed(problem.speeds, mode, problem.spots[here], problem.spots[there], problem.tick_seconds)

    def ways_of(self, one: RoundToPlan) -> list[list[int]]:
        """Ticks between the checkpoints of a round, by their place in it."""
        spots = [self.spot[name] for name in one.checkpoints]
        return [[self.way(one.mode, here, there) for there in spots] for here in spots]

    def time_on(self, one: RoundToPlan, order: Sequence[int]) -> int:
        """Ticks that walking ``one`` in ``order`` takes."""
        return length(self.ways_of(one), order) + sum(self.stay[name] for name in one.checkpoints)

    def _draw_orders(self, one: RoundToPlan) -> None:
        ways = ends_held(self.ways_of(one)) if one.closed else self.ways_of(one)
        best = shortest(ways)
        longest = int((1 + self.problem.variation.detour) * length(ways, best) + 1e-9)
        if one.ticks is not None:
            longest = max(
                length(ways, best), min(longest, one.ticks - sum(self.stay[name] for name in one.checkpoints))
            )
        self.shortest.append(best)
        self.pools.append(drawn_orders(ways, best, longest, self.draw.whole("pool", one.id)))

    def _times(self) -> list[Time]:
        found: list[tuple[int, int, tuple[int, ...]]] = []
        for number, one in enumerate(self.problem.rounds):
            spans = nominal_offsets(self.problem, one)
            found += [(nominal, number, offsets) for nominal, offsets in spans]
        times: list[Time] = []
        latest: dict[int, list[int]] = {}
        last_way: dict[int, int] = {}
        for nominal, number, offsets in sorted(found):
            one, instant = self.problem.rounds[number], instant_of(self.problem, nominal)
            drawn = self.draw.orders(one.id, instant, len(self.pools[number]))
            way = next((way for way in drawn if way != last_way.get(number)), drawn[0])
            last_way[number] = way
            order = self.pools[number][way]
            ends = [self.spot[one.checkpoints[place]] for place in (order[0], order[-1])]
            before = latest.setdefault(number, [])
            kept = tuple(before[::-1][: self.problem.variation.within])
            ticks = self.time_on(one, order)
            tried = tuple(self.draw.offsets(one.id, instant, offsets))
            times.append(Time(len(times), number, nominal, tried, order, ticks, ends[0], ends[1], kept))
            before.append(len(times) - 1)
        return times

    def _told(self) -> dict[int, tuple[int, frozenset[int]]]:
        if self.problem.told is UNSET:
            return {}
        guards = {guard.id: number for number, guard in enumerate(self.problem.guards)}
        walks = {(one.round, one.nominal): one for one in self.problem.told.walks}
        found: dict[int, tuple[int, frozenset[int]]] = {}
        for time in self.times:
            walk = walks.get((self.problem.rounds[time.round].id, time.nominal))
            if walk is not None:
                found[time.number] = walk.start, frozenset(guards[name] for name in walk.guards if name in guards)
        return found

    def untold(self, time: int, duty: int) -> bool:
        """Whether ``time`` was told, but not to the guard of ``duty``."""
        known = self.told.get(time)
        return known is not None and self.duties[duty].guard not in known[1]

    def _on_duty(self, time: Time) -> list[int]:
        """Duties whose span holds the time at one start at least."""
        if not time.offsets:
            return []
        first, last = time.nominal + min(time.offsets), time.nominal + max(time.offsets)
        return [
            number
            for number, duty in enumerate(self.duties)
            if max(first, duty.facts.span.start) <= min(last, duty.facts.span.end - time.ticks)
        ]

    def skilled(self, number: int, duty: int, start: int, end: int) -> bool:
        """Whether the guard of ``duty`` holds what round ``number`` asks on all days of ``[start, end)``."""
        key = (number, duty)
        if key not in self._always:
            self._always[key] = self._all_day(number, duty)
        always = self._always[key]
        return self._on_days(number, duty, start, end) if always is None else always

    def _all_day(self, number: int, duty: int) -> bool | None:
        """Whether the guard holds it on all days of the duty; None if on some of them only."""
        facts = self.duties[duty]
        days = range(facts.facts.day, facts.facts.day + len(facts.facts.midnights) + 1)
        held = {self._holds(number, facts.guard, self.problem.guards[facts.guard], day) for day in days}
        return held.pop() if len(held) == 1 else None

    def _on_days(self, number: int, duty: int, start: int, end: int) -> bool:
        facts = self.duties[duty]
        first, last = _day(facts.facts, start), _day(facts.facts, max(start, end - 1))
        guard = self.problem.guards[facts.guard]
        return all(self._holds(number, facts.guard, guard, day) for day in range(first, last + 1))

    def _holds(self, number: int, guard_number: int, guard: Guard, day: Day) -> bool:
        key = (number, guard_number, day)
        known = self._skilled.get(key)
        if known is None:
            one = self.problem.rounds[number]
            known = self._skilled[key] = one.skill is None or any(
                held.skill == one.skill
                and held.level >= one.level
                and (held.first is None or held.first <= day)
                and (held.last is None or day <= held.last)
                for held in guard.skills
            )
        return known


def nominal_offsets(problem: RoundProblem, one: RoundToPlan) -> list[tuple[int, tuple[int, ...]]]:
    """The times of a round in the horizon: nominal tick, offsets allowed, from the lowest on."""
    horizon, variation = problem.horizon, problem.variation
    found = [(band.start, tuple(range(0, band.end - band.start, variation.step))) for band in one.bands]
    if one.every is not None:
        most = variation.max_jitter if one.every.jitter is None else one.every.jitter
        moments = range(one.every.first, one.every.until, one.every.every)
        found += [(moment, tuple(range(-most, most + 1, variation.step))) for moment in moments]
    return [(nominal, offsets) for nominal, offsets in found if horizon.start <= nominal < horizon.end]


def _free(duty: GuardDuty) -> int:
    span = duty.span
    posted = sum(max(0, min(span.end, one.span.end) - max(span.start, one.span.start)) for one in duty.posts)
    return max(0, span.end - span.start - posted)


def _day(duty: GuardDuty, tick: int) -> int:
    return duty.day + sum(midnight <= tick for midnight in duty.midnights)
