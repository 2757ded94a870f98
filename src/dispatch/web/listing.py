"""A read model in pages: what is asked of the projector, filtered and cut to the length a reader wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from dispatch.projections.base import Row
from dispatch.services.asking import Page, Query
from dispatch.web.context import Context

R = TypeVar("R", bound=Row)
P = TypeVar("P", bound="RowsPage[Any]")

_AT_ONCE = 1000
ALL = 1_000_000


class RowsPage(Struct, Generic[R], frozen=True, kw_only=True):
    """Rows of a read model as of log ``position``; ``next``: where to go on, if there are more."""

    position: int
    rows: list[R]
    next: str | None = None


class Listing(Struct, Generic[R, P], frozen=True, kw_only=True):
    """A read model as it is shown: the ``view``, its ``row`` and the ``page`` they come in."""

    view: str
    row: type[R]
    page: type[P]

    async def read(
        self,
        here: Context,
        prefix: str,
        after: str = "",
        limit: int = ALL,
        *,
        keys: Sequence[str] | None = None,
        keep: Callable[[R], bool] | None = None,
    ) -> P:
        """Up to ``limit`` rows behind the key ``after`` that ``keep`` lets pass, of those that begin with ``prefix``.

        With ``keys`` only rows of these keys are looked at.

        Raises `Unavailable` if NATS or the projector is away.
        """
        found: list[R] = []
        last, position = "", None
        # Rows that are filtered out here are paid for; without a filter one row more than asked for tells of the rest.
        at_once = _AT_ONCE if keep is not None else min(limit + 1, _AT_ONCE)
        named = None if keys is None else tuple(keys)
        while True:
            query = Query(keys=named, prefix=prefix, after=after, limit=at_once)
            got = await here.ask(f"ask.view.{self.view}", query, Page)
            position = got.position if position is None else min(position, got.position)
            for key, raw in zip(got.keys, got.rows, strict=True):
                row = msgspec.json.decode(raw, type=self.row)
                if keep is not None and not keep(row):
                    continue
                if len(found) == limit:
                    return self.page(position=position, rows=found, next=last)
                found.append(row)
                last = key
            if got.next is None:
                return self.page(position=position, rows=found)
            after = got.next
