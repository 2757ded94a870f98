"""A dispatcher puts a visit of a contract on another day: by one direction, under the rules about it alone, once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from core.decide.given import NOW, Given, Happening, given, on
from core.decide.sample import CONTRACT, ESTATE, HOUR, entity, opened, order_entity, worker
from core.decide.test_any_history import PUBLISHED, TODAY, VISIT
from msgspec.structs import replace

from dispatch.decide.contract import order_of
from dispatch.events import order as o
from dispatch.events.contract import ContractChanged, ContractRegistered, ContractRetired, VisitMoved, VisitsDated
from dispatch.events.horizon import HorizonDirected
from dispatch.events.policy import PolicySet
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.events.worker import WorkerAbsent, WorkerChanged, WorkerRetired
from dispatch.model.contracts import VisitMade
from dispatch.model.people import Terms
from dispatch.model.policy import Policy
from dispatch.model.time import Window

DAY = dt.timedelta(days=1)
ACME, HEAD = entity("contract", "acme"), entity("horizon", "contracts")
SUBJECT = "direct.east.move-visit"
WEDNESDAY = dt.date(2026, 11, 25)
OTHER = replace(VISIT, id="v1-1", day=dt.date(2026, 12, 2))
ORDER = order_entity(order_of("east", "acme", "v1-0").id)


def town(*more: tuple[Happening, ...]) -> Given:
    """A visit of a contract on Tuesday by w1, another on Wednesday a week later."""
    dated = VisitsDated(number=1, start=TODAY, until=TODAY + 30 * DAY, visits=(VISIT, OTHER))
    return given(ESTATE, on(ACME, ContractRegistered(contract=CONTRACT), dated), on(HEAD, PUBLISHED), *more)


def body(**changes: Any) -> dict[str, Any]:
    said = {"contract": "acme", "visit": "v1-0", "day": WEDNESDAY.isoformat()}
    return {"id": "d1", "by": "chen", "at": NOW.isoformat(), **said, **changes}


def test_the_visit_is_another_under_the_head_of_what_is_published() -> None:
    moved = replace(VISIT, id="v2-0", day=WEDNESDAY, directed=True)
    town().when(SUBJECT, body()).then(
        on(HEAD, HorizonDirected(number=2, parent=1, verb="move-visit")),
        on(ACME, VisitMoved(number=2, before="v1-0", visit=moved)),
    )
    by_another = replace(moved, helper="w2", day=VISIT.day)
    town().when(SUBJECT, body(day=VISIT.day.isoformat(), helper="w2")).then(
        on(HEAD, HorizonDirected(number=2, parent=1, verb="move-visit")),
        on(ACME, VisitMoved(number=2, before="v1-0", visit=by_another)),
    )


def test_what_is_so_by_choice_is_not_chosen_again() -> None:
    chosen = VisitMoved(number=2, before="v1-0", visit=replace(VISIT, id="v2-0", directed=True))
    town(on(ACME, chosen)).when(SUBJECT, body(visit="v2-0", day=VISIT.day.isoformat())).then()


@pytest.mark.parametrize(
    ("more", "changes", "code"),
    [
        ((), {"contract": "other"}, "unknown_record"),
        ((on(ACME, ContractRetired()),), {}, "unknown_record"),
        ((), {"visit": "v1-9"}, "no_visit"),
        ((on(ACME, VisitMoved(number=2, before="v1-0", visit=replace(VISIT, id="v2-0"))),), {}, "no_visit"),
        ((), {"day": TODAY.isoformat()}, "day_not_agreed"),
        ((), {"day": "2026-11-28"}, "day_not_agreed"),
        ((), {"day": "2027-01-05"}, "day_not_agreed"),
        ((on(ACME, ContractChanged(contract=replace(CONTRACT, end=VISIT.day))),), {}, "day_not_agreed"),
        ((on(entity("policy", "current"), PolicySet(policy=Policy(holidays=(WEDNESDAY,)))),), {}, "day_not_agreed"),
        ((), {"day": "2026-12-01"}, "too_near"),
        ((), {"day": "2026-12-02"}, "too_near"),
        ((), {"helper": "w9"}, "unknown_worker"),
        ((on(entity("worker", "w1"), WorkerRetired()),), {}, "unknown_worker"),
        ((on(ACME, ContractChanged(contract=replace(CONTRACT, only=("w1", "w3")))),), {"helper": "w2"}, "not_allowed"),
        ((on(ACME, ContractChanged(contract=replace(CONTRACT, firm=True))),), {"helper": "w2"}, "not_allowed"),
        ((on(entity("worker", "w1"), WorkerChanged(worker=worker("w1", skills=()))),), {}, "lacks_skill"),
        ((on(entity("worker", "w1"), WorkerChanged(worker=worker("w1", shifts=()))),), {}, "not_on_duty"),
        ((on(entity("worker", "w1"), WorkerAbsent(start=NOW, end=NOW + 9 * DAY)),), {}, "is_absent"),
        (
            (
                on(
                    ORDER,
                    opened(),
                    o.OrderPlanned(workers=("w1",), start=NOW, end=NOW, plan=1),
                    o.VisitDone(worker="w1"),
                ),
            ),
            {},
            "not_now",
        ),
    ],
)
def test_what_cannot_be_is_refused(more: tuple[Any, ...], changes: dict[str, Any], code: str) -> None:
    town(*more).when(SUBJECT, body(**changes)).refused(code)


def test_who_works_by_roster_goes_on_days_it_gives_them_and_beyond_those_it_speaks_of() -> None:
    rostered = on(entity("worker", "w1"), WorkerChanged(worker=worker("w1", shifts=(), terms=Terms())))
    start = dt.datetime(2026, 11, 26, 1, 0, tzinfo=dt.UTC)
    duty = RosteredDuty(day=WEDNESDAY + DAY, post="gate", shift="day", start=start, end=start + 8 * HOUR)
    week = DutiesPublished(number=1, start=TODAY, until=WEDNESDAY + 2 * DAY, duties=(duty,))
    published = on(entity("roster", "w1"), week)
    town(rostered, published).when(SUBJECT, body()).refused("not_on_duty")
    for day in (WEDNESDAY + DAY, WEDNESDAY + 2 * DAY):
        moved = replace(VISIT, id="v2-0", day=day, directed=True)
        town(rostered, published).when(SUBJECT, body(day=day.isoformat())).then(
            on(HEAD, HorizonDirected(number=2, parent=1, verb="move-visit")),
            on(ACME, VisitMoved(number=2, before="v1-0", visit=moved)),
        )


def test_a_visit_whose_day_has_passed_is_not_moved() -> None:
    past = replace(VISIT, id="v0-0", day=TODAY - DAY)
    dated = VisitsDated(number=1, start=TODAY - DAY, until=TODAY, visits=(past,))
    town(on(ACME, dated)).when(SUBJECT, body(visit="v0-0")).refused("duty_over")


def test_a_contract_that_cannot_be_is_refused() -> None:
    wrong = {"id": "odd", "place": "s1", "signed": "2026-06-01", "end": "2026-01-01"}
    said = {"id": "d1", "by": "chen", "at": NOW.isoformat(), "contract": wrong}
    given(ESTATE).when("direct.east.register", said).refused("bad_contract")


def on_day(day: dt.date) -> dt.datetime:
    """Noon of a day in Shanghai."""
    return dt.datetime.combine(day, dt.time(4), dt.UTC)


@pytest.mark.parametrize(
    ("became", "free"),
    [
        ((), False),
        ((o.VisitFailed(worker="w1"),), True),
        ((o.VisitFailed(worker="w1"), o.OrderClosed(satisfied=False)), True),
        ((o.OrderClosed(satisfied=False),), True),
        ((o.OrderCancelled(),), True),
        ((o.VisitDone(worker="w1"),), False),
        ((o.OrderRescheduled(windows=(Window(start=on_day(TODAY + 20 * DAY), end=on_day(TODAY + 21 * DAY)),)),), True),
    ],
)
def test_days_are_counted_from_visits_made_and_still_to_be_made(became: tuple[Any, ...], free: bool) -> None:
    """As the plan counts them: what failed, was missed, called off or put off keeps nobody from its day."""
    window = Window(start=on_day(VISIT.day), end=on_day(VISIT.day) + HOUR)
    order = on(ORDER, opened(windows=(window,)), o.OrderPlanned(workers=("w1",), start=NOW, end=NOW, plan=1), *became)
    asked = town(order).when(SUBJECT, body(visit=OTHER.id, day=VISIT.day.isoformat()))
    if not free:
        asked.refused("too_near")
        return
    asked.then(
        on(HEAD, HorizonDirected(number=2, parent=1, verb="move-visit")),
        on(ACME, VisitMoved(number=2, before=OTHER.id, visit=replace(OTHER, id="v2-0", day=VISIT.day, directed=True))),
    )


def test_days_are_counted_from_what_was_made_before_the_service() -> None:
    made = replace(CONTRACT, made=(VisitMade(category=VISIT.category, day=TODAY),))
    town(on(ACME, ContractChanged(contract=made))).when(SUBJECT, body(day=(TODAY + DAY).isoformat())).refused(
        "too_near"
    )
