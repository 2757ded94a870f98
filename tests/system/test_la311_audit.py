"""The independent check of schedules finds every hand-made breach, and nothing where there is none."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from benchmarks import greedy
from benchmarks.audit import findings
from benchmarks.book import Book, instant

AREA = "east"
DAY = "2018-01-02"
"""A Tuesday."""


def at(clock: str) -> str:
    """An instant of the day, in UTC."""
    return f"{DAY}T{clock}:00Z"


def stop(order: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    """A stop some kilometres from the base."""
    place = {"lat": 34.05, "lon": -118.25}
    return {"order": order, "place": place, "start": at(start), "end": at(end), "arrive": at(start), **more}


def book() -> Book:
    """Two crews, two orders, one of them for both crews; all is well."""
    made = Book()
    made.policies[AREA] = {"time_zone": "UTC", "speeds": {"car": 60.0, "detour": 1.0, "fixed_min": 1}}
    made.places[AREA, "yard"] = {"id": "yard", "lat": 34.0, "lon": -118.25}
    made.categories["sweep"] = {"id": "sweep", "skill": "broom", "level": 1, "minutes": 30}
    shift = {
        "start": "08:00",
        "end": "16:00",
        "days": ["tue"],
        "breaks": [{"start_from": "12:00", "end_by": "13:00", "minutes": 30}],
    }
    for worker in ("a", "b"):
        made.workers[AREA, worker] = {
            "id": worker,
            "base": "yard",
            "mode": "car",
            "skills": [{"skill": "broom", "level": 1, "expires": DAY}],
            "shifts": [shift],
            "caps": {"visits_per_day": 2, "minutes_per_day": 60},
        }
    for order, crew, clock in (("one", ["a"], "09:00"), ("two", ["a", "b"], "10:00")):
        end = clock.replace(":00", ":30")
        made.orders[AREA, order] = {
            "opened": {
                "category": "sweep",
                "place": {"lat": 34.05, "lon": -118.25},
                "reported_at": at("07:00"),
                "windows": [{"from": at("08:30"), "to": at("11:00")}],
                "needs": {"people": len(crew)},
            },
            "planned": {"workers": crew, "start": at(clock), "end": at(end)},
            "ended": False,
            "reasons": [],
        }
    duty = {"duty": "d", "start": at("08:00"), "end": at("16:00")}
    made.routes[AREA, "a"] = {"d": {**duty, "stops": [stop("one", "09:00", "09:30"), stop("two", "10:00", "10:30")]}}
    made.routes[AREA, "b"] = {"d": {**duty, "stops": [stop("two", "10:00", "10:30")]}}
    return made


def moved(made: Book, order: str, start: str, end: str) -> None:
    """Move an order to another time, on the routes and in the order."""
    made.orders[AREA, order]["planned"] |= {"start": at(start), "end": at(end)}
    for by_duty in made.routes.values():
        for one in by_duty["d"]["stops"]:
            if one["order"] == order:
                one |= {"start": at(start), "end": at(end), "arrive": at(start)}


def worker(made: Book) -> dict[str, Any]:
    """The first worker."""
    return made.workers[AREA, "a"]


BREACHES: list[tuple[str, Callable[[Book], object]]] = [
    ("double-booked", lambda made: moved(made, "one", "09:45", "10:15")),
    ("too far", lambda made: moved(made, "one", "08:03", "08:33")),
    ("after the shift", lambda made: moved(made, "two", "15:45", "16:15")),
    ("none of its windows", lambda made: moved(made, "two", "10:45", "11:15")),
    ("instead of 30", lambda made: moved(made, "one", "09:00", "09:20")),
    ("lacks broom", lambda made: worker(made)["skills"][0].update(expires="2018-01-01")),
    ("lacks broom", lambda made: worker(made)["skills"][0].update(level=0)),
    ("has no shift", lambda made: worker(made)["shifts"][0].update(days=["wed"])),
    (
        "no break",
        lambda made: worker(made)["shifts"][0]["breaks"][0].update(start_from="09:00", end_by="10:29", minutes=31),
    ),
    ("at most 1 are allowed", lambda made: worker(made)["caps"].update(visits_per_day=1)),
    ("at most 50 are allowed", lambda made: worker(made)["caps"].update(minutes_per_day=50)),
    ("is absent", lambda made: made.away.update({(AREA, "a"): [(instant(at("09:10")), instant(at("09:20")))]})),
    ("before it was reported", lambda made: made.orders[AREA, "one"]["opened"].update(reported_at=at("09:01"))),
    ("but on the routes of", lambda made: made.routes[AREA, "b"]["d"]["stops"].append(stop("one", "09:00", "09:30"))),
    ("but on the routes of", lambda made: made.routes[AREA, "b"]["d"]["stops"].clear()),
    ("which is not planned", lambda made: made.orders[AREA, "one"].update(planned=None)),
    ("the order says", lambda made: made.orders[AREA, "one"]["planned"].update(start=at("09:05"))),
    ("needs 2 people", lambda made: made.orders[AREA, "one"]["opened"].update(needs={"people": 2})),
]


def test_nothing_is_found_where_all_is_well() -> None:
    assert findings(book()) == []


@pytest.mark.parametrize(("words", "breach"), BREACHES)
def test_every_breach_is_found(words: str, breach: Callable[[Book], object]) -> None:
    made = copy.deepcopy(book())
    breach(made)

    assert any(words in finding for finding in findings(made)), findings(made)


def test_a_break_may_be_taken_before_the_way_or_after_it_but_not_in_two_pieces() -> None:
    made = book()
    spell = worker(made)["shifts"][0]["breaks"][0]
    made.workers[AREA, "b"] = copy.deepcopy(worker(made))
    spell.update(start_from="09:30", end_by="10:00", minutes=23)
    made.routes[AREA, "a"]["d"]["stops"][1]["travel_min"] = 7
    assert findings(made) == []
    spell.update(start_from="09:37")
    assert findings(made) == []
    spell.update(start_from="09:34", end_by="09:58")
    assert any("no break of 23 minutes" in finding for finding in findings(made))


def test_what_was_done_early_is_over_then() -> None:
    """Nobody is in two places because a visit stands where it was moved to while the report of it was on its way."""
    made = book()
    moved(made, "one", "09:45", "10:15")
    assert any("double-booked" in finding for finding in findings(made))

    made.orders[AREA, "one"]["done"] = instant(at("09:30"))
    assert findings(made) == []

    made.orders[AREA, "one"]["done"] = instant(at("10:15"))
    assert any("double-booked" in finding for finding in findings(made))


def test_what_was_done_before_its_duty_may_be_off_the_route() -> None:
    made = book()
    made.routes[AREA, "a"]["d"]["stops"].pop(0)
    assert any("but on the routes of" in finding for finding in findings(made))

    made.orders[AREA, "one"]["done"] = instant(at("07:30"))
    assert findings(made) == []


def test_the_baseline_keeps_the_rules_too() -> None:
    made = book()
    made.orders[AREA, "two"]["opened"]["needs"] = {"people": 1}

    day = instant(at("00:00")).date()
    starts = greedy.plan(made, first=day, last=day)

    assert sorted(key for _, key in starts) == ["one", "two"]
    # 5.56 km at 60 km/h and a minute for the change of place: 7 minutes; both are done one after the other or apart.
    assert all(start >= instant(at("08:30")) for start in starts.values())
