"""What the whole promises besides: rows as rebuilt while it runs, refusals that stay, a register settled first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import msgspec
from system.estate import open_estate, registrations
from system.house import AREA, T0, House

from dispatch.projections.base import Rows
from dispatch.services.desk import desk as desk_module
from dispatch.store.base import Write
from dispatch.store.memory import MemoryStore


def asked(number: int, **more: Any) -> dict[str, Any]:
    """A request."""
    body = {"id": f"r{number}", "category": "tap", "place": {"unit": f"b{1 + number % 4}"}}
    return body | {"reported_at": T0.isoformat()} | more


async def test_rows_are_as_rebuilt_at_any_position_while_the_service_runs() -> None:
    house = House(MemoryStore(now=lambda: T0))
    await house.start()
    await open_estate(house)
    compared = set()
    for number in range(40):
        await house.say(f"request.{AREA}.repair", asked(number))
        for _ in range(7):
            await asyncio.sleep(0)
        log = await house.log()
        for live in house.projector.rows.values():
            rebuilt: Rows[Any] = Rows(live.projection)
            rebuilt.take(one for one in log if one.position <= live.position)
            assert rebuilt.digest() == live.digest()
            compared.add(live.position)
    assert len(compared) > 5, "the service did not run meanwhile"
    await house.settle()
    assert await house.findings() == []
    await house.close()


async def test_what_is_registered_first_is_known_to_what_is_asked_next() -> None:
    """Everything is said before the desk runs, so that it meets all of it in one batch."""
    house = House(MemoryStore(now=lambda: T0))
    for subject, body in registrations():
        await house.say(subject, body)
    await house.say("request.elsewhere.repair", asked(1, inside=True))
    await house.start()
    await house.settle()
    (row,) = [row for row in house.projector.rows["ledger"].rows.values() if row.request == "r1"]
    assert (row.area, row.people, row.minutes) == (AREA, 2, 20)
    await house.close()


async def test_who_was_refused_stays_refused_though_the_reason_is_gone() -> None:
    house = House(MemoryStore(now=lambda: T0))
    await house.start()
    await open_estate(house)
    window = {"from": T0.isoformat(), "to": "2026-11-22T00:10:00Z"}
    position = await house.say(f"request.{AREA}.repair", asked(1, window=window))
    await house.settle()
    shorter = {"id": "tap", "kind": "repair", "skill": "plumbing", "minutes": 5}
    head = {"id": "s", "by": "chen", "at": T0.isoformat()}
    await house.say("direct.all.register", head | {"category": shorter})
    await house.settle()
    await house.redeliver(position)
    assert house.answers[-1][1].code == "window_too_short"
    status = await house.status()
    assert (status.accepted, status.rejected, status.unaccounted) == (0, 1, 0)
    # Sent again, it is another message, and now there is nothing against it.
    await house.say(f"request.{AREA}.repair", asked(1, window=window))
    await house.settle()
    assert (await house.status()).accepted == 1
    assert await house.findings() == []
    await house.close()


async def test_a_group_too_large_for_one_append_survives_another_writer(monkeypatch: Any) -> None:
    """The desk splits what is too much for one append; somebody else writes in between; all is decided once."""
    monkeypatch.setattr(desk_module, "MAX_EVENTS", 4)
    store = MemoryStore(now=lambda: T0)
    house = House(store)
    await house.start()
    await open_estate(house)
    for number in range(6):
        await house.say(f"request.{AREA}.repair", asked(number))
    await house.settle()
    orders = sorted(row.order for row in house.projector.rows["board"].rows.values() if row.request)
    append, meddled = store.events.append, []

    async def meddling(writes: Sequence[Write]) -> tuple[int, ...]:
        if not meddled and any(write.entity.kind == "plan" for write in writes):
            meddled.append(True)
            head = next(write for write in writes if write.entity.kind == "plan")
            first = head.events[0]
            other = msgspec.structs.replace(first, id=first.id.replace("direct", "elsewhere"), cause="elsewhere")
            await append([Write(head.entity, (other,), head.expected)])
        return await append(writes)

    monkeypatch.setattr(store.events, "append", meddling)
    await house.restart("desk")
    for number, order in enumerate(orders):
        head = {"id": f"c{number}", "by": "chen", "at": T0.isoformat()}
        await house.say(f"direct.{AREA}.cancel", head | {"order": order})
    await house.settle()
    assert meddled
    board = {row.order for row in house.projector.rows["board"].rows.values()}
    assert not board & set(orders)
    await house.close()
