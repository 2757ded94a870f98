"""Promises of periodic visits under a contract (`DOMAIN.md`), judged from contracts, orders and reports in the log."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from msgspec import Struct

from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.periods import Period, periods_of
from dispatch.demo.judging.samples import quarter_of, sample_of
from dispatch.demo.judging.tally import Tally
from dispatch.events import order as happened
from dispatch.events.contract import ContractChanged, ContractRegistered
from dispatch.model.contracts import Contract
from dispatch.model.time import local_day


class Made(Struct, frozen=True):
    """A visit under a contract that was made: its order, what it was, by whom, on which local day."""

    order: str
    category: str
    helper: str
    day: dt.date


def contracts_of(facts: Facts) -> dict[str, Contract]:
    """The contracts as they stand at the end, by id."""
    return {
        one.id: one.event.contract  # type: ignore[attr-defined]
        for of in (ContractRegistered, ContractChanged)
        for one in facts.all("contract", of)
    }


def visits_under(facts: Facts) -> dict[str, list[Made]]:
    """The visits made under each contract, in order of time."""
    found: dict[str, list[Made]] = {contract: [] for contract in contracts_of(facts)}
    for order in facts.orders:
        opened = facts.opened(order)
        for visit in facts.visits[order] if opened.contract is not None else ():
            if visit.done:
                made = Made(order, opened.category, visit.came[0].worker, local_day(visit.first, facts.zone))
                found.setdefault(opened.contract or "", []).append(made)
    return {contract: sorted(made, key=lambda one: one.day) for contract, made in found.items()}


def counting(facts: Facts, made: list[Made], category: str) -> list[Made]:
    """Those of the visits ``made`` that count as ``category``."""
    return [one for one in made if category in _counts_as(facts, one.category)]


def cap_per_helper(facts: Facts, cap: int, skill: str) -> Tally:
    """Nobody who holds ``skill`` visits more than ``cap`` clients under their contracts."""
    tally = Tally()
    visited: dict[str, set[str]] = {}
    for contract, made in visits_under(facts).items():
        for one in made:
            if facts.categories[one.category].skill == skill:
                visited.setdefault(one.helper, set()).add(contract)
    for helper, clients in sorted(visited.items()):
        tally.note(len(clients) <= cap, f"{helper} visits {len(clients)} clients")
    return tally


def same_helper(facts: Facts, category: str) -> Tally:
    """Of the visits made that count as ``category``, those by whoever made most of a client's."""
    tally = Tally()
    for contract, made in sorted(visits_under(facts).items()):
        mine = counting(facts, made, category)
        used = Counter(one.helper for one in mine).most_common(1)
        for one in mine:
            tally.note(one.helper == used[0][0], f"{one.helper} came to {contract} on {one.day}, used to {used[0][0]}")
    return tally


def visits_recorded(facts: Facts) -> Tally:
    """Every visit made leaves a record: who was there, when, and something that proves it."""
    tally = Tally()
    for made in visits_under(facts).values():
        for one in made:
            for _, done in facts.events(one.order, happened.VisitDone):
                proof = done.proof
                kept = bool(done.worker) and proof is not None and bool(proof.photo or proof.signature)
                tally.note(kept, f"{one.order}: no record of the {one.category} on {one.day}")
    return tally


def made_up_for(facts: Facts) -> Tally:
    """A visit that could not be made is made on another day, before what it counts for is over.

    Judged by each period it counts in and that was over in the days played: there are as many visits as promised then,
    one of them on a later day.
    """
    tally = Tally()
    contracts, played = contracts_of(facts), visits_under(facts)
    for order in sorted(facts.orders):
        opened = facts.opened(order)
        contract = contracts.get(opened.contract or "")
        if contract is None:
            continue
        for one, _ in facts.events(order, happened.VisitFailed):
            day = local_day(one.at, facts.zone)
            counts = _counts_as(facts, opened.category)
            for period in periods_for(facts, contract, counts, day):
                kept = _made_up(facts, contract, played[contract.id], counts, period, day)
                what = f"{order}: the {opened.category} of {contract.id} on {day} was not made up for by {period.last}"
                tally.note(kept, f"{what} ({period.promise})")
    return tally


def periods_for(facts: Facts, contract: Contract, counts: set[str], day: dt.date) -> Iterator[Period]:
    """The periods over by the last day played that a visit on ``day`` counts in, by the categories it ``counts`` as."""
    every = [*periods_of(contract, day, lambda first, count: working_day_after(facts, first, count))]
    for review in facts.policy.contracts.reviews:
        if contract.id in sample_of(review, contracts_of(facts), day):
            _, first, last = quarter_of(day)
            every.append(Period(review.id, first, last, ((review.category, 1),)))
    for period in every:
        asked = any(category in counts and least for category, least in period.asked)
        if asked and period.last <= facts.days()[-1]:
            yield period


def _made_up(
    facts: Facts, contract: Contract, played: list[Made], counts: set[str], period: Period, day: dt.date
) -> bool:
    """Whether ``period`` has its visits though one failed on ``day``, and one of them was made behind it."""

    def number(category: str, first: dt.date) -> int:
        days = [one.day for one in counting(facts, played, category)]
        days += [one.day for one in contract.made if category in _counts_as(facts, one.category)]
        return sum(first <= other <= period.last for other in days)

    enough = all(number(category, period.first) >= least for category, least in period.asked if category in counts)
    return enough and number(period.asked[0][0], day + dt.timedelta(days=1)) > 0


def _counts_as(facts: Facts, category: str) -> set[str]:
    return {category, *facts.categories[category].counts_as}


def no_visit_on_holidays(facts: Facts) -> Tally:
    """On a public holiday nobody is visited."""
    tally = Tally()
    days = Counter(one.day for made in visits_under(facts).values() for one in made)
    for day in facts.policy.holidays:
        if facts.days()[0] <= day <= facts.days()[-1]:
            tally.note(not days[day], f"{days[day]} visits on {day}")
    return tally


def working_day_after(facts: Facts, day: dt.date, count: int) -> dt.date:
    """The ``count``-th working day after ``day``: Monday to Friday but for public holidays."""
    while count:
        day += dt.timedelta(days=1)
        count -= day.weekday() < 5 and day not in facts.policy.holidays
    return day
