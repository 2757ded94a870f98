"""The state of the whole in numbers, and whether it is up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from dispatch.model.errors import Unavailable
from dispatch.services.asking import Reached, Wait
from dispatch.services.status import Status
from dispatch.web.context import Context
from dispatch.web.problems import told
from dispatch.web.rows import NO_SERVICE

WITHIN_S = 2.0


class Health(Struct, frozen=True, kw_only=True):
    """NATS and the projector answer. ``now``: what the services' clock shows; ``planner``: whether one answers."""

    now: dt.datetime
    planner: bool


@get(
    "/status",
    summary="The state of the whole in numbers",
    description="Messages kept, accepted, rejected, repeated, pending; orders planned and unplanned; log positions.",
    tags=["run"],
    operation_id="status",
    responses={503: NO_SERVICE[503]},
)
async def status(here: NamedDependency[Context]) -> Status:
    """Counts since the log began."""
    return await here.ask("ask.status", None, Status)


@get(
    "/health",
    summary="Whether it is up",
    description="200 while NATS and the projector answer, else 503.",
    tags=["run"],
    operation_id="health",
    responses={503: told("NATS (`no_server`) or the projector is away.")},
)
async def health(here: NamedDependency[Context]) -> Health:
    """For whoever watches over the service."""
    now = Wait(position=0)
    reached = await here.ask("ask.projector.settled", now, Reached, timeout_s=WITHIN_S)
    try:
        await here.ask("ask.planner.settled", now, Reached, timeout_s=WITHIN_S)
    except Unavailable:
        return Health(now=reached.now, planner=False)
    return Health(now=reached.now, planner=True)


HANDLERS: tuple[Any, ...] = (status, health)
