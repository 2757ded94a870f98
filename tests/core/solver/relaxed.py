"""Ways to ask for less: each makes one rule of a problem looser, or one price lower, for about half of what has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from dispatch.solver.problem import (
    DayCap,
    Duty,
    Matrix,
    Rest,
    RouteProblem,
    RouteWeights,
    Skill,
    Span,
    Store,
    Tie,
    Visit,
    Worker,
)

Relax = Callable[[RouteProblem, random.Random], RouteProblem]


def visits(change: Callable[[Visit], Visit]) -> Relax:
    def relax(problem: RouteProblem, draw: random.Random) -> RouteProblem:
        return replace(problem, visits=tuple(change(one) if draw.random() < 0.5 else one for one in problem.visits))

    return relax


def workers(change: Callable[[Worker], Worker]) -> Relax:
    def relax(problem: RouteProblem, draw: random.Random) -> RouteProblem:
        return replace(problem, workers=tuple(change(one) if draw.random() < 0.7 else one for one in problem.workers))

    return relax


def duties(change: Callable[[Duty], Duty]) -> Relax:
    return workers(lambda one: replace(one, duties=tuple(map(change, one.duties))))


def ties(change: Callable[[Tie], Tie]) -> Relax:
    return lambda problem, draw: replace(
        problem, ties=tuple(change(one) if draw.random() < 0.7 else one for one in problem.ties)
    )


def weights(field: str) -> Relax:
    def relax(problem: RouteProblem, draw: random.Random) -> RouteProblem:
        half: Any = {field: getattr(problem.weights, field) / 2}
        return replace(problem, weights=replace(problem.weights, **half))

    return relax


def more(value: int | None, by: int) -> int | None:
    return None if value is None else value + by


def wider(span: Span, by: int = 45) -> Span:
    return Span(span.start - by, span.end + by)


def later(visit: Visit) -> Visit:
    return replace(visit, due=more(visit.due, 30))


def last_longer(worker: Worker) -> Worker:
    """The last duty ends later: nothing comes after it that it could reach into."""
    *others, last = worker.duties
    return replace(worker, duties=(*others, replace(last, span=Span(last.span.start, last.span.end + 45))))


def last_overtime(worker: Worker) -> Worker:
    *others, last = worker.duties
    return replace(worker, duties=(*others, replace(last, overtime=last.overtime + 45)))


def first_sooner(worker: Worker) -> Worker:
    first, *others = worker.duties
    return replace(worker, duties=(replace(first, span=Span(first.span.start - 45, first.span.end)), *others))


def capped(worker: Worker) -> Worker:
    looser = (DayCap(day=c.day, max_visits=more(c.max_visits, 1), max_ticks=more(c.max_ticks, 60)) for c in worker.caps)
    return replace(worker, caps=tuple(looser))


def proven(worker: Worker) -> Worker:
    return replace(worker, skills=tuple(replace(one, first=None, last=None) for one in worker.skills))


def abler(worker: Worker) -> Worker:
    return replace(worker, skills=tuple(replace(one, level=one.level + 1) for one in worker.skills))


def skilled(worker: Worker) -> Worker:
    return replace(worker, skills=(*worker.skills, Skill(skill="lifts", level=2)))


def looser(tie: Tie) -> Tie:
    return replace(tie, least=more(tie.least, -20), most=more(tie.most, 30))


def done_sooner(problem: RouteProblem, draw: random.Random) -> RouteProblem:
    """Who takes longer than others takes no longer; less work may be less fair."""
    if problem.weights.fair:
        return problem
    quick = visits(lambda v: replace(v, ticks_by={name: min(own, v.ticks) for name, own in v.ticks_by.items()}))
    return quick(problem, draw)


def quicker(problem: RouteProblem, draw: random.Random) -> RouteProblem:
    assert isinstance(problem.matrix, Matrix)
    ways = {
        mode: tuple(tuple(way - way // 4 for way in row) for row in rows) for mode, rows in problem.matrix.ticks.items()
    }
    return replace(problem, matrix=Matrix(ticks=ways))


def freer_roads(problem: RouteProblem, draw: random.Random) -> RouteProblem:
    return replace(problem, traffic=tuple(replace(one, speed=(one.speed + 100) // 2) for one in problem.traffic))


def one_store_more(problem: RouteProblem, draw: random.Random) -> RouteProblem:
    return replace(problem, stores=(*problem.stores, Store(id="more", spot=draw.randrange(len(problem.spots)))))


def with_more_pieces(problem: RouteProblem) -> RouteProblem:
    return replace(problem, shared=tuple(replace(tool, pieces=tool.pieces + 1) for tool in problem.shared))


def no_break(duty: Duty) -> Duty:
    return replace(duty, rests=())


def easier_break(duty: Duty) -> Duty:
    return replace(duty, rests=tuple(Rest(span=wider(one.span, 20), ticks=one.ticks - 5) for one in duty.rests))


RELAXATIONS: dict[str, tuple[frozenset[str], Relax]] = {
    name: (frozenset(kinds.split()), relax)
    for name, kinds, relax in (
        ("wider windows", "", visits(lambda v: replace(v, windows=tuple(map(wider, v.windows))))),
        ("a window more", "", visits(lambda v: replace(v, windows=(*v.windows, Span(600, 700))))),
        ("a lower price of staying out", "", visits(lambda v: replace(v, price=v.price / 2))),
        ("promised later", "late greatest_late", visits(later)),
        ("cheaper to be late", "late", visits(lambda v: replace(v, late_weight=v.late_weight / 2))),
        ("anybody may go", "allowed", visits(lambda v: replace(v, among=None))),
        ("nobody is excluded", "allowed", visits(lambda v: replace(v, never=()))),
        ("no skill asked", "skill", visits(lambda v: replace(v, skill=None))),
        ("no further skills asked", "also", visits(lambda v: replace(v, also=v.also[1:]))),
        ("a lower level asked", "skill", visits(lambda v: replace(v, level=0))),
        ("nobody was told", "told", visits(lambda v: replace(v, told=None))),
        ("nobody is usual", "keep", visits(lambda v: replace(v, keep=()))),
        ("no pin", "pin", visits(lambda v: replace(v, pin=None))),
        ("pinned at no time", "pin", visits(lambda v: replace(v, pin=v.pin and replace(v.pin, start=None)))),
        ("not a round", "cover", visits(lambda v: replace(v, cover=False))),
        ("less weight", "loads", visits(lambda v: replace(v, weight=v.weight // 2))),
        ("no household", "loads", visits(lambda v: replace(v, household=None))),
        ("no tools asked", "needs", visits(lambda v: replace(v, tools=()))),
        ("no parts asked", "needs", visits(lambda v: replace(v, parts={}))),
        ("tools carried", "needs", workers(lambda w: replace(w, tools=("ladder", "lamp")))),
        ("parts carried", "needs", workers(lambda w: replace(w, parts={"valve": 9, "fuse": 9}))),
        ("a store more", "needs", one_store_more),
        ("a piece more", "shared", lambda problem, draw: with_more_pieces(problem)),
        ("everybody has the shared tools", "shared", workers(lambda w: replace(w, tools=(*w.tools, "drain", "pump")))),
        ("a later end", "", workers(last_longer)),
        ("an earlier start", "", workers(first_sooner)),
        ("certificates for ever", "nights skill", workers(proven)),
        ("a level more", "skill", workers(abler)),
        ("a skill more", "skill", workers(skilled)),
        ("higher caps of the day", "halves", workers(capped)),
        ("a higher cap of visits", "caps", duties(lambda d: replace(d, max_visits=more(d.max_visits, 1)))),
        ("a higher cap of minutes", "caps", duties(lambda d: replace(d, max_ticks=more(d.max_ticks, 30)))),
        ("a higher cap of weight", "loads", duties(lambda d: replace(d, max_weight=more(d.max_weight, 3)))),
        ("a higher cap of households", "loads", duties(lambda d: replace(d, max_households=more(d.max_households, 1)))),
        ("no absence", "absence", duties(lambda d: replace(d, absences=()))),
        ("no break", "break", duties(no_break)),
        ("a shorter break in a wider span", "break", duties(easier_break)),
        ("home anywhere", "", duties(lambda d: replace(d, end_spot=None))),
        ("cheaper duties", "duty_price", duties(lambda d: replace(d, price=d.price / 2))),
        ("more overtime", "overtime", workers(last_overtime)),
        ("cheaper overtime", "overtime", duties(lambda d: replace(d, overtime_price=d.overtime_price / 2))),
        ("done sooner", "paces", done_sooner),
        ("on any day", "same_day tie", ties(lambda t: replace(t, same_day=False))),
        ("in any order", "tie", ties(lambda t: replace(t, least=None))),
        ("no tie", "tie same", lambda problem, draw: replace(problem, ties=problem.ties[1:])),
        ("looser ties", "tie same", ties(looser)),
        ("tied to anybody", "tie same", ties(lambda t: replace(t, workers="any"))),
        ("quicker ways", "", quicker),
        ("freer roads", "traffic", freer_roads),
        ("free roads", "traffic", lambda problem, draw: replace(problem, traffic=())),
        *(
            (f"half the price of {field}", kind, weights(field))
            for field, kind in (
                ("travel", ""), ("change_worker", "told"), ("change_tick", "told"), ("continuity", "keep"),
                ("duration", "duration"), ("greatest_late", "greatest_late late"), ("fair", "fair"),
            )
        ),
    )
}  # fmt: skip
"""By name: the kinds of rules that must be in a problem for it to say anything, and what it does."""

PRICED = {name.removeprefix("half the price of ") for name in RELAXATIONS}
assert set(RouteWeights.__struct_fields__) <= PRICED
