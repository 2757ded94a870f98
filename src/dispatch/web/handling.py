"""What handlers share: the parameters they take, and how those that show something are described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from litestar import get
from litestar.openapi import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from dispatch.web.problems import told

TOKEN = r"^[a-z0-9_-]{1,64}$(?!\n)"
"""As `dispatch.model.words.Token`: the framework takes constraints of parameters from its own annotations only."""

TokenPath = Annotated[str, PathParameter(pattern=TOKEN)]
Area = Annotated[str | None, QueryParameter(pattern=TOKEN, description="only this area")]
After = Annotated[
    str,
    QueryParameter(
        pattern=r"^[a-z0-9_.-]{0,200}$(?!\n)", description="rows behind this key: `next` of the page before"
    ),
]
# In a list the first annotation is what checks it and the second what describes it.
TokenItem = Annotated[str, Meta(pattern=TOKEN), QueryParameter(pattern=TOKEN)]
_KEY = r"^[a-z0-9_.-]{1,200}$(?!\n)"
Keys = Annotated[
    list[Annotated[str, Meta(pattern=_KEY), QueryParameter(pattern=_KEY)]] | None,
    QueryParameter(
        name="key",
        max_items=100,
        description="only these rows, by `<area>.<order>` (`<area>.zone-<zone>`); may be given up to 100 times",
    ),
]
Limit = Annotated[int, QueryParameter(ge=1, le=1000, description="rows at most")]

NO_SERVICE: Mapping[int, ResponseSpec] = {503: told("NATS or the projector is away.")}
_ALWAYS = {400: told("A parameter is not known, or not what it must be."), **NO_SERVICE}


def see(
    operation_id: str,
    path: str,
    summary: str,
    description: str,
    *,
    responses: Mapping[int, ResponseSpec] | None = None,
) -> get:
    """Decorates a handler that shows what is so. ``responses``: what it answers beside 200, 400 and 503, or instead."""
    return get(
        path,
        summary=summary,
        description=description,
        tags=["see"],
        operation_id=operation_id,
        responses={**_ALWAYS, **(responses or {})},
    )
