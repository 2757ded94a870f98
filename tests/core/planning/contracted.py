"""Clients, advisers and their contracts, folded without any service: what a planner does for them in one go."""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.decide.given import Happening, on
from core.decide.sample import AREA, entity, worker
from core.planning.folded import add, commit

from dispatch.decide.contract import order_of
from dispatch.events.contract import ContractRegistered, DatedVisit, PromiseAtRisk
from dispatch.events.order import OrderOpened
from dispatch.events.place import PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerRegistered
from dispatch.model.catalogue import Category, Kind
from dispatch.model.contracts import Contract, Promise, PromiseShare
from dispatch.model.people import Role, Shift, SkillHeld
from dispatch.model.places import Place, PlaceKind
from dispatch.model.policy import ContractsPolicy, Policy
from dispatch.planning.area import AreaState
from dispatch.planning.contract_orders import closing_visits, visits_due, withdrawing_visits
from dispatch.planning.contracts import Contracts
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import Asked, publishing

DAY = dt.timedelta(days=1)
TODAY = dt.date(2026, 11, 30)
MIDNIGHT = dt.datetime(2026, 11, 29, 16, 0, tzinfo=dt.UTC)
"""The first minute of `TODAY`, a Monday, in Shanghai."""
WORKWEEK = ("mon", "tue", "wed", "thu", "fri")
VISIT = Category(id="visit", kind=Kind.REPAIR, skill="advising", minutes=60)
CHECK = Category(id="check", kind=Kind.REPAIR, skill="advising", minutes=90, counts_as=("visit",))
CATALOGUE = {one.id: one for one in (VISIT, CHECK)}
MONTHLY = Promise(id="monthly", category="visit", least=2, of=(PromiseShare(category="check", least=1),), apart=5)


def noon(day: dt.date) -> dt.datetime:
    """Noon of a day in Shanghai."""
    return dt.datetime.combine(day, dt.time(4), dt.UTC)


def contract(key: str = "acme", **changes: Any) -> Contract:
    """At least two visits a month to a client, one of them a check."""
    fields = {"place": "shop", "signed": dt.date(2026, 6, 1), "promises": (MONTHLY,), **changes}
    return Contract(id=key, **fields)


def agreed(item: Contract) -> tuple[Happening, ...]:
    """The contract is registered."""
    return on(entity("contract", item.id), ContractRegistered(contract=item))


def adviser(key: str, **changes: Any) -> tuple[Happening, ...]:
    """Somebody who advises from Monday to Friday."""
    day = Shift(start="09:00", end="17:00", days=WORKWEEK)
    fields = {"role": Role.HELPER, "skills": (SkillHeld(skill="advising"),), "shifts": (day,), **changes}
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **fields)))


def policy(months: int = 0, holidays: tuple[dt.date, ...] = (), **changes: Any) -> tuple[Happening, ...]:
    """The area's policy."""
    rules = ContractsPolicy(months=months, **{"budget": 1, **changes})
    return on(entity("policy", "current"), PolicySet(policy=Policy(contracts=rules, holidays=holidays)))


def town(*more: tuple[Happening, ...], contracts: tuple[Contract, ...] | None = None, **rules: Any) -> AreaState:
    """A base, a shop, two advisers ann and bob, and a contract; nothing is dated yet."""
    state = AreaState(AREA, CATALOGUE)
    places = [Place(id="s1", kind=PlaceKind.SITE, lat=30.0, lon=120.0)]
    places += [Place(id="shop", kind=PlaceKind.UNIT, lat=30.01, lon=120.01)]
    known = (on(entity("place", one.id), PlaceRegistered(place=one)) for one in places)
    items = (contract(),) if contracts is None else contracts
    add(state, policy(**rules), *known, adviser("ann"), adviser("bob"), *map(agreed, items), *more, at=MIDNIGHT)
    return state


def asked(state: AreaState, now: dt.datetime = MIDNIGHT) -> Asked | None:
    """What is due."""
    return Contracts().ask(state, now)


def publish(state: AreaState, now: dt.datetime = MIDNIGHT) -> Asked:
    """Plan what is due, and let it be published; the independent check finds nothing wrong."""
    due = asked(state, now)
    assert due is not None, "nothing is due"
    answered = answer(due)
    assert answered.findings == ()
    for batch in publishing(state, Contracts(), due, answered.plan):
        commit(state, batch, now)
    return due


def visits(state: AreaState, key: str = "acme") -> list[DatedVisit]:
    """The dated visits of a contract, in order."""
    return sorted(state.contracts[key].dated.visits.values(), key=lambda one: one.day)


def risks(state: AreaState, key: str = "acme") -> dict[str, PromiseAtRisk]:
    """Its promises at risk, by promise and last day of the period."""
    return {f"{one.promise} {one.last}": one for one in state.contracts[key].dated.risks}


def pass_over(state: AreaState, now: dt.datetime) -> list[OrderOpened]:
    """What a planner's pass does with visits as of ``now``; the orders it opened."""
    while withdrawn := withdrawing_visits(state, now):
        commit(state, withdrawn, now)
    commit(state, closing_visits(state, now), now)
    due = visits_due(state, now)
    commit(state, due, now)
    return [one for events in due.values() for one in events if isinstance(one, OrderOpened)]


def order_id(visit: DatedVisit, key: str = "acme") -> str:
    """The work order of a visit."""
    return order_of(AREA, key, visit.id).id
