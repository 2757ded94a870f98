"""Commands of the audit: ``replay``, ``history``, ``verify``, ``rejected``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from dispatch.cli.common import (
    DEFAULT_NATS,
    AsJson,
    Nats,
    ask,
    complain,
    print_json,
    print_table,
    read_file,
    say,
    write_file,
)
from dispatch.cli.look import brief, check_area, clock, print_board
from dispatch.events.catalogue import TYPES
from dispatch.events.personal import personal_fields
from dispatch.model.errors import FormError, SettingError
from dispatch.projections.base import Rows
from dispatch.projections.board import Board
from dispatch.projections.register import RegisterView
from dispatch.projections.tasks import Tasks
from dispatch.projections.unplanned import Unplanned
from dispatch.requests.answer import Answer
from dispatch.services import audit
from dispatch.services.client import Client, Saying, zone_of
from dispatch.store.base import NOT_A_REJECTION, Rejected

_POSITION_DIGITS = 18
"""A longer number is no position."""
rejected = typer.Typer(help="Messages that were refused, with their bytes.", no_args_is_help=True)
Position = Annotated[int, typer.Argument(help="The message's position, as listed; write -- before one below 0.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``app``."""
    for command in (replay, history, verify):
        app.command()(command)
    app.add_typer(rejected, name="rejected")


def replay(
    until: Annotated[
        str | None, typer.Option(help="A log position, or an instant such as 2026-11-22T10:00:00Z.")
    ] = None,
    area: Annotated[str | None, typer.Option("--area", help="Only this area.")] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """The schedule as it stood: rebuilt from the log up to a position or an instant."""
    position, instant = _until(until)
    if area is not None:
        ask(nats, lambda to: check_area(to, area))
    models: list[Rows[Any]] = [Rows(Board()), Rows(Tasks()), Rows(Unplanned()), Rows(RegisterView())]
    reached = ask(nats, lambda to: audit.fold(to.store.events, models, until=position, until_time=instant))
    shown = [[row for row in model.rows.values() if area in {None, row.area}] for model in models]
    out_of_plan = [row for row in shown[2] if not row.planned]
    if as_json:
        print_json({"position": reached, "board": shown[0], "tasks": shown[1], "unplanned": out_of_plan})
        return
    zones = {row.area: zone_of(row) for row in models[3].rows.values() if row.kind == "policy"}
    rows = sorted(shown[0], key=lambda row: (row.start is None, row.start or row.reported_at))
    print_board(f"As of log position {reached}", rows, zones)
    say(f"{len(shown[0])} orders, {len(out_of_plan)} not in the plan.")


def _until(text: str | None) -> tuple[int | None, dt.datetime | None]:
    if text is None:
        return None, None
    if text.isascii() and text.isdigit() and len(text) <= _POSITION_DIGITS:
        return int(text), None
    try:
        return None, msgspec.convert(text, Annotated[dt.datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError as error:
        raise SettingError(
            f"{text!r} is neither a log position nor an instant with a zone.",
            hint="4711 or 2026-11-22T10:00:00+08:00 was meant.",
        ) from error


def history(
    order: Annotated[str, typer.Argument(help="A work order, or a request as <source>/<id>.")],
    personal: Annotated[bool, typer.Option("--personal", help="Show personal data, too.")] = False,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Everything that happened to one order, from the request to the follow-up call."""
    lines = ask(nats, lambda to: audit.history(to.store, order, personal=personal))
    if as_json:
        print_json(lines)
    else:
        print_table(
            f"Order {order}",
            ("position*", "happened*", "recorded*", "by", "what*", "details"),
            (
                (
                    line.position,
                    clock(line.happened_at),
                    clock(line.recorded_at),
                    line.by,
                    line.type,
                    _details(line, personal),
                )
                for line in lines
            ),
        )


def _details(line: audit.HistoryLine, personal: bool) -> str:
    plain = msgspec.json.decode(line.data)
    hidden = personal_fields(TYPES[line.type]) if line.type in TYPES else ()
    shown = {key: value for key in hidden if (value := plain.pop(key, None))}
    return brief(plain) + "".join(f", {msgspec.json.encode(shown[key]).decode()}" for key in sorted(shown) if personal)


def verify(nats: Nats = DEFAULT_NATS, as_json: AsJson = False) -> None:
    """Rebuild every read model from the log and compare it with what is shown; exit code 1 if one differs."""
    found = ask(nats, lambda to: audit.verify(to.store))
    if as_json:
        print_json([{**msgspec.structs.asdict(one), "equal": one.equal} for one in found])
    else:
        print_table(
            "Rebuilt from zero",
            ("read model*", "version", "position", "rows", "live*", "rebuilt*", "equal"),
            (
                (
                    one.name,
                    one.version,
                    one.position,
                    one.rows,
                    one.live[:12],
                    one.rebuilt[:12],
                    "yes" if one.equal else "NO",
                )
                for one in found
            ),
        )
    if all(one.equal for one in found):
        return
    complain(
        "What is stored is not what the log gives. Maybe start `dispatch up` or `dispatch serve projector` once "
        "with --rebuild: read models are then built again from the log."
    )
    raise typer.Exit(1)


@rejected.command(name="list")
def rejected_list(
    after: Annotated[int, typer.Option(help="Go on behind this position.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 100,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """List refused messages, oldest first."""
    found = ask(nats, lambda to: to.store.rejections.list(after=after, limit=limit))
    if as_json:
        print_json([_described(one) for one in found])
    else:
        print_table(
            "Rejected",
            ("position", "subject", "code", "why", "hint", "at"),
            ((one.position, one.subject, one.code, one.message, one.hint, clock(one.at)) for one in found),
        )


@rejected.command(name="show")
def rejected_show(
    position: Position,
    save: Annotated[Path | None, typer.Option("--save", help="Write the original bytes to this file.")] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Show one refused message with its original bytes."""
    one = ask(nats, lambda to: _get(to, position))
    if save is not None:
        write_file(save, one.body)
    if as_json:
        print_json(_described(one))
    else:
        say(f"{one.position}  {one.subject}  {one.code}: {one.message} Maybe {one.hint}")
        say(one.body[:2000].decode("utf-8", "backslashreplace"))


@rejected.command(name="retry")
def rejected_retry(
    position: Position,
    mended: Annotated[Path | None, typer.Option("--mended", help="Send this file's bytes instead.")] = None,
    nats: Nats = DEFAULT_NATS,
    as_json: AsJson = False,
) -> None:
    """Send a refused message again, as it was or mended; exit code 1 if it is refused again."""

    instead = None if mended is None else read_file(mended)

    async def again(to: Client) -> Answer:
        one = await _get(to, position)
        if one.code == NOT_A_REJECTION:
            raise FormError(
                f"What stands at position {position} was put there by somebody else and never said to the desk.",
                hint="`dispatch send` says something anew.",
            )
        (answer,) = await to.say([Saying(one.subject, one.body if instead is None else instead)])
        return answer

    answer = ask(nats, again)
    if as_json:
        print_json(answer)
    else:
        say(f"{answer.decision}: {answer.order or answer.id or answer.reason}")
    raise typer.Exit(1 if answer.decision == "rejected" else 0)


async def _get(to: Client, position: int) -> Rejected:
    one = await to.store.rejections.get(position)
    if one is None:
        raise FormError(f"No message was rejected at position {position}.", hint="`dispatch rejected list` names them.")
    return one


def _described(one: Rejected) -> dict[str, Any]:
    """A rejection as JSON; the bytes as text where they are text, and always as base64."""
    plain: dict[str, Any] = msgspec.to_builtins(one)
    try:
        plain["text"] = one.body.decode()
    except UnicodeDecodeError:
        plain["text"] = None
    return plain
