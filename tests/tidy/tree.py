"""The project's own Python files, parsed once, for tests of its habits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "dispatch"
PURE = ("model", "events", "requests", "decide", "solver", "planning", "projections")


def files(*folders: str) -> list[Path]:
    """The Python files under folders of the project, in order."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    """A file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    """A file as it is called in messages."""
    return str(path.relative_to(ROOT))


def strings_given_as(keyword: str, paths: list[Path]) -> dict[str, str]:
    """Every text written as the argument ``keyword`` of a call, with the first file it stands in."""
    found: dict[str, str] = {}
    for path in paths:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.keyword) and node.arg == keyword:
                for value in ast.walk(node.value):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        found.setdefault(value.value, name(path))
    return found
