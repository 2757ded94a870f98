"""What the recorded seed says: the order in which starts and ways are tried, and the hash it is committed to with.

A keyed hash (BLAKE2b, RFC 7693) gives each choice a number that nobody can tell without the seed; choices are tried in
the order of their numbers. What is drawn for a time depends on the round and the instant alone, not on the horizon, so
that planning again draws the same. Commit and reveal: the SHA-256 of the seed and of the whole problem without it is
published with the plan; who gets the seed later can see that it is that one, and that nothing was changed meanwhile.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from dispatch.solver.inspection_problem import InspectionProblem
from dispatch.solver.round_problem import RoundProblem

NO_SEED = "0" * 32
_TAG = b"dispatch commitment 1\0"


def commitment(problem: RoundProblem | InspectionProblem) -> str:
    """The hash, 64 hexadecimal digits, that binds the seed of ``problem`` and all the rest of it."""
    open_part = msgspec.json.encode(replace(problem, seed=NO_SEED), order="deterministic")
    rest = hashlib.sha256(open_part).digest()
    return hashlib.sha256(_TAG + bytes.fromhex(problem.seed) + rest).hexdigest()


def reveals(commitment_given: str, problem: RoundProblem | InspectionProblem, seed: str) -> bool:
    """Whether ``seed`` is what ``problem`` was committed to with, and the problem the one it was then."""
    return commitment(replace(problem, seed=seed)) == commitment_given


class Draw:
    """Chance from a seed in hexadecimal: the same words always give the same number."""

    def __init__(self, seed: str) -> None:
        self._key = bytes.fromhex(seed)

    def number(self, *words: str) -> bytes:
        """16 bytes for ``words``, none of which holds a zero byte."""
        return hashlib.blake2b("\0".join(words).encode(), key=self._key, digest_size=16).digest()

    def offsets(self, round_id: str, instant: str, offsets: Iterable[int]) -> list[int]:
        """``offsets`` of a start from its nominal ``instant``, in the order they are tried."""
        return sorted(offsets, key=lambda offset: self.number("start", round_id, instant, str(offset)))

    def orders(self, round_id: str, instant: str, count: int) -> list[int]:
        """The numbers of ``count`` ways of a round, in the order they are tried at ``instant``."""
        return sorted(range(count), key=lambda way: self.number("order", round_id, instant, str(way)))

    def whole(self, *words: str) -> int:
        """A whole number of 128 bits for ``words``, to seed a generator with."""
        return int.from_bytes(self.number(*words), "big")


def instant_of(problem: RoundProblem, tick: int) -> str:
    """``tick`` as seconds since 1970, however the problem counts its ticks."""
    return str(
        int((problem.origin - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()) + tick * problem.tick_seconds
    )


def fresh_first(drawn: Sequence[int], last: Sequence[int], least: int) -> list[int]:
    """``drawn`` offsets in their order, those that repeat one of ``last`` (nearer than ``least``) behind the others."""
    repeats = {offset for offset in drawn if any(abs(offset - one) < least for one in last)}
    return [one for one in drawn if one not in repeats] + [one for one in drawn if one in repeats]
