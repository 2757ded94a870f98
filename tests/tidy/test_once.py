"""A rule within a route is written once, in a file of `solver/within`: the search and what is instant both use it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tidy.tree import PACKAGE, files, name, parsed

ROOM = PACKAGE / "solver" / "within"
RULES = [path for path in files("src/dispatch/solver/within") if path.stem not in ("__init__", "moment")]
PREFIX = "dispatch.solver.within"


def of_room(path: Path) -> set[str]:
    """The files of the room that ``path`` imports, by stem."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.ImportFrom) and node.module == PREFIX:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PREFIX}."):
            found.add(str(node.module).removeprefix(f"{PREFIX}."))
    return found


def used_by(folder: str) -> set[str]:
    """The files of the room that ``folder`` uses, at first or second hand."""
    found: set[str] = set()
    waiting = {stem for path in files(folder) for stem in of_room(path)}
    while waiting:
        stem = waiting.pop()
        found.add(stem)
        waiting |= of_room(ROOM / f"{stem}.py") - found
    return found


def test_the_rules_are_found() -> None:
    assert len(RULES) >= 7


@pytest.mark.parametrize("path", RULES, ids=name)
@pytest.mark.parametrize("side", ["src/dispatch/solver/search", "src/dispatch/solver/routes"])
def test_both_the_search_and_what_is_instant_use_a_rule(path: Path, side: str) -> None:
    assert path.stem in used_by(side)


@pytest.mark.parametrize("path", RULES, ids=name)
def test_a_rule_is_plain_functions_that_know_nothing_else(path: Path) -> None:
    for node in parsed(path).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("dispatch"):
            assert str(node.module).startswith(PREFIX), f"{name(path)} imports {node.module}"
        assert not isinstance(node, ast.ClassDef), f"{name(path)} has a class {node}"
        assert not (isinstance(node, ast.FunctionDef) and node.decorator_list), f"{name(path)} decorates {node}"
