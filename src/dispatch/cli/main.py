"""The command ``dispatch``: one program for starting, feeding, watching and auditing the service."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from importlib import import_module

import typer
from nats.errors import Error as NatsError

from dispatch.cli import start
from dispatch.cli.common import complain
from dispatch.model.errors import DispatchError, SettingError
from dispatch.services.collector import calm

MODULES: Mapping[str, tuple[str, ...]] = {
    "talk": ("apply", "send"),
    "importing": ("import",),
    "look": ("board", "tasks", "unplanned", "status", "health", "watch"),
    "ledger": ("ledger",),
    "audit": ("replay", "history", "verify", "rejected"),
    "files": ("solve", "check", "why", "schema", "warm"),
    "rounds": ("rounds",),
    "zones": ("zones",),
    "contracts": ("contracts",),
    "roster": ("roster",),
    "calendar": ("calendar",),
}
"""Which module of `dispatch.cli` adds which commands, besides `start`: a command loads its own only."""


def make_app(command: str) -> typer.Typer:
    """The command line; of a ``command`` it knows, others are left out, so that it starts sooner."""
    app = typer.Typer(
        name="dispatch",
        help="Event-sourced scheduling and dispatch for field teams. `dispatch demo` shows a day of it.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    start.add_to(app)
    if command not in start.COMMANDS:
        own = [module for module, commands in MODULES.items() if command in commands]
        for module in own or MODULES:
            import_module(f"dispatch.cli.{module}").add_to(app)
    return app


def main() -> None:
    """Run the command line; errors we know end it with one clear line and exit code 2."""
    calm()
    try:
        _log()
        make_app(sys.argv[1] if len(sys.argv) > 1 else "")()
    except* DispatchError as errors:
        for error in _leaves(errors):
            complain(f"dispatch: {error}")
        sys.exit(2)
    except* NatsError as errors:
        complain(f"dispatch: the NATS server did not answer as it should: {_leaves(errors)[0]!r}")
        sys.exit(2)
    except* KeyboardInterrupt:
        sys.exit(130)


def _log() -> None:
    level = os.environ.get("DISPATCH_LOG", "WARNING").upper()
    if level not in logging.getLevelNamesMapping():
        raise SettingError(f"DISPATCH_LOG is {level!r}.", hint="DEBUG, INFO, WARNING or ERROR was meant.")
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")


def _leaves(group: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    found: list[BaseException] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found
