"""Annotated scalar types shared by every message, event and file: patterns, bounds and units in one place."""

from __future__ import annotations

import hashlib
import re
from base64 import b32encode
from functools import lru_cache
from typing import Annotated

from msgspec import Meta

# `$` alone would let a trailing newline pass in Python; the lookahead is a no-op in other dialects.
_END = r"$(?!\n)"
_OUTSIDE = "[A-Za-z0-9_.:-]"

Token = Annotated[
    str, Meta(pattern=rf"^[a-z0-9_-]{{1,64}}{_END}", description="subject token: a-z, 0-9, _ and -, 1 to 64")
]
SourceId = Annotated[
    str, Meta(pattern=rf"^{_OUTSIDE}{{1,64}}{_END}", description="outside id: letters, digits, _ . : -")
]
SourceIdOrNone = Annotated[
    str, Meta(pattern=rf"^{_OUTSIDE}{{0,64}}{_END}", description="outside id, empty where nobody outside asked")
]
UNQUOTED = {"unquoted": True}
"""Marks, as ``extra`` of a field's `Meta`, what no reason may repeat: it may be somebody's name, number or words."""
Text = Annotated[str, Meta(max_length=4000, description="free text, at most 4,000 characters", extra=UNQUOTED)]
Line = Annotated[str, Meta(max_length=200, description="one line of text, at most 200 characters", extra=UNQUOTED)]
Latitude = Annotated[float, Meta(ge=-90, le=90, description="degrees north, WGS 84")]
Longitude = Annotated[float, Meta(ge=-180, le=180, description="degrees east, WGS 84")]
Minutes = Annotated[int, Meta(ge=0, le=1_000_000, description="whole minutes")]
Duration = Annotated[int, Meta(ge=1, le=1440, description="whole minutes of work, 1 to 1,440")]
People = Annotated[int, Meta(ge=1, le=8, description="people needed at the same moment")]
Level = Annotated[int, Meta(ge=0, le=9, description="level of a skill, 0 lowest to 9 highest")]
Priority = Annotated[int, Meta(ge=0, le=9, description="0 can wait longest, 9 first")]
Count = Annotated[int, Meta(ge=0, le=1_000_000, description="a count")]
Weight = Annotated[float, Meta(ge=0, le=1_000_000, description="minutes of somebody's time")]
Price = Annotated[float, Meta(ge=1, le=1_000_000, description="minutes of somebody's time, at least one")]
Position = Annotated[int, Meta(ge=0, le=2**53, description="sequence number in the event log")]

_TOKEN = re.compile(rf"^[a-z0-9_-]{{1,64}}{_END}")
_OUTSIDE_ID = re.compile(rf"^{_OUTSIDE}{{1,64}}{_END}")

EVERYWHERE = "all"
"""The area token of what holds in every area: the catalogue of work and the identity of requests."""


def is_token(text: str) -> bool:
    """Whether ``text`` may stand as one token of a subject: ``[a-z0-9_-]{1,64}``."""
    return _TOKEN.match(text) is not None


def is_outside_id(text: str) -> bool:
    """Whether ``text`` may be an outside id: 1 to 64 letters, digits, ``_ . : -``."""
    return _OUTSIDE_ID.match(text) is not None


@lru_cache(maxsize=4096)
def key_of(*parts: str) -> str:
    """A subject token made from outside ids: 16 characters of an 80-bit BLAKE2b digest.

    The same parts always give the same token, so that an outside id needs no lookup to be found again.
    """
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=10).digest()
    return b32encode(digest).decode().rstrip("=").lower()
