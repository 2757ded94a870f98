"""The desk service: batches from the inbox in, decisions out; nothing is acknowledged before it is decided and kept."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing

import msgspec
from msgspec import Struct

from dispatch.decide.outcome import Refused
from dispatch.decide.register import FILTERS, LOOKED_UP, Register
from dispatch.events.catalogue import event_in
from dispatch.model.errors import Conflict, FormError, StoreError, Unavailable, Uncertain
from dispatch.model.words import is_outside_id
from dispatch.requests.answer import REPLY_TO, Answer, may_reply_to
from dispatch.requests.edge import check_not_future
from dispatch.services.clock import Clock
from dispatch.services.desk.deciding import Read, concerns, decide, instant_of, read, touches_register
from dispatch.services.desk.kept import Kept
from dispatch.services.desk.work import Work
from dispatch.services.status import INBOX
from dispatch.store.base import Said, Store
from dispatch.store.subjects import answer_subject

log = logging.getLogger(__name__)

GROUP = 400
"""Messages decided together at most; two events each leave an append well under the batch limit."""
MAX_EVENTS = 900
ATTEMPTS = 5
"""Times a group is decided anew after another writer was first, before it is halved."""
RETRY_AFTER_S = 1.0

Publish = Callable[[str, bytes], Awaitable[None]]
_ENCODER = msgspec.json.Encoder()


class Verdict(Struct, frozen=True):
    """What became of one message: its answer, and the reason it is to be kept among the rejected, if it is."""

    said: Said
    answer: Answer


class Desk:
    """Decides what people say. Several desks may share one inbox: the guards of the store keep them apart."""

    def __init__(self, store: Store, clock: Clock, publish: Publish) -> None:
        self._store = store.events
        self._kept = store
        self._rejections = store.rejections
        self._clock = clock
        self._publish = publish
        self._long = Kept()
        self._register = Register()
        self._register_grew = asyncio.Condition()
        self._seen = 0

    async def run(self) -> None:
        """Run until cancelled."""
        await self._catch_up()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow_register())
            tasks.create_task(self._work())

    async def _catch_up(self) -> None:
        position = await self._store.position()
        if position:
            await self._take_register(0, position)
        self._seen = position

    async def _follow_register(self) -> None:
        await self._take_register(self._seen, None)

    async def _take_register(self, after: int, until: int | None) -> None:
        async with aclosing(self._store.follow(FILTERS, after, until=until)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                for stored in batch:
                    self._register.take(stored.entity, event_in(stored))
                async with self._register_grew:
                    self._seen = batch[-1].position
                    self._register_grew.notify_all()

    async def _work(self) -> None:
        inbox = await self._kept.inbox(INBOX)
        async with aclosing(inbox.batches(GROUP)) as batches:  # type: ignore[type-var]
            async for batch in batches:
                try:
                    await self.handle(batch)
                    await inbox.ack(batch)
                except (Uncertain, Unavailable) as error:
                    # Nothing is acknowledged, so nothing is lost: the same messages come again.
                    log.warning("the store did not answer, %d messages will be decided again: %s", len(batch), error)
                    for said in batch:
                        await inbox.nack(said, delay_s=RETRY_AFTER_S)

    async def handle(self, batch: Sequence[Said]) -> None:
        """Decide a batch: append, keep what is refused, then answer. Whoever calls acknowledges after that."""
        verdicts: list[Verdict] = []
        group: list[Read] = []
        for said in batch:
            # Refused once is refused for good: what it was refused for may have changed since it was first delivered.
            kept = await self._rejections.get(said.position) if said.deliveries > 1 else None
            if kept is not None:
                verdicts.append(_rejected(said, Refused(kept.message, code=kept.code, hint=kept.hint)))
                continue
            try:
                one = read(said)
                self._clock.saw(instant_of(one))
                check_not_future(instant_of(one), self._clock.now())
            except FormError as error:
                verdicts.append(_rejected(said, error))
                continue
            # What later decisions look up must be settled before them.
            if group and touches_register(one) != touches_register(group[-1]):
                verdicts += await self._decide(group)
                group = []
            group.append(one)
        if group:
            verdicts += await self._decide(group)
        await self._settle(verdicts)

    async def _decide(self, group: Sequence[Read]) -> list[Verdict]:
        """Decide and append a group; when another writer was first, decide again on what now stands."""
        for attempt in range(ATTEMPTS):
            work = Work(self._store, self._clock.now(), trusting=not attempt, kept=self._long)
            await work.load({entity for one in group for entity in concerns(one)})
            verdicts: list[Verdict] = []
            for one in group:
                verdicts.append(await self._decide_one(one, work))
                if work.size >= MAX_EVENTS:
                    break
            try:
                await self._append(work)
            except Conflict as conflict:
                log.info("deciding %d messages again: %s", len(group), conflict.code)
                continue
            rest = group[len(verdicts) :]
            return verdicts + await self._decide(rest) if rest else verdicts
        if len(group) == 1:
            raise Uncertain(f"Message {group[0].said.position} met another writer {ATTEMPTS} times.")
        # Fewer messages touch fewer entities that others write.
        middle = len(group) // 2
        return await self._decide(group[:middle]) + await self._decide(group[middle:])

    async def _append(self, work: Work) -> None:
        """Append all of ``work``; what it changed of the register is known here before anything else is decided."""
        positions = await work.append()
        looked_up = max((positions[entity] for entity in positions if entity.kind in LOOKED_UP), default=0)
        async with self._register_grew:
            await self._register_grew.wait_for(lambda: self._seen >= looked_up)

    async def _decide_one(self, one: Read, work: Work) -> Verdict:
        try:
            return Verdict(one.said, await decide(one, work, self._register))
        except (Refused, FormError) as error:
            return _rejected(one.said, error)
        except StoreError:
            raise
        except Exception as error:
            # A fault of ours must not stop the desk or lose the message: it is kept, and can be sent again.
            # Where it went wrong and of what kind it is; the words of the error may be the sender's.
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("message %d could not be decided: %s\n%s", one.said.position, type(error).__name__, where)
            return _rejected(one.said, Refused(f"{type(error).__name__} here.", code="internal_error"))

    async def _settle(self, verdicts: Sequence[Verdict]) -> None:
        now = self._clock.now()
        for verdict in verdicts:
            said, answer = verdict.said, verdict.answer
            if answer.decision == "rejected":
                await self._rejections.keep(said, code=answer.code, message=answer.reason, hint=answer.hint, at=now)
            body = _ENCODER.encode(answer)
            await self._publish(_answer_subject(said, answer), body)
            reply_to = said.headers.get(REPLY_TO)
            if reply_to and may_reply_to(reply_to):
                await self._publish(reply_to, body)


def _rejected(said: Said, error: Refused | FormError) -> Verdict:
    answer = Answer(decision="rejected", id=_id_in(said.body), code=error.code, reason=error.message, hint=error.hint)
    return Verdict(said, answer)


def _id_in(body: bytes) -> str:
    """The id of a message that could not be read, if at least that can be, and is an id."""
    try:
        plain = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return ""
    found = plain.get("id") if isinstance(plain, dict) else None
    return found if isinstance(found, str) and is_outside_id(found) else ""


def _answer_subject(said: Said, answer: Answer) -> str:
    """Where whoever sent ``said`` waits: under the area they named and the id they gave, else the kept position."""
    tokens = said.subject.split(".")
    area = tokens[1] if len(tokens) > 1 else ""
    for name in (answer.id, str(said.position)):
        try:
            return answer_subject(area, name)
        except FormError:
            continue
    return answer_subject("unknown", str(said.position))
