"""What the desk answers on ``answer.<area>.<id>`` and to the subject in the header ``Dispatch-Reply-To``."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

REPLY_TO = "Dispatch-Reply-To"
"""Header naming one more subject the answer is sent to; a captured subject's own reply is taken by the ack."""

_OURS = frozenset({"request", "report", "direct", "event", "feed", "view", "rejected", "answer", "ask"})
_TOKEN = r"[!-)+-\-/-=?-~]+"
"""Printable ASCII without ``*``, ``>`` and the dot that separates tokens."""
_SUBJECT = re.compile(rf"^(?!\$){_TOKEN}(\.{_TOKEN})*$(?!\n)")


def may_reply_to(subject: str) -> bool:
    """Whether an answer may go to ``subject``: any plain subject but our own trees and the server's (``$…``).

    Otherwise whoever may only send requests could have the desk speak in somebody else's name.
    """
    return (
        len(subject) <= 256 and _SUBJECT.match(subject) is not None and subject.split(".", maxsplit=1)[0] not in _OURS
    )


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision on one message.

    ``accepted``: a request became (or already was) work order ``order`` in ``area``. ``noted``: a report or direction
    took effect, or already had. ``rejected``: ``code`` and ``reason`` say why, ``hint`` what may help; the message is
    kept among the rejected. The same message again gets the same answer, with the ``area`` the order is in by then.
    """

    decision: Literal["accepted", "noted", "rejected"]
    id: str = ""
    source: str = ""
    area: str = ""
    order: str = ""
    code: str = ""
    reason: str = ""
    hint: str = ""
