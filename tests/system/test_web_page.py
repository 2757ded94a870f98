"""The page and what keeps it safe: our own files only, a strict content policy, and text from outside stays text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from dispatch.web.app import LOOPBACK, create_app

from .web_service import NOW, Service, request, service

STATIC = files("dispatch.web").joinpath("static")
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Service]:
    async with service(tmp_path, "north") as running:
        yield running


async def test_the_page_loads_only_what_this_service_has(whole: Service) -> None:
    page = await whole.http.get("/")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', page.text)
    assert sorted(loaded) == ["/static/board.css", "/static/board.js", "/static/icon.svg"]
    for path in loaded:
        response = await whole.http.get(path)
        assert response.status_code == 200
        assert not re.search(r"https?://(?!www\.w3\.org/)", response.text), path


async def test_the_content_policy_lets_nothing_else_run(whole: Service) -> None:
    for path in ("/", "/board", "/nowhere"):
        headers = (await whole.http.get(path)).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_has_nothing_its_own_policy_would_block_and_never_parses_text_as_markup() -> None:
    html, script = STATIC.joinpath("board.html").read_text(), STATIC.joinpath("board.js").read_text()
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", script)


def test_every_word_and_event_is_there_in_both_languages() -> None:
    script = STATIC.joinpath("board.js").read_text()
    for block in ("WORDS", "EVENTS"):
        body = script.split(f"const {block} = {{", 1)[1].split("\n};", 1)[0]
        pairs = re.findall(r'(\w+): \["([^"]+)", "([^"]+)"\]', body)
        assert len(pairs) == len(re.findall(r"\w+: \[", body)) > 20, block


async def test_an_unchanged_file_is_not_sent_twice(whole: Service) -> None:
    first = await whole.http.get("/static/board.js")
    again = await whole.http.get("/static/board.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", ["board.py", "..%2Fapp.py", "%2e%2e%2fapp.py", "nothing"])
async def test_no_other_file_can_be_read(whole: Service, name: str) -> None:
    assert (await whole.http.get(f"/static/{name}")).status_code == 404


async def test_markup_from_outside_comes_back_as_data_and_never_as_a_page(whole: Service) -> None:
    title = {"id": "d-1", "by": "eve", "at": NOW.isoformat(), "category": {"id": "evil", "kind": "repair",
             "title": EVIL, "skill": "plumbing"}}  # fmt: skip
    assert (await whole.http.post("/directions/all/register", json=title)).status_code == 200
    bad_id = await whole.http.post("/requests/north/repair", json=request(1, id=EVIL))
    order = (await whole.submit(2, category="evil", detail=EVIL)).json()["order"]
    await whole.to.settled()
    pages = ["/board", "/register/category", f"/orders/north/{order}", f"/orders/north/{EVIL}", f"/board?status={EVIL}"]
    for response in [bad_id, *[await whole.http.get(path) for path in pages]]:
        assert response.headers["content-type"].partition(";")[0] in {"application/json", "application/problem+json"}
        assert response.headers["x-content-type-options"] == "nosniff"
    assert (await whole.http.get("/register/category")).json()["rows"][0]["item"]["title"] == EVIL
    # The page is the same bytes whatever anybody says.
    assert "alert" not in (await whole.http.get("/")).text


async def test_on_loopback_it_answers_to_no_name_a_stranger_could_point_here(whole: Service) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "", "[::2]:80"):
        response = await whole.http.get("/board", headers={"Host": host})
        assert (response.status_code, response.json()["code"]) == (400, "unknown_host"), host
    for host in ("localhost", "127.0.0.1:8080", "[::1]:9", "LOCALHOST:1"):
        assert (await whole.http.get("/board", headers={"Host": host})).status_code == 200, host


async def test_further_names_can_be_given(whole: Service) -> None:
    app = create_app(whole.parts.url, hosts={*LOOPBACK, "board.example"})
    async with app.lifespan(), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://b") as http:
        assert (await http.get("/areas", headers={"Host": "board.example"})).status_code == 200
        assert (await http.get("/areas", headers={"Host": "other.example"})).status_code == 400
