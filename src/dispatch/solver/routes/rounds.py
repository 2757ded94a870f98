"""Rounds first: those that must be covered are given out exactly, component by component, before anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from dispatch.solver.plan import RoutePlan
from dispatch.solver.routes.carry import carry, carry_rest
from dispatch.solver.routes.place import best_place, settle
from dispatch.solver.routes.rounds_model import Given, RoundsModel, Work
from dispatch.solver.routes.state import State

ARCS_MAX = 6_000
"""Arcs of one exact model. A component with more is given out one by one; only if that leaves rounds out is it cut
into chunks by time, each exact given those before."""

POLISH_ARCS_MAX = 800
"""Arcs up to which rounds that are all covered already are still given out anew for shorter ways."""

COVER_WORK = 1.5
"""Deterministic seconds of CP-SAT to find and prove how much can be covered, shared by all components of one call."""

POLISH_WORK = 0.5
"""Deterministic seconds of CP-SAT to shorten ways, shared by all components of one call."""

LIVE_SHARE = 0.2
"""Part of that work spent when a plan stands and an answer is waited for; `improve` spends it whole."""


def cover_missing(
    state: State, plan: RoutePlan | None, wanted: set[str] | None, *, seed: int, again: bool = False
) -> State:
    """A state in which as much as possible of the price of the rounds is covered.

    Where a plan is given and its missing rounds fit beside all it holds, nothing else is touched. Otherwise rounds
    are given out anew where one is missing, and the rest of the plan is laid around them. A round that ``plan``
    names as unplanned has been through this: only with ``again`` does it set the whole search off once more.
    """
    missing = _missing(state, wanted)
    if not missing:
        return state
    known = {out.id for out in plan.unplanned} if plan is not None and not again else set()
    if plan is not None:
        for visit in missing:
            place = best_place(state, visit)
            if place is not None:
                settle(state, place)
        if all(state.compiled.visits[visit].id in known for visit in _missing(state, wanted)):
            return state
    fresh = State(state.compiled, pass_stores=False)
    carry(fresh, plan, only_cover=True)
    live = plan is not None and not again
    give_rounds(fresh, _missing(fresh, wanted), seed=seed, share=LIVE_SHARE if live else 1.0)
    if _worth(fresh) <= _worth(state):
        return state
    fresh.pass_stores = state.pass_stores
    if plan is not None:
        carry_rest(fresh, plan)
    return fresh


def _worth(state: State) -> float:
    """The price of all rounds covered."""
    return sum(facts.price for visit, facts in enumerate(state.compiled.visits) if facts.cover and visit in state.where)


def _missing(state: State, wanted: set[str] | None) -> list[int]:
    return [
        visit
        for visit, facts in enumerate(state.compiled.visits)
        if facts.cover
        and facts.pin is None
        and visit not in state.where
        and state.windows[visit]
        and (wanted is None or facts.id in wanted)
    ]


def give_rounds(state: State, missing: Sequence[int], *, seed: int, share: float) -> None:
    """Cover ``missing`` rounds, moving rounds that stand already only where that is needed. Rounds alone may move.

    ``share`` is the part of `COVER_WORK` and `POLISH_WORK` to spend.
    """
    facts = state.compiled.visits
    standing = [visit for visit in state.where if facts[visit].cover and facts[visit].pin is None]
    able = {visit: _able(state, visit) for visit in sorted({*missing, *standing})}
    components = _components({visit: duties for visit, duties in able.items() if duties})
    models: list[tuple[list[list[int]], dict[int, Given]]] = []
    alone = State(state.compiled, pass_stores=False)
    carry(alone, None)
    for rounds in components:
        lacking = [visit for visit in rounds if visit not in state.where]
        if lacking:
            stood = _given(state, rounds)
            _place_singly(state, lacking)
            hopeless = {visit for visit in rounds if visit not in state.where and _hopeless(alone, visit)}
            chunks = _chunks(state, [visit for visit in rounds if visit not in hopeless], able)
            small = len(chunks) == 1 and _arcs(chunks[0], able) <= POLISH_ARCS_MAX
            if small or any(visit not in state.where for chunk in chunks for visit in chunk):
                models.append((chunks, stood))
    share /= max(1, sum(len(chunks) for chunks, _ in models))
    for chunks, stood in models:
        _give_exactly(state, chunks, able, stood, Work(COVER_WORK * share, POLISH_WORK * share, seed))


def _given(state: State, rounds: Sequence[int]) -> dict[int, Given]:
    placed = [visit for visit in rounds if visit in state.where]
    return {visit: Given(visit, state.start_of(visit), state.where[visit]) for visit in placed}


def _hopeless(alone: State, visit: int) -> bool:
    """Whether a round would not fit even if only pins stood, as they do in ``alone``: no sharing out can help it."""
    return best_place(alone, visit) is None


def _place_singly(state: State, rounds: Sequence[int]) -> None:
    """Each round to its cheapest place, crews and those that must end first before others."""
    for visit in sorted(rounds, key=lambda one: (-state.compiled.visits[one].people, state.windows[one][-1], one)):
        place = best_place(state, visit)
        if place is not None:
            settle(state, place)


def _give_exactly(
    state: State, chunks: list[list[int]], able: dict[int, list[int]], stood: dict[int, Given], work: Work
) -> None:
    """Give out the rounds of one component anew; as it was, if that covers less."""
    before = state.snapshot()
    rounds = [visit for chunk in chunks for visit in chunk]
    singly = _given(state, rounds)
    worth = _worth(state)
    if not all(state.remove(visit) for visit in singly):
        state.restore(before)
        return
    for chunk in chunks:
        model = RoundsModel(state, chunk, able)
        _apply(state, model.solve(stood=stood, hint=singly, work=work))
    if _worth(state) < worth:
        state.restore(before)


def _able(state: State, visit: int) -> list[int]:
    """The duties whose worker may walk a round within their span. Caps are the model's business: rounds may move."""
    compiled = state.compiled
    found = []
    for duty in np.flatnonzero(compiled.eligible(compiled.visits[visit])).tolist():
        opens, closes = compiled.duties[duty].start, compiled.duties[duty].end - compiled.ticks_on(visit, duty)
        windows = compiled.windows_on(visit, duty, compiled.windows[visit])
        if any(max(opens, first) <= min(closes, last) for first, last in windows):
            found.append(duty)
    return found


def _components(able: dict[int, list[int]]) -> list[list[int]]:
    """Rounds that share duties, directly or through others, in the order of their first round."""
    leader: dict[int, int] = {}

    def find(duty: int) -> int:
        while leader.setdefault(duty, duty) != duty:
            duty = leader[duty]
        return duty

    for duties in able.values():
        for duty in duties[1:]:
            leader[find(duty)] = find(duties[0])
    groups: dict[int, list[int]] = {}
    for visit, duties in able.items():
        groups.setdefault(find(duties[0]), []).append(visit)
    return list(groups.values())


def _chunks(state: State, rounds: list[int], able: dict[int, list[int]]) -> list[list[int]]:
    """``rounds`` in order of time, cut so that no model grows beyond `ARCS_MAX`."""
    ordered = sorted(rounds, key=lambda visit: (state.windows[visit][0], visit))
    chunks: list[list[int]] = []
    for visit in ordered:
        if not chunks or _arcs([*chunks[-1], visit], able) > ARCS_MAX:
            chunks.append([])
        chunks[-1].append(visit)
    return chunks


def _arcs(rounds: list[int], able: dict[int, list[int]]) -> int:
    """The arcs a model of ``rounds`` has, about."""
    counts = Counter(duty for visit in rounds for duty in able[visit])
    return sum(count * count for count in counts.values())


def _apply(state: State, given: list[Given]) -> None:
    """Put the rounds on their duties in the order found; crews and told rounds are held at the start found."""
    compiled = state.compiled
    onto: dict[int, list[tuple[int, int]]] = {}
    for one in given:
        facts = compiled.visits[one.visit]
        if facts.people > 1 or facts.told is not None:
            state.hold(one.visit, one.start)
        for duty in one.duties:
            onto.setdefault(duty, []).append((one.start, one.visit))
    lost: set[int] = set()
    for duty, added in onto.items():
        stops = [(state.start_of(visit), visit) for visit in state.routes[duty].visits]
        route = state.build(duty, tuple(visit for _, visit in sorted([*stops, *added])))
        if route is None:
            lost |= {visit for _, visit in added}
            continue
        state.put(route)
        for _, visit in added:
            state.where[visit] = (*state.where.get(visit, ()), duty)
    for visit in lost - state.where.keys():
        state.release(visit)
    for visit in sorted({*lost, *state.take_off(sorted(lost))}):
        place = best_place(state, visit)
        if place is not None:
            settle(state, place)
