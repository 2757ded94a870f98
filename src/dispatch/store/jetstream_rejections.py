"""Refused messages on the stream ``REJECTED``: the original bytes as the body, the reason in the headers."""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote, unquote

from dispatch.store.base import Rejected, Said
from dispatch.store.jetstream_api import Api, Kept
from dispatch.store.jetstream_pull import count_matching
from dispatch.store.jetstream_send import GUARD, Outgoing, Sender
from dispatch.store.server_errors import MessageTooLarge
from dispatch.store.subjects import REJECTED, SAID, rejected_filter, rejected_subject

_SUBJECT = "Dispatch-Subject"
_POSITION = "Dispatch-Position"
_CODE = "Dispatch-Code"
_MESSAGE = "Dispatch-Message"
_HINT = "Dispatch-Hint"
_AT = "Dispatch-Rejected-At"
_BODY_AT = "Dispatch-Body-At"
_TEXT_MAX = 2000
_PLAIN = " !\"#$&'()*+,-./:;<=>?@[]^_`{|}~"
"""Everything printable but the percent sign; the rest is percent-encoded to pass through a header unharmed."""


class JetStreamRejections:
    """`Rejections` on a NATS server."""

    def __init__(self, api: Api, sender: Sender) -> None:
        self._api = api
        self._sender = sender

    async def keep(self, said: Said, *, code: str, message: str, hint: str, at: dt.datetime) -> None:
        """See `Rejections.keep`."""
        headers = {
            _SUBJECT: _quoted(said.subject),
            _POSITION: str(said.position),
            _CODE: _quoted(code),
            _MESSAGE: _quoted(message),
            _HINT: _quoted(hint),
            _AT: at.isoformat(),
            GUARD: "0",
        }
        subject = rejected_subject(said.subject, said.position)
        try:
            await self._keep(Outgoing(subject, said.body, headers))
        except MessageTooLarge:
            await self._keep(Outgoing(subject, b"", headers | {_BODY_AT: str(said.position)}))

    async def _keep(self, message: Outgoing) -> None:
        async def landed() -> int | None:
            last = await self._api.read_leader(REJECTED, {"last_by_subj": message.subject})
            return last.position if last else None

        await self._sender.send([message], landed=landed)

    async def get(self, position: int) -> Rejected | None:
        """See `Rejections.get`."""
        kept = await self._kept(position)
        return await self._rejected(kept) if kept else None

    async def _kept(self, position: int) -> Kept | None:
        kept, _ = await self._api.read_direct(REJECTED, {"last_by_subj": f"rejected.*.*.{position}"})
        return kept[0] if kept else None

    async def list(
        self, *, tree: str | None = None, area: str | None = None, after: int = 0, limit: int = 100
    ) -> list[Rejected]:
        """See `Rejections.list`."""
        before = await self._kept(after) if after else None
        query = {
            "next_by_subj": rejected_filter(tree, area),
            "seq": before.position + 1 if before else 1,
            "batch": limit,
        }
        beyond = 0 if before else after
        found: list[Rejected] = []
        left = 1
        while left and len(found) < limit:
            kept, left = await self._api.read_direct(REJECTED, query | {"batch": limit - len(found)})
            if not kept:
                break
            query["seq"] = kept[-1].position + 1
            found.extend([await self._rejected(one) for one in kept if int(one.headers[_POSITION]) > beyond])
        return found

    async def count(self, tree: str | None = None) -> int:
        """See `Rejections.count`."""
        return await count_matching(self._api, REJECTED, [rejected_filter(tree)])

    async def _rejected(self, kept: Kept) -> Rejected:
        headers = kept.headers
        body = kept.body
        pointer = headers.get(_BODY_AT)
        if pointer is not None:
            original = await self._api.read_leader(SAID, {"seq": int(pointer)})
            body = original.body if original else b""
        return Rejected(
            position=int(headers[_POSITION]),
            subject=unquote(headers[_SUBJECT]),
            code=unquote(headers[_CODE]),
            message=unquote(headers[_MESSAGE]),
            hint=unquote(headers[_HINT]),
            at=dt.datetime.fromisoformat(headers[_AT]),
            body=body,
        )


def _quoted(text: str) -> str:
    return quote(text[:_TEXT_MAX], safe=_PLAIN, errors="backslashreplace")
