"""Child processes: ended in good order, and never outliving their parent, whatever ends it."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from multiprocessing import parent_process

_PR_SET_PDEATHSIG = 1


async def end(process: asyncio.subprocess.Process, within_s: float) -> None:
    """Ask ``process`` to end and wait until it has; it is killed if it has not ``within_s``."""
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(within_s):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends; only Linux knows how, elsewhere nothing happens.

    For processes started by `multiprocessing`. Ends this one at once if its parent died before the kernel was asked.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    parent = parent_process()
    if parent is not None and os.getppid() != parent.pid:
        os._exit(1)
