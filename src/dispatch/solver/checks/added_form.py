"""Whether visits may come to a problem that stands: ids nobody has, places that are there, ties that can hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from dispatch.solver.checks.positions import off_globe, position_faults
from dispatch.solver.checks.tie_form import tie_faults
from dispatch.solver.checks.visit_form import ROUND, price_faults, twice, visit_faults
from dispatch.solver.problem import RouteProblem, Spot, Tie, Visit


def added_faults(
    problem: RouteProblem, known: Collection[str], visits: Sequence[Visit], ties: Sequence[Tie], at: Spot | None
) -> Iterator[str]:
    """Every fault of ``visits`` and ``ties`` that are to come to ``problem``, as a sentence.

    ``known``: the ids of its visits. With ``at`` the visits are to lie there, at a spot that is none of the problem.
    """
    stores = {store.id for store in problem.stores}
    for visit in visits:
        if visit.id in known:
            yield f"visit {visit.id!r} is in the problem already. Maybe another id was meant."
        if visit.id in stores:
            yield f"{visit.id!r} is the id of a store and of a visit."
        yield from visit_faults(visit if at is None else replace(visit, spot=0), problem.spots if at is None else (at,))
    yield from twice("visit", (visit.id for visit in visits))
    if at is not None:
        if problem.matrix is not UNSET:
            yield "ways are given by a matrix, which has none for a new spot."
        yield from (f"the new spot {off_globe(at)}" for _ in position_faults((at,)))
    new = {visit.id for visit in visits}
    for tie in ties:
        if new.isdisjoint((tie.first, tie.then)):
            yield f"the tie of visits {tie.first!r} and {tie.then!r} binds none of the new visits."
    if ties:
        kept = tuple(one for one in problem.visits if one.id in known)
        yield from tie_faults(replace(problem, visits=(*kept, *visits), ties=(*problem.ties, *ties)))
    if any(visit.price > ROUND or visit.pin is not None or visit.cover for visit in visits):
        yield from price_faults(replace(problem, visits=(*problem.visits, *visits)))
