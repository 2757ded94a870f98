"""Running the command as people do: as processes, on free ports, ended whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

WORLD = """
world = "small"
area = "east"

[policy]
time_zone = "Asia/Shanghai"
plan_budget = 2

[shifts.always]
start = "00:00"
end = "23:59"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

[[categories]]
id = "water-leak"
kind = "repair"
skill = "plumbing"
minutes = 45
people = 1

[[places]]
id = "yard"
kind = "site"
lat = 30.0
lon = 120.0

[[places]]
id = "b3-1202"
kind = "unit"
lat = 30.002
lon = 120.001
within = "yard"

[[workers]]
id = "w1"
role = "technician"
base = "yard"
skills = [{ skill = "plumbing" }]
shifts = ["always"]

[[workers]]
id = "w2"
role = "technician"
base = "yard"
skills = [{ skill = "plumbing" }]
shifts = ["always"]
"""


def free_ports(count: int) -> list[int]:
    """``count`` ports that are free now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def port_is_free(port: int) -> bool:
    """Whether nobody listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def environment() -> dict[str, str]:
    """The environment of a command: this source tree, and no server somebody else set."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DISPATCH_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), "COLUMNS": "200"}


async def dispatch(*arguments: str, stdin: bytes = b"", timeout_s: float = 60.0) -> tuple[int, str, str]:
    """Run ``dispatch`` with ``arguments`` to its end; its exit code, stdout and stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dispatch", *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=environment(),
    )  # fmt: skip
    try:
        out, err = await asyncio.wait_for(process.communicate(stdin), timeout_s)
    except BaseException:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def running(arguments: Sequence[str], *, ready: str | None = None) -> AsyncIterator[asyncio.subprocess.Process]:
    """``dispatch`` with ``arguments`` in the background, from the moment ``ready`` stands in its stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dispatch", *arguments, stderr=asyncio.subprocess.PIPE, env=environment()
    )
    assert process.stderr is not None
    try:
        if ready is not None:
            await asyncio.wait_for(_until(process.stderr, ready), 60)
        drain = asyncio.create_task(_pass_on(process.stderr))
        yield process
        drain.cancel()
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _pass_on(stream: asyncio.StreamReader) -> None:
    """Show what the process says beside the test's own output, so that a failure can be understood."""
    while line := await stream.readline():
        sys.stderr.write(line.decode())


async def _until(stream: asyncio.StreamReader, text: str) -> None:
    seen = ""
    while text not in seen:
        line = await stream.readline()
        assert line, f"it ended before it said {text!r}: {seen}"
        seen += line.decode()
