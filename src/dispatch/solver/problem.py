"""What there is to plan: the routing problem of an area, and with it the problems of every other kind. Data only.

Time is counted in ticks of ``tick_seconds`` from ``origin``; 60 seconds unless data is finer. All spans are
half-open. Ids are whatever the caller uses; a plan speaks of visits, workers and duties by these ids. No
personal data of residents ever stands in a problem.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from dispatch.model.travel import Speeds
from dispatch.solver.words import Cost, Count, Day, Id, Price, Rate, Skill, SkillAsked, Spot, SpotIndex, Tick, Ticks
from dispatch.solver.zone_problem import ZoneHelper, ZoneProblem, ZoneToGive, ZoneWeights

__all__ = [
    "Cost",
    "Count",
    "Day",
    "DayCap",
    "Duty",
    "Id",
    "Matrix",
    "Pin",
    "Price",
    "Rate",
    "Rest",
    "RouteProblem",
    "RouteWeights",
    "SharedTool",
    "Skill",
    "SkillAsked",
    "Span",
    "Spot",
    "SpotIndex",
    "Store",
    "Tick",
    "Ticks",
    "Tie",
    "Told",
    "Traffic",
    "Visit",
    "Worker",
    "ZoneHelper",
    "ZoneProblem",
    "ZoneToGive",
    "ZoneWeights",
]


class Span(Struct, frozen=True, array_like=True):
    """Half-open ``[start, end)`` in ticks."""

    start: Tick
    end: Tick


class Matrix(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Travel times in ticks between spots by mode, row = from, column = to. Replaces speeds where given."""

    ticks: dict[str, tuple[tuple[Ticks, ...], ...]]


class Traffic(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Busy roads: within ``span`` who goes by ``mode`` gets on at ``speed`` percent of what the ways say.

    The speed changes under way, too, so that nobody who sets out later arrives earlier (Ichoua, Gendreau and Potvin
    2003). A way of ``w`` ticks is ``100 w`` long; a tick within the span covers ``speed`` of it, one outside 100; over
    is the way with the first whole tick by which all is covered. At 50 percent it takes twice as long. Spans of one
    mode do not overlap; what comes every day has a span for every day.
    """

    mode: str
    span: Span
    speed: Annotated[int, Meta(ge=1, le=100, description="percent")]


class Rest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A break of ``ticks`` somewhere within ``span``. It is taken wherever the worker is and needs no travel."""

    span: Span
    ticks: Ticks


class Duty(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One worker's working time that begins on the local ``day``, the thing a route belongs to.

    ``midnights``: where the following days begin, in order, for a duty that reaches into them; skills must hold on
    the days of the work.
    ``start_spot``: where they are at ``span.start``; ``end_spot``: where they must be by ``span.end`` (unset:
    anywhere). ``absences`` are spans in which they neither work nor travel. ``max_visits``/``max_ticks``/
    ``max_weight``/``max_households`` are caps of this duty alone (what is left of them); unset = no cap; `DayCap`
    bounds all duties of a day together. Work is the ticks of visits; a stop at a store counts against no cap.
    ``price`` is paid once if the duty has any visit. Up to ``overtime`` ticks after ``span.end`` may be worked and
    travelled, at ``overtime_price`` a tick; breaks stay within ``span``. Breaks, absences and midnights may lie outside
    of it, and ask for nothing then: as a day goes on, duties are cut to what is left of them. ``taken`` are shared
    tools (by id) that are along already, whatever is planned.
    """

    id: Id
    day: Day
    span: Span
    start_spot: SpotIndex
    end_spot: SpotIndex | None = None
    rests: tuple[Rest, ...] = ()
    absences: tuple[Span, ...] = ()
    max_visits: Count | None = None
    max_ticks: Ticks | None = None
    max_weight: Ticks | None = None
    max_households: Count | None = None
    price: Price = 0.0
    overtime: Ticks = 0
    overtime_price: Rate = 0.0
    midnights: tuple[Tick, ...] = ()
    taken: tuple[Id, ...] = ()


class DayCap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left of a worker's caps for all their duties of ``day`` together: work already done that day, on these
    duties or others, and zone work taken off; unset = no cap.
    """

    day: Day
    max_visits: Count | None = None
    max_ticks: Ticks | None = None


class Worker(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who can be sent: how they travel, what they can, when they work, how much of it a day (``caps``).

    Duties do not overlap, overtime included. ``tools`` are carried all the time; ``parts`` counts what is in the bag
    when a duty begins.
    """

    id: Id
    mode: str = "walk"
    skills: tuple[Skill, ...] = ()
    duties: tuple[Duty, ...] = ()
    caps: tuple[DayCap, ...] = ()
    tools: tuple[Id, ...] = ()
    parts: dict[Id, int] = {}


class Store(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a worker may pass by, for ``ticks``: from then on they have every tool, and parts without limit.

    It is open at any time, to any number of workers, any number of times; its id is none of a visit's. It is not set
    out for before ``now``.
    """

    id: Id
    spot: SpotIndex
    ticks: Ticks = 0


class SharedTool(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tool of which the company owns some pieces: a visit asks for it by ``id`` among its ``tools``.

    Whoever has such a visit on a duty takes a piece along from the beginning of the duty to its end, overtime included;
    at any moment at most ``pieces`` duties have one. A worker who carries the tool (`Worker.tools`) needs none, nor
    does a duty that has one already (`Duty.taken`): ``pieces`` are what is left. Stores have none.
    """

    id: Id
    pieces: Count


class Pin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fixed choice: these ``workers``, each once however often named, and this ``start`` where given. Never moved,
    never dropped.

    ``why`` is ``pinned`` (a dispatcher said so), ``frozen`` (too near) or ``under_way``.
    """

    workers: tuple[Id, ...]
    start: Tick | None = None
    why: str = "pinned"


class Told(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people were last told: these ``workers`` at ``start``. Changing it costs."""

    workers: tuple[Id, ...]
    start: Tick


class Visit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One time on site by ``people`` people at once for ``ticks``.

    ``ticks_by`` has the ticks of those workers (by id) who take longer or shorter; of a crew all start together, and
    each is done in their own time. Everybody sent holds ``skill`` at ``level`` and each of ``also`` on every day of the
    work. The whole visit lies inside one of ``windows``, for everybody sent. Starting after
    ``due`` costs ``late_weight`` a tick. ``price`` is paid if it stays out. ``among`` restricts who may go (unset:
    everybody able); ``never`` excludes; ``keep`` names the household's or zone's own workers. ``cover``: one of the
    rounds, of which one left out weighs more in the search than the prices of all other visits without a pin.
    ``weight`` counts against the duty's ``max_weight``, ``household`` (several visits may be to the same one) against
    its ``max_households``. ``tools`` and ``parts`` must be with each worker sent: carried from the start, or taken at a
    store before; of a `SharedTool` a piece each. Parts are used up. Who is named but not among the workers (off today,
    say) counts as nobody.
    """

    id: Id
    spot: SpotIndex
    ticks: Ticks
    ticks_by: dict[Id, Ticks] = {}
    windows: Annotated[tuple[Span, ...], Meta(min_length=1)]
    people: Annotated[int, Meta(ge=1, le=8)] = 1
    skill: Id | None = None
    level: int = 0
    also: tuple[SkillAsked, ...] = ()
    due: Tick | None = None
    late_weight: Rate = 0.0
    price: Price = 600.0
    among: tuple[Id, ...] | None = None
    never: tuple[Id, ...] = ()
    keep: tuple[Id, ...] = ()
    pin: Pin | None = None
    told: Told | None = None
    cover: bool = False
    weight: Ticks = 0
    household: Id | None = None
    tools: tuple[Id, ...] = ()
    parts: dict[Id, int] = {}


class Tie(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two visits bound to each other: ``then`` starts ``least`` to ``most`` ticks after ``first`` starts.

    ``least`` 0 and ``most`` 0: the same moment. ``most`` None: any time from ``least`` on; with the ticks of ``first``
    as ``least``, once ``first`` is done. ``least`` negative: ``then`` may start so many ticks before ``first``; None:
    any time before it, so with both None in any order and however far apart. With ``same_day`` all duties on which
    the two are done have the same ``day``. With ``workers`` "different" nobody is at both, with "same" at least one
    and the same person is. If one of them stays out, so does the other.
    """

    first: Id
    then: Id
    least: Tick | None = 0
    most: Ticks | None = 0
    same_day: bool = False
    workers: Literal["any", "different", "same"] = "different"


class RouteWeights(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices in minutes: per tick travelled, as long as traffic makes it; per told visit given to others, per tick a
    told start moves, per visit not done by the worker it is used to; per tick of a duty from the latest start that
    keeps its end to that end (``duration``); per tick of the greatest lateness of any visit after its ``due``; and per
    tick by which the work on the fullest duty exceeds the mean over all duties, those without any included (``fair``:
    one worker more lowers the mean, and may make the best plan dearer).
    Lateness and staying out are priced per visit, a duty and its overtime per duty.
    """

    travel: Rate = 1.0
    change_worker: Rate = 30.0
    change_tick: Rate = 0.5
    continuity: Rate = 10.0
    duration: Rate = 0.0
    greatest_late: Rate = 0.0
    fair: Rate = 0.0


class RouteProblem(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="problem", tag="routes"):
    """Who goes where, when, in what order, in one area.

    ``now``: no visit without a pin starts earlier. ``spots`` are referred to by index. Travel is ``speeds`` over the
    spots' positions, or ``matrix``; both say how long ways take on free roads, ``traffic`` when they take longer.
    """

    area: Id
    origin: Annotated[dt.datetime, Meta(tz=True)]
    tick_seconds: Annotated[int, Meta(ge=1, le=3600)] = 60
    now: Tick = 0
    spots: tuple[Spot, ...]
    speeds: Speeds | UnsetType = UNSET
    matrix: Matrix | UnsetType = UNSET
    traffic: tuple[Traffic, ...] = ()
    workers: tuple[Worker, ...]
    visits: tuple[Visit, ...]
    ties: tuple[Tie, ...] = ()
    stores: tuple[Store, ...] = ()
    shared: tuple[SharedTool, ...] = ()
    weights: RouteWeights = RouteWeights()
