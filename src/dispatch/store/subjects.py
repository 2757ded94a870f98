"""Streams and subjects: every name the store uses on the server, in one place.

What people say (``request.>``, ``report.>``, ``direct.>``) is one stream, so that there is one order of it. Its
patterns are open at the end: a pattern of fixed depth would let deeper subjects pass by unkept.
"""

from __future__ import annotations

from msgspec import Struct

from dispatch.model.errors import FormError, StoreError
from dispatch.model.quoting import quoted
from dispatch.model.words import is_outside_id, is_token

SAID = "SAID"
EVENTS = "EVENTS"
VIEW = "VIEW"
REJECTED = "REJECTED"
LEASES_BUCKET = "dispatch-leases"
LEASES = f"KV_{LEASES_BUCKET}"

REQUEST = "request"
REPORT = "report"
DIRECT = "direct"
OTHER = "other"
SAID_TREES = (REQUEST, REPORT, DIRECT)

ALL_EVENTS = "event.>"
ALL_FEED = "feed.>"
ALL_REJECTED = "rejected.>"
ALL_SAID = tuple(f"{tree}.>" for tree in SAID_TREES)

NO_AREA = "_"
"""Stands for the area in a rejection's subject when the sender's hint was no token."""

CHECKPOINT = "CHECKPOINT"
"""Last token of a view's checkpoint; keys are lower-case tokens, so no row can be called so."""

_LAST_TOKEN_OF = {REQUEST: "kind", REPORT: "worker", DIRECT: "verb"}


class Address(Struct, frozen=True):
    """Where something was said: the ``tree`` (request, report, direct), the ``area`` hint and the ``name``.

    ``name`` is the kind of a request, the worker of a report, the verb of a direction.
    """

    tree: str
    area: str
    name: str

    @property
    def subject(self) -> str:
        """The subject it is said on."""
        return f"{self.tree}.{self.area}.{self.name}"


def parse_said(subject: str) -> Address:
    """The address of a request, report or direction; raises `FormError` (``bad_subject``) for anything else."""
    tokens = subject.split(".")
    tree = tokens[0]
    if tree not in SAID_TREES:
        raise FormError(
            f"The subject begins with {quoted(tree)}: it is neither a request, a report nor a direction.",
            code="bad_subject",
            hint="it should begin with request., report. or direct.",
        )
    last = _LAST_TOKEN_OF[tree]
    if len(tokens) != 3:
        raise FormError(
            f"The subject has {len(tokens)} tokens instead of 3.",
            code="bad_subject",
            hint=f"{tree}.<area>.<{last}> was meant.",
        )
    for word, token in (("area", tokens[1]), (last, tokens[2])):
        if not is_token(token):
            raise FormError(
                f"The {word} {quoted(token)} in the subject is not a token.",
                code="bad_subject",
                hint="it has characters other than a-z, 0-9, _ and -, or more than 64 of them.",
            )
    return Address(tree, tokens[1], tokens[2])


def check_said(subject: str) -> None:
    """Raises `StoreError` for a subject on which nothing is kept: its publisher would never get an ack."""
    tokens = subject.split(".")
    kept = tokens[0] in SAID_TREES and len(tokens) > 1 and all(tokens)
    if not kept or any(map(str.isspace, subject)):
        raise StoreError(
            f"Nothing is kept on this subject, which begins with {quoted(tokens[0])}.",
            code="bad_subject",
            hint="request., report. or direct. was meant.",
        )


def answer_subject(area: str, request_id: str) -> str:
    """``answer.<area>.<id>``: where the decision on a request goes.

    Dots in the id are kept as token separators, unless one would make an empty token; then all of them become
    ``_``. Raises `FormError` (``bad_subject``) if ``area`` or ``request_id`` cannot stand in a subject.
    """
    if not is_token(area) or not is_outside_id(request_id):
        raise FormError(
            f"There is no subject for answers to the request {quoted(request_id)} in the area {quoted(area)}.",
            code="bad_subject",
            hint="the id has characters other than letters, digits, _ . : and -.",
        )
    if "" in request_id.split("."):
        request_id = request_id.replace(".", "_")
    return f"answer.{area}.{request_id}"


def rejected_subject(subject: str, position: int) -> str:
    """``rejected.<tree>.<area>.<position>`` for what was said on ``subject`` at ``position``."""
    tokens = subject.split(".")
    tree = tokens[0] if tokens[0] in SAID_TREES else OTHER
    area = tokens[1] if len(tokens) > 1 and is_token(tokens[1]) else NO_AREA
    return f"rejected.{tree}.{area}.{position}"


def rejected_filter(tree: str | None = None, area: str | None = None) -> str:
    """The pattern of the rejections of one tree and one area; None stands for all.

    Without either it is all that stands among them, also what strangers put there.
    """
    return ALL_REJECTED if tree is None and area is None else f"rejected.{tree or '*'}.{area or '*'}.*"


def _check_view(name: str, version: int) -> None:
    if not is_token(name) or version < 0:
        raise FormError(
            f"There can be no view {name!r} in version {version}.",
            code="bad_subject",
            hint="a name of a-z, 0-9, _ and - and a version from 0 were meant.",
        )


def view_row(name: str, version: int, key: str) -> str:
    """The subject of one row; a key is one or more tokens joined by dots, else `FormError` (``bad_subject``)."""
    _check_view(name, version)
    if not all(map(is_token, key.split("."))):
        raise FormError(
            f"{key!r} cannot be the key of a row of the view {name!r}.",
            code="bad_subject",
            hint="tokens of a-z, 0-9, _ and - joined by dots were meant.",
        )
    return f"view.{name}.{version}.{key}"


def view_checkpoint(name: str, version: int) -> str:
    """The subject that says up to which position of the log a view's rows are complete."""
    _check_view(name, version)
    return f"view.{name}.{version}.{CHECKPOINT}"


def view_filter(name: str, version: int) -> str:
    """The pattern of all rows and the checkpoint of one version of a view."""
    _check_view(name, version)
    return f"view.{name}.{version}.>"


def view_active(name: str) -> str:
    """The subject that names the version of a view to be read."""
    _check_view(name, 0)
    return f"view.{name}.active"


def lease_subject(name: str) -> str:
    """The subject of a lease; raises `FormError` (``bad_subject``) if ``name`` is no token."""
    if not is_token(name):
        raise FormError(f"There can be no lease {name!r}.", code="bad_subject", hint="a-z, 0-9, _ and - were meant.")
    return f"$KV.{LEASES_BUCKET}.{name}"


def matches(pattern: str, subject: str) -> bool:
    """Whether ``subject`` matches a NATS ``pattern``: ``*`` is one token, a last ``>`` one or more."""
    wanted, tokens = pattern.split("."), subject.split(".")
    for index, token in enumerate(wanted):
        if token == ">":
            return len(tokens) > index
        if index >= len(tokens) or token not in ("*", tokens[index]):
            return False
    return len(wanted) == len(tokens)
