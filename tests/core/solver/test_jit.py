"""What is compiled: what Python may call, and what it may not."""

from __future__ import annotations

import os
import shutil
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
