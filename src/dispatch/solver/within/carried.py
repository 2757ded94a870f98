"""Tools and parts: whether what is carried is enough for a stop. From a store on everything is there.

Tools are a set of bits. Counts of parts stand packed side by side in one number, above each of them a *guard* bit that
is 0 in every count; where too little is left, the subtraction uses its guard up.
"""

from __future__ import annotations


def has_tools(needed: int, carried: int) -> bool:
    """Whether the tools ``needed`` are among those ``carried``."""
    return needed & ~carried == 0


def has_parts(needed: int, left: int, guards: int) -> bool:
    """Whether of every part at least as many are ``left`` as are ``needed``."""
    return ((left | guards) - needed) & guards == guards


def left_after(left: int, needed: int) -> int:
    """The parts left after a stop that had enough of them."""
    return left - needed
