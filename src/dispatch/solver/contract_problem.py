"""Visits promised by contracts, for weeks or months ahead: what was agreed, who may go, what was told. Data only.

Days are local, counted from 1970-01-01; a week runs from Monday to Sunday, weekdays are numbered 1 (Monday) to 7. All
spans of days include both ends. A *working day* is a Monday to Friday that is no holiday, or one of `workdays`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from dispatch.model.travel import Speeds
from dispatch.solver.problem import Cost, Day, Id, Skill, Spot, SpotIndex

Weekday = Annotated[int, Meta(ge=1, le=7, description="1 = Monday")]
DayCount = Annotated[int, Meta(ge=0, le=10_000)]
Times = Annotated[int, Meta(ge=1, le=1000)]
DayWork = Annotated[int, Meta(ge=0, le=1440, description="minutes of a day")]
WeekWork = Annotated[int, Meta(ge=0, le=10_080, description="minutes of a week")]
VisitMinutes = Annotated[int, Meta(ge=1, le=1440)]
Months = Annotated[int, Meta(ge=1, le=120)]
Each = Literal["week", "month", "quarter", "year"]


class VisitKind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of visit: how long it takes, the skill it asks for, and which other kinds it counts as as well.

    A safety check that counts as a visit keeps two promises on one day. ``counts_as`` is not followed further.
    """

    id: Id
    minutes: VisitMinutes
    counts_as: tuple[Id, ...] = ()
    skill: Id | None = None
    level: int = 0


class PromiseShare(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` of the visits promised count as ``kind``."""

    kind: Id
    least: Times


class Promise(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` visits that count as ``kind`` in every period, on days ``apart`` or more days apart.

    There are never two visits of one kind on one day, of different kinds there may be. Periods are calendar weeks,
    months, quarters or years, or with ``counted_from`` "start" as long, but counted from the contract's first day. Of a
    period that is cut short by the contract's first or last day, "whole" asks for all, "none" for nothing, and "share"
    for the part by days, rounded down; the same goes for the shares in ``of``.
    """

    id: Id
    kind: Id
    least: Times
    each: Each = "month"
    counted_from: Literal["calendar", "start"] = "calendar"
    partial: Literal["whole", "share", "none"] = "share"
    of: tuple[PromiseShare, ...] = ()
    apart: DayCount = 0


class Deadline(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``least`` visits that count as ``kind`` by a day: ``last``, or so many ``working_days`` after signing.

    A visit more than ``opens`` days before that day does not count (unset: from the day of signing on counts). With
    ``every_months`` it is due again so many months later each time (a yearly certificate: ``last`` is the last day on
    which the present one holds, ``every_months`` 12), and without ``opens`` counts from the day after the one before.
    """

    id: Id
    kind: Id
    least: Times = 1
    last: Day | None = None
    working_days: Annotated[int, Meta(ge=1, le=1000)] | None = None
    opens: DayCount | None = None
    every_months: Months | None = None


class Contract(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was agreed with a client about one place: holds from ``first`` to ``last`` (unset: no end).

    ``among`` names who may go (unset: everybody able), ``helper`` who is used to. ``notice``: what is told for the days
    from today on, today included, stays, and nothing new is dated there but what replaces a visit that was missed or
    failed, at the price `ContractWeights.short_notice`. ``weekdays`` are those agreed (none: any).
    ``minutes`` has the length of those kinds that take longer or shorter here.
    """

    id: Id
    client: Id
    spot: SpotIndex
    signed: Day
    first: Day
    last: Day | None = None
    notice: DayCount = 0
    weekdays: tuple[Weekday, ...] = ()
    promises: tuple[Promise, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    helper: Id | None = None
    among: tuple[Id, ...] | None = None
    minutes: dict[Id, VisitMinutes] = {}


class DayMinutes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody has for visits on one day, where it is not as on other days."""

    day: Day
    minutes: DayWork


class ContractHelper(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who visits clients: base, skills, days and minutes worked, caps.

    They work on ``weekdays`` and on `workdays`, ``minutes`` a day; ``days`` says otherwise of single days. Nobody works
    on a holiday or on a day in ``absent``. ``way_minutes`` of the day are kept for the way to each contract visited on
    it. ``max_week`` bounds the minutes of visits in a week, ways not counted, ``max_contracts`` the contracts that have
    any visit of theirs in the plan, and those that have one in the month of the first day planned, made or planned.
    """

    id: Id
    spot: SpotIndex
    mode: str = "walk"
    skills: tuple[Skill, ...] = ()
    weekdays: tuple[Weekday, ...] = (1, 2, 3, 4, 5)
    minutes: DayWork = 480
    days: tuple[DayMinutes, ...] = ()
    absent: tuple[Day, ...] = ()
    way_minutes: DayWork = 0
    max_week: WeekWork | None = None
    max_contracts: Annotated[int, Meta(ge=0, le=10_000)] | None = None


class PastVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came of a visit before the first day planned. Only what was ``done`` counts, for promises and for spacing.

    ``missed``: nobody was in or nobody came; ``failed``: somebody came, and it must be done again.
    """

    contract: Id
    kind: Id
    day: Day
    helper: Id | None = None
    outcome: Literal["done", "missed", "failed"] = "done"


class ToldVisit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A visit a client was told of. It may be moved or called off at a price, not with ``pin`` or inside the notice."""

    id: Id
    contract: Id
    kind: Id
    day: Day
    helper: Id
    pin: bool = False


class Review(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In every calendar quarter, one visit of ``kind`` to each of ``size`` clients drawn by ``seed``.

    Drawn are clients with a contract signed more than ``months`` months before the quarter's first day and in force on
    it, as `draw_sample` says. The visit is due within the quarter, at the first such contract of the client by id.
    """

    id: Id
    kind: Id
    size: Times
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    months: Annotated[int, Meta(ge=0, le=120)] = 2


class ContractWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices in minutes.

    Per promise broken, whatever is short of it (``broken``: more than all else can come to, so that the number is
    least), and per visit short, part by part (``short``); per visit that a period which goes on behind the last day is
    behind its share (``pace``); per minute of visits (``work``); per minute of a day's work, times the part of the day
    that is taken (``even``); per minute of the shortest tree that joins a helper's base and places of a day (``near``);
    per told visit on another day, with another helper, or called off; per visit by somebody other than the contract's
    helper, or per helper beyond the first where it has none (``continuity``); and per visit inside the notice that was
    not told so (``short_notice``).
    """

    broken: Cost = 10_000.0
    short: Cost = 500.0
    pace: Cost = 300.0
    work: Cost = 1.0
    even: Cost = 1.0
    near: Cost = 1.0
    change_day: Cost = 120.0
    change_worker: Cost = 60.0
    called_off: Cost = 150.0
    continuity: Cost = 30.0
    short_notice: Cost = 240.0


class ContractProblem(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="contracts"
):
    """Which visit on which day by whom, from ``day`` to ``last``, so that what contracts promise is kept.

    ``day`` is the first day planned; what was before is `history`. A promise whose period ends by ``last`` is kept or
    broken by the plan; one whose period goes on is on pace or behind it. A promise that has no more than ``margin``
    days to spare is named as at risk.
    """

    area: Id
    day: Day
    last: Day
    holidays: tuple[Day, ...] = ()
    workdays: tuple[Day, ...] = ()
    spots: tuple[Spot, ...]
    speeds: Speeds = Speeds()
    kinds: tuple[VisitKind, ...]
    contracts: tuple[Contract, ...]
    helpers: tuple[ContractHelper, ...]
    history: tuple[PastVisit, ...] = ()
    told: tuple[ToldVisit, ...] = ()
    reviews: tuple[Review, ...] = ()
    weights: ContractWeights = ContractWeights()
    margin: DayCount = 2
