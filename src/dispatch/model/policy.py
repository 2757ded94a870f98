"""An area's policy: promises, notice, freeze, horizon, speeds and the weights of the plan, in minutes of time."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.contracts import Review
from dispatch.model.people import Weekday
from dispatch.model.travel import Speeds
from dispatch.model.words import Count, Line, Minutes, People, Price, Token, Weight


class Weights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a plan pays, in minutes: per minute travelled, per minute late, for changes, and for what stays out.

    ``unplanned`` is the price of an order of priority 0 that stays out; each priority step adds as much again. It is
    raised, for all orders alike, beyond what being late or changed may cost any of them: what can be done is planned.
    ``change_worker`` is paid per told order given to other people, ``change_minute`` per minute a told start moves.
    """

    travel: Weight = 1.0
    late: Weight = 2.0
    late_urgent: Weight = 10.0
    change_worker: Weight = 30.0
    change_minute: Weight = 0.5
    continuity: Weight = 10.0
    unplanned: Price = 600.0


class RosterPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the roster of an area is made. ``weeks``: whole weeks published beside the one that goes on.

    ``freeze_days``: days from today on in which the roster stays as it was published, but for who cannot come.
    ``budget``: rounds of search. The rest are prices, in minutes: a place fewer than wanted, nights, weekends and
    holidays beyond an equal share, a duty on a holiday at double pay, a published day changed, a unit of hour price.
    """

    weeks: Annotated[int, Meta(ge=0, le=12)] = 2
    freeze_days: Annotated[int, Meta(ge=0, le=31)] = 2
    budget: Annotated[int, Meta(ge=0, le=10_000)] = 30
    under: Weight = 50.0
    fair_nights: Weight = 5.0
    fair_weekends: Weight = 5.0
    fair_holidays: Weight = 10.0
    double_day: Weight = 0.0
    change: Weight = 20.0
    pay: Weight = 0.0


class ZonePolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How zones (片区) are given to helpers. ``away_days``: who is away as long or longer hands their zones on.

    Prices in minutes: ``moved`` a zone taken from who has it, ``distance`` a minute of way from base to zone,
    ``balance`` a minute of the heaviest workload, ``uncovered`` a zone with nobody, ``beyond`` a minute on foot farther
    than ``near``, ``compact`` a minute between a zone and the middle of its helper's zones. ``near`` is the
    quarter-hour circle of `DOMAIN.md`; nobody is given a zone that is more than ``far`` minutes on foot away.
    ``workload``: the minutes that are to be even. ``connected``: the zones of one helper hang together, by the zones'
    ``adjacent`` ("given") or by where they lie ("places"). ``budget``: units of search.
    """

    away_days: Annotated[int, Meta(ge=1, le=366)] = 14
    moved: Weight = 60.0
    distance: Weight = 1.0
    balance: Weight = 1.0
    uncovered: Price = 10_000.0
    beyond: Weight = 0.0
    compact: Weight = 0.0
    near: Minutes = 15
    far: Minutes | None = None
    workload: Literal["day", "week"] = "day"
    connected: bool = False
    neighbours: Literal["given", "places"] = "given"
    budget: Annotated[int, Meta(ge=0, le=10_000)] = 20


class RoundsPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How patrol rounds are planned ahead. ``days``: planned together, from the day after tomorrow on; 0: not at all.

    ``budget``: units of 1,000 changes tried. Starts nearer than ``min_jitter`` minutes to the same place in their band
    as one of the ``within`` before repeat it; the way over the checkpoints is at most the share ``detour`` longer than
    the shortest. ``change``: the price, in minutes, of a guard on a told walk who was not told of it.
    """

    days: Annotated[int, Meta(ge=0, le=31)] = 0
    budget: Annotated[int, Meta(ge=0, le=1_000)] = 5
    min_jitter: Annotated[int, Meta(ge=0, le=120)] = 3
    within: Annotated[int, Meta(ge=0, le=50)] = 3
    detour: Annotated[float, Meta(ge=0, le=10)] = 0.15
    change: Weight = 20.0


class ContractsPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How visits of contracts are dated: for the month that goes on and ``months`` more.

    ``freeze_days``: from today on dates stay so many days, and dated visits are opened as work orders; a contract may
    say otherwise (`Contract.notice_days`). ``margin_days``: a promise with no more days to spare is named as at risk.
    ``contracts_per_helper`` (`DOMAIN.md`: 40). ``way_minutes`` of a day are kept for the way to each contract.
    ``workdays``: Saturdays and Sundays worked (调休), which count as working days. ``reviews`` draw their samples.
    ``budget``: units of search. The rest are prices in minutes: a told date moved, a told visit given to somebody else,
    one called off, a minute of a full day, a minute of way, a visit by somebody other than the contract's helper.
    """

    months: Annotated[int, Meta(ge=0, le=12)] = 2
    freeze_days: Annotated[int, Meta(ge=0, le=31)] = 3
    margin_days: Annotated[int, Meta(ge=0, le=31)] = 2
    contracts_per_helper: Count = 40
    way_minutes: Annotated[int, Meta(ge=0, le=1440)] = 0
    workdays: Annotated[tuple[dt.date, ...], Meta(max_length=400)] = ()
    reviews: Annotated[tuple[Review, ...], Meta(max_length=20)] = ()
    budget: Annotated[int, Meta(ge=0, le=10_000)] = 20
    change_day: Weight = 120.0
    change_worker: Weight = 60.0
    called_off: Weight = 150.0
    even: Weight = 1.0
    near: Weight = 1.0
    continuity: Weight = 30.0


class InspectionLevel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One level of inspection (检查级别): who holds ``skill`` re-checks a ``share`` of the level below.

    ``least``: as much of it at least. ``per_day``: inspections of one person on one day at most. ``weight``: how much
    the mean mark of the level counts.
    """

    id: Token
    skill: Token
    share: Annotated[float, Meta(ge=0, le=1)] = 0.1
    least: Count = 1
    per_day: Annotated[int, Meta(ge=1, le=100)] = 4
    weight: Weight = 1.0


class InspectionPolicy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How work is re-checked: ``levels`` from the lowest (leader, supervisor, steward); none: not at all.

    A breach (整改通知) is re-checked ``recheck_days`` working days after it was found: days of ``weekdays`` that are no
    holidays of the area, and those ``worked`` instead (调休).
    """

    levels: Annotated[tuple[InspectionLevel, ...], Meta(max_length=10)] = ()
    recheck_days: Annotated[int, Meta(ge=0, le=250)] = 5
    weekdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    worked: Annotated[tuple[dt.date, ...], Meta(max_length=400)] = ()


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one area is run.

    ``urgent_promise_min``: on site within, at any hour (`DOMAIN.md`: 30). ``people_inside``: people inside a home
    unless the catalogue says otherwise (`DOMAIN.md`: 2). ``freeze_min``: visits that start within are not moved.
    ``notice_min``: told visits that start within are moved only when they can no longer stand, and who accepted one is
    asked again once it is moved by more.
    ``tell_ahead_min``: visits that start within are told to those concerned. ``horizon_days``: days planned ahead.
    ``plan_budget``: units of 500 rounds of search per improvement. ``follow_up_within_min``: minutes to the call-back.
    ``holidays``: public holidays (节假日) on the area's calendar; what they mean for somebody their terms say.
    """

    title: Line = ""
    time_zone: Annotated[str, Meta(max_length=64)] = "Asia/Shanghai"
    urgent_promise_min: Minutes = 30
    people_inside: People = 2
    households_per_helper: Count = 40
    freeze_min: Minutes = 15
    notice_min: Minutes = 120
    tell_ahead_min: Minutes = 24 * 60
    horizon_days: Annotated[int, Meta(ge=1, le=62)] = 7
    accept_within_min: Minutes = 15
    follow_up_within_min: Minutes = 3 * 24 * 60
    plan_budget: Annotated[int, Meta(ge=0, le=100_000)] = 40
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 1
    speeds: Speeds = Speeds()
    weights: Weights = Weights()
    holidays: Annotated[tuple[dt.date, ...], Meta(max_length=400)] = ()
    roster: RosterPolicy = RosterPolicy()
    zones: ZonePolicy = ZonePolicy()
    rounds: RoundsPolicy = RoundsPolicy()
    contracts: ContractsPolicy = ContractsPolicy()
    inspections: InspectionPolicy = InspectionPolicy()
