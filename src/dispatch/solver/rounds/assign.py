"""Guards for the starts that were drawn: the draw comes first, and only what nobody can walk then is begun elsewhere.

What was told stands where it can. The rest in blocks of time: each time at the first start of its draw, with the
cheapest crew; for those that are left, others are given new crews (`cover`); then the next starts of their draws are
tried; at last all of the draw, for those left and for whoever is in their way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dispatch.solver.rounds.cover import CHOICES_MAX, cover
from dispatch.solver.rounds.draw import fresh_first
from dispatch.solver.rounds.ground import Ground
from dispatch.solver.rounds.lines import Lines

BLOCK = 80
"""Times placed before those among them that are left are tried again."""


def assign(ground: Ground, *, seed: int) -> Lines:
    """As many times as can be found walked: as they were told where that can be, else as early in their draw."""
    lines = Lines(ground)
    numbers = [time.number for time in ground.times if possible(ground, time.number)]
    _keep_told(lines, numbers)
    numbers = [time for time in numbers if time not in lines.crew]
    for first in range(0, len(numbers), BLOCK):
        block = _scarce_first(ground, numbers[first : first + BLOCK])
        for time in block:
            place(lines, time, tried(lines, time)[:1])
        left = [time for time in block if time not in lines.crew]
        if left:
            cover(lines, {time: tried(lines, time)[:1] for time in left}, {}, seed=seed)
            for time in left:
                if time not in lines.crew:
                    place(lines, time, tried(lines, time)[1:])
            left = [time for time in left if time not in lines.crew]
        _move_others(lines, left, seed)
    return lines


def _keep_told(lines: Lines, times: Sequence[int]) -> None:
    """Let those of ``times`` that were told stand: with the same guards, then where one cannot at the same start."""
    ground = lines.ground
    told = [time for time in times if time in ground.told and ground.told[time][0] in tried(lines, time)]
    for time in told:
        start, guards = ground.told[time]
        able = [d for d in ground.on[time] if ground.duties[d].guard in guards and lines.fits(d, time, start)]
        crew = cheapest(lines, time, start, able, ground.problem.rounds[ground.times[time].round].people)
        if crew:
            lines.put(time, start, crew)
    for time in told:
        if time not in lines.crew:
            place(lines, time, (ground.told[time][0],))


def _could_be(lines: Lines, time: int) -> bool:
    """Whether enough guards could walk ``time`` at one moment if nobody walked anything else."""
    ground = lines.ground
    people = ground.problem.rounds[ground.times[time].round].people
    alone = Lines(ground)
    return any(
        len({ground.duties[duty].guard for duty in ground.on[time] if alone.fits(duty, time, start)}) >= people
        for start in tried(lines, time)
    )


def _scarce_first(ground: Ground, block: Sequence[int]) -> list[int]:
    """``block`` by round, those first that few may walk for each guard they need; each round in order of time."""
    able: dict[int, int] = {}
    for time in block:
        facts = ground.times[time]
        start = facts.nominal + min(facts.offsets)
        skilled = sum(ground.skilled(facts.round, duty, start, start + facts.ticks) for duty in ground.on[time])
        able[facts.round] = min(able.get(facts.round, skilled), skilled // ground.problem.rounds[facts.round].people)
    return sorted(block, key=lambda time: (able[ground.times[time].round], time))


def _move_others(lines: Lines, left: Sequence[int], seed: int) -> None:
    """Walk what can be of ``left`` where others begin elsewhere for it.

    All of it at once, with whatever stands on the same duties, where that is little; else each with what is in its way.
    """
    left = [time for time in left if _could_be(lines, time)]
    on = sorted({duty for time in left for duty in lines.ground.on[time]})
    beside = sorted({item.time for duty in on for item in lines.items[duty] if item.time >= 0})
    choices = sum(len(lines.ground.times[time].offsets) * len(lines.ground.on[time]) for time in (*left, *beside))
    if left and choices <= CHOICES_MAX:
        cover(lines, _all_tried(lines, left), _all_tried(lines, beside), seed=seed)
    for time in left:
        if time not in lines.crew:
            cover(lines, _all_tried(lines, (time,)), _all_tried(lines, in_the_way(lines, time)), seed=seed)


def _all_tried(lines: Lines, times: Iterable[int]) -> dict[int, list[int]]:
    return {time: tried(lines, time) for time in times}


def possible(ground: Ground, time: int) -> bool:
    """Whether the round of ``time`` is short enough, and it may be begun at all."""
    facts = ground.times[time]
    limit = ground.problem.rounds[facts.round].ticks
    return bool(facts.offsets) and (limit is None or facts.ticks <= limit)


def tried(lines: Lines, time: int) -> list[int]:
    """The starts of ``time`` in the order of its draw, what would repeat a start before it behind all others."""
    ground = lines.ground
    facts = ground.times[time]
    offsets = fresh_first(facts.offsets, last_offsets(lines, time), ground.problem.variation.min_jitter)
    return [facts.nominal + offset for offset in offsets]


def last_offsets(lines: Lines, time: int) -> list[int]:
    """The offsets of the starts before ``time`` that it is not to repeat; of what nobody walks, where it was drawn."""
    ground = lines.ground
    facts, variation = ground.times[time], ground.problem.variation
    found: list[int] = []
    for other in facts.before:
        nominal = ground.times[other].nominal
        if other in lines.start:
            found.append(lines.start[other] - nominal)
    past = [one for one in ground.problem.rounds[facts.round].past if one.nominal < facts.nominal]
    found += [one.start - one.nominal for one in sorted(past, key=lambda one: one.nominal, reverse=True)]
    return found[: variation.within]


def place(lines: Lines, time: int, starts: Sequence[int]) -> bool:
    """Put ``time`` at the first of ``starts`` at which enough guards are free, with the cheapest of them."""
    ground = lines.ground
    people = ground.problem.rounds[ground.times[time].round].people
    for start in starts:
        able = [duty for duty in ground.on[time] if lines.fits(duty, time, start)]
        crew = cheapest(lines, time, start, able, people)
        if crew:
            lines.put(time, start, crew)
            return True
    return False


def cheapest(lines: Lines, time: int, start: int, able: Sequence[int], people: int) -> list[int]:
    """``people`` duties of different guards that cost least; none if there are not so many."""
    ranked = sorted(able, key=lambda duty: (lines.gain(duty, time, start), duty))
    crew: dict[int, int] = {}
    for duty in ranked:
        crew.setdefault(lines.ground.duties[duty].guard, duty)
    return list(crew.values())[:people] if len(crew) >= people else []


def in_the_way(lines: Lines, time: int) -> list[int]:
    """The times walked that meet the span in which ``time`` may be walked, by duties that may walk it."""
    ground = lines.ground
    facts = ground.times[time]
    opens = facts.nominal + min(facts.offsets)
    closes = facts.nominal + max(facts.offsets) + facts.ticks
    found: dict[int, None] = {}
    for duty in ground.on[time]:
        for item in lines.items[duty]:
            if item.time >= 0 and item.start < closes and opens < item.end:
                found[item.time] = None
    return list(found)
