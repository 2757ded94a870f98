"""What is planned ahead by chance that nobody may know before: its seed is made of a secret, bound, told afterwards."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import zlib
from typing import Any, ClassVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.horizon import horizon_of
from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.model.time import local_day
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.planning.horizons import Asked, Horizon, head_of_kind
from dispatch.planning.walk_ask import Days
from dispatch.solver.rounds.draw import NO_SEED

REVEALED_AFTER = dt.timedelta(days=1)
"""How long after the days of a seed all that was drawn from it is over for certain, and the seed is told."""


class Drawn(Horizon):
    """A kind whose problem has a seed, which is that of the `Days` in `Asked.standing`; ``words`` are its own."""

    secret = True
    words: ClassVar[str]

    def keyed(self, area: str, asked: Asked, secret: str) -> Asked:
        """With the seed of its days."""
        seed = seed_of(secret, area, asked.standing, self.words)
        return replace(asked, problem=replace(asked.problem, seed=seed))

    def beside(self, asked: Asked, plan: Any, number: int) -> tuple[Struct, ...]:
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
        over = [one for one in head_of_kind(state, self.kind).draws if one.until + REVEALED_AFTER <= today]
        if not over:
            return {}
        seeds: list[Struct] = [
            SeedRevealed(number=one.number, seed=seed_of(secret, state.area, Days(one.first, one.until), self.words))
            for one in over
        ]
        return {horizon_of(state.area, self.kind): seeds}


def seed_of(secret: str, area: str, days: Days, words: str) -> str:
    """The seed of ``days``, 32 bytes in hexadecimal: HMAC-SHA-256 (RFC 2104) of what they are, keyed by ``secret``.

    ``words`` tell one kind from another. Who learns it learns neither the secret nor the seed of any other days.
    """
    told = f"{words}\0{area}\0{days.first}\0{days.until}"
    return hmac.new(secret.encode(), told.encode(), hashlib.sha256).hexdigest()


def packed(value: object) -> str:
    """``value`` as JSON, deflated, in base64."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(value, order="deterministic"), 9)).decode()
