"""Changes named by `why` carried out by hand, from their JSON as any other program would read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from dispatch.solver.checks import check
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem, Visit
from dispatch.solver.standing import Standing
from dispatch.solver.why import Hindrance

_CAPS = {
    "visits_cap": "max_visits",
    "minutes_cap": "max_ticks",
    "weight_cap": "max_weight",
    "households_cap": "max_households",
}


def as_data(value: object) -> Any:
    """``value`` as JSON says it."""
    return json.loads(msgspec.json.encode(value))


def changed(problem: RouteProblem, changes: Sequence[dict[str, Any]]) -> RouteProblem:
    """``problem`` with each of ``changes`` made in its JSON; whatever is said to be there now must be there."""
    data = as_data(problem)
    visits = {one["id"]: one for one in data["visits"]}
    workers = {one["id"]: one for one in data["workers"]}
    for change in changes:
        what = change["what"]
        if what == "take_off":
            data["visits"].remove(visits.pop(change["visit"]))
        elif what == "tie":
            at = data["ties"].index(change["from"])
            data["ties"][at : at + 1] = [] if change["to"] is None else [change["to"]]
        elif what == "pieces":
            (tool,) = (one for one in data["shared"] if one["id"] == change["tool"])
            assert tool["pieces"] == change["from"]
            tool["pieces"] = change["to"]
        elif "visit" in change:
            _visit(visits[change["visit"]], change)
        else:
            _worker(workers[change["worker"]], change)
    data["ties"] = [tie for tie in data["ties"] if tie["first"] in visits and tie["then"] in visits]
    return msgspec.convert(data, RouteProblem)


def _visit(visit: dict[str, Any], change: dict[str, Any]) -> None:
    what = change["what"]
    if what == "allow":
        visit["never"] = [one for one in visit["never"] if one != change["worker"]]
        if visit["among"] is not None:
            visit["among"] = sorted({*visit["among"], change["worker"]})
    elif what == "window":
        visit["windows"][visit["windows"].index(change["from"])] = change["to"]
    else:
        assert visit[what] == change["from"], change
        visit[what] = change["to"]


def _worker(worker: dict[str, Any], change: dict[str, Any]) -> None:
    what = change["what"]
    if what == "certificate":
        if change["from"] is not None:
            worker["skills"].remove(change["from"])
        worker["skills"].append(change["to"])
    elif what == "tool":
        worker["tools"].append(change["tool"])
    elif what == "parts":
        assert worker["parts"].get(change["part"], 0) == change["from"]
        worker["parts"][change["part"]] = change["to"]
    elif what == "add_duty":
        worker["duties"].append(change["duty"])
    elif what == "cap" and change["duty"] is None:
        (cap,) = (one for one in worker["caps"] if one["day"] == change["day"])
        assert cap[_CAPS[change["rule"]]] == change["from"]
        cap[_CAPS[change["rule"]]] = change["to"]
    else:
        (duty,) = (one for one in worker["duties"] if one["id"] == change["duty"])
        _duty(duty, change)


def _duty(duty: dict[str, Any], change: dict[str, Any]) -> None:
    what = change["what"]
    if what == "cap":
        assert duty[_CAPS[change["rule"]]] == change["from"]
        duty[_CAPS[change["rule"]]] = change["to"]
    elif what == "duty":
        assert duty["span"] == change["from"]
        duty["span"] = change["to"]
    else:
        there = duty[{"break": "rests", "absence": "absences"}[what]]
        at = there.index(change["from"])
        there[at : at + 1] = [] if change["to"] is None else [change["to"]]


def _only(visit: Visit, people: tuple[str, ...]) -> Visit:
    """``visit`` for no others than ``people``, of whom those stay out who may not go."""
    may = tuple(one for one in people if visit.among is None or one in visit.among)
    return replace(visit, among=may)


def fits(
    problem: RouteProblem,
    plan: RoutePlan,
    visit: str,
    hindrance: Hindrance,
    changes: Sequence[dict[str, Any]] | None = None,
) -> bool:
    """Whether ``visit`` fits on the worker of ``hindrance`` with its changes made, or ``changes``, and nothing else.

    It goes to the people said, and so does what is tied to it; everything else left out stays out. It must be a plan
    then, and what stood on it still stand there but for what is taken off.
    """
    changes = as_data(hindrance.changes) if changes is None else changes
    asked = changed(problem, changes)
    people = {one.visit: one.workers for one in hindrance.then} or {visit: (hindrance.worker,)}
    stood = {stop.visit for route in plan.routes for stop in route.stops} - {store.id for store in problem.stores}
    kept = tuple(
        _only(one, people[one.id]) if one.id in people else one
        for one in asked.visits
        if one.id in people or one.id in stood
    )
    here = {one.id for one in kept}
    ties = tuple(tie for tie in asked.ties if tie.first in here and tie.then in here)
    new = {one.id: one for one in kept if one.id in people}
    bound = tuple(tie for tie in ties if tie.first in new)
    without = replace(
        asked,
        visits=tuple(one for one in kept if one.id not in new),
        ties=tuple(tie for tie in ties if tie not in bound),
    )
    standing = Standing(without, plan)
    broken = standing.insert(*(new[name] for name in people), ties=bound).findings
    assert broken == (), broken
    done = standing.plan()
    assert [one for one in check(standing.problem, done) if one.severity == "broken"] == []
    at = {(stop.visit, route.worker) for route in done.routes for stop in route.stops}
    assert (stood & here) <= {name for name, _ in at}, "something had to make way"
    return (visit, hindrance.worker) in at
