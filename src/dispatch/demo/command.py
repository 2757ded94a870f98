"""``dispatch demo``: play a world, judge it, say how it went."""

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

from dispatch.demo.day import Watch, play_days
from dispatch.demo.evidence import Evidence
from dispatch.demo.play import Play
from dispatch.demo.plays import area_of, find_world, play_named
from dispatch.demo.show import Board, Hourly, print_summary
from dispatch.demo.summary import Summary, summarise
from dispatch.model.errors import SettingError
from dispatch.services.console import console


async def run_demo(
    *, headless: bool, as_json: bool, seed: int, data_dir: Path | None = None, world: str = "estate"
) -> int:
    """Play ``world`` and say how it went; the exit code is 0 only if all went as promised.

    ``headless`` ends when its days are over and shows no board; otherwise the board stays until Ctrl-C. With
    ``as_json`` stdout has the summary as JSON and nothing else. ``data_dir`` keeps the log and must be empty; a
    temporary folder otherwise. Raises `WorldError` if there is no such world, `SettingError` if the folder is in use.
    """
    played, time_zone = play_named(world), area_of(find_world(world))[1]
    with ExitStack() as stack:
        where = _folder(data_dir) if data_dir is not None else Path(stack.enter_context(tempfile.TemporaryDirectory()))
        started = time.perf_counter()
        if headless or as_json:
            evidence = await play_days(played, where, seed=seed, watch=None if as_json else _by_hour(time_zone))
            return report(evidence, play=played, seed=seed, seconds=time.perf_counter() - started, as_json=as_json)
        with Live(console=Console(), screen=False, auto_refresh=True) as live:
            evidence = await play_days(played, where, seed=seed, watch=Board(live, time_zone))
        code = report(evidence, play=played, seed=seed, seconds=time.perf_counter() - started, as_json=False)
        Console().print("The board stays until Ctrl-C.", style="dim")
        await _until_interrupted()
        return code


def report(evidence: Evidence, *, play: Play, seed: int, seconds: float, as_json: bool) -> int:
    """Print the summary of what was played; returns the exit code."""
    summary = summarise(evidence, play=play, seed=seed, seconds=seconds)
    if as_json:
        sys.stdout.write(_json(summary))
        sys.stdout.flush()
    else:
        print_summary(console(), summary)
    return 0 if summary.ok else 1


def _json(summary: Summary) -> str:
    return msgspec.json.format(msgspec.json.encode(summary), indent=2).decode() + "\n"


def _by_hour(time_zone: str) -> Watch:
    return Hourly(console(), time_zone)


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
            f"The folder {data_dir} is not empty; a world is played on a log of its own.",
            hint="name a new folder, or look at the old one with `dispatch up --data`.",
        )
    return data_dir


async def _until_interrupted() -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        # Ctrl-C is how the board is closed; it is no failure.
        return
