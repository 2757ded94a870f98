"""What the desk answers on ``answer.<area>.<id>`` and to the subject in the header ``Dispatch-Reply-To``."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

REPLY_TO = "Dispatch-Reply-To"
"""Header naming one more subject the answer is sent to; a captured subject's own reply is taken by the ack."""


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The decision on one message.

    ``accepted``: a request became (or already was) work order ``order`` in ``area``. ``noted``: a report or direction
    took effect, or already had. ``rejected``: ``code`` and ``reason`` say why, ``hint`` what may help; the message is
    kept among the rejected. The same message again gets the same answer.
    """

    decision: Literal["accepted", "noted", "rejected"]
    id: str = ""
    source: str = ""
    area: str = ""
    order: str = ""
    code: str = ""
    reason: str = ""
    hint: str = ""
