"""A dispatcher puts a dated visit of a contract on another day: decided by the rules about that one visit.

What a helper has on the day beside it a dispatcher may overrule: the planner dates the rest round it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec import Struct

from dispatch.decide.contract import KIND, contract_of, visit_id
from dispatch.decide.horizon import HorizonHead, horizon_of
from dispatch.decide.order import OVER, UNDER_WAY, OrderState, Status
from dispatch.decide.outcome import Happened, Refused
from dispatch.decide.record import RecordState
from dispatch.decide.roster import RosterState
from dispatch.events.contract import DatedVisit, VisitMoved
from dispatch.events.horizon import HorizonDirected
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract
from dispatch.model.people import WEEKDAYS, Worker, duties
from dispatch.model.policy import Policy
from dispatch.model.quoting import quoted
from dispatch.model.time import at_clock, local_day
from dispatch.requests.direction import MoveVisit

_DAY = dt.timedelta(days=1)
_PUT_OFF = 62
"""Days by which the desk puts off a visit at most before it is dated so."""


class Seen(Struct, frozen=True, kw_only=True):
    """What the decision looks at: the contract, whoever is to go and their roster, the visit's order, the horizon.

    ``orders``: by visit of the contract what became of it, as far as it was opened (`near`).
    """

    area: str
    now: dt.datetime
    policy: Policy
    contract: RecordState | None
    helper: RecordState | None
    roster: RosterState | None
    order: OrderState | None
    head: HorizonHead
    categories: dict[str, Category]
    orders: dict[str, OrderState]


def sought(message: MoveVisit, record: RecordState | None) -> DatedVisit | None:
    """The visit that is to be moved; None if there is no such visit (any more)."""
    if record is None or record.retired:
        return None
    return record.dated.visits.get(message.visit)


def near(message: MoveVisit, record: RecordState | None) -> list[str]:
    """The visits of a contract whose orders the decision looks at: those that may be too near to the new day."""
    if record is None:
        return []
    apart = max((one.apart for one in record.item.promises), default=0)
    first, last = (message.day.toordinal() + days for days in (-apart - _PUT_OFF, apart))
    return sorted(key for key, one in record.dated.visits.items() if first <= one.day.toordinal() <= last)


def decide(message: MoveVisit, seen: Seen) -> tuple[Happened, ...]:
    """The events by which the visit is on that day, by that helper; none if it is so by a dispatcher's choice already.

    Raises `Refused`: ``unknown_record``, ``no_visit``, ``not_now``, ``duty_over``, ``day_not_agreed``, ``too_near``,
    ``unknown_worker``, ``not_allowed``, ``lacks_skill``, ``not_on_duty``, ``is_absent``.
    """
    if seen.contract is None or seen.contract.retired:
        raise Refused(
            f"There is no contract {quoted(message.contract)} in this area.",
            code="unknown_record",
            hint="it was mistyped.",
        )
    item: Contract = seen.contract.item
    before = sought(message, seen.contract)
    if before is None:
        raise Refused(
            f"The contract {quoted(item.id)} has no dated visit {quoted(message.visit)}.",
            code="no_visit",
            hint="`dispatch contracts show` names those there are.",
        )
    helper = message.helper or before.helper
    if (before.day, before.helper, before.directed) == (message.day, helper, True):
        return ()
    _require_open(before, seen)
    _require_day(message.day, item, seen)
    _require_apart(before, message.day, item, seen)
    _require_helper(helper, message.day, item, seen, seen.categories.get(before.category))
    number = seen.head.number + 1
    moved = DatedVisit(
        id=visit_id(number),
        category=before.category,
        day=message.day,
        helper=helper,
        minutes=before.minutes,
        directed=True,
    )
    head = HorizonDirected(number=number, parent=seen.head.number, verb="move-visit")
    return (
        Happened(horizon_of(seen.area, KIND), (head,), message.at),
        Happened(
            contract_of(seen.area, item.id),
            (VisitMoved(number=number, before=before.id, visit=moved),),
            message.at,
        ),
    )


def _require_open(before: DatedVisit, seen: Seen) -> None:
    """Raise `Refused` if the visit is over, or somebody is under way to it."""
    order = seen.order
    if order is not None and order.status in UNDER_WAY | OVER:
        raise Refused(f"The visit {before.id} is {order.status}.", code="not_now", hint="another visit was meant.")
    if before.day < local_day(seen.now, seen.policy.time_zone):
        raise Refused(f"The visit {before.id} was for {before.day}.", code="duty_over", hint="it is dated anew.")


def _require_day(day: dt.date, item: Contract, seen: Seen) -> None:
    """Raise `Refused` if there can be no visit of the contract on ``day``."""
    today, until = local_day(seen.now, seen.policy.time_zone), seen.head.until
    why = ""
    if day <= today:
        why = "it has begun, or is over"
    elif until is None or day >= until:
        why = "it is not planned yet"
    elif day < item.first or (item.end is not None and day > item.end):
        why = "the contract is not in force then"
    elif item.weekdays and WEEKDAYS[day.weekday()] not in item.weekdays:
        why = f"only {', '.join(item.weekdays)} are agreed"
    elif day in seen.policy.holidays:
        why = "it is a holiday"
    if why:
        raise Refused(
            f"No visit of {quoted(item.id)} can be on {day}: {why}.", code="day_not_agreed", hint="name another day."
        )


def _require_apart(before: DatedVisit, day: dt.date, item: Contract, seen: Seen) -> None:
    """Raise `Refused` if another visit is nearer than agreed, or of the same category on that day."""
    counts = _counts(before.category, seen.categories)
    for name, category, on in _beside(before, item, seen):
        between, both = abs((on - day).days), counts & _counts(category, seen.categories)
        least = max((one.apart for one in item.promises if one.category in both), default=0)
        if between < max(least, int(category == before.category)):
            raise Refused(
                f"{name} is on {on}, {between} days from {day}; {max(least, 1)} are the least between the two.",
                code="too_near",
                hint="move that visit first.",
            )


def _beside(before: DatedVisit, item: Contract, seen: Seen) -> Iterator[tuple[str, str, dt.date]]:
    """The visits that days are counted from, as the plan counts them: those made, and those still to be made.

    What failed, was missed or called off keeps no day, and what the desk put off is on the day agreed.
    """
    assert seen.contract is not None
    zone = seen.policy.time_zone
    for made in item.made:
        yield f"A {made.category} made before", made.category, made.day
    for other in seen.contract.dated.visits.values():
        if other.id == before.id:
            continue
        order = seen.orders.get(other.id)
        on = _stands_on(other, order, local_day(seen.now, zone), zone)
        if on is not None:
            yield other.id, other.category, on


def _stands_on(visit: DatedVisit, order: OrderState | None, today: dt.date, zone: str) -> dt.date | None:
    """The day the visit was made on or is to be; None if it was not, or will not be."""
    if order is None:
        return visit.day if visit.day >= today else None
    if order.done_at is not None:
        return local_day(order.done_at, zone)
    if order.status in {Status.COULD_NOT, Status.CLOSED, Status.CANCELLED}:
        return None
    return local_day(order.windows[0].start, zone) if order.windows else visit.day


def _counts(category: str, categories: dict[str, Category]) -> set[str]:
    known = categories.get(category)
    return {category, *(() if known is None else known.counts_as)}


def _require_helper(helper: str, day: dt.date, item: Contract, seen: Seen, category: Category | None) -> None:
    """Raise `Refused` if ``helper`` cannot go there on ``day``."""
    if seen.helper is None or seen.helper.retired:
        raise Refused(
            f"There is no worker {quoted(helper)} in this area.", code="unknown_worker", hint="it was mistyped."
        )
    if not item.allows(helper) or (item.firm and helper != item.helper):
        raise Refused(
            f"The client of {quoted(item.id)} did not agree to {quoted(helper)}.",
            code="not_allowed",
            hint="name somebody the contract names.",
        )
    if category is not None and not seen.helper.item.holds(category.skill, category.level, day):
        raise Refused(
            f"{quoted(helper)} does not hold {category.skill} at level {category.level} on {day}.",
            code="lacks_skill",
            hint="name somebody who does.",
        )
    if not _works(seen.helper.item, seen.roster, day, seen.policy.time_zone):
        raise Refused(
            f"{quoted(helper)} does not work on {day}.", code="not_on_duty", hint="another day, or somebody else."
        )
    zone = seen.policy.time_zone
    start, end = at_clock(day, "00:00", zone), at_clock(day + _DAY, "00:00", zone)
    if any(one.start <= start and end <= one.end for one in seen.helper.away):
        raise Refused(f"{quoted(helper)} is absent on {day}.", code="is_absent", hint="another day, or somebody else.")


def _works(worker: Worker, roster: RosterState | None, day: dt.date, time_zone: str) -> bool:
    """Whether ``worker`` works on ``day`` as far as is known: by their shifts, or a roster that reaches so far."""
    if worker.terms is None:
        return bool(duties(worker, day, day, time_zone))
    known = {} if roster is None else roster.duties
    return day in known or day > max(known, default=dt.date.min)
