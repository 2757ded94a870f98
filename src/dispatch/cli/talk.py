"""Commands that say something: ``apply``, ``send``."""

from __future__ import annotations

import datetime as dt
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from dispatch.cli.common import DEFAULT_NATS, AsJson, Nats, ask, print_json, say
from dispatch.model.errors import SettingError
from dispatch.model.time import to_utc
from dispatch.services.apply import apply as apply_world
from dispatch.services.client import Saying
from dispatch.services.clock import SystemClock
from dispatch.services.world import read_world
from dispatch.store.subjects import parse_said


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    app.command()(apply)
    app.command()(send)


def apply(
    world: Annotated[Path, typer.Argument(help="A world file (TOML).")],
    at: Annotated[
        str | None, typer.Option(help="As of this instant (RFC 3339), before a ledger of the past is imported.")
    ] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Register the people, places, catalogue and policy of a world file; twice changes nothing."""
    read = read_world(world)
    now = SystemClock().now() if at is None else _instant(at)
    applied = ask(nats, lambda to: apply_world(read, to, now, run=secrets.token_hex(6)))
    if as_json:
        print_json(applied)
    else:
        say(
            f"{applied.world}: {applied.registered} registered, {applied.changed} changed, {applied.moved} moved, "
            f"{applied.retired} retired, {applied.same} the same."
        )


def _instant(text: str) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise SettingError(f"{text!r} is no instant with a zone.", hint="2018-01-01T00:00:00-08:00 was meant.")
    return to_utc(found)


def send(
    subject: Annotated[
        str, typer.Argument(help="request.<area>.<kind>, report.<area>.<worker>, direct.<area>.<verb>.")
    ],
    body: Annotated[str, typer.Argument(help="The message as JSON; - reads it from stdin.")] = "-",
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Send one request, report or direction and print the decision; exit code 1 if it is rejected."""
    address = parse_said(subject)
    content = sys.stdin.buffer.read() if body == "-" else body.encode()
    if not content.strip():
        raise SettingError("There is no message to send.", hint="it was meant to stand in the body or on stdin.")
    (answer,) = ask(nats, lambda to: to.say([Saying(address.subject, content)]))
    if as_json:
        print_json(answer)
    elif answer.decision == "rejected":
        say(f"rejected ({answer.code}): {answer.reason}" + (f" Maybe {answer.hint}" if answer.hint else ""))
    else:
        say(f"{answer.decision}: {answer.order or answer.id}" + (f" in area {answer.area}" if answer.area else ""))
    raise typer.Exit(1 if answer.decision == "rejected" else 0)
