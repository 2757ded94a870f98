"""Everything with one command: the embedded server, and each service as a process of its own, kept running."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct

from dispatch.model.errors import DispatchError, SettingError, Unavailable
from dispatch.services.children import end
from dispatch.services.client import Client, client
from dispatch.services.clock import clock_named
from dispatch.services.nats_child import __file__ as _child
from dispatch.services.nats_server import EmbeddedServer
from dispatch.services.ports import check_free
from dispatch.services.questions import Health
from dispatch.services.secret import made_secret
from dispatch.services.wiring import Settings, rebuild

log = logging.getLogger(__name__)

SERVICES = ("desk", "planner", "projector")
RESTART_AFTER_S = 0.5
SHORT_LIFE_S = 5.0
SHORT_LIVES = 3
STOP_WITHIN_S = 10.0
READY_WITHIN_S = 60.0
_LOOK_AGAIN_S = 0.05
_KILLED = (-signal.SIGKILL, -signal.SIGTERM)


class Up(Struct, frozen=True, kw_only=True):
    """How everything is to be started. Ports of 0 take a free one."""

    data_dir: Path
    nats_port: int
    http_port: int
    host: str = "127.0.0.1"
    clock: str = "system"
    rebuild: bool = False
    """Whether what projector and planner keep beside the log is removed first, so that they fold it anew."""


class Child:
    """One service as a process: started again when it ends by itself, stopped in good order when asked to."""

    def __init__(self, name: str, arguments: Sequence[str]) -> None:
        self.name = name
        self._arguments = arguments
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The process it is just now, or was last."""
        return None if self._process is None else self._process.pid

    async def run(self) -> None:
        """Keep it running until `stop`; raises `Unavailable` when it ends again and again right after its start.

        Not when somebody killed it: that says nothing of whether it can run.
        """
        loop, in_a_row = asyncio.get_running_loop(), 0
        while not self._stopping.is_set():
            began = loop.time()
            self._process = await asyncio.create_subprocess_exec(*self._command(), start_new_session=True)
            code = await self._process.wait()
            if self._stopping.is_set():
                return
            if code in _KILLED:
                in_a_row = 0
            else:
                in_a_row = in_a_row + 1 if loop.time() - began < SHORT_LIFE_S else 1
            if in_a_row == SHORT_LIVES:
                raise Unavailable(
                    f"The {self.name} ended {in_a_row} times right after its start, last with {code}.",
                    hint="what it said stands above.",
                )
            log.warning("%s ended with %d and is started again", self.name, code)
            await asyncio.sleep(RESTART_AFTER_S)

    async def stop(self) -> None:
        """Ask it to end and wait until it has."""
        self._stopping.set()
        if self._process is not None:
            await end(self._process, STOP_WITHIN_S)

    def _command(self) -> list[str]:
        python = [sys.executable, "-m", "dispatch", "serve", self.name, *self._arguments]
        if sys.platform != "linux":
            return python
        # The kernel ends the child when this process ends, even by kill -9.
        return [sys.executable, "-I", "-S", str(_child), "signal", str(os.getpid()), *python]


Announce = Callable[[str, str], None]


async def up(how: Up, announce: Announce) -> None:
    """Run everything until SIGINT or SIGTERM; ``announce(nats_url, http_url)`` is called once it serves.

    Raises `SettingError` when the data directory or a port is in use, `Unavailable` when the server ends or a service
    cannot be kept running.
    """
    if how.nats_port and how.nats_port == how.http_port:
        raise SettingError(f"Port {how.nats_port} cannot be both NATS's and the board's.", hint="name another for one.")
    check_free(how.host, how.http_port)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with EmbeddedServer(how.data_dir, host=how.host, port=how.nats_port) as server:
        if how.rebuild:
            settings = Settings(url=server.url, clock=clock_named(how.clock), monitor_urls=(server.monitor_url,))
            await rebuild(settings)
        common = ["--nats", server.url, "--monitor", server.monitor_url, "--clock", how.clock]
        secret = ["--secret-file", str(made_secret(how.data_dir / "secret"))]
        children = [Child(name, [*common, *(secret if name == "planner" else ())]) for name in SERVICES]
        children.append(Child("web", [*common, "--host", how.host, "--port", str(how.http_port)]))
        watched = [asyncio.create_task(child.run()) for child in children]
        watched += [asyncio.create_task(_ended(server)), asyncio.create_task(_stopped(stop))]
        readying = asyncio.create_task(ready(server.url, how.host, how.http_port))
        try:
            done, _ = await asyncio.wait({readying, *watched}, return_when=asyncio.FIRST_COMPLETED)
            if readying in done:
                readying.result()
                announce(server.url, f"http://{how.host}:{how.http_port}")
                done, _ = await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await asyncio.gather(*(child.stop() for child in children))
            for task in (readying, *watched):
                task.cancel()
            await asyncio.gather(readying, *watched, return_exceptions=True)


async def _ended(server: EmbeddedServer) -> None:
    code = await server.wait()
    raise Unavailable(f"The NATS server ended with {code}.", hint="its log in the data directory says why.")


async def _stopped(stop: asyncio.Event) -> None:
    await stop.wait()


async def ready(url: str, host: str, http_port: int) -> None:
    """Return once every service answers; raises `Unavailable` when one does not within `READY_WITHIN_S`."""
    try:
        async with client(url, "dispatch-up") as asking, asyncio.timeout(READY_WITHIN_S):
            for service in SERVICES:
                await answers(asking, service)
            await _listens(host, http_port)
    except TimeoutError as error:
        raise Unavailable(
            f"Not every service answered within {READY_WITHIN_S:g} s.", hint="what they said stands above."
        ) from error


async def _listens(host: str, port: int) -> None:
    """Return once somebody listens on ``port``."""
    while True:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(_LOOK_AGAIN_S)
        else:
            writer.close()
            return


async def answers(asking: Client, service: str) -> None:
    """Return once ``service`` answers."""
    while True:
        try:
            await asking.ask(f"ask.{service}.health", None, Health, timeout_s=1.0)
        except DispatchError:
            # Nobody listens yet, and NATS says so at once; a process takes this long to start.
            await asyncio.sleep(_LOOK_AGAIN_S)
        else:
            return
