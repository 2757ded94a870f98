"""What an order needs and what was promised for it, from the catalogue, the request and the area's policy."""

from __future__ import annotations

import datetime as dt

from dispatch.decide.outcome import Refused
from dispatch.events.order import Needs, OrderOpened
from dispatch.model.catalogue import Category, Urgency, people_needed
from dispatch.model.policy import Policy
from dispatch.model.time import Window


def needs_of(opened: OrderOpened, category: Category, policy: Policy) -> Needs:
    """What the order takes. ``due``, in this order: what was promised elsewhere, the category's minutes, and for
    urgent work the policy's (`DOMAIN.md`, *Repair*: on site within 30 minutes, at any hour), all from the report on.
    """
    inside = category.inside if opened.inside is None else opened.inside
    urgency = opened.urgency or category.urgency
    minutes = category.promise_min
    if minutes is None and urgency is Urgency.URGENT:
        minutes = policy.urgent_promise_min
    due = opened.promised_by
    if due is None and minutes is not None:
        due = opened.reported_at + dt.timedelta(minutes=minutes)
    return Needs(
        kind=category.kind,
        skill=category.skill,
        level=category.level,
        minutes=category.minutes,
        people=people_needed(category, inside=inside, people_inside=policy.people_inside),
        urgency=urgency,
        priority=max(category.priority, 9) if urgency is Urgency.URGENT else category.priority,
        flow=category.flow,
        due=due,
    )


def check_windows(windows: tuple[Window, ...], category: str, minutes: int) -> None:
    """Raise `Refused` (``window_too_short``) if there are windows and none holds ``minutes`` of work."""
    if not windows:
        return
    longest = max(window.minutes for window in windows)
    if longest < minutes:
        raise Refused(
            f"The longest window has {longest} whole minutes; {category} takes {minutes}.",
            code="window_too_short",
            hint="agree a longer window.",
        )
