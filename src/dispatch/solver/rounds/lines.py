"""Who walks what so far: the line of each duty, what fits into it, when its breaks are taken, what it costs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from msgspec import UNSET

from dispatch.solver.rounds.ground import DutyFacts, Ground

POSTED = -1


class Item(NamedTuple):
    """What a duty is bound to from ``start`` to ``end``, between two spots; ``time`` by number or `POSTED`."""

    start: int
    end: int
    enter: int
    leave: int
    time: int


class Lines:
    """The lines of all duties. ``start`` and ``crew`` (duties) of every time that is walked; ``count`` per guard."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.start: dict[int, int] = {}
        self.crew: dict[int, tuple[int, ...]] = {}
        self.count = [0] * len(ground.problem.guards)
        self.items: list[list[Item]] = [
            sorted(Item(post.span.start, post.span.end, post.spot, post.spot, POSTED) for post in duty.facts.posts)
            for duty in ground.duties
        ]
        self._shares = shares(ground)
        self._change = 0.0 if ground.problem.told is UNSET else ground.problem.told.change

    def item(self, time: int, start: int) -> Item:
        """``time`` begun at ``start``."""
        facts = self.ground.times[time]
        return Item(start, start + facts.ticks, facts.enter, facts.leave, time)

    def fits(self, duty: int, time: int, start: int) -> bool:
        """Whether the guard of ``duty`` can walk ``time`` from ``start`` on beside all that stands."""
        new = self.item(time, start)
        ground = self.ground
        if not ground.skilled(ground.times[time].round, duty, new.start, new.end):
            return False
        return fits_in(ground, ground.duties[duty], self.items[duty], new)

    def put(self, time: int, start: int, crew: Sequence[int]) -> None:
        """Let ``crew`` (duties) walk ``time`` from ``start`` on."""
        self.start[time], self.crew[time] = start, tuple(sorted(crew))
        new = self.item(time, start)
        for duty in crew:
            line = self.items[duty]
            line.insert(bisect_left(line, new), new)
            self.count[self.ground.duties[duty].guard] += 1

    def take(self, time: int) -> tuple[int, tuple[int, ...]]:
        """Let nobody walk ``time``; its start and crew so far."""
        start, crew = self.start.pop(time), self.crew.pop(time)
        gone = self.item(time, start)
        for duty in crew:
            self.items[duty].remove(gone)
            self.count[self.ground.duties[duty].guard] -= 1
        return start, crew

    def ways(self, duty: int) -> int:
        """Ticks under way between what ``duty`` is bound to; the ways on its rounds are left out."""
        facts = self.ground.duties[duty]
        spot, ticks = facts.facts.spot, 0
        for item in self.items[duty]:
            ticks += self.ground.way(facts.mode, spot, item.enter)
            spot = item.leave
        return ticks

    def beyond(self, guard: int) -> float:
        """Rounds that ``guard`` walks beyond their share, taken as if all times were walked."""
        return max(0.0, self.count[guard] - self._shares[guard])

    def gain(self, duty: int, time: int, start: int) -> float:
        """What it costs that the guard of ``duty`` walks ``time`` as well."""
        ground, facts = self.ground, self.ground.duties[duty]
        new, line = self.item(time, start), self.items[duty]
        at = bisect_left(line, new)
        here = line[at - 1].leave if at else facts.facts.spot
        ways = ground.way(facts.mode, here, new.enter)
        if at < len(line):
            following = line[at].enter
            ways += ground.way(facts.mode, new.leave, following) - ground.way(facts.mode, here, following)
        # What is shared evenly all along is shared evenly at the end.
        passed = (time + 1) / len(ground.times)
        more = self.count[facts.guard] + 1 - passed * self._shares[facts.guard]
        weights = ground.problem.weights
        price = weights.travel * ways + weights.share * min(1.0, max(0.0, more))
        return price + self._change * ground.untold(time, duty)

    def changes(self, duty: int) -> float:
        """What it costs that the guard of ``duty`` was not told of what they walk on it."""
        return self._change * sum(self.ground.untold(item.time, duty) for item in self.items[duty])

    def rests(self, duty: int) -> tuple[int, ...]:
        """When the breaks of ``duty`` are taken. What stands on it lets them be."""
        facts = self.ground.duties[duty]
        taken = rests_between(self.ground, facts, self.items[duty])
        assert taken is not None
        return taken


def shares(ground: Ground) -> list[float]:
    """The share of each guard of all rounds: by time on duty away from posts, of those who hold any skill asked."""
    problem = ground.problem
    asked = {(one.skill, one.level) for one in problem.rounds}
    free = [0] * len(problem.guards)
    for duty in ground.duties:
        free[duty.guard] += duty.free
    for number, guard in enumerate(problem.guards):
        if not any(
            skill is None or any(held.skill == skill and held.level >= level for held in guard.skills)
            for skill, level in asked
        ):
            free[number] = 0
    walks = sum(problem.rounds[time.round].people for time in ground.times)
    whole = sum(free)
    return [walks * one / whole if whole else 0.0 for one in free]


def fits_in(ground: Ground, duty: DutyFacts, line: Sequence[Item], new: Item) -> bool:
    """Whether ``new`` can stand in ``line``, which can stand without it: span, ways, breaks."""
    span = duty.facts.span
    if new.start < span.start or new.end > span.end:
        return False
    at = bisect_left(line, new)
    free, spot = (line[at - 1].end, line[at - 1].leave) if at else (span.start, duty.facts.spot)
    if new.start < free + ground.way(duty.mode, spot, new.enter):
        return False
    if at < len(line) and line[at].start < new.end + ground.way(duty.mode, new.leave, line[at].enter):
        return False
    if not duty.facts.rests:
        return True
    return rests_between(ground, duty, [*line[:at], new, *line[at:]]) is not None


def rests_between(ground: Ground, duty: DutyFacts, line: Sequence[Item]) -> tuple[int, ...] | None:
    """When each break of ``duty`` can be taken beside ``line``, the earliest to end first; None if one cannot be.

    A way is one piece: it is gone before the break or after it.
    """
    gaps: list[tuple[int, int, int]] = []
    free, spot = duty.facts.span.start, duty.facts.spot
    for item in line:
        gaps.append((free, item.start, ground.way(duty.mode, spot, item.enter)))
        free, spot = item.end, item.leave
    gaps.append((free, duty.facts.span.end, 0))
    rests = duty.facts.rests
    taken = [0] * len(rests)
    for number in sorted(range(len(rests)), key=lambda one: (rests[one].span.end, rests[one].span.start, one)):
        rest = rests[number]
        for place, (opens, closes, way) in enumerate(gaps):
            first, last = max(rest.span.start, opens), min(rest.span.end, closes)
            later = max(rest.span.start, opens + way)
            if first + rest.ticks <= min(last, closes - way):
                gaps[place : place + 1] = [(opens, first, 0), (first + rest.ticks, closes, way)]
            elif later + rest.ticks <= last:
                first = later
                gaps[place : place + 1] = [(opens, first, way), (first + rest.ticks, closes, 0)]
            else:
                continue
            taken[number] = first
            break
        else:
            return None
    return tuple(taken)
