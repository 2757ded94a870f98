"""Runs the web app: as a part of a larger process (`serving`), or as a process of its own (`web`)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn

from dispatch.model.errors import Unavailable
from dispatch.services.ports import cannot_listen
from dispatch.services.run import Settings, wired
from dispatch.web.app import LOOPBACK, create_app
from dispatch.web.context import Context

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
STOP_WITHIN_S = 5
"""Streams end at once when told to stop; a request under way gets this long."""
_LOOK_EVERY_S = 0.5


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the business of whoever runs the process."""
        yield


class Web:
    """A web app being served at ``address`` (``http://host:port``)."""

    def __init__(self, address: str, context: Context) -> None:
        self.address = address
        self._context = context

    async def lost(self) -> None:
        """Return once the connection to NATS is closed for good; it does not come back then."""
        # Nothing tells when the client gives up but its state.
        while not self._context.client.connection.is_closed:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_EVERY_S)


@asynccontextmanager
async def serving(url: str, *, host: str = HOST, port: int = 0, names: Collection[str] = ()) -> AsyncIterator[Web]:
    """Serve the app over the services behind the NATS server at ``url`` until the block ends.

    ``port`` 0 takes a free one. On loopback the app answers to loopback's names and ``names`` only, elsewhere to
    ``names`` or, if there are none, to any. Raises `SettingError` if the port is taken, `Unavailable` if NATS is away.
    """
    listener = _listen(host, port)
    hosts = LOOPBACK.union(names) if host in LOOPBACK else names or None
    app = create_app(url, hosts=hosts)
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOP_WITHIN_S,
    )
    server = _Server(config)
    started: asyncio.Future[Context] = asyncio.get_running_loop().create_future()

    async def run() -> None:
        # The app is started here and not by the server, which would hide why it could not be.
        try:
            async with app.lifespan():
                started.set_result(app.state.here)
                await server.serve(sockets=[listener])
        except BaseExceptionGroup as group:
            raise _only(group) from group

    with contextlib.closing(listener):
        # One task from start to end, whoever enters and leaves this block.
        running = asyncio.create_task(run())
        either: set[asyncio.Future[Any]] = {running, started}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await running
        context = started.result()
        name, taken = listener.getsockname()[:2]
        try:
            yield Web(f"http://{f'[{name}]' if ':' in name else name}:{taken}", context)
        finally:
            context.stopping.set()
            server.should_exit = True
            await running


async def web(settings: Settings, host: str = HOST, port: int = 8080, names: Collection[str] = ()) -> None:
    """Run the web service until a signal comes; raises `Unavailable` if NATS stays away."""
    async with wired(settings, "web-start"):
        pass
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    try:
        async with serving(settings.url, host=host, port=port, names=names) as served:
            log.info("the board is at %s", served.address)
            stopped, lost = asyncio.create_task(stop.wait()), asyncio.create_task(served.lost())
            await asyncio.wait({stopped, lost}, return_when=asyncio.FIRST_COMPLETED)
            for task in (stopped, lost):
                task.cancel()
    finally:
        for one in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(one)
    if not stop.is_set():
        raise Unavailable("The connection to NATS was lost for good.", hint="the NATS server is down.")
    log.info("stopped")


def _only(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The exception in ``group``, if there is but one: the framework wraps what ends its start."""
    found: BaseException = group
    while isinstance(found, BaseExceptionGroup) and len(found.exceptions) == 1:
        found = found.exceptions[0]
    return found


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The event loop turns Nagle off only where the protocol is named; with it every answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        # Bound is not enough: two may bind the same port before either listens.
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise cannot_listen(host, port, error) from error
    listener.setblocking(False)
    return listener
