"""The frame of what is planned for weeks ahead: what a kind of problem has to say, and what is published of its plan.

A kind asks a problem of the folded state, or says that nothing is due; it has it solved, and turns the plan into the
events of people or things. The frame does the rest: when it is due, the head every such batch is guarded by, checking,
refusing. Kinds stand in `horizon_kinds`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.decide.horizon import HorizonHead, horizon_of
from dispatch.events.envelope import Entity
from dispatch.events.horizon import HorizonPublished, HorizonRefused, LeftOpen, Shortage
from dispatch.events.order import ReasonGiven
from dispatch.events.plan import FindingRecorded
from dispatch.planning.area import AreaState
from dispatch.planning.commit import Batch
from dispatch.solver.rules import Rule

OPEN_SHOWN = 200
"""Of how much of what stays open the event says why, ..."""
OPEN_NAMED = 5_000
"""... and how much it names at all; all of it is counted. A place takes some 70 bytes, an event holds a million."""
FINDINGS_SHOWN = 50
CONTINUED = "to-be-continued"
"""The digest of a part that others are to follow: nothing that is asked has it."""
AT_ONCE = 900
"""People or things whose plan changes in one append at most."""
ERROR_SHOWN = 300
"""Characters of an unexpected error that the event repeats; the log has all of it."""


class Asked(Struct, frozen=True, kw_only=True):
    """A problem that is due as of ``now``: for the local days from ``start`` to before ``until``, fixed to ``frozen``.

    ``standing`` is the plan to begin with, ``inputs`` the digest of what was asked, ``parent`` the horizon it is to
    follow, ``saw`` the log position it was made of. ``known_as``: the digest by which a refusal of it is known again,
    where that is another (see `Due`).
    """

    kind: str
    problem: Any
    standing: Any = None
    now: dt.datetime
    start: dt.date
    until: dt.date
    frozen: dt.date
    inputs: str
    parent: int
    saw: int
    why: str
    budget: int
    seed: int
    known_as: str = ""

    def same(self, other: Asked | None) -> bool:
        """Whether ``other`` asks the same, on top of the same."""
        mine = (self.start, self.until, self.inputs, self.parent)
        return other is not None and mine == (other.start, other.until, other.inputs, other.parent)


class Answered(Struct, frozen=True):
    """A plan, or what is wrong with it, or why there is none."""

    plan: Any
    findings: tuple[FindingRecorded, ...] = ()


class Said(Struct, frozen=True, kw_only=True):
    """What is said of a whole plan: see `HorizonPublished`."""

    open: tuple[LeftOpen, ...] = ()
    shortage: Shortage | None = None
    gave_way: tuple[ReasonGiven, ...] = ()


class Horizon(ABC):
    """One kind of problem that is planned ahead and published; ``kind`` is the id of its entity."""

    kind: ClassVar[str]
    secret: ClassVar[bool] = False
    """Whether it is drawn by chance that nobody may know, and so only where a secret is kept."""

    @abstractmethod
    def ask(self, state: AreaState, now: dt.datetime) -> Asked | None:
        """What is to be planned as of ``now``; None if there is nothing, or what is published still stands."""

    @abstractmethod
    def solve(self, asked: Asked) -> Any:
        """A plan for ``asked``; called in a process of its own. May raise `ProblemError`."""

    @abstractmethod
    def batch(self, state: AreaState, asked: Asked, plan: Any, number: int) -> Batch:
        """The events by which ``plan`` becomes horizon ``number``, one per person or thing that changes."""

    def keyed(self, area: str, asked: Asked, secret: str) -> Asked:
        """``asked`` with what is drawn from ``secret``."""
        return asked

    def beside(self, asked: Asked, plan: Any, number: int) -> tuple[Struct, ...]:
        """What else happens to the head when ``plan`` becomes horizon ``number``."""
        return ()

    def revealing(self, state: AreaState, now: dt.datetime, secret: str) -> Batch:
        """What of ``secret`` may be known by now; empty if nothing."""
        return {}

    @abstractmethod
    def said(self, state: AreaState, asked: Asked, plan: Any) -> Said:
        """What is to be told of ``plan`` as a whole."""


def head_of_kind(state: AreaState, kind: str) -> HorizonHead:
    """What is published of ``kind``; an empty head before the first."""
    return state.horizons.get(kind) or HorizonHead()


def digest_of(*inputs: object) -> str:
    """A digest of what a problem is made of; equal for equal inputs."""
    return hashlib.blake2b(msgspec.json.encode(inputs), digest_size=16).hexdigest()


class Due(Struct, frozen=True):
    """That something is due and ``why``: ``inputs`` is its digest by its own first day.

    ``known_as`` is that by the first day of what is published, which stays where the new one is refused.
    """

    inputs: str
    known_as: str
    why: str


def due(head: HorizonHead, today: dt.date, until: dt.date, inputs: Callable[[dt.date], str]) -> Due | None:
    """Why a problem that begins ``today`` and reaches ``until`` is due, and its digests; None if it is not.

    ``inputs(since)`` is the digest of all that matters from the day ``since`` on: while the period is the one that was
    published, from its own first day, so that a day which passes is no reason to plan anew.
    """
    if head.start is not None and head.until == until:
        found = inputs(head.start)
        # What is asked as it was published again, after something else was refused, is published anew: all is well.
        if found == head.refused or (found == head.inputs and not head.refused):
            return None
        return Due(inputs(today), found, "what was asked has changed")
    found = inputs(today)
    why = "first" if head.start is None else "the days go on"
    return None if found == head.refused else Due(found, found, why)


def asked_of(
    state: AreaState,
    kind: str,
    found: Due,
    problem: Any,
    *,
    now: dt.datetime,
    start: dt.date,
    until: dt.date,
    frozen: dt.date,
    budget: int,
    standing: Any = None,
) -> Asked:
    """What is asked where ``found`` is due: on top of what is published of ``kind``, from the state as it is folded."""
    return Asked(
        kind=kind,
        problem=problem,
        standing=standing,
        now=now,
        start=start,
        until=until,
        frozen=frozen,
        inputs=found.inputs,
        known_as=found.known_as,
        parent=head_of_kind(state, kind).number,
        saw=state.position,
        why=found.why,
        budget=budget,
        seed=state.policy.seed,
    )


def publishing(state: AreaState, horizon: Horizon, asked: Asked, plan: Any) -> Iterator[Batch]:
    """The batches that publish ``plan``, each under the head, with a number of its own; nearly always one.

    Only the last bears the digest, and what is told beside: if it does not come about, all is planned anew.
    """
    events = list(horizon.batch(state, asked, plan, asked.parent + 1).items())
    parts = [events[at : at + AT_ONCE] for at in range(0, len(events), AT_ONCE)] or [[]]
    effort, said = plan.effort, horizon.said(state, asked, plan)
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        head = HorizonPublished(
            number=asked.parent + 1 + index,
            parent=asked.parent + index,
            start=asked.start,
            until=asked.until,
            frozen=asked.frozen,
            saw=asked.saw,
            why=asked.why if last else f"{asked.why}, part {index + 1} of {len(parts)}",
            inputs=asked.inputs if last else CONTINUED,
            solver=effort.solver,
            seed=effort.seed,
            budget=effort.budget,
            used=effort.used,
            repeatable=effort.repeatable,
            cost={str(rule): round(cost, 3) for rule, cost in plan.cost.items() if cost},
            changed=len(events),
            open_count=sum(one.missing for one in said.open),
            open=_named(said.open),
            shortage=said.shortage,
            gave_way=said.gave_way[:OPEN_SHOWN],
        )
        beside = horizon.beside(asked, plan, head.number) if last else ()
        yield {horizon_of(state.area, asked.kind): [head, *beside], **dict(part)}


def _named(open_: tuple[LeftOpen, ...]) -> tuple[LeftOpen, ...]:
    """What the event names of what stays open: the first with reasons, those behind without."""
    bare = (replace(one, reasons=()) for one in open_[OPEN_SHOWN:OPEN_NAMED])
    return (*open_[:OPEN_SHOWN], *bare)


def refusing(state: AreaState, asked: Asked, findings: tuple[FindingRecorded, ...]) -> Batch:
    """The event that says why nothing was published."""
    entity: Entity = horizon_of(state.area, asked.kind)
    refused = HorizonRefused(
        parent=asked.parent, saw=asked.saw, inputs=asked.known_as or asked.inputs, findings=findings[:FINDINGS_SHOWN]
    )
    return {entity: [refused]}


def failing(state: AreaState, kind: str, asked: Asked | None, error: Exception) -> Batch:
    """The event that says that planning ``kind`` failed unexpectedly at ``asked``; empty if it stands there already.

    Before anything could be asked (None) the failure is known again by its kind alone: its words may differ each time.
    """
    words = f"{type(error).__name__}: {' '.join(str(error).split())}"[:ERROR_SHOWN].rstrip(": ")
    finding = FindingRecorded(rule=Rule.PLANNER_ERROR, message=f"The planner failed at it ({words}).")
    if asked is not None:
        return refusing(state, asked, (finding,))
    head, inputs = head_of_kind(state, kind), digest_of(Rule.PLANNER_ERROR, type(error).__name__)
    if head.refused == inputs:
        return {}
    refused = HorizonRefused(parent=head.number, saw=state.position, inputs=inputs, findings=(finding,))
    return {horizon_of(state.area, kind): [refused]}
