"""Hard rules across routes: crews, once only, pins, and that the plan speaks of what the problem knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.solver.checks.excuses import could_start
from dispatch.solver.checks.facts import Facts
from dispatch.solver.plan import Finding
from dispatch.solver.problem import Visit
from dispatch.solver.rules import Rule


def crew(facts: Facts) -> Iterator[Finding]:
    """As many different people as needed, all at the same moment."""
    for visit in facts.problem.visits:
        placed = facts.placed.get(visit.id)
        if not placed:
            continue
        people = len({worker for worker, _ in placed})
        starts = sorted({stop.start for _, stop in placed})
        if people != visit.people or len(placed) != visit.people:
            yield Finding(
                rule=Rule.CREW,
                message=f"Visit {visit.id} is given to {people} different people instead of {visit.people}.",
                visit=visit.id,
                value=people,
                limit=visit.people,
            )
        if len(starts) > 1:
            said = ", ".join(facts.clock(start) for start in starts)
            yield Finding(
                rule=Rule.CREW,
                message=f"Visit {visit.id} starts at different moments: {said}.",
                visit=visit.id,
                value=starts[-1] - starts[0],
                limit=0,
            )


def once(facts: Facts) -> Iterator[Finding]:
    """Every visit is planned, or named as unplanned with a reason; nothing stands twice, nothing is unknown."""
    out = Counter(unplanned.id for unplanned in facts.plan.unplanned)
    for visit in facts.problem.visits:
        planned = visit.id in facts.placed
        if planned == (visit.id in out):
            what = "is planned and named as unplanned" if planned else "is neither planned nor named as unplanned"
            yield Finding(rule=Rule.ONCE, message=f"Visit {visit.id} {what}.", visit=visit.id)
    for unplanned in facts.plan.unplanned:
        if out[unplanned.id] > 1:
            yield _about(unplanned.id, "is named as unplanned more than once")
        if unplanned.id not in facts.visits:
            yield _about(unplanned.id, "is named as unplanned but unknown")
        if not unplanned.reasons:
            yield _about(unplanned.id, "is left out without a reason")
    yield from _stops_once(facts)


def _stops_once(facts: Facts) -> Iterator[Finding]:
    routes = Counter((route.worker, route.duty) for route in facts.plan.routes)
    for (worker, duty), times in routes.items():
        if (worker, duty) not in facts.duties:
            message = f"The plan has a route for duty {duty} of {worker}, which the problem does not know."
            yield Finding(rule=Rule.ONCE, message=message, worker=worker, duty=duty)
        if times > 1:
            message = f"Duty {duty} of {worker} has {times} routes."
            yield Finding(rule=Rule.ONCE, message=message, worker=worker, duty=duty, value=times, limit=1)
    for route in facts.plan.routes:
        for visit, times in Counter(stop.visit for stop in route.stops).items():
            if visit not in facts.places:
                yield _about(visit, f"on duty {route.duty} of {route.worker} is unknown")
            if times > 1 and visit not in facts.stores:
                yield _about(visit, f"stands {times} times on duty {route.duty} of {route.worker}")


def _about(visit: str, what: str) -> Finding:
    return Finding(rule=Rule.ONCE, message=f"Visit {visit} {what}.", visit=visit)


_NOT_SAID = "is left out without saying that its pin cannot stand"


def _not_excused(facts: Facts, visit: Visit) -> str:
    assert visit.pin is not None
    start = could_start(facts, visit)
    if start is None:
        return ""
    who = ", ".join(visit.pin.workers)
    open_places = visit.people - len(set(visit.pin.workers))
    if open_places:
        who = f"{who} with {open_places} more" if who else f"{open_places} who may go"
    return f"is left out, though {who} could start at {facts.clock(start)}"


def pin(facts: Facts) -> Iterator[Finding]:
    """A pinned visit has its people and its start, or is named as unplanned because the pin cannot stand.

    The plan is not believed where its people could do it for certain, with nothing on their duties but pins and what
    those are tied to. A pin that names fewer people than are needed leaves the others open; none named leaves all open.
    """
    excused = {
        unplanned.id
        for unplanned in facts.plan.unplanned
        if any(reason.rule is Rule.PIN for reason in unplanned.reasons)
    }
    for visit in facts.problem.visits:
        if visit.pin is None:
            continue
        placed = facts.placed.get(visit.id)
        wrong = ""
        if not placed:
            wrong = _not_excused(facts, visit) if visit.id in excused else _NOT_SAID
        elif not set(visit.pin.workers) <= {worker for worker, _ in placed}:
            wrong = f"is not given to {', '.join(visit.pin.workers)}"
        elif visit.pin.start is not None and any(stop.start != visit.pin.start for _, stop in placed):
            wrong = f"does not start at {facts.clock(visit.pin.start)}"
        if wrong:
            yield Finding(
                rule=Rule.PIN,
                message=f"Visit {visit.id} is {visit.pin.why} and {wrong}.",
                visit=visit.id,
                limit=visit.pin.start,
            )
