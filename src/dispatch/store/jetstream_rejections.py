"""Refused messages on the stream ``REJECTED``: the original bytes as the body, the reason in the headers.

What somebody else put onto ``rejected.>`` cannot be taken away. It is shown for what it is, counted nowhere, and stands
in no rejection's way.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote, unquote

from msgspec import Struct

from dispatch.model.errors import Conflict
from dispatch.store.base import NOT_A_REJECTION, Rejected, Said
from dispatch.store.jetstream_api import Api, Kept
from dispatch.store.jetstream_pull import headers_behind
from dispatch.store.jetstream_send import GUARD, Outgoing, Sender
from dispatch.store.server_errors import MessageTooLarge
from dispatch.store.subjects import ALL_REJECTED, REJECTED, SAID, rejected_filter, rejected_subject

_SUBJECT = "Dispatch-Subject"
_POSITION = "Dispatch-Position"
_CODE = "Dispatch-Code"
_MESSAGE = "Dispatch-Message"
_HINT = "Dispatch-Hint"
_AT = "Dispatch-Rejected-At"
_BODY_AT = "Dispatch-Body-At"
_TEXT_MAX = 2000
_AT_ONCE = 100
_PLAIN = " !\"#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""Everything printable but the percent sign; the rest is percent-encoded to pass through a header unharmed."""


class JetStreamRejections:
    """`Rejections` on a NATS server."""

    def __init__(self, api: Api, sender: Sender) -> None:
        self._api = api
        self._sender = sender
        self._looked_at = 0
        self._counted: dict[str, set[int]] = defaultdict(set)
        self._looking = asyncio.Lock()

    async def keep(self, said: Said, *, code: str, message: str, hint: str, at: dt.datetime) -> None:
        """See `Rejections.keep`."""
        headers = {
            _SUBJECT: _quoted(said.subject),
            _POSITION: str(said.position),
            _CODE: _quoted(code),
            _MESSAGE: _quoted(message),
            _HINT: _quoted(hint),
            _AT: at.isoformat(),
        }
        subject = rejected_subject(said.subject, said.position)
        try:
            await self._keep(Outgoing(subject, said.body, headers))
        except MessageTooLarge:
            await self._keep(Outgoing(subject, b"", headers | {_BODY_AT: str(said.position)}))

    async def _keep(self, message: Outgoing) -> None:
        """Keep it once. What a stranger put on its subject before does not stand for it."""

        async def landed() -> int | None:
            own = await self._own(message.subject)
            return own.position if own else None

        guard = 0
        while True:
            headers = {**message.headers, GUARD: str(guard)}
            try:
                await self._sender.send([Outgoing(message.subject, message.body, headers)], landed=landed)
            except Conflict:
                last = await self._last(message.subject)
                if last is None or last.position == guard:
                    raise
                guard = last.position
            else:
                return

    async def _last(self, subject: str) -> Kept | None:
        return await self._api.read_leader(REJECTED, {"last_by_subj": subject})

    async def get(self, position: int) -> Rejected | None:
        """See `Rejections.get`."""
        if position < 0:
            kept = await self._api.read_leader(REJECTED, {"seq": -position})
        else:
            kept = await self._own(f"rejected.*.*.{position}")
        return await self._rejected(kept) if kept else None

    async def _own(self, pattern: str) -> Kept | None:
        """The rejection on ``pattern``, whatever strangers put beside it."""
        last = await self._last(pattern)
        if last is None or _header_of(last.subject, last.headers) is not None:
            return last
        begin, left = 1, 1
        while left:
            kept, left = await self._api.read_direct(
                REJECTED, {"next_by_subj": pattern, "seq": begin, "batch": _AT_ONCE}
            )
            for one in kept:
                if _header_of(one.subject, one.headers) is not None:
                    return one
                begin = one.position + 1
            if not kept:
                break
        return None

    async def list(
        self, *, tree: str | None = None, area: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Rejected]:
        """See `Rejections.list`."""
        before = await self._own(f"rejected.*.*.{after}") if after > 0 else None
        begin = -after if after < 0 else before.position if before else 0
        query = {"next_by_subj": rejected_filter(tree, area), "seq": begin + 1, "batch": limit}
        beyond = after if after > 0 and before is None else 0
        found: list[Rejected] = []
        left = 1
        while left and len(found) < limit:
            kept, left = await self._api.read_direct(REJECTED, query | {"batch": limit - len(found)})
            if not kept:
                break
            query["seq"] = kept[-1].position + 1
            rejected = [await self._rejected(one) for one in kept]
            found += [one for one in rejected if not 0 < one.position <= beyond]
        return found

    async def count(self, tree: str | None = None) -> int:
        """See `Rejections.count`."""
        # The server cannot tell a rejection from what a stranger put there; each is looked at once, without its body.
        async with self._looking:
            for at, message in await headers_behind(self._api, REJECTED, [ALL_REJECTED], self._looked_at):
                self._looked_at = at
                header = _header_of(message.subject, message.headers or {})
                if header is not None:
                    self._counted[message.subject.split(".")[1]].add(header.position)
        return sum(len(found) for name, found in self._counted.items() if tree in {None, name})

    async def _rejected(self, kept: Kept) -> Rejected:
        header = _header_of(kept.subject, kept.headers)
        if header is None:
            return Rejected(
                position=-kept.position,
                subject=kept.subject,
                code=NOT_A_REJECTION,
                message="Somebody put this among the rejections; it was not said to the desk, nor refused by it.",
                hint="whoever may publish on rejected.> need not have that right.",
                at=kept.stored_at,
                body=kept.body,
            )
        body = kept.body
        if header.body_elsewhere:
            original = await self._api.read_leader(SAID, {"seq": header.position})
            body = original.body if original else b""
        return Rejected(
            position=header.position,
            subject=header.subject,
            code=header.code,
            message=header.message,
            hint=header.hint,
            at=header.at,
            body=body,
        )


class _Header(Struct, frozen=True):
    """What the headers of a rejection say."""

    position: int
    subject: str
    code: str
    message: str
    hint: str
    at: dt.datetime
    body_elsewhere: bool


def _header_of(subject: str, headers: Mapping[str, str]) -> _Header | None:
    """What stands on ``subject`` with these headers as a rejection; None if it is none."""
    try:
        header = _Header(
            position=int(headers[_POSITION]),
            subject=unquote(headers[_SUBJECT]),
            code=unquote(headers[_CODE]),
            message=unquote(headers[_MESSAGE]),
            hint=unquote(headers[_HINT]),
            at=dt.datetime.fromisoformat(headers[_AT]),
            body_elsewhere=_BODY_AT in headers,
        )
    except (LookupError, ValueError):
        return None
    fits = header.at.tzinfo is not None and rejected_subject(header.subject, header.position) == subject
    return header if fits else None


def _quoted(text: str) -> str:
    return quote(text[:_TEXT_MAX], safe=_PLAIN, errors="backslashreplace")
