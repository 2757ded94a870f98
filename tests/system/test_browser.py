"""The board page in a real browser: rows come and change without a reload, and it comes back after a restart.

Not part of the plain test run, because it needs Chromium: `make browser` brings what is missing and runs it.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats
import pytest

from .processes import WORLD, dispatch, free_ports, running

pytestmark = pytest.mark.browser

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WITHIN_MS = 20_000
AT = "2026-01-05T08:00:00+08:00"


class Seen:
    """What the page asked for and complained of, from its beginning or the last `clear`."""

    def __init__(self, page: Any) -> None:
        self.asked: list[Any] = []
        self.complaints: list[str] = []
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        page.on("console", self._console)

    def _request(self, request: Any) -> None:
        self.asked.append(request)

    def _console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def clear(self) -> None:
        """Forget it."""
        self.asked.clear()
        self.complaints.clear()


@asynccontextmanager
async def browsing() -> AsyncIterator[Any]:
    """An empty page of a browser: the one of this machine, or the one that `make browser` brought."""
    from playwright.async_api import async_playwright

    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found)
        try:
            page = await browser.new_page(locale="en-US", viewport={"width": 1400, "height": 900})
            page.set_default_timeout(WITHIN_MS)
            yield page
        finally:
            await browser.close()


@asynccontextmanager
async def service(folder: Path, ports: list[int]) -> AsyncIterator[asyncio.subprocess.Process]:
    """Everything, as one starts it, over what ``folder`` keeps."""
    how = ["up", "--data", str(folder / "data"), "--nats-port", str(ports[0]), "--http-port", str(ports[1])]
    async with running(how, ready="Dispatch serves") as process:
        yield process


async def say(url: str, subject: str, message: dict[str, Any]) -> dict[str, Any]:
    """Publish with a plain NATS client and wait for the decision."""
    connection = await nats.connect(url)
    try:
        inbox = connection.new_inbox()
        answers = await connection.subscribe(inbox)
        await connection.publish(subject, json.dumps(message).encode(), headers={"Dispatch-Reply-To": inbox})
        answer: dict[str, Any] = json.loads((await answers.next_msg(20)).data)
        assert answer["decision"] in {"accepted", "noted"}, answer
        return answer
    finally:
        await connection.close()


async def order(url: str, name: str) -> str:
    """Ask for a repair; the key of the row it gets."""
    body = {"id": name, "source": "test", "category": "water-leak", "place": {"unit": "b3-1202"}, "reported_at": AT}
    answer = await say(url, "request.east.repair", body)
    return f"east.{answer['order']}"


async def report(url: str, key: str, worker: str, stage: str) -> None:
    """A worker reports on an order."""
    body = {"report": stage, "id": f"{stage}-{key[-6:]}", "at": AT, "order": key.split(".")[1]}
    await say(url, f"report.east.{worker}", body)


async def worker_of(url: str, key: str) -> str:
    """Who is planned for the order."""
    _, out, _ = await dispatch("board", "--json", "--nats", url)
    workers: list[str] = next(row["workers"] for row in json.loads(out) if f"east.{row['order']}" == key)
    return workers[0]


async def test_rows_appear_and_change_by_themselves_and_the_page_comes_back_after_a_restart(tmp_path: Path) -> None:
    ports = free_ports(2)
    url, address = f"nats://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}/"
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    async with browsing() as page:
        seen = Seen(page)
        async with service(tmp_path, ports) as process:
            code, out, err = await dispatch("apply", str(world), "--nats", url)
            assert code == 0, out + err
            await page.goto(address)
            await page.locator("#link.live").wait_for()
            await page.get_by_text("Everything is planned.").wait_for()
            await page.evaluate("window.neverReloaded = true")
            seen.clear()

            first, second = await order(url, "sr-1"), await order(url, "sr-2")
            for key, name in ((first, "sr-1"), (second, "sr-2")):
                row = page.locator(f'#board [data-row="{key}"]')
                await row.locator(".tag.told").wait_for()
                assert name in await row.inner_text()
            untouched = await page.locator(f'#board [data-row="{second}"]').element_handle()

            await report(url, first, await worker_of(url, first), "on_the_way")
            await page.locator(f'#board [data-row="{first}"] .tag.on_the_way').wait_for()
            await page.locator("#feed li", has_text="on the way").wait_for()
            # The other row is still the same element, and only rows that something happened to were read.
            assert await untouched.evaluate("element => element.isConnected")
            paths = [one.url.removeprefix(address) for one in seen.asked]
            assert paths
            assert all("key=east." in path for path in paths), paths
            assert seen.complaints == []

            process.send_signal(signal.SIGKILL)
            await process.wait()
            await page.locator("#link.lost").wait_for()

        async with service(tmp_path, ports):
            await page.locator("#link.live").wait_for()
            # What a browser says of addresses nobody answers is all it may have said meanwhile.
            assert [one for one in seen.complaints if "net::ERR_" not in one] == []
            resumed = [await one.all_headers() for one in seen.asked if "/stream?" in one.url]
            assert int(resumed[-1]["last-event-id"]) > 0
            seen.clear()
            third = await order(url, "sr-3")
            await page.locator(f'#board [data-row="{third}"] .tag.told').wait_for()
            assert await page.locator("#board tbody tr").count() == 3
            await report(url, first, await worker_of(url, first), "arrived")
            await page.locator(f'#board [data-row="{first}"] .tag.arrived').wait_for()
            assert await page.evaluate("window.neverReloaded")
            assert seen.complaints == []


async def test_an_order_can_be_looked_into_and_the_language_and_the_choice_hold(tmp_path: Path) -> None:
    ports = free_ports(2)
    url, address = f"nats://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}/"
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    async with service(tmp_path, ports), browsing() as page:
        seen = Seen(page)
        assert (await dispatch("apply", str(world), "--nats", url))[0] == 0
        key = await order(url, "sr-1")
        lost = await say(
            url,
            "request.east.repair",
            {"id": "sr-9", "source": "test", "category": "unheard-of", "place": {"unit": "b3-1202"}, "reported_at": AT},
        )
        await page.goto(address)
        row = page.locator(f'#board [data-row="{key}"]')
        await row.locator(".tag.told").wait_for()
        reason = page.locator(f'#unplanned [data-row="east.{lost["order"]}"] .reason')
        assert await reason.inner_text() == "The catalogue does not have this category of work yet."

        await row.get_by_role("button", name="sr-1").click()
        await page.locator("#history[open] li", has_text="OrderPlanned").wait_for()
        await page.get_by_role("button", name="Close").click()

        await page.locator("#language").click()
        await page.get_by_role("heading", name="调度板").wait_for()
        assert await reason.inner_text() == "目录中没有此类工作"
        await page.locator("#find").fill("sr-9")
        await row.wait_for(state="detached")
        await page.reload()
        await page.get_by_role("heading", name="调度板").wait_for()
        await row.wait_for()
        assert seen.complaints == []


async def test_before_it_has_read_anything_it_does_not_say_that_there_is_nothing(tmp_path: Path) -> None:
    ports = free_ports(2)
    address = f"http://127.0.0.1:{ports[1]}/"
    async with service(tmp_path, ports), browsing() as page:
        let_through = asyncio.Event()

        async def held(route: Any) -> None:
            await let_through.wait()
            await route.continue_()

        await page.route("**/unplanned?*", held)
        await page.goto(address)
        await page.get_by_text("Connecting…").first.wait_for()
        for nothing in ("Everything is planned.", "There are no work orders yet.", "Unplanned 0", "Work orders 0"):
            assert nothing not in await page.locator("main").inner_text()
        let_through.set()
        for nothing in ("Everything is planned.", "There are no work orders yet."):
            await page.get_by_text(nothing).wait_for()
