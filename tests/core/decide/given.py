"""``given(events).when(message).then(events)``: the only way the rules are tested.

The message goes in as bytes, through the edge, the desk's decision and the fold, exactly as in the service, but with
nothing awaited and nothing stored. Whatever is decided is decided a second time, as after a redelivery: that must
bring no event and the same answer or refusal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.decide.register import Register
from dispatch.events.catalogue import Origin, event_of, record
from dispatch.events.envelope import Entity, Recorded
from dispatch.events.message import MessageNoted
from dispatch.model.errors import FormError
from dispatch.requests.answer import Answer
from dispatch.services.desk.deciding import decide, read
from dispatch.services.desk.work import Work
from dispatch.store.base import Said, Write
from dispatch.store.memory import MemoryEvents
from dispatch.store.memory_log import MemoryLog

T = TypeVar("T")
NOW = dt.datetime(2026, 11, 22, 1, 0, tzinfo=dt.UTC)
"""09:00 on a Sunday in Shanghai."""

Happening = tuple[Entity, Struct]


def on(entity: Entity, *events: Struct) -> tuple[Happening, ...]:
    """Events of one entity."""
    return tuple((entity, event) for event in events)


def now_done(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never has to wait for anything."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    raise AssertionError("a decision waited for something")


class Given:
    """What happened so far, each event under a cause of its own."""

    def __init__(self, *happened: tuple[Happening, ...]) -> None:
        self.log = MemoryEvents(MemoryLog(lambda: NOW), 1000)
        self.register = Register()
        self.count = 0
        for entity, event in (one for group in happened for one in group):
            self._append({entity: [event]}, f"given/{self.count}")

    def _append(self, events: Mapping[Entity, list[Struct]], cause: str) -> None:
        self.count += 1
        origin = Origin(happened_at=NOW, recorded_at=NOW, by="test", cause=cause, correlation="test")
        writes = []
        for entity, happened in events.items():
            _, expected = now_done(self.log.load(entity))
            writes.append(Write(entity, record(entity, happened, origin), expected))
            for event in happened:
                self.register.take(entity, event)
        now_done(self.log.append(writes))

    def happened(self) -> tuple[Happening, ...]:
        """All that happened, what was decided included."""
        return tuple((entity, event_of(one)) for entity, one in now_done(_behind(self.log, 0)))

    def when(self, subject: str, message: Struct | Mapping[str, Any] | bytes, *, said: int = 100) -> Decided:
        """The decision on ``message``, kept as number ``said``, as soon as it is asked for."""
        body = message if isinstance(message, bytes) else msgspec.json.encode(message)
        return Decided(self, Said(said, subject, {}, body, NOW))

    def decide(self, said: Said) -> tuple[dict[Entity, list[Recorded]], Answer]:
        """Decide ``said`` on what happened so far and let its events happen; raises what the decision raises."""
        work = Work(self.log, NOW)
        answer = now_done(decide(read(said), work, self.register))
        before = now_done(self.log.position())
        now_done(work.append())
        new = now_done(_behind(self.log, before))
        for entity, recorded in new:
            self.register.take(entity, event_of(recorded))
        events: dict[Entity, list[Recorded]] = {}
        for entity, recorded in new:
            events.setdefault(entity, []).append(recorded)
        return events, answer


async def _behind(log: MemoryEvents, position: int) -> list[tuple[Entity, Recorded]]:
    last = await log.position()
    if last == position:
        return []
    found: list[tuple[Entity, Recorded]] = []
    # A short log is read whole: `follow` would wait for a turn of an event loop, and there is none here.
    for message in log._log.messages[position:last]:
        entity = Entity.parse(message.subject)
        found.append((entity, msgspec.json.decode(message.body, type=Recorded)))
    return found


class Decided:
    """A message and what is said of the decision on it."""

    def __init__(self, given: Given, said: Said) -> None:
        self._given = given
        self._said = said

    def then(self, *happened: tuple[Happening, ...]) -> Answer:
        """Exactly these events, in this order per entity; returns the answer. Deciding again brings nothing more."""
        events, answer = self._given.decide(self._said)
        self._bound_once(events)
        wanted: dict[Entity, list[Struct]] = {}
        for entity, event in (one for group in happened for one in group):
            wanted.setdefault(entity, []).append(event)
        assert {entity: [event_of(one) for one in recorded] for entity, recorded in events.items()} == wanted
        assert answer.decision in {"accepted", "noted"}
        assert self._given.decide(self._said) == ({}, answer), "decided twice, it must bring nothing and answer alike"
        return answer

    def _bound_once(self, events: dict[Entity, list[Recorded]]) -> None:
        """Take out that the id of a report or direction was bound to it: that is so of each, whatever else it does."""
        bound = [entity for entity in events if entity.kind == "message"]
        assert len(bound) == (not self._said.subject.startswith("request."))
        for entity in bound:
            (recorded,) = events.pop(entity)
            event = event_of(recorded)
            assert isinstance(event, MessageNoted)
            assert event.said == self._said.position

    def recorded(self) -> dict[Entity, list[Recorded]]:
        """The envelopes of what happens."""
        return self._given.decide(self._said)[0]

    def nothing(self) -> None:
        """Noted as what was said before; nothing happens, not even that."""
        events, answer = self._given.decide(self._said)
        assert (events, answer.decision) == ({}, "noted")

    def refused(self, code: str) -> str:
        """Refused with ``code``, and again when it comes again; nothing happens. Returns the reason given."""
        reason = ""
        for _ in range(2):
            before = now_done(self._given.log.position())
            try:
                events, answer = self._given.decide(self._said)
            except (Refused, FormError) as error:
                assert error.code == code, f"refused as {error.code}: {error}"
                assert error.message.endswith((".", "?")), "a reason is a sentence"
                assert now_done(self._given.log.position()) == before
                reason = error.message
            else:
                raise AssertionError(f"not refused: {answer}, {events}")
        return reason


def given(*happened: tuple[Happening, ...]) -> Given:
    """What happened so far: the results of `on`."""
    return Given(*happened)
