"""Hard rules of plans of patrol rounds: starts, ways, guards, posts, breaks, the draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

from dispatch.solver.checks.facts import covers
from dispatch.solver.checks.round_facts import EXACT, Bound, RoundFacts
from dispatch.solver.plan import Finding
from dispatch.solver.problem import Skill
from dispatch.solver.round_plan import Walk
from dispatch.solver.round_problem import Guard, GuardDuty, RoundToPlan
from dispatch.solver.rules import Rule


def round_once(facts: RoundFacts) -> Iterator[Finding]:
    """Every time in the horizon is walked once, or named with a reason; nothing is unknown."""
    walked = Counter((walk.round, walk.nominal) for walk in facts.plan.walks)
    left = Counter((one.round, one.nominal) for one in facts.plan.unplanned)
    for key in facts.allowed:
        if walked[key] + left[key] != 1:
            what = f"is walked {walked[key]} times and named as left out {left[key]} times"
            yield _about(key, Rule.ONCE, what)
    for key in sorted({*walked, *left} - set(facts.allowed)):
        yield _about(key, Rule.ONCE, "is no time of the problem")
    for one in facts.plan.unplanned:
        if not one.reasons:
            yield _about((one.round, one.nominal), Rule.ONCE, "is left out without a reason")


def _about(key: tuple[str, int], rule: Rule, what: str, *, worker: str | None = None) -> Finding:
    return Finding(rule=rule, message=f"Round {key[0]} at {key[1]} {what}.", visit=key[0], worker=worker)


def round_start(facts: RoundFacts) -> Iterator[Finding]:
    """A walk begins at one of the starts allowed."""
    for walk, _ in facts.walks:
        allowed = facts.allowed.get((walk.round, walk.nominal))
        if allowed is not None and walk.start not in allowed:
            yield _about((walk.round, walk.nominal), Rule.ROUND_START, f"must not begin at {walk.start}")


def round_way(facts: RoundFacts) -> Iterator[Finding]:
    """Checkpoints as often as asked, times that add up, a way little longer than the shortest, no longer than asked."""
    shortest = {one.round: one.checkpoints for one in facts.plan.shortest if one.round in facts.rounds}
    limits: dict[str, int] = {}
    for one in facts.problem.rounds:
        named = shortest.get(one.id, ())
        if not _passes_all(one, named):
            yield _round(one, "has no shortest way over its checkpoints")
            continue
        least = facts.length(one, named)
        if _can_be_shorter(facts, one, named, least):
            yield _round(one, f"has a shorter way than the {least} ticks said to be the shortest")
        limits[one.id] = int((1 + facts.problem.variation.detour) * least + 1e-9)
    for walk, one in facts.walks:
        yield from _walked(facts, walk, one, limits.get(one.id))


def _passes_all(one: RoundToPlan, order: Sequence[str]) -> bool:
    """Whether ``order`` has each checkpoint as often as asked; what begins and ends at one place does so in it."""
    first, *_, last = one.checkpoints[0], one.checkpoints[-1]
    turns = first == last and len(one.checkpoints) > 1
    return sorted(order) == sorted(one.checkpoints) and (not turns or order[0] == order[-1] == first)


def _round(one: RoundToPlan, what: str) -> Finding:
    return Finding(rule=Rule.ROUND_WAY, message=f"Round {one.id} {what}.", visit=one.id)


def _can_be_shorter(facts: RoundFacts, one: RoundToPlan, named: tuple[str, ...], least: int) -> bool:
    """Whether any way is shorter, looked for among all up to `EXACT` checkpoints; beyond, among single reversals."""
    if len(named) <= EXACT:
        return _shortest(facts, one) < least
    # Where both ends are one checkpoint they stay.
    first, behind = (1, len(named)) if named[0] == named[-1] else (0, len(named) + 1)
    pairs = permutations(range(first, behind), 2)
    others = (named[:a] + named[a:b][::-1] + named[b:] for a, b in pairs if a < b)
    return any(facts.length(one, other) < least for other in others)


def _shortest(facts: RoundFacts, one: RoundToPlan) -> int:
    """The length of the shortest way, by sets of checkpoints passed so far."""
    spots = [facts.spot[name] for name in one.checkpoints]
    turns = len(spots) > 1 and one.checkpoints[0] == one.checkpoints[-1]
    begins = range(1) if turns else range(len(spots))
    layer = {(frozenset((place,)), place): 0 for place in begins}
    for _ in range(len(spots) - 1):
        grown: dict[tuple[frozenset[int], int], int] = {}
        for (passed, here), ticks in layer.items():
            for there in range(len(spots)):
                if there not in passed:
                    key = (passed | {there}, there)
                    way = ticks + facts.way(one.mode, spots[here], spots[there])
                    grown[key] = min(way, grown.get(key, way))
        layer = grown
    ends = {len(spots) - 1} if turns else set(range(len(spots)))
    return min(ticks for (_, here), ticks in layer.items() if here in ends)


def _walked(facts: RoundFacts, walk: Walk, one: RoundToPlan, limit: int | None) -> Iterator[Finding]:
    key = (walk.round, walk.nominal)
    order = [step.checkpoint for step in walk.passes]
    if not _passes_all(one, order):
        yield _about(key, Rule.ROUND_WAY, "does not pass each of its checkpoints as it is to")
        return
    at = walk.start
    for place, step in enumerate(walk.passes):
        if place:
            at += facts.way(one.mode, facts.spot[order[place - 1]], facts.spot[step.checkpoint])
        if (step.arrive, step.leave) != (at, at + facts.stay[step.checkpoint]):
            what = f"is at {step.checkpoint} from {at} to {at + facts.stay[step.checkpoint]}, not as planned"
            yield _about(key, Rule.ROUND_WAY, what)
            return
        at = step.leave
    if walk.end != at:
        yield _about(key, Rule.ROUND_WAY, f"ends at {at}, not at {walk.end}")
    if one.ticks is not None and at - walk.start > one.ticks:
        yield _about(key, Rule.ROUND_WAY, f"takes {at - walk.start} ticks, it may take {one.ticks}")
    length = facts.length(one, order)
    if limit is not None and length > limit:
        yield _about(key, Rule.ROUND_WAY, f"goes a way of {length} ticks, it may be {limit} long")


def round_crew(facts: RoundFacts) -> Iterator[Finding]:
    """As many different guards as the round needs, all known."""
    for walk, one in facts.walks:
        if len(set(walk.guards)) != one.people or len(walk.guards) != one.people:
            what = f"is walked by {len(set(walk.guards))} guards, it needs {one.people}"
            yield _about((walk.round, walk.nominal), Rule.CREW, what)
        for name in walk.guards:
            if name not in facts.guards:
                yield _about((walk.round, walk.nominal), Rule.CREW, f"is walked by {name}, who is unknown")


def _members(facts: RoundFacts) -> Iterator[tuple[Walk, RoundToPlan, Guard]]:
    for walk, one in facts.walks:
        for name in dict.fromkeys(walk.guards):
            if name in facts.guards:
                yield walk, one, facts.guards[name]


def round_skill(facts: RoundFacts) -> Iterator[Finding]:
    """Everybody on a walk holds the skill at the level asked on all its days."""
    for walk, one, guard in _members(facts):
        duty = facts.duty_of(guard, walk.start, walk.end)
        if one.skill is None or duty is None:
            continue
        first, last = (
            duty.day + sum(midnight <= tick for midnight in duty.midnights)
            for tick in (walk.start, max(walk.start, walk.end - 1))
        )
        for day in range(first, last + 1):
            if not any(_holds(held, one, day) for held in guard.skills):
                what = f"asks for {one.skill} at level {one.level}, which {guard.id} does not hold on day {day}"
                yield _about((walk.round, walk.nominal), Rule.SKILL, what, worker=guard.id)
                break


def _holds(held: Skill, one: RoundToPlan, day: int) -> bool:
    return one.skill is not None and covers(held, one.skill, one.level, day)


def round_shift(facts: RoundFacts) -> Iterator[Finding]:
    """A walk lies inside one duty of everybody on it, the way there included."""
    for walk, _, guard in _members(facts):
        duty = facts.duty_of(guard, walk.start, walk.end)
        if duty is None or walk.start < duty.span.start or walk.end > duty.span.end:
            what = f"lies outside the duties of {guard.id}"
            yield _about((walk.round, walk.nominal), Rule.SHIFT, what, worker=guard.id)
    for guard, duty, line in facts.bound:
        if line and line[0].walk is not None:
            first = line[0]
            reached = duty.span.start + facts.way(guard.mode, duty.spot, first.enter)
            if duty.span.start <= first.start < reached:
                message = f"{guard.id} cannot be at {first.what} before {reached}."
                yield Finding(rule=Rule.SHIFT, message=message, worker=guard.id, duty=duty.id)


def _pairs(facts: RoundFacts) -> Iterator[tuple[Guard, GuardDuty, Bound, Bound]]:
    for guard, duty, line in facts.bound:
        for before, after in pairwise(line):
            yield guard, duty, before, after


def round_overlap(facts: RoundFacts) -> Iterator[Finding]:
    """A guard walks one round at a time, and has the time for the way to the next."""
    for guard, duty, before, after in _pairs(facts):
        if before.walk is not None and after.walk is not None:
            yield from _apart(facts, Rule.OVERLAP, guard, duty, before, after)


def post(facts: RoundFacts) -> Iterator[Finding]:
    """Who is bound to a post is there in time, and stays."""
    for guard, duty, before, after in _pairs(facts):
        if (before.walk is None) != (after.walk is None):
            yield from _apart(facts, Rule.POST, guard, duty, before, after)


def _apart(
    facts: RoundFacts, rule: Rule, guard: Guard, duty: GuardDuty, before: Bound, after: Bound
) -> Iterator[Finding]:
    way = facts.way(guard.mode, before.leave, after.enter)
    if after.start < before.end + way:
        message = (
            f"{guard.id} is done with {before.what} at {before.end} and cannot be at {after.what}, {way} ticks off."
        )
        yield Finding(rule=rule, message=message, worker=guard.id, duty=duty.id)


def round_rests(facts: RoundFacts) -> Iterator[Finding]:
    """Every break of a duty with any walk is taken whole, inside its span, beside walks, posts and the ways to them."""
    taken = {(one.guard, one.duty): one.rests for one in facts.plan.rests}
    for guard, duty, line in facts.bound:
        if not duty.rests or all(one.walk is None for one in line):
            continue
        starts = taken.get((guard.id, duty.id), ())
        if len(starts) != len(duty.rests):
            yield _rest(guard, duty, f"has {len(duty.rests)} breaks, the plan says when {len(starts)} are taken")
            continue
        spans = sorted((start, start + rest.ticks) for start, rest in zip(starts, duty.rests, strict=True))
        for start, rest in zip(starts, duty.rests, strict=True):
            if not rest.span.start <= start <= rest.span.end - rest.ticks:
                yield _rest(guard, duty, f"takes a break at {start}, outside its span")
        if any(after[0] < before[1] for before, after in pairwise(spans)):
            yield _rest(guard, duty, "takes two breaks at once")
        yield from _beside(facts, guard, duty, line, spans)


def _beside(
    facts: RoundFacts, guard: Guard, duty: GuardDuty, line: list[Bound], spans: list[tuple[int, int]]
) -> Iterator[Finding]:
    for one in line:
        if any(start < one.end and one.start < end for start, end in spans if start < end):
            yield _rest(guard, duty, f"takes a break during {one.what}")
    free, spot = duty.span.start, duty.spot
    for one in line:
        inside = [span for span in spans if free <= span[0] and span[1] <= one.start]
        edges = [free, *(edge for span in inside for edge in span), one.start]
        stretches = [edges[place + 1] - edges[place] for place in range(0, len(edges), 2)]
        way = facts.way(guard.mode, spot, one.enter)
        if inside and max(stretches) < way:
            yield _rest(guard, duty, f"has no {way} ticks for the way to {one.what} beside the break")
        free, spot = one.end, one.leave


def _rest(guard: Guard, duty: GuardDuty, what: str) -> Finding:
    return Finding(rule=Rule.BREAK, message=f"{guard.id} on duty {duty.id} {what}.", worker=guard.id, duty=duty.id)


def draw(facts: RoundFacts) -> Iterator[Finding]:
    """Each start is the one that its rank in the draw says, and the commitment is that of seed and problem."""
    if facts.plan.commitment != facts.commitment():
        yield Finding(rule=Rule.DRAW, message="The plan carries another commitment than seed and problem make.")
    for walk, one in facts.walks:
        if (one.id, walk.nominal) not in facts.allowed:
            continue
        drawn = facts.drawn(one, walk)
        if walk.start in drawn and drawn.index(walk.start) != walk.rank:
            what = f"begins at place {drawn.index(walk.start)} of its draw, not at place {walk.rank}"
            yield _about((walk.round, walk.nominal), Rule.DRAW, what)
