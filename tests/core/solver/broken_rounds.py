"""A plan of patrol rounds that is clean, and ways to break each of its rules."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from round_problems import duty, guard, plan_of, problem, walked

from dispatch.solver.plan import Reason
from dispatch.solver.problem import Rest, Skill, Span
from dispatch.solver.round_plan import RoundLeft, RoundPlan, ShortestWay, Walk
from dispatch.solver.round_problem import Post
from dispatch.solver.rules import Rule

GATE = Post(span=Span(100, 120), spot=5)
REST = Rest(span=Span(40, 80), ticks=20)
PAIR = walked("pair", (0, 2), bands=(Span(10, 14),), people=2, ticks=8)
ROW = walked("row", (1, 2, 3), bands=(Span(130, 135), Span(140, 146)))
PROBLEM = problem(
    (PAIR, ROW),
    (
        guard("a", duty(0, 240, rests=(REST,), posts=(GATE,))),
        guard("b", duty(0, 70), duty(71, 240)),
        guard("c", duty(0, 240), skills=(Skill(skill="patrol", level=0),)),
    ),
)
CLEAN = plan_of(PROBLEM)


def number(round_id: str, time: int = 0) -> int:
    """The place in the plan of the ``time``-th walk of a round."""
    return [place for place, walk in enumerate(CLEAN.walks) if walk.round == round_id][time]


def with_walk(place: int, **fields: object) -> RoundPlan:
    """The plan with one of its walks changed."""
    walks = list(CLEAN.walks)
    walks[place] = replace(walks[place], **fields)  # type: ignore[arg-type]
    return replace(CLEAN, walks=tuple(walks))


def moved(place: int, ticks: int, **fields: object) -> RoundPlan:
    """The plan with a walk begun so many ticks later, everything on it as well."""
    walk = CLEAN.walks[place]
    passes = tuple(replace(one, arrive=one.arrive + ticks, leave=one.leave + ticks) for one in walk.passes)
    return with_walk(place, start=walk.start + ticks, end=walk.end + ticks, passes=passes, **fields)


def later(place: int, start: int, **fields: object) -> RoundPlan:
    """The plan with a walk begun at ``start``."""
    return moved(place, start - CLEAN.walks[place].start, **fields)


def rests(*starts: int) -> RoundPlan:
    """The plan with the break of ``a`` taken elsewhere."""
    return replace(CLEAN, rests=tuple(replace(one, rests=starts) for one in CLEAN.rests))


def left(
    name: str, nominal: int, *, reasons: tuple[Reason, ...] = (Reason(rule=Rule.SKILL, message="No."),)
) -> RoundPlan:
    """The plan that says that it leaves out a time."""
    return replace(CLEAN, unplanned=(RoundLeft(round=name, nominal=nominal, reasons=reasons),))


def zigzag() -> RoundPlan:
    """The plan with a walk on a way too long."""
    walk = CLEAN.walks[number("row")]
    names, at, passes = ("c2", "c1", "c3"), walk.start, []
    for place, name in enumerate(names):
        at += (0, 1, 2)[place]
        passes.append(replace(walk.passes[0], checkpoint=name, arrive=at, leave=at + 1))
        at += 1
    return with_walk(number("row"), passes=tuple(passes), end=at)


def no_way_beside_the_break() -> RoundPlan:
    """The plan with a round that ends as the break of ``a`` begins, and another that begins as it ends."""
    (taken,) = CLEAN.rests[0].rests
    pair = CLEAN.walks[number("pair")]
    first = later(number("pair"), taken - (pair.end - pair.start)).walks[number("pair")]
    row = later(LAST, taken + REST.ticks, guards=("a",)).walks[LAST]
    return replace(CLEAN, walks=(first, *(row if walk == CLEAN.walks[LAST] else walk for walk in CLEAN.walks[1:])))


def twice(walk: Walk) -> RoundPlan:
    """The plan with a walk in it once more."""
    return replace(CLEAN, walks=(*CLEAN.walks, walk))


LAST = number("row", 1)
BROKEN: list[tuple[Rule, Callable[[], RoundPlan]]] = [
    (Rule.ROUND_START, lambda: later(LAST, 147)),
    (Rule.ROUND_START, lambda: later(LAST, 139)),
    (Rule.ROUND_WAY, zigzag),
    (Rule.ROUND_WAY, lambda: with_walk(LAST, passes=CLEAN.walks[LAST].passes[:2])),
    (Rule.ROUND_WAY, lambda: with_walk(LAST, end=CLEAN.walks[LAST].end + 1)),
    (Rule.ROUND_WAY, lambda: with_walk(LAST, passes=(replace(CLEAN.walks[LAST].passes[0], leave=1), *CLEAN.walks[LAST].passes[1:]))),  # noqa: E501
    (Rule.ROUND_WAY, lambda: replace(CLEAN, shortest=CLEAN.shortest[:1])),
    (Rule.ROUND_WAY, lambda: replace(CLEAN, shortest=(CLEAN.shortest[0], ShortestWay(round="row", checkpoints=("c2", "c1", "c3"))))),  # noqa: E501
    (Rule.CREW, lambda: with_walk(number("pair"), guards=("a",))),
    (Rule.CREW, lambda: with_walk(number("pair"), guards=("a", "a"))),
    (Rule.CREW, lambda: with_walk(LAST, guards=("z",))),
    (Rule.SKILL, lambda: with_walk(LAST, guards=("c",))),
    (Rule.SHIFT, lambda: later(number("pair"), 68)),
    (Rule.SHIFT, lambda: later(number("pair"), 1)),
    (Rule.OVERLAP, lambda: with_walk(number("row"), guards=CLEAN.walks[LAST].guards, start=CLEAN.walks[LAST].start,
                                     end=CLEAN.walks[LAST].end, passes=CLEAN.walks[LAST].passes)),
    (Rule.POST, lambda: later(LAST, 119, guards=("a",))),
    (Rule.POST, lambda: later(LAST, 96, guards=("a",))),
    (Rule.BREAK, rests),
    (Rule.BREAK, lambda: rests(61)),
    (Rule.BREAK, lambda: rests(39)),
    (Rule.BREAK, lambda: later(number("pair"), 50)),
    (Rule.BREAK, no_way_beside_the_break),
    (Rule.ONCE, lambda: replace(CLEAN, walks=CLEAN.walks[1:])),
    (Rule.ONCE, lambda: twice(CLEAN.walks[LAST])),
    (Rule.ONCE, lambda: twice(replace(CLEAN.walks[LAST], nominal=7))),
    (Rule.ONCE, lambda: left("pair", 10)),
    (Rule.ONCE, lambda: replace(left("pair", 10, reasons=()), walks=CLEAN.walks[1:])),
    (Rule.DRAW, lambda: replace(CLEAN, commitment="0" * 64)),
    (Rule.DRAW, lambda: with_walk(LAST, rank=CLEAN.walks[LAST].rank + 1)),
]  # fmt: skip

SHORT = replace(PROBLEM, rounds=(replace(PAIR, ticks=3), ROW)), CLEAN
"""The pair takes longer than it may."""
TWO_BREAKS = (
    replace(PROBLEM, guards=(guard("a", duty(0, 240, rests=(REST, REST), posts=(GATE,))), *PROBLEM.guards[1:])),
    replace(CLEAN, rests=tuple(replace(one, rests=(40, 50)) for one in CLEAN.rests)),
)
"""Both breaks at once."""
