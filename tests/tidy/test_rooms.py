"""Who may import whom, and what the pure rooms never touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from tidy.tree import PACKAGE, PURE, ROOT, files, name, parsed

FORBIDDEN = {
    "asyncio", "nats", "faststream", "litestar", "uvicorn", "typer", "socket", "subprocess", "threading", "uuid",
    "secrets", "os", "pathlib", "io", "shutil", "tempfile", "time", "logging", "multiprocessing", "urllib", "httpx",
}  # fmt: skip
CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
MAY_USE_TIME = {"src/dispatch/solver/stop.py"}
"""The safety stop by the wall clock; a plan it cut short says that it cannot be repeated."""
MAY_USE_FILES = {"src/dispatch/solver/jit.py"}
"""Machine code is kept on disk, so that only the first search on a machine waits for it; what it does is the same."""
PURE_FILES = [path for room in PURE for path in files(f"src/dispatch/{room}")]


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def calls(path: Path) -> set[tuple[str, str]]:
    """Every ``one.other(…)`` and ``(…)`` call of a file, by the last two names."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                owner = node.func.value
                found.add(
                    (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", ""), node.func.attr)
                )
            elif isinstance(node.func, ast.Name):
                found.add(("", node.func.id))
    return found


@pytest.mark.parametrize("path", PURE_FILES, ids=name)
def test_a_pure_room_does_no_io_and_reads_no_clock(path: Path) -> None:
    allowed = {"time"} if name(path) in MAY_USE_TIME else set()
    allowed |= {"os", "pathlib", "tempfile"} if name(path) in MAY_USE_FILES else set()
    assert not imports(path) & (FORBIDDEN - allowed)
    made = calls(path)
    assert not made & CLOCK_CALLS
    assert ("", "open") not in made
    assert ("", "print") not in made


@pytest.mark.parametrize("path", PURE_FILES, ids=name)
def test_chance_in_a_pure_room_comes_from_a_seed(path: Path) -> None:
    for owner, called in calls(path):
        assert owner != "random" or called == "Random", f"random.{called} in {name(path)}"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "Random":
            assert node.args, f"a Random without a seed in {name(path)}"


def test_only_the_clock_asks_the_machine_what_time_it_is() -> None:
    asking = {name(path) for path in files("src") if calls(path) & CLOCK_CALLS}
    # The twin of the server stamps what it keeps, as a server would.
    assert asking <= {"src/dispatch/services/clock.py", "src/dispatch/store/memory_log.py"}


def test_nothing_is_implemented_where_nobody_looks() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        assert not [one for one in parsed(path).body if isinstance(one, ast.ClassDef | ast.FunctionDef)], name(path)


def test_imports_go_down_the_list_of_rooms_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([str(lint), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
