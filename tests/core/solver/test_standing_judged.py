"""What a change of a plan that stands finds: also what routes that it did not touch have to do with those it did.

Each state is broken by hand, on a route that the change leaves alone.
"""

from __future__ import annotations

from msgspec.structs import replace
from solver_problems import DAY, HOUR, duty, line_problem, visit, worker

from dispatch.solver.problem import DayCap, Pin, RouteProblem, SharedTool, Span
from dispatch.solver.routes.insert import insert
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule
from dispatch.solver.standing import Change, Standing


def standing(problem: RouteProblem) -> tuple[Standing, State]:
    """A plan that stands, with the state behind it, to be broken."""
    one = Standing(problem, insert(problem))
    return one, one._state


def put_by_hand(state: State, duty_id: tuple[str, str], *visits: str) -> None:
    """Let a duty have these visits, whatever the rules across routes say."""
    compiled = state.compiled
    number = compiled.duty_index[duty_id]
    route = state.build(number, tuple(compiled.visit_index[name] for name in visits))
    assert route is not None
    state.put(route)


def rules(change: Change) -> set[Rule]:
    return {finding.rule for finding in change.findings}


def of_two() -> RouteProblem:
    """A visit for two, which all three of three people could do."""
    people = (worker("ann"), worker("bob"), worker("cid"))
    at_nine = (Span(9 * HOUR, 9 * HOUR + 30),)
    return line_problem(people, (visit("both", 1, windows=at_nine, people=2, among=("ann", "bob")),))


def test_a_crew_that_lost_somebody_is_found() -> None:
    one, state = standing(of_two())
    assert one.insert(visit("sound", 2, among=("ann",))).findings == ()
    put_by_hand(state, ("bob", "d1"))
    assert rules(one.insert(visit("new", 3, among=("ann",)))) == {Rule.CREW}


def test_a_crew_that_knows_it_lost_somebody_is_found() -> None:
    one, state = standing(of_two())
    put_by_hand(state, ("bob", "d1"))
    both = state.compiled.visit_index["both"]
    state.where[both] = (state.compiled.duty_index["ann", "d1"],)
    assert rules(one.insert(visit("new", 3, among=("ann",)))) == {Rule.CREW}


def test_a_crew_of_too_many_is_found() -> None:
    problem = of_two()
    anybody = replace(problem, visits=(replace(problem.visits[0], among=None, pin=Pin(workers=("ann", "bob"))),))
    one, state = standing(anybody)
    put_by_hand(state, ("cid", "d1"), "both")
    assert rules(one.insert(visit("new", 3, among=("ann",)))) == {Rule.CREW}


def test_a_crew_that_starts_at_two_moments_is_found() -> None:
    wide = replace(of_two().visits[0], windows=(Span(9 * HOUR, 12 * HOUR),))
    one, state = standing(replace(of_two(), visits=(wide,)))
    both = state.compiled.visit_index["both"]
    held = state.held[both]
    put_by_hand(state, ("bob", "d1"))
    state.hold(both, held + 60)
    put_by_hand(state, ("bob", "d1"), "both")
    state.hold(both, held)
    assert rules(one.insert(visit("new", 3, among=("ann",)))) == {Rule.CREW}


def test_a_crew_beside_a_touched_route_is_no_finding_where_it_is_whole() -> None:
    """Bob is with Ann, and with Cid: whom the change does not touch, nor anybody who is with those it touches."""
    early, late = (Span(9 * HOUR, 9 * HOUR + 30),), (Span(13 * HOUR, 13 * HOUR + 30),)
    jobs = (
        visit("ab", 1, windows=early, people=2, among=("ann", "bob")),
        visit("bc", 1, windows=late, people=2, pin=Pin(workers=("bob", "cid"))),
    )
    one, state = standing(line_problem(of_two().workers, jobs))
    assert all(len(state.where[state.compiled.visit_index[name]]) == 2 for name in ("ab", "bc"))
    assert one.insert(visit("new", 3, among=("ann",))).findings == ()


def test_the_cap_of_a_day_counts_the_other_duties_of_it() -> None:
    shifts = duty("am", 8 * HOUR, 12 * HOUR), duty("pm", 13 * HOUR, 17 * HOUR)
    morning, afternoon = (Span(8 * HOUR, 12 * HOUR),), (Span(13 * HOUR, 17 * HOUR),)
    jobs = (*(visit(f"am{n}", windows=morning) for n in (1, 2)), *(visit(f"pm{n}", windows=afternoon) for n in (1, 2)))
    problem = line_problem((worker("ann", *shifts, caps=(DayCap(day=DAY, max_visits=2),)),), jobs)
    one, state = standing(problem)
    put_by_hand(state, ("ann", "am"), "am1", "am2")
    put_by_hand(state, ("ann", "pm"), "pm1", "pm2")
    for duty_id, names in (("am", ("am1", "am2")), ("pm", ("pm1", "pm2"))):
        for name in names:
            state.where[state.compiled.visit_index[name]] = (state.compiled.duty_index["ann", duty_id],)
    assert rules(one.drop("am1")) == {Rule.VISITS_CAP}
    assert rules(one.drop("pm1")) == set()


def test_a_shared_tool_that_others_have_along_is_none_left() -> None:
    jobs = (visit("mine", 1, tools=("drain",), among=("ann",)), visit("theirs", 1, tools=("drain",), among=("bob",)))
    problem = line_problem((worker("ann"), worker("bob")), jobs, shared=(SharedTool(id="drain", pieces=1),))
    one, state = standing(problem)
    (planned,) = (jobs[visit].id for visit in state.where)
    owner, other = ("ann", "bob") if planned == "mine" else ("bob", "ann")
    assert one.insert(visit("sound", 2, among=(owner,))).findings == ()
    put_by_hand(state, (other, "d1"), "theirs" if planned == "mine" else "mine")
    assert rules(one.insert(visit("new", 2, among=(owner,)))) == {Rule.SHARED_TOOLS}
