"""The words that problems of several kinds share: ids, counts, days, positions, certificates."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.words import Latitude, Longitude

Tick = Annotated[int, Meta(ge=-(2**40), le=2**40)]
Ticks = Annotated[int, Meta(ge=0, le=2**40)]
Count = Annotated[int, Meta(ge=0, le=2**40)]
Cost = Annotated[float, Meta(ge=0, le=1e12)]
PRICE_MOST = 1e8
"""Minutes that leaving out a visit costs at most: a tenth of what the search counts for a round, which comes first."""
Price = Annotated[float, Meta(ge=0, le=PRICE_MOST, description="minutes")]
Rate = Annotated[float, Meta(ge=0, le=1e6, description="minutes for each")]
Id = Annotated[str, Meta(min_length=1, max_length=128)]
Day = Annotated[int, Meta(ge=-100_000, le=100_000, description="days since 1970-01-01, local")]
SpotIndex = Annotated[int, Meta(ge=0, le=10_000_000, description="index into `spots`")]


class Spot(Struct, frozen=True, array_like=True):
    """A position: latitude and longitude in degrees (WGS 84)."""

    lat: Latitude
    lon: Longitude


class SkillAsked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A skill that work asks for, at ``level`` or above."""

    skill: Id
    level: int = 0


class Skill(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A certificate: ``skill`` at ``level`` on local days ``first`` to ``last``, both included; unset = no bound."""

    skill: Id
    level: int = 0
    first: Day | None = None
    last: Day | None = None
