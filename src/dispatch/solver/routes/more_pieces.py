"""How many pieces of shared tools it takes more for all who go to a visit at once."""

from __future__ import annotations

from dispatch.solver.changes import MorePieces
from dispatch.solver.routes.place import best_place
from dispatch.solver.routes.state import State
from dispatch.solver.rules import Rule

_PLENTY = 2**31
"""More pieces of a tool than there are duties."""


def more_pieces(state: State, visit: int) -> tuple[MorePieces, ...]:
    """The pieces there would have to be for ``visit``, which has no place, to have one; none where that is not enough.

    As many as it takes at the cheapest place it would have with any number.
    """
    compiled = state.compiled
    shared, tools = compiled.shared, compiled.shared.of(compiled.visits[visit])
    if not tools:
        return ()
    pieces = dict(shared.pieces)
    shared.pieces.update(dict.fromkeys(pieces, _PLENTY))
    place = best_place(state, visit)
    shared.pieces.update(pieces)
    if place is None:
        return ()
    found = []
    for tool in tools:
        takers = state.taking[tool].copy()
        takers[[route.duty for route in place.routes]] = True
        most = shared.most_at_once(tool, takers & ~shared.own[tool], state.others.out)
        if most > pieces[tool]:
            more = most - pieces[tool]
            found.append(MorePieces(rule=Rule.SHARED_TOOLS, tool=tool, from_=pieces[tool], to=most, by=more))
    return tuple(found)
