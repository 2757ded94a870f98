"""The state of the whole in numbers, and whether it is up."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from dispatch.model.errors import Unavailable
from dispatch.services.questions import Health, RefusedAhead
from dispatch.services.status import Status
from dispatch.web.context import Context
from dispatch.web.handling import NO_SERVICE
from dispatch.web.problems import told

WITHIN_S = 2.0


class Up(Struct, frozen=True, kw_only=True):
    """NATS and the projector answer. ``now``: what the services' clock shows; ``desk``, ``planner``: whether one runs.

    Without a desk messages are kept and decided later; without a planner nothing new is planned. ``refused``: what is
    planned ahead where a newer plan was refused, so that what is published may be out of date.
    """

    now: dt.datetime
    desk: bool
    planner: bool
    refused: tuple[RefusedAhead, ...] = ()


@get(
    "/status",
    summary="The state of the whole in numbers",
    description="Messages kept, accepted, rejected, repeated, pending; orders planned and unplanned; log positions.",
    tags=["run"],
    operation_id="status",
    responses=NO_SERVICE,
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
async def health(here: NamedDependency[Context]) -> Up:
    """For whoever watches over the service."""
    projector = await here.ask("ask.projector.health", None, Health, timeout_s=WITHIN_S)
    desk, planner = await asyncio.gather(_runs(here, "desk"), _runs(here, "planner"))
    return Up(now=projector.now, desk=desk, planner=planner, refused=projector.refused)


async def _runs(here: Context, service: str) -> bool:
    try:
        await here.ask(f"ask.{service}.health", None, Health, timeout_s=WITHIN_S)
    except Unavailable:
        return False
    return True


HANDLERS: tuple[Any, ...] = (status, health)
