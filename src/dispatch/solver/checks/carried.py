"""Hard rules on what one duty takes: caps, and the tools and parts carried."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.checks.facts import Facts
from dispatch.solver.plan import Finding, Route
from dispatch.solver.problem import DayCap, Visit, Worker
from dispatch.solver.rules import Rule


def visits_cap(facts: Facts) -> Iterator[Finding]:
    """No more visits on a duty than its cap, nor on all duties of a day together than the worker's."""
    for route, _, duty in facts.routes:
        count = _visits(facts, route)
        if duty.max_visits is not None and count > duty.max_visits:
            yield _over_cap(Rule.VISITS_CAP, route, count, duty.max_visits, "visits")
    for worker, cap, routes in _capped_days(facts):
        count = sum(_visits(facts, route) for route in routes)
        if cap.max_visits is not None and count > cap.max_visits:
            yield _over_day(Rule.VISITS_CAP, worker, routes, cap, count, cap.max_visits, "visits")


def minutes_cap(facts: Facts) -> Iterator[Finding]:
    """No more work on a duty than its cap, nor on all duties of a day together than the worker's."""
    for route, _, duty in facts.routes:
        work = facts.ticks_of_work(route)
        if duty.max_ticks is not None and work > duty.max_ticks:
            yield _over_cap(Rule.MINUTES_CAP, route, work, duty.max_ticks, "ticks of work")
    for worker, cap, routes in _capped_days(facts):
        work = sum(facts.ticks_of_work(route) for route in routes)
        if cap.max_ticks is not None and work > cap.max_ticks:
            yield _over_day(Rule.MINUTES_CAP, worker, routes, cap, work, cap.max_ticks, "ticks of work")


def weight_cap(facts: Facts) -> Iterator[Finding]:
    """No more weight of work on a duty than its cap."""
    for route, _, duty in facts.routes:
        weight = sum(visit.weight for visit in facts.work(route))
        if duty.max_weight is not None and weight > duty.max_weight:
            yield _over_cap(Rule.WEIGHT_CAP, route, weight, duty.max_weight, "of weight")


def households_cap(facts: Facts) -> Iterator[Finding]:
    """No more different households on a duty than its cap. Visits to no household count as none."""
    for route, _, duty in facts.routes:
        households = {visit.household for visit in facts.work(route)} - {None}
        if duty.max_households is not None and len(households) > duty.max_households:
            yield _over_cap(Rule.HOUSEHOLDS_CAP, route, len(households), duty.max_households, "households")


def _visits(facts: Facts, route: Route) -> int:
    return sum(stop.visit not in facts.stores for stop in route.stops)


def _capped_days(facts: Facts) -> Iterator[tuple[Worker, DayCap, list[Route]]]:
    """Every cap of a worker's day with the routes it holds for."""
    for worker in facts.problem.workers:
        for cap in worker.caps:
            yield worker, cap, [route for route, owner, duty in facts.routes if owner is worker and duty.day == cap.day]


def _over_day(
    rule: Rule, worker: Worker, routes: list[Route], cap: DayCap, value: int, limit: int, what: str
) -> Finding:
    return Finding(
        rule=rule,
        message=f"{worker.id} has {value} {what} on day {cap.day}, what is left of the cap is {limit}.",
        worker=worker.id,
        duty=routes[-1].duty,
        value=value,
        limit=limit,
    )


def _over_cap(rule: Rule, route: Route, value: int, limit: int, what: str) -> Finding:
    return Finding(
        rule=rule,
        message=f"Duty {route.duty} of {route.worker} has {value} {what}, the cap is {limit}.",
        worker=route.worker,
        duty=route.duty,
        value=value,
        limit=limit,
    )


def tools(facts: Facts) -> Iterator[Finding]:
    """Every tool a visit asks for is carried, or a store was passed on that duty before.

    Of shared tools that is no question: whoever needs one has a piece along; how many there are, see `shared`.
    """
    shared = {tool.id for tool in facts.problem.shared}
    for route, worker, visit, stocked in _needs(facts):
        missing = [tool for tool in visit.tools if tool not in worker.tools and tool not in shared]
        if missing and not stocked:
            yield Finding(
                rule=Rule.TOOLS,
                message=f"{worker.id} is at visit {visit.id} without {', '.join(missing)}.",
                visit=visit.id,
                worker=worker.id,
                duty=route.duty,
            )


def parts(facts: Facts) -> Iterator[Finding]:
    """The parts a visit asks for are left in the bag, or a store was passed on that duty before.

    The bag holds ``Worker.parts`` when a duty begins, and each visit takes its own out of it.
    """
    used: dict[tuple[str, str, str], int] = {}
    for route, worker, visit, stocked in _needs(facts):
        if stocked:
            continue
        for kind, count in visit.parts.items():
            key = (route.worker, route.duty, kind)
            used[key] = used.get(key, 0) + count
            held = worker.parts.get(kind, 0)
            if count > 0 and used[key] > held:
                yield Finding(
                    rule=Rule.PARTS,
                    message=f"By visit {visit.id} {worker.id} needs {used[key]} of {kind} on duty {route.duty} "
                    f"and has {held}.",
                    visit=visit.id,
                    worker=worker.id,
                    duty=route.duty,
                    value=used[key],
                    limit=held,
                )


def _needs(facts: Facts) -> Iterator[tuple[Route, Worker, Visit, bool]]:
    """Every known visit on a known route, with whether a store stands on the route before it."""
    for route, worker, _ in facts.routes:
        stocked = False
        for stop in route.stops:
            stocked = stocked or stop.visit in facts.stores
            if stop.visit in facts.visits:
                yield route, worker, facts.visits[stop.visit], stocked
