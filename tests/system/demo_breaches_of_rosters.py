"""Ways to break what is promised about rosters, inspections and drawn rounds: played days, tampered with."""

from __future__ import annotations

import base64
import datetime as dt
import zlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.drawn import Draw, draws
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.rosters import places
from dispatch.events.envelope import Entity
from dispatch.events.horizon import HorizonDirected, HorizonPublished, LeftOpen
from dispatch.events.inspection import InspectionMarked
from dispatch.events.notice import NoticeRechecked
from dispatch.events.roster import DutyDirected
from dispatch.events.round import WalksPublished
from dispatch.model.people import Training
from dispatch.model.time import local_day, zone
from tests.system.demo_tampering import MINUTE, REASON, another_worker, at_end, breach, edited, newest_routes, without


@breach("posts-manned")
def _open_beside_somebody_free(evidence: Evidence) -> Iterator[Evidence]:
    """A place is named as open, with a reason, and whoever had it is free now."""
    facts = Facts(evidence)
    for place in places(facts):
        for worker in place.there:
            left = LeftOpen(id=place.post.id, day=place.day, part=place.shift.id, reasons=REASON)
            head = HorizonDirected(number=99, parent=98, verb="opened", opened=(left,))
            named = at_end(evidence, Entity(evidence.area, "horizon", "roster"), head)
            gone = DutyDirected(number=99, day=place.day, duty=None, other="nobody")
            yield at_end(named, Entity(evidence.area, "roster", worker), gone)


@breach("shortage-named")
def _it_says_nothing_of_it(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for one in facts.all("horizon", HorizonPublished):
        if one.event.shortage is not None:  # type: ignore[attr-defined]
            yield edited(evidence, one.position, lambda event: replace(event, shortage=None))
            yield edited(
                evidence,
                one.position,
                lambda event: replace(event, shortage=replace(event.shortage, can_give=event.shortage.needed)),
            )


@breach("in-training-not-sent")
def _sent_from_a_training(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, route in newest_routes(facts):
        if facts.workers[worker].terms is not None:
            for stop in route.stops:
                day = local_day(route.start, evidence.time_zone)
                clock = f"{stop.start.astimezone(zone(evidence.time_zone)):%H:%M}"
                trained = Training(day=day, start=clock, minutes=30)
                yield another_worker(evidence, facts, worker, trainings=(trained,))


@breach("every-zone-seen")
def _one_zone_not_seen(evidence: Evidence) -> Iterator[Evidence]:
    for one in Facts(evidence).all("inspection", InspectionMarked):
        yield without(evidence, one.position)


@breach("breach-rechecked")
def _never_looked_at_again(evidence: Evidence) -> Iterator[Evidence]:
    for one in reversed(Facts(evidence).all("notice", NoticeRechecked)):
        yield without(evidence, one.position)
        yield edited(evidence, one.position, happened_at=one.at - dt.timedelta(days=1))


@breach("rounds-drawn")
def _a_start_that_somebody_chose(evidence: Evidence) -> Iterator[Evidence]:
    """A start was chosen and put into the plan and into what was published; only drawing again shows it."""
    facts = Facts(evidence)
    for one in draws(facts):
        for walk in one.plan["walks"] if one.seed is not None else ():
            if walk["start"] - walk["nominal"] > 1:
                yield _begun_at(evidence, facts, one, walk, walk["start"] - 1)


def _begun_at(evidence: Evidence, facts: Facts, draw: Draw, chosen: Any, start: int) -> Evidence:
    """The evidence with a walk of a ``draw`` begun at another tick, in its plan and as it was published."""
    walks = [{**walk, "start": start} if walk == chosen else walk for walk in draw.plan["walks"]]
    plan = base64.b64encode(zlib.compress(msgspec.json.encode({**draw.plan, "walks": walks}))).decode()
    tampered = edited(evidence, draw.at.position, lambda event: replace(event, plan=plan))
    sooner = (chosen["start"] - start) * MINUTE
    nominal = dt.datetime.fromisoformat(draw.problem["origin"]) + chosen["nominal"] * MINUTE

    def moved(event: Any) -> Struct:
        new = tuple(
            replace(walk, start=walk.start - sooner) if walk.nominal == nominal else walk for walk in event.walks
        )
        changed: Struct = replace(event, walks=new)
        return changed

    for one in facts.by_kind["round"][chosen["round"]]:
        if isinstance(one.event, WalksPublished):
            tampered = edited(tampered, one.position, moved)
    return tampered
