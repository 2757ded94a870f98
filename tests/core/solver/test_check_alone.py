"""The check stands alone: it shares no code with the search, and costs what the search costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch.solver import checks
from dispatch.solver.checks.every import EVERY_CHECK
from dispatch.solver.rules import Rule

FILES = sorted(Path(checks.__file__).parent.glob("*.py"))
WORDS = re.compile(r"dispatch\.(model|solver\.(checks|rules|words|kinds|(\w+_)?(problem|plan)))(\..*)?")
"""The modules that hold words alone: what problems and plans of every kind are made of."""


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_it_imports_only_the_words(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            if name.startswith("dispatch."):
                assert WORDS.fullmatch(name), name
            else:
                assert name.split(".")[0] in {*sys.stdlib_module_names, "msgspec"}, name


def test_importing_it_brings_in_no_solver() -> None:
    code = "import sys, dispatch.solver.checks; print([m for m in ('ortools', 'numpy', 'numba') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_hard_rule_has_its_check() -> None:
    hard = {rule for rule in Rule if list(Rule).index(rule) < list(Rule).index(Rule.TRAVEL)}
    assert {rule for checks in EVERY_CHECK for rule, _ in checks} == hard
