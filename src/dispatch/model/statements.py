"""World files that state the same record: the newest statement holds, the others are remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def other_statements(
    others: Mapping[str, Any], world: str, item: Any, *, now: str, without: str = ""
) -> dict[str, Any]:
    """What worlds other than ``now`` state, after one stated ``item`` as ``world`` before; ``without`` does no longer.

    What is registered by hand (``now`` is empty) takes the place of all that worlds stated; each may state it anew.
    """
    if not now:
        return {}
    return {key: stated for key, stated in {**others, world: item}.items() if key not in {"", now, without}}
