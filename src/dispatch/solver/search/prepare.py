"""A route problem as the flat arrays of the search, and routes with nothing on them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from typing import Any

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from dispatch.solver.problem import RouteProblem
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.able import Ability, Entries, longest
from dispatch.solver.search.facts import (
    NEVER,
    Duty,
    Facts,
    Group,
    Ints,
    Joint,
    Node,
    record,
)
from dispatch.solver.search.shelves import Shelves
from dispatch.solver.search.stock import Stock
from dispatch.solver.search.tasks import Tasks, lags, open_by_ties, persons
from dispatch.solver.search.ways import NEAR, Grounds, is_crooked, neighbours

MUST = 1e9
"""Price of leaving out a round, which comes before whatever else there is."""
PINNED = 100 * MUST
"""Price of leaving out what is pinned: no rounds are worth it. Higher, and the search would not see small gains."""
NEXT_TO_NOTHING = 1e-9
"""Price of a tick that costs nothing by itself."""


def _starts(compiled: Compiled, index: int) -> tuple[tuple[float, float], ...]:
    """When a visit may start: not before what people were told, as long as that lies in a window."""
    visit = compiled.visits[index]
    windows = tuple((float(first), float(last)) for first, last in compiled.windows[index])
    if visit.told is None or visit.pin is not None:
        return windows
    told = float(visit.told.start)
    held = tuple((max(first, told), last) for first, last in windows if last >= told)
    return held if any(first == told for first, _ in held) else windows


def prepare(
    compiled: Compiled, grounds: Grounds | None = None, standing: Set[int] | None = None
) -> tuple[Facts, Tasks]:
    """The problem as arrays, and which task is which. ``grounds`` are known from a problem before, where given.

    ``standing`` are the visits that are planned already, where that is known: no pin among them is given up for one
    that is not.
    """
    problem = compiled.problem
    tasks = Tasks(compiled)
    stock = Stock(problem)
    used = sorted({visit.spot for visit in problem.visits} | _duty_spots(compiled) | stock.spots())
    place = {spot: index for index, spot in enumerate(used)}
    way, back = (grounds or Grounds()).of(compiled, used)
    spans: list[tuple[float, float, float]] = []
    entries = Entries()
    nodes = _nodes(compiled, tasks, place, spans, entries)
    lag: list[float] = []
    person: list[int] = []
    prices = [price_of(problem, group, standing) + _share(problem, group) for group in tasks.groups]
    groups, joints = _groups(compiled, tasks, lag, person, nodes, way, prices)
    duties = _duties(compiled, spans)
    visits, able = len(tasks.visit), entries.records()
    partly = any((able["window_from"][one["able_from"] : one["able_to"]] != one["window_from"]).any() for one in nodes)
    near, entry = neighbours(way, nodes["spot"][:visits]), entries.by_duty(len(compiled.duties))
    stock.carry(compiled, nodes[:visits], tasks.visit, duties)
    shelves = Shelves(compiled, max(len(duties), int(duties["pool"].max(initial=-1)) + 1))
    shelves.lay(compiled, nodes[:visits], tasks.visit, spans)
    shelves.meet(duties)
    nodes, groups, joints = stock.add_stores(compiled, place, nodes, groups, joints, entries, spans)
    stores, owned = len(nodes) - visits - 2 * len(compiled.duties), shelves.own(spans)
    facts = Facts(
        tasks=visits + stores,
        visits=visits,
        duty_count=len(compiled.duties),
        group_count=len(groups),
        nodes=nodes,
        able=entries.records(),
        groups=groups,
        joints=joints,
        duties=duties,
        members=np.concatenate((*tasks.members, np.arange(visits, visits + stores))).astype(np.int32),
        lag=np.array(lag, dtype=np.float64),
        person=np.array(person, dtype=np.int32),
        spans=np.array(spans, dtype=np.float64).reshape(-1, 3),
        near=near,
        way=way,
        back=back,
        travel_weight=float(problem.weights.travel),
        duration_weight=float(problem.weights.duration),
        greatest_weight=float(problem.weights.greatest_late),
        fair_weight=float(problem.weights.fair),
        overtime=bool((nodes["late_weight"][visits + stores :] > 0).any()) or bool(compiled.busy),
        traffic=bool(compiled.busy),
        tied=any(len(members) > 1 for members in tasks.members),
        sparse=visits > 3 * NEAR,
        crooked=problem.matrix is not UNSET and is_crooked(way, _least_ticks(problem, place)),
        stocked=stock.short,
        partly=partly,
        paced=bool(compiled.paces.of),
        dayed=bool((nodes["day_of"] >= 0).any()),
        joined=not partly and _joined(compiled, nodes, duties, tasks),
        entry=entry,
        shared=len(shelves.tools),
        shelf=shelves.first,
        shelf_rows=shelves.rows,
        owned=owned,
    )
    _find_kin(facts, compiled, shelves)
    return facts, tasks


def _least_ticks(problem: RouteProblem, place: dict[int, int]) -> dict[int, int]:
    """For every spot (by ``place``) of a visit or a store the ticks that a stop there takes at least."""
    least: dict[int, int] = {}
    stops = [(visit.spot, min([visit.ticks, *visit.ticks_by.values()])) for visit in problem.visits]
    # Nobody passes by a store whose spot has no place: all there is at it is carried.
    stops += [(store.spot, store.ticks) for store in problem.stores if store.spot in place]
    for spot, ticks in stops:
        least[place[spot]] = min(ticks, least.get(place[spot], ticks))
    return least


def _joined(compiled: Compiled, nodes: NDArray[np.void], duties: NDArray[np.void], tasks: Tasks) -> bool:
    """Whether three numbers for a piece of route tell how long it lasts: one window each, nothing that holds it."""
    return bool(
        duties["plain"].all()
        and (nodes["window_to"] - nodes["window_from"] <= 1).all()
        and (nodes["late_weight"][: len(tasks.visit)] == 0).all()
        and (nodes["told_weight"] == 0).all()
        and all(len(members) == 1 for members in tasks.members)
        and all(compiled.problem.now <= duty.start for duty in compiled.duties)
        and not compiled.busy
    )


def _nodes(
    compiled: Compiled,
    tasks: Tasks,
    place: dict[int, int],
    spans: list[tuple[float, float, float]],
    entries: Entries,
) -> NDArray[np.void]:
    """A record per node; windows and able duties are added to ``spans`` and ``entries``."""
    problem, count, duties = compiled.problem, len(tasks.visit), len(compiled.duties)
    nodes = np.zeros(count + 2 * duties, dtype=record(Node))
    nodes["spot"], nodes["due"], nodes["household"], nodes["day_of"] = len(place), NEVER, -1, -1
    households: dict[str, int] = {}
    able, by_ties = Ability(compiled, tasks.out_of_reach), open_by_ties(compiled, tasks)
    for task, index in enumerate(tasks.visit):
        visit, node = problem.visits[index], nodes[task]
        starts = _starts(compiled, index)
        if index in by_ties:
            opens, closes = by_ties[index]
            cut = ((max(first, opens), min(last, closes)) for first, last in starts)
            starts = tuple((first, last) for first, last in cut if first <= last)
        node["spot"], node["ticks"] = place[visit.spot], visit.ticks
        node["window_from"] = len(spans)
        spans += [(first, last, 0.0) for first, last in starts]
        node["window_to"] = len(spans)
        node["opens"], node["closes"] = (starts[0][0], starts[-1][1]) if starts else (NEVER, -NEVER)
        node["able_from"] = len(entries)
        duties_of, price, depart, ticks = able.of(index, task - tasks.of_visit[index][0])
        entries.add(duties_of, price, depart, ticks, _own_windows(compiled, index, duties_of, node, spans))
        node["able_to"] = len(entries)
        node["visits"], node["weight"] = 1.0, visit.weight
        if visit.household is not None:
            node["household"] = households.setdefault(visit.household, len(households))
        if task == tasks.of_visit[index][0]:
            if visit.due is not None and (visit.late_weight > 0 or problem.weights.greatest_late > 0):
                # Next to nothing, so that who is late matters to the greatest lateness though it has no price alone.
                node["due"], node["late_weight"] = visit.due, max(visit.late_weight, NEXT_TO_NOTHING)
            if visit.told is not None:
                node["told"], node["told_weight"] = visit.told.start, problem.weights.change_tick
    for joint, members in enumerate(joint for joints in tasks.joints for joint in joints):
        nodes["joint"][members] = joint
    nodes["day_of"][:count] = [tasks.day_of[index] for index in tasks.visit]
    for duty, facts in enumerate(compiled.duties):
        head, tail = nodes[count + duty], nodes[count + duties + duty]
        head["spot"] = place[facts.start_spot]
        if facts.end_spot >= 0:
            tail["spot"] = place[facts.end_spot]
        for node in (head, tail):
            node["opens"], node["closes"] = facts.start, facts.end
        if facts.over_price > 0 and facts.end > facts.regular:
            tail["due"], tail["late_weight"] = facts.regular, facts.over_price
    return nodes


def _own_windows(
    compiled: Compiled, index: int, duties: Ints, node: Any, spans: list[tuple[float, float, float]]
) -> Ints:
    """For each of ``duties`` where the windows of a visit begin and end in ``spans``: those of its ``node``, but where
    the certificate holds for a part of the duty only, or others are done sooner; such windows are added.
    """
    usual = int(node["window_from"]), int(node["window_to"])
    found = np.full((len(duties), 2), usual, dtype=np.int32)
    if not compiled.own_windows(index):
        return found
    starts = tuple((int(first), int(last)) for first, last, _ in spans[usual[0] : usual[1]])
    known = {starts: usual}
    for row, duty in enumerate(duties.tolist()):
        own = compiled.windows_on(index, duty, starts)
        if own not in known:
            known[own] = len(spans), len(spans) + len(own)
            spans += [(float(first), float(last), 0.0) for first, last in own]
        found[row] = known[own]
    return found


def _groups(
    compiled: Compiled,
    tasks: Tasks,
    lag: list[float],
    person: list[int],
    nodes: NDArray[np.void],
    way: NDArray[np.float64],
    prices: Sequence[float],
) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """A record per group with its price of staying out, and one per joint; tables of least starts apart are added to
    ``lag``, of who may do two of its tasks to ``person``.
    """
    heads = nodes["spot"][len(tasks.visit) : len(tasks.visit) + len(compiled.duties)]
    rows = []
    joints: list[tuple[int, ...]] = []
    first = 0
    for number, (price, group, members) in enumerate(zip(prices, tasks.groups, tasks.members, strict=True)):
        far = float(way[0][heads, nodes["spot"][members[0]]].min()) if len(heads) else 0.0
        held = all(_held(compiled.problem, tasks, nodes, visit) for visit in group)
        until = len(joints) + len(tasks.joints[number])
        rows.append((first, len(members), len(lag), held, len(joints), until, price, far))
        if len(members) > 1:
            ties = tasks.ties[number]
            lag += lags(compiled, tasks, members, ties).ravel().tolist()
            person += persons(compiled, tasks, members, ties).ravel().tolist()
        for joint in tasks.joints[number]:
            joints.append((number, first, len(joint), len(members), until - len(joints) - 1))
            first += len(joint)
    return np.array(rows, dtype=record(Group)), np.array(joints, dtype=record(Joint))


def _held(problem: RouteProblem, tasks: Tasks, nodes: NDArray[np.void], visit: int) -> bool:
    """Whether a visit has one moment, no more people than it needs, and a price nobody pays: no choice is left."""
    node, people = nodes[tasks.of_visit[visit][0]], problem.visits[visit].people
    able = int(node["able_to"] - node["able_from"])
    return problem.visits[visit].price >= MUST and bool(node["opens"] == node["closes"]) and able == people


def _duties(compiled: Compiled, spans: list[tuple[float, float, float]]) -> NDArray[np.void]:
    """A record per duty; absences and breaks are added to ``spans``."""
    duties = np.zeros(len(compiled.duties), dtype=record(Duty))
    days = compiled.day_caps
    for index, (record_of, facts, source) in enumerate(zip(duties, compiled.duties, compiled.duty_source, strict=True)):
        record_of["pool"] = len(duties) + days.group[index] if days.others[index] else -1
        record_of["day_visits"], record_of["day_work"] = days.of(index)
        record_of["worker"], record_of["day"], record_of["mode"] = facts.worker, facts.day, facts.mode
        record_of["plain"] = not facts.blocks and not facts.rests
        record_of["block_from"] = len(spans)
        spans += [(float(start), float(end), 0.0) for start, end in facts.blocks]
        record_of["block_to"] = record_of["rest_from"] = len(spans)
        spans += [(float(rest.first), float(rest.last), float(rest.ticks)) for rest in facts.rests]
        record_of["rest_to"] = record_of["course_from"] = len(spans)
        spans += [(float(at), float(course), float(speed)) for at, course, speed in facts.knots]
        record_of["course_to"] = len(spans)
        record_of["price"] = source.price
        record_of["max_visits"], record_of["max_work"] = facts.max_visits, facts.max_ticks
        record_of["max_weight"] = NEVER if source.max_weight is None else source.max_weight
        record_of["max_households"] = NEVER if source.max_households is None else source.max_households
    return duties


def _find_kin(facts: Facts, compiled: Compiled, shelves: Shelves) -> None:
    """Number the kinds of duties: alike in the duty itself and in what every task makes of it."""
    able: Any = facts.able
    duties: Any = facts.duties
    kinds: dict[object, int] = {}
    for index, (duty, source) in enumerate(zip(compiled.duties, compiled.duty_source, strict=True)):
        column = facts.entry[:, index]
        can = column >= 0
        prices = np.where(can, able["fixed"][np.maximum(column, 0)], np.nan) if len(able) else column
        floors = np.where(can, able["depart"][np.maximum(column, 0)], np.nan) if len(able) else column
        opens = np.where(can, able["window_from"][np.maximum(column, 0)], -1) if len(able) else column
        ticks = np.where(can, able["ticks"][np.maximum(column, 0)], np.nan) if len(able) else column
        carried = (int(duties["tools"][index]), int(duties["parts"][index]), shelves.owned(index))
        caps = (source.max_weight, source.max_households, int(duties["pool"][index]))
        kind = (
            duty._replace(worker=0),
            caps,
            source.price,
            carried,
            prices.tobytes(),
            floors.tobytes(),
            opens.tobytes(),
            ticks.tobytes(),
        )
        duties["kin"][index] = kinds.setdefault(kind, len(kinds))


def _duty_spots(compiled: Compiled) -> set[int]:
    starts = {facts.start_spot for facts in compiled.duties}
    return starts | {facts.end_spot for facts in compiled.duties if facts.end_spot >= 0}


def price_of(problem: RouteProblem, group: Sequence[int], standing: Set[int] | None) -> float:
    """What the search pays for leaving out the visits of ``group``; ``standing`` as in `prepare`."""
    visits = [problem.visits[index] for index in group]
    pinned = [index for index in group if problem.visits[index].pin is not None]
    if pinned and (standing is None or not standing.isdisjoint(pinned)):
        return PINNED
    if pinned or any(visit.cover for visit in visits):
        return MUST
    return sum(visit.price for visit in visits)


def _share(problem: RouteProblem, group: Sequence[int]) -> float:
    """What fair shares cost less while ``group`` is planned, for it is in the mean that the fullest is held against."""
    duties = sum(len(worker.duties) for worker in problem.workers)
    work = sum(longest(problem.visits[index]) * problem.visits[index].people for index in group)
    return problem.weights.fair * work / max(1, duties)
