"""Teams made for a day: who works together on which day, and which jobs each team does. Data only.

Days are counted from 1 and have ``day_ticks`` ticks each; an instant is counted in ticks from the beginning of day 1,
so day ``d`` is ``[(d - 1) * day_ticks, d * day_ticks)``. What a tick lasts is the caller's choice. The problem is that
of the ROADEF/EURO challenge 2007 (technicians and interventions of a telephone company), with its weights as data.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, max_length=128)]
Level = Annotated[int, Meta(ge=1, le=1000)]
People = Annotated[int, Meta(ge=1, le=1000)]
DayNumber = Annotated[int, Meta(ge=1, le=100_000, description="1 = the first day planned")]
DayTicks = Annotated[int, Meta(ge=1, le=100_000)]
Price = Annotated[int, Meta(ge=0, le=2**40)]
Weight = Annotated[float, Meta(ge=0, le=1e9)]


class TeamNeed(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """At least ``people`` members of the team hold ``skill`` at ``level`` or above.

    One member may count for several needs of a job at once.
    """

    skill: Name
    level: Level
    people: People


class TeamJob(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of work of ``ticks``, done by one team without interruption within one day.

    It starts when every job in ``after`` has ended, or later. ``grade`` is its class of urgency, a key of the weights.
    ``price`` is what handing it to a contractor takes from the budget; unset: it cannot be handed out.
    """

    id: Name
    ticks: DayTicks
    grade: Name
    needs: tuple[TeamNeed, ...] = ()
    after: tuple[Name, ...] = ()
    price: Price | None = None


class TeamWorker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who works the whole day, every day but those in ``absent``. ``levels``: level held by skill."""

    id: Name
    levels: dict[Name, Level] = {}
    absent: tuple[DayNumber, ...] = ()


class TeamWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices: per tick of the latest end among the jobs of a grade (``grades``), per tick of the latest end of all
    (``last``), and per job that is neither planned nor handed out (``unplanned``). A grade without a price costs
    nothing of its own.
    """

    grades: dict[Name, Weight]
    last: Weight = 1.0
    unplanned: Weight = 100_000.0


class TeamProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="teams"):
    """Which teams on which day, which jobs each does and which go to contractors, so that urgent work ends early.

    A worker belongs to one team a day and a team stays as it is for the whole day; it has, for each of its jobs, the
    skills the job needs, and does one job at a time. The prices of the jobs handed out add up to ``contractor_budget``
    at most; what comes after a job handed out is handed out too. There is no last day.
    """

    area: Name
    day_ticks: DayTicks
    jobs: tuple[TeamJob, ...]
    workers: tuple[TeamWorker, ...]
    weights: TeamWeights
    contractor_budget: Price = 0
