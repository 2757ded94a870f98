"""What can be read over HTTP: board, tasks, workload, what is unplanned, histories, status and health."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import httpx
import pytest
from litestar import get

from dispatch.services import audit
from dispatch.services.nats_server import EmbeddedServer
from dispatch.store.connection import connect
from dispatch.store.streams import declare
from dispatch.web.app import create_app
from dispatch.web.serve import serving

from .web_service import NOW, Service, service


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Service]:
    async with service(tmp_path, "north", "south") as running:
        yield running


async def rows(whole: Service, path: str, **query: str | int | list[str]) -> list[dict[str, Any]]:
    response = await whole.http.get(path, params=query)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["rows"]
    return found


async def test_the_board_can_be_asked_for_an_area_a_day_a_state_or_a_worker(whole: Service) -> None:
    for number in range(3):
        await whole.submit(number, "north")
    await whole.submit(0, "south", id="south-0")
    await whole.submit(0, "south", id="south-x", category="never-heard-of")
    await whole.to.settled()
    everything = await rows(whole, "/board")
    assert len(everything) == 5
    assert {row["area"] for row in await rows(whole, "/board", area="south")} == {"south"}
    assert len(await rows(whole, "/board", day="2026-11-23")) == 5
    assert await rows(whole, "/board", day="2026-11-24") == []
    (opened,) = await rows(whole, "/board", status="opened")
    assert opened["category"] == "never-heard-of"
    for worker in ("north-ann", "north-bo"):
        mine = [row for row in everything if worker in row.get("workers", [])]
        assert await rows(whole, "/board", worker=worker) == mine


async def test_the_ledger_has_every_order_with_its_window_also_when_it_has_ended(whole: Service) -> None:
    window = {"from": "2026-11-24T01:00:00Z", "to": "2026-11-24T03:00:00Z"}
    kept = (await whole.submit(1, "north", window=window)).json()["order"]
    gone = (await whole.submit(2, "north")).json()["order"]
    body = {"id": "c-1", "by": "me", "at": NOW.isoformat(), "order": gone, "reason": "sold"}
    assert (await whole.http.post("/directions/north/cancel", json=body)).status_code == 200
    await whole.to.settled()
    found = {row["order"]: row for row in await rows(whole, "/ledger")}
    assert found[kept]["windows"] == [window]
    assert found[gone]["status"] == "cancelled"
    assert [row["order"] for row in await rows(whole, "/ledger", status="cancelled")] == [gone]
    assert await rows(whole, "/ledger", area="south") == []
    day = NOW.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert len(await rows(whole, "/ledger", day=str(day))) == 2
    assert await rows(whole, "/ledger", day=str(day + timedelta(days=1))) == []

    agreed = {"from": "2026-11-25T01:00:00Z", "to": "2026-11-25T03:00:00Z"}
    body = {"id": "m-1", "by": "me", "at": NOW.isoformat(), "order": kept, "windows": [agreed]}
    response = await whole.http.post("/directions/north/reschedule", json=body)
    assert response.status_code == 200, response.text
    await whole.to.settled()
    (row,) = await rows(whole, "/ledger", key=[f"north.{kept}"])
    assert row["windows"] == [agreed]


async def test_pages_put_together_are_the_whole(whole: Service) -> None:
    for number in range(7):
        await whole.submit(number)
    await whole.to.settled()
    everything = await rows(whole, "/board")
    assert len(everything) == 7
    for query in ({}, {"area": "north"}):
        found: list[dict[str, Any]] = []
        after: str | None = ""
        while after is not None:
            page = (await whole.http.get("/board", params={**query, "limit": 3, "after": after})).json()
            assert len(page["rows"]) <= 3
            found += page["rows"]
            after = page["next"]
        assert found == everything


async def test_a_filter_does_not_end_a_page_early(whole: Service) -> None:
    for number in range(4):
        await whole.submit(number, "north")
        await whole.submit(number, "south", id=f"odd-{number}", category="never-heard-of")
    await whole.to.settled()
    page = (await whole.http.get("/board", params={"status": "opened", "limit": 4})).json()
    assert (len(page["rows"]), page["next"]) == (4, None)


async def test_a_worker_reads_their_tasks_in_order(whole: Service) -> None:
    for number in range(6):
        await whole.submit(number)
    await whole.to.settled()
    stops = []
    for worker in ("north-ann", "north-bo"):
        tasks = (await whole.http.get(f"/tasks/north/{worker}")).json()
        assert (tasks["area"], tasks["worker"]) == ("north", worker)
        starts = [stop["start"] for duty in tasks.get("duties", []) for stop in duty["stops"]]
        assert starts == sorted(starts)
        stops += starts
    assert len(stops) == 6


async def test_somebody_without_tasks_is_not_somebody_unknown(whole: Service) -> None:
    free = await whole.http.get("/tasks/south/south-ann")
    assert (free.status_code, free.json()) == (200, {"area": "south", "worker": "south-ann"})
    for path in ("/tasks/south/north-ann", "/tasks/south/south-an", "/tasks/nowhere/x"):
        response = await whole.http.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "unknown_worker")


async def test_what_is_unplanned_has_its_reason_and_what_is_planned_is_not_among_it(whole: Service) -> None:
    await whole.submit(1)
    order = (await whole.submit(2, category="never-heard-of")).json()["order"]
    await whole.to.settled()
    (row,) = (await whole.http.get("/unplanned")).json()["rows"]
    assert row["id"] == order
    assert row["reasons"][0]["rule"] == "unknown_category"
    assert await rows(whole, "/unplanned", area="south") == []


async def test_workload_register_and_areas(whole: Service) -> None:
    await whole.submit(1)
    await whole.submit(1, "west", id="west-1", place={"lat": 30.0, "lon": 120.0})
    await whole.to.settled()
    assert sum(duty["visits"] for row in await rows(whole, "/workload") for duty in row["duties"].values()) >= 1
    workers = await rows(whole, "/register/worker", area="south")
    assert [row["id"] for row in workers] == ["south-ann", "south-bo"]
    areas = (await whole.http.get("/areas")).json()
    assert {one["area"]: one["time_zone"] for one in areas} == {
        "north": "Asia/Shanghai",
        "south": "Asia/Shanghai",
        "west": "UTC",
    }


async def test_a_history_has_every_event_and_no_personal_data_unless_asked_for(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    await whole.submit(1)
    await whole.to.settled()
    plain = await whole.http.get(f"/orders/north/{order}/history")
    events = plain.json()["events"]
    assert [event["type"] for event in events][:2] == ["RequestAccepted", "OrderOpened"]
    assert {"RequestRepeated", "OrderPlanned"} <= {event["type"] for event in events}
    positions = [event["position"] for event in events]
    assert positions == sorted(positions)
    assert "Wang" not in plain.text
    assert "ceiling" not in plain.text
    assert "Wang" not in (await whole.http.get(f"/orders/north/{order}")).text
    asked = await whole.http.get(f"/orders/north/{order}/history", params={"personal": "true"})
    assert asked.headers["cache-control"] == "no-store"
    assert asked.json()["personal"]["contact"] == {"name": "Wang Fang", "phone": "13800001111"}
    assert asked.json()["events"] == events


async def test_nor_what_a_dispatcher_noted(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    body = {"id": "c-1", "by": "me", "at": NOW.isoformat(), "order": order, "reason": "sold, says Li Na"}
    assert (await whole.http.post("/directions/north/cancel", json=body)).status_code == 200
    for path in (f"/orders/north/{order}/history", f"/orders/north/{order}"):
        assert "Li Na" not in (await whole.http.get(path)).text
    asked = await whole.http.get(f"/orders/north/{order}/history", params={"personal": "true"})
    cancelled = next(event for event in asked.json()["events"] if event["type"] == "OrderCancelled")
    assert cancelled["data"]["remark"] == {"text": "sold, says Li Na"}
    for personal in (False, True):
        lines = await audit.history(whole.to.store, order, personal=personal)
        assert any(b"Li Na" in bytes(line.data) for line in lines) == personal


async def test_the_remarks_alone_can_be_asked_for_and_that_is_all_the_page_asks_for(whole: Service) -> None:
    order = (await whole.submit(1)).json()["order"]
    await whole.to.settled()
    (row,) = await rows(whole, "/board", key=[f"north.{order}"])
    report = {"report": "could_not", "at": NOW.isoformat(), "order": order, "id": "r-1", "reason": "door locked",
              "proof": {"lat": 31.2345, "lon": 121.4567}}  # fmt: skip
    said = await whole.http.post(f"/reports/north/{row['workers'][0]}", json=report)
    assert said.status_code == 200, said.text
    seen = await whole.http.get(f"/orders/north/{order}/history", params={"remarks": "true"})
    failed = next(event for event in seen.json()["events"] if event["type"] == "VisitFailed")
    assert failed["data"]["remark"] == {"text": "door locked"}
    assert not re.search("Wang|13800001111|ceiling|31.2345", seen.text)
    assert seen.headers["cache-control"] == "no-store"
    everything = await whole.http.get(f"/orders/north/{order}/history", params={"personal": "true", "remarks": "true"})
    assert all(word in everything.text for word in ("door locked", "31.2345", "13800001111"))
    script = files("dispatch.web").joinpath("static", "show.js").read_text()
    assert re.findall(r"history\?(\w+)=true", script) == ["remarks"]


@pytest.mark.parametrize("path", ["/orders/north/no-such", "/orders/south/{order}/history", "/orders/nowhere/x"])
async def test_an_order_that_is_not_there_is_not_found(whole: Service, path: str) -> None:
    order = (await whole.submit(1)).json()["order"]
    response = await whole.http.get(path.format(order=order))
    assert (response.status_code, response.json()["code"]) == (404, "unknown_order")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/board?status=flying", "status"),
        ("/board?day=yesterday", "day"),
        ("/board?area=No%20rth", "area"),
        ("/board?limit=0", "limit"),
        ("/board?limit=5000", "limit"),
        ("/board?after=%0A", "after"),
        ("/board?key=north.o1&key=No%20rth", "key"),
        ("/board?key=", "key"),
        ("/unplanned?" + "&".join(f"key=a.{n}" for n in range(101)), "key"),
        ("/stream?area=north&area=No%20rth", "area"),
        ("/register/helicopter", "kind"),
        ("/orders/a.b/x", "area"),
        ("/orders/north/x/history?personal=perhaps", "personal"),
    ],
)
async def test_a_wrong_parameter_is_named(whole: Service, path: str, named: str) -> None:
    response = await whole.http.get(path)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (400, "bad_parameter")
    assert named in problem["reason"]
    assert problem["hint"]


async def test_single_rows_can_be_read_by_their_keys(whole: Service) -> None:
    orders = [(await whole.submit(number)).json()["order"] for number in range(3)]
    lost = (await whole.submit(9, category="never-heard-of")).json()["order"]
    await whole.to.settled()
    keys = [f"north.{orders[2]}", f"north.{lost}", "north.never-was", f"north.{orders[0]}"]
    board = (await whole.http.get("/board", params={"key": keys})).json()
    assert {row["order"] for row in board["rows"]} == {orders[0], orders[2], lost}
    assert board["position"] == await whole.to.store.events.position()
    (row,) = await rows(whole, "/unplanned", key=keys)
    assert row["id"] == lost
    assert await rows(whole, "/board", key=keys, area="south") == []
    assert await rows(whole, "/board", key=keys, status="done") == []


@pytest.mark.parametrize("secret", ["Wang Xiaoming 13800001111", "王小明13800001111", "13800001111"])
async def test_nothing_personal_in_an_address_comes_back_in_a_reason(whole: Service, secret: str) -> None:
    told = quote(secret)
    fields = ("area", "day", "status", "limit", "after", "key")
    paths = [f"/{name}?{field}={told}" for name in ("board", "unplanned") for field in fields]
    paths += [f"/orders/{told}/x", f"/orders/north/{told}", f"/orders/north/{told}/history", f"/workers/north/{told}",
              f"/orders/north/x/history?personal={told}", f"/register/{told}", f"/static/{told}", f"/{told}",
              f"/tasks/north/{told}", f"/areas?{told}", f"/ledger?{told}=1"]  # fmt: skip
    for path in paths:
        response = await whole.http.get(path)
        if response.status_code >= 400:
            assert not re.search("Xiaoming|王小明|13800", unquote(response.text)), (path, response.text)
    for path in (f"/requests/{told}/repair", f"/requests/north/{told}", f"/reports/north/{told}"):
        response = await whole.http.post(path, json={})
        assert response.status_code >= 400
        assert not re.search("Xiaoming|王小明|13800", unquote(response.text)), (path, response.text)
    odd = await whole.http.post("/requests/north/repair", content=b"{}", headers={"content-type": f"tel/{told}"})
    assert odd.status_code == 415
    assert "13800" not in odd.text


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/board", 405)])
async def test_what_the_service_does_not_have_is_said_in_the_same_shape(
    whole: Service, method: str, path: str, status: int
) -> None:
    response = await whole.http.request(method, path)
    assert response.status_code == status
    assert set(response.json()) == {"code", "reason", "hint"}
    assert response.headers["content-type"].startswith("application/problem+json")


async def test_health_and_status_while_all_is_well(whole: Service) -> None:
    await whole.submit(1)
    await whole.to.settled()
    health = await whole.http.get("/health")
    assert health.status_code == 200
    assert (health.json()["desk"], health.json()["planner"], health.json()["refused"]) == (True, True, [])
    status = (await whole.http.get("/status")).json()
    assert (status["requests"], status["accepted"], status["pending"], status["planned"]) == (1, 1, 0, 1)


async def test_without_projector_and_then_without_nats_it_says_so_and_comes_back(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "nats")
    await server.start()
    setup = await connect(server.url, name="setup")
    await declare(setup)
    await setup.close()
    async with serving(server.url) as web, httpx.AsyncClient(base_url=web.address, timeout=20) as http:
        for path in ("/health", "/board", "/status"):
            response = await http.get(path)
            assert response.status_code == 503, path
            assert "projector" in response.json()["hint"]
        port = int(server.url.rsplit(":", 1)[1])
        await server.stop()
        for path in ("/health", "/board", "/stream", "/orders/north/x"):
            response = await http.get(path)
            assert (response.status_code, response.json()["code"]) == (503, "no_server"), path
        response = await http.post("/requests/north/repair", json={})
        assert (response.status_code, response.json()["code"]) == (503, "no_server")
        again = EmbeddedServer(tmp_path / "nats", port=port)
        async with again:
            while (response := await http.get("/orders/north/x")).status_code == 503:
                assert response.json()["code"] == "no_server"
            assert response.json()["code"] == "unknown_order"


async def test_a_fault_of_ours_shows_no_traceback(whole: Service) -> None:
    @get("/fails")
    async def fails() -> None:
        raise ZeroDivisionError("the secret of the house")

    app = create_app(whole.parts.url)
    app.register(fails)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://web") as http:
        response = await http.get("/fails")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.text
    assert "Traceback" not in response.text


async def test_an_order_that_went_to_another_area_is_read_whole_under_either(whole: Service) -> None:
    asked = (await whole.submit(0, "north", place={"unit": "new"})).json()
    await whole.to.settled()
    place = {"id": "new", "kind": "unit", "lat": 30.0, "lon": 120.0}
    said = {"id": "d1", "by": "chen", "at": "2026-11-23T01:00:00Z", "place": place}
    assert (await whole.http.post("/directions/south/register", json=said)).status_code == 200
    await whole.to.settled()
    seen = [(await whole.http.get(f"/orders/{area}/{asked['order']}")).json() for area in ("north", "south")]
    assert seen[0] == seen[1]
    assert (seen[0]["row"]["area"], seen[0]["row"]["status"]) == ("south", "told")
    events = [(event["area"], event["type"]) for event in seen[0]["history"]]
    assert [one for one in events if one[1] in {"OrderOpened", "OrderMoved"}] == [
        ("north", "OrderOpened"),
        ("north", "OrderMoved"),
        ("south", "OrderOpened"),
    ]
    history = (await whole.http.get(f"/orders/north/{asked['order']}/history")).json()
    assert history["events"] == seen[0]["history"]
    assert {row["area"] for row in await rows(whole, "/board")} == {"south"}
