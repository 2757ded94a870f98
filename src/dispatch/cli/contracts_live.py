"""Contracts as a running service has them: dates, promises kept, at risk and broken; a visit put on another day."""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec
import typer

from dispatch.cli.common import ask, print_json, print_table, say
from dispatch.cli.directing import date_of, direct, finish, require_ids
from dispatch.cli.look import check_area
from dispatch.decide.contract import order_of
from dispatch.events.contract import PromiseAtRisk
from dispatch.events.order import ReasonGiven
from dispatch.planning.horizons import OPEN_SHOWN
from dispatch.projections.contracts import ContractsRow
from dispatch.projections.roster import RosterRow
from dispatch.services.client import Client
from dispatch.services.console import one_line
from dispatch.solver.rules import Rule


def show(area: str, nats: str, *, as_json: bool, contract: str | None, helper: str | None) -> None:
    """Print the dates of every contract of ``area``, and which promises are kept, at risk or broken, and why."""
    rows, head = _read(area, nats)
    orders = {row.id: row for row in rows if row.of == "visit"}
    contracts = [row for row in rows if row.of == "contract" and contract in {None, row.id}]
    if as_json:
        print_json({"published": head, "contracts": [_plain(row, orders, helper, head) for row in contracts]})
    elif not contracts:
        say(f"No contract{f' {contract}' if contract else ''} is registered in area {area}.")
    else:
        _print(contracts, orders, helper, head)


def risks(area: str, nats: str, *, as_json: bool) -> None:
    """Print the promises of ``area`` that are about to break or broke, and contracts left aside; exit code 1 if any."""
    rows, head = _read(area, nats)
    contracts = [row for row in rows if row.of == "contract"]
    found = [(row.id, risk) for row in contracts for risk in row.risks]
    found.sort(key=lambda one: (one[1].keep_by or one[1].last, one[0]))
    aside = {row.id: reason for row in contracts if (reason := why_aside(row, head)) is not None}
    if as_json:
        print_json(
            {"risks": [{"contract": key, **msgspec.to_builtins(risk)} for key, risk in found], "left_aside": aside}
        )
    else:
        columns = ("keep by*", "contract", "promise", "missing", "next*", "spare", "how it stands")
        named = (
            (one.keep_by, key, one.promise, one.missing, one.next, one.spare, _standing(one)) for key, one in found
        )
        print_table("Promises at risk", columns, list(named))
        _print_aside(aside)
    raise typer.Exit(1 if found or aside else 0)


def _read(area: str, nats: str) -> tuple[list[ContractsRow], RosterRow | None]:
    """The contracts and visits of ``area``, and the head of what is published of them."""

    async def read(to: Client) -> tuple[list[ContractsRow], list[RosterRow]]:
        await check_area(to, area)
        rows = [row async for row in to.rows("contracts", ContractsRow, f"{area}.")]
        return rows, [row async for row in to.rows("roster", RosterRow, f"{area}.horizon-contracts")]

    rows, heads = ask(nats, read)
    return rows, next(iter(heads), None)


def why_aside(row: ContractsRow, head: RosterRow | None) -> ReasonGiven | None:
    """Why nobody looked at the promises of ``row`` in what is published; None if somebody did.

    Such is a contract that is left aside, and one agreed since: before the first plan, or where a newer one is refused.
    """
    if head is None or head.start is None or row.agreed_at > head.saw:
        if head is not None and head.refused:
            first = head.refused[0]
            return ReasonGiven(rule=first.rule, message=f"The plan that looked at it was refused: {first.message}")
        return ReasonGiven(rule=Rule.UNPLANNED, message="Nothing is planned for it yet.")
    named = next((one for one in head.open if one.id == row.id and one.part is None), None)
    if named is not None and named.reasons:
        return named.reasons[0]
    # Only the first are named, those left aside before all others.
    cut = len(head.open) >= OPEN_SHOWN and head.open[-1].part is None
    if cut and not row.risks and all(one.day < head.start for one in row.visits):
        return ReasonGiven(rule=Rule.UNPLANNED, message="More contracts are left aside than can be named.")
    return None


def _plain(
    row: ContractsRow, orders: dict[str, ContractsRow], helper: str | None, head: RosterRow | None
) -> dict[str, Any]:
    visits = [one for one in _visits(row, orders) if helper in {None, one["helper"]}]
    risky = {one.promise for one in row.risks if not one.over}
    aside = why_aside(row, head)
    return {
        "contract": row.id,
        "client": row.client,
        "visits": visits,
        "kept": [one for one in row.promised if one not in risky] if aside is None else [],
        "left_aside": aside,
        "at_risk": [one for one in row.risks if not one.broken],
        "broken": [one for one in row.risks if one.broken],
    }


def _visits(row: ContractsRow, orders: dict[str, ContractsRow]) -> list[dict[str, Any]]:
    found = []
    for one in row.visits:
        key = order_of(row.area, row.id, one.id).id
        order = orders.get(key)
        plain: dict[str, Any] = {**msgspec.to_builtins(one), "status": "dated"}
        if order is not None:
            plain |= {"order": key, "status": order.status, "workers": list(order.workers), "start": order.start}
        found.append(plain)
    return found


def _print(
    contracts: list[ContractsRow], orders: dict[str, ContractsRow], helper: str | None, head: RosterRow | None
) -> None:
    rows: list[tuple[str, ...]] = [
        (one["day"], row.id, one["id"], one["category"], one["helper"], one["status"])
        for row in contracts
        for one in _visits(row, orders)
        if helper in {None, one["helper"]}
    ]
    print_table("Visits", ("day*", "contract", "visit*", "category", "helper", "state"), sorted(rows))
    for row in contracts:
        for risk in row.risks:
            say(one_line(f"{_standing(risk)}: {risk.promise} of {row.id}, {risk.first} to {risk.last}. {_why(risk)}"))
    broken = sum(one.broken for row in contracts for one in row.risks)
    at_risk = sum(len(row.risks) for row in contracts) - broken
    promised = sum(len(row.promised) for row in contracts)
    aside = {row.id: reason for row in contracts if (reason := why_aside(row, head)) is not None}
    _print_aside(aside)
    left = f", contracts nobody looked at {len(aside)}" if aside else ""
    say(f"{promised} promises of {len(contracts)} contracts; at risk {at_risk}, broken {broken}{left}.")
    if head is not None and head.shortage is not None:
        say(one_line(head.shortage.message))
        for change in head.shortage.would_close:
            say(one_line(f"Would help: {change}"))
    for finding in () if head is None else head.refused:
        say(one_line(f"A newer plan was refused. {finding.rule}: {finding.message}"))


def _print_aside(aside: dict[str, ReasonGiven]) -> None:
    for key, why in aside.items():
        say(one_line(f"{key} is left aside. {why.rule}: {why.message}{f' Maybe {why.hint}' if why.hint else ''}"))


def _standing(risk: PromiseAtRisk) -> str:
    return "broken" if risk.over else "will break" if risk.broken else "overdue" if risk.overdue else "at risk"


def _why(risk: PromiseAtRisk) -> str:
    short = ", ".join(f"{part.have} of {part.need} {part.category}" for part in risk.short)
    told = [f"{one.rule}: {one.message}{f' Maybe {one.hint}.' if one.hint else ''}" for one in risk.reasons]
    return " ".join([*([f"{short}."] if short else []), *told])


def move(
    area: str, contract: str, visit: str, day: str, helper: str | None, by: str, nats: str, *, as_json: bool
) -> NoReturn:
    """Direct that a visit is on ``day``, by ``helper`` if one is named; exit code 1 if that is refused."""
    require_ids({"area": area, "contract": contract, "visit": visit, "--helper": helper or "same", "--by": by})
    on = date_of(day)
    content = {"contract": contract, "visit": visit, "day": on.isoformat(), "helper": helper}
    answer = direct(area, "move-visit", content, by=by, nats=nats)
    done = f"{visit} of {contract} is on {on}{f', by {helper}' if helper else ''}; the rest is dated round it."
    finish(answer, done, as_json=as_json)
