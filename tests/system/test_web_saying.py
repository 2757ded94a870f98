"""Requests, reports and directions over HTTP: kept as they came, decided by the desk, answered with its words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.connection import Connection
from dispatch.store.jetstream import JetStreamStore
from dispatch.web.app import create_app
from dispatch.web.saying import MAX_BODY_BYTES

from .web_service import JSON, NOW, Service, request, service


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Service]:
    async with service(tmp_path, "north") as running:
        yield running


async def test_a_request_becomes_an_order_that_stands_on_the_board(whole: Service) -> None:
    response = await whole.submit(1)
    assert response.status_code == 201
    answer = response.json()
    assert (answer["decision"], answer["id"], answer["area"]) == ("accepted", "sr-1", "north")
    # The order is there the moment it is accepted, whether anything was planned or shown yet or not.
    order = (await whole.http.get(response.headers["Location"])).json()
    assert order["row"]["order"] == answer["order"]
    await whole.to.settled()
    (row,) = (await whole.http.get("/board", params={"area": "north"})).json()["rows"]
    assert row["order"] == answer["order"]
    assert row["workers"][0] in {"north-ann", "north-bo"}
    assert row["start"] >= NOW.isoformat()[:10]


async def test_the_same_request_again_gets_the_same_answer_and_no_second_order(whole: Service) -> None:
    first, again = await whole.submit(1), await whole.submit(1)
    assert (again.status_code, again.json()) == (201, first.json())
    await whole.to.shown()
    status = (await whole.http.get("/status")).json()
    assert (status["accepted"], status["duplicates"], status["requests"]) == (1, 1, 2)


async def test_the_same_id_with_other_content_is_a_conflict(whole: Service) -> None:
    await whole.submit(1)
    response = await whole.submit(1, urgency="urgent")
    assert (response.status_code, response.json()["code"]) == (409, "id_conflict")


async def test_the_bytes_go_through_as_they_came(whole: Service) -> None:
    spaced = json.dumps(request(1), indent=3).replace("kitchen", "\\u006bitchen").encode() + b"\n \n"
    await whole.http.post("/requests/north/repair", content=spaced, headers=JSON)
    broken = b'{"id": "sr-2",\xff\xfe'
    response = await whole.http.post("/requests/north/repair", content=broken, headers=JSON)
    store = whole.to.store
    position = response.json()["position"]
    before, after = await store.said(position - 1), await store.rejections.get(position)
    assert before is not None
    assert before.body == spaced
    assert after is not None
    assert (after.body, after.code, after.subject) == (broken, "bad_utf8", "request.north.repair")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"[]", "not_an_object"),
        (b"{", "bad_json"),
        (b"[" * 5000, "too_deep"),
        (b"{}", "missing_field"),
        (json.dumps(request(1, extra=1)).encode(), "unknown_field"),
        (json.dumps(request(1, category="A b")).encode(), "bad_value"),
        (json.dumps(request(1, reported_at="2026-11-23T09:00:00")).encode(), "instant_without_zone"),
        (json.dumps(request(1, place={})).encode(), "bad_place"),
        (json.dumps(request(1, id=7)).encode(), "wrong_type"),
        (json.dumps(request(1, version=9)).encode(), "unknown_version"),
        (b'{"id": ' + b"9" * 5000 + b"}", "out_of_range"),
    ],
)
async def test_what_breaks_the_form_is_refused_with_the_reason_of_the_desk_and_kept(
    whole: Service, body: bytes, code: str
) -> None:
    response = await whole.http.post("/requests/north/repair", content=body, headers=JSON)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (422, code)
    assert response.headers["content-type"].startswith("application/problem+json")
    assert problem["reason"]
    kept = await whole.to.store.rejections.get(problem["position"])
    assert kept is not None
    assert (kept.body, kept.code) == (body, code)


async def test_an_unknown_kind_is_for_the_desk_to_refuse(whole: Service) -> None:
    response = await whole.http.post("/requests/north/plumbing", json=request(1))
    assert (response.status_code, response.json()["code"]) == (422, "unknown_kind")


@pytest.mark.parametrize(
    "path",
    [
        "/requests/No%20rth/repair",
        "/requests/*/repair",
        "/requests/a.b/repair",
        "/requests/north/%3E",
        "/requests/north/x%0D%0APUB%20y",
        "/reports/north/ä",
    ],
)
async def test_what_cannot_be_a_subject_is_never_published(whole: Service, path: str) -> None:
    said = await whole.to.store.count_said(">")
    response = await whole.http.post(path, json=request(1))
    assert (response.status_code, response.json()["code"]) == (400, "bad_subject")
    assert await whole.to.store.count_said(">") == said


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_what_a_strangers_page_could_post_is_refused(whole: Service, content_type: str) -> None:
    said = await whole.to.store.count_said(">")
    body = json.dumps({"id": "d-1", "by": "eve", "at": NOW.isoformat(), "order": "x"})
    headers = {"Content-Type": content_type}
    response = await whole.http.post("/directions/north/cancel", content=body, headers=headers)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")
    assert await whole.to.store.count_said(">") == said


async def test_a_huge_body_is_refused_before_it_is_read_to_its_end(whole: Service) -> None:
    said = await whole.to.store.count_said(">")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1000 + 1):
            yield b"0" * 1000

    for content in (b"0" * (MAX_BODY_BYTES + 1), endless()):
        response = await whole.http.post("/requests/north/repair", content=content, headers=JSON)
        assert response.status_code == 413
        assert response.json()["code"] == "too_large"
        assert "Traceback" not in response.text
    assert await whole.to.store.count_said(">") == said


async def test_a_body_that_only_the_desk_finds_too_long_is_kept(whole: Service) -> None:
    body = json.dumps(request(1, detail="x" * 300_000)).encode()
    response = await whole.http.post("/requests/north/repair", content=body, headers=JSON)
    assert (response.status_code, response.json()["code"]) == (413, "too_large")
    kept = await whole.to.store.rejections.get(response.json()["position"])
    assert kept is not None
    assert kept.body == body


async def test_reports_and_directions_take_effect(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    await whole.to.settled()
    (row,) = (await whole.http.get("/board")).json()["rows"]
    report = {"report": "arrived", "id": "rp-1", "at": NOW.isoformat(), "order": order}
    response = await whole.http.post(f"/reports/north/{row['workers'][0]}", json=report)
    assert (response.status_code, response.json()["decision"]) == (200, "noted")
    seen = (await whole.http.get(f"/orders/north/{order}")).json()
    assert seen["row"]["status"] == "arrived"
    cancel = {"id": "d-1", "by": "desk-lin", "at": NOW.isoformat(), "order": order, "reason": "not needed"}
    response = await whole.http.post("/directions/north/cancel", json=cancel)
    assert (response.status_code, response.json()["decision"]) == (200, "noted")
    assert (await whole.http.get(f"/orders/north/{order}")).json()["row"]["status"] == "cancelled"


async def test_what_breaks_a_rule_is_refused_by_name(whole: Service) -> None:
    cancel = {"id": "d-1", "by": "desk-lin", "at": NOW.isoformat(), "order": "never-was"}
    response = await whole.http.post("/directions/north/cancel", json=cancel)
    assert (response.status_code, response.json()["code"]) == (422, "unknown_order")


async def test_without_a_desk_a_request_is_kept_and_said_to_be(
    nats_server: EmbeddedServer, nats: Connection, real: JetStreamStore
) -> None:
    app = create_app(nats_server.url, answer_within_s=0.05)
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://web") as http:
        body = json.dumps(request(1)).encode()
        response = await http.post("/requests/north/repair", content=body, headers=JSON)
        assert response.status_code == 202
        kept = await real.said(response.json()["position"])
        assert kept is not None
        assert kept.body == body
