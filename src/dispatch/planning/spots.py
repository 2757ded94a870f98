"""Where places are: positions of an area's register, each once in a problem."""

from __future__ import annotations

from dispatch.events.order import ReasonGiven
from dispatch.model.places import PlaceRef
from dispatch.model.quoting import quoted
from dispatch.planning.area import AreaState
from dispatch.solver import problem as ask
from dispatch.solver.rules import RULE_TEXT, Rule


class Spots:
    """Positions by index, each once."""

    def __init__(self) -> None:
        self.indexes: dict[tuple[float, float], int] = {}

    def index(self, position: tuple[float, float]) -> int:
        return self.indexes.setdefault(position, len(self.indexes))

    def all(self) -> tuple[ask.Spot, ...]:
        return tuple(ask.Spot(*position) for position in self.indexes)


def unknown_place(place: str) -> ReasonGiven:
    """Why nothing can be planned where ``place`` lies: it is not registered in the area."""
    hint = f"register the place {quoted(place)} in this area."
    return ReasonGiven(rule=Rule.UNKNOWN_PLACE, message=RULE_TEXT[Rule.UNKNOWN_PLACE], hint=hint)


def position_of(state: AreaState, place: PlaceRef) -> tuple[float, float] | None:
    """Latitude and longitude of ``place``, or None while it is not registered in this area."""
    if place.lat is not None and place.lon is not None:
        return (place.lat, place.lon)
    record = state.places.get(place.named or "")
    return None if record is None or record.retired else (record.item.lat, record.item.lon)
