"""The command line as people meet it: help, JSON and nothing else, clear errors, and what each command shows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

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
COMMANDS = [
    "demo",
    "up",
    "serve",
    "apply",
    "send",
    "import",
    "board",
    "tasks",
    "unplanned",
    "status",
    "health",
    "watch",
    "replay",
    "history",
    "verify",
    "solve",
    "check",
    "schema",
]


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


async def test_every_command_has_help() -> None:
    code, out, _ = await dispatch("--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)
    for command in COMMANDS:
        code, out, err = await dispatch(command, "--help")
        assert code == 0, err
        assert len(out) > 80


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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("status", "--nats", "nats://127.0.0.1:1"), "No NATS server answers"),
        (("send", "request.east", "{}"), "bad subject|tokens"),
        (("send", "request.east.repair", ""), "no message"),
        (("apply", "nowhere.toml"), "no world file"),
        (("replay", "--until", "yesterday"), "neither a log position nor an instant"),
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
