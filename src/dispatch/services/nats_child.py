"""Starts a command that ends when its starter does, whatever ends the starter. Standard library only.

Run as a script of its own, in between, so that nothing has to run in a fork of a process with threads.

``nats_child.py signal <starter's pid> <command …>`` (Linux) asks the kernel to kill this process when the
thread that started it ends, and becomes the command. ``nats_child.py pipe <command …>`` (anywhere) starts the
command and waits for the end of its standard input, whose other end only the starter holds.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1


def _by_signal(starter: int, command: list[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != starter:
        # The starter died before the kernel was asked to watch it.
        raise SystemExit(1)
    os.execv(command[0], command)


def _by_pipe(command: list[str]) -> int:
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", __file__, "signal", str(os.getpid()), *command]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False)

    def watch() -> None:
        while os.read(0, 4096):
            continue
        child.kill()

    def stop(*_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            child.terminate()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()
    return child.wait()


if __name__ == "__main__":
    if sys.argv[1] == "signal":
        _by_signal(int(sys.argv[2]), sys.argv[3:])
    sys.exit(_by_pipe(sys.argv[2:]))
