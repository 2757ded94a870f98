"""The name a planner holds its leases under: host and process, so that one that died there need not be waited for."""

from __future__ import annotations

import os
import socket


def holder_here() -> str:
    """The name of this process, ``<host>:<process id>``."""
    return f"{socket.gethostname()}:{os.getpid()}"


def has_ended(holder: str) -> bool:
    """Whether ``holder`` was a process of this host that runs no more; of other hosts nothing is known."""
    host, _, number = holder.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        # Signal 0 is sent to nobody: it only asks.
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    return False
