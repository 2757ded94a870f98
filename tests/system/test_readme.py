"""What README.md tells a newcomer to type works, in that order, against one running service."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from pathlib import Path

from dispatch.services.client import client

from .processes import dispatch, free_ports, running

ROOT = Path(__file__).parents[2]
PROGRAM = ".venv/bin/dispatch "


def typed() -> list[str]:
    """The lines of the README's shell blocks, comments cut off."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [re.sub(r"\s+# .*$", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


async def test_every_line_a_newcomer_types_works(tmp_path: Path) -> None:
    nats_port, http_port = free_ports(2)
    url = f"nats://127.0.0.1:{nats_port}"
    lines = typed()
    assert lines[:2] == ["make demo", "make test"]
    (up,) = [line for line in lines if line.startswith(f"{PROGRAM}up ")]
    assert shlex.split(up)[1:] == ["up", "--data", "data", "--nats-port", "4222", "--http-port", "8080"]
    here = ["up", "--data", str(tmp_path / "data"), "--nats-port", str(nats_port), "--http-port", str(http_port)]
    async with running(here, ready="Dispatch serves"), client(url) as to:
        answers = await to.connection.subscribe("answer.estate.sr-1")
        await to.connection.flush()
        tried = 0
        for line in lines[2:]:
            words = shlex.split(line)
            if line.startswith("nats pub "):
                await to.connection.publish(words[2], words[3].encode())
                answer = json.loads((await answers.next_msg(10)).data)
                assert answer["decision"] == "accepted", answer
                await to.settled()
            elif line.startswith("nats sub "):
                assert re.fullmatch(r"feed\.estate\.schedule\.tech-\d\d", words[2])
            elif words[1] in {"watch"} or "--watch" in words:
                await _starts(words[1:], url)
            elif words[1] != "up":
                code, out, err = await dispatch(*_rooted(words[1:]), "--nats", url)
                assert code == 0, f"{line}: {out}{err}"
            tried += 1
        assert tried >= 8


def _rooted(words: list[str]) -> list[str]:
    """The words with paths of this repository made whole; tests may be started from anywhere."""
    return [str(ROOT / word) if word.startswith("src/") else word for word in words]


async def _starts(words: list[str], url: str) -> None:
    """A command that goes on until Ctrl-C: it runs, and ends well when told to."""
    async with running([*words, "--nats", url]) as process:
        try:
            code = await asyncio.wait_for(process.wait(), 2)
        except TimeoutError:
            return
        raise AssertionError(f"{words} ended by itself with {code}")
