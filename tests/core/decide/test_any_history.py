"""Over any history: deciding a message twice gives no second event, and every fold takes any events in any order."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_type_hints

import msgspec
import pytest
from core.decide.given import NOW, Given, given, on
from core.decide.sample import (
    AREA,
    CONTRACT,
    ESTATE,
    FLAT,
    HEAD,
    MINUTE,
    PLANNED,
    POST,
    TOLD,
    committed,
    entity,
    on_the_plan,
    order_entity,
    planned_order,
    worker,
)
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from dispatch.decide.order import evolve
from dispatch.decide.outcome import Refused
from dispatch.events import order as o
from dispatch.events.catalogue import ENTITIES
from dispatch.events.contract import ContractRegistered, DatedVisit, VisitsDated
from dispatch.events.horizon import HorizonPublished
from dispatch.events.post import PostRegistered
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.events.worker import WorkerChanged
from dispatch.model.errors import FormError
from dispatch.model.people import Terms
from dispatch.model.words import key_of
from dispatch.requests.direction import VERBS
from dispatch.requests.report import REPORTS
from dispatch.services.desk.work import EVOLVE
from dispatch.store.base import Said

TODAY = NOW.date()
ON_DUTY = RosteredDuty(day=TODAY, post="gate", shift="day", start=NOW, end=NOW + 480 * MINUTE)
ROSTER = (
    *on(entity("post", "gate"), PostRegistered(post=msgspec.structs.replace(POST, skill=None))),
    *on(entity("roster", "w1"), DutiesPublished(number=1, start=TODAY, until=TODAY, duties=(ON_DUTY,))),
    *on(entity("worker", "w2"), WorkerChanged(worker=worker("w2", terms=Terms()))),
)
"""w1 has a duty today, which w2 may take."""
SOON = TODAY + dt.timedelta(days=30)
VISIT = DatedVisit(id="v1-0", category="water-leak", day=dt.date(2026, 11, 24), helper="w1", minutes=45)
PUBLISHED = HorizonPublished(
    number=1, parent=0, start=TODAY, until=SOON, frozen=TODAY, saw=1, why="first", inputs="so", solver="contracts-1",
    seed=1, budget=1, used=1, repeatable=True, cost={}, changed=1, open_count=0,
)  # fmt: skip
PROMISED = (
    *on(
        entity("contract", "acme"),
        ContractRegistered(contract=CONTRACT),
        VisitsDated(number=1, start=TODAY, until=SOON, visits=(VISIT,)),
    ),
    *on(entity("horizon", "contracts"), PUBLISHED),
)
"""A visit of a contract is dated in two days."""
WORKERS = st.sampled_from(["w1", "w2", "w3"])
ORDERS = st.sampled_from(["ord1", "ord2", "ord9"])
NOTICES = st.sampled_from([key_of("notice", AREA, "w1", f"m{number}") for number in range(3)])
IDS = st.integers(0, 5).map(lambda number: f"m{number}")
INSTANTS = st.integers(-120, 600).map(lambda minutes: (NOW + minutes * MINUTE).isoformat())


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, str]:
    start = NOW + draw(st.integers(-120, 600)) * MINUTE
    return start.isoformat(), (start + draw(st.integers(1, 300)) * MINUTE).isoformat()


@st.composite
def reports(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Any report of anybody."""
    form = draw(st.sampled_from(REPORTS))
    tag = str(form.__struct_config__.tag)
    body: dict[str, Any] = {"report": tag, "id": draw(IDS), "at": draw(INSTANTS)}
    if tag == "absent":
        body["at"], body["until"] = draw(spans())
    elif tag == "scan":
        body["checkpoint"] = draw(st.sampled_from(["s1", "b3-1202", "nowhere"]))
    elif tag == "inspected":
        body |= {"zone": "z1", "work": "z1-20261116", "points": draw(st.integers(0, 100))}
    elif tag == "breach":
        body["place"] = {"unit": "b3-1202"}
    elif tag == "rechecked":
        body |= {"notice": draw(NOTICES), "put_right": draw(st.booleans())}
    elif tag != "back":
        body["order"] = draw(ORDERS)
    if tag in {"refused", "could_not"}:
        body["reason"] = "so"
    if tag == "hazard":
        body |= {"checkpoint": "s1", "category": "lamp"}
    return f"report.{AREA}.{draw(WORKERS)}", body


@st.composite
def directions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Any direction of anybody."""
    verb = draw(st.sampled_from(sorted(VERBS)))
    body: dict[str, Any] = {"id": draw(IDS), "by": draw(st.sampled_from(["chen", "li"])), "at": draw(INSTANTS)}
    match verb:
        case "register":
            kind, item = draw(st.sampled_from([("worker", worker("w1", name="Wang")), ("place", FLAT)]))
            body[kind] = msgspec.to_builtins(item)
        case "retire" | "move":
            body["kind"], body["target"] = draw(st.sampled_from([("worker", "w1"), ("place", "s1"), ("worker", "w7")]))
            if verb == "move":
                body["to"] = draw(st.sampled_from(["west", AREA]))
        case "absence":
            body["worker"] = draw(WORKERS)
            body["start"], body["end"] = draw(spans())
        case "return":
            body["worker"], body["start"] = draw(WORKERS), draw(INSTANTS)
        case "give-zone":
            body["zone"], body["helper"] = "z1", draw(st.none() | WORKERS)
        case "stand-in":
            body |= {"worker": draw(WORKERS), "instead": draw(WORKERS), "day": "2026-11-22"}
            body["leaves"] = draw(st.booleans())
        case "move-visit":
            body |= {
                "contract": "acme",
                "visit": draw(st.sampled_from(["v1-0", "v1-9"])),
                "helper": draw(st.none() | WORKERS),
            }
            body["day"] = draw(st.sampled_from(["2026-11-20", "2026-11-25", "2026-11-26"]))
        case _:
            body["order"] = draw(ORDERS)
            if verb == "assign":
                body["workers"] = draw(st.lists(WORKERS, min_size=1, max_size=3))
            if verb == "follow-up":
                body["satisfied"] = draw(st.booleans())
    return f"direct.{AREA}.{verb}", body


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """One of a few requests, sent here or there, at times with other content."""
    body = {
        "id": draw(IDS),
        "category": draw(st.sampled_from(["water-leak", "lamp", "unheard-of"])),
        "place": draw(st.sampled_from([{"unit": "b3-1202"}, {"lat": 30.0, "lon": 120.0}])),
        "reported_at": NOW.isoformat(),
    }
    return f"request.{draw(st.sampled_from([AREA, 'west']))}.repair", body


MESSAGES = st.one_of(reports(), directions(), requests())


class History:
    """Messages decided one after the other; the planner's part is played by events put in between."""

    def __init__(self) -> None:
        second = planned_order(TOLD, key="ord2")
        self.given: Given = given(ESTATE, planned_order(TOLD), second, on_the_plan(), ROSTER, PROMISED)
        self.said = 100

    def decide(self, subject: str, body: dict[str, Any]) -> tuple[Any, Any]:
        said = Said(self.said, subject, {}, msgspec.json.encode(body), NOW)
        try:
            return self.given.decide(said)
        except (Refused, FormError) as error:
            return {}, error.code

    def twice(self, subject: str, body: dict[str, Any]) -> None:
        self.said += 1
        first = self.decide(subject, body)
        again = self.decide(subject, body)
        assert again == ({}, first[1])


@settings(max_examples=150, derandomize=True, deadline=None)
@hypothesis_given(messages=st.lists(MESSAGES, max_size=25), planned=st.sets(st.integers(0, 24), max_size=5))
def test_deciding_twice_gives_no_second_event(messages: list[tuple[str, dict[str, Any]]], planned: set[int]) -> None:
    history = History()
    for index, (subject, body) in enumerate(messages):
        if index in planned:
            key = f"ord{1 + index % 2}"
            moved = msgspec.structs.replace(PLANNED, workers=("w2", "w3"), plan=index + 2)
            history.given._append({order_entity(key): [moved], HEAD: [committed(index + 2)]}, f"plan/{index}")
        history.twice(subject, body)


@settings(max_examples=60, derandomize=True, deadline=None)
@hypothesis_given(messages=st.lists(MESSAGES, min_size=2, max_size=15), late=st.data())
def test_a_message_that_made_something_happen_may_come_again_at_any_time_later(
    messages: list[tuple[str, dict[str, Any]]], late: st.DataObject
) -> None:
    history = History()
    effective: list[tuple[int, str, dict[str, Any]]] = []
    for subject, body in messages:
        history.said += 1
        if history.decide(subject, body)[0]:
            effective.append((history.said, subject, body))
        if effective and late.draw(st.booleans()):
            said, again, old = late.draw(st.sampled_from(effective))
            now, history.said = history.said, said
            assert history.decide(again, old)[0] == {}
            history.said = now


TIMES = st.integers(0, 1000).map(lambda minutes: NOW + minutes * MINUTE)
st.register_type_strategy(dt.datetime, TIMES)


def any_event(event: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Any event of a type: fields from their types, without the bounds of the edge."""
    hints = get_type_hints(event)
    return st.builds(event, **{name: st.from_type(hint) for name, hint in hints.items()})


@pytest.mark.parametrize("kind", ENTITIES)
@settings(max_examples=40, derandomize=True, deadline=None)
@hypothesis_given(data=st.data())
def test_any_sequence_of_an_entitys_events_folds(kind: str, data: st.DataObject) -> None:
    events = st.one_of([any_event(event) for event in ENTITIES[kind]])
    state = None
    for event in data.draw(st.lists(events, max_size=10)):
        state = EVOLVE[kind](state, event, data.draw(TIMES))
    msgspec.to_builtins(state, enc_hook=repr)


def test_an_order_is_nothing_before_it_was_opened() -> None:
    assert evolve(None, PLANNED, NOW) is None
    assert evolve(None, o.OrderCancelled(), NOW) is None
