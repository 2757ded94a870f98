"""A dispatcher's direction from the command line: said as of the service's clock, and what became of it printed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import NoReturn

import msgspec
import typer

from dispatch.cli.common import ask, print_json, say
from dispatch.cli.look import check_area
from dispatch.model.errors import SettingError
from dispatch.model.words import is_token
from dispatch.requests.answer import Answer
from dispatch.services.client import Client, Saying
from dispatch.services.console import one_line
from dispatch.services.questions import Health


def require_ids(names: Mapping[str, str]) -> None:
    """Raise `SettingError` for the first of ``names`` (by what each is of) that is no id."""
    for what, name in names.items():
        if not is_token(name):
            raise SettingError(f"{what}: {name!r} is no id.", hint="1 to 64 of a-z, 0-9, _ and - were meant.")


def date_of(text: str) -> dt.date:
    """The date that ``text`` is; raises `SettingError` if it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"{text!r} is no date.", hint="a date such as 2026-11-22 was meant.") from error


def direct(area: str, verb: str, content: Mapping[str, object], *, by: str, nats: str) -> Answer:
    """What the desk says to the direction ``verb`` of ``by``; raises `SettingError` for an area nobody has."""

    async def said(to: Client) -> Answer:
        await check_area(to, area)
        # As of the service's clock: this machine's may be another.
        now = (await to.ask("ask.desk.health", None, Health)).now
        body = {"id": f"{verb}-{secrets.token_hex(8)}", "by": by, "at": now.isoformat(), **content}
        (answer,) = await to.say([Saying(f"direct.{area}.{verb}", msgspec.json.encode(body))])
        return answer

    return ask(nats, said)


def finish(answer: Answer, done: str, *, as_json: bool) -> NoReturn:
    """Print ``answer``, or what is ``done``, and end the command: with exit code 1 if it was refused."""
    refused = answer.decision == "rejected"
    if as_json:
        print_json(answer)
    elif refused:
        say(one_line(f"rejected ({answer.code}): {answer.reason}{f' Maybe {answer.hint}' if answer.hint else ''}"))
    else:
        say(done)
    raise typer.Exit(1 if refused else 0)
