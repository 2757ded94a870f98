"""The board page: files of our own, nothing from elsewhere, shown under a strict content policy."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from dispatch.model.quoting import quoted
from dispatch.web.problems import told

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only what this service itself serves is run or loaded, so that text from outside stays text."""

_FILES = {
    "board.html": "text/html",
    "board.css": "text/css",
    **{f"{name}.js": "text/javascript" for name in ("board", "dom", "read", "show", "state", "words")},
    "icon.svg": "image/svg+xml",
}


@get(
    "/",
    summary="The board page",
    description="The live board for people, in Chinese and English; needs nothing but this service.",
    tags=["page"],
    operation_id="page",
    media_type=MediaType.HTML,
)
async def index(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The page itself."""
    return _file(request, "board.html")


@get(
    "/static/{name:str}",
    summary="A file of the board page",
    description="Its script, style and icon.",
    tags=["page"],
    operation_id="pageFile",
    media_type="*/*",
    responses={400: told("The name is not what it must be."), 404: told("There is no such file.")},
)
async def static(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A file of the page."""
    if name not in _FILES:
        raise NotFoundException(f"There is no file {quoted(name)}.")
    return _file(request, name)


def _file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    content = files("dispatch.web").joinpath("static", name).read_bytes()
    tag = f'"{hashlib.blake2b(content, digest_size=8).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type=_FILES[name], headers=headers)


HANDLERS: tuple[Any, ...] = (index, static)
