"""A world is played once, and every promise of it then broken, one at a time: what the tests of all worlds share."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import msgspec

from dispatch.demo.command import report
from dispatch.demo.day import play_days
from dispatch.demo.evidence import Evidence
from dispatch.demo.play import Play
from dispatch.demo.promises import judge
from dispatch.demo.summary import Summary
from tests.system.demo_tampering import BREACHES

CANDIDATES = 60


async def played(play: Play, data_dir: Path, seed: int) -> Evidence:
    """The evidence of a world that was played."""
    return await play_days(play, data_dir, seed=seed)


def told(play: Play, evidence: Evidence) -> tuple[int, Summary]:
    """The exit code of the command and the summary it prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = report(evidence, play=play, seed=1, seconds=0.0, as_json=True)
    return code, msgspec.json.decode(out.getvalue(), type=Summary)


def all_kept(play: Play, evidence: Evidence) -> Summary:
    """The summary of what was played, after a look that every promise applied and was kept and nothing was lost."""
    code, summary = told(play, evidence)
    assert [(one.name, one.applied, one.broken) for one in summary.promises if not one.ok] == []
    assert [one.name for one in summary.promises] == [promise.name for promise in play.promises]
    assert (code, summary.ok, summary.lost, summary.live_is_rebuilt, summary.refused_plans) == (0, True, 0, True, 0)
    assert summary.accepted + summary.rejected + summary.duplicates == summary.requests
    return summary


def not_caught_alone(play: Play, evidence: Evidence) -> dict[str, list[list[str]]]:
    """The promises that no tampering breaks alone, each with what was broken instead; to be empty."""
    missed: dict[str, list[list[str]]] = {}
    for promise in play.promises:
        found: list[list[str]] = []
        if not _breaks_alone(play, evidence, promise.name, found):
            missed[promise.name] = found
    return missed


def _breaks_alone(play: Play, evidence: Evidence, name: str, found: list[list[str]]) -> bool:
    for _, tampered in zip(range(CANDIDATES), BREACHES[name](evidence), strict=False):
        found.append(broken(tampered, play))
        if found[-1] == [name]:
            code, summary = told(play, tampered)
            return code == 1 and [one.name for one in summary.promises if not one.ok] == [name]
    return False


def broken(evidence: Evidence, play: Play) -> list[str]:
    """The promises that are not kept, or never applied."""
    promises: Sequence[object] = judge(evidence, play.promises)
    return [one.name for one in promises if not one.ok]  # type: ignore[attr-defined]
