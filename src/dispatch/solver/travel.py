"""Travel between the spots of a problem in whole ticks: single ways at once, whole rows when first asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import UNSET
from msgspec.structs import replace
from numpy.typing import NDArray

from dispatch.model.travel import EARTH_KM, Speeds, distance_km, travel_minutes
from dispatch.solver.problem import RouteProblem, Spot

Row = NDArray[np.int64]

_CELLS_KEPT = 16_000_000
"""Cells of rows kept in memory (8 bytes each, twice for a matrix) before they are computed anew."""


def way_by_speed(speeds: Speeds, mode: str, here: Spot, there: Spot, tick_seconds: int = 60) -> int:
    """Ticks from ``here`` to ``there``; for minutes exactly `dispatch.model.travel.travel_minutes`."""
    here_at, there_at = (here.lat, here.lon), (there.lat, there.lon)
    if tick_seconds == 60:
        return travel_minutes(speeds, mode, here_at, there_at)
    if here_at == there_at:
        return 0
    minutes = distance_km(*here_at, *there_at) * speeds.detour / speeds.of(mode) * 60
    return math.ceil((speeds.fixed_min + minutes) * 60 / tick_seconds - 1e-9)


class Globe:
    """Positions ready for whole rows of ways at once."""

    def __init__(self, spots: Sequence[Spot]) -> None:
        self._spots = spots
        positions = np.array([(spot.lat, spot.lon) for spot in spots], dtype=float).reshape(-1, 2)
        self._lat, self._lon = positions[:, 0], positions[:, 1]
        self._phi, self._lambda = np.radians(self._lat), np.radians(self._lon)
        self._cos_phi = np.cos(self._phi)

    def add(self, spot: Spot) -> None:
        """One more position, behind all others."""
        self._spots = (*self._spots, spot)
        phi, turn = np.radians(spot.lat), np.radians(spot.lon)
        self._lat, self._lon = np.append(self._lat, spot.lat), np.append(self._lon, spot.lon)
        self._phi, self._lambda = np.append(self._phi, phi), np.append(self._lambda, turn)
        self._cos_phi = np.append(self._cos_phi, np.cos(phi))

    def row(self, speeds: Speeds, mode: str, spot: int, tick_seconds: int = 60) -> Row:
        """Ticks between ``spot`` and every position, exactly as `way_by_speed` gives them."""
        half_phi, half_lambda = (self._phi - self._phi[spot]) / 2, (self._lambda - self._lambda[spot]) / 2
        chord = np.sin(half_phi) ** 2 + self._cos_phi[spot] * self._cos_phi * np.sin(half_lambda) ** 2
        km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
        exact = (speeds.fixed_min + km * speeds.detour / speeds.of(mode) * 60) * 60 / tick_seconds - 1e-9
        row: Row = np.ceil(exact).astype(np.int64)
        # The last bits of NumPy's sine are not those of `math`: near a whole tick the scalar formula decides.
        doubtful = (np.abs(exact - np.rint(exact)) < 1e-6) | (chord > 0.99)
        same = (self._lat == self._lat[spot]) & (self._lon == self._lon[spot])
        row[same] = 0
        for there in np.flatnonzero(doubtful & ~same).tolist():
            row[there] = way_by_speed(speeds, mode, self._spots[spot], self._spots[there], tick_seconds)
        return row


class Travel:
    """Ticks under way between spots, by mode.

    ``modes`` are those the workers use, in the order rows are stacked. With speeds a way is the great circle ×
    detour ÷ speed in minutes, rounded up to ticks exactly as `dispatch.model.travel.travel_minutes` rounds; with a
    matrix it is the matrix. Nothing is computed before it is asked for: 1,000 spots cost no million ways.
    """

    def __init__(self, problem: RouteProblem) -> None:
        self.problem = problem
        self.modes: tuple[str, ...] = tuple(sorted({worker.mode for worker in problem.workers}))
        self.mode_index = {mode: index for index, mode in enumerate(self.modes)}
        self._spots = len(problem.spots)
        self._single: dict[tuple[int, int, int], int] = {}
        self._to: dict[int, Row] = {}
        self._away: dict[int, Row] = {}
        if problem.matrix is UNSET:
            self._globe = Globe(problem.spots)

    def add(self, spot: Spot) -> None:
        """One more spot, behind all others. Raises `ValueError` where ways are given by a matrix."""
        if self.problem.matrix is not UNSET:
            raise ValueError("Ways are given by a matrix, which has none for a new spot.")
        self.problem = replace(self.problem, spots=(*self.problem.spots, spot))
        self._spots += 1
        self._globe.add(spot)
        # Rows are one too short now; each is a tenth of a millisecond to compute anew.
        self._to.clear()
        self._away.clear()

    def between(self, mode: int, here: int, there: int) -> int:
        """Ticks from spot ``here`` to spot ``there`` by the mode of that index."""
        key = (mode, here, there)
        known = self._single.get(key)
        if known is None:
            known = self._single[key] = self._way(self.modes[mode], here, there)
        return known

    def to(self, spot: int) -> Row:
        """Ticks from every spot to ``spot``: one row per mode, one column per spot."""
        matrix = self.problem.matrix
        if matrix is UNSET:
            return self.away(spot)
        columns = ([row[spot] for row in matrix.ticks[mode]] for mode in self.modes)
        return self._kept(self._to, spot, lambda: _stack(list(columns), self._spots))

    def away(self, spot: int) -> Row:
        """Ticks from ``spot`` to every spot: one row per mode, one column per spot."""
        matrix = self.problem.matrix
        if matrix is UNSET:
            return self._kept(self._away, spot, lambda: self._speed_rows(spot))
        rows = (matrix.ticks[mode][spot] for mode in self.modes)
        return self._kept(self._away, spot, lambda: _stack(list(rows), self._spots))

    def _kept(self, rows: dict[int, Row], spot: int, make: Callable[[], Row]) -> Row:
        row = rows.get(spot)
        if row is None:
            if len(rows) * max(1, len(self.modes)) * self._spots > _CELLS_KEPT:
                rows.clear()
            row = rows[spot] = make()
        return row

    def _way(self, mode: str, here: int, there: int) -> int:
        problem = self.problem
        if problem.matrix is not UNSET:
            return problem.matrix.ticks[mode][here][there]
        assert problem.speeds is not UNSET
        return way_by_speed(problem.speeds, mode, problem.spots[here], problem.spots[there], problem.tick_seconds)

    def _speed_rows(self, spot: int) -> Row:
        speeds = self.problem.speeds
        assert speeds is not UNSET
        rows = [self._globe.row(speeds, mode, spot, self.problem.tick_seconds) for mode in self.modes]
        return np.stack(rows) if rows else _stack(rows, self._spots)


def _stack(rows: Sequence[Sequence[int] | Row], spots: int) -> Row:
    return np.array(rows, dtype=np.int64).reshape(len(rows), spots)
