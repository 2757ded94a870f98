"""The page and what keeps it safe: our own files only, a strict content policy, and text from outside stays text."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import httpx
import pytest

from dispatch.events.catalogue import TYPES
from dispatch.solver.rules import Rule
from dispatch.web.app import LOOPBACK, create_app

from .web_service import NOW, Service, request, service

STATIC = files("dispatch.web").joinpath("static")
FILES = {one.name for one in STATIC.iterdir()}
SCRIPTS = sorted(name for name in FILES if name.endswith(".js"))
MARKUP = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function"
COSTS_ONLY = {
    "once", "travel", "change_worker", "change_minute", "continuity", "moved", "distance", "balance", "duty_price",
    "beyond", "compact", "zone_price", "round_share", "round_repeat", "round_spread", "zone_unseen", "sample_short",
    "broken", "pace", "work", "even", "near", "change_day", "called_off", "open", "under", "over", "wish",
    "whole_weekends", "fair_nights", "fair_weekends", "fair_holidays", "pay", "double_day", "roster_change",
    "round_change", "duration", "overtime", "greatest_late", "fair", "grade_end", "last_end",
}  # fmt: skip
"""Rules that are never the reason for anything to stay out."""
EVIL = '<img src=x onerror="alert(1)"><script>alert(2)</script>'


def words(block: str) -> str:
    """What stands in one of the tables of words."""
    return STATIC.joinpath("words.js").read_text().split(f"const {block} = {{", 1)[1].split("\n};", 1)[0]


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
    # A script names those it needs; all that can be reached in this way is ours.
    for path in loaded:
        response = await whole.http.get(path)
        assert response.status_code == 200
        assert not re.search(r"https?://(?!www\.w3\.org/)", response.text), path
        needed = [f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', response.text)]
        loaded += [one for one in needed if one not in loaded]
    assert {path.rsplit("/", 1)[1] for path in loaded} == FILES - {"board.html"}


async def test_the_content_policy_lets_nothing_else_run(whole: Service) -> None:
    for path in ("/", "/board", "/nowhere"):
        headers = (await whole.http.get(path)).headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["content-security-policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
        assert headers["x-content-type-options"] == "nosniff"


def test_the_page_has_nothing_its_own_policy_would_block_and_never_parses_text_as_markup() -> None:
    html = STATIC.joinpath("board.html").read_text()
    assert not re.search(r"<style|style=|\son\w+=|<script(?![^>]*\ssrc=)", html)
    for name in SCRIPTS:
        script = STATIC.joinpath(name).read_text()
        assert not re.search(MARKUP, script), name
        assert not re.search(r"\bimport\(|from \"(?!\./)", script), name


def test_every_word_and_event_is_there_in_both_languages() -> None:
    for block in ("WORDS", "EVENTS"):
        body = words(block)
        pairs = re.findall(r'(\w+): \["([^"]+)", "([^"]+)"\]', body)
        assert len(pairs) == len(re.findall(r"\w+: \[", body)) > 20, block


def test_it_has_a_word_for_every_event_every_rule_and_every_word_it_uses() -> None:
    quiet = STATIC.joinpath("show.js").read_text().split("QUIET = ", 1)[1].split(";", 1)[0]
    told = set(re.findall(r"(\w+): \[", words("EVENTS"))) | set(re.findall(r'"(\w+)"', quiet))
    records = re.compile(r"(Worker|Place|Category|Round|Zone|Post|Contract|Policy)(Registered|Changed|Retired|Set)")
    assert {name for name in TYPES if not records.fullmatch(name)} - told == set()
    assert {str(rule) for rule in Rule} - COSTS_ONLY - set(re.findall(r'(\w+): "', words("RULES"))) == set()
    known = set(re.findall(r"(\w+): \[", words("WORDS")))
    used = {one for name in SCRIPTS for one in re.findall(r'\bword\("(\w+)"\)', STATIC.joinpath(name).read_text())}
    used |= set(re.findall(r'data-word="(\w+)"', STATIC.joinpath("board.html").read_text()))
    assert used - known == set()


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
