"""The document of rules names every rule with its sentence, and points at code that is there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from dispatch.solver.rules import RULE_TEXT, Rule

DOCS = Path(__file__).parents[3] / "docs"
DOCUMENT = DOCS / "rules.md"
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \|(.*)$", re.MULTILINE)
CODE = re.compile(r"`([\w/]+)\.py` `(\w+)`")
ROWS = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


def test_every_rule_stands_in_it_with_its_sentence() -> None:
    assert {name for name, _, _ in ROWS} == {rule.value for rule in Rule}
    assert set(RULE_TEXT) == set(Rule)
    for name, says, _ in ROWS:
        assert says == RULE_TEXT[Rule(name)]


@pytest.mark.parametrize(("name", "rest"), [(name, rest) for name, _, rest in ROWS if rest.strip()])
def test_where_it_is_built_and_checked_is_there(name: str, rest: str) -> None:
    places = CODE.findall(rest)
    assert [module.split("/")[0] for module, _ in places][-1] == "checks", name
    assert len(places) == (1 if "— |" in rest else 2)
    for module, function in places:
        source = importlib.import_module("dispatch.solver." + module.replace("/", "."))
        owners = [source, *(value for value in vars(source).values() if isinstance(value, type))]
        assert any(callable(getattr(owner, function, None)) for owner in owners), (module, function)


def test_what_the_how_to_names_is_there() -> None:
    how_to = (DOCS / "add-a-rule.md").read_text(encoding="utf-8")
    table = [line for line in how_to.splitlines() if line.startswith("| ")]
    named = re.findall(r"`([a-z]+)\.(\w+)`", "\n".join(table))
    assert len(named) > 15
    solver = DOCS.parent / "src/dispatch/solver"
    for module, name in named:
        rooms = [room for room in ("search", "routes", "within") if (solver / room / f"{module}.py").exists()]
        found = [importlib.import_module(f"dispatch.solver.{room}.{module}") for room in rooms]
        assert any(hasattr(one, name) for one in found), (module, name)
    for path in re.findall(r"`((?:tests|checks|search|routes|within|web)/[\w/]+\.\w+)`", how_to):
        roots = (DOCS.parent, DOCS.parent / "src/dispatch/solver", DOCS.parent / "src/dispatch")
        assert any((root / path).exists() for root in roots), path
