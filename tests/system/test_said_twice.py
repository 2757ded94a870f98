"""Reports and directions said twice, on a real server: one effect, and what contradicts is kept among the rejected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from system.estate import registrations
from system.house import AREA, T0

from dispatch.services import audit
from dispatch.services.client import Client, Saying
from dispatch.services.clock import ManualClock
from dispatch.services.local import local

AT = T0.isoformat()


def saying(subject: str, **body: Any) -> Saying:
    """Something to be said."""
    return Saying(subject, msgspec.json.encode({"at": AT, **body}))


async def test_one_effect_whatever_is_repeated_and_a_contradiction_is_rejected(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        async with local(tmp_path, ManualClock(T0), executor=pool) as house:
            client = Client(house.to.connection)
            said = [Saying(subject, msgspec.json.encode(body)) for subject, body in registrations()]
            request = {"source": "app", "category": "tap", "place": {"unit": "b1"}, "reported_at": AT}
            said += [
                Saying(f"request.{AREA}.repair", msgspec.json.encode(request | {"id": f"r{number}"}))
                for number in range(2)
            ]
            first, second = [answer.order for answer in await client.say(said) if answer.order]
            await client.settled()
            (worker,) = house.projector.rows["board"].rows[f"{AREA}.{first}"].workers
            reports = f"report.{AREA}.{worker}"
            accepted = saying(reports, report="accepted", id="m1", order=first)
            unpin = saying(f"direct.{AREA}.unpin", id="m1", by="chen", order=first)
            pin = saying(f"direct.{AREA}.assign", id="m2", by="chen", order=first, workers=[worker])
            for one in (accepted, unpin, pin):
                (answer,) = await client.say([one])
                assert answer.decision == "noted", answer
            await client.settled()
            before = await client.store.events.position()

            # All of it once more, in one group; then other things under the same ids.
            assert {answer.decision for answer in await client.say([pin, unpin, accepted])} == {"noted"}
            other = [
                saying(reports, report="accepted", id="m1", order=second),
                saying(reports, report="on_the_way", id="m1", order=first),
                saying(f"direct.{AREA}.cancel", id="m1", by="chen", order=second),
            ]
            answers = await client.say(other)
            assert [(answer.decision, answer.code) for answer in answers] == [("rejected", "id_conflict")] * 3
            await client.settled()
            assert await client.store.events.position() == before
            kept = await client.store.rejections.list()
            assert [(one.subject, one.body, one.code) for one in kept] == [
                (one.subject, one.body, "id_conflict") for one in other
            ]
            types = [line.type for line in await audit.history(client.store, first)]
            assert (types.count("VisitAccepted"), types.count("OrderPinned"), types.count("OrderUnpinned")) == (1, 1, 0)
