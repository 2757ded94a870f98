"""A ledger imported into a running service: what became of each row, once and twice, and what is kept to be mended."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dispatch.services.client import Client
from dispatch.services.clock import FollowingClock
from dispatch.services.importing import import_file
from dispatch.services.local import Local, local

from .processes import dispatch

MAP = """
[file]
time_zone = "Asia/Shanghai"

[request]
id = "单号"
source = { constant = "taizhang" }
area = { column = "小区", values = { "东苑" = "east" }, default = "east" }
kind = { constant = "repair" }
category = { column = "内容", values = { "漏水" = "water-leak" } }
place = { lat = "纬度", lon = "经度" }
reported_at = { column = "时间", format = "%Y-%m-%d %H:%M" }
"""
LEDGER = """单号,小区,内容,纬度,经度,时间
BX-1,东苑,漏水,30.001,120.001,2018-01-05 08:41
BX-2,东苑,灯不亮,30.001,120.001,2018-01-05 09:00
BX-3,,漏水,,,2018-01-05 09:05
BX-4,东苑,漏水,30.002,120.002,昨天
BX-5,东苑,漏水,30.002,120.002,2018-01-03 10:00
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A folder with the ledger above and its map."""
    (tmp_path / "map.toml").write_text(MAP, encoding="utf-8")
    (tmp_path / "book.csv").write_text(LEDGER, encoding="utf-8")
    return tmp_path


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Local]:
    """The whole service on a clock that follows what it is told."""
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path / "nats", FollowingClock(), executor=pool) as running:
            yield running


def rows_in(path: str) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def mend(path: str, changes: dict[str, str]) -> None:
    """Replace words in a file, as somebody with an editor would."""
    text = Path(path).read_text(encoding="utf-8-sig")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    Path(path).write_text(text, encoding="utf-8-sig")


async def test_every_row_is_accounted_for_and_twice_gives_the_same(ledger: Path, service: Local) -> None:
    client = Client(service.to.connection)
    seen: list[tuple[int, int]] = []

    report = await import_file(
        client, ledger / "book.csv", ledger / "map.toml", on_progress=lambda *done: seen.append(done)
    )

    assert (report.rows, report.sent, report.accepted, report.rejected, report.bad) == (5, 3, 2, 1, 2)
    assert report.by_reason == {"bad_instant": 1, "bad_place": 1, "not_in_table": 1}
    assert [(fault.line, fault.code, fault.column) for fault in report.faults] == [
        (3, "not_in_table", "内容"),
        (4, "bad_place", ""),
        (5, "bad_instant", "时间"),
    ]
    assert seen[-1] == (5, 5)
    assert [row["单号"] for row in rows_in(report.kept)] == ["BX-2", "BX-3", "BX-4"]

    again = await import_file(client, ledger / "book.csv", ledger / "map.toml")

    assert again == report
    status = await client.status()
    assert (status.accepted, status.duplicates, status.unaccounted) == (2, 2, 0)


async def test_rows_mended_in_the_file_they_were_kept_in_are_accepted(ledger: Path, service: Local) -> None:
    client = Client(service.to.connection)
    report = await import_file(client, ledger / "book.csv", ledger / "map.toml")
    mend(report.kept, {"灯不亮": "漏水", "漏水,,,": "漏水,30.003,120.003,", "昨天": "2018-01-05 11:00"})

    after = await import_file(client, Path(report.kept), ledger / "map.toml")

    assert (after.accepted, after.rejected, after.bad, after.kept) == (3, 0, 0, "")
    assert (await client.status()).accepted == 5


async def test_at_a_pace_the_clock_lives_through_the_days_in_order(ledger: Path, service: Local) -> None:
    client = Client(service.to.connection)
    clocks: list[dt.datetime] = []

    await import_file(
        client,
        ledger / "book.csv",
        ledger / "map.toml",
        pace=60,
        on_progress=lambda *_: clocks.append(service.clock.now()),
    )

    shanghai = dt.timezone(dt.timedelta(hours=8))
    assert clocks == [
        dt.datetime(2018, 1, 3, 10, 0, tzinfo=shanghai),
        dt.datetime(2018, 1, 5, 8, 41, tzinfo=shanghai),
        # The third is refused for its form: nothing is known to have happened then.
        dt.datetime(2018, 1, 5, 8, 41, tzinfo=shanghai),
    ]
    status = await client.status()
    assert (status.accepted, status.pending) == (2, 0)


async def test_the_command_reports_and_exits_with_1_when_rows_were_not_accepted(ledger: Path, service: Local) -> None:
    book, map_file = str(ledger / "book.csv"), str(ledger / "map.toml")

    code, out, _ = await dispatch("import", book, "--map", map_file, "--nats", service.url, "--json")
    assert code == 1
    assert json.loads(out)["by_reason"] == {"bad_instant": 1, "bad_place": 1, "not_in_table": 1}

    code, out, err = await dispatch("import", book, "--map", map_file, "--nats", service.url)
    assert code == 1
    assert "5 rows: 2 accepted, 1 rejected, 2 that could not be made into a request." in out
    assert "bad_instant" in out
    assert "昨天" not in out, "what stands in a cell may be somebody's words"
    assert "book.rejected.csv" in err.replace("\n", "")


async def test_a_map_that_does_not_fit_the_file_sends_nothing(ledger: Path, service: Local) -> None:
    (ledger / "book.csv").write_text("a,b\n1,2\n", encoding="utf-8")

    book, map_file = str(ledger / "book.csv"), str(ledger / "map.toml")

    code, _, err = await dispatch("import", book, "--map", map_file, "--nats", service.url)

    assert code == 2
    assert "no column '单号'" in err.replace("\n", "")
    assert (await Client(service.to.connection).status()).requests == 0
