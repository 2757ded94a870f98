"""One pass over all blocks: each searched by itself, side by side, then put together again."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from dispatch.solver.big.block import Block, make_block
from dispatch.solver.big.pieces import Spare, deal
from dispatch.solver.big.whole import Whole
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.pace import Leg
from dispatch.solver.stop import Stop

PIECE = 1_000
"""Rounds after which a block asks whether it is time to stop: a tenth of a second or less."""


class Share(NamedTuple):
    """What every block does in a pass: ``rounds`` for each of its visits and crew's places, of the share ``begin`` to
    ``end`` of a search of ``planned`` rounds in all (see `Leg`)."""

    rounds: float
    begin: float
    end: float
    planned: int


class Found(NamedTuple):
    """Routes and starts by index of the whole, and by how much they are cheaper than what a block began with."""

    order: dict[int, list[int]]
    starts: dict[int, int]
    saved: float


class Searched(NamedTuple):
    """What came of a block in so many ``rounds``, which took so many ``seconds`` by the clock of the search: where it
    stands ``now``, and the ``best`` it has seen."""

    now: Found
    best: Found
    rounds: int
    seconds: float


class After(NamedTuple):
    """What came of a pass: the ``rounds`` of all blocks and the ``seconds`` these took, one behind the other; by how
    much it is cheaper ``now`` and was at ``best``."""

    rounds: int
    seconds: float
    now: float
    best: float


def run_pass(
    whole: Whole,
    best: Whole,
    blocks: Sequence[Sequence[int]],
    offered: Sequence[Sequence[int]],
    share: Share,
    *,
    seed: int,
    stop: Stop,
    pool: Executor,
) -> After:
    """Search every block from ``whole``, which takes where the searches stand; ``best``, the same, the best they saw.

    The order in which blocks come is always the same, whichever is done first.
    """

    spare = deal(whole, offered, seed=seed)

    def search(number: int) -> Searched | None:
        if stop.now():
            return None
        return _search(whole, blocks[number], offered[number], spare[number], share, seed=seed + number, stop=stop)

    found = [one for one in list(pool.map(search, range(len(blocks)))) if one is not None]
    for one in found:
        whole.put(one.now.order, one.now.starts)
        best.put(one.best.order, one.best.starts)
    return After(
        sum(one.rounds for one in found),
        sum(one.seconds for one in found),
        sum(one.now.saved for one in found),
        sum(one.best.saved for one in found),
    )


def _begun(
    whole: Whole, workers: Sequence[int], offered: Sequence[int], spare: Spare, seed: int, *, loose: bool = True
) -> tuple[Block, Drive] | None:
    """A block and a search that stands where the whole does; None where the search cannot keep what stands."""
    block = make_block(whole, workers, offered, spare=spare, loose=loose)
    if not block.visits or not block.duties:
        return None
    standing = {visit for visits in block.order.values() for visit in visits}
    drive = Drive(Compiled(block.problem), seed=seed, order=block.order, standing=standing)
    return (block, drive) if drive.order() == block.order else None


def _begun_anyhow(
    whole: Whole, workers: Sequence[int], offered: Sequence[int], spare: Spare, seed: int
) -> tuple[Block, Drive] | None:
    """`_begun`, if need be without some routes, or with crews where they are.

    The search takes breaks by a rule of thumb, where a plan may choose: seldom, a route it did not make itself is none
    for it. Then whoever has it stays out; if it is the crews between routes, they stay as they are.
    """
    begun = _begun(whole, workers, offered, spare, seed)
    if begun is not None:
        return begun
    duties_of = whole.compiled.duties_of
    idle = {worker for worker in workers if not any(whole.order[duty] for duty in duties_of[worker])}
    kept = [worker for worker in workers if worker in idle or _begun(whole, [worker], (), {}, seed) is not None]
    if len(kept) < len(workers) and (begun := _begun(whole, kept, offered, spare, seed)) is not None:
        return begun
    return _begun(whole, kept, offered, spare, seed, loose=False)


def _search(
    whole: Whole,
    workers: Sequence[int],
    offered: Sequence[int],
    spare: Spare,
    share: Share,
    *,
    seed: int,
    stop: Stop,
) -> Searched | None:
    """A block after its rounds; None where it cannot be begun from what stands, which then stays as it is."""
    begun = _begun_anyhow(whole, workers, offered, spare, seed)
    if begun is None:
        return None
    block, drive = begun
    before = drive.cost
    rounds = max(1, round(share.rounds * len(drive.tasks.visit)))
    done, began = 0, stop.passed()
    while done < rounds and not (done and stop.now()):
        piece = min(PIECE, rounds - done)
        begin, end = (share.begin + (share.end - share.begin) * at / rounds for at in (done, done + piece))
        drive.leg(Leg(piece, begin, end, share.planned))
        done += piece
    took = stop.passed() - began
    best = _of_whole(whole, block, drive.order(), drive.starts(), before - drive.cost)
    cost, order, starts = drive.now()
    return Searched(_of_whole(whole, block, order, starts, before - cost), best, done, took)


def _of_whole(whole: Whole, block: Block, order: dict[int, list[int]], starts: dict[int, float], saved: float) -> Found:
    """The routes of the block by index of the whole, the empty ones too."""
    count, stores = len(block.visits), len(whole.compiled.visits)
    routes = {
        duty: [block.visits[one] if one < count else stores + one - count for one in order.get(number, [])]
        for number, duty in enumerate(block.duties)
    }
    return Found(routes, {block.visits[visit]: round(start) for visit, start in starts.items()}, saved)
