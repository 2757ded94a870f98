"""``dispatch demo``: play the day, judge it, say how it went."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
from rich.console import Console
from rich.live import Live

from dispatch.demo.day import Watch, area_of, find_world, play
from dispatch.demo.evidence import Evidence
from dispatch.demo.show import Board, Hourly, print_summary
from dispatch.demo.summary import Summary, summarise
from dispatch.model.errors import SettingError
from dispatch.services.console import console
from dispatch.services.world import World


async def run_demo(
    *, headless: bool, as_json: bool, seed: int, data_dir: Path | None = None, world: str = "estate"
) -> int:
    """Play the day of ``world`` and say how it went; the exit code is 0 only if all went as promised.

    ``headless`` ends when the day is over and shows no board; otherwise the board stays until Ctrl-C. With ``as_json``
    stdout has the summary as JSON and nothing else. ``data_dir`` keeps the log and must be empty; a temporary folder
    otherwise. Raises `WorldError` if there is no such world, `SettingError` if the folder is in use.
    """
    found = find_world(world)
    with ExitStack() as stack:
        where = _folder(data_dir) if data_dir is not None else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        started = time.perf_counter()
        if headless or as_json:
            evidence = await play(found, where, seed=seed, watch=None if as_json else _hourly(found))
            return report(evidence, world=world, seed=seed, seconds=time.perf_counter() - started, as_json=as_json)
        with Live(console=Console(), screen=False, auto_refresh=True) as live:
            evidence = await play(found, where, seed=seed, watch=Board(live, area_of(found)[1]))
        code = report(evidence, world=world, seed=seed, seconds=time.perf_counter() - started, as_json=False)
        Console().print("The board stays until Ctrl-C.", style="dim")
        await _until_interrupted()
        return code


def report(evidence: Evidence, *, world: str, seed: int, seconds: float, as_json: bool) -> int:
    """Print the summary of a day that was played; returns the exit code."""
    summary = summarise(evidence, world=world, seed=seed, seconds=seconds)
    if as_json:
        sys.stdout.write(_json(summary))
        sys.stdout.flush()
    else:
        print_summary(console(), summary)
    return 0 if summary.ok else 1


def _json(summary: Summary) -> str:
    return msgspec.json.format(msgspec.json.encode(summary), indent=2).decode() + "\n"


def _hourly(world: World) -> Watch:
    return Hourly(console(), area_of(world)[1])


def _folder(data_dir: Path) -> Path:
    try:
        if data_dir.exists() and not data_dir.is_dir():
            raise SettingError(f"{data_dir} is not a folder.", hint="a new folder was meant; it is made.")
        data_dir.mkdir(parents=True, exist_ok=True)
        empty = not any(data_dir.iterdir())
    except OSError as error:
        raise SettingError(
            f"{data_dir} cannot be used as the data directory ({error.strerror}).",
            hint="a new folder of your own was meant; it is made.",
        ) from error
    if not empty:
        raise SettingError(
            f"The folder {data_dir} is not empty; a day is played on a log of its own.",
            hint="name a new folder, or look at the old one with `dispatch up --data`.",
        )
    return data_dir


async def _until_interrupted() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        # Ctrl-C is how the board is closed; it is no failure.
        return
