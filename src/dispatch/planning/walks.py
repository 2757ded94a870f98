"""Patrol rounds on the frame of what is planned ahead: drawn by a seed nobody knows, published, proven afterwards."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import zlib

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.horizon import horizon_of
from dispatch.decide.walks import KIND, WalksState
from dispatch.events.envelope import Entity
from dispatch.events.horizon import DrawRecorded, LeftOpen, SeedRevealed
from dispatch.events.order import ReasonGiven
from dispatch.events.round import PlannedWalk, WalksPublished
from dispatch.model.places import PlaceRef
from dispatch.model.time import at_clock, local_day, zone
from dispatch.model.watching import PlannedPass
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.horizons import Asked, Horizon, Said, digest_of, due, head_of_kind
from dispatch.planning.on_duty import duties_of
from dispatch.planning.people import base_of
from dispatch.planning.rounds import DAYS_AHEAD
from dispatch.planning.spots import position_of
from dispatch.planning.ticks import Ticks
from dispatch.planning.walk_ask import DAY, Days, build_walks, guards_of, known_rounds
from dispatch.solver.round_plan import RoundPlan, Walk
from dispatch.solver.rounds.draw import NO_SEED

REASONS_SHOWN = 3
"""Rules named for a time that nobody walks."""
REVEALED_AFTER = dt.timedelta(days=1)
"""How long after the days of a seed their last walks have ended for certain, and the seed is told."""


class Walks(Horizon):
    """Who walks which round when, for as many days as the policy says, from the first that is not opened yet."""

    kind = KIND
    secret = True

    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """Walks are due where the policy plans rounds ahead, and the days or what is asked changed."""
        policy = state.policy
        if not policy.rounds.days or not (known_rounds(state) or state.walks):
            return None
        start = local_day(now, policy.time_zone) + DAYS_AHEAD * DAY
        block, head = _block(start, policy.rounds.days), head_of_kind(state, KIND)
        days = Days(start, block.until)
        found = due(head, start, days.until, lambda since: _inputs(state, Days(since, days.until)))
        if found is None:
            return None
        return Asked(
            kind=KIND,
            problem=build_walks(state, days),
            standing=block,
            now=now,
            start=start,
            until=days.until,
            frozen=start,
            inputs=found[0],
            parent=head.number,
            saw=state.position,
            why=found[1],
            budget=policy.rounds.budget,
            seed=policy.seed,
        )

    def keyed(self, area: str, asked: Asked, secret: str) -> Asked:
        """With the seed of its days."""
        seed = seed_of(secret, area, asked.standing)
        return replace(asked, problem=replace(asked.problem, seed=seed))

    def solve(self, asked: Asked) -> RoundPlan:
        """Starts and orders drawn from the seed, guards found for them."""
        # Only the process that plans loads what it needs for it.
        from dispatch.solver.rounds.solve import plan_rounds

        return plan_rounds(asked.problem, budget=asked.budget, seed=asked.seed)

    def batch(self, state: AreaState, asked: Asked, plan: RoundPlan, number: int) -> Batch:
        """The walks of every round that is walked otherwise than was published."""
        ticks, tz = Ticks(asked.problem.origin), state.policy.time_zone
        walks: dict[str, list[PlannedWalk]] = {}
        for walk in plan.walks:
            walks.setdefault(walk.round, []).append(planned(walk, ticks, tz))
        batch: Batch = {}
        for key in sorted({*walks, *state.walks}):
            known = state.walks.get(key, WalksState()).from_day(asked.start).walks
            new = tuple(sorted(walks.get(key, ()), key=lambda one: one.nominal))
            if known != new:
                until = max([asked.until, *(one.day + DAY for one in known)])
                published = WalksPublished(number=number, start=asked.start, until=until, walks=new)
                batch[Entity(state.area, "round", key)] = [published]
        return batch

    def beside(self, asked: Asked, plan: RoundPlan, number: int) -> tuple[Struct, ...]:
        """What it was drawn from, its seed left out."""
        block: Days = asked.standing
        recorded = DrawRecorded(
            number=number,
            first=block.first,
            until=block.until,
            commitment=plan.commitment,
            problem=packed(replace(asked.problem, seed=NO_SEED)),
            plan=packed(plan),
        )
        return (recorded,)

    def revealing(self, state: AreaState, now: dt.datetime, secret: str) -> Batch:
        """The seeds of days that are over."""
        today = local_day(now, state.policy.time_zone)
        over = [one for one in head_of_kind(state, KIND).draws if one.until + REVEALED_AFTER <= today]
        if not over:
            return {}
        seeds: list[Struct] = [
            SeedRevealed(number=one.number, seed=seed_of(secret, state.area, Days(one.first, one.until)))
            for one in over
        ]
        return {horizon_of(state.area, KIND): seeds}

    def said(self, state: AreaState, asked: Asked, plan: RoundPlan) -> Said:
        """The times nobody can walk, and why."""
        ticks, area = Ticks(asked.problem.origin), zone(state.policy.time_zone)
        opens = []
        for left in plan.unplanned:
            local = ticks.at(left.nominal).astimezone(area)
            reasons = tuple(
                ReasonGiven(rule=one.rule, message=one.message, workers=one.workers, hint=one.hint)
                for one in left.reasons[:REASONS_SHOWN]
            )
            opens.append(LeftOpen(id=left.round, day=local.date(), part=f"{local:%H%M}", reasons=reasons))
        return Said(open=tuple(opens))


def _block(day: dt.date, days: int) -> Days:
    """The days planned together among which ``day`` is; they have one seed."""
    first = day - (day.toordinal() % days) * DAY
    return Days(first, first + days * DAY)


def seed_of(secret: str, area: str, days: Days) -> str:
    """The seed of ``days``, 32 bytes in hexadecimal: HMAC-SHA-256 (RFC 2104) of what they are, keyed by ``secret``.

    Who learns it learns neither the secret nor the seed of any other days.
    """
    words = f"dispatch rounds 1\0{area}\0{days.first}\0{days.until}"
    return hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()


def packed(value: object) -> str:
    """``value`` as JSON, deflated, in base64."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(value, order="deterministic"), 9)).decode()


def planned(walk: Walk, ticks: Ticks, time_zone: str) -> PlannedWalk:
    """A walk of a plan as it is published."""
    nominal = ticks.at(walk.nominal)
    return PlannedWalk(
        day=local_day(nominal, time_zone),
        nominal=nominal,
        start=ticks.at(walk.start),
        end=ticks.at(walk.end),
        guards=walk.guards,
        passes=tuple(PlannedPass(checkpoint=one.checkpoint, at=ticks.at(one.arrive)) for one in walk.passes),
        rank=walk.rank,
    )


def _inputs(state: AreaState, days: Days) -> str:
    """A digest of all that the walks of ``days`` are made of but of what was walked before."""
    rounds, policy = known_rounds(state), state.policy
    begin = at_clock(days.first, "00:00", policy.time_zone)
    people = [
        (
            key,
            state.workers[key].item.skills,
            state.workers[key].item.mode,
            base_of(state, key),
            duties_of(state, key, days.first - DAY, days.until),
            [one for one in state.workers[key].away if one.end > begin],
        )
        for key in guards_of(state, rounds.values())
    ]
    names = sorted({name for one in rounds.values() for name in one.checkpoints})
    places = [(name, position_of(state, PlaceRef(checkpoint=name))) for name in names]
    rules = (policy.rounds, policy.speeds, policy.time_zone, policy.seed)
    return digest_of(days.first, days.until, list(rounds.values()), places, people, rules)
