"""JSON Schemas of everything that crosses a boundary, and the AsyncAPI document, both made from the catalogue."""

from __future__ import annotations

import typing
from typing import Any

import msgspec
from msgspec import Struct

from dispatch import __doc__ as about
from dispatch.events.catalogue import ENTITIES, TYPES
from dispatch.events.envelope import Recorded
from dispatch.model.catalogue import Kind
from dispatch.requests.answer import REPLY_TO, Answer
from dispatch.requests.direction import VERBS
from dispatch.requests.report import REPORTS
from dispatch.requests.service import ServiceRequest
from dispatch.solver.inspection_problem import Mark
from dispatch.solver.kinds import Plan, Problem
from dispatch.solver.plan import Finding
from dispatch.solver.rounds.watch import RoundScans

_FILES: tuple[type[Struct], ...] = (*typing.get_args(Problem), *typing.get_args(Plan), Finding, RoundScans, Mark)
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def messages() -> tuple[type[Struct], ...]:
    """Every Struct people send or get: requests, reports, directions, answers, events and their envelope."""
    return (ServiceRequest, *REPORTS, *VERBS.values(), Answer, Recorded, *TYPES.values())


def schemas() -> dict[str, Any]:
    """All schemas by name under ``$defs``; those of problem and plan files begin with ``solver.``."""
    _, spoken = msgspec.json.schema_components(messages(), ref_template="#/$defs/{name}")
    _, filed = msgspec.json.schema_components(_FILES, ref_template="#/$defs/solver.{name}")
    components = spoken | {f"solver.{name}": form for name, form in filed.items()}
    return {"$schema": _DIALECT, "$defs": dict(sorted(components.items()))}


def asyncapi_document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document: every subject, who sends on it, and what its messages look like."""
    _, components = msgspec.json.schema_components(messages(), ref_template="#/components/schemas/{name}")
    channels: dict[str, Any] = {}
    operations: dict[str, Any] = {}

    def channel(name: str, address: str, forms: tuple[type[Struct], ...], action: str, summary: str) -> None:
        channels[name] = {
            "address": address,
            "description": summary,
            "parameters": {
                part[1:-1]: {"description": _PARAMETERS[part[1:-1]]} for part in address.split(".") if part[0] == "{"
            },
            "messages": {form.__name__: {"$ref": f"#/components/messages/{form.__name__}"} for form in forms},
        }
        operations[f"{action}-{name}"] = {
            "action": action,
            "channel": {"$ref": f"#/channels/{name}"},
            "summary": summary,
        }

    for kind in Kind:
        channel(f"request-{kind}", f"request.{{area}}.{kind}", (ServiceRequest,), "receive", f"Ask for {kind} work.")
    channel("report", "report.{area}.{worker}", REPORTS, "receive", "Field staff report on their visits.")
    for verb, form in VERBS.items():
        summary = (form.__doc__ or verb).splitlines()[0]
        channel(f"direct-{verb}", f"direct.{{area}}.{verb}", (form,), "receive", summary)
    channel("answer", "answer.{area}.{id}", (Answer,), "send", f"The decision; also to the subject in {REPLY_TO}.")
    for entity, events in ENTITIES.items():
        summary = f"Committed events of a {entity}, live, with their log position in Nats-Sequence."
        channel(f"feed-{entity}", f"feed.{{area}}.{entity}.{{id}}", (Recorded, *events), "send", summary)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Dispatch", "version": "1", "description": (about or "").strip()},
        "channels": channels,
        "operations": operations,
        "components": {
            "messages": {
                form.__name__: {
                    "name": form.__name__,
                    "contentType": "application/json",
                    "payload": {"$ref": f"#/components/schemas/{form.__name__}"},
                }
                for form in messages()
            },
            "schemas": dict(sorted(components.items())),
        },
    }


_PARAMETERS = {
    "area": "The area: the sender's hint on requests, the area decided on everywhere else.",
    "worker": "Who reports.",
    "id": "The id of the request on answers, of the entity on feeds.",
}
