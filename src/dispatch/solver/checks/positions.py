"""Whether positions are on the globe: beyond it ways are not what any formula says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dispatch.solver.words import Spot


def position_faults(spots: Sequence[Spot], used: Iterable[int] | None = None) -> Iterator[str]:
    """A sentence for every one of ``spots`` that is no latitude and longitude in degrees; NaN is none.

    Where it is said which are ``used`` the others are not looked at: of a large problem a part may use a few.
    """
    for place in range(len(spots)) if used is None else sorted({place for place in used if 0 <= place < len(spots)}):
        spot = spots[place]
        if not (-90 <= spot.lat <= 90 and -180 <= spot.lon <= 180):
            yield f"spot {place} {off_globe(spot)}"


def off_globe(spot: Spot) -> str:
    """What is to be said of a position that is none."""
    swapped = " Maybe longitude stands first." if -180 <= spot.lat <= 180 and -90 <= spot.lon <= 90 else ""
    ranges = "they go from -90 to 90 and from -180 to 180"
    return f"lies at latitude {spot.lat:g} and longitude {spot.lon:g}; {ranges}.{swapped}"
