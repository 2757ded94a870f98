"""The web app: HTTP over the running services, server-sent events, and the board page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Request
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import Message, Scope

from dispatch.model.quoting import quoted
from dispatch.services.client import client
from dispatch.web import health, history, openapi, page, rows, saying, stream
from dispatch.web.context import Context
from dispatch.web.parameters import check_parameters
from dispatch.web.problems import Problem, Refusal, on_error

ANSWER_WITHIN_S = 10.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_HEADERS = {
    "Content-Security-Policy": page.CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def _here(state: State) -> Context:
    context: Context = state.here
    return context


_HANDLERS = [handler for room in (page, saying, rows, history, stream, health, openapi) for handler in room.HANDLERS]
_DEPENDENCIES = {"here": Provide(_here, sync_to_thread=False)}


def create_app(url: str, *, hosts: Collection[str] | None = None, answer_within_s: float = ANSWER_WITHIN_S) -> Litestar:
    """The app over the services behind the NATS server at ``url``; it connects when it is started.

    ``hosts``: the names under which it may be called (None: any). ``answer_within_s``: how long a decision is waited
    for before a message counts as kept. Raises `Unavailable` at start if there is no server.
    """

    @asynccontextmanager
    async def connected(app: Litestar) -> AsyncIterator[None]:
        async with client(url, "dispatch-web") as found:
            context = Context(found, answer_within_s=answer_within_s)
            await context.open()
            app.state.here = context
            try:
                yield
            finally:
                context.stopping.set()

    def check_host(request: Request[Any, Any, Any]) -> None:
        # A stranger's page can have its own name resolve to this machine; its requests still carry that name.
        name = urlsplit(f"//{request.headers.get('host', '')}").hostname
        if hosts is not None and name not in hosts:
            problem = Problem(
                code="unknown_host",
                reason=f"This service is not called {quoted(name or '')}.",
                hint=f"one of {', '.join(sorted(hosts))} was meant.",
            )
            raise Refusal(400, problem)

    def check(request: Request[Any, Any, Any]) -> None:
        check_host(request)
        check_parameters(request)

    return Litestar(
        _HANDLERS,
        lifespan=[connected],
        dependencies=_DEPENDENCIES,
        exception_handlers={HTTPException: on_error, Exception: on_error},
        before_request=check,
        before_send=[_add_headers],
        request_max_body_size=saying.MAX_BODY_BYTES,
        state=State({"document": cache(partial(openapi.document, _HANDLERS, _DEPENDENCIES))}),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


async def _add_headers(message: Message, scope: Scope) -> None:
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
