"""Applying a world file: the smallest set of directions that makes the register be as the file says."""

from __future__ import annotations

import datetime as dt

import msgspec
from msgspec import Struct

from dispatch.model.errors import WorldError
from dispatch.projections.register import RegisterRow
from dispatch.requests.direction import Move, Register, Retire
from dispatch.services.client import Client, Saying
from dispatch.services.world import Record, World

_MOVABLE = frozenset({"worker", "place"})


class Applied(Struct, frozen=True, kw_only=True):
    """What applying a world did: records ``registered``, ``changed``, ``moved`` and ``retired``, and those ``same``."""

    world: str
    registered: int
    changed: int
    moved: int
    retired: int
    same: int


async def apply(world: World, to: Client, now: dt.datetime, *, run: str) -> Applied:
    """Bring the register to what ``world`` says; what it stated before and the file lacks, it states no longer.

    A record that several worlds state is retired when none does; where they differ, the newest statement holds.
    ``run`` names this call, so that a record changed back and forth is not taken for a repeat. Raises `WorldError`
    naming the first record that was refused.
    """
    await to.shown()
    before = {(row.area, row.kind, row.id): row async for row in to.rows("register", RegisterRow)}
    stated = {key: row for key, row in before.items() if row.stated_by(world.name) is not None}
    home = {(row.kind, row.id): row.area for row in stated.values()}
    wanted = {(record.area, record.kind, record.id): record for record in world.records}
    sayings: list[Saying] = []
    counts = dict.fromkeys(("registered", "changed", "moved", "retired", "same"), 0)
    for key, record in wanted.items():
        row = before.get(key)
        if row is not None and row.stated_by(world.name) == _plain(record.item):
            counts["same"] += 1
            continue
        elsewhere = home.get((record.kind, record.id))
        if row is None and record.kind in _MOVABLE and elsewhere is not None and elsewhere != record.area:
            sayings.append(_move(record, elsewhere, now, f"{run}-{len(sayings)}"))
            counts["moved"] += 1
            stated.pop((elsewhere, record.kind, record.id))
        else:
            counts["registered" if row is None else "changed"] += 1
        sayings.append(_register(record, world.name, now, f"{run}-{len(sayings)}"))
    for key, row in stated.items():
        if key not in wanted and row.kind != "policy":
            retire = Retire(
                id=f"{run}-{len(sayings)}", by="apply", at=now, kind=row.kind, target=row.id, world=world.name
            )
            sayings.append(Saying(f"direct.{row.area}.retire", msgspec.json.encode(retire)))
            counts["retired"] += 1
    answers = await to.say(sayings)
    refused = [both for both in zip(sayings, answers, strict=True) if both[1].decision == "rejected"]
    if refused:
        saying, answer = refused[0]
        raise WorldError(
            f"{saying.subject} was refused ({answer.code}): {answer.reason} Of {len(sayings)} changes "
            f"{len(refused)} were refused; the others hold, and the file can be applied again once it is mended.",
            hint=answer.hint,
        )
    return Applied(world=world.name, **counts)


def _plain(item: Struct) -> object:
    """``item`` as the register's rows hold it: what JSON gives back."""
    return msgspec.json.decode(msgspec.json.encode(item))


def _register(record: Record, world: str, now: dt.datetime, message_id: str) -> Saying:
    register = Register(id=message_id, by="apply", at=now, world=world, **{record.kind: record.item})  # type: ignore[arg-type]
    return Saying(f"direct.{record.area}.register", msgspec.json.encode(register))


def _move(record: Record, elsewhere: str, now: dt.datetime, message_id: str) -> Saying:
    move = Move(id=message_id, by="apply", at=now, kind=record.kind, target=record.id, to=record.area)
    return Saying(f"direct.{elsewhere}.move", msgspec.json.encode(move))
