"""Who holds a lease: one that ended on this host is not waited for, one that runs is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

from dispatch.services.planner.holder import has_ended, holder_here
from dispatch.services.planner.holding import Holding
from dispatch.store.memory import MemoryLeases


def _ended() -> int:
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_a_process_of_this_host_that_is_no_more_has_ended() -> None:
    host, gone = socket.gethostname(), _ended()
    assert has_ended(f"{host}:{gone}")
    assert not has_ended(holder_here())
    assert not has_ended(f"{host}:1")
    assert not has_ended(f"elsewhere:{gone}")
    for name in ("second", host, f"{host}:", f"{host}:x", f"{host}:-1", ""):
        assert not has_ended(name), name
    assert has_ended(f"{host}:{'9' * 40}")


async def test_a_planner_takes_over_at_once_from_one_that_died_here_and_from_no_other() -> None:
    leases, host = MemoryLeases(ttl_s=3600.0), socket.gethostname()
    await leases.take("planner-east", f"{host}:{_ended()}")
    await leases.take("planner-west", f"{host}:{os.getppid()}")
    await leases.take("planner-north", "elsewhere:1")
    holding = Holding(leases, holder_here())
    assert [await holding.want(area) for area in ("east", "west", "north", "south")] == [True, False, False, True]
