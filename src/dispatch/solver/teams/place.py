"""The cheapest place for one job: a team that can do it, a team with workers added, or a new team.

What a place costs is time of people wasted: more members than the job asks for, members added who have nothing to do
in the team's other jobs, and a share of what a new team has left of its day. Deadlines are hard here.
"""

from __future__ import annotations

from dispatch.solver.jit import compiled, inlined
from dispatch.solver.search.draw import below, uniform
from dispatch.solver.teams.desk import BLINK, IDLE, LATE, NOISE, PRESS, SOON, Desk
from dispatch.solver.teams.facts import Facts, Ints
from dispatch.solver.teams.recruit import coverable, covered, recruit
from dispatch.solver.teams.state import HANDED, Copies, State, join, put, shrink, touch

NOWHERE = 1e18
RECRUITS_MAX = 6
"""Workers that a team takes on at most for one more job; a new team may take on any number."""


@compiled
def window(facts: Facts, state: State, deadline: Ints, job: int) -> tuple[int, int]:
    """From when and until when ``job`` may be done, as its planned neighbours in order and its deadline leave it."""
    opens, closes = facts.head[job], deadline[job]
    for at in range(facts.before_at[job], facts.before_at[job + 1]):
        other = facts.before[at]
        if state.day[other] >= 0:
            opens = max(opens, state.start[other] + facts.ticks[other])
    for at in range(facts.after_at[job], facts.after_at[job + 1]):
        other = facts.after[at]
        if state.day[other] >= 0:
            closes = min(closes, state.start[other])
    return int(opens), int(closes)


@compiled
def latest_end(facts: Facts, state: State, deadline: Ints, job: int) -> int:
    """Until when a planned ``job`` may be pushed back while all of other teams stays."""
    latest = min(deadline[job], (state.day[job] + 1) * facts.day_ticks)
    for at in range(facts.after_at[job], facts.after_at[job + 1]):
        other = facts.after[at]
        elsewhere = state.day[other] != state.day[job] or state.team[other] != state.team[job]
        if state.day[other] >= 0 and elsewhere:
            latest = min(latest, state.start[other])
    return int(latest)


@compiled
def gap(
    facts: Facts, state: State, deadline: Ints, job: int, day: int, team: int, opens: int, closes: int
) -> tuple[int, int]:
    """The first place in the team and the start there, later jobs pushed back if need be; place -1 if there is none."""
    ticks, count = facts.ticks[job], state.filled[day, team]
    free_from = day * facts.day_ticks
    for place in range(count + 1):
        here = state.jobs[day, team, place] if place < count else -1
        # What starts before the window opens may be a predecessor: nothing goes in front of it.
        if here < 0 or state.start[here] >= opens:
            start = max(opens, free_from)
            if start + ticks > closes:
                return -1, 0
            if _can_push(facts, state, deadline, day, team, place, start + ticks):
                return place, start
        if here >= 0:
            free_from = state.start[here] + facts.ticks[here]
    return -1, 0


@compiled
def _can_push(facts: Facts, state: State, deadline: Ints, day: int, team: int, place: int, end: int) -> bool:
    """Whether the jobs from ``place`` on that now start before ``end`` can start then, one after the other."""
    for at in range(place, state.filled[day, team]):
        later = state.jobs[day, team, at]
        if state.start[later] >= end:
            break
        end += facts.ticks[later]
        if end > latest_end(facts, state, deadline, later):
            return False
    return True


@inlined
def _note(desk: Desk, day: int, team: int, place: int, start: int, recruits: int) -> None:
    """Write down the cheapest place so far, with the first ``recruits`` of `Desk.recruits`."""
    desk.place[0], desk.place[1], desk.place[2], desk.place[3], desk.place[4] = day, team, place, start, recruits
    for at in range(recruits):
        desk.chosen[at] = desk.recruits[at]


@inlined
def _of_day(facts: Facts, desk: Desk, job: int, day: int) -> float:
    """What ``day`` costs ``job`` wherever it goes: by its date, and if it can wait until after the end aimed at."""
    cost = desk.knobs[LATE] * day
    if desk.deadline[job] > desk.aim[0] and day * facts.day_ticks < desk.aim[0]:
        cost += desk.knobs[PRESS] * facts.people[job] * facts.ticks[job]
    return float(cost)


@compiled
def _in_teams(
    facts: Facts, state: State, desk: Desk, job: int, day: int, opens: int, closes: int, best: float
) -> float:
    """The cheapest place among the teams of ``day`` if it costs less than ``best``; noted on the desk."""
    ticks, people, knobs = facts.ticks[job], facts.people[job], desk.knobs
    for team in range(state.top[day]):
        if state.filled[day, team] == 0 or state.load[day, team] + ticks > facts.day_ticks:
            continue
        if uniform(desk.seed) < knobs[BLINK]:
            continue
        size, load = state.size[day, team], state.load[day, team]
        noise = 1.0 + knobs[NOISE] * uniform(desk.seed)
        base = _of_day(facts, desk, job, day)
        able = covered(facts, state, job, day, team)
        if able:
            cost = (max(0, size - people) * ticks) * noise + base
        else:
            cost = (load + max(0, size + 1 - people) * ticks) * noise + base
        if cost >= best or not (able or coverable(facts, state, job, day, team)):
            continue
        place, start = gap(facts, state, desk.deadline, job, day, team, opens, closes)
        if place < 0:
            continue
        recruits = 0
        if not able:
            recruits = recruit(facts, state, desk, job, day, team, RECRUITS_MAX)
            if recruits < 0:
                continue
            left = facts.day_ticks - load - ticks
            wasted = recruits * load + max(0, size + recruits - people) * ticks + recruits * left * knobs[IDLE]
            cost = wasted * noise + base
        cost += knobs[SOON] * (start - day * facts.day_ticks)
        if cost < best:
            best = cost
            _note(desk, day, team, place, start, recruits)
    return best


@compiled
def _new_team(
    facts: Facts, state: State, desk: Desk, job: int, day: int, opens: int, closes: int, best: float
) -> float:
    """The cost of a team made for ``job`` on ``day`` if it is less than ``best``; noted on the desk."""
    ticks, people, knobs = facts.ticks[job], facts.people[job], desk.knobs
    start = max(opens, day * facts.day_ticks)
    left = facts.day_ticks - ticks
    noise = 1.0 + knobs[NOISE] * uniform(desk.seed)
    base = _of_day(facts, desk, job, day) + knobs[SOON] * (start - day * facts.day_ticks)
    if start + ticks > closes or people * left * knobs[IDLE] * noise + base >= best:
        return best
    if not coverable(facts, state, job, day, -1):
        return best
    team = 0
    while team < state.top[day] and state.filled[day, team] > 0:
        team += 1
    if team >= state.filled.shape[1]:
        return best
    recruits = recruit(facts, state, desk, job, day, -1, len(facts.value))
    if recruits < 0:
        return best
    cost = (max(0, recruits - people) * ticks + recruits * left * knobs[IDLE]) * noise + base
    if cost < best:
        best = cost
        _note(desk, day, team, 0, start, recruits)
    return best


@compiled
def best_place(facts: Facts, state: State, desk: Desk, job: int) -> float:
    """The cost of the cheapest place for ``job``, which is noted in `Desk.place`; `NOWHERE` if there is none."""
    best = NOWHERE
    for at in range(facts.before_at[job], facts.before_at[job + 1]):
        if state.day[facts.before[at]] == HANDED:
            return best
    opens, closes = window(facts, state, desk.deadline, job)
    if opens + facts.ticks[job] > closes:
        return best
    length = facts.day_ticks
    last = min((closes - 1) // length, len(state.top) - 1)
    for day in range(opens // length, last + 1):
        if desk.knobs[LATE] * day >= best and desk.knobs[LATE] > 0:
            break
        to = min(closes, (day + 1) * length)
        best = _in_teams(facts, state, desk, job, day, opens, to, best)
        best = _new_team(facts, state, desk, job, day, opens, to, best)
    return best


@compiled
def insert(facts: Facts, state: State, copies: Copies, desk: Desk, job: int) -> bool:
    """Plan ``job`` at its cheapest place; False if there is none."""
    if best_place(facts, state, desk, job) >= NOWHERE:
        return False
    day, team = desk.place[0], desk.place[1]
    touch(state, copies, day)
    for at in range(desk.place[4]):
        join(facts, state, day, team, desk.chosen[at])
    put(facts, state, job, day, team, desk.place[2], desk.place[3])
    if desk.place[4] > 0:
        shrink(facts, state, day, team, below(desk.seed, len(facts.value)))
    return True
