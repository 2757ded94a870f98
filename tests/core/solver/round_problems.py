"""Small problems of patrol rounds made by hand: a row of checkpoints a minute apart, a guard or two."""

from __future__ import annotations

import datetime as dt
import random
from itertools import product

from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.plan import Finding
from dispatch.solver.problem import Matrix, Rest, Skill, Span, Spot
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import (
    Checkpoint,
    Every,
    Guard,
    GuardDuty,
    Post,
    RoundProblem,
    RoundToPlan,
    RoundWeights,
    Variation,
)
from dispatch.solver.rounds.solve import plan_rounds

SEED = "5a" * 32
ROW = 6
WAYS = tuple(tuple(abs(here - there) for there in range(ROW)) for here in range(ROW))
PATROL = (Skill(skill="patrol", level=1, first=100, last=100),)


def duty(start: int = 0, end: int = 240, *, rests: tuple[Rest, ...] = (), posts: tuple[Post, ...] = ()) -> GuardDuty:
    """A duty on day 100 from the first place of the row."""
    return GuardDuty(id=f"d{start}", day=100, span=Span(start, end), spot=0, rests=rests, posts=posts)


def guard(name: str, *duties: GuardDuty, skills: tuple[Skill, ...] = PATROL) -> Guard:
    """Somebody with a duty, by default the whole of it."""
    return Guard(id=name, skills=skills, duties=duties or (duty(),))


def walked(name: str, places: tuple[int, ...], **fields: object) -> RoundToPlan:
    """A round over ``places`` of the row, by default with the skill that guards have."""
    given = {"skill": "patrol", "level": 1, **fields}
    return RoundToPlan(id=name, checkpoints=tuple(f"c{one}" for one in places), **given)  # type: ignore[arg-type]


def problem(
    rounds: tuple[RoundToPlan, ...],
    guards: tuple[Guard, ...],
    *,
    variation: Variation | None = None,
    weights: RoundWeights | None = None,
) -> RoundProblem:
    """Rounds on the row, ways a tick from place to place, a tick at each."""
    return RoundProblem(
        area="x",
        origin=dt.datetime(2026, 3, 1, tzinfo=dt.UTC),
        horizon=Span(0, 240),
        spots=tuple(Spot(0.0, float(place)) for place in range(ROW)),
        matrix=Matrix(ticks={"walk": WAYS}),
        checkpoints=tuple(Checkpoint(id=f"c{place}", spot=place) for place in range(ROW)),
        rounds=rounds,
        guards=guards,
        seed=SEED,
        variation=variation or Variation(),
        weights=weights or RoundWeights(),
    )


def plan_of(asked: RoundProblem, *, budget: int = 2, seed: int = 1) -> RoundPlan:
    """A plan that the check finds clean."""
    plan = plan_rounds(asked, budget=budget, seed=seed)
    assert check(asked, plan) == []
    return plan


def rules(findings: list[Finding]) -> set[str]:
    """The rules broken."""
    return {finding.rule for finding in findings}


def drawn(seed: int, *, rounds: int = 4, guards: int = 2) -> RoundProblem:
    """A problem with bands and intervals, posts, breaks, crews, levels, some of which nobody can walk."""
    draw = random.Random(seed)
    asked = []
    for number in range(rounds):
        places = tuple(draw.sample(range(ROW), draw.randint(1, 4)))
        people, level = draw.choice((1, 1, 1, 2)), draw.choice((0, 1, 1, 2))
        first = draw.randrange(0, 60)
        if draw.random() < 0.5:
            bands = (Span(first, first + draw.randint(1, 12)), Span(first + 60, first + 60 + draw.randint(1, 5)))
            asked.append(walked(f"r{number}", places, bands=bands, people=people, level=level))
        else:
            every = Every(
                first=first, every=draw.randint(30, 90), until=draw.randint(60, 200), jitter=draw.randint(0, 6)
            )
            asked.append(walked(f"r{number}", places, every=every, people=people, level=level))
    people = tuple(_drawn_guard(draw, number) for number in range(guards))
    least = draw.choice((1, 1, 2))
    return problem(tuple(asked), people, variation=Variation(min_jitter=least, within=draw.randint(0, 3)))


def _drawn_guard(draw: random.Random, number: int) -> Guard:
    rests = (Rest(span=Span(40, 80), ticks=draw.choice((10, 25))),) if draw.random() < 0.5 else ()
    posts = (Post(span=Span(100, 120), spot=draw.randrange(ROW)),) if draw.random() < 0.4 else ()
    skills = (Skill(skill="patrol", level=draw.choice((1, 1, 2))),) if draw.random() < 0.9 else ()
    return guard(f"g{number}", duty(0, draw.choice((180, 240)), rests=rests, posts=posts), skills=skills)


def most_walked(asked: RoundProblem) -> int:
    """How many times can be walked at most, by trying every start and crew in turn: written apart from the search."""
    from dispatch.solver.checks.round_facts import RoundFacts

    full = plan_rounds(asked, budget=0, seed=1)
    facts = RoundFacts(asked, full)
    ticks = {(walk.round, walk.nominal): walk for walk in full.walks}
    orders = _orders(asked, full)
    best = 0
    times = sorted(facts.allowed)

    def go(number: int, taken: tuple[tuple[str, int, int, tuple[int, ...]], ...], count: int) -> None:
        nonlocal best
        if count + len(times) - number <= best:
            return
        if number == len(times):
            best = count
            return
        key = times[number]
        one = facts.rounds[key[0]]
        for start, crew in product(facts.allowed[key], _crews(asked, one.people)):
            new = [(name, start, start + orders[key][1], orders[key][0]) for name in crew]
            if all(_clean(asked, [item for item in (*taken, *new) if item[0] == name], one, name) for name in crew):
                go(number + 1, (*taken, *new), count + 1)
                if best == len(times):
                    return
        go(number + 1, taken, count)

    assert set(ticks) <= set(times)
    go(0, (), 0)
    return best


def _crews(asked: RoundProblem, people: int) -> list[tuple[str, ...]]:
    from itertools import combinations

    return list(combinations([one.id for one in asked.guards], people))


def _orders(asked: RoundProblem, plan: RoundPlan) -> dict[tuple[str, int], tuple[tuple[int, ...], int]]:
    """The places in the order drawn and the ticks it takes, of every time: of those not walked from an easy plan."""
    found: dict[tuple[str, int], tuple[tuple[int, ...], int]] = {}
    many = tuple(replace(one, id=f"free{number}", skills=(Skill(skill="patrol", level=9),)) for number in range(40)
                 for one in asked.guards[:1])  # fmt: skip
    easy = replace(asked, guards=tuple(replace(one, duties=(duty(-100, 500),)) for one in many))
    for walk in (*plan_rounds(easy, budget=0, seed=1).walks, *plan.walks):
        places = tuple(int(step.checkpoint[1:]) for step in walk.passes)
        found[walk.round, walk.nominal] = (places, walk.end - walk.start)
    return found


def _clean(asked: RoundProblem, mine: list[tuple[str, int, int, tuple[int, ...]]], one: RoundToPlan, name: str) -> bool:
    """Whether the guard called ``name`` can do all of ``mine`` on their one duty, breaks tried tick by tick."""
    who = next(one for one in asked.guards if one.id == name)
    if one.skill is not None and not any(held.skill == one.skill and held.level >= one.level for held in who.skills):
        return False
    (on,) = who.duties
    bound = [(start, end, places[0], places[-1]) for _, start, end, places in mine]
    bound += [(post.span.start, post.span.end, post.spot, post.spot) for post in on.posts]
    free, spot, gaps = on.span.start, on.spot, []
    for start, end, enter, leave in sorted(bound):
        if start < free + WAYS[spot][enter] or end > on.span.end:
            return False
        gaps.append((free, start, WAYS[spot][enter]))
        free, spot = end, leave
    gaps.append((free, on.span.end, 0))
    return all(
        any(
            opens <= at and at + rest.ticks <= closes and max(at - opens, closes - at - rest.ticks) >= way
            for opens, closes, way in gaps
            for at in range(rest.span.start, rest.span.end - rest.ticks + 1)
        )
        for rest in on.rests
    )
