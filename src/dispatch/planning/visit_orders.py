"""The work orders that dated visits of contracts became, and what came of each: what contracts are planned on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.order import OrderState, Status
from dispatch.events.order import OrderOpened, Origin
from dispatch.model.time import local_day

Outcome = Literal["open", "done", "failed", "missed", "withdrawn"]
LAPSED = frozenset({"failed", "missed"})
"""Outcomes after which the promise still lacks the visit."""
_FAILED = frozenset({Status.COULD_NOT})


class VisitOrder(Struct, frozen=True, kw_only=True):
    """The order of a dated ``visit`` of ``contract``, on the local ``day`` by ``helper``, and what came of it.

    ``opened_for``: the day it was opened for; on another the desk has put it off since.
    ``done``: made on that day. ``failed``: somebody came, and could not. ``missed``: nobody did, or it was called off.
    ``withdrawn``: the plan dated it anew.
    """

    contract: str
    visit: str
    category: str
    opened_for: dt.date
    day: dt.date
    helper: str
    outcome: Outcome = "open"

    @property
    def put_off(self) -> bool:
        """Whether the desk agreed another day for it than the one it was dated on."""
        return self.outcome == "open" and self.day != self.opened_for


def opened_for(event: Struct, time_zone: str) -> VisitOrder | None:
    """What the opening of an order says of a dated visit; None if it is of none."""
    if not isinstance(event, OrderOpened) or event.origin is not Origin.CONTRACT:
        return None
    if event.contract is None or event.visit is None or not event.windows:
        return None
    day = local_day(event.windows[0].start, time_zone)
    return VisitOrder(
        contract=event.contract,
        visit=event.visit,
        category=event.category,
        opened_for=day,
        day=day,
        helper=event.helper or "",
    )


def after(known: VisitOrder, order: OrderState, time_zone: str, *, stands: bool) -> VisitOrder:
    """``known`` as it is now that its order is ``order``; ``stands``: the contract has that visit still.

    The desk may agree another day for the order: the visit is on that day then.
    """
    if known.outcome in {"done", "withdrawn"}:
        return known
    helper = order.workers[0] if order.workers else known.helper
    match order.status:
        case Status.DONE:
            day = known.day if order.done_at is None else local_day(order.done_at, time_zone)
            return replace(known, outcome="done", day=day, helper=helper)
        case Status.CANCELLED:
            return replace(known, outcome="missed" if stands else "withdrawn")
        case Status.CLOSED:
            return known if known.outcome in LAPSED else replace(known, outcome="missed")
        case status if status in _FAILED:
            return replace(known, outcome="failed")
    day = local_day(order.windows[0].start, time_zone) if order.windows else known.day
    return replace(known, outcome="open", day=day)


def visits_kept(known: dict[str, VisitOrder], first: dt.date, asked: Callable[[str], int]) -> dict[str, VisitOrder]:
    """Of what is ``known`` all from the day ``first`` on, and of what was made before it the newest of each category.

    As many as ``asked(contract)``, the most any of its deadlines asks for: what came before those counts for none.
    """
    before: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, one in known.items():
        if one.day < first and one.outcome == "done":
            before[one.contract, one.category].append(key)
    newest = {
        key
        for (contract, _), keys in before.items()
        for key in sorted(keys, key=lambda key: (known[key].day, key), reverse=True)[: asked(contract)]
    }
    return {key: one for key, one in known.items() if one.day >= first or key in newest}
