"""One block as a problem of its own: its workers, what they do, and what is offered to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from msgspec import UNSET
from msgspec.structs import replace

from dispatch.solver.big.pieces import Spare, with_spare, with_their_own
from dispatch.solver.big.whole import Whole
from dispatch.solver.problem import Matrix, Pin, RouteProblem, Span, Told, Visit
from dispatch.solver.search.prepare import MUST

_Named = TypeVar("_Named", Pin, Told)


class Block(NamedTuple):
    """A ``problem`` with the visits and duties of the whole that stand behind its own, and the ``order`` to begin from.

    ``fixed`` are visits (of the block, by index) that stay at their start with their people: the rest of the crew, or
    what they are tied to, is in another block.
    """

    problem: RouteProblem
    visits: list[int]
    duties: list[int]
    order: dict[int, list[int]]
    fixed: frozenset[int]


def make_block(
    whole: Whole, workers: Sequence[int], offered: Iterable[int], *, spare: Spare | None = None, loose: bool = True
) -> Block:
    """The block of ``workers`` (by index), with the groups ``offered`` to it, none of them planned.

    Of shared tools it has the pieces its duties have, and what is ``spare``. Without ``loose`` nothing planned for more
    than one person, or tied to something else, moves.
    """
    compiled = whole.compiled
    problem = compiled.problem
    duties = [duty for worker in workers for duty in compiled.duties_of[worker]]
    inside = set(duties)
    planned = list(dict.fromkeys(one for duty in duties for one in whole.order[duty] if compiled.is_visit(one)))
    groups = {whole.group_of[visit] for visit in planned}
    free = {one: _is_free(whole, one, inside) and (loose or _is_single(whole, one)) for one in groups}
    visits = planned + [visit for number in offered for visit in whole.groups[number]]
    fixed = frozenset(index for index, visit in enumerate(planned) if not free[whole.group_of[visit]])
    asked = [
        _fixed(whole, visit, inside) if index in fixed else compiled.visits[visit] for index, visit in enumerate(visits)
    ]
    tied = [number for number, is_free in free.items() if is_free] + list(offered)
    ties = tuple(problem.ties[tie] for number in sorted(tied) for tie in whole.ties_of.get(number, ()))
    stores = len(compiled.visits)
    place = {visit: index for index, visit in enumerate(visits)}
    order = {
        number: [place[one] if one < stores else len(visits) + one - stores for one in whole.order[duty]]
        for number, duty in enumerate(duties)
        if whole.order[duty]
    }
    # So the mean costs what it does in the whole, and all blocks together no more for the fullest duty of each.
    weights = replace(problem.weights, fair=problem.weights.fair * len(duties) / max(1, len(compiled.duties)))
    people = with_their_own(whole, workers)
    part = replace(problem, workers=people, visits=tuple(asked), ties=ties, weights=weights)
    return Block(_on_own_ground(with_spare(part, spare or {})), visits, duties, order, fixed)


def _is_free(whole: Whole, number: int, inside: set[int]) -> bool:
    """Whether all of a group is in the block and may move."""
    group = whole.groups[number]
    return whole.same.isdisjoint(group) and all(inside.issuperset(whole.where[visit]) for visit in group)


def _is_single(whole: Whole, number: int) -> bool:
    """Whether a group is one visit for one person."""
    group = whole.groups[number]
    return len(group) == 1 and whole.compiled.visits[group[0]].people == 1


def _fixed(whole: Whole, visit: int, inside: set[int]) -> Visit:
    """The part of a planned visit in the block, where and when it is now: for the others nothing changes."""
    compiled = whole.compiled
    facts, start = compiled.visits[visit], whole.starts[visit]
    duties = [duty for duty in whole.where[visit] if duty in inside]
    here = tuple(compiled.workers[compiled.duties[duty].worker].id for duty in duties)
    return replace(
        facts,
        windows=(Span(start, start + max(compiled.ticks_on(visit, duty) for duty in duties)),),
        people=len(here),
        among=here,
        price=MUST,
        pin=_of(facts.pin, here),
        told=_of(facts.told, here),
    )


def _of(named: _Named | None, here: Sequence[str]) -> _Named | None:
    return None if named is None else replace(named, workers=tuple(one for one in named.workers if one in here))


def _on_own_ground(problem: RouteProblem) -> RouteProblem:
    """The same problem with the spots it uses alone."""
    used: dict[int, int] = {}

    def own(spot: int) -> int:
        return used.setdefault(spot, len(used))

    workers = tuple(
        replace(
            worker,
            duties=tuple(
                replace(
                    duty,
                    start_spot=own(duty.start_spot),
                    end_spot=None if duty.end_spot is None else own(duty.end_spot),
                )
                for duty in worker.duties
            ),
        )
        for worker in problem.workers
    )
    visits = tuple(replace(visit, spot=own(visit.spot)) for visit in problem.visits)
    stores = tuple(replace(store, spot=own(store.spot)) for store in problem.stores)
    matrix = problem.matrix
    if matrix is not UNSET:
        modes = {worker.mode for worker in workers}
        matrix = Matrix(
            ticks={
                mode: tuple(tuple(rows[here][there] for there in used) for here in used)
                for mode, rows in matrix.ticks.items()
                if mode in modes
            }
        )
    spots = tuple(problem.spots[spot] for spot in used)
    return replace(problem, spots=spots, workers=workers, visits=visits, stores=stores, matrix=matrix)
