"""A lease has one holder at a time and ends by itself."""

from __future__ import annotations

import asyncio

from dispatch.store.base import Store


async def test_a_lease_has_one_holder(store: Store) -> None:
    leases = store.leases
    revision = await leases.take("east", "one")
    assert revision is not None
    assert await leases.take("east", "two") is None
    assert await leases.take("west", "two") is not None
    again = await leases.take("east", "one")
    assert again is not None and again != revision
    assert await leases.renew("east", "one", revision) is None
    renewed = await leases.renew("east", "one", again)
    assert renewed is not None
    await leases.release("east", again)
    assert await leases.take("east", "two") is None
    await leases.release("east", renewed)
    assert await leases.take("east", "two") is not None
    assert await leases.renew("east", "one", renewed) is None


async def test_a_lease_of_whoever_has_ended_is_free(store: Store) -> None:
    leases = store.leases
    revision = await leases.take("east", "one")
    assert revision is not None
    assert await leases.take("east", "two", ended=lambda holder: holder == "three") is None
    assert await leases.take("east", "two", ended=lambda holder: holder == "one") is not None
    assert await leases.renew("east", "one", revision) is None


async def test_of_many_who_take_a_lease_at_once_one_gets_it(store: Store) -> None:
    got = await asyncio.gather(*(store.leases.take("east", f"p{number}") for number in range(30)))
    assert sum(revision is not None for revision in got) == 1
