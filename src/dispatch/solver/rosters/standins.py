"""Who can step in when somebody is absent on the day: at once, with the cost and what each would break or lose."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from dispatch.model.errors import ProblemError
from dispatch.solver.checks.form import require_form
from dispatch.solver.checks.rosters import RosterView, place
from dispatch.solver.roster_plan import RosterPlan, StandIn
from dispatch.solver.roster_problem import RosterDuty, RosterProblem
from dispatch.solver.rosters.facts import OFF, TRAINING, RosterFacts, Row
from dispatch.solver.rosters.judge import Judge
from dispatch.solver.rules import Rule

_NEVER = {Rule.ABSENT, Rule.SKILL, Rule.TRAINING}


def stand_ins(problem: RosterProblem, plan: RosterPlan, person: str, day: int) -> tuple[StandIn, ...]:
    """Everybody who could take what ``person`` has on ``day`` in ``plan``, the best first.

    First who breaks no rule, by cost; then who would have to leave a duty of their own, which counts what that place
    then costs; then who breaks a rule that somebody may agree to, fewest first. Who is absent, in a training or not
    able is not among them. Empty if ``person`` has no duty then. Raises `ProblemError` for somebody unknown, and where
    ``plan`` has duties on what is not to be covered, or two on one day.
    """
    require_form(problem)
    for misplaced in place(RosterView(problem, plan)):
        raise ProblemError(f"The roster is of another problem: {misplaced.message}", hint="it was made for other days.")
    if all(one.id != person for one in problem.people):
        raise ProblemError(f"There is nobody called {person!r} in the roster.", hint="ids are those of the problem.")
    gone = next((duty for duty in plan.duties if duty.person == person and duty.day == day), None)
    if gone is None:
        return ()
    # Who steps in is not held to what they were told; the day is one on which all is as it has to be.
    facts = RosterFacts(replace(problem, pins=tuple(pin for pin in problem.pins if pin.day != day)))
    rows = facts.rows(plan.duties)
    kind = facts.kind_index[facts.shift_index[gone.shift], gone.post]
    cover = facts.cover(rows)
    cover[day, kind] -= 1
    found = []
    for index, other in enumerate(problem.people):
        if other.id != person and rows[index][day] not in (kind, TRAINING):
            one = _stand_in(facts, Judge(facts, other), rows[index], day, kind, gone, cover)
            if one is not None:
                found.append(one)
    return tuple(sorted(found, key=lambda one: (len(one.breaks), one.leaves is not None, one.cost, one.person)))


def _stand_in(
    facts: RosterFacts,
    judge: Judge,
    row: Row,
    day: int,
    kind: int,
    gone: RosterDuty,
    cover: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> StandIn | None:
    if facts.barred(judge.person, kind, day) in _NEVER:
        return None
    new = row.copy()
    new[day] = kind
    before, after = judge.judge(row), judge.judge(new)
    loses = {
        rule: after.cost.get(rule, 0.0) - before.cost.get(rule, 0.0) for rule in sorted({*before.cost, *after.cost})
    }
    leaves = None
    if row[day] != OFF:
        shift, post = facts.kinds[row[day]]
        leaves = replace(gone, person=judge.person.id, shift=facts.problem.shifts[shift].id, post=post)
        left = cover.copy()
        left[day, row[day]] -= 1
        loses[Rule.OPEN] = facts.places_cost(left) - facts.places_cost(cover)
    loses = {rule: cost for rule, cost in loses.items() if abs(cost) > 1e-9}
    breaks = {rule: text for rule, text in after.broken.items() if before.broken.get(rule) != text}
    return StandIn(person=judge.person.id, cost=sum(loses.values()), breaks=breaks, leaves=leaves, loses=loses)
