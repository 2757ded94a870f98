"""One pass over all blocks: each searched by itself, side by side, then put together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from dispatch.solver.big.block import Block, make_block
from dispatch.solver.big.whole import Whole
from dispatch.solver.routes.compiled import Compiled
from dispatch.solver.search.drive import Drive
from dispatch.solver.search.pace import Leg

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
    """What came of a block in so many ``rounds``: where the search stands ``now``, and the ``best`` it has seen."""

    now: Found
    best: Found
    rounds: int


class After(NamedTuple):
    """What came of a pass: the ``rounds`` of all blocks, by how much it is cheaper ``now`` and was at ``best``."""

    rounds: int
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
    stop: Callable[[], bool],
    pool: Executor,
) -> After:
    """Search every block from ``whole``, which takes where the searches stand; ``best``, the same, the best they saw.

    The order in which blocks come is always the same, whichever is done first.
    """

    def search(number: int) -> Searched | None:
        if stop():
            return None
        block = make_block(whole, blocks[number], offered[number])
        return _search(whole, block, share, seed=seed + number, stop=stop)

    found = [one for one in list(pool.map(search, range(len(blocks)))) if one is not None]
    for one in found:
        whole.put(one.now.order, one.now.starts)
        best.put(one.best.order, one.best.starts)
    return After(
        sum(one.rounds for one in found), sum(one.now.saved for one in found), sum(one.best.saved for one in found)
    )


def _search(whole: Whole, block: Block, share: Share, *, seed: int, stop: Callable[[], bool]) -> Searched | None:
    """The block after its rounds; None where it cannot be begun from what stands, which then stays as it is."""
    if not block.visits or not block.duties:
        return None
    drive = Drive(Compiled(block.problem), seed=seed, order=block.order)
    if drive.order() != block.order:
        return None
    before = drive.cost
    rounds = max(1, round(share.rounds * len(drive.tasks.visit)))
    done = 0
    while done < rounds and not (done and stop()):
        piece = min(PIECE, rounds - done)
        begin, end = (share.begin + (share.end - share.begin) * at / rounds for at in (done, done + piece))
        drive.leg(Leg(piece, begin, end, share.planned))
        done += piece
    best = _of_whole(whole, block, drive.order(), drive.starts(), before - drive.cost)
    cost, order, starts = drive.now()
    return Searched(_of_whole(whole, block, order, starts, before - cost), best, done)


def _of_whole(whole: Whole, block: Block, order: dict[int, list[int]], starts: dict[int, float], saved: float) -> Found:
    """The routes of the block by index of the whole, the empty ones too."""
    count, stores = len(block.visits), len(whole.compiled.visits)
    routes = {
        duty: [block.visits[one] if one < count else stores + one - count for one in order.get(number, [])]
        for number, duty in enumerate(block.duties)
    }
    return Found(routes, {block.visits[visit]: round(start) for visit, start in starts.items()}, saved)
