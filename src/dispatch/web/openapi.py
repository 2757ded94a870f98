"""The OpenAPI document: the framework's, with the bodies of what people say added from their own forms.

The handlers take those bodies as bytes, because it is the desk that reads them; the framework cannot know their form.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Tag

from dispatch.projections.tasks import TasksRow
from dispatch.requests.answer import Answer
from dispatch.requests.direction import VERBS
from dispatch.requests.report import REPORTS
from dispatch.requests.service import ServiceRequest
from dispatch.services.status import Status
from dispatch.web.health import Up
from dispatch.web.history import EventSeen, History, OrderSeen
from dispatch.web.problems import MEDIA_TYPE, Problem
from dispatch.web.rows import (
    AreaKnown,
    BoardPage,
    ContractsPage,
    LedgerPage,
    RegisterPage,
    RosterPage,
    UnplannedPage,
    WorkloadPage,
)
from dispatch.web.saying import Kept

_DESCRIPTION = "Requests in; the board, tasks, histories and a stream of committed events out."
_TAGS = [
    Tag(
        name="say",
        description="What people ask, report and direct; published on NATS and decided by the desk.",
    ),
    Tag(name="see", description="What is so: read models, the log, and events as they happen."),
    Tag(name="run", description="Whether it is up, and what it can do."),
    Tag(name="page", description="The board for people."),
]
_REF = "#/components/schemas/{name}"
_REFUSED = {
    "description": "A parameter is not known, or the service is not called so.",
    "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name="Problem")}}},
}
"""What every path answers where nothing else is said of 400."""
_BODIES: dict[str, tuple[str, tuple[type[msgspec.Struct], ...]]] = {
    "/requests/{area}/{kind}": ("What is asked for; the same JSON as on NATS.", (ServiceRequest,)),
    "/reports/{area}/{worker}": ("What is reported; the field `report` says which.", REPORTS),
    "/directions/{area}/{verb}": ("What is directed, in the form the verb asks for.", tuple(VERBS.values())),
}
_ANSWERS: tuple[type[msgspec.Struct], ...] = (
    Answer, Kept, Problem, BoardPage, LedgerPage, UnplannedPage, WorkloadPage, RosterPage, ContractsPage, RegisterPage,
    TasksRow, AreaKnown, OrderSeen, History, EventSeen, Status, Up,
)  # fmt: skip


@get(
    "/openapi.json",
    summary="This document",
    description="The OpenAPI 3.1 description of every path.",
    tags=["run"],
    operation_id="openapi",
)
async def openapi(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """The description of this service for machines."""
    return Response(request.app.state.document())


def document(handlers: Sequence[Any], dependencies: dict[str, Provide]) -> dict[str, Any]:
    """The OpenAPI document of an app with these ``handlers``."""
    config = OpenAPIConfig(title="Dispatch", version=_version(), description=_DESCRIPTION, tags=_TAGS)
    # An app of its own: the one that serves shall not offer the framework's pages, which load from elsewhere.
    plain = Litestar(handlers, dependencies=dependencies, openapi_config=config, logging_config=None).openapi_schema
    described = plain.to_schema()
    forms = (*(form for _, several in _BODIES.values() for form in several), *_ANSWERS)
    # One source for all schemas: it tells the bounds of every field and what each Struct says of itself.
    schemas, described["components"]["schemas"] = msgspec.json.schema_components(forms, ref_template=_REF)
    of = dict(zip(forms, schemas, strict=True))
    for path, (description, several) in _BODIES.items():
        schema = of[several[0]] if len(several) == 1 else {"anyOf": [of[form] for form in several]}
        described["paths"][path]["post"]["requestBody"] = {
            "required": True,
            "description": description,
            "content": {"application/json": {"schema": schema}},
        }
    for operation in (one for item in described["paths"].values() for one in item.values()):
        operation["responses"].setdefault("400", _REFUSED)
    return described


def _version() -> str:
    try:
        return version("dispatch-field-service")
    except PackageNotFoundError:
        return "0"


HANDLERS: tuple[Any, ...] = (openapi,)
