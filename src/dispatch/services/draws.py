"""What the log of an area says of its patrol rounds: the walks published, and whether each draw was the one bound."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.walks import WalksState, evolve
from dispatch.events.catalogue import event_in
from dispatch.events.envelope import Stored
from dispatch.events.horizon import DrawRecorded, SeedRevealed
from dispatch.events.round import PlannedWalk, WalksPublished
from dispatch.model.errors import ProblemError
from dispatch.planning.ticks import Ticks
from dispatch.planning.walks import planned
from dispatch.solver.round_plan import RoundPlan
from dispatch.solver.round_problem import RoundProblem
from dispatch.solver.rounds.prove import Proof, prove
from dispatch.store.base import EventStore

T = TypeVar("T")


class Drawn(Struct, kw_only=True):
    """One draw: as it was ``recorded``, its ``seed`` once it is revealed, the ``walks`` published of it by round."""

    recorded: DrawRecorded
    seed: str | None = None
    walks: dict[str, WalksState] = {}


class DrawProven(Struct, frozen=True, kw_only=True):
    """What can be said of a draw. ``proof``: unset while its seed is closed.

    ``published``: the walks published of it are those of its plan.
    """

    number: int
    commitment: str
    proof: Proof | None
    published: bool

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return self.published and (self.proof is None or self.proof.holds)


async def _happened(events: EventStore, area: str) -> AsyncIterator[tuple[Stored, Any]]:
    end = await events.position()
    subjects = (f"event.{area}.horizon.rounds", f"event.{area}.round.*")
    async with aclosing(events.follow(subjects, 0, until=end)) as batches:  # type: ignore[type-var]
        async for batch in batches:
            for stored in batch:
                yield stored, event_in(stored)


async def draws_of(events: EventStore, area: str) -> list[Drawn]:
    """Every draw of ``area`` in order, each with the walks as they stood until the next."""
    found: dict[int, Drawn] = {}
    walks: dict[str, WalksState] = {}
    last: Drawn | None = None
    async for stored, event in _happened(events, area):
        match event:
            case DrawRecorded():
                last = found[event.number] = Drawn(recorded=event, walks=dict(walks))
            case SeedRevealed() if event.number in found:
                found[event.number].seed = event.seed
            case WalksPublished():
                walks[stored.entity.id] = evolve(walks.get(stored.entity.id), event, stored.recorded.happened_at) or (
                    WalksState()
                )
                if last is not None:
                    last.walks = dict(walks)
    return list(found.values())


def proven(drawn: Drawn) -> DrawProven:
    """Whether what was published is what was recorded, and what the seed gives; raises `ProblemError`."""
    recorded = drawn.recorded
    problem, plan = unpacked(recorded.problem, RoundProblem), unpacked(recorded.plan, RoundPlan)
    ticks = Ticks(problem.origin)
    first, until = ticks.at(problem.horizon.start), ticks.at(problem.horizon.end)
    published = {
        (key, _plain(walk))
        for key, state in drawn.walks.items()
        for walk in state.walks
        if first <= walk.nominal < until
    }
    same = published == {(walk.round, _plain(planned(walk, ticks, "UTC"))) for walk in plan.walks}
    proof = None
    if drawn.seed is not None:
        try:
            asked = msgspec.convert({**msgspec.to_builtins(problem), "seed": drawn.seed}, RoundProblem)
        except msgspec.ValidationError as error:
            raise ProblemError(f"The seed of draw {recorded.number} is none: {error}.") from error
        proof = prove(asked, plan, commitment=recorded.commitment)
    return DrawProven(number=recorded.number, commitment=recorded.commitment, proof=proof, published=same)


def _plain(walk: PlannedWalk) -> PlannedWalk:
    """``walk`` without its local day, which its instant says in the zone of the area."""
    return replace(walk, day=walk.nominal.date())


def unpacked(text: str, form: type[T]) -> T:
    """What is recorded of a draw, as ``form``; raises `ProblemError`."""
    try:
        return msgspec.json.decode(zlib.decompress(base64.b64decode(text)), type=form)
    except (binascii.Error, zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise ProblemError(f"What is recorded of a draw cannot be read: {error}.") from error
