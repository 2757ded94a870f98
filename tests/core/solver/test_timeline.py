"""The timeline finds what trying every minute finds: the earliest end, or that a day cannot be done."""

from __future__ import annotations

from functools import cache

from hypothesis import example, given, settings
from hypothesis import strategies as st
from solver_problems import DAY, line_matrix, line_problem, worker

from dispatch.solver.checks import check
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.problem import Duty, Rest, Span, Visit
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.routes.state import State
from dispatch.solver.routes.write import write_plan

END = 40


def spans(longest: int) -> st.SearchStrategy[Span]:
    return st.builds(lambda start, ticks: Span(start, start + ticks), st.integers(0, END), st.integers(1, longest))


def rests() -> st.SearchStrategy[tuple[Rest, ...]]:
    """Up to two breaks; the second lies wholly after the first, as breaks of a shift do."""
    first = st.builds(
        lambda start, room, ticks: Rest(span=Span(start, start + ticks + room), ticks=ticks),
        st.integers(0, 15),
        st.integers(0, 6),
        st.integers(1, 5),
    )
    second = st.builds(
        lambda start, room, ticks: Rest(span=Span(start, start + ticks + room), ticks=ticks),
        st.integers(20, 32),
        st.integers(0, 6),
        st.integers(1, 5),
    )
    return st.tuples() | st.tuples(first) | st.tuples(first, second)


VISITS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(1, 6), st.lists(spans(30), min_size=1, max_size=2)), min_size=1, max_size=3
)


def brute(duty: Duty, visits: list[Visit]) -> int | None:
    """The earliest end of the last visit over every minute-by-minute day that keeps all rules; None if none does."""
    blocked = [any(span.start <= minute < span.end for span in duty.absences) for minute in range(END + 40)]
    taken_in = [
        (max(rest.span.start, duty.span.start), min(rest.span.end, duty.span.end), rest.ticks) for rest in duty.rests
    ]
    asked = sorted(one for one in taken_in if one[1] - one[0] >= one[2])

    def free(start: int, ticks: int) -> bool:
        return start + ticks <= duty.span.end and not any(blocked[start : start + ticks])

    def steps(minute: int, spot: int, done: int, arrived: bool, rested: int) -> list[tuple[int, int, int, bool, int]]:
        found = []
        if minute < duty.span.end:
            found.append((minute + 1, spot, done, arrived, rested))
        if rested < len(asked):
            first, last, ticks = asked[rested]
            if first <= minute and minute + ticks <= last:
                found.append((minute + ticks, spot, done, arrived, rested + 1))
        if done < len(visits):
            visit = visits[done]
            way = abs(visit.spot - spot)
            if not arrived and free(minute, way):
                found.append((minute + way, visit.spot, done, True, rested))
            inside = any(span.start <= minute and minute + visit.ticks <= span.end for span in visit.windows)
            if arrived and inside and free(minute, visit.ticks):
                found.append((minute + visit.ticks, spot, done + 1, False, rested))
        return found

    @cache
    def can_end(minute: int, spot: int, rested: int, home: bool) -> bool:
        if rested == len(asked) and (home or duty.end_spot is None):
            return True
        if minute > duty.span.end:
            return False
        if can_end_step(minute, spot, rested, home):
            return True
        return minute < duty.span.end and can_end(minute + 1, spot, rested, home)

    def can_end_step(minute: int, spot: int, rested: int, home: bool) -> bool:
        if rested < len(asked):
            first, last, ticks = asked[rested]
            if first <= minute and minute + ticks <= last and can_end(minute + ticks, spot, rested + 1, home):
                return True
        if not home and duty.end_spot is not None:
            way = abs(duty.end_spot - spot)
            return free(minute, way) and can_end(minute + way, duty.end_spot, rested, True)
        return False

    @cache
    def best(minute: int, spot: int, done: int, arrived: bool, rested: int) -> int:
        """The earliest end of the last visit from here, or -1."""
        if done == len(visits):
            return minute if can_end(minute, spot, rested, False) else -1
        if minute > duty.span.end:
            return -1
        found = [end for end in (best(*step) for step in steps(minute, spot, done, arrived, rested)) if end >= 0]
        return min(found, default=-1)

    end = best(duty.span.start, duty.start_spot, 0, False, 0)
    return None if end < 0 else end


def plan_in_order(duty: Duty, visits: list[Visit]) -> tuple[State, RoutePlan | None]:
    problem = line_problem((worker("w1", duty),), tuple(visits), matrix=line_matrix(10, step=1))
    state = State(Compiled(problem))
    route = state.build(0, tuple(range(len(visits))))
    if route is None:
        return state, None
    state.put(route)
    state.where = dict.fromkeys(range(len(visits)), (0,))
    return state, write_plan(state, (), Effort(solver="test", seed=0, budget=0, used=0))


@settings(max_examples=400, deadline=None)
@given(VISITS, rests(), st.lists(spans(6), max_size=2), st.sampled_from([None, 0, 3]), st.integers(20, END))
@example([(2, 4, [Span(0, 40)]), (3, 4, [Span(10, 40)])], (Rest(span=Span(6, 12), ticks=3),), [Span(12, 15)], 0, 30)
def test_the_earliest_end_is_that_of_trying_every_minute(
    given_visits: list[tuple[int, int, list[Span]]],
    breaks: tuple[Rest, ...],
    absences: list[Span],
    end_spot: int | None,
    end: int,
) -> None:
    duty = Duty(
        id="d1", day=DAY, span=Span(0, end), start_spot=0, end_spot=end_spot, rests=breaks, absences=tuple(absences)
    )
    visits = [
        Visit(id=f"v{index}", spot=spot, ticks=ticks, windows=tuple(windows))
        for index, (spot, ticks, windows) in enumerate(given_visits)
    ]
    expected = brute(duty, visits)
    state, plan = plan_in_order(duty, visits)
    assert (plan is None) == (expected is None)
    if plan is not None:
        assert check(state.compiled.problem, plan) == []
        assert plan.routes[0].stops[-1].end == expected
