"""The model that the peers share: places in whole numbers, vehicles, who may go where, what staying out costs."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct


class Node(Struct, frozen=True, kw_only=True):
    """A visit at row ``row``: starts inside [``earliest``, ``latest``], lasts ``service``.

    ``vehicles`` who may go (None: all); ``price`` if it stays out (None: it may not); after ``due`` each unit costs
    one; ``needs`` counts against the vehicles' ``has``.
    """

    row: int
    earliest: int
    latest: int
    service: int = 0
    vehicles: tuple[int, ...] | None = None
    price: int | None = None
    due: int | None = None
    needs: tuple[int, ...] = ()


class Vehicle(Struct, frozen=True, kw_only=True):
    """Starts and ends at row ``row``, between ``earliest`` and ``latest``; ``has`` is a capacity per kind of need."""

    row: int
    earliest: int
    latest: int
    has: tuple[int, ...] = ()


class Pair(Struct, frozen=True, kw_only=True):
    """Two nodes by different vehicles; the second starts ``least`` to ``most`` after the first."""

    first: int
    second: int
    least: int
    most: int


class Model(Struct, frozen=True, kw_only=True):
    """``duration``: the time from leaving to coming back is paid instead of the travel. ``travel`` by rows."""

    travel: Sequence[Sequence[int]]
    nodes: tuple[Node, ...]
    vehicles: tuple[Vehicle, ...]
    pairs: tuple[Pair, ...] = ()
    duration: bool = False


class CannotError(ValueError):
    """A peer that cannot take an instance, and why."""


Tours = list[list[int]]
"""Nodes by vehicle, in order."""
