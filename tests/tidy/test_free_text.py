"""Where free text may stand in the log: what people wrote in Structs of personal data, names in records, our own words.

A `str` without a pattern takes whatever somebody types. So each such field of an event is either part of
`PersonalData`, which can be sealed or erased, or named here with who writes it.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator

from msgspec import Meta, Struct

from dispatch.decide.message import PERSONAL
from dispatch.events.catalogue import TYPES
from dispatch.events.personal import PersonalData, Remark, personal_fields
from dispatch.model.words import Line, Token
from dispatch.requests.direction import VERBS
from dispatch.requests.report import REPORTS

RECORDS = {
    "Worker.name", "Place.title", "Zone.title", "Round.title", "Category.title", "Policy.title", "Policy.time_zone",
    "Post.title", "Contract.title",
}  # fmt: skip
"""What somebody or something is called: of a record, not of what happened; a change of the record changes it."""
_KINDS = ("Worker", "Place", "Zone", "Round", "Post", "Contract", "Category")
FILES = {f"{kind}{what}.world" for kind in _KINDS for what in
         ("Registered", "Changed")} | {f"{kind}Changed.without" for kind in _KINDS} | {"PolicySet.world"}  # fmt: skip
"""The file a record stands in."""
OURS = {
    "ReasonGiven.rule", "ReasonGiven.message", "ReasonGiven.hint", "FindingRecorded.rule", "FindingRecorded.message",
    "PlanCommitted.why", "PlanCommitted.solver", "PlanDirected.verb", "RequestAccepted.digest",
    "PlanCommitted.cost", "MessageNoted.digest", "HorizonPublished.why", "HorizonPublished.solver",
    "HorizonPublished.cost", "HorizonDirected.verb", "Shortage.message", "Shortage.would_close",
    "DrawRecorded.commitment", "DrawRecorded.problem", "DrawRecorded.plan", "SeedRevealed.seed",
}  # fmt: skip
"""What this service writes itself."""


def free_text(struct: type[Struct], seen: set[type[Struct]] | None = None) -> Iterator[str]:
    """The fields of ``struct``, and of all Structs in it but personal data, that take any text, as ``Struct.field``."""
    seen = set() if seen is None else seen
    if struct in seen or issubclass(struct, PersonalData):
        return
    seen.add(struct)
    for name, hint in typing.get_type_hints(struct, include_extras=True).items():
        for kind in _within(hint):
            if kind is str:
                yield f"{struct.__name__}.{name}"
            elif isinstance(kind, type) and issubclass(kind, Struct):
                yield from free_text(kind, seen)


def _within(hint: typing.Any) -> Iterator[typing.Any]:
    """The types that ``hint`` is made of; not text that has to follow a pattern, or is one of a few words."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return
    if origin is typing.Annotated:
        if not any(isinstance(meta, Meta) and meta.pattern is not None for meta in inner[1:]):
            yield from _within(inner[0])
    elif inner:
        for one in inner:
            yield from _within(one)
    else:
        yield hint


def test_no_event_takes_free_text_but_where_it_is_allowed() -> None:
    found = {field for event in TYPES.values() for field in free_text(event)}
    allowed = RECORDS | FILES | OURS
    assert found - allowed == set(), "what people write belongs into PersonalData; our own words are named above"
    assert allowed - found == set(), "named above, but there is no such field"


class _Part(Struct):
    title: Line | None


class _Happened(Struct):
    worker: Token
    parts: tuple[_Part, ...]
    words: dict[str, int]
    note: str = ""
    remark: Remark | None = None


def test_a_note_would_be_found_wherever_it_stood() -> None:
    assert set(free_text(_Happened)) == {"_Part.title", "_Happened.words", "_Happened.note"}


def test_what_is_personal_is_a_field_of_the_event_itself_and_may_be_missing() -> None:
    """So that it can be left out of what is shown, and erased, without a look at the rest."""
    for event in TYPES.values():
        hints = typing.get_type_hints(event)
        for name in hints:
            held = [one for one in _within(hints[name]) if isinstance(one, type) and issubclass(one, Struct)]
            inner = [one for struct in held if not issubclass(struct, PersonalData) for one in _all_in(struct)]
            assert not any(issubclass(one, PersonalData) for one in inner), f"{event.__name__}.{name}"
        for name in personal_fields(event):
            assert type(None) in typing.get_args(hints[name]), f"{event.__name__}.{name} must be allowed to be erased"


def _all_in(struct: type[Struct]) -> Iterator[type[Struct]]:
    for hint in typing.get_type_hints(struct).values():
        for one in _within(hint):
            if isinstance(one, type) and issubclass(one, Struct):
                yield one
                yield from _all_in(one)


def test_the_fields_that_hold_personal_data_are_known() -> None:
    found = {name: personal_fields(event) for name, event in TYPES.items() if personal_fields(event)}
    assert found == {
        "RequestAccepted": {"personal"},
        "MessageNoted": {"personal"},
        "VisitRefused": {"remark"},
        "WorkerArrived": {"proof"},
        "VisitDone": {"remark", "proof"},
        "VisitFailed": {"remark", "proof"},
        "HazardReported": {"remark", "proof"},
        "CheckpointScanned": {"proof"},
        "InspectionMarked": {"remark", "proof"},
        "NoticeIssued": {"remark", "proof"},
        "NoticeRechecked": {"remark", "proof"},
        "OrderClosed": {"remark"},
        "OrderCancelled": {"remark"},
        "WorkerAbsent": {"remark"},
    }


def test_what_is_personal_in_reports_and_directions_is_known() -> None:
    """Their digest is of all the rest: it cannot be erased."""
    found: set[str] = set()
    for form in (*REPORTS, *VERBS.values()):
        hints = typing.get_type_hints(form, include_extras=True)
        for name in hints:
            kinds = set(_within(hints[name]))
            if hints[name] == Line or any(isinstance(one, type) and issubclass(one, PersonalData) for one in kinds):
                found.add(name)
    assert found == set(PERSONAL)
