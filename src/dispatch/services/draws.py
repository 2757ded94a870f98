"""What the log of an area says of what was drawn by chance: what was recorded, revealed and published of each draw.

Rounds and inspections are read alike; what their problems and plans are stands in `walk_draws` and `inspection_draws`.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import zlib
from collections.abc import Callable
from contextlib import aclosing
from typing import Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from dispatch.events.catalogue import event_in
from dispatch.events.horizon import DrawRecorded, HorizonPublished, SeedRevealed
from dispatch.model.errors import ProblemError
from dispatch.planning.horizons import CONTINUED
from dispatch.solver.rounds.prove import Proof
from dispatch.store.base import EventStore

S = TypeVar("S")
T = TypeVar("T")


class DrawnKind(NamedTuple, Generic[S]):
    """A kind of what is drawn: the id of its ``horizon``, the ``entity`` each plan is published of, with which event.

    ``evolve`` folds that event into the state of the entity.
    """

    horizon: str
    entity: str
    published: type[Struct]
    evolve: Callable[[S | None, Struct, dt.datetime], S | None]


class Drawn(Struct, Generic[S], kw_only=True):
    """One draw: as it was ``recorded``, its ``seed`` once it is revealed, what is ``published`` of it by entity."""

    recorded: DrawRecorded
    seed: str | None = None
    published: dict[str, S] = {}


class DrawProven(Struct, frozen=True, kw_only=True):
    """What can be said of a draw. ``proof``: unset while its seed is closed.

    ``published``: what was published of it is its plan.
    """

    number: int
    commitment: str
    proof: Proof | None
    published: bool

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it."""
        return self.published and (self.proof is None or self.proof.holds)


async def read_draws(events: EventStore, area: str, kind: DrawnKind[S]) -> list[Drawn[S]]:
    """Every draw of ``area`` in order, each with what is published as it stood until the next.

    A plan of many entities is published in parts, of which the last brings the draw: until then what is published is
    neither of the draw before nor of one that may never come.
    """
    found: dict[int, Drawn[S]] = {}
    states: dict[str, S] = {}
    last: Drawn[S] | None = None
    goes_on = False
    subjects = (f"event.{area}.horizon.{kind.horizon}", f"event.{area}.{kind.entity}.*")
    async with aclosing(events.follow(subjects, 0, until=await events.position())) as batches:  # type: ignore[type-var]
        async for batch in batches:
            for stored in batch:
                event = event_in(stored)
                if isinstance(event, HorizonPublished):
                    last = last if goes_on else None
                    goes_on = event.inputs == CONTINUED
                elif isinstance(event, DrawRecorded):
                    last = found[event.number] = Drawn(recorded=event, published=dict(states))
                elif isinstance(event, SeedRevealed) and event.number in found:
                    found[event.number].seed = event.seed
                elif isinstance(event, kind.published):
                    key = stored.entity.id
                    state = kind.evolve(states.get(key), event, stored.recorded.happened_at)
                    if state is not None:
                        states[key] = state
                        if last is not None:
                            last.published = dict(states)
    return list(found.values())


def proof_of(drawn: Drawn[S], problem: T, same: bool, prove: Callable[[T], Proof]) -> DrawProven:
    """What ``prove`` finds of a draw with its seed in ``problem``, once it is revealed; raises `ProblemError`."""
    recorded, proof = drawn.recorded, None
    if drawn.seed is not None:
        try:
            asked = msgspec.convert({**msgspec.to_builtins(problem), "seed": drawn.seed}, type(problem))
        except msgspec.ValidationError as error:
            raise ProblemError(f"The seed of draw {recorded.number} is none: {error}.") from error
        proof = prove(asked)
    return DrawProven(number=recorded.number, commitment=recorded.commitment, proof=proof, published=same)


def unpacked(text: str, form: type[T]) -> T:
    """What is recorded of a draw, as ``form``; raises `ProblemError`."""
    try:
        return msgspec.json.decode(zlib.decompress(base64.b64decode(text)), type=form)
    except (binascii.Error, zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise ProblemError(f"What is recorded of a draw cannot be read: {error}.") from error
