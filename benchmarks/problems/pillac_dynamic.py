"""A day on which requests become known one after the other, planned again at each such moment.

At each release the stops that technicians have reached or left for stand as they are. What each has left (where they
are free from when, parts still in the bag) and every request known by then make a new problem. Nobody leaves before
the moment of planning, so no plan uses what was not known. Who waits does so before leaving: that keeps most open. The
dump holds the starts as they came to pass, not as hindsight would have timed them.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from benchmarks.instances.pillac import DEPOT, Place, Trsp
from benchmarks.problems.pillac import scale_for, to_problem
from benchmarks.problems.scale import Scale
from benchmarks.problems.solving import numbers_by_worker, plan
from benchmarks.recost.dump import Dump, Route, Stop
from benchmarks.routing.effort import Answer, Effort
from benchmarks.timing.pillac import starts
from dispatch.solver.problem import RouteProblem, Span, Worker

FIRST_SHARE = 0.25
"""Of the effort, for the plan made before the day; the releases share the rest."""

MANY = 10**6
"""Parts of somebody who has been at the depot."""


class Crew(Struct, kw_only=True):
    """A technician during the day: what was done or left for, where they are free and from when, what is in the bag."""

    home: Place
    at: Place
    free: float
    done: list[Stop]
    parts: list[int]
    stocked: bool = False


def solve(instance: Trsp, effort: Effort) -> Answer:
    """The day as it came to pass."""
    began = time.perf_counter()
    whole, scale = to_problem(instance), scale_for(instance)
    crews = {
        one.id: Crew(home=one, at=one, free=one.earliest, done=[], parts=list(one.parts))
        for one in instance.technicians
    }
    repeatable = True
    moments = sorted(set(instance.known.values()))
    opening = min(one.earliest for one in instance.technicians)
    for now, until in zip([opening, *moments], [*moments, math.inf], strict=True):
        problem = _now(instance, whole, scale, crews, now)
        if not problem.visits:
            continue
        share = _share(effort, time.perf_counter() - began, sum(one >= now for one in moments), first=now == opening)
        found = plan(problem, share, began=time.perf_counter())
        repeatable = repeatable and found.effort.repeatable
        for worker, visits in numbers_by_worker(found).items():
            _go(instance, crews[worker], visits, now=now, until=until)
    return Answer(dump=_dump(instance, effort.seed, crews), repeatable=repeatable)


def _share(effort: Effort, spent: float, left: int, *, first: bool) -> Effort:
    """What this plan may take: the first share, or an equal part of what is left for the plans still to come."""
    if first:
        part = FIRST_SHARE if left else 1.0
        seconds = None if effort.seconds is None else effort.seconds * part
    else:
        part = (1 - FIRST_SHARE) / max(1, left)
        seconds = None if effort.seconds is None else max(0.01, (effort.seconds - spent) / max(1, left))
    budget = None if effort.budget is None else max(1, round(effort.budget * part))
    return replace(effort, seconds=seconds, budget=budget)


def _now(instance: Trsp, whole: RouteProblem, scale: Scale, crews: dict[int, Crew], now: float) -> RouteProblem:
    """What is left to do, as known at ``now``."""
    done = {stop.visit for crew in crews.values() for stop in crew.done}
    known = {one.id for one in instance.requests if instance.known.get(one.id, now) <= now} - done
    return replace(
        whole,
        now=scale.up(now),
        workers=tuple(_worker(worker, crews[int(worker.id)], scale, now) for worker in whole.workers),
        visits=tuple(visit for visit in whole.visits if int(visit.id) in known),
    )


def _worker(worker: Worker, crew: Crew, scale: Scale, now: float) -> Worker:
    duty = worker.duties[0]
    begin = scale.up(max(crew.free, now))
    tools, parts = worker.tools, {f"part-{kind}": count for kind, count in enumerate(crew.parts) if count > 0}
    if crew.stocked:
        tools = tuple(f"tool-{tool}" for tool in range(100))
    # Who cannot get home in time any more takes no part: a duty needs an end behind its begin.
    duties = (replace(duty, span=Span(begin, duty.span.end), start_spot=crew.at.id),) if begin < duty.span.end else ()
    return replace(worker, duties=duties, tools=tools, parts=parts)


def _go(instance: Trsp, crew: Crew, visits: Sequence[int], *, now: float, until: float) -> None:
    """Let a technician leave for each stop of theirs whose time comes before ``until``."""
    places = {one.id: one for one in (instance.depot, *instance.requests)}
    stops = [places[visit] for visit in visits]
    for stop, start in zip(stops, starts(instance, crew.at, max(crew.free, now), stops), strict=True):
        if start - instance.travel(crew.at, stop) >= until:
            return
        crew.done.append(Stop(visit=stop.id, start=start))
        crew.free = start + (0.0 if stop.id == DEPOT else stop.service)
        crew.at = stop
        if stop.id == DEPOT:
            crew.stocked, crew.parts = True, [MANY] * len(crew.parts)
        else:
            crew.parts = [has - need for has, need in zip(crew.parts, stop.parts, strict=True)]


def _dump(instance: Trsp, seed: int, crews: dict[int, Crew]) -> Dump:
    done = {stop.visit for crew in crews.values() for stop in crew.done}
    return Dump(
        instance=instance.name,
        seed=seed,
        routes=tuple(Route(worker=id_, stops=tuple(crew.done)) for id_, crew in crews.items() if crew.done),
        unplanned=tuple(one.id for one in instance.requests if one.id not in done),
    )
