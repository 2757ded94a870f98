"""The state of the whole in numbers, each counted, none estimated; and what does not add up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any, Protocol

from msgspec import Struct

from dispatch.projections.base import Rows
from dispatch.services.questions import RefusedAhead
from dispatch.store.base import Store
from dispatch.store.subjects import REQUEST

INBOX = "desk"
"""The inbox desks share."""
_ATTEMPTS = 5
PATIENCE_S = 4.0
"""How long the status waits for rows that cannot be written; whoever asks over HTTP waits ten seconds."""


def refused_ahead(rows: Mapping[str, Rows[Any]]) -> tuple[RefusedAhead, ...]:
    """What of all that is planned ahead was refused since it was published, by area and kind."""
    heads = [rows["roster"].rows[key] for key in sorted(rows["roster"].rows)] if "roster" in rows else []
    return tuple(
        RefusedAhead(
            area=row.area,
            kind=row.id,
            number=row.number,
            rule=row.refused[0].rule,
            message=row.refused[0].message,
            findings=len(row.refused),
        )
        for row in heads
        if row.of == "horizon" and row.refused
    )


class Status(Struct, frozen=True, kw_only=True):
    """Counts since the log began.

    ``requests``: messages kept. ``accepted``: distinct requests with an order. ``rejected``: distinct messages
    refused. ``duplicates``: repeats of an accepted request. ``pending``: kept, not yet decided, or decided and not yet
    shown (``rows_position`` is less than ``log_position`` then: the rows cannot be written fast enough, or at all).
    ``unaccounted``: what is left when all of these are taken off; anything but 0 is a loss. ``planned`` and
    ``unplanned`` are accepted requests with and without people, ``cancelled`` those not wanted any more.
    ``unreadable``: what somebody put into the log that is no event this release knows; it is passed over.
    ``refused_ahead``: what is planned ahead where a newer plan was refused.
    """

    requests: int
    accepted: int
    rejected: int
    duplicates: int
    pending: int
    unaccounted: int
    planned: int
    unplanned: int
    cancelled: int
    rework: int
    rounds_planned: int
    rounds_unplanned: int
    by_status: dict[str, int]
    rejected_messages: int
    unreadable: int
    log_position: int
    rows_position: int
    refused_ahead: tuple[RefusedAhead, ...] = ()


class Source(Protocol):
    """A running projector, as far as the status is concerned."""

    rows: dict[str, Rows[Any]]

    async def caught_up(self, position: int) -> None:
        """Return once all rows reflect ``position``."""


async def status_of(source: Source, store: Store, *, patience_s: float = PATIENCE_S) -> Status:
    """The status, counted from what is kept and from rows that reflect all of it.

    If they do not after ``patience_s``, from the rows as they are: how far they are behind is part of the status.
    """
    inbox = await store.inbox(INBOX)
    for _ in range(_ATTEMPTS):
        requests = await store.count_said(f"{REQUEST}.>")
        undecided = await inbox.undecided()
        position = await store.events.position()
        behind = not await _within(patience_s, source.caught_up(position))
        rejected = await store.rejections.count(REQUEST)
        # Messages that came in between would make the counts disagree for no reason.
        if behind or requests == await store.count_said(f"{REQUEST}.>"):
            break
    return _count(
        source.rows,
        requests=requests,
        undecided=requests if behind else undecided,
        rejected=rejected,
        rejected_messages=await store.rejections.count(),
        position=position,
    )


async def _within(patience_s: float, wait: Coroutine[Any, Any, None]) -> bool:
    try:
        async with asyncio.timeout(patience_s):
            await wait
    except TimeoutError:
        return False
    return True


def _count(
    rows: Mapping[str, Rows[Any]],
    *,
    requests: int,
    undecided: int,
    rejected: int,
    rejected_messages: int,
    position: int,
) -> Status:
    intake = rows["intake"].rows.get("all") if "intake" in rows else None
    accepted = sum(intake.accepted.values()) if intake is not None else 0
    duplicates = intake.duplicates if intake is not None else 0
    unreadable = intake.unreadable if intake is not None else 0
    by_origin: Counter[tuple[str, str]] = Counter()
    by_status: Counter[str] = Counter()
    for row in rows["ledger"].rows.values() if "ledger" in rows else ():
        standing = "cancelled" if row.status == "cancelled" else "planned" if row.workers else "unplanned"
        by_origin[row.origin, standing] += 1
        by_status[row.status] += 1
    open_messages = requests - accepted - rejected - duplicates
    pending = max(0, min(undecided, open_messages))
    return Status(
        requests=requests,
        accepted=accepted,
        rejected=rejected,
        duplicates=duplicates,
        pending=pending,
        unaccounted=open_messages - pending,
        planned=by_origin["request", "planned"],
        unplanned=by_origin["request", "unplanned"],
        cancelled=by_origin["request", "cancelled"],
        rework=sum(count for (origin, _), count in by_origin.items() if origin == "rework"),
        rounds_planned=by_origin["round", "planned"],
        rounds_unplanned=by_origin["round", "unplanned"],
        by_status=dict(sorted(by_status.items())),
        rejected_messages=rejected_messages,
        unreadable=unreadable,
        log_position=position,
        rows_position=min((one.position for one in rows.values()), default=0),
        refused_ahead=refused_ahead(rows),
    )
