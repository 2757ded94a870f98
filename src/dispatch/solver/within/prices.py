"""What a start or an end costs, in minutes."""

from __future__ import annotations

from dispatch.solver.within.moment import Many


def late(at: Many, due: float, price: float) -> Many:
    """Lateness of a start after what was promised, of an end after the regular one: ``price`` a tick after ``due``."""
    return price * (at - due) * (at > due)


def told(at: Many, said: float, price: float) -> Many:
    """Starting at ``at`` what people were told for ``said``: ``price`` a tick, earlier or later."""
    return price * abs(at - said)
