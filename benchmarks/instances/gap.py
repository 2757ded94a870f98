"""Generalised assignment: each item to one agent, a capacity per agent, least cost. The numbers as one stream."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from benchmarks.instances.text import BadInstanceError, records


class Gap(Struct, frozen=True, kw_only=True):
    """``costs`` and ``amounts``: one row for each agent, one column for each item; a ``capacity`` for each agent."""

    name: str
    costs: tuple[tuple[int, ...], ...]
    amounts: tuple[tuple[int, ...], ...]
    capacities: tuple[int, ...]

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.costs[0])


def find(folder: Path) -> list[Path]:
    """Every instance below ``folder``: the files that are neither tables nor notes."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in {".csv", ".md"})


def read(path: Path) -> Gap:
    """An instance. Raises `BadInstanceError` if the numbers are not as many as it says."""
    try:
        numbers = [int(word) for word in path.read_text(encoding="utf-8").split()]
    except (ValueError, UnicodeDecodeError) as error:
        raise BadInstanceError(path, f"it holds something that is no whole number: {error}.") from error
    if len(numbers) < 2:
        raise BadInstanceError(path, "it does not say how many agents and items there are.")
    agents, items = numbers[:2]
    wanted = 2 + 2 * agents * items + agents
    if agents < 1 or items < 1 or len(numbers) != wanted:
        raise BadInstanceError(path, f"it holds {len(numbers)} numbers, {wanted} belong to {agents} × {items}.")
    rows = [tuple(numbers[2 + row * items : 2 + (row + 1) * items]) for row in range(2 * agents)]
    return Gap(
        name=path.name, costs=tuple(rows[:agents]), amounts=tuple(rows[agents:]), capacities=tuple(numbers[-agents:])
    )


def best_known(folder: Path) -> dict[str, float]:
    """The best known value of each instance by name, from ``data.csv``."""
    rows = records(folder / "data.csv")
    return {row["Path"].rsplit("/", 1)[-1]: float(row["Best known solution value"]) for row in rows}
