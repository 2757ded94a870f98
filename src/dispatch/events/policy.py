"""What happened to an area's policy: it was set."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from dispatch.model.policy import Policy


class PolicySet(Struct, frozen=True, kw_only=True):
    """This is how the area is run from now on."""

    policy: Policy
    world: str = ""


PolicyEvent = PolicySet
EVENTS: tuple[type[Struct], ...] = (PolicySet,)


def one_calendar(data: dict[str, Any]) -> dict[str, Any]:
    """A policy of when contracts and inspections each had days worked instead of others: all of them count for both."""
    rules = dict(data["policy"])
    worked: set[str] = set()
    for part, name in (("contracts", "workdays"), ("inspections", "worked")):
        kept = dict(rules.get(part, {}))
        worked.update(kept.pop(name, ()))
        if part in rules:
            rules[part] = kept
    return {**data, "policy": {**rules, "workdays": sorted(worked)}}
