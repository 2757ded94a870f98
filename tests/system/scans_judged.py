"""How the checkpoints of walks stand by the log alone, worked out anew: what the service has said must be just that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from system.log_state import instant, plain

from dispatch.events.envelope import Stored

SECOND = dt.timedelta(seconds=1)


def misjudged(log: Iterable[Stored], now: dt.datetime) -> list[str]:
    """The checkpoints of walks that stand otherwise at ``now`` than the log has said, as sentences."""
    watches: dict[str, dict[str, Any]] = {}
    seen: dict[str, dict[str, dt.datetime]] = {}
    said: dict[str, dict[str, str]] = {}
    ended: dict[str, bool] = {}
    for one in map(plain, log):
        match one.type:
            case "WalkLaidOut":
                watches[one.id], seen[one.id], said[one.id] = one.data["watch"], {}, {}
            case "OrderUnplanned" | "OrderCancelled" | "OrderRescheduled" | "OrderMoved":
                watches.pop(one.id, None)
            case "CheckpointScanned":
                name = one.data["checkpoint"]
                seen[one.id][name] = min(one.happened_at, seen[one.id].get(name, one.happened_at))
            case "CheckpointJudged":
                said[one.id][one.data["checkpoint"]] = one.data["standing"]
            case "OrderClosed":
                ended[one.id] = one.data["satisfied"]
    wrong: list[str] = []
    for order, watch in watches.items():
        stands = _stands(watch, seen[order], now)
        told = {name: one for name, one in said[order].items() if one != "in_time"}
        if order in ended:
            # Nothing is said of what is over but by a scan that comes after it.
            stands = {name: one for name, one in stands.items() if name in told or name in seen[order]}
            if ended[order] and stands:
                wrong.append(f"walk {order} is closed as covered, and is not: {stands}")
        if stands != told:
            wrong.append(f"walk {order}: {told} is said, {stands} is so")
    return wrong


def _stands(watch: dict[str, Any], seen: dict[str, dt.datetime], now: dt.datetime) -> dict[str, str]:
    late, gone = watch["late_s"] * SECOND, instant(watch["end"]) + watch["missed_s"] * SECOND
    names = [one["checkpoint"] for one in watch["passes"]]
    found = {}
    for number, one in enumerate(watch["passes"]):
        name, from_ = one["checkpoint"], min(instant(one["at"]) + late, gone)
        at = seen.get(name)
        passed_over = any(seen[other] < (at or now + SECOND) for other in names[number + 1 :] if other in seen)
        if at is None:
            if now >= from_:
                found[name] = "missed" if now >= gone else "late"
            elif passed_over:
                found[name] = "out_of_order"
        elif at >= from_:
            found[name] = "came_late"
        elif passed_over:
            found[name] = "out_of_order"
    return found
