"""The roster as a running service has it: what is published, what is open, who could step in."""

from __future__ import annotations

import datetime as dt
from typing import Any, NoReturn

import msgspec

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.directing import date_of, direct, finish, require_ids
from dispatch.cli.look import Zones, rows_of
from dispatch.events.horizon import LeftOpen
from dispatch.model.errors import SettingError
from dispatch.projections.roster import RosterRow
from dispatch.services.client import Client
from dispatch.services.console import one_line
from dispatch.services.questions import StandInsAsked, StandInsFound
from dispatch.solver.rules import Rule

OPEN_SHOWN = 200
"""Open places that are printed; all of them with ``--json``."""


def show(area: str, nats: str, *, as_json: bool) -> None:
    """Print the roster of ``area``: with ``as_json`` a row per worker and day, and what is published and open."""
    found, zones = ask(nats, lambda to: rows_of(to, "roster", RosterRow, area))
    heads = [row for row in found if row.of == "horizon" and row.id == "roster"]
    people = [row for row in found if row.of == "worker"]
    zone = zones.get(area, dt.UTC)
    if as_json:
        days = [_plain(row, duty, zone) for row in people for duty in row.duties]
        print_json({"published": heads[0] if heads else None, "duties": sorted(days, key=lambda one: one["day"])})
        return
    if not heads:
        say(f"No roster is published in area {area}.")
        return
    _print(heads[0], people, zone)


def _plain(row: RosterRow, duty: Any, zone: dt.tzinfo) -> dict[str, Any]:
    """A duty with its worker, its times as the clocks of the area show them."""
    local = {name: getattr(duty, name).astimezone(zone).isoformat() for name in ("start", "end")}
    return {"worker": row.id, **msgspec.to_builtins(duty), **local}


def _print(head: RosterRow, people: list[RosterRow], zone: dt.tzinfo) -> None:
    assert head.start is not None and head.until is not None
    days = [head.start + dt.timedelta(days=number) for number in range((head.until - head.start).days)]
    has = {(row.id, duty.day): f"{duty.shift} {duty.post}" for row in people for duty in row.duties}
    for first in range(0, len(days), 7):
        week = days[first : first + 7]
        rows = [(row.id, *(has.get((row.id, day), "") for day in week)) for row in people]
        print_table(f"From {week[0]}", ("worker*", *(f"{day:%a %d %b}" for day in week)), rows)
    opens = [(one.day, one.part, one.id, one.missing, _why(one)) for one in head.open[:OPEN_SHOWN]]
    if opens:
        print_table("Open below the minimum", ("day*", "shift", "post", "missing", "why"), opens)
    if len(head.open) > OPEN_SHOWN:
        say(f"And {len(head.open) - OPEN_SHOWN} more; `--json` names them.")
    if head.shortage is not None:
        say(one_line(head.shortage.message))
        for one in head.shortage.would_close:
            say(one_line(f"Would close it: {one}"))
    for reason in head.gave_way:
        say(one_line(f"{reason.rule}: {reason.message}{f' Maybe {reason.hint}' if reason.hint else ''}"))
    for finding in head.refused:
        say(one_line(f"A newer roster was refused. {finding.rule}: {finding.message}"))


def _why(one: LeftOpen) -> str:
    """The first reason, and what may help against it; of a frozen day what a dispatcher can do."""
    frozen = [reason for reason in one.reasons if reason.rule == Rule.PIN]
    told = one.reasons[:1] + tuple(reason for reason in frozen if reason not in one.reasons[:1])
    return " ".join(f"{reason.message}{f' Maybe {reason.hint}' if reason.hint else ''}" for reason in told)


def stand_ins(area: str, worker: str, day: str, nats: str, *, as_json: bool) -> None:
    """Print who can step in for ``worker`` on ``day``, a date; raises `SettingError` for what is none."""
    asked = StandInsAsked(area=area, worker=worker, day=date_of(day))

    async def both(to: Client) -> tuple[StandInsFound, Zones]:
        found = await to.ask("ask.planner.standins", asked, StandInsFound)
        return found, await to.time_zones()

    found, _ = ask(nats, both)
    if as_json:
        print_json(found)
        return
    if not found.shift:
        say(f"{worker} has no duty on {day}.")
        return
    rows = [
        (
            one.worker,
            f"{one.cost:g}",
            "; ".join(f"{rule}: {how}" for rule, how in one.breaks.items()),
            one.leaves,
            ", ".join(f"{rule} {cost:+g}" for rule, cost in one.loses.items()),
        )
        for one in found.found
    ]
    title = f"{found.shift} at {found.post} on {day} instead of {worker}"
    print_table(title, ("worker*", "cost", "breaks", "leaves", "costs"), rows)


def stand_in(
    area: str, names: dict[str, str | None], day: str, by: str, nats: str, *, leaves: bool, as_json: bool
) -> NoReturn:
    """Direct that a worker takes a duty of ``day``; exit code 1 if that is refused.

    ``names``: the ``worker``, and ``instead`` of whom, or the ``post`` and ``shift`` of an open place.
    """
    given = {what: name for what, name in names.items() if name is not None}
    require_ids({f"--{what}": name for what, name in (("area", area), *given.items(), ("by", by))})
    if ("instead" in given) == ("post" in given and "shift" in given) or ("post" in given) != ("shift" in given):
        raise SettingError("It is not said which duty is to be taken.", hint="give --instead, or --post and --shift.")
    on = date_of(day)
    answer = direct(area, "stand-in", {**given, "day": on.isoformat(), "leaves": leaves}, by=by, nats=nats)
    what = f"the duty of {given['instead']}" if "instead" in given else f"{given['shift']} at {given['post']}"
    finish(answer, f"{given['worker']} has {what} on {on}; the rest is planned round it.", as_json=as_json)
