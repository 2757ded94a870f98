"""The OpenAPI document: every path is in it and told about, it hangs together, and what comes back is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from jsonschema import Draft202012Validator

from dispatch.requests.direction import VERBS
from dispatch.requests.report import REPORTS
from dispatch.web.app import create_app

from .web_service import NOW, request, service, world

APP = create_app("nats://nobody:1")
DOCUMENT: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(APP.state.document()))
OPERATIONS = [
    (method, path, operation) for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
]


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """Tells whether something is as ``schema``, a part of the document, says."""
    return Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    """Every object anywhere in ``value``."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)


def test_every_route_is_in_it() -> None:
    served = {(method.lower(), route.path_format) for route in APP.routes for method in route.methods} - {
        ("options", route.path_format) for route in APP.routes
    }
    assert served == {(method, path) for method, path, _ in OPERATIONS}


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_operation_is_told_about(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert all("content" in response for response in operation["responses"].values())
    if method == "post":
        assert operation["requestBody"]["content"]["application/json"]["schema"]
    for status, response in operation["responses"].items():
        if status[0] in "45":
            ((media, content),) = response["content"].items()
            assert (media, content["schema"]["$ref"]) == ("application/problem+json", "#/components/schemas/Problem")
        assert response["description"], path


def test_it_hangs_together() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for node in nodes(DOCUMENT):
        if isinstance(reference := node.get("$ref"), str):
            assert reference.rsplit("/", 1)[1] in schemas, reference
    for name, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description") or "enum" in schema, name
    operation_ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(set(operation_ids)) == len(operation_ids)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_all_that_can_be_said_has_its_form_in_it() -> None:
    forms = {form.__name__ for form in (*VERBS.values(), *REPORTS)} | {"ServiceRequest"}
    assert forms <= set(DOCUMENT["components"]["schemas"])


def test_the_form_of_a_request_tells_good_from_bad() -> None:
    body = DOCUMENT["paths"]["/requests/{area}/{kind}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert validator(body).is_valid(request(1))
    assert not validator(body).is_valid(request(1, extra=1))
    assert not validator(body).is_valid({"id": "sr-1"})


async def test_what_comes_back_is_what_it_says(tmp_path: Path) -> None:
    async with service(tmp_path, "north") as whole:
        order = (await whole.submit(1)).json()["order"]
        await whole.submit(2, category="never-heard-of")
        await whole.to.settled()
        asked: list[tuple[str, str, httpx.Response]] = []
        paths = {path: path for method, path, _ in OPERATIONS if method == "get"}
        for skipped in ("/stream", "/static/{name}", "/"):
            del paths[skipped]
        for path in paths:
            concrete = path.format(area="north", worker="north-ann", order=order, kind="worker")
            asked.append(("get", path, await whole.http.get(concrete)))
            if "{" in path:
                asked.append(
                    ("get", path, await whole.http.get(concrete.replace("north", "a.b").replace("ann", "x y")))
                )
        register = {"id": "d-1", "by": "me", "at": NOW.isoformat(), "category": world("north")["categories"][0]}
        for path, concrete, body in (
            ("/requests/{area}/{kind}", "/requests/north/repair", request(3)),
            ("/requests/{area}/{kind}", "/requests/north/repair", {}),
            ("/requests/{area}/{kind}", "/requests/nor.th/repair", {}),
            ("/directions/{area}/{verb}", "/directions/all/register", register),
            (
                "/reports/{area}/{worker}",
                "/reports/north/north-ann",
                {"report": "back", "id": "r", "at": NOW.isoformat()},
            ),
        ):
            asked.append(("post", path, await whole.http.post(concrete, json=body)))
    for method, path, response in asked:
        told = DOCUMENT["paths"][path][method]["responses"][str(response.status_code)]["content"]
        media = response.headers["content-type"].partition(";")[0]
        validator(told[media]["schema"]).validate(response.json())
    assert {response.status_code for _, _, response in asked} == {200, 201, 400, 422}
