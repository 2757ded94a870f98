"""Ways to break what is promised about the mall: days that were played, tampered with for each promise."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.rosters import places
from dispatch.demo.mall.judging import FLOOR_POSTS
from dispatch.events import order as happened
from dispatch.events.envelope import Entity
from dispatch.events.post import PostRegistered
from dispatch.events.roster import DutyDirected
from tests.system.demo_tampering import MINUTE, REASON, at_end, breach, edited, order_entity, widened, without


@breach("eight-on-duty")
def _seven_on_duty(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    # The posts ask for fewer then: eight on duty is a promise of its own.
    fewer = evidence
    for one in facts.all("post", PostRegistered):
        post = one.event.post  # type: ignore[attr-defined]
        asked = replace(post, shifts=tuple(replace(shift, minimum=0) for shift in post.shifts))
        fewer = edited(fewer, one.position, lambda event, to=asked: replace(event, post=to))
    for place in places(facts):
        for worker in place.there if place.post.id in FLOOR_POSTS else ():
            starts = {route.start for _, route in facts.routes(worker) if route.stops}
            if facts.rostered(worker)[place.day].start not in starts:
                gone = DutyDirected(number=99, day=place.day, duty=None, other="nobody")
                yield at_end(fewer, Entity(evidence.area, "roster", worker), gone)


def _on_the_evening_before(evidence: Evidence, category: str) -> Iterator[Evidence]:
    """What was done on one evening is said to have been done a day sooner, when another was."""
    facts = Facts(evidence)
    for order in facts.asked():
        if facts.opened(order).category == category:
            tampered = widened(evidence, facts, order)
            for one in facts.orders[order]:
                if isinstance(one.event, happened.WorkerArrived):
                    tampered = edited(tampered, one.position, happened_at=one.at - 100 * MINUTE)
            yield tampered


@breach("deep-in-four-evenings")
def _while_many_are_about(evidence: Evidence) -> Iterator[Evidence]:
    yield from _on_the_evening_before(evidence, "deep-floor")


@breach("toilets-in-batches")
def _toilets_while_many_are_about(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    yield from _on_the_evening_before(evidence, "deep-toilets")
    for order in facts.asked():
        if facts.opened(order).category == "deep-toilets":
            # One more batch that nobody comes to.
            entity = order_entity(evidence, "never-done")
            tampered = at_end(evidence, entity, replace(facts.opened(order), windows=()))
            yield at_end(tampered, entity, happened.OrderUnplanned(reasons=REASON, plan=1))


@breach("crew-complete")
def _one_of_four_never_came(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        arrived = facts.events(order, happened.WorkerArrived)
        if len(arrived) > 1:
            yield without(evidence, arrived[-1][0].position)
