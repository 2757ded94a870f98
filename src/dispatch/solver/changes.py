"""Changes of a problem that would let a visit fit which is left out: data that a machine can carry out, each one rule.

All times are in ticks of the problem. ``from`` is what the problem says now, ``to`` what it would have to say, ``by``
how much more that is: ticks for what is about time, else a count, a level, days or minutes of cost.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from dispatch.solver.problem import Day, Duty, Id, Pin, Rest, Skill, Span, Tie
from dispatch.solver.rules import Rule


class _Changed(Struct, frozen=True, kw_only=True, tag_field="what", rename={"from_": "from"}):
    """The ``rule`` that gives way, and ``by`` how much."""

    rule: Rule
    by: float = 0


class Allow(_Changed, frozen=True, kw_only=True, tag="allow"):
    """``worker`` may go to ``visit``: is named ``among`` its people, where some are, and not excluded by ``never``."""

    visit: Id
    worker: Id


class PinElse(_Changed, frozen=True, kw_only=True, tag="pin"):
    """``visit`` is pinned to other people, or another start."""

    visit: Id
    from_: Pin
    to: Pin


class Certify(_Changed, frozen=True, kw_only=True, tag="certificate"):
    """``worker`` holds the certificate ``to`` instead of ``from``; unset: a new one. ``by`` levels and days."""

    worker: Id
    from_: Skill | None
    to: Skill


class Raise(_Changed, frozen=True, kw_only=True, tag="cap"):
    """A cap of ``worker`` is raised: that of ``duty`` alone, or of all duties of ``day`` together."""

    worker: Id
    duty: Id | None = None
    day: Day | None = None
    from_: int
    to: int


class CarryTool(_Changed, frozen=True, kw_only=True, tag="tool"):
    """``worker`` carries ``tool``."""

    worker: Id
    tool: Id


class CarryParts(_Changed, frozen=True, kw_only=True, tag="parts"):
    """``worker`` has more of ``part`` in the bag when a duty begins."""

    worker: Id
    part: Id
    from_: int
    to: int


class MorePieces(_Changed, frozen=True, kw_only=True, tag="pieces"):
    """There are more pieces of the shared ``tool``."""

    tool: Id
    from_: int
    to: int


class Retime(_Changed, frozen=True, kw_only=True, tag="duty"):
    """``duty`` of ``worker`` begins sooner or ends later; its overtime lies behind its end as before."""

    worker: Id
    duty: Id
    from_: Span
    to: Span


class AddDuty(_Changed, frozen=True, kw_only=True, tag="add_duty"):
    """``worker`` has a duty more: here it begins where the visit is. ``by`` its length."""

    worker: Id
    duty: Duty


class MoveBreak(_Changed, frozen=True, kw_only=True, tag="break"):
    """A break of ``duty`` may be taken sooner or later."""

    worker: Id
    duty: Id
    from_: Rest
    to: Rest


class CutAbsence(_Changed, frozen=True, kw_only=True, tag="absence"):
    """An absence on ``duty`` is shorter, or falls away (``to`` unset)."""

    worker: Id
    duty: Id
    from_: Span
    to: Span | None


class OpenWindow(_Changed, frozen=True, kw_only=True, tag="window"):
    """A window of ``visit`` is open for longer."""

    visit: Id
    from_: Span
    to: Span


class TakeOff(_Changed, frozen=True, kw_only=True, tag="take_off"):
    """``visit`` is taken off the plan, for ``by`` minutes, its price."""

    visit: Id


class Loosen(_Changed, frozen=True, kw_only=True, tag="tie"):
    """A tie is loosened, or falls away (``to`` unset)."""

    from_: Tie
    to: Tie | None


class PriceUp(_Changed, frozen=True, kw_only=True, tag="price"):
    """``visit`` is worth more: to stay out has the price ``to`` at least."""

    visit: Id
    from_: float
    to: float


Change = (
    Allow | PinElse | Certify | Raise | CarryTool | CarryParts | MorePieces | Retime | AddDuty | MoveBreak | CutAbsence
    | OpenWindow | TakeOff | Loosen | PriceUp
)  # fmt: skip
"""One change of a problem; ``what`` says which."""

TIMES = (PinElse, Retime, AddDuty, MoveBreak, CutAbsence, OpenWindow, Loosen)
"""The kinds whose ``by`` are ticks."""

Size = tuple[float, ...]


def size(changes: tuple[Change, ...]) -> Size:
    """What to order sets of changes by, the smallest first.

    Nobody is taken off the plan while anything else would do, and then the least dear. Then the fewest rules, of these
    the fewest changes, of these the fewest minutes by which something moves or is longer, then the least of the rest.
    """
    off = [one.by for one in changes if isinstance(one, TakeOff)]
    ticks = sum(one.by for one in changes if isinstance(one, TIMES))
    rest = sum(one.by for one in changes if not isinstance(one, (*TIMES, TakeOff)))
    return len(off), sum(off), len({one.rule for one in changes}), len(changes), ticks, rest


def merged(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """``changes`` with those that go on where an earlier one of the same thing ends made one with it; each once.

    So are those found apart from each other that begin alike: one as large as both.
    """
    found: list[Change] = []
    for change in changes:
        for place, before in enumerate(found):
            if before == change:
                break
            if _goes_on(before, change):
                found[place] = replace(before, to=change.to, by=before.by + change.by)  # type: ignore[union-attr]
                break
            both = _both(before, change) if _of_one_thing(before, change) else None
            if both is not None:
                found[place] = both
                break
        else:
            found.append(change)
    return tuple(found)


def _goes_on(before: Change, change: Change) -> bool:
    """Whether ``change`` begins with what ``before`` ends with, of the same thing."""
    return _of_one_thing(before, change) and before.to == change.from_  # type: ignore[union-attr]


def _of_one_thing(before: Change, change: Change) -> bool:
    """Whether both are of the same thing, which has something now and is to have something else."""
    if type(before) is not type(change) or not hasattr(before, "from_"):
        return False
    same = (name for name in before.__struct_fields__ if name not in ("from_", "to", "by"))
    return all(getattr(before, name) == getattr(change, name) for name in same)


def _both(before: Change, change: Change) -> Change | None:
    """One change as large as two of one thing that begin alike; None for others, and where there is none so large."""
    if isinstance(before, Certify) and isinstance(change, Certify) and before.from_ == change.from_:
        return None if before.from_ is None else _wider_certificate(before, before.from_, change.to)
    if isinstance(before, Retime | OpenWindow) and isinstance(change, Retime | OpenWindow):
        was, one, other = before.from_, before.to, change.to
        to = Span(min(one.start, other.start), max(one.end, other.end))
        by = (was.start - to.start) + (to.end - was.end)
        return replace(before, to=to, by=by) if change.from_ == was else None
    counted = Raise | CarryParts | MorePieces
    if isinstance(before, counted) and isinstance(change, counted):
        return max(before, change, key=lambda one: one.to) if before.from_ == change.from_ else None
    return None


def _wider_certificate(before: Certify, was: Skill, other: Skill) -> Certify:
    """``before``, of the certificate that ``was``, with the level and the days of ``other``, too."""
    one = before.to
    level = max(one.level, other.level)
    first = None if one.first is None or other.first is None else min(one.first, other.first)
    last = None if one.last is None or other.last is None else max(one.last, other.last)
    sooner = 0 if was.first is None or first is None else was.first - first
    later = 0 if was.last is None or last is None else last - was.last
    to = replace(one, level=level, first=first, last=last)
    return replace(before, to=to, by=level - was.level + sooner + later)
