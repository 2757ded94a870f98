"""One fixed event of every type, made from its fields alone, so that the stored form of each can be kept and compared.

Run as a script it writes the files that are missing; those that are there are never touched.
"""

from __future__ import annotations

import datetime as dt
import enum
import types
import typing
from pathlib import Path
from typing import Any

from msgspec import Struct

from dispatch.events.catalogue import ENTITIES, VERSIONS, Origin, encode_envelope, record
from dispatch.events.envelope import Entity

EVENTS = Path(__file__).parent / "events"
AT = dt.datetime(2026, 11, 22, 0, 41, 7, tzinfo=dt.UTC)
_PLAIN: dict[Any, Any] = {
    int: 7,
    float: 1.5,
    bool: True,
    dt.datetime: AT,
    dt.date: dt.date(2027, 3, 31),
}
_TEXTS = {"time_zone": "Asia/Shanghai", "start": "08:00", "end": "18:00", "start_from": "12:00", "start_to": "12:30"}
_NUMBERS: dict[str, Any] = {"rest_days": 1, "share": 0.5}
"""Where seven, or one and a half, would be too many."""
_TEXTS |= {"end_by": "13:00", "message": "Nobody is free.", "text": "门锁着", "title": "东区", "name": "李华"}


def value_of(hint: Any, name: str) -> Any:
    """A fixed value of a type; for a union its first member, so that nothing is left at its default."""
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return value_of(typing.get_args(hint)[0], name)
    if origin in (typing.Union, types.UnionType):
        return value_of(next(one for one in typing.get_args(hint) if one is not types.NoneType), name)
    if origin is typing.Literal:
        return typing.get_args(hint)[0]
    if origin is tuple:
        inner = typing.get_args(hint)
        many = inner[:1] if len(inner) == 2 and inner[1] is Ellipsis else inner
        return tuple(value_of(one, name) for one in many)
    if origin is dict:
        return {"travel": value_of(typing.get_args(hint)[1], name)}
    if hint is str:
        return _TEXTS.get(name, name.replace("_", "-"))
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return next(iter(hint))
    if isinstance(hint, type) and issubclass(hint, Struct):
        return sample(hint)
    return _NUMBERS.get(name, _PLAIN[hint]) if hint in (int, float) else _PLAIN[hint]


def sample(struct: type[Struct]) -> Struct:
    """A fixed value of a Struct with every field set."""
    hints = typing.get_type_hints(struct, include_extras=True)
    return struct(**{name: value_of(hints[name], name) for name in struct.__struct_fields__})


def stored_form(kind: str, event: type[Struct]) -> bytes:
    """The bytes today's code stores a sample of an event as."""
    origin = Origin(happened_at=AT, recorded_at=AT, by="dispatcher/chen", cause="direct/chen/d1", correlation="case-1")
    (recorded,) = record(Entity("east", kind, "sample"), (sample(event),), origin)
    return encode_envelope(recorded)


def path_of(name: str, version: int) -> Path:
    """The file that holds the stored form of one version of an event."""
    return EVENTS / f"{name}.v{version}.json"


def main() -> None:
    """Write the files that are missing."""
    EVENTS.mkdir(exist_ok=True)
    for kind, events in ENTITIES.items():
        for event in events:
            path = path_of(event.__name__, VERSIONS[event.__name__])
            if not path.exists():
                path.write_bytes(stored_form(kind, event) + b"\n")


if __name__ == "__main__":
    main()
