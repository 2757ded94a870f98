"""Why nobody walks a time, rule by rule, and the smallest change that would let somebody.

Changes are compared by the minutes they take from somebody: those by which a start moves, those of a break, those of
the round away from a post; a certificate counts as half a day of work, one more guard as a whole one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from dispatch.solver.plan import Reason
from dispatch.solver.round_plan import RoundLeft, SmallestChange
from dispatch.solver.rounds.ground import DutyFacts
from dispatch.solver.rounds.lines import POSTED, Item, Lines, fits_in
from dispatch.solver.rules import Rule

SHIFT_MAX = 240
"""The most ticks by which a start is tried outside what is allowed."""
_CERTIFICATE_MIN = 240.0
_PERSON_MIN = 480.0
_SAYS = {
    Rule.SHIFT: "not on duty then",
    Rule.SKILL: "without the skill",
    Rule.POST: "bound to a post",
    Rule.BREAK: "in need of a break then",
    Rule.OVERLAP: "on other rounds",
    Rule.CREW: "free, but not enough of them at one moment",
}


class _Offer(NamedTuple):
    """A change, what it costs in minutes, and in words."""

    minutes: float
    change: SmallestChange
    words: str


def explain(lines: Lines, time: int) -> RoundLeft:
    """Why ``time`` is not walked, beside all that is."""
    ground = lines.ground
    facts = ground.times[time]
    one = ground.problem.rounds[facts.round]
    if one.ticks is not None and facts.ticks > one.ticks:
        more = facts.ticks - one.ticks
        message = f"Its shortest way takes {facts.ticks} ticks, it may take {one.ticks}."
        reason = Reason(rule=Rule.ROUND_WAY, message=message, hint=f"{more} ticks more, or fewer checkpoints")
        return _left(lines, time, (reason,), SmallestChange(kind="time", ticks=more))
    if not facts.offsets:
        reason = Reason(rule=Rule.ROUND_START, message="Its band is empty.", hint="a band of a tick at least")
        return _left(lines, time, (reason,), SmallestChange(kind="later", ticks=1))
    best = min(_offers(lines, time), key=lambda offer: (offer.minutes, offer.change.kind, offer.words))
    counts = Counter(_obstacle(lines, time, guard) for guard in range(len(ground.problem.guards)))
    first = {"earlier": Rule.OVERLAP, "later": Rule.OVERLAP, "people": Rule.CREW}
    nearest = first.get(best.change.kind, Rule(best.change.kind) if best.change.kind in set(Rule) else Rule.CREW)
    ranked = sorted(counts, key=lambda rule: (rule is not nearest, -counts[rule], rule))
    start, end = (facts.nominal + edge for edge in (min(facts.offsets), max(facts.offsets)))
    needs = f"{one.people} guard{'s' if one.people > 1 else ''} to start from {start} to {end}"
    reasons = tuple(
        Reason(rule=rule, message=f"It needs {needs}; {counts[rule]} are {_SAYS[rule]}.", workers=counts[rule])
        for rule in ranked
    ) or (Reason(rule=Rule.CREW, message=f"It needs {needs}; there are no guards."),)
    return _left(lines, time, (replace(reasons[0], hint=best.words), *reasons[1:]), best.change)


def _left(lines: Lines, time: int, reasons: tuple[Reason, ...], change: SmallestChange) -> RoundLeft:
    facts = lines.ground.times[time]
    one = lines.ground.problem.rounds[facts.round]
    return RoundLeft(round=one.id, nominal=facts.nominal, reasons=reasons, change=change)


def _starts(lines: Lines, time: int) -> list[int]:
    facts = lines.ground.times[time]
    return [facts.nominal + offset for offset in sorted(facts.offsets)]


def _obstacle(lines: Lines, time: int, guard: int) -> Rule:
    """The first rule, in the order of what is hardest to change, that keeps ``guard`` out at every start."""
    ground = lines.ground
    duties = [duty for duty in _about_then(lines, time) if ground.duties[duty].guard == guard]
    cases = [(duty, lines.item(time, start)) for duty in duties for start in _starts(lines, time)]
    round_number = ground.times[time].round
    stages: list[tuple[Rule, list[tuple[int, Item]]]] = []

    def keep(rule: Rule, kept: list[tuple[int, Item]]) -> list[tuple[int, Item]]:
        stages.append((rule, kept))
        return kept

    def without(duty: int, *, rests: bool) -> tuple[DutyFacts, list[Item]]:
        facts = ground.duties[duty]
        bare = facts if rests else facts._replace(facts=replace(facts.facts, rests=()))
        return bare, [item for item in lines.items[duty] if item.time == POSTED]

    cases = keep(Rule.SHIFT, [(d, new) for d, new in cases if fits_in(ground, without(d, rests=False)[0], [], new)])
    cases = keep(Rule.SKILL, [(d, new) for d, new in cases if ground.skilled(round_number, d, new.start, new.end)])
    cases = keep(Rule.POST, [(d, new) for d, new in cases if fits_in(ground, *without(d, rests=False), new)])
    cases = keep(Rule.BREAK, [(d, new) for d, new in cases if fits_in(ground, *without(d, rests=True), new)])
    keep(Rule.OVERLAP, [(d, new) for d, new in cases if fits_in(ground, ground.duties[d], lines.items[d], new)])
    return next((rule for rule, kept in stages if not kept), Rule.CREW)


def _offers(lines: Lines, time: int) -> Iterator[_Offer]:
    """Changes each of which would let ``time`` be walked."""
    ground = lines.ground
    facts = ground.times[time]
    one = ground.problem.rounds[facts.round]
    everybody = _about_then(lines, time)
    minutes = ground.problem.tick_seconds / 60
    yield from _shifts(lines, time, one.people)
    most = 0
    for start in _starts(lines, time):
        able = {ground.duties[duty].guard for duty in everybody if lines.fits(duty, time, start)}
        most = max(most, len(able))
        if len(able) == one.people - 1:
            for duty in everybody:
                if ground.duties[duty].guard not in able:
                    yield from _let_off(lines, time, start, duty, minutes)
    missing = max(1, one.people - most)
    change = SmallestChange(kind="people", people=missing)
    yield _Offer(_PERSON_MIN * missing, change, f"{missing} more on duty then who may walk it would do")


def _about_then(lines: Lines, time: int) -> list[int]:
    """Duties that meet the time, or the starts tried outside it."""
    facts = lines.ground.times[time]
    opens = facts.nominal + min(facts.offsets) - SHIFT_MAX
    closes = facts.nominal + max(facts.offsets) + SHIFT_MAX + facts.ticks
    spans = [duty.facts.span for duty in lines.ground.duties]
    return [number for number, span in enumerate(spans) if span.start < closes and opens < span.end]


def _shifts(lines: Lines, time: int, people: int) -> Iterator[_Offer]:
    """The nearest starts outside what is allowed at which enough guards are free."""
    ground = lines.ground
    facts = ground.times[time]
    minutes = ground.problem.tick_seconds / 60
    about = _about_then(lines, time)
    for sign, edge, kind in ((-1, min(facts.offsets), "earlier"), (1, max(facts.offsets), "later")):
        for ticks in range(1, SHIFT_MAX + 1):
            start = facts.nominal + edge + sign * ticks
            able = {ground.duties[duty].guard for duty in about if lines.fits(duty, time, start)}
            if len(able) >= people:
                change = SmallestChange(kind="earlier" if kind == "earlier" else "later", ticks=ticks)
                yield _Offer(ticks * minutes, change, f"a start {ticks} ticks {kind} than allowed would do")
                break


def _let_off(lines: Lines, time: int, start: int, duty: int, minutes: float) -> Iterator[_Offer]:
    """What the guard of ``duty`` could be let off, one thing, to be free for ``time`` at ``start``."""
    ground = lines.ground
    facts, line, new = ground.duties[duty], lines.items[duty], lines.item(time, start)
    guard = ground.problem.guards[facts.guard].id
    one = ground.problem.rounds[ground.times[time].round]
    if not ground.skilled(ground.times[time].round, duty, new.start, new.end):
        if fits_in(ground, facts, line, new):
            change = SmallestChange(kind="skill", guard=guard)
            yield _Offer(_CERTIFICATE_MIN, change, f"{guard} certified for {one.skill} at level {one.level} would do")
        return
    for number, rest in enumerate(facts.facts.rests):
        fewer = facts.facts.rests[:number] + facts.facts.rests[number + 1 :]
        if fits_in(ground, facts._replace(facts=replace(facts.facts, rests=fewer)), line, new):
            change = SmallestChange(kind="break", guard=guard, at=rest.span.start)
            yield _Offer(rest.ticks * minutes, change, f"{guard} without the break from {rest.span.start} on would do")
    posts: Sequence[Item] = [item for item in line if item.time == POSTED]
    for post in posts:
        if fits_in(ground, facts, [item for item in line if item != post], new):
            change = SmallestChange(kind="post", guard=guard, at=post.start)
            away = (new.end - new.start) * minutes
            yield _Offer(away, change, f"{guard} let off the post from {post.start} on would do")
