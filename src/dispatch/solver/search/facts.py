"""What the search knows and what it changes, as records in flat arrays.

A *task* is one person's part in a visit; tasks bound to each other (a crew, or two visits with a gap) form a *group*,
which is planned as a whole. A *node* is a task, or the head or tail of a duty: the head of duty ``d`` is node
``tasks + d``, its tail ``tasks + duty_count + d``. Times are ticks as floats (whole ticks stay exact up to 2**53).

The last tasks are no visits: every duty has one for each *store*, a group of its own, on its route while something on
it needs the store. Visits' tasks are those below ``visits``, and their groups come first, too.

Each class below names the fields of a record; `record` makes the NumPy type of it. Few arrays of records rather than
many of numbers: what is needed together lies together, and a call hands on few arguments.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, NamedTuple, Protocol, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Words = NDArray[np.uint64]
Kind_co = TypeVar("Kind_co", covariant=True)
Wide = Annotated[int, np.int64]
"""A whole number of 64 bits in a record: a set of tools, or packed counts of parts."""

NEVER = 1e18
"""A moment that never comes, and a cost nobody pays."""
FREE, APART, SAME = range(3)
"""What a tie says of the workers at two tasks: nothing, different people, one and the same."""
CAPS = 4
"""Caps counted per duty: visits, ticks of work, weight, households."""


class Records(Protocol[Kind_co]):
    """An array of records, as far as the search uses it."""

    def __getitem__(self, index: Any, /) -> Kind_co: ...
    def __setitem__(self, index: Any, record: Any, /) -> None: ...
    def __len__(self) -> int: ...


class Node(Protocol):
    """What never changes of a node: where, how long, first and last start, its prices.

    Windows are ``spans[window_from:window_to]``; only looked at where a node has several. ``spot`` may be the last
    one, nowhere, from and to which all ways are 0. A tail ``closes`` with all overtime; after ``due``, its regular
    end, overtime costs ``late_weight`` a tick. ``able`` is ``able[able_from:able_to]``. ``household`` -1: none. Tasks
    of a group with the same ``day_of`` (-1: none) go onto duties of one day. ``ticks`` of a task are those of whom
    nothing else is said: `Able` has those of everybody, which for a visit (``visits`` 1, of a store 0) are work.
    ``tools`` are a bit each; ``parts`` counts packed side by side, each below a guard bit that is 0. Shared tools are
    ``spans[shared_from:shared_to]``: the first of the rows in which a tool is counted, and its pieces.
    """

    spot: int
    joint: int
    window_from: int
    window_to: int
    able_from: int
    able_to: int
    household: int
    day_of: int
    shared_from: int
    shared_to: int
    ticks: float
    opens: float
    closes: float
    due: float
    late_weight: float
    told: float
    told_weight: float
    visits: float
    weight: float
    tools: Wide
    parts: Wide


class Able(Protocol):
    """A duty that may take a task: what the person costs, the moment before which they may not set out, the ticks they
    take, and its own windows ``spans[window_from:window_to]``, fewer than the task's where a certificate holds for a
    part of the duty, or others are done sooner.
    """

    duty: int
    window_from: int
    window_to: int
    fixed: float
    depart: float
    ticks: float


class Group(Protocol):
    """Tasks ``members[first:first + size]``; ``lag`` is where their k × k tables of least starts apart, and of `FREE`,
    `APART` and `SAME` people, begin. What is ``held`` is never taken off: it must be planned, at this one moment, with
    these people. Its joints are those from ``joint_from`` to ``joint_to``: one, or several of which one person may do
    some in a row.
    """

    first: int
    size: int
    lag: int
    held: int
    joint_from: int
    joint_to: int
    price: float
    far: float


class Joint(Protocol):
    """Tasks ``members[first:first + size]`` of a ``group`` whose starts settle at once, on a route each. The group has
    ``wide`` tasks, and ``behind`` joints behind this one, which may wait for it; it waits for those before it only.
    """

    group: int
    first: int
    size: int
    wide: int
    behind: int


class Duty(Protocol):
    """A duty: whose it is, its local day, means of travel, absences ``spans[block_from:block_to]``, breaks
    ``spans[rest_from:rest_to]`` (first start, last start, ticks), ``plain`` if it has neither, its price, its caps,
    tools and parts carried from the start; ``guards`` are the guard bits between packed counts.
    Duties of one ``kin`` are alike in everything, so of those still empty only one need be looked at.
    Duties that share the caps of a worker's day have a ``pool``, the load that counts for all of them (-1: none).
    ``spans[course_from:course_to]`` are the knots of the course of its means of travel (moment, course, speed), none
    where ways always take as long as on free roads. Of the moments at which shared tools are counted it lasts over
    those from ``moment_from`` to ``moment_to``.
    """

    worker: int
    day: int
    mode: int
    plain: int
    kin: int
    pool: int
    block_from: int
    block_to: int
    rest_from: int
    rest_to: int
    course_from: int
    course_to: int
    moment_from: int
    moment_to: int
    price: float
    max_visits: float
    max_work: float
    day_visits: float
    day_work: float
    max_weight: float
    max_households: float
    tools: Wide
    parts: Wide
    guards: Wide


class Stop(Protocol):
    """What changes of a node. ``next``, ``prev``, ``duty`` are -1 off a route.

    ``ready`` is the end of work; ``ahead`` the ticks to what follows; ``late``: no later start lets the rest of the
    route be done, breaks left out of account; ``free``: no start up to it adds to what the rest of the route pays, or
    moves a task of a larger group; ``key`` rises along every route, and from joint to joint where ties are an order,
    one for all of a joint: the order in which times settle (the start itself where no tasks are tied); ``epoch`` is
    that of the log it last came into; ``taken`` breaks
    lie behind it; ``ticks`` is how long whoever does it takes; ``soft`` is what its time costs, with what traffic adds
    to the way there, ``fixed`` what the person costs. Of a tail, ``start`` is the end of the duty and ``soft`` its
    overtime, kept only where that is paid or there is traffic. ``ahead`` is as on free roads. The pieces of route up to
    and from it as least duration, earliest and latest start that give it stand in ``before_*`` and ``after_*``, kept
    only where duration is paid.
    """

    next: int
    prev: int
    duty: int
    taken: int
    start: float
    ready: float
    ahead: float
    late: float
    free: float
    key: float
    epoch: float
    depart: float
    ticks: float
    soft: float
    fixed: float
    before_long: float
    before_early: float
    before_late: float
    after_long: float
    after_early: float
    after_late: float


class Load(Protocol):
    """What changes of a duty: number of visits, ticks under way as on free roads, ticks from latest start to end, each
    cap used; what times and people cost (``soft``), of which ``slow`` for traffic, and the greatest lateness,
    ``latest_by``, 0 if nothing is late; the ``store`` on its route, else -1, and the parts ``left`` of those carried
    when it is reached, or at the end.
    ``households`` are counted where the duty has a cap on them only.
    """

    count: int
    store: int
    travel: float
    span: float
    soft: float
    slow: float
    latest_by: float
    visits: float
    work: float
    weight: float
    households: float
    left: Wide


class Gap(Protocol):
    """A gap a task may go into: behind ``node``, by ``entry`` of `Facts.able`, for at least ``cost``.

    In the upper half of the list stands for each the detour to a store that goes with it, kept only where visits need
    tools or parts: ``node`` is the store or -1, ``entry`` the node behind which it must go, maybe the task, ``cost``
    the part of the gap's cost that no timing changes.
    """

    node: int
    entry: int
    cost: float


class Entry(Protocol):
    """Of the log: what a node was before it was retimed."""

    node: int
    taken: int
    start: float
    ready: float
    soft: float


class Waiting(Protocol):
    """Of the heap: a joint to look at."""

    joint: int
    key: float


class Choice(Protocol):
    """Per task of the group in hand: the node behind which it goes, its entry, the store it needs (-1: none) and the
    node behind which that goes, maybe the task; the part of the cost no timing changes; where the search stands;
    the store ``parked`` off the route meanwhile (-1: none). Of a group of several joints also the gaps on the routes
    of those chosen before it, from ``row_from`` to ``row_to``; and, per joint, its ``rank`` in the order of keys.
    """

    node: int
    entry: int
    store: int
    store_behind: int
    best_node: int
    best_entry: int
    best_store: int
    best_store_behind: int
    parked: int
    gap_from: int
    gap_to: int
    row_from: int
    row_to: int
    at: int
    rank: int
    breaks: int
    start: float
    kept: float
    bound: float
    sure: float
    key_low: float
    key_high: float


class Count(Protocol):
    """How much is in use of each list, how many visits are on no route (``missing``: where the search stands, not what
    it tries), the greatest lateness of the routes, and the ticks of work on the fullest duty.
    """

    heap: int
    log: int
    touched: int
    removed: int
    followers: int
    stamp: int
    kinds: int
    missing: int
    greatest: float
    fullest: float
    epoch: float


@cache
def record(kind: type) -> np.dtype[Any]:
    """The record type with the fields of ``kind``: 32-bit whole numbers, 64-bit ones (`Wide`) and 64-bit floats."""
    types: dict[object, type[np.generic]] = {int: np.int32, float: np.float64, Wide: np.int64}
    hints = get_type_hints(kind, include_extras=True)
    return np.dtype([(name, types[hint]) for name, hint in hints.items()], align=True)


class Facts(NamedTuple):
    """A problem by index; nothing here ever changes. ``near`` lists for every task those near it, -1 at the end;
    ``entry`` is a task's place in ``able`` for each duty, -1 where it is not able. With ``sparse`` only gaps beside
    near tasks are looked at. ``way`` is by mode, from, to; ``back`` by mode, to, from.

    Both are as on free roads; with ``traffic`` somebody may take longer.

    With ``stocked`` some visit needs tools or parts. They are had at the stores: of ``n`` the ``k``-th is for duty
    ``d`` task ``visits + d * n + k``. With ``overtime`` some duty may go on at a price, or there is traffic; with
    ``partly`` some person may do a task in a part of its windows only, with ``paced`` some take longer or shorter for
    it than others, with ``dayed`` some tasks are bound to one day, with ``crooked`` somebody may be sooner at a task
    who does another on the way. So many tools are ``shared``: from row ``shelf`` of
    `Routes.loads` on each has ``shelf_rows`` (see `shelves`), of which those named from ``spans[owned]`` on count one
    from the beginning. With ``joined`` the pieces of route tell the
    duration exactly; else a walk does.
    """

    tasks: int
    visits: int
    duty_count: int
    group_count: int
    nodes: Records[Node]
    able: Records[Able]
    groups: Records[Group]
    joints: Records[Joint]
    duties: Records[Duty]
    members: Ints
    lag: Floats
    person: Ints
    spans: Floats
    near: Ints
    entry: Ints
    way: Floats
    back: Floats
    travel_weight: float
    duration_weight: float
    greatest_weight: float
    fair_weight: float
    overtime: bool
    traffic: bool
    partly: bool
    paced: bool
    dayed: bool
    tied: bool
    sparse: bool
    crooked: bool
    stocked: bool
    joined: bool
    shared: int
    shelf: int
    shelf_rows: int
    owned: int


class Routes(NamedTuple):
    """All routes at one moment: a `Stop` per node, a `Load` per duty, and more for what several duties share."""

    stops: Records[Stop]
    loads: Records[Load]


class Work(NamedTuple):
    """Room to work in. ``removed`` groups, ``touched`` duties, ``followers`` of removed tasks and ``list`` are lists;
    ``mark`` flags duties, groups or both, always cleared after use; ``seen`` holds the stamp of the last look at a
    kind of duty; ``idle`` is, by kind, the first duty with nothing on it while routes are recreated in a sparse
    problem (-1: none); ``is_touched`` and ``is_heaped`` are kept. While the log is empty it holds a route walked
    along. What stores are needed for the gaps listed stands in the upper half of ``gaps``. Arrays are few because each
    call hands all of them on.
    """

    random: Words
    counts: Records[Count]
    heap: Records[Waiting]
    log: Records[Entry]
    gaps: Records[Gap]
    choice: Records[Choice]
    order: Ints
    removed: Ints
    touched: Ints
    followers: Ints
    list: Ints
    score: Floats
    is_heaped: Bools
    is_touched: Bools
    mark: Bools
    seen: Ints
    idle: Ints
