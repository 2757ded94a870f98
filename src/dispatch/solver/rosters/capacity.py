"""The arithmetic of a roster: how many places there are to fill, how many people can give, what would close the gap.

What somebody can give is what their best row has when every place they may have is worth the same, so every rule about
that person counts, and nothing else does. It is added up group by group: posts belong together if one person may stand
at both. People who may stand at none of them have nothing to give there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
from msgspec.structs import replace

from dispatch.solver.roster_plan import RosterShortage
from dispatch.solver.roster_problem import RosterPerson, RosterPost, RosterProblem
from dispatch.solver.rosters.facts import RosterFacts
from dispatch.solver.rosters.rows import ROOM_MAX, Rower
from dispatch.solver.rosters.state import Roster

_WORTH = 1e6
LONG_SHIFT = 720
POSTS_NAMED = 5
"""Posts of a group that are named at most."""


def shortage(facts: RosterFacts, roster: Roster) -> RosterShortage | None:
    """Why places are open below their minimum, by number, of each group that lacks people; None if none does."""
    short = np.maximum(0, facts.minimum - roster.cover)
    if not short.any():
        return None
    posts = [post for _, post in facts.kinds]
    groups = list(_groups(facts))
    found = []
    for group in groups:
        named = {post.id for post in group.posts}
        missing = int(short[:, [kind for kind, post in enumerate(posts) if post in named]].sum())
        if missing:
            found.append(_of_group(group, missing, _name(group) if len(groups) > 1 else ""))
    return RosterShortage(
        needed=sum(one.needed for one in found),
        can_give=sum(one.can_give for one in found),
        open=sum(one.open for one in found),
        message=" ".join(one.message for one in found),
        would_close=tuple(change for one in found for change in one.would_close),
    )


def _groups(facts: RosterFacts) -> Iterator[RosterProblem]:
    """Parts of the problem that share no people: posts with a minimum that hang together by who may stand at them."""
    problem = facts.problem
    needed = [kind for kind in range(len(facts.kinds)) if facts.minimum[:, kind].any()]
    group_of = {facts.kinds[kind][1]: facts.kinds[kind][1] for kind in needed}
    asked = {post: facts.posts[post].skill for post in group_of}
    tied = [sorted(post for post in group_of if asked[post] == skill) for skill in sorted({*asked.values()}, key=str)]
    may = {person.id: _may_stand_at(facts, person, needed) for person in problem.people}
    for posts in (*tied, *map(sorted, may.values())):
        for post in posts[1:]:
            one, other = group_of[posts[0]], group_of[post]
            group_of = {key: one if group == other else group for key, group in group_of.items()}
    for group in dict.fromkeys(group_of.values()):
        names = {post for post, of in group_of.items() if of == group}
        yield replace(
            problem,
            posts=tuple(post for post in problem.posts if post.id in names),
            people=tuple(person for person in problem.people if may[person.id] & names),
            cover=tuple(one for one in problem.cover if one.post in names),
        )


def _may_stand_at(facts: RosterFacts, person: RosterPerson, kinds: Sequence[int]) -> set[str]:
    """The posts at which ``person`` may stand on some day, by what they hold."""
    found: set[str] = set()
    for kind in kinds:
        post = facts.kinds[kind][1]
        if post not in found and any(
            facts.able(person, kind, day) for day in np.flatnonzero(facts.minimum[:, kind]).tolist()
        ):
            found.add(post)
    return found


def _name(group: RosterProblem) -> str:
    """What a group is called: its posts, and the skills they ask for."""
    posts: Sequence[RosterPost] = group.posts
    named = ", ".join(post.id for post in posts[:POSTS_NAMED])
    more = f" and {len(posts) - POSTS_NAMED} more" if len(posts) > POSTS_NAMED else ""
    skills = ", ".join(sorted({post.skill for post in posts if post.skill is not None}))
    return f"{named}{more} ({skills}): " if skills else f"{named}{more}: "


def _of_group(problem: RosterProblem, missing: int, name: str) -> RosterShortage:
    facts = RosterFacts(problem)
    needed = int(facts.minimum.sum())
    gives = {person.id: _most(facts, person) for person in problem.people}
    can = sum(gives.values())
    gap = max(missing, needed - can)
    message = f"{name}{needed} places to fill in {problem.days} days at the minimum; "
    message += f"{len(gives)} people can give {can}. {missing} stay open."
    if can >= needed:
        message += " The number of people would do; skills, rest and days off do not fit the days."
    most = max(gives.values(), default=0)
    would = [*_more_people(gap, most), *_more_days(problem, gives, gap), *_long(problem, can)]
    return RosterShortage(
        needed=needed,
        can_give=can,
        open=missing,
        message=message,
        would_close=tuple(f"{name}{change}" for change in would),
    )


def _most(facts: RosterFacts, person: RosterPerson) -> int:
    """How many duties ``person`` can have at most."""
    worth = np.where(facts.minimum > 0, -_WORTH, 0.0)
    best = Rower(facts, person).best(worth, np.empty(ROOM_MAX, dtype=np.float32))
    if best is None:
        return 0
    worked = np.flatnonzero(best.row >= 0)
    return int((facts.minimum[worked, best.row[worked]] > 0).sum())


def _more_people(gap: int, each: int) -> Sequence[str]:
    if not each:
        return ()
    count = ceil(gap / each)
    return [f"{count} more {'person' if count == 1 else 'people'} able to work as these ({each} duties each)"]


def _more_days(problem: RosterProblem, gives: dict[str, int], gap: int) -> Sequence[str]:
    """An agreement to a day more than now, with as many people as it takes to gain ``gap`` duties."""
    found = []
    for name, say in (
        ("rest_days", "an agreement to work on a day of rest"),
        ("days_in_row", "an agreement to one more day in a row"),
        ("nights_in_row", "an agreement to one more night in a row"),
        ("week_minutes", "an agreement to one more shift a week"),
        ("minutes", "an agreement to two more shifts in these days"),
    ):
        people = [_looser(problem, person, name) for person in problem.people]
        if tuple(people) == problem.people:
            continue
        facts = RosterFacts(replace(problem, people=tuple(people)))
        gains = sorted((_most(facts, one) - gives[one.id] for one in people), reverse=True)
        gained = np.cumsum(gains)
        if gained[-1] >= gap:
            count = int(np.argmax(gained >= gap)) + 1
            with_whom = "everybody" if count == len(people) else f"{count} of {len(people)} people"
            found.append(f"{say}, for {with_whom}")
        elif gained[-1] > 0:
            found.append(f"{say}, for everybody, which gives {gained[-1]} of {gap} more")
    return found


def _looser(problem: RosterProblem, person: RosterPerson, name: str) -> RosterPerson:
    """``person`` with one limit wider by a step."""
    if name == "rest_days":
        return replace(person, rest_days=None)
    limit = getattr(person, name)
    if limit is None or limit.most is None or limit.price is not None:
        return person
    longest = max(shift.minutes for shift in problem.shifts)
    step = {"week_minutes": longest, "minutes": 2 * longest}.get(name, 1)
    return replace(person, **{name: replace(limit, most=limit.most + step)})


def _long(problem: RosterProblem, can: int) -> Sequence[str]:
    """Two shifts of twelve hours where there are three of eight around the clock."""
    needs: dict[tuple[int, str], list[int]] = {}
    minutes = {shift.id: shift.minutes for shift in problem.shifts}
    for one in problem.cover:
        if one.minimum:
            needs.setdefault((one.day, one.post), []).append(one.minimum * minutes[one.shift])
    round_the_clock = [sum(some) for some in needs.values()]
    long = sum(ceil(some / LONG_SHIFT) for some in round_the_clock)
    now = sum(one.minimum for one in problem.cover)
    if not round_the_clock or long >= now or max(minutes[one.shift] for one in problem.cover) >= LONG_SHIFT:
        return ()
    fits = all(
        person.week_minutes is None or person.week_minutes.most is None or person.week_minutes.most >= 6 * LONG_SHIFT
        for person in problem.people
    )
    if long > can and not fits:
        return ()
    hours = "" if fits else ", if the hours of a week allow it"
    return [f"shifts of {LONG_SHIFT // 60} hours: {long} places instead of {now}{hours}"]
