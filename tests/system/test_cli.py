"""The command line as people meet it: help, JSON and nothing else, clear errors, and what each command shows."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner

from dispatch.cli.main import MODULES, make_app
from dispatch.cli.start import COMMANDS
from dispatch.services.nats_server import EmbeddedServer

from .processes import WORLD, dispatch, running

REQUEST = {
    "id": "r-1",
    "source": "test",
    "category": "water-leak",
    "place": {"unit": "b3-1202"},
    "contact": {"name": "Wang", "phone": "555"},
    "reported_at": "2026-01-05T08:00:00+08:00",
}


@pytest.fixture
async def url(nats_server: EmbeddedServer, tmp_path: Path) -> AsyncIterator[str]:
    """Services as processes on a server of their own, with a small world applied."""
    async with AsyncExitStack() as stack:
        for service in ("desk", "planner", "projector"):
            await stack.enter_async_context(running(["serve", service, "--nats", nats_server.url]))
        for service in ("desk", "planner", "projector"):
            async with asyncio.timeout(30):
                while (await dispatch("health", service, "--nats", nats_server.url))[0] != 0:
                    pass
        world = tmp_path / "world.toml"
        world.write_text(WORLD)
        code, out, err = await dispatch("apply", str(world), "--nats", nats_server.url)
        assert code == 0, out + err
        yield nats_server.url


@pytest.mark.parametrize("module", MODULES)
def test_a_command_is_looked_for_in_the_module_that_adds_it(module: str) -> None:
    app = typer.Typer()
    import_module(f"dispatch.cli.{module}").add_to(app)
    commands = [one.name or one.callback.__name__ for one in app.registered_commands if one.callback]
    assert sorted(MODULES[module]) == sorted([*commands, *(str(group.name) for group in app.registered_groups)])


async def test_help_names_every_command() -> None:
    code, out, _ = await dispatch("--help")
    assert code == 0
    assert all(command in out for command in chain(COMMANDS, *MODULES.values()))


@pytest.mark.parametrize("command", [*COMMANDS, *chain(*MODULES.values())])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(make_app(command), [command, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output) > 80


async def test_a_request_from_sending_to_history(url: str, tmp_path: Path) -> None:
    at = ("--nats", url)
    code, out, err = await dispatch(
        "send", "request.east.repair", "-", *at, "--json", stdin=json.dumps(REQUEST).encode()
    )
    assert code == 0, err
    order = json.loads(out)["order"]

    code, out, _ = await dispatch("apply", str(tmp_path / "world.toml"), *at, "--json")
    assert json.loads(out) == {"world": "small", "registered": 0, "changed": 0, "moved": 0, "retired": 0, "same": 6}

    code, out, _ = await dispatch("board", *at, "--json")
    (row,) = json.loads(out)
    assert (row["order"], row["status"], row["area"]) == (order, "told", "east")
    (worker,) = row["workers"]
    code, out, _ = await dispatch("tasks", worker, *at, "--json")
    assert [stop["order"] for duty in json.loads(out) for stop in duty["stops"]] == [order]
    code, out, _ = await dispatch("tasks", worker, *at)
    assert "water-leak" in out and "b3-1202" in out

    code, out, _ = await dispatch("history", order, *at, "--json")
    assert [line["type"] for line in json.loads(out)][:3] == ["RequestAccepted", "OrderOpened", "OrderPlanned"]
    assert "Wang" not in out
    code, out, _ = await dispatch("history", "test/r-1", *at, "--personal")
    assert code == 0 and "Wang" in out

    position = json.loads((await dispatch("status", *at, "--json"))[1])["log_position"]
    code, out, _ = await dispatch("replay", "--until", str(position), *at, "--json")
    assert [one["order"] for one in json.loads(out)["board"]] == [order]
    code, out, _ = await dispatch("replay", "--until", "1", *at, "--json")
    assert json.loads(out)["board"] == []
    assert (await dispatch("verify", *at))[0] == 0


async def test_what_is_refused_is_kept_and_can_be_sent_again_mended(url: str, tmp_path: Path) -> None:
    at = ("--nats", url)
    code, out, _ = await dispatch("send", "request.east.repair", '{"id": "r-2"}', *at)
    assert code == 1 and "missing_field" in out
    code, out, _ = await dispatch("rejected", "list", *at, "--json")
    (one,) = json.loads(out)
    position = str(one["position"])
    saved = tmp_path / "bytes"
    code, out, _ = await dispatch("rejected", "show", position, "--save", str(saved), *at)
    assert code == 0 and saved.read_bytes() == b'{"id": "r-2"}'
    assert (await dispatch("rejected", "retry", position, *at))[0] == 1
    saved.write_text(json.dumps({**REQUEST, "id": "r-2"}))
    code, out, err = await dispatch("rejected", "retry", position, "--mended", str(saved), *at, "--json")
    assert code == 0, out + err
    assert json.loads(out)["decision"] == "accepted"


async def test_in_a_pipe_errors_and_rows_of_tables_are_one_line(url: str) -> None:
    at = ("--nats", url)
    long = "request.east.repair", json.dumps({**REQUEST, "id": "r-3", "place": {"unit": "nowhere " * 9}})
    code, out, _ = await dispatch("send", *long, *at)
    assert code == 1 and len(out.splitlines()) == 1
    code, out, _ = await dispatch("rejected", "list", *at, "--json")
    (one,) = json.loads(out)
    code, out, _ = await dispatch("rejected", "list", *at)
    (row,) = [line for line in out.splitlines() if "request.east.repair" in line]
    assert " ".join(one["message"].split()) in row and " ".join(one["hint"].split()) in row
    code, _, err = await dispatch("status", "--nats", "nats://127.0.0.1:1")
    (line,) = [one for one in err.splitlines() if one.startswith("dispatch: ")]
    assert code == 2 and line.endswith("or the address is another one.")


SHANGHAI = ZoneInfo("Asia/Shanghai")


def _at_night() -> tuple[dt.date, dict[str, Any]]:
    """A request for the small hours of a day in Shanghai, which is still the day before in UTC; and that day."""
    day = (dt.datetime.now(SHANGHAI) + dt.timedelta(days=1)).date()
    start = dt.datetime.combine(day, dt.time(2), SHANGHAI)
    window = {"from": start.isoformat(), "to": (start + dt.timedelta(hours=2)).isoformat()}
    return day, {**REQUEST, "id": "r-night", "window": window}


async def test_the_day_of_the_board_is_the_one_it_prints_in_the_time_zone_of_the_area(url: str) -> None:
    at = ("--nats", url)
    day, body = _at_night()
    code, out, err = await dispatch("send", "request.east.repair", json.dumps(body), *at, "--json")
    assert code == 0, out + err
    order = json.loads(out)["order"]

    code, out, _ = await dispatch("board", "--day", str(day), *at, "--json")
    assert [row["order"] for row in json.loads(out)] == [order]
    code, out, _ = await dispatch("board", "--day", str(day - dt.timedelta(days=1)), *at, "--json")
    assert json.loads(out) == []
    code, out, _ = await dispatch("board", "--day", str(day), *at)
    (line,) = [line for line in out.splitlines() if order in line]
    assert line.lstrip().startswith(f"{day:%m-%d} 0")


async def test_the_ledger_keeps_every_order_with_its_window_also_when_it_has_ended(url: str) -> None:
    at = ("--nats", url)
    day, body = _at_night()
    orders = []
    for one in (body, REQUEST):
        code, out, err = await dispatch("send", "request.east.repair", json.dumps(one), *at, "--json")
        assert code == 0, out + err
        orders.append(json.loads(out)["order"])
    cancel = {"id": "c-1", "by": "chen", "at": body["reported_at"], "order": orders[1], "reason": "sold"}
    assert (await dispatch("send", "direct.east.cancel", json.dumps(cancel), *at))[0] == 0

    code, out, _ = await dispatch("ledger", *at, "--json")
    rows = {row["order"]: row for row in json.loads(out)}
    assert set(rows) == set(orders)
    (window,) = rows[orders[0]]["windows"]
    assert [dt.datetime.fromisoformat(window[end]) for end in ("from", "to")] == [
        dt.datetime.fromisoformat(body["window"][end]) for end in ("from", "to")
    ]
    assert (rows[orders[1]]["status"], rows[orders[1]].get("windows")) == ("cancelled", None)
    code, out, _ = await dispatch("ledger", "--status", "cancelled", *at, "--csv")
    (cancelled,) = csv.DictReader(io.StringIO(out))
    assert (cancelled["order"], cancelled["reported_at"]) == (orders[1], body["reported_at"])
    code, out, _ = await dispatch("ledger", *at, "--csv")
    (asked,) = [row for row in csv.DictReader(io.StringIO(out)) if row["order"] == orders[0]]
    assert asked["windows"] == "/".join(body["window"].values())
    code, out, _ = await dispatch("ledger", "--day", "2026-01-05", *at)
    assert f"{day:%m-%d} 02:00-04:00" in out and "Wang" not in out
    assert (await dispatch("ledger", "--csv", "--json", *at))[0] == 2


async def test_watched_tasks_are_one_route_a_line_from_the_first_line_on(url: str) -> None:
    at = ("--nats", url)
    code, out, err = await dispatch("send", "request.east.repair", json.dumps(REQUEST), *at, "--json")
    assert code == 0, out + err
    order = json.loads(out)["order"]
    ((worker,),) = [row["workers"] for row in json.loads((await dispatch("board", *at, "--json"))[1])]
    async with running(["tasks", worker, "--watch", "--json", *at], stdout=asyncio.subprocess.PIPE) as watching:
        assert watching.stdout is not None
        lines = [json.loads(await asyncio.wait_for(watching.stdout.readline(), 30))]
        cancel = {"id": "c-1", "by": "chen", "at": REQUEST["reported_at"], "order": order, "reason": "sold"}
        assert (await dispatch("send", "direct.east.cancel", json.dumps(cancel), *at))[0] == 0
        while lines[-1]["stops"]:
            lines.append(json.loads(await asyncio.wait_for(watching.stdout.readline(), 30)))
    assert [stop["order"] for stop in lines[0]["stops"]] == [order]
    assert len({tuple(line) for line in lines}) == 1


class Plain(EmbeddedServer):
    """A NATS server as it comes: without JetStream."""

    def _config(self) -> str:
        return super()._config().partition("jetstream {")[0]


@pytest.mark.alone
@pytest.mark.parametrize(
    ("serves", "said"), [(Plain, "JetStream does not answer"), (EmbeddedServer, "dispatch up")], ids=["plain", "empty"]
)
async def test_a_server_that_keeps_nothing_is_named_at_once(
    serves: type[EmbeddedServer], said: str, tmp_path: Path
) -> None:
    world = tmp_path / "world.toml"
    world.write_text(WORLD)
    async with serves(tmp_path / "nats") as server:
        for command in (
            ("send", "request.east.repair", json.dumps(REQUEST)),
            ("apply", str(world)),
            ("status",),
            *([("serve", "desk"), ("serve", "web", "--port", "0")] if serves is Plain else ()),
        ):
            began = time.monotonic()
            code, out, err = await dispatch(*command, "--nats", server.url)
            assert (code, out) == (2, ""), command
            assert said in err and "Traceback" not in err
            assert time.monotonic() - began < 8, command


@pytest.mark.alone
async def test_what_is_sent_while_no_desk_runs_is_kept_and_that_is_said_soon(nats_server: EmbeddedServer) -> None:
    at = ("--nats", nats_server.url)
    async with running(["serve", "projector", *at]):
        async with asyncio.timeout(30):
            while (await dispatch("health", "projector", *at))[0] != 0:
                pass
        began = time.monotonic()
        code, _, err = await dispatch("send", "request.east.repair", json.dumps(REQUEST), *at)
        assert code == 2 and "1 of 1 messages are kept but not decided yet" in err and "dispatch serve desk" in err
        assert time.monotonic() - began < 25
        async with running(["serve", "desk", *at]):
            code, out, err = await dispatch("send", "request.east.repair", json.dumps(REQUEST), *at)
            assert code == 0, out + err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "--nats", "nats://127.0.0.1:1"), "No NATS server answers"),
        (("send", "request.east", "{}"), "bad subject|tokens"),
        (("send", "request.east.repair", ""), "no message"),
        (("apply", "nowhere.toml"), "no world file"),
        (("replay", "--until", "yesterday"), "neither a log position nor an instant"),
        (("replay", "--until", "²"), "neither a log position nor an instant"),
        (("replay", "--until", "7" * 5000), "neither a log position nor an instant"),
        (("up", "--nats-port", "4999", "--http-port", "4999"), "cannot be both"),
        (("serve", "cook"), "no service 'cook'"),
        (("serve", "desk", "--clock", "sundial"), "no clock 'sundial'"),
        (("solve", "nowhere.json"), "cannot be read"),
        (("check", "nowhere.json", "nowhere.json"), "cannot be read"),
        (("schema", "Nothing"), "no type 'Nothing'"),
        (("schema", "Requst"), "ServiceRequest"),
        (("status", "--nats", ""), "no address of a NATS server"),
        (("status", "--nats", "nats://a:b"), "No NATS server answers"),
        (("health", "cook"), "no service 'cook'"),
        (("apply", "."), "cannot be read: Is a directory"),
        (("import", "nowhere.csv", "--map", "nowhere.toml"), "no mapping file"),
        (("rejected", "retry", "1", "--mended", "nowhere.json"), "nowhere.json cannot be read"),
        (("up", "--data", __file__), "cannot be used as the data directory"),
        (("up", "--host", "192.0.2.1"), "no address of this machine"),
        (("demo", "--data", __file__), "is not a folder"),
        (("demo", "--data", f"{__file__}/log"), "cannot be used as the data directory (Not a directory)"),
        (("apply", sys.executable), "is not TOML: it is not UTF-8 at byte"),
    ],
)
async def test_a_wrong_word_gets_a_clear_error(arguments: tuple[str, ...], said: str) -> None:
    code, out, err = await dispatch(*arguments)
    flat = " ".join(err.split())
    assert code == 2, out + err
    assert any(one in flat for one in said.split("|")), err
    assert "Traceback" not in err
    assert "WARNING" not in err
    assert err.startswith("dispatch: ")
    assert " Maybe " in err


async def test_a_name_nobody_has_is_said_to_be_unknown_and_a_like_one_offered(url: str, tmp_path: Path) -> None:
    at = ("--nats", url)
    for arguments, said in (
        (("tasks", "w11"), "no worker 'w11'. Maybe w1 was meant."),
        (("tasks", "x>", "--watch"), "no worker 'x>'. Maybe one of the 2 registered was meant, such as w1."),
        (("tasks", "w1", "--area", "west"), "no worker 'w1' in area west"),
        (("board", "--area", "west"), "no area 'west'. Maybe east was meant."),
        (("unplanned", "--area", "a b"), "no area 'a b'"),
        (("watch", "--area", "a b"), "no area 'a b'"),
        (("replay", "--area", "west"), "no area 'west'"),
        (("history", "nope"), "no work order 'nope'"),
        (("rejected", "show", "7"), "No message was rejected at position 7"),
    ):
        code, out, err = await dispatch(*arguments, *at)
        assert (code, out) == (2, ""), arguments
        assert said in err, err
        assert "Traceback" not in err
    assert await dispatch("tasks", "w1", *at) == (0, "No tasks for w1.\n", "")
    assert await dispatch("board", "--area", "east", *at) == (0, "Board: nothing.\n", "")
    assert (await dispatch("send", "request.east.repair", "{}", *at))[0] == 1
    (one,) = json.loads((await dispatch("rejected", "list", "--json", *at))[1])
    code, out, err = await dispatch("rejected", "show", str(one["position"]), "--save", str(tmp_path), *at)
    assert (code, "cannot be written" in err) == (2, True), out + err


async def test_why_something_is_unplanned_stands_in_whole_lines(url: str) -> None:
    body = json.dumps({**REQUEST, "category": "unheard-of"})
    assert (await dispatch("send", "request.east.repair", body, "--nats", url))[0] == 0
    assert (await dispatch("status", "--json", "--nats", url))[0] == 0
    code, out, _ = await dispatch("unplanned", "--nats", url)
    first, second = out.splitlines()
    assert code == 0
    assert first.startswith("east  order ") and "unheard-of at b3-1202" in first
    assert second.strip().startswith("unknown_category: ") and " Maybe register the category 'unheard-of'." in second
