"""From the folded state of an area to its problem of contracts: what is promised, who can go, what was made, told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from msgspec.structs import replace

from dispatch.decide.contract import order_of
from dispatch.decide.roster import KIND as ROSTER
from dispatch.decide.roster import lost
from dispatch.events.contract import DatedVisit
from dispatch.model.catalogue import Category
from dispatch.model.contracts import Contract
from dispatch.model.people import WEEKDAYS, Worker
from dispatch.model.time import at_clock
from dispatch.planning.area import AreaState
from dispatch.planning.away import away_of
from dispatch.planning.contract_known import kinds_of, known_contracts, left_aside, place_at, reviews_of
from dispatch.planning.contract_over import unkept
from dispatch.planning.contract_past import history, standing_visits, unopened
from dispatch.planning.horizons import digest_of, head_of_kind
from dispatch.planning.on_duty import duties_of
from dispatch.planning.people import base_of, skills_of
from dispatch.planning.spots import Spots
from dispatch.planning.ticks import day_number
from dispatch.planning.visit_orders import LAPSED
from dispatch.planning.walk_ask import DAY, Days
from dispatch.planning.zones import held_minutes
from dispatch.solver import contract_problem as ask

_MINUTE = dt.timedelta(minutes=1)
_ASSUMED = 480
"""Minutes somebody who works by roster is taken to work from Monday to Friday as long as no roster says."""
_LATE_WORD = 7 * DAY
"""How long after its day it may take until it is known what came of a visit."""


def helpers_of(state: AreaState, kinds: Collection[Category]) -> list[str]:
    """Who may be sent on such visits, by the skills they hold on some day; their base is registered."""
    wanted = {one.skill for one in kinds}
    return [
        key
        for key, record in state.active_workers().items()
        if base_of(state, key) is not None and any(held.skill in wanted for held in record.item.skills)
    ]


def notice_of(state: AreaState, item: Contract) -> int:
    """How many days from today on, today included, the dates of a contract stay."""
    return state.policy.contracts.freeze_days if item.notice_days is None else item.notice_days


def build_contracts(state: AreaState, days: Days) -> ask.ContractProblem:
    """The problem of the visits to be dated on ``days``."""
    contracts, spots, rules = known_contracts(state), Spots(), state.policy.contracts
    kinds = kinds_of(state, contracts.values())
    asked = tuple(_contract(state, item, spots) for item in contracts.values())
    return ask.ContractProblem(
        area=state.area,
        day=day_number(days.first),
        last=day_number(days.until) - 1,
        holidays=_numbers(_since(contracts.values(), days, state.policy.holidays)),
        workdays=_numbers(_since(contracts.values(), days, state.policy.workdays)),
        kinds=tuple(_kind(one, kinds) for one in kinds.values()),
        contracts=asked,
        helpers=tuple(_helper(state, key, days, spots) for key in helpers_of(state, kinds.values())),
        spots=spots.all(),
        speeds=state.policy.speeds,
        history=tuple(history(state, contracts, kinds, days.first)),
        told=tuple(one for key in contracts for one in _told(state, key, kinds, days)),
        reviews=_reviews(state),
        weights=ask.ContractWeights(
            change_day=rules.change_day,
            change_worker=rules.change_worker,
            called_off=rules.called_off,
            even=rules.even,
            near=rules.near,
            continuity=rules.continuity,
            short_notice=rules.short_notice,
        ),
        margin=rules.margin_days,
    )


def _since(contracts: Iterable[Contract], days: Days, dates: Iterable[dt.date]) -> list[dt.date]:
    """Of ``dates`` those before the end of ``days`` from which anything is counted.

    Working days are counted from the day of signing on, however long ago that was: with dates left out the day that a
    deadline comes back to would be another.
    """
    signed = (item.signed for item in contracts if any(one.working_days is not None for one in item.deadlines))
    first = min([days.first, *signed])
    return [day for day in sorted(set(dates)) if first <= day < days.until]


def _numbers(days: Iterable[dt.date]) -> tuple[int, ...]:
    return tuple(map(day_number, days))


def _reviews(state: AreaState) -> tuple[ask.Review, ...]:
    return tuple(
        ask.Review(id=one.id, kind=one.category, size=one.size, seed=one.seed, months=one.months)
        for one in reviews_of(state)
    )


def _kind(category: Category, kinds: Collection[str]) -> ask.VisitKind:
    return ask.VisitKind(
        id=category.id,
        minutes=category.minutes,
        counts_as=tuple(one for one in dict.fromkeys(category.counts_as) if one in kinds and one != category.id),
        skill=category.skill,
        level=category.level,
    )


def _contract(state: AreaState, item: Contract, spots: Spots) -> ask.Contract:
    position = place_at(state, item)
    assert position is not None
    return ask.Contract(
        id=item.id,
        client=item.client or item.place,
        spot=spots.index(position),
        signed=day_number(item.signed),
        first=day_number(item.first),
        last=None if item.end is None else day_number(item.end),
        # The first day planned is tomorrow.
        notice=max(0, notice_of(state, item) - 1),
        weekdays=tuple(sorted(WEEKDAYS.index(one) + 1 for one in set(item.weekdays))),
        promises=tuple(
            ask.Promise(
                id=one.id,
                kind=one.category,
                least=one.least,
                each=one.each,
                counted_from=one.counted_from,
                partial=one.partial,
                of=tuple(ask.PromiseShare(kind=share.category, least=share.least) for share in one.of),
                apart=one.apart,
            )
            for one in item.promises
        ),
        deadlines=tuple(
            ask.Deadline(
                id=one.id,
                kind=one.category,
                least=one.least,
                last=None if one.by is None else day_number(one.by),
                working_days=one.working_days,
                opens=one.opens,
                every_months=one.every_months,
            )
            for one in item.deadlines
        ),
        helper=item.helper,
        among=(item.helper,) if item.firm and item.helper is not None else item.only,
        minutes=item.minutes,
    )


def _helper(state: AreaState, key: str, days: Days, spots: Spots) -> ask.ContractHelper:
    item: Worker = state.workers[key].item
    base = base_of(state, key)
    assert base is not None
    rules, caps = state.policy.contracts, item.caps
    return ask.ContractHelper(
        id=key,
        spot=spots.index(base),
        mode=item.mode,
        skills=skills_of(item),
        weekdays=(),
        minutes=0,
        days=tuple(
            ask.DayMinutes(day=day_number(day), minutes=minutes) for day, minutes in rooms_of(state, key, days).items()
        ),
        way_minutes=rules.way_minutes,
        max_week=caps.contract_minutes_per_week if (caps.contract_minutes_per_week or 0) <= 7 * 1440 else None,
        max_contracts=min(10_000, rules.contracts_per_helper if caps.contracts is None else caps.contracts),
    )


def rooms_of(state: AreaState, worker: str, days: Days) -> dict[dt.date, int]:
    """The minutes ``worker`` has for visits of contracts on each of ``days`` on which they have any.

    That is their duties less breaks, absences and zones, no more than their caps.
    """
    item: Worker = state.workers[worker].item
    away = away_of(state, worker)
    found: dict[dt.date, int] = {}
    for duty in duties_of(state, worker, days.first, days.until - DAY):
        rests = sum(minutes for _, _, minutes in duty.breaks)
        minutes = (duty.end - duty.start) // _MINUTE - rests - lost(away, duty.start, duty.end)
        found[duty.day] = found.get(duty.day, 0) + minutes
    if item.terms is not None:
        found |= _assumed(state, worker, days)
    held = held_minutes(state).get(worker, 0)
    caps = [one for one in (item.caps.contract_minutes_per_day, 1440) if one is not None]
    if item.caps.minutes_per_day is not None:
        caps.append(item.caps.minutes_per_day - held)
    least = {day: min(minutes - held, *caps) for day, minutes in found.items()}
    return {day: minutes for day, minutes in sorted(least.items()) if minutes > 0}


def _assumed(state: AreaState, worker: str, days: Days) -> dict[dt.date, int]:
    """What somebody who works by roster is taken to work on days of which none is published yet."""
    published, tz = head_of_kind(state, ROSTER).until or dt.date.min, state.policy.time_zone
    away = state.workers[worker].away
    later = [day for day in days.all() if day >= published and day.weekday() < 5]
    return {
        day: _ASSUMED
        for day in later
        if not away or not lost(away, at_clock(day, "00:00", tz), at_clock(day + DAY, "00:00", tz))
    }


def _told(state: AreaState, contract: str, kinds: Collection[str], days: Days) -> Iterator[ask.ToldVisit]:
    """What was told of the days; it stays where a dispatcher chose it, and where it is a work order already."""
    for visit, order in standing_visits(state, contract):
        if days.first <= visit.day < days.until and visit.category in kinds:
            yield ask.ToldVisit(
                id=order_of(state.area, contract, visit.id).id,
                contract=contract,
                kind=visit.category,
                day=day_number(visit.day),
                helper=visit.helper if order is None else _who_goes(state, contract, visit),
                pin=visit.directed or order is not None,
            )


def _who_goes(state: AreaState, contract: str, visit: DatedVisit) -> str:
    """Who makes a visit that is an order: where its helper cannot be there that day, whoever the day sends instead."""
    order = state.orders.get(order_of(state.area, contract, visit.id).id)
    day = Days(visit.day, visit.day + DAY)
    there = visit.helper in state.active_workers() and visit.day in rooms_of(state, visit.helper, day)
    return visit.helper if there or order is None or not order.workers else order.workers[0]


def contract_inputs(state: AreaState, days: Days, today: dt.date) -> str:
    """A digest of all that visits on ``days`` are dated by, but of what was told and came about as it was."""
    policy, contracts = state.policy, known_contracts(state)
    kinds = kinds_of(state, contracts.values())
    people = [
        (
            key,
            state.workers[key].item.skills,
            state.workers[key].item.mode,
            state.workers[key].item.caps,
            base_of(state, key),
            list(rooms_of(state, key, days).items()),
        )
        for key in helpers_of(state, kinds.values())
    ]
    asked = [(replace(item, title=""), place_at(state, item)) for item in contracts.values()]
    chosen = [
        (key, visit.id, visit.day, visit.helper)
        for key in contracts
        for visit, order in standing_visits(state, key)
        if visit.day >= days.first and (visit.directed or (order is not None and order.put_off))
    ]
    since = days.first - _LATE_WORD
    lapsed = sorted(
        (key, one.outcome) for key, one in state.visit_orders.items() if one.outcome in LAPSED and one.day >= since
    )
    passed = [(key, one.id) for key in contracts for one in unopened(state, key, today) if one.day >= since]
    dates = [_since(contracts.values(), days, one) for one in (policy.holidays, policy.workdays)]
    rules = (policy.contracts, dates, policy.speeds, policy.time_zone, policy.seed)
    named = [replace(one, title="") for one in kinds.values()]
    late = _late(state, contracts, kinds, Days(since, today + DAY))
    record = (asked, sorted(left_aside(state)), named, chosen, lapsed, passed, late)
    return digest_of(days.first, days.until, record, people, rules)


def _late(
    state: AreaState, contracts: dict[str, Contract], kinds: dict[str, Category], days: Days
) -> list[tuple[str, str, int]]:
    """The promises and deadlines whose last day is one of ``days``, and that were not kept by then.

    That such a day passes is news: what was to be kept by it is overdue from then on, and dated anew.
    """
    spots = Spots()
    problem = ask.ContractProblem(
        area=state.area,
        day=day_number(days.first),
        last=day_number(days.until) - 1,
        holidays=_numbers(_since(contracts.values(), days, state.policy.holidays)),
        workdays=_numbers(_since(contracts.values(), days, state.policy.workdays)),
        spots=(),
        kinds=tuple(_kind(one, kinds) for one in kinds.values()),
        contracts=tuple(_contract(state, item, spots) for item in contracts.values()),
        helpers=(),
        history=tuple(history(state, contracts, kinds, days.until)),
        reviews=_reviews(state),
    )
    return [(problem.contracts[one.contract].id, one.promise, one.last) for one, _ in unkept(problem)]
