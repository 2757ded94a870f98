"""Travel between positions: great-circle distance × detour ÷ speed by mode, in whole minutes rounded up."""

from __future__ import annotations

import math
from typing import Annotated

from msgspec import Meta, Struct

from dispatch.model.words import Minutes

EARTH_KM = 6371.0088
"""Mean radius of the earth in kilometres (IUGG)."""

Factor = Annotated[float, Meta(ge=1, le=5)]
Speed = Annotated[float, Meta(ge=0.1, le=200)]


class Speeds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How fast people get about: km/h by mode, ``detour`` × straight line, ``fixed_min`` for any change of place."""

    walk: Speed = 4.5
    bike: Speed = 12.0
    car: Speed = 25.0
    detour: Factor = 1.3
    fixed_min: Minutes = 1

    def of(self, mode: str) -> float:
        """Speed of ``mode`` in km/h."""
        return float(getattr(self, mode))


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in kilometres between two positions in degrees (haversine)."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half_phi, half_lambda = (phi2 - phi1) / 2, math.radians(lon2 - lon1) / 2
    a = math.sin(half_phi) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_lambda) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, max(0.0, a))))


def travel_minutes(speeds: Speeds, mode: str, here: tuple[float, float], there: tuple[float, float]) -> int:
    """Whole minutes from ``here`` to ``there`` (lat, lon in degrees); 0 when they are the same position."""
    if here == there:
        return 0
    way = distance_km(*here, *there) * speeds.detour / speeds.of(mode) * 60
    # 1e-9 keeps an exact number of minutes from being rounded up by the last bit of the sine.
    return speeds.fixed_min + math.ceil(way - 1e-9)
