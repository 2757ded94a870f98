"""What happened to an area's policy: it was set."""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.policy import Policy


class PolicySet(Struct, frozen=True, kw_only=True):
    """This is how the area is run from now on."""

    policy: Policy
    world: str = ""


PolicyEvent = PolicySet
EVENTS: tuple[type[Struct], ...] = (PolicySet,)
