"""Why a visit stays out: per rule how many workers it kept away, and the smallest change found that would help."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dispatch.solver.plan import Reason, Unplanned
from dispatch.solver.problem import Visit
from dispatch.solver.routes.certificates import in_words
from dispatch.solver.routes.compiled import start_windows
from dispatch.solver.routes.demands import demands
from dispatch.solver.routes.gaps import find_gaps
from dispatch.solver.routes.hints import clock, crew_hint, minutes, skill_hint, time_hint
from dispatch.solver.routes.more_pieces import more_pieces
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.say_changes import said
from dispatch.solver.routes.state import Ints, State
from dispatch.solver.routes.tie_reasons import tied_reason
from dispatch.solver.rules import Rule

HINTS_MAX = 100
"""Visits for which a change is searched; for more only the workers kept out are counted, so that it stays quick."""

_STAGES = (
    (Rule.ALLOWED, "may not be sent", "may not be sent"),
    (
        Rule.SKILL,
        "does not hold {skills} on the day",
        "do not hold {skills} on the day",
    ),
    (Rule.WINDOW, "takes longer for it than its windows last", "take longer for it than its windows last"),
    (Rule.SHIFT, "has no duty {then}", "have no duty {then}"),
    (Rule.VISITS_CAP, "has reached their cap of visits", "have reached their cap of visits"),
    (Rule.MINUTES_CAP, "would pass their cap of minutes", "would pass their cap of minutes"),
    (
        Rule.SHARED_TOOLS,
        "finds no piece left of the shared tools for it",
        "find no piece left of the shared tools for it",
    ),
    (Rule.WEIGHT_CAP, "would pass their cap of weight", "would pass their cap of weight"),
    (Rule.HOUSEHOLDS_CAP, "would pass their cap of households", "would pass their cap of households"),
    (Rule.TOOLS, "has not the tools for it", "have not the tools for it"),
    (Rule.PARTS, "has not the parts for it left", "have not the parts for it left"),
    (Rule.OVERLAP, "has no free time for it with the way", "have no free time for it with the way"),
    (
        Rule.BREAK,
        "has free time, but not beside their breaks and absences",
        "have free time, but not beside their breaks and absences",
    ),
)
"""What keeps workers out, in the order it is looked at, said of one and of several."""
_STAGE = {rule: stage for stage, (rule, _, _) in enumerate(_STAGES)}
_NO_DUTY = _STAGE[Rule.SHIFT]
_FITS = len(_STAGES)
_COUNTED = (Rule.VISITS_CAP, Rule.MINUTES_CAP, Rule.SHARED_TOOLS, Rule.WEIGHT_CAP, Rule.HOUSEHOLDS_CAP)
_LOADS = (Rule.WEIGHT_CAP, Rule.HOUSEHOLDS_CAP, Rule.TOOLS, Rule.PARTS)
_BUILDS_MAX = 300


def explain(state: State, visits: Sequence[int]) -> tuple[Unplanned, ...]:
    """The visits with the reasons why each is out, the reason nearest to a way out first."""
    dearest = sorted(visits, key=lambda visit: (-state.compiled.visits[visit].price, visit))[:HINTS_MAX]
    hinted = set(dearest)
    return tuple(
        Unplanned(id=state.compiled.visits[visit].id, reasons=_reasons(state, visit, visit in hinted))
        for visit in visits
    )


def _reasons(state: State, visit: int, hinted: bool) -> tuple[Reason, ...]:
    facts = state.compiled.visits[visit]
    pinned = _pinned(state, facts)
    found = _of_windows(state, visit) or _of_workers(state, visit, hinted, pinned)
    if facts.pin is not None:
        found = (_of_pin(state, facts, found), *found)
    return found


def _of_windows(state: State, visit: int) -> tuple[Reason, ...]:
    """Reasons that lie in the visit's own windows."""
    facts, ticks = state.compiled.visits[visit], state.compiled.least_ticks(visit)
    longest = max(span.end - span.start for span in facts.windows)
    if longest < ticks:
        work = minutes(state, ticks)
        hint = f"a window of {work} would hold it"
        return (Reason(rule=Rule.WINDOW, message=f"No window is as long as the work, {work}.", hint=hint),)
    if start_windows(facts, state.compiled.problem.now, ticks):
        return ()
    if facts.pin is not None and facts.pin.start is not None:
        message = f"The pinned start {clock(state, facts.pin.start)} lies in none of its windows."
        return (Reason(rule=Rule.WINDOW, message=message),)
    last = max(span.end for span in facts.windows) - ticks
    message = f"The last moment to start was {clock(state, last)}, before now."
    return (Reason(rule=Rule.WINDOW_PAST, message=message, hint="a new time has to be agreed"),)


def _of_pin(state: State, facts: Visit, found: tuple[Reason, ...]) -> Reason:
    assert facts.pin is not None
    index = state.compiled.worker_index
    unknown = [worker for worker in facts.pin.workers if worker not in index]
    if unknown:
        why = f"{', '.join(unknown)} is not among the workers"
    elif len(set(facts.pin.workers)) > facts.people:
        why = f"it names more people than the {facts.people} needed"
    else:
        why = found[0].message if found else "another rule forbids it"
    at = "" if facts.pin.start is None else f" at {clock(state, facts.pin.start)}"
    who = ", ".join(facts.pin.workers) or "nobody in particular"
    message = f"It is {facts.pin.why} to {who}{at}, which cannot stand: {why}"
    return Reason(rule=Rule.PIN, message=message, workers=len(facts.pin.workers))


def _pinned(state: State, facts: Visit) -> tuple[int, ...]:
    """The people a pin names, where the pin itself is one that people could follow."""
    named = () if facts.pin is None else tuple(dict.fromkeys(facts.pin.workers))
    index = state.compiled.worker_index
    known = all(worker in index for worker in named)
    return tuple(index[worker] for worker in named) if known and len(named) <= facts.people else ()


def _of_workers(state: State, visit: int, hinted: bool, pinned: tuple[int, ...]) -> tuple[Reason, ...]:
    """Who is kept out by what. Of a pinned visit it is about the ``pinned`` alone, as long as one of them cannot."""
    compiled = state.compiled
    facts = compiled.visits[visit]
    stages = _stages(state, visit)
    per_worker = np.zeros(len(compiled.workers), dtype=np.int64)
    np.maximum.at(per_worker, compiled.duty_worker, stages)
    per_worker[[worker for worker, duties in enumerate(compiled.duties_of) if not duties]] = _NO_DUTY
    kept_out = [worker for worker in pinned if per_worker[worker] < _FITS]
    about = kept_out or range(len(compiled.workers))
    found = []
    if not kept_out and (per_worker == _FITS).any():
        found.append(_though_it_fits(state, visit, int((per_worker == _FITS).sum()), stages, pinned))
    for stage in range(_FITS - 1, -1, -1):
        who = [worker for worker in about if per_worker[worker] == stage]
        if who:
            rule, of_one, of_several = _STAGES[stage]
            counted = f"{len(who)} worker" if len(who) == 1 else f"{len(who)} workers"
            subject = ", ".join(compiled.workers[worker].id for worker in who) if kept_out else counted
            said = (of_one if len(who) == 1 else of_several).format(skills=in_words(facts), then=_when(state, facts))
            found.append(Reason(rule=rule, message=f"{subject} {said}.", workers=len(who)))
    if not found:
        found.append(Reason(rule=Rule.SHIFT, message="There is nobody to send.", hint="nobody works in this area yet"))
    return _with_hints(state, visit, stages, found, kept_out) if hinted else tuple(found)


def first_rules(state: State, visit: int) -> list[tuple[int, Rule | None]]:
    """For each worker how far down the list of rules they came with ``visit``, and the rule in the way of one person.

    None for those who would find room. Of several duties of a worker it is about the one that comes nearest.
    """
    compiled = state.compiled
    stages = _stages(state, visit)
    closed = _of_windows(state, visit)
    found: list[tuple[int, Rule | None]] = []
    for duties in compiled.duties_of:
        stage = int(stages[duties].max()) if duties else _NO_DUTY
        rule = None if stage == _FITS else _STAGES[stage][0]
        found.append((stage, closed[0].rule if closed and rule is Rule.SHIFT else rule))
    return found


def _carried(state: State) -> str:
    if state.compiled.problem.stores:
        return "it would do to carry them; there is no time to pass a store"
    return "it would do to carry them, or to pass a store that is near"


def _when(state: State, facts: Visit) -> str:
    """When nobody is on duty: within the windows, or later than any duty that is planned so far."""
    last = max((int(end) for end in state.compiled.duty_end), default=None)
    if last is None or min(window.start for window in facts.windows) < last:
        return "in its windows"
    return f"that late: duties are planned up to {clock(state, last)} so far, its windows begin later"


def _stages(state: State, visit: int) -> Ints:
    """For every duty the first stage that keeps its worker out; `_FITS` where one person would find room.

    Of who is on duty when it may be done, the duties at other times say nothing: there the first stage is given.
    """
    compiled = state.compiled
    facts, ticks = compiled.visits[visit], compiled.ticks_over(visit)
    duties = len(compiled.duties)
    open_then = np.zeros(duties, dtype=bool)
    for first, last in state.windows[visit]:
        open_then |= np.maximum(compiled.duty_start, first) <= np.minimum(compiled.duty_end - ticks, last)
    allowed = compiled.allowed(facts)
    visits_left, ticks_left = state.room()
    passed = [
        np.ones(duties, dtype=bool) if allowed is None else allowed,
        compiled.certified(facts),
        compiled.keep_to(visit),
        open_then,
        visits_left > 0,
        ticks <= ticks_left,
        state.has_pieces(facts),
    ]
    stages = np.zeros(duties, dtype=np.int64)
    going = np.ones(duties, dtype=bool)
    for mask in [*passed, *_loads(state, visit, np.logical_and.reduce(passed))]:
        going &= mask
        stages += going
    gaps = find_gaps(state, visit, np.flatnonzero(going))
    stages[gaps.duty] = _FITS - 1
    builds = 0
    for duty, position in zip(gaps.duty.tolist(), gaps.position.tolist(), strict=True):
        if stages[duty] < _FITS and builds < _BUILDS_MAX:
            builds += 1
            if state.build_with(duty, position, visit) is not None:
                stages[duty] = _FITS
    _without_time_for_a_store(state, visit, stages)
    there = np.zeros(len(compiled.workers), dtype=bool)
    there[compiled.duty_worker[open_then]] = True
    stages[there[compiled.duty_worker] & ~open_then] = 0
    return stages


def _loads(state: State, visit: int, asked: NDArray[np.bool_]) -> list[NDArray[np.bool_]]:
    """For each rule about what a duty takes along, the duties it does not keep from ``visit``; of those ``asked``.

    Where there are stores, nothing is missing that one could not pass by for, if there is time.
    """
    found = [np.ones(len(asked), dtype=bool) for _ in _LOADS]
    if not state.compiled.loads.matter(state.compiled.visits[visit]):
        return found
    for duty in np.flatnonzero(asked).tolist():
        rule = state.compiled.loads.hindrance(*state.loaded(duty, (*state.routes[duty].visits, visit)))
        if rule is not None and not (rule in (Rule.TOOLS, Rule.PARTS) and state.compiled.problem.stores):
            found[_LOADS.index(rule)][duty] = False
    return found


def _without_time_for_a_store(state: State, visit: int, stages: Ints) -> None:
    """Let ``stages`` say so where somebody has free time for ``visit``, but not with the way past a store."""
    if not state.compiled.problem.stores or not state.compiled.loads.matter(state.compiled.visits[visit]):
        return
    for duty in np.flatnonzero(stages == _STAGE[Rule.BREAK]).tolist():
        rule = state.compiled.loads.hindrance(*state.loaded(duty, (*state.routes[duty].visits, visit)))
        if rule in (Rule.TOOLS, Rule.PARTS):
            stages[duty] = _STAGE[rule]


def _though_it_fits(state: State, visit: int, workers: int, stages: Ints, pinned: tuple[int, ...]) -> Reason:
    """The reason of a visit that somebody could do: too few at once, or dearer than leaving it out."""
    facts = state.compiled.visits[visit]
    place = best_place(state, visit)
    if place is None:
        short = more_pieces(state, visit)
        if short:
            message = "Not everybody it takes finds a piece of the shared tools for it at once."
            return Reason(rule=Rule.SHARED_TOOLS, message=message, workers=workers, hint=said(state, short))
        message, hint = crew_hint(state, visit, np.flatnonzero(stages == _FITS), pinned)
        return Reason(rule=Rule.CREW, message=message, workers=workers, hint=hint)
    if state.compiled.bonds.of(visit):
        return tied_reason(state, visit, workers, lambda state, other: _reasons(state, other, True))
    names = ", ".join(state.compiled.workers[state.compiled.duties[route.duty].worker].id for route in place.routes)
    label = place.routes[0].stops[place.routes[0].visits.index(visit)]
    hint = f"{names} could start at {clock(state, label.start)}"
    if place.cost < facts.price:
        message = f"It was not asked for; it would cost {place.cost:g} min."
    else:
        message = f"Its cheapest place costs {place.cost:g} min, not less than its price of {facts.price:g}."
    return Reason(rule=Rule.UNPLANNED, message=message, hint=hint)


def _with_hints(state: State, visit: int, stages: Ints, found: list[Reason], only: list[int]) -> tuple[Reason, ...]:
    """``found`` with a hint on the first reason about time and on the one about skills; about ``only`` these workers.

    None named stand for all.
    """
    hinted: list[Reason] = []
    timed = False
    for reason in found:
        hint = reason.hint
        if reason.rule in (Rule.OVERLAP, Rule.BREAK, Rule.SHIFT) and not timed:
            hint, timed = hint or time_hint(state, visit, only), True
        elif reason.rule is Rule.SKILL:
            hint = skill_hint(state, visit, only)
        elif reason.rule in (Rule.TOOLS, Rule.PARTS):
            hint = _carried(state)
        elif reason.rule in _COUNTED and not hint:
            over = stages == _STAGE[reason.rule]
            if only:
                over &= np.isin(state.compiled.duty_worker, only)
            hint = f"{said(state, next(demands(state, visit, int(np.flatnonzero(over)[0]))))}, if there is time"
        hinted.append(Reason(rule=reason.rule, message=reason.message, workers=reason.workers, hint=hint))
    return tuple(hinted)
