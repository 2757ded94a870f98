"""Made-up estates with patrol rounds, drawn from a seed: checkpoints, guards in staggered shifts, some at posts."""

from __future__ import annotations

import datetime as dt
import hashlib
import random

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from dispatch.model.travel import Speeds, travel_minutes
from dispatch.solver.problem import Matrix, Rest, Skill, Span, Spot
from dispatch.solver.round_problem import (
    Checkpoint,
    Every,
    Guard,
    GuardDuty,
    PastStart,
    Post,
    RoundProblem,
    RoundToPlan,
    Told,
    ToldWalk,
    Variation,
)

DAY = 1440
SHIFT = 480
ORIGIN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
EPOCH_DAY = (ORIGIN - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).days


def seed_of(number: int) -> str:
    """A recorded seed, made up from a number."""
    return hashlib.sha256(f"estate {number}".encode()).hexdigest()


def estate(seed: int, *, guards: int = 40, rounds: int = 30, days: int = 30, checkpoints: int = 80) -> RoundProblem:
    """``rounds`` of 4 to 9 of ``checkpoints``, most every two hours ± 15 minutes, some in bands; one in ten by two.

    Each guard has five duties in six days, always at the same hours, which begin every two hours; every fifth guard
    stands at a post for the first part of it; a break of 30 minutes in the middle.
    """
    draw = random.Random(seed)
    spots = tuple(Spot(31.2 + draw.uniform(0, 0.006), 121.4 + draw.uniform(0, 0.006)) for _ in range(checkpoints))
    places = tuple(Checkpoint(id=f"c{number}", spot=number, ticks=1) for number in range(checkpoints))
    walked = tuple(_round(draw, number, checkpoints, days) for number in range(rounds))
    people = tuple(
        Guard(
            id=f"g{number}",
            skills=(Skill(skill="patrol", level=1 + number % 2),),
            duties=tuple(_duty(number, day, draw) for day in range(-1, days) if (day + number // 3) % 6),
        )
        for number in range(guards)
    )
    return RoundProblem(
        area="estate",
        origin=ORIGIN,
        horizon=Span(0, days * DAY),
        spots=spots,
        speeds=Speeds(),
        checkpoints=places,
        rounds=walked,
        guards=people,
        seed=seed_of(seed),
        variation=Variation(),
    )


def _round(draw: random.Random, number: int, checkpoints: int, days: int) -> RoundToPlan:
    names = tuple(f"c{one}" for one in draw.sample(range(checkpoints), draw.randint(4, 9)))
    two, level = 2 if number % 10 == 9 else 1, 2 if number % 15 == 3 else 1
    if number % 5 == 4:
        at = draw.randrange(0, DAY - 120, 30)
        bands = tuple(Span(day * DAY + at, day * DAY + at + 90) for day in range(days))
        return RoundToPlan(id=f"r{number}", checkpoints=names, bands=bands, skill="patrol", level=level, people=two)
    every = Every(
        first=draw.randrange(30, 150, 5), every=draw.choice((120, 240, 360)), until=days * DAY - 120, jitter=15
    )
    return RoundToPlan(id=f"r{number}", checkpoints=names, every=every, skill="patrol", level=level, people=two)


def _duty(number: int, day: int, draw: random.Random) -> GuardDuty:
    # Shifts that all change at one moment leave nobody to walk then.
    start = day * DAY + number % 3 * SHIFT + number // 3 % 4 * 120
    rests = (Rest(span=Span(start + 180, start + 330), ticks=30),)
    posts = (Post(span=Span(start, start + 170), spot=draw.randrange(4)),) if number % 5 == 0 else ()
    span = Span(start, start + SHIFT)
    midnights = ((day + 1) * DAY,) if span.end > (day + 1) * DAY else ()
    return GuardDuty(
        id=f"d{day}", day=EPOCH_DAY + day, span=span, spot=0, rests=rests, posts=posts, midnights=midnights
    )


def random_rounds(seed: int) -> RoundProblem:
    """A day or two of a small estate in which everything that may be given is given now and then."""
    draw = random.Random(seed)
    many = draw.randint(12, 16)
    asked = estate(
        seed, guards=draw.randint(6, 18), rounds=draw.randint(2, 9), days=draw.choice((1, 2)), checkpoints=many
    )
    rounds = tuple(
        replace(
            one,
            ticks=draw.choice((None, 30, 60)),
            mode=draw.choice(("walk", "bike")),
            price=draw.choice((300.0, 600.0)),
            people=draw.choice((1, 1, 2)),
            past=draw.choice(((), (PastStart(nominal=-120, start=-110), PastStart(nominal=-60, start=-63)))),
            skill=draw.choice((None, "patrol")),
            every=None if one.every is None else replace(one.every, jitter=draw.choice((None, 5, 20))),
        )
        for one in asked.rounds
    )
    guards = tuple(
        replace(one, mode=draw.choice(("walk", "bike")), duties=tuple(_eased(duty, draw) for duty in one.duties))
        for one in asked.guards
    )
    variation = Variation(
        min_jitter=draw.randint(0, 3),
        max_jitter=draw.choice((10, 15)),
        within=draw.randint(0, 4),
        step=draw.choice((1, 1, 5)),
        spread=draw.choice((0.5, 0.9)),
        detour=draw.choice((0.0, 0.3)),
    )
    ticks = draw.choice((60, 60, 30))
    asked = replace(
        asked, rounds=rounds, guards=guards, variation=variation, tick_seconds=ticks, told=_told(asked, seed)
    )
    return asked if draw.random() < 0.5 else replace(asked, speeds=UNSET, matrix=_matrix(asked))


def _told(asked: RoundProblem, seed: int) -> Told | UnsetType:
    """Of every other estate some times that were told, to guards who may not be able to walk them any more."""
    draw = random.Random(f"told {seed}")
    if draw.random() < 0.5:
        return UNSET
    walks = []
    for one in asked.rounds:
        times = range(one.every.first, one.every.until, one.every.every) if one.every is not None else ()
        for nominal in (at for at in times if draw.random() < 0.4):
            guards = tuple(guard.id for guard in draw.sample(asked.guards, draw.choice((1, 2))))
            walks.append(ToldWalk(round=one.id, nominal=nominal, start=nominal + draw.randint(-5, 5), guards=guards))
    return Told(walks=tuple(walks), change=draw.choice((5.0, 20.0)))


def _eased(duty: GuardDuty, draw: random.Random) -> GuardDuty:
    return replace(duty, rests=duty.rests if draw.random() < 0.6 else (), spot=draw.randrange(4))


def _matrix(asked: RoundProblem) -> Matrix:
    """The ways as speeds make them."""
    assert isinstance(asked.speeds, Speeds)
    speeds, positions = asked.speeds, [(spot.lat, spot.lon) for spot in asked.spots]
    return Matrix(
        ticks={
            mode: tuple(tuple(travel_minutes(speeds, mode, here, there) for there in positions) for here in positions)
            for mode in ("walk", "bike")
        }
    )
