"""A file has one reason to exist and can be read in one go; so has a function."""

from __future__ import annotations

from pathlib import Path

import pytest
from tidy.tree import files, functions, name

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
ALL = files("src", "tests", "benchmarks")


def test_the_files_are_found() -> None:
    assert len(ALL) > 150


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_file_is_short(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= FILE_LINES_MAX, f"{name(path)} has {lines} lines"


@pytest.mark.parametrize("path", ALL, ids=name)
def test_a_function_is_short(path: Path) -> None:
    for one in functions(path):
        lines = (one.end_lineno or one.lineno) - one.lineno + 1
        assert lines <= FUNCTION_LINES_MAX, f"{one.name} in {name(path)} has {lines} lines"
