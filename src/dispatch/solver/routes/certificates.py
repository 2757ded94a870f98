"""When the people of a problem hold a skill: a certificate counts on the days of the work, not of the duty."""

from __future__ import annotations

from dispatch.solver.problem import Duty, Worker

Spans = tuple[tuple[int, int], ...]
"""Half-open spans of ticks, apart and in order."""

EVER = (-(2**60), 2**60)


def held_spans(worker: Worker, duty: Duty, skill: str, level: int) -> Spans:
    """When on ``duty`` a visit may lie that needs ``skill`` at ``level``: the days on which a certificate holds.

    Unbounded towards times before the first and after the last day of the duty; empty if none holds.
    """
    held = [one for one in worker.skills if one.skill == skill and one.level >= level]
    borders = (EVER[0], *duty.midnights, EVER[1])
    spans: list[tuple[int, int]] = []
    for offset in range(len(borders) - 1):
        day = duty.day + offset
        if not any((one.first is None or one.first <= day) and (one.last is None or day <= one.last) for one in held):
            continue
        if spans and spans[-1][1] == borders[offset]:
            spans[-1] = (spans[-1][0], borders[offset + 1])
        else:
            spans.append((borders[offset], borders[offset + 1]))
    return tuple(spans)
