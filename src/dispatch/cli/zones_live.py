"""Zones as a running service has them: who has which and since what, what nobody has; a zone given to somebody."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import NoReturn

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.directing import direct, finish, require_ids
from dispatch.cli.look import check_area, rows_of
from dispatch.model.errors import Unavailable
from dispatch.projections.roster import RosterRow
from dispatch.projections.unplanned import UnplannedRow
from dispatch.projections.workload import WorkloadRow
from dispatch.services.client import Client
from dispatch.services.console import one_line
from dispatch.services.questions import WithoutHelper, ZonesAwayAsked, ZonesAwayFound


def show(area: str, nats: str, *, as_json: bool) -> None:
    """Print who has which zone of ``area``, who had it before and why it moved, and what would cover the others."""

    async def read(to: Client) -> _Read:
        await check_area(to, area)
        loads, _ = await rows_of(to, "workload", WorkloadRow, area)
        out, _ = await rows_of(to, "unplanned", UnplannedRow, area)
        heads, _ = await rows_of(to, "roster", RosterRow, area)
        try:
            away = (await to.ask("ask.planner.zones-away", ZonesAwayAsked(area=area), ZonesAwayFound)).zones
        except Unavailable:
            # What is published is shown without a planner, too.
            away = None
        return loads, out, heads, away

    loads, out, heads, away = ask(nats, read)
    zones = [row for row in loads if row.of == "zone"]
    uncovered = [row for row in out if row.of == "zone" and not row.planned]
    published = next((row for row in heads if (row.of, row.id) == ("horizon", "zones")), None)
    if as_json:
        print_json({"published": published, "zones": zones, "uncovered": uncovered, "away": away})
    elif not zones:
        say(f"No zone is registered in area {area}.")
    else:
        _print(zones, uncovered, published)
        _print_away(away)


_Read = tuple[list[WorkloadRow], list[UnplannedRow], list[RosterRow], tuple[WithoutHelper, ...] | None]


def _print(zones: list[WorkloadRow], uncovered: list[UnplannedRow], published: RosterRow | None) -> None:
    held: dict[str, list[WorkloadRow]] = defaultdict(list)
    for row in zones:
        if row.helper is not None:
            held[row.helper].append(row)
    print_table(
        "Zones",
        ("helper*", "zones", "households", "minutes a day", "minutes a week"),
        (
            (helper, " ".join(one.id for one in rows), *(sum(getattr(one, of) for one in rows) for of in _SUMMED))
            for helper, rows in sorted(held.items())
        ),
    )
    for row in zones:
        if row.why is not None:
            say(one_line(f"{row.id}: {row.before} -> {row.helper or 'nobody'} ({row.why.rule}: {row.why.message})"))
    for row in zones:
        if (told := row.to_move) is not None:
            why = "" if told.why is None else f" ({told.why.rule}: {told.why.message})"
            say(one_line(f"{row.id}: {row.helper} -> {told.helper or 'nobody'} from {told.day} on{why}"))
    for out in uncovered:
        said = (f"{one.rule}: {one.message}{f' Maybe {one.hint}.' if one.hint else ''}" for one in out.reasons)
        say(one_line(f"{out.id} is uncovered. {' '.join(said)}"))
    for finding in () if published is None else published.refused:
        say(one_line(f"A newer plan was refused. {finding.rule}: {finding.message}"))
    if published is not None and published.until is not None:
        last = published.until - dt.timedelta(days=1)
        say(
            f"Published for {published.start} to {last}. Before {published.frozen} only zones move that nobody has, "
            "or whose helper is not there or may not have them."
        )


def _print_away(away: tuple[WithoutHelper, ...] | None) -> None:
    for one in away or ():
        stand_in = f"{one.stand_in} could stand in ({one.way_min} min)" if one.stand_in else "nobody could stand in"
        say(one_line(f"{one.zone} is without {one.helper} until {one.until}; {stand_in}."))
    if away is None:
        say("The planner does not answer, so it is not said whose helper is away.")


_SUMMED = ("households", "minutes_per_day", "minutes_per_week")


def move(area: str, zone: str, helper: str | None, by: str, nats: str, *, as_json: bool) -> NoReturn:
    """Direct that ``helper`` has ``zone`` from now on, or whoever the plan chooses (None); exit code 1 if refused."""
    require_ids({"area": area, "zone": zone, "helper": helper or "nobody", "--by": by})
    answer = direct(area, "give-zone", {"zone": zone, "helper": helper}, by=by, nats=nats)
    finish(answer, f"{zone} goes to {helper or 'whoever the plan chooses'}.", as_json=as_json)
