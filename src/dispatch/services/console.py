"""Where commands print for people: fitted to a terminal, and never wrapped or cut on the way into a pipe or a file."""

from __future__ import annotations

import sys

from rich.console import Console

PIPED_WIDTH = 1_000_000
"""Characters of the longest line that goes into a pipe as one."""


def console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr that takes nothing for markup but styles it is told."""
    terminal = (sys.stderr if stderr else sys.stdout).isatty()
    width = None if terminal else PIPED_WIDTH
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, width=width)


def one_line(text: str) -> str:
    """``text`` with its line breaks as blanks."""
    return " ".join(text.splitlines())
