"""An independent check of the schedules in a `Book`: who is where, when, with what right. No planner, no ortools."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.book import MINUTE, Book, Key, Plain, Shift, instant

Findings = Iterator[str]


def findings(book: Book) -> list[str]:
    """One sentence per breach; none is what is hoped for."""
    found = list(book.twice)
    for worker, by_duty in sorted(book.routes.items()):
        routes = [route for _, route in sorted(by_duty.items()) if route["stops"]]
        for route in routes:
            found += _route(book, worker, route)
        found += _together(book, worker, routes)
    found += _orders(book)
    return found


def _route(book: Book, worker: Key, route: Plain) -> Findings:
    shift = _shift_of(book, worker, route)
    if shift is None:
        yield f"{worker[1]} has no shift from {route['start']} to {route['end']}"
        return
    yield from _travel(book, worker, route, shift)
    yield from _breaks(worker, route, shift)
    yield from _caps(book, worker, route)
    for stop in route["stops"]:
        yield from _right(book, worker, stop, shift)


def _shift_of(book: Book, worker: Key, route: Plain) -> Shift | None:
    start, end = instant(route["start"]), instant(route["end"])
    day = start.astimezone(book.zone(worker[0])).date()
    around = book.shifts(worker, day - dt.timedelta(days=1), day)
    return next((shift for shift in around if (shift.start, shift.end) == (start, end)), None)


def _travel(book: Book, worker: Key, route: Plain, shift: Shift) -> Findings:
    """Each stop can be reached from the one before, the first from the base, and all lies in the shift."""
    area, person = worker[0], book.workers[worker]
    here = book.position(area, {"site": person["base"]})
    free = shift.start
    for start, end, stop in sorted(_spans(book, area, route), key=lambda one: one[:2]):
        there = book.position(area, stop["place"])
        if here is None or there is None:
            yield f"{worker[1]} is sent to {stop['order']}, a place nobody knows"
            continue
        needs = book.minutes(area, person["mode"], here, there)
        # What was done before it was to begin was not done on the way the plan had thought of.
        if start == instant(stop["start"]) and start < free + needs * MINUTE:
            yield (
                f"{worker[1]} starts {stop['order']} at {start}, free at {free} and {needs} minutes away: "
                "double-booked or too far"
            )
        if end > shift.end:
            yield f"{worker[1]} ends {stop['order']} at {end}, after the shift"
        here, free = there, end


def _spans(book: Book, area: str, route: Plain) -> Iterator[tuple[dt.datetime, dt.datetime, Plain]]:
    """When each stop of a route is, or was: what was reported done is over then, however it was planned."""
    for stop in route["stops"]:
        start, end = instant(stop["start"]), instant(stop["end"])
        done: dt.datetime = book.orders.get((area, stop["order"]), {}).get("done", end)
        yield min(start, done), min(end, done), stop


def _breaks(worker: Key, route: Plain, shift: Shift) -> Findings:
    """Within the span of each break there is a gap long enough between stops, before the way to the next or after."""
    ends = [shift.start, *(instant(stop["end"]) for stop in route["stops"])]
    starts = [*(instant(stop["start"]) for stop in route["stops"]), shift.end]
    ways = [*(stop.get("travel_min", 0) * MINUTE for stop in route["stops"]), 0 * MINUTE]
    gaps = [(end, start - way) for end, start, way in zip(ends, starts, ways, strict=True)]
    gaps += [(end + way, start) for end, start, way in zip(ends, starts, ways, strict=True)]
    for first, last, minutes in shift.breaks:
        longest = max(min(end, last) - max(start, first) for start, end in gaps)
        if longest < minutes * MINUTE:
            yield f"{worker[1]} has no break of {minutes} minutes between {first} and {last}"


def _caps(book: Book, worker: Key, route: Plain) -> Findings:
    caps = book.workers[worker].get("caps", {})
    visits, minutes = caps.get("visits_per_day"), caps.get("minutes_per_day")
    if visits is not None and len(route["stops"]) > visits:
        yield f"{worker[1]} has {len(route['stops'])} visits on {route['duty']}, at most {visits} are allowed"
    busy = sum((instant(stop["end"]) - instant(stop["start"])) // MINUTE for stop in route["stops"])
    if minutes is not None and busy > minutes:
        yield f"{worker[1]} works {busy} minutes on {route['duty']}, at most {minutes} are allowed"


def _right(book: Book, worker: Key, stop: Plain, shift: Shift) -> Findings:
    """The stop is an order of theirs, at its time, with the skill on the day, in a window, while present."""
    order = book.orders.get((worker[0], stop["order"]))
    if order is None or order["planned"] is None:
        yield f"{worker[1]} has {stop['order']} on the route, which is not planned"
        return
    opened, planned = order["opened"], order["planned"]
    start, end = instant(stop["start"]), instant(stop["end"])
    if worker[1] not in planned["workers"] or (instant(planned["start"]), instant(planned["end"])) != (start, end):
        yield f"{worker[1]} has {stop['order']} at {start}, the order says {planned}"
    category = book.categories[opened["category"]]
    if (end - start) // MINUTE != category["minutes"]:
        yield f"{stop['order']} is given {(end - start) // MINUTE} minutes instead of {category['minutes']}"
    if not any(_holds(held, category, shift.day) for held in book.workers[worker]["skills"]):
        yield f"{worker[1]} lacks {category['skill']} for {stop['order']} on {shift.day}"
    windows = order.get("windows", opened.get("windows", []))
    if windows and not any(instant(one["from"]) <= start and end <= instant(one["to"]) for one in windows):
        yield f"{stop['order']} at {start} lies in none of its windows"
    if start < instant(opened["reported_at"]):
        yield f"{stop['order']} starts at {start}, before it was reported"
    if any(first < end and start < last for first, last in book.away.get(worker, ())):
        yield f"{worker[1]} is absent at {start} for {stop['order']}"


def _holds(held: Plain, category: Plain, day: dt.date) -> bool:
    return (
        held["skill"] == category["skill"]
        and held.get("level", 0) >= category.get("level", 0)
        and (held.get("valid_from") is None or held["valid_from"] <= day.isoformat())
        and (held.get("expires") is None or day.isoformat() <= held["expires"])
    )


def _together(book: Book, worker: Key, routes: list[Plain]) -> Findings:
    """Routes of one worker do not run into each other."""
    spans = sorted(
        (start, end, stop["order"]) for route in routes for start, end, stop in _spans(book, worker[0], route)
    )
    for (_, end, one), (start, _, other) in pairwise(spans):
        if start < end:
            yield f"{worker[1]} is at {one} and {other} at once, {start}"


def _orders(book: Book) -> Findings:
    """Every planned order stands on the routes of exactly its people, and of as many as it needs."""
    on_routes: dict[Key, list[str]] = defaultdict(list)
    for (area, worker), by_duty in book.routes.items():
        for route in by_duty.values():
            for stop in route["stops"]:
                on_routes[area, stop["order"]].append(worker)
    for key, order in sorted(book.orders.items()):
        there = sorted(on_routes.get(key, []))
        planned = order["planned"]
        if planned is None:
            if there:
                yield f"order {key[1]} is not planned, but on the routes of {there}"
            continue
        if there != sorted(planned["workers"]) and (there or "done" not in order):
            yield f"order {key[1]} is planned for {planned['workers']}, but on the routes of {there}"
        needs = (order["opened"].get("needs") or {}).get("people", 1)
        if len(planned["workers"]) < needs:
            yield f"order {key[1]} needs {needs} people and has {len(planned['workers'])}"
