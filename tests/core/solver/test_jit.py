"""What is compiled: what Python may call, and what it may not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.solver.jit import compiled, digest_of, entry, inlined


@inlined
def doubled(value: int) -> int:
    return value * 2


@compiled
def raised(value: int) -> int:
    return doubled(value) + 1


@entry
def given(value: int) -> int:
    return raised(value)


def test_an_entry_may_be_called_and_calls_the_others() -> None:
    assert given(20) == 41


def test_a_call_of_what_is_no_entry_is_refused() -> None:
    for function in (doubled, raised):
        with pytest.raises(TypeError, match=r"^Only machine code may call (doubled|raised), Python did\."):
            function(20)


def test_a_copy_of_a_release_elsewhere_or_from_another_moment_is_to_be_compiled_anew(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    source = one / "search.py"
    source.write_text("print()")
    shutil.copytree(one, other)
    assert digest_of(one) == digest_of(one)
    names = {digest_of(one), digest_of(other)}
    os.utime(source, ns=(1, 1))
    names.add(digest_of(one))
    source.write_text("print(1)")
    os.utime(source, ns=(1, 1))
    names.add(digest_of(one))
    assert len(names) == 4


EVERY_SEARCH = """
from benchmarks.drawn_contracts import advisers
from benchmarks.repeat import problem
from roster_problems import random_roster
from dispatch.solver.jit import ENTRIES
from dispatch.solver.solve import solve
from dispatch.solver import jit
from dispatch.solver.warm import ROOMS, warm

jit.is_warm = lambda room: False
warm()
assert len(ENTRIES) > 15
known = {one: list(one.signatures) for one in ENTRIES}
print("never called:", [one.py_func.__name__ for one, forms in known.items() if not forms])
for one in (*map(problem, (*range(9), 13, 33)), *map(random_roster, range(4)), advisers(1, helpers=2, each=6)):
    solve(one, budget=6, seed=1, cores=2)
again = [one.py_func.__name__ for one in ENTRIES if list(one.signatures) != known.get(one)]
print("compiled again:", again)
"""


def test_nothing_is_left_to_compile_once_all_is_warm() -> None:
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", EVERY_SEARCH],
        check=False, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.stdout.splitlines() == ["never called: []", "compiled again: []"], done.stdout + done.stderr
