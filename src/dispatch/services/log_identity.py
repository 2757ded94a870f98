"""Whether a log is still the one that something was folded from: by the id of the event at a position."""

from __future__ import annotations

from contextlib import aclosing

from dispatch.store.base import EventStore

ANOTHER_LOG = (
    "the log was lost or restored from a backup: restore the views of the same backup, "
    "or start `dispatch up` or `dispatch serve projector` once with --rebuild."
)
"""What may help where it is not."""


async def event_id_at(events: EventStore, position: int) -> str | None:
    """The id of the event at ``position`` of the log, None if nothing stands there."""
    async with aclosing(events.follow(("event.>",), position - 1, until=position)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            return batch[0].recorded.id if batch[0].position == position else None
    return None
