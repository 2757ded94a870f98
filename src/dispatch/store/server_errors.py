"""What the server refuses, as exceptions: one class per error code that is treated in a way of its own.

The code decides, never the text. Codes: ``server/errors.json`` of nats-server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dispatch.model.errors import Conflict, SettingError, StoreError, Unavailable, Uncertain


class WrongLastSequence(Conflict):
    """10071, and 10164 inside a batch: the guarded subject has a later message than the writer knew."""


class DuplicateId(Conflict):
    """10201, or an ack that says so: a message with that id is in the stream already."""


class NoAnswer(Uncertain):
    """The server was reached and said nothing in time."""


class Passing(Unavailable):
    """The server refuses now and may not in a moment: no leader, too much at once, a batch cut short."""


class StoreFailed(Passing):
    """10077: storing failed. On a cluster the write may still land."""


class Disconnected(Passing):
    """There is no connection at the moment, or it broke while an answer was awaited."""


class NoResponder(Passing):
    """503: nobody listens on the subject: the stream is missing or has no leader yet."""


class ConnectionClosed(Unavailable):
    """The connection was closed for good."""


class NoSpace(Unavailable):
    """10023, 10028, 10047: storage or memory of the server is used up."""


class NoJetStream(Unavailable):
    """10039, 10076: JetStream is not enabled."""


class StreamMissing(Unavailable):
    """10059: the stream does not exist."""


class ConsumerMissing(StoreError):
    """10014: the consumer does not exist."""


class ConsumerDiffers(SettingError):
    """10013, 10148: a consumer of that name exists with other settings."""


class MessageMissing(StoreError):
    """10037: there is no such message."""


class MessageTooLarge(StoreError):
    """10054, 10097: message or headers are larger than the server takes."""


class BatchTooLarge(StoreError):
    """10199: the batch has more messages than the server takes at once."""


class StreamDiffers(SettingError):
    """10058, 10065: the stream's name or subjects are used otherwise on this server."""


class TooFewServers(SettingError):
    """10005, 10074: not enough servers for that many replicas."""


BY_CODE: Mapping[int, type[StoreError] | type[SettingError]] = {
    10005: TooFewServers,
    10008: Passing,  # cluster not available
    10009: Passing,  # not the leader
    10013: ConsumerDiffers,
    10014: ConsumerMissing,
    10023: NoSpace,
    10028: NoSpace,
    10037: MessageMissing,
    10039: NoJetStream,
    10047: NoSpace,
    10054: MessageTooLarge,
    10058: StreamDiffers,
    10059: StreamMissing,
    10065: StreamDiffers,
    10071: WrongLastSequence,
    10074: TooFewServers,
    10076: NoJetStream,
    10077: StoreFailed,
    10097: MessageTooLarge,
    10118: Passing,  # stream is offline
    10148: ConsumerDiffers,
    10158: Passing,  # this very message id is being stored
    10163: Passing,  # guard not ready, the subject is being written
    10164: WrongLastSequence,
    10176: Passing,  # batch incomplete: part of it was lost on the way, none of it is stored
    10199: BatchTooLarge,
    10201: DuplicateId,
    10210: Passing,  # too many batches at once
}

_HINTS: Mapping[type[Exception], str] = {
    NoSpace: "the disk is full, or a limit in the server's jetstream block is too low.",
    NoJetStream: "the server was started without a jetstream block.",
    StreamMissing: "the streams were not declared yet, for no service has run here: `dispatch up` starts everything.",
    TooFewServers: "the number of replicas is larger than the cluster.",
}


def error_of(answer: Mapping[str, Any], *, about: str) -> StoreError | SettingError:
    """The exception for the ``error`` object of a server's answer; ``about`` says what was asked."""
    number = int(answer.get("err_code", 0))
    status = int(answer.get("code", 0))
    kind = BY_CODE.get(number, Passing if status in (429, 503) else StoreError)
    text = answer.get("description", "no reason given")
    return kind(
        f"The server refused {about}: {text} ({status}/{number}).",
        code=f"server_{number or status}",
        hint=_HINTS.get(kind, ""),
    )
