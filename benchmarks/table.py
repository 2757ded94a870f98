"""What a benchmark comes to: named figures beside what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct


class Figure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One measured ``value`` in ``unit``; ``reach`` is what is asked of it, at least or at most, where anything is."""

    name: str
    value: float
    unit: str = ""
    reach: float | None = None
    sense: Literal[">=", "<=", "=="] = ">="
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether it is what is asked; None if nothing is."""
        if self.reach is None:
            return None
        match self.sense:
            case ">=":
                return self.value >= self.reach
            case "<=":
                return self.value <= self.reach
        return self.value == self.reach


def lines(figures: Sequence[Figure]) -> list[str]:
    """The figures as a table of text."""
    cells = [
        (
            one.name,
            f"{one.value:,.2f}".rstrip("0").rstrip(".") if one.value < 1000 else f"{one.value:,.0f}",
            one.unit,
            "" if one.reach is None else f"{one.sense} {one.reach:,g}",
            {None: "", True: "reached", False: "NOT REACHED"}[one.reached],
            one.note,
        )
        for one in figures
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))] if cells else []
    return [
        "  ".join(
            text.rjust(width) if column == 1 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
