"""Ways to break what is promised under contracts: weeks that were played, tampered with for each promise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from msgspec.structs import replace

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging.contracts import Made, contracts_of, visits_under
from dispatch.demo.judging.facts import Facts
from dispatch.events import order as happened
from dispatch.events.contract import ContractRegistered
from dispatch.events.policy import PolicySet
from dispatch.model.contracts import Deadline
from tests.system.demo_tampering import breach, edited


def recorded(evidence: Evidence, facts: Facts, contract: str, **changes: object) -> Evidence:
    """The evidence with another record of a contract."""
    (position,) = (one.position for one in facts.all("contract", ContractRegistered) if one.id == contract)
    return edited(evidence, position, lambda event: replace(event, contract=replace(event.contract, **changes)))


def every(facts: Facts, *categories: str) -> Iterator[tuple[str, Made]]:
    """The visits made of some categories, each with its contract."""
    for contract, made in sorted(visits_under(facts).items()):
        yield from ((contract, one) for one in made if not categories or one.category in categories)


def under(evidence: Evidence, facts: Facts, order: str, contract: str | None) -> Evidence:
    """The evidence with an order opened under another contract, or none."""
    return edited(evidence, facts.orders[order][0].position, lambda event: replace(event, contract=contract))


def of_category(evidence: Evidence, facts: Facts, order: str, category: str) -> Evidence:
    """The evidence with an order of another category."""
    return edited(evidence, facts.orders[order][0].position, lambda event: replace(event, category=category))


def stays(facts: Facts, worker: str) -> list[tuple[dt.datetime, dt.datetime]]:
    """When ``worker`` was at visits."""
    every = (visit for visits in facts.visits.values() for visit in visits if visit.ended is not None)
    return [(one.at, visit.ended or one.at) for visit in every for one in visit.came if one.worker == worker]


def handed_on(evidence: Evidence, facts: Facts, giver: str, taker: str) -> Iterator[Evidence]:
    """More and more visits of ``giver`` were made by ``taker``, to clients that are new to them, when they are free."""
    tampered, busy = evidence, stays(facts, taker)
    busy += [(away.start, away.end) for _, away in facts.absences(taker)]
    known = {contract for contract, one in every(facts) if one.helper == taker}
    days: set[dt.date] = set()
    for contract, one in every(facts, "service-visit", "safety-check"):
        visit = facts.visits[one.order][-1]
        start, end = visit.first, visit.ended or visit.first
        noon = dt.datetime.combine(start.date(), dt.time(4, 0), dt.UTC)
        rests = start < noon + dt.timedelta(minutes=90) and noon < end
        meets = any(start < until and since < end for since, until in busy)
        if one.helper == giver and contract not in known and one.day not in days and not rests and not meets:
            known.add(contract)
            days.add(one.day)
            for arrived, _ in facts.events(one.order, happened.WorkerArrived):
                tampered = edited(tampered, arrived.position, lambda event: replace(event, worker=taker))
            yield tampered


@breach("enterprises-cap")
def _more_and_more_clients(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    yield from handed_on(evidence, facts, "adviser-2", "adviser-1")
    yield from handed_on(evidence, facts, "adviser-1", "adviser-2")


def _one_fewer(evidence: Evidence, category: str) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts, category):
        yield under(evidence, facts, one.order, None)


@breach("visits-a-month")
def _one_visit_fewer(evidence: Evidence) -> Iterator[Evidence]:
    yield from _one_fewer(evidence, "service-visit")


@breach("check-a-month")
def _no_check(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts, "safety-check"):
        yield of_category(evidence, facts, one.order, "service-visit")


@breach("trainings-a-year")
def _a_training_fewer(evidence: Evidence) -> Iterator[Evidence]:
    yield from _one_fewer(evidence, "training")


@breach("drill-a-year")
def _no_drill(evidence: Evidence) -> Iterator[Evidence]:
    yield from _one_fewer(evidence, "drill")


@breach("plan-in-time")
def _signed_long_before(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for contract, _ in every(facts, "safety-plan"):
        yield recorded(evidence, facts, contract, signed=dt.date(2026, 9, 1))


@breach("visits-recorded")
def _nothing_proves_it(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts):
        for done, _ in facts.events(one.order, happened.VisitDone):
            yield edited(evidence, done.position, lambda event: replace(event, proof=None))


@breach("quarter-reviewed")
def _another_old_client(evidence: Evidence) -> Iterator[Evidence]:
    """Somebody reviewed another client than was drawn, signed as long ago as those; or one that is too new."""
    facts = Facts(evidence)
    reviewed = [contract for contract, _ in every(facts, "review-call")]
    known = contracts_of(facts)
    for contract, one in every(facts, "review-call"):
        for other in sorted(known.keys() - set(reviewed)):
            if known[other].signed <= known[contract].signed:
                yield under(evidence, facts, one.order, other)
        yield recorded(evidence, facts, contract, signed=dt.date(2026, 10, 1))


@breach("same-adviser")
def _a_third_came_to_many(evidence: Evidence) -> Iterator[Evidence]:
    yield from handed_on(evidence, Facts(evidence), "adviser-1", "reviewer")


@breach("made-up-for")
def _too_late_to_be_made_up_for(evidence: Evidence) -> Iterator[Evidence]:
    """Nobody was in on the last evening: what was made before does not make up for it."""
    facts = Facts(evidence)
    for order in facts.orders:
        for failed, _ in facts.events(order, happened.VisitFailed):
            tampered = edited(evidence, failed.position, happened_at=evidence.end - dt.timedelta(minutes=30))
            for one, _ in facts.events(order, happened.WorkerArrived):
                if one.position < failed.position:
                    late = evidence.end - dt.timedelta(minutes=40)
                    tampered = edited(tampered, one.position, happened_at=late)
            yield tampered


@breach("all-seen")
def _one_household_forgotten(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts):
        yield under(evidence, facts, one.order, None)


@breach("those-first")
def _one_of_those_in_turn_was_first(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for contract, one in reversed(list(every(facts))):
        if not contracts_of(facts)[contract].deadlines:
            yield recorded(evidence, facts, contract, deadlines=(Deadline(id="first", category=one.category),))


@breach("several-tasks")
def _one_task_alone(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts):
        yield of_category(evidence, facts, one.order, "health-card")


@breach("same-team")
def _agreed_with_another_team(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for contract, _ in every(facts):
        if contracts_of(facts)[contract].deadlines:
            yield recorded(evidence, facts, contract, helper="team-0")


@breach("teams-at-work")
def _in_the_village_of_another_team(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    house = next(contract for contract, one in every(facts) if one.helper == "team-1")
    place = contracts_of(facts)[house].place
    for contract, one in every(facts):
        if one.helper != "team-1":
            yield recorded(evidence, facts, contract, place=place)


@breach("no-visit-on-holidays")
def _a_day_that_was_a_holiday(evidence: Evidence) -> Iterator[Evidence]:
    facts = Facts(evidence)
    for _, one in every(facts):
        for policy in facts.all("policy", PolicySet):
            days = (*facts.policy.holidays, one.day)
            yield edited(
                evidence,
                policy.position,
                lambda event, to=days: replace(event, policy=replace(event.policy, holidays=to)),
            )
