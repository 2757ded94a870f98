"""The published forms: JSON Schemas that real messages satisfy, and an AsyncAPI document without loose ends."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from core.requests.forms import REQUEST
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator

from dispatch.events.catalogue import TYPES
from dispatch.model.catalogue import Kind
from dispatch.requests.direction import VERBS
from dispatch.requests.edge import read_direction, read_report, read_request
from dispatch.requests.report import REPORTS
from dispatch.services.schemas import asyncapi_document, schemas

DOCUMENT = Path(__file__).parents[3] / "docs" / "asyncapi.json"


def _validator(name: str) -> Draft202012Validator:
    found = schemas()
    return Draft202012Validator({"$ref": f"#/$defs/{name}", **found})


def _refs(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for inner in value.values() for ref in _refs(inner)]
    return [ref for inner in value for ref in _refs(inner)] if isinstance(value, list) else []


def test_every_schema_is_one() -> None:
    Draft202012Validator.check_schema(schemas())
    assert set(TYPES) <= set(schemas()["$defs"])


def test_a_request_the_desk_reads_satisfies_its_schema_and_a_wrong_one_does_not() -> None:
    validator = _validator("ServiceRequest")
    assert read_request(json.dumps(REQUEST).encode()).id == REQUEST["id"]
    assert list(validator.iter_errors(REQUEST)) == []
    for wrong in ({"id": "a b"}, {"place": {"unit": "B3"}}, {"unknown": 1}, {"urgency": "now"}, {"window": {}}):
        assert list(validator.iter_errors({**REQUEST, **wrong})), wrong


@pytest.mark.parametrize("form", REPORTS, ids=lambda form: form.__name__)
def test_reports_satisfy_their_schemas(form: type[msgspec.Struct]) -> None:
    extra = {"order": "o-1"} if "order" in form.__struct_fields__ else {}
    extra |= {"reason": "nobody in"} if form.__name__ == "CouldNot" else {}
    extra |= {"until": "2026-11-23T08:00:00Z"} if form.__name__ == "Absent" else {}
    extra |= {"checkpoint": "gate", "category": "lamp"} if form.__name__ == "Hazard" else {}
    extra |= {"zone": "z1", "work": "w1", "points": 80} if form.__name__ == "Inspected" else {}
    extra |= {"place": {"unit": "b3"}} if form.__name__ == "Breach" else {}
    extra |= {"notice": "n1", "put_right": True} if form.__name__ == "Rechecked" else {}
    extra |= {"checkpoint": "gate"} if form.__name__ == "Scan" else {}
    plain = {"report": form.__struct_config__.tag, "id": "1", "at": "2026-11-22T08:00:00Z", **extra}
    assert isinstance(read_report(json.dumps(plain).encode()), form)
    assert list(_validator(form.__name__).iter_errors(plain)) == []


def test_a_direction_satisfies_its_schema() -> None:
    plain = {"id": "1", "by": "desk-1", "at": "2026-11-22T08:00:00Z", "order": "o-1", "workers": ["w1"]}
    assert read_direction("assign", json.dumps(plain).encode()).at == dt.datetime(2026, 11, 22, 8, tzinfo=dt.UTC)
    assert list(_validator("Assign").iter_errors(plain)) == []


def test_the_asyncapi_document_is_valid_complete_and_the_committed_one() -> None:
    document = asyncapi_document()
    ApplicationSchema.model_validate(document)
    for ref in _refs(document):
        target: Any = document
        for part in ref.removeprefix("#/").split("/"):
            target = target[part]
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert {f"request.{{area}}.{kind}" for kind in Kind} <= addresses
    assert {f"direct.{{area}}.{verb}" for verb in VERBS} <= addresses
    assert {"report.{area}.{worker}", "answer.{area}.{id}", "feed.{area}.schedule.{id}"} <= addresses
    committed = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    assert committed == json.loads(msgspec.json.encode(document)), "dispatch schema --asyncapi > docs/asyncapi.json"
