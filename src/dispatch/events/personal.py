"""Personal data in events: Structs of their own, to be sealed or erased without touching anything else."""

from __future__ import annotations

import typing
from functools import cache

from msgspec import Struct

from dispatch.model.words import Line


class PersonalData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What concerns somebody as a person, or that somebody put into their own words: for those on the case only.

    A field of an event that holds it may be unset, be it that nothing was said or that it was erased since.
    """


class Remark(PersonalData, frozen=True, kw_only=True):
    """What a worker or dispatcher wrote: why not, what was found, what was said on the telephone."""

    text: Line


def remark(text: str) -> Remark | None:
    """``text`` as a remark; None if nothing was said."""
    return Remark(text=text) if text else None


@cache
def personal_fields(event: type[Struct], kind: type[PersonalData] = PersonalData) -> frozenset[str]:
    """The fields of ``event`` that hold `PersonalData` of this ``kind``."""
    return frozenset(
        name
        for name, hint in typing.get_type_hints(event).items()
        for one in (hint, *typing.get_args(hint))
        if isinstance(one, type) and issubclass(one, kind)
    )
