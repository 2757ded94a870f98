"""What the checks of patrol rounds look things up in: times and ways recomputed, the draw made again, who is bound."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import msgspec

from dispatch.model.travel import Speeds, travel_minutes
from dispatch.solver.checks.facts import way_ticks
from dispatch.solver.problem import Matrix, RouteProblem
from dispatch.solver.round_plan import RoundPlan, Walk
from dispatch.solver.round_problem import Guard, GuardDuty, RoundProblem, RoundToPlan

EXACT = 8
"""Checkpoints up to which the check finds the shortest way itself."""


class Bound(NamedTuple):
    """Somewhere a guard is from ``start`` to ``end``, between two spots; ``what`` for people."""

    start: int
    end: int
    enter: int
    leave: int
    what: str
    walk: Walk | None


class RoundFacts:
    """A `RoundProblem` and a `RoundPlan` by id. Unknown ids in the plan are left to the check of ids."""

    def __init__(self, problem: RoundProblem, plan: RoundPlan) -> None:
        self.problem = problem
        self.plan = plan
        self.rounds: dict[str, RoundToPlan] = {one.id: one for one in problem.rounds}
        self.guards: dict[str, Guard] = {guard.id: guard for guard in problem.guards}
        self.spot = {one.id: one.spot for one in problem.checkpoints}
        self.stay = {one.id: one.ticks for one in problem.checkpoints}
        self.allowed: dict[tuple[str, int], range] = dict(self._allowed())
        """The starts allowed at each time in the horizon."""
        self.nominals: dict[str, list[int]] = {one.id: [] for one in problem.rounds}
        """The nominal ticks of each round in the horizon, in order."""
        for name, nominal in sorted(self.allowed):
            self.nominals[name].append(nominal)
        self._ways: dict[tuple[str, int, int], int] = {}

    def _allowed(self) -> Iterator[tuple[tuple[str, int], range]]:
        horizon, step = self.problem.horizon, self.problem.variation.step
        for one in self.problem.rounds:
            for band in one.bands:
                if horizon.start <= band.start < horizon.end:
                    yield (one.id, band.start), range(band.start, band.end, step)
            if one.every is not None:
                most = self.problem.variation.max_jitter if one.every.jitter is None else one.every.jitter
                for moment in range(one.every.first, one.every.until, one.every.every):
                    if horizon.start <= moment < horizon.end:
                        yield (one.id, moment), range(moment - most, moment + most + 1, step)

    @cached_property
    def walks(self) -> list[tuple[Walk, RoundToPlan]]:
        """The walks of known rounds."""
        return [(walk, self.rounds[walk.round]) for walk in self.plan.walks if walk.round in self.rounds]

    def way(self, mode: str, here: int, there: int) -> int:
        """Ticks between two spots, recomputed from the problem's own data."""
        key = (mode, here, there)
        known = self._ways.get(key)
        if known is None:
            known = self._ways[key] = self._new_way(mode, here, there)
        return known

    def _new_way(self, mode: str, here: int, there: int) -> int:
        problem = self.problem
        if isinstance(problem.matrix, Matrix):
            return problem.matrix.ticks[mode][here][there]
        start, end = problem.spots[here], problem.spots[there]
        if problem.tick_seconds == 60 and isinstance(problem.speeds, Speeds):
            return travel_minutes(problem.speeds, mode, (start.lat, start.lon), (end.lat, end.lon))
        routes = RouteProblem(
            area=problem.area, origin=problem.origin, tick_seconds=problem.tick_seconds, spots=(start, end),
            speeds=problem.speeds, workers=(), visits=(),
        )  # fmt: skip
        return way_ticks(routes, mode, 0, 1)

    def length(self, one: RoundToPlan, checkpoints: Sequence[str]) -> int:
        """Ticks under way along known ``checkpoints``, by the mode of the round."""
        spots = [self.spot[name] for name in checkpoints]
        return sum(self.way(one.mode, here, there) for here, there in pairwise(spots))

    def duty_of(self, guard: Guard, start: int, end: int) -> GuardDuty | None:
        """The duty of ``guard`` that ``[start, end)`` lies in; the first it meets if it lies in none whole."""
        whole = [duty for duty in guard.duties if duty.span.start <= start and end <= duty.span.end]
        met = [duty for duty in guard.duties if duty.span.start < end and start < duty.span.end]
        return next(iter([*whole, *met]), None)

    @cached_property
    def bound(self) -> list[tuple[Guard, GuardDuty, list[Bound]]]:
        """Every duty with what its guard is bound to, posts and walks, in order of time."""
        by_guard: dict[str, list[Walk]] = {}
        for walk, one in self.walks:
            if {step.checkpoint for step in walk.passes} == set(one.checkpoints):
                for name in dict.fromkeys(walk.guards):
                    by_guard.setdefault(name, []).append(walk)
        found = []
        for guard in self.problem.guards:
            lines: dict[str, list[Bound]] = {duty.id: self._posts(duty) for duty in guard.duties}
            for walk in by_guard.get(guard.id, ()):
                duty = self.duty_of(guard, walk.start, walk.end)
                if duty is not None:
                    enter, leave = (self.spot[walk.passes[edge].checkpoint] for edge in (0, -1))
                    what = f"round {walk.round} at {walk.start}"
                    lines[duty.id].append(Bound(walk.start, walk.end, enter, leave, what, walk))
            found += [(guard, duty, sorted(lines[duty.id], key=lambda one: one[:2])) for duty in guard.duties]
        return found

    def _posts(self, duty: GuardDuty) -> list[Bound]:
        return [Bound(p.span.start, p.span.end, p.spot, p.spot, f"a post at {p.span.start}", None) for p in duty.posts]

    def past_offsets(self, one: RoundToPlan, walk: Walk) -> list[int]:
        """Offsets of the starts before ``walk`` that it is not to repeat, the nearest first."""
        within, nominals = self.problem.variation.within, self.nominals[one.id]
        at = bisect_left(nominals, walk.nominal)
        before = ((one.id, nominal) for nominal in nominals[max(0, at - within) : at][::-1])
        last = [self._starts[key] - key[1] for key in before if key in self._starts]
        past = sorted((p for p in one.past if p.nominal < walk.nominal), key=lambda p: p.nominal, reverse=True)
        return [*last, *(p.start - p.nominal for p in past)][:within]

    @cached_property
    def _starts(self) -> dict[tuple[str, int], int]:
        return {(walk.round, walk.nominal): walk.start for walk in self.plan.walks}

    @cached_property
    def by_round(self) -> dict[str, list[Walk]]:
        """The walks of each known round."""
        found: dict[str, list[Walk]] = {}
        for walk, one in self.walks:
            found.setdefault(one.id, []).append(walk)
        return found

    def drawn(self, one: RoundToPlan, walk: Walk) -> list[int]:
        """The starts of a time in the order of its draw, made again from the seed as `rounds.draw` documents it."""
        seed = bytes.fromhex(self.problem.seed)
        instant = int(self.problem.origin.timestamp()) + walk.nominal * self.problem.tick_seconds

        def number(start: int) -> bytes:
            words = f"start\0{one.id}\0{instant}\0{start - walk.nominal}"
            return hashlib.blake2b(words.encode(), key=seed, digest_size=16).digest()

        last, least = self.past_offsets(one, walk), self.problem.variation.min_jitter

        def repeats(start: int) -> bool:
            return any(abs(start - walk.nominal - offset) < least for offset in last)

        return sorted(self.allowed[one.id, walk.nominal], key=lambda start: (repeats(start), number(start)))

    def commitment(self) -> str:
        """The hash that the plan must carry, made again from the problem."""
        return commitment_of(self.problem, self.problem.seed)


def commitment_of(problem: msgspec.Struct, seed: str) -> str:
    """SHA-256 of a tag, the seed, and the SHA-256 of ``problem`` with a seed of 16 zero bytes."""
    plain = msgspec.json.encode(msgspec.structs.replace(problem, seed="00" * 16), order="deterministic")
    digest = hashlib.sha256(b"dispatch commitment 1\0")
    digest.update(bytes.fromhex(seed))
    digest.update(hashlib.sha256(plain).digest())
    return digest.hexdigest()
