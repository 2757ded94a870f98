"""Ways to break one rule of a plan of `clean_plan` and no other: some break the plan, some tighten the problem."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from changed_by_hand import (
    edited,
    given,
    gone,
    home,
    moment,
    out,
    route_of,
    slid,
    takes,
    visit_of,
    with_duty,
    with_pieces,
    with_stops,
    with_tie,
    with_visit,
    with_worker,
    without_last,
    worker_of,
)
from clean_plans import DRAIN, START, STORE
from msgspec import UNSET
from msgspec.structs import replace
from solver_problems import DAY

from dispatch.solver.checks import cost
from dispatch.solver.plan import Route, RoutePlan, Stop, Unplanned
from dispatch.solver.problem import DayCap, Duty, Pin, Rest, RouteProblem, Skill, SkillAsked, Span, Tie, Visit
from dispatch.solver.rules import Rule

Pair = tuple[RouteProblem, RoutePlan]
Break = Callable[[RouteProblem, RoutePlan, random.Random], Pair]


def on_the_way(plan: RoutePlan, draw: random.Random) -> tuple[str, Stop]:
    """Somebody and a stop of theirs that they had to go to; not the driver, who may be there as soon a tick later."""
    routes = [route for route in plan.routes if route.worker != "driver"]
    return draw.choice([(route.worker, stop) for route in routes for stop in route.stops if stop.travel > 0])


def away(problem: RouteProblem, name: str, span: Span) -> RouteProblem:
    return with_duty(problem, name, absences=(*worker_of(problem, name).duties[0].absences, span))


def rested(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> tuple[str, Duty]:
    """Somebody with a break, and their duty."""
    found = [(worker.id, worker.duties[0]) for worker in problem.workers if worker.duties[0].rests]
    return draw.choice(found)


def resting(problem: RouteProblem, plan: RoutePlan, name: str, start: int, ticks: int) -> Pair:
    """One break more for ``name``, taken at ``start``."""
    duty, route = worker_of(problem, name).duties[0], route_of(plan, name)
    more = with_duty(problem, name, rests=(*duty.rests, Rest(span=duty.span, ticks=ticks)))
    route = replace(route, rests=(*route.rests, start))
    return more, replace(plan, routes=tuple(route if one.worker == name else one for one in plan.routes))


def rest_moved(problem: RouteProblem, plan: RoutePlan, draw: random.Random, *, late: bool) -> Pair:
    """A break one tick outside its span, which is in the duty."""
    name, duty = rested(problem, plan, draw)
    rest, route = duty.rests[0], route_of(plan, name)
    span = Span(max(rest.span.start, duty.span.start), min(rest.span.end, duty.span.end))
    start = span.end - rest.ticks + 1 if late else span.start - 1
    route = replace(route, rests=(start, *route.rests[1:]))
    return problem, replace(plan, routes=tuple(route if one.worker == name else one for one in plan.routes))


def rests_dropped(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    name, _ = rested(problem, plan, draw)
    route = replace(route_of(plan, name), rests=route_of(plan, name).rests[:-1])
    return problem, replace(plan, routes=tuple(route if one.worker == name else one for one in plan.routes))


def rests_meet(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    name, duty = rested(problem, plan, draw)
    return resting(problem, plan, name, route_of(plan, name).rests[0] + duty.rests[0].ticks - 1, 1)


def capped(field: str, used: Callable[[list[Visit], str], int]) -> Break:
    """The cap ``field`` one below what a drawn worker's route uses."""

    def tighten(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
        name = draw.choice(("w0", "w3"))
        ids = {stop.visit for stop in route_of(plan, name).stops}
        done = [one for one in problem.visits if one.id in ids]
        return with_duty(problem, name, **{field: used(done, name) - 1}), plan

    return tighten


def work_of(problem: RouteProblem, plan: RoutePlan) -> tuple[int, int]:
    """How many visits ``w0`` has on the day, and their ticks."""
    ids = {stop.visit for stop in route_of(plan, "w0").stops}
    ticks = [takes(one, "w0") for one in problem.visits if one.id in ids]
    return len(ticks), sum(ticks)


def day_capped(problem: RouteProblem, plan: RoutePlan, **cap: int) -> Pair:
    return with_worker(problem, "w0", caps=(DayCap(day=DAY, **cap),)), plan


def skill_lost(problem: RouteProblem, plan: RoutePlan, draw: random.Random, **more: Any) -> Pair:
    """Somebody who needs a skill has it no more at the level or on the day."""
    needs = {one.id: one for one in problem.visits if one.skill}
    found = [(route.worker, needs[stop.visit]) for route in plan.routes for stop in route.stops if stop.visit in needs]
    name, visit = draw.choice(found)
    change = more or {"level": visit.level - 1}
    skills = tuple(
        replace(held, **change) if held.skill == visit.skill else held for held in worker_of(problem, name).skills
    )
    return with_worker(problem, name, skills=skills), plan


def one_skill_more(problem: RouteProblem, plan: RoutePlan, draw: random.Random, **more: Any) -> Pair:
    """A visit asks for another skill, too, which whoever is sent has at no such level or on no such day."""
    done = [(route.worker, stop.visit) for route in plan.routes for stop in route.stops if stop.visit != STORE.id]
    name, visit = draw.choice(done)
    skills = (*worker_of(problem, name).skills, Skill(skill="gas", level=2, **more))
    return with_visit(with_worker(problem, name, skills=skills), visit, also=(SkillAsked(skill="gas", level=3),)), plan


def window_missed(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    stop = draw.choice([stop for route in plan.routes for stop in route.stops if stop.visit != STORE.id])
    ends = [one.end for route in plan.routes for one in route.stops if one.visit == stop.visit]
    late, early = Span(stop.start + 1, max(ends) + 50), Span(stop.start - 50, max(ends) - 1)
    return with_visit(problem, stop.visit, windows=(early, late)), plan


def window_missed_by_one(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """``spare`` takes longer at the last visit than its windows last, to which others would have kept."""
    stop = route_of(plan, "spare").stops[-1]
    windows = (Span(stop.start, stop.end),)
    slower = with_visit(problem, stop.visit, windows=windows, ticks_by={"spare": stop.end - stop.start + 1})
    return slower, edited(plan, "spare", -1, end=stop.end + 1)


def part_short(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    held = worker_of(problem, "w0").parts
    return with_worker(problem, "w0", parts={**held, "valve": held["valve"] - 1}), plan


def store_missed(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """``w2`` goes straight to ``bound-first``, which asks for what is at the store."""
    *kept, _, last = route_of(plan, "w2").stops
    spot = visit_of(problem, kept[-1].visit).spot if kept else worker_of(problem, "w2").duties[0].start_spot
    return problem, with_stops(plan, "w2", (*kept, gone(problem, plan, last, "w2", spot)))


def first_before_duty(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    stop = route_of(plan, "w0").stops[0]
    return replace(problem, now=0), edited(plan, "w0", 0, arrive=START + stop.travel - 1)


def too_early_by_one(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    before, stop = route_of(plan, "w0").stops[:2]
    return problem, edited(plan, "w0", 1, arrive=before.end + stop.travel - 1)


def stop_changed(field: str, by: int) -> Break:
    """A field of one stop, of a visit or at the store, stated wrong."""

    def edit(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
        name, stop = on_the_way(plan, draw)
        index = route_of(plan, name).stops.index(stop)
        value = stop.start + 1 if field == "arrive" else getattr(stop, field) + by
        return problem, edited(plan, name, index, **{field: value})

    return edit


def fixed_out(problem: RouteProblem, plan: RoutePlan, rule: Rule) -> Pair:
    """The pinned visit left out, for the reason ``rule``."""
    spot = worker_of(problem, "spare").duties[0].start_spot
    plain = gone(problem, plan, route_of(plan, "spare").stops[-1], "spare", spot)
    return problem, out(with_stops(plan, "spare", (plain,)), "fixed", rule)


def tied_by(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """A tie of two people's visits asks for the same, or one of one person's for different people."""
    at: dict[str, set[str]] = {}
    for route in plan.routes:
        for stop in route.stops:
            at.setdefault(stop.visit, set()).add(route.worker)
    tie = draw.choice([one for one in problem.ties if at.get(one.first)])
    wrong = "different" if at[tie.first] & at[tie.then] else "same"
    ties = tuple(replace(one, workers=wrong) if one == tie else one for one in problem.ties)
    return replace(problem, ties=ties), plan


def another_day(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """``plain`` a day later than ``fixed``, which asks for the same day and for nothing else."""
    tie = Tie(first="plain", then="fixed", least=None, most=None, workers="any", same_day=True)
    duty = worker_of(problem, "spare").duties[1]
    stop = gone(problem, plan, route_of(plan, "spare").stops[-1], "spare", duty.start_spot)
    by = duty.span.start + stop.travel - stop.start
    stop = replace(stop, arrive=stop.start + by, start=stop.start + by, end=stop.end + by)
    later = Route(worker="spare", duty=duty.id, stops=(stop,))
    rest = without_last(plan, "spare")
    return replace(problem, ties=(*problem.ties, tie)), replace(rest, routes=(*rest.routes, later))


def gap_of(plan: RoutePlan) -> int:
    return route_of(plan, "w3").stops[-1].start - route_of(plan, "w2").stops[-1].start


def set_out_before_now(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """``now`` one tick after the last of all set out; who is under way to what was told or pinned may go on."""
    under_way = max(
        stop.arrive - stop.travel for name in ("w2", "w3") for stop in route_of(plan, name).stops if stop.travel > 0
    )
    return replace(problem, now=under_way + 1), plan


def at_end(plan: RoutePlan, name: str) -> int:
    return route_of(plan, name).stops[-1].end


def at_work(plan: RoutePlan) -> Span:
    stop = route_of(plan, "w0").stops[0]
    return (
        Span(stop.end - 1, stop.end + 1)
        if stop.end < route_of(plan, "w0").stops[1].arrive
        else Span(stop.start, stop.start + 1)
    )


def with_end(problem: RouteProblem, name: str, end: int) -> RouteProblem:
    """The last moment of the duty of ``name`` brought to ``end``, by less overtime as far as there is any."""
    span = worker_of(problem, name).duties[0].span
    regular = min(span.end, end)
    return with_duty(problem, name, span=Span(span.start, regular), overtime=end - regular)


def absent_on_the_way(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    name, stop = on_the_way(plan, draw)
    return away(problem, name, Span(stop.arrive - stop.travel, stop.arrive - stop.travel + 1)), plan


def break_on_the_way(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    within = [one for one in ("w0", "spare") if route_of(plan, one).stops[0].travel > 0]
    name = draw.choice(within or ["w3"])
    stop = next(one for one in route_of(plan, name).stops if one.travel > 0)
    return resting(problem, plan, name, stop.arrive - 1, 1)


def quicker(problem: RouteProblem, plan: RoutePlan) -> RouteProblem:
    """``spare`` takes a tick less at the last visit than the plan says."""
    stop = route_of(plan, "spare").stops[-1]
    return with_visit(problem, stop.visit, ticks_by={"spare": stop.end - stop.start - 1})


def busy(plan: RoutePlan) -> int:
    """Ticks that the driver, whom traffic holds up, is under way at first; one less may bring them there as soon."""
    return route_of(plan, "driver").stops[0].travel


def as_on_free_roads(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    assert problem.matrix is not UNSET
    stop = route_of(plan, "driver").stops[0]
    start = worker_of(problem, "driver").duties[0].start_spot
    way = problem.matrix.ticks["car"][start][visit_of(problem, stop.visit).spot]
    assert way < stop.travel
    return problem, edited(plan, "driver", 0, travel=way)


def busier(problem: RouteProblem, plan: RoutePlan, draw: random.Random) -> Pair:
    """At a third of the speed the first way takes longer than it did at half of it."""
    first, *others = problem.traffic
    changed = replace(problem, traffic=(replace(first, speed=30), *others))
    return changed, replace(plan, cost=cost(changed, plan))


def unexplained(plan: RoutePlan) -> RoutePlan:
    return replace(plan, unplanned=(*plan.unplanned[:2], Unplanned(id="out-c", reasons=())))


def stranger_stop() -> Stop:
    return Stop(visit="nothing", arrive=START, start=START, end=START + 9)


BREAKS: dict[str, tuple[Rule, Break]] = {
    "somebody without the skill": (Rule.SKILL, lambda p, q, draw: (p, given(p, q, "w2", "novice"))),
    "expired the day before": (Rule.SKILL, lambda p, q, draw: skill_lost(p, q, draw, first=None, last=DAY - 1)),
    "valid from tomorrow": (Rule.SKILL, lambda p, q, draw: skill_lost(p, q, draw, first=DAY + 1, last=None)),
    "one level short": (Rule.SKILL, skill_lost),
    "a second skill at a lower level": (Rule.SKILL, one_skill_more),
    "a second skill on another day": (Rule.SKILL, lambda p, q, draw: one_skill_more(p, q, draw, last=DAY - 1)),
    "somebody excluded": (Rule.ALLOWED, lambda p, q, draw: (p, given(p, q, "w2", "stranger"))),
    "not among": (Rule.ALLOWED, lambda p, q, draw: (with_visit(p, "bound-then", among=("w2",)), q)),
    "done one late": (
        Rule.SHIFT,
        lambda p, q, draw: (p, slid(q, "spare", moment(p, "spare") + 1 - at_end(q, "spare"))),
    ),
    "home one late": (Rule.SHIFT, lambda p, q, draw: (with_end(p, "w1", home(p, q, "w1") - 1), q)),
    "set out before the duty": (Rule.SHIFT, first_before_duty),
    "absence at work": (Rule.SHIFT, lambda p, q, draw: (away(p, "w0", at_work(q)), q)),
    "absence on the way": (Rule.SHIFT, absent_on_the_way),
    "a break dropped": (Rule.BREAK, rests_dropped),
    "a break one early": (Rule.BREAK, lambda p, q, draw: rest_moved(p, q, draw, late=False)),
    "a break one late": (Rule.BREAK, lambda p, q, draw: rest_moved(p, q, draw, late=True)),
    "a break at work": (Rule.BREAK, lambda p, q, draw: resting(p, q, "w0", route_of(q, "w0").stops[0].end - 1, 1)),
    "a break on the way": (Rule.BREAK, break_on_the_way),
    "two breaks at once": (Rule.BREAK, rests_meet),
    "the way shorter than it is": (Rule.OVERLAP, stop_changed("travel", -1)),
    "the way as on free roads": (Rule.OVERLAP, as_on_free_roads),
    "some ticks too fast": (Rule.OVERLAP, lambda p, q, draw: (p, edited(q, "driver", 0, travel=busy(q) - 3))),
    "busier roads": (Rule.OVERLAP, busier),
    "started before arriving": (Rule.OVERLAP, stop_changed("arrive", 1)),
    "shorter than the work": (Rule.OVERLAP, stop_changed("end", -1)),
    "set out one before free": (Rule.OVERLAP, too_early_by_one),
    "outside the windows": (Rule.WINDOW, window_missed),
    "outside the windows by who takes longer": (Rule.WINDOW, window_missed_by_one),
    "as long as others take": (Rule.OVERLAP, lambda p, q, draw: (quicker(p, q), q)),
    "set out one before now": (Rule.WINDOW, set_out_before_now),
    "visits": (Rule.VISITS_CAP, capped("max_visits", lambda done, name: len(done))),
    "minutes": (Rule.MINUTES_CAP, capped("max_ticks", lambda done, name: sum(takes(one, name) for one in done))),
    "visits of a day": (Rule.VISITS_CAP, lambda p, q, draw: day_capped(p, q, max_visits=work_of(p, q)[0] - 1)),
    "minutes of a day": (Rule.MINUTES_CAP, lambda p, q, draw: day_capped(p, q, max_ticks=work_of(p, q)[1] - 1)),
    "weight": (Rule.WEIGHT_CAP, capped("max_weight", lambda done, name: sum(one.weight for one in done))),
    "households": (
        Rule.HOUSEHOLDS_CAP,
        capped("max_households", lambda done, name: len({one.household for one in done} - {None})),
    ),
    "somebody without the tool": (Rule.TOOLS, lambda p, q, draw: (p, given(p, q, "w2", "light"))),
    "a tool left at home": (Rule.TOOLS, lambda p, q, draw: (with_worker(p, "w0", tools=()), q)),
    "the store missed": (Rule.TOOLS, store_missed),
    "a piece less than are under way": (Rule.SHARED_TOOLS, lambda p, q, draw: (with_pieces(p, 1), q)),
    "one more has the tool along": (
        Rule.SHARED_TOOLS,
        lambda p, q, draw: (with_visit(p, "bound-then", tools=(DRAIN,)), q),
    ),
    "the piece not taken before": (Rule.SHARED_TOOLS, lambda p, q, draw: (with_duty(p, "w1", taken=()), q)),
    "somebody without the part": (Rule.PARTS, lambda p, q, draw: (p, given(p, q, "w3", "light"))),
    "one part short": (Rule.PARTS, part_short),
    "one of the crew missing": (Rule.CREW, lambda p, q, draw: (p, without_last(q, "w0"))),
    "one too many": (Rule.CREW, lambda p, q, draw: (p, given(p, q, "w0", "novice", also=True))),
    "a crew apart by one": (Rule.CREW, lambda p, q, draw: (p, slid(q, "w0", 1))),
    "neither in nor out": (Rule.ONCE, lambda p, q, draw: (p, without_last(q, "spare"))),
    "in and out": (Rule.ONCE, lambda p, q, draw: (p, out(q, "plain"))),
    "out twice": (Rule.ONCE, lambda p, q, draw: (p, out(q, "out-c"))),
    "out but unknown": (Rule.ONCE, lambda p, q, draw: (p, out(q, "nothing"))),
    "out without a reason": (Rule.ONCE, lambda p, q, draw: (p, unexplained(q))),
    "a route twice": (Rule.ONCE, lambda p, q, draw: (p, replace(q, routes=(*q.routes, route_of(q, "light"))))),
    "an unknown route": (
        Rule.ONCE,
        lambda p, q, draw: (p, replace(q, routes=(*q.routes, Route(worker="w0", duty="d9")))),
    ),
    "an unknown stop": (Rule.ONCE, lambda p, q, draw: (p, with_stops(q, "light", (stranger_stop(),)))),
    "pinned to others": (Rule.PIN, lambda p, q, draw: (with_visit(p, "fixed", pin=Pin(workers=("w0",))), q)),
    "pinned and moved by one": (Rule.PIN, lambda p, q, draw: (p, slid(q, "spare", 1, index=0))),
    "pinned and said to be impossible": (Rule.PIN, lambda p, q, draw: fixed_out(p, q, Rule.PIN)),
    "pinned and out": (Rule.PIN, lambda p, q, draw: fixed_out(p, q, Rule.SHIFT)),
    "a gap too short": (Rule.TIE, lambda p, q, draw: (with_tie(p, least=gap_of(q) + 1, most=None), q)),
    "a gap too long": (Rule.TIE, lambda p, q, draw: (p, slid(q, "w3", 1))),
    "the wrong people": (Rule.TIE, tied_by),
    "another day": (Rule.TIE, another_day),
    "the first one out": (Rule.TIE, lambda p, q, draw: (p, out(without_last(q, "w2"), "bound-first"))),
    "the other one out": (Rule.TIE, lambda p, q, draw: (p, out(without_last(q, "w3"), "bound-then"))),
}


def twice(problem: RouteProblem, plan: RoutePlan) -> Pair:
    """The last stop of ``spare`` once more, right after: nobody is two of a crew, so that is wrong too."""
    stop = route_of(plan, "spare").stops[-1]
    again = replace(stop, arrive=stop.end, start=stop.end, end=2 * stop.end - stop.start, travel=0)
    return problem, with_stops(plan, "spare", (*route_of(plan, "spare").stops, again))
