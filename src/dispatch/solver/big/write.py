"""The routes of a big day as a plan."""

from __future__ import annotations

import numpy as np
from msgspec.structs import replace

from dispatch.solver.big.whole import Whole
from dispatch.solver.checks import cost
from dispatch.solver.plan import Effort, RoutePlan
from dispatch.solver.routes.insert import explain_out, missing, price_limit, urgency
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.write import write_plan
from dispatch.solver.search.laid import stand


def written(whole: Whole, effort: Effort) -> RoutePlan:
    """``whole`` as a plan; what is out and fits somewhere on the whole ground, beside all that stands, is put there."""
    compiled = whole.compiled
    order = {duty: visits for duty, visits in enumerate(whole.order) if visits}
    state = stand(compiled, order, {visit: whole.starts[visit] for visit in whole.where})
    _place_rest(whole, state)
    plan = write_plan(state, explain_out(state), effort)
    return replace(plan, cost=cost(compiled.problem, plan))


def _place_rest(whole: Whole, state: State) -> None:
    """Offer what is out to everybody, the most urgent first, as far as that is for the instant answer (no ties, tools
    or parts, no caps on weight or households)."""
    duties = _without_caps(state)
    for visit in sorted(missing(state), key=lambda one: urgency(state, one)):
        facts = state.compiled.visits[visit]
        if len(whole.groups[whole.group_of[visit]]) > 1 or facts.tools or facts.parts:
            continue
        place = best_place(state, visit, limit=price_limit(state, visit), duties=duties)
        if place is not None:
            settle(state, place)


def _without_caps(state: State) -> Ints:
    """The duties with no cap on weight or households."""
    source = state.compiled.duty_source
    return np.array(
        [number for number, duty in enumerate(source) if duty.max_weight is None and duty.max_households is None],
        dtype=np.int64,
    )
