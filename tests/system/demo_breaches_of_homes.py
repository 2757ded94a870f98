"""Ways to break what is promised about home helpers and rosters: a played week, tampered with for each promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.facts import Facts, Happening
from dispatch.events import order as happened
from dispatch.events.envelope import Entity
from dispatch.events.post import PostRegistered
from dispatch.events.zone import ZoneChanged
from tests.system.demo_tampering import another_worker, breach, edited, newest_routes, put_in


def arrivals(facts: Facts) -> Iterator[tuple[str, Happening, happened.WorkerArrived]]:
    for order in facts.asked():
        for one, event in facts.events(order, happened.WorkerArrived):
            yield order, one, event


@breach("agreed-helper")
def _never_asked(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for one in facts.all("zone", ZoneChanged):
        yield edited(
            evidence, one.position, lambda event: replace(event, zone=replace(event.zone, only=event.zone.only[:1]))
        )


@breach("same-helper")
def _another_was_agreed_for_many(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    tampered, last = evidence, max(one.position for one in facts.all("zone", ZoneChanged))
    for zone in sorted(facts.zones)[:4]:
        record = facts.zones[zone]
        changed = ZoneChanged(zone=replace(record, only=("reserve-1", *(record.only or ()))))
        tampered = put_in(tampered, last, Entity(evidence.area, "zone", zone), changed, evidence.start)
    yield tampered


@breach("agreed-hours")
def _came_before_the_hour(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order, one, _ in arrivals(facts):
        for window in facts.opened(order).windows:
            yield edited(evidence, one.position, happened_at=window.start - dt.timedelta(minutes=20))


@breach("three-days-notice")
def _moved_at_short_notice(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for order in facts.asked():
        for one, event in facts.events(order, happened.OrderRescheduled):
            late = event.windows[0].start - dt.timedelta(days=2)
            yield edited(evidence, one.position, recorded_at=late)


@breach("holidays-kept")
def _off_and_at_work(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for day in facts.policy.holidays:
        for worker, record in sorted(facts.workers.items()):
            if day in facts.rostered(worker) and record.terms is not None:
                yield another_worker(evidence, facts, worker, terms=replace(record.terms, holidays="off"))


@breach("health-certificate")
def _sent_without_the_certificate(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, _, _ in newest_routes(facts):
        record = facts.workers[worker]
        skills = tuple(
            replace(one, expires=dt.date(2026, 12, 26)) if one.skill == "health-certificate" else one
            for one in record.skills
        )
        # The post asks for it as well: whoever has it then is not to be missed there.
        tampered = another_worker(evidence, facts, worker, skills=skills)
        for one in facts.all("post", PostRegistered):
            tampered = edited(
                tampered, one.position, lambda event: replace(event, post=replace(event.post, skill=None))
            )
        yield tampered


@breach("week-minutes")
def _fewer_minutes_agreed(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for worker, record in sorted(facts.workers.items()):
        if record.terms is not None and facts.rostered(worker):
            yield another_worker(evidence, facts, worker, terms=replace(record.terms, week_minutes=60))
