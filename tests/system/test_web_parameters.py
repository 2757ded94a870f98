"""Parameters nobody reads: refused by name wherever they stand, with those that are known."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.resources import files

import pytest
import pytest_asyncio

from dispatch.web.app import create_app

from .web_service import Service, request, service

BOARD = "one of after, area, day, key, limit, status, worker was meant."
LEDGER = "one of after, area, day, key, limit, status was meant."
SCRIPTS = ("board", "read", "show")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    async with service(tmp_path_factory.mktemp("web"), "north") as running:
        yield running


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("path", "named", "known"),
    [
        ("/ledger?format=csv", "'format'", LEDGER),
        ("/board?area=north&state=done&limit=5", "'state'", BOARD),
        ("/unplanned?status=done", "'status'", "one of after, area, key, limit was meant."),
        ("/board?Area=north", "'Area'", BOARD),
        ("/ledger?format", "'format'", LEDGER),
        ("/ledger?limit=5&13800001111", "Parameter 2 is none", LEDGER),
        ("/stream?last=3", "'last'", "one of after, area was meant."),
        ("/register/worker?status=x", "'status'", "one of after, area, limit was meant."),
        ("/orders/north/x/history?remark=true", "'remark'", "one of personal, remarks was meant."),
        ("/orders/north/x?personal=true", "'personal'", "none is known"),
        ("/tasks/north/north-ann?day=1", "'day'", "none is known"),
        ("/areas?area=north", "'area'", "none is known"),
    ],
)
async def test_an_unknown_parameter_is_named_and_those_that_are_known(
    whole: Service, path: str, named: str, known: str
) -> None:
    response = await whole.http.get(path)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "unknown_parameter")
    assert response.headers["content-type"].startswith("application/problem+json")
    assert named in problem["reason"]
    assert known in problem["hint"]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", ["/?from=messenger", "/static/board.js?v=1"])
async def test_the_page_is_the_same_whatever_hangs_onto_its_link(whole: Service, path: str) -> None:
    shown, plain = await whole.http.get(path), await whole.http.get(path.partition("?")[0])
    assert (shown.status_code, shown.content) == (200, plain.content)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_said_with_an_unknown_parameter_is_not_kept(whole: Service) -> None:
    response = await whole.http.post("/requests/north/repair?dry_run=true", json=request(1))
    assert (response.status_code, response.json()["code"]) == (400, "unknown_parameter")
    assert await whole.to.store.count_said("request.>") == 0


def test_the_page_asks_with_parameters_that_are_known() -> None:
    """What it asks for in a browser is looked at in `test_browser`; this is for those who have none."""
    scripts = "\n".join(files("dispatch.web").joinpath("static", f"{name}.js").read_text() for name in SCRIPTS)
    asked = set(
        re.findall(r"\[\"(\w+)\", ?\w+\]|[?&](\w+)=|\? \{ (\w+): |SearchParams\(\{ (\w+): \w+, (\w+),", scripts)
    )
    names = {name for found in asked for name in found if name}
    document = create_app("nats://nobody:1").state.document()
    known = {one["name"] for item in document["paths"].values() for one in item.get("get", {}).get("parameters", ())}
    assert names == {"after", "area", "day", "key", "limit", "remarks"}
    assert names <= known
