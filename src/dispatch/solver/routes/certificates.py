"""When the people of a problem hold a skill: a certificate counts on the days of the work, not of the duty."""

from __future__ import annotations

from dispatch.solver.problem import Duty, Skill, SkillAsked, Visit, Worker

Spans = tuple[tuple[int, int], ...]
"""Half-open spans of ticks, apart and in order."""

EVER = (-(2**60), 2**60)


def asked_of(visit: Visit) -> tuple[SkillAsked, ...]:
    """Every skill that ``visit`` asks of each who is sent, each once at the highest level asked."""
    own = () if visit.skill is None else (SkillAsked(skill=visit.skill, level=visit.level),)
    if not visit.also:
        return own
    levels: dict[str, int] = {}
    for one in (*own, *visit.also):
        levels[one.skill] = max(one.level, levels.get(one.skill, one.level))
    return tuple(SkillAsked(skill=skill, level=level) for skill, level in levels.items())


def in_words(visit: Visit) -> str:
    """The skills that ``visit`` asks for, with their levels."""
    return " and ".join(f"{one.skill} at level {one.level}" for one in asked_of(visit))


def held_spans(worker: Worker, duty: Duty, asked: tuple[SkillAsked, ...]) -> Spans:
    """When on ``duty`` a visit may lie that needs what is ``asked``: the days on which there is a certificate for each.

    Unbounded towards times before the first and after the last day of the duty; empty if there is no such day.
    """
    borders = (EVER[0], *duty.midnights, EVER[1])
    spans: list[tuple[int, int]] = []
    for offset in range(len(borders) - 1):
        if not all(any(holds(held, one, duty.day + offset) for held in worker.skills) for one in asked):
            continue
        if spans and spans[-1][1] == borders[offset]:
            spans[-1] = (spans[-1][0], borders[offset + 1])
        else:
            spans.append((borders[offset], borders[offset + 1]))
    return tuple(spans)


def holds(held: Skill, asked: SkillAsked, day: int) -> bool:
    """Whether the certificate ``held`` is one for ``asked`` on ``day``."""
    proves = held.skill == asked.skill and held.level >= asked.level
    return proves and (held.first is None or held.first <= day) and (held.last is None or day <= held.last)
