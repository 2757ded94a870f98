"""What all rules within a route are written in: moments, and tables of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

Moment = TypeVar("Moment", int, float)
"""A moment, or a number of ticks: whole where Python counts, a float that is whole in the records of the search."""
Many = TypeVar("Many", float, "NDArray[Any]")
"""A number, or many at once: rules written in these are asked of one place and of all gaps there are alike."""
NEVER = 10**18
"""A moment that never comes."""


class Rows(Protocol):
    """Rows of numbers: an array with two dimensions, or a tuple of tuples. A rule reads some of them in a row."""

    def __getitem__(self, index: int, /) -> Any: ...
