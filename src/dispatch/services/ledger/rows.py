"""From a ledger's rows to requests, each row on its own. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as Cells
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from dispatch.events.request import Contact
from dispatch.model.catalogue import Kind
from dispatch.model.places import PlaceRef
from dispatch.model.time import Window
from dispatch.model.words import EVERYWHERE, Token
from dispatch.requests.service import ServiceRequest
from dispatch.services.ledger.cells import CellFault, instant_of, missing, slot_of, value_of
from dispatch.services.ledger.mapping import Mapping, WindowCells, cell_of, moment_of

_REQUEST = get_type_hints(ServiceRequest, include_extras=True)
_PLACE = get_type_hints(PlaceRef, include_extras=True)
_CONTACT = get_type_hints(Contact, include_extras=True)
_ROW_HINT = "a quote or a delimiter is missing or one too many, or the file was cut off there."
_ENCODER = msgspec.json.Encoder()


class LedgerRow(Struct, frozen=True, kw_only=True):
    """One row: the ``line`` it begins on, its cells as they stand, and by header; ``fault`` if it could not be read."""

    line: int
    raw: tuple[str, ...]
    cells: dict[str, str] = {}
    fault: str = ""


class Ready(Struct, frozen=True):
    """A row that became a request: where it is to be said, and when it was reported."""

    row: LedgerRow
    subject: str
    body: bytes
    reported_at: dt.datetime


class Fault(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a row is no accepted request: ``code`` for machines, the rest for people, ``column`` if one is at fault.

    ``value``: what stands there, if it may be told (`quoting.may_quote`).
    """

    line: int
    code: str
    reason: str
    hint: str = ""
    column: str = ""
    value: str = ""


def request_of(row: LedgerRow, mapping: Mapping) -> Ready | Fault:
    """The request that ``row`` stands for, or the first thing that keeps it from being one."""
    if row.fault:
        return Fault(line=row.line, code="bad_row", reason=row.fault, hint=_ROW_HINT)
    try:
        area, kind, request = _request(row.cells, mapping)
    except CellFault as fault:
        return Fault(
            line=row.line,
            code=fault.code,
            reason=fault.message,
            hint=fault.hint,
            column=fault.column,
            value=fault.value[:200],
        )
    return Ready(row, f"request.{area}.{kind}", _ENCODER.encode(request), request.reported_at)


def _request(row: Cells[str, str], mapping: Mapping) -> tuple[str, str, ServiceRequest]:
    cells, time_zone = mapping.request, mapping.file.time_zone
    required = {
        name: _required(getattr(cells, name), name, row, form)
        for name, form in (
            ("id", _REQUEST["id"]),
            ("source", _REQUEST["source"]),
            ("area", Token),
            ("kind", Kind),
            ("category", _REQUEST["category"]),
        )
    }
    area, kind = required.pop("area"), required.pop("kind")
    if area == EVERYWHERE:
        column = " + ".join(cell_of(cells.area).columns)
        message = f"The area {EVERYWHERE!r} is reserved."
        raise CellFault(message, code="reserved_area", hint="another name was meant.", column=column, value=area)
    reported = moment_of(cells.reported_at)
    reported_at = instant_of(reported, row, time_zone)
    if reported_at is None:
        raise missing(reported.columns, "reported_at")
    promised = None if cells.promised_by is None else instant_of(moment_of(cells.promised_by), row, time_zone)
    optional = {name: _optional(cells, name, row, _REQUEST) for name in ("urgency", "household", "inside")}
    contact = {} if cells.contact is None else _fields(cells.contact, row, _CONTACT)
    request = ServiceRequest(
        **required,
        **optional,
        place=PlaceRef(**_fields(cells.place, row, _PLACE)),
        reported_at=reported_at,
        promised_by=promised,
        window=None if cells.window is None else _window(cells.window, row, time_zone),
        contact=Contact(**contact) if contact else None,
        detail=_optional(cells, "detail", row, _REQUEST) or "",
    )
    return area, kind, request


def _required(given: Any, name: str, row: Cells[str, str], form: Any) -> Any:
    cell = cell_of(given)
    value = value_of(cell, row, form)
    if value is None:
        raise missing(cell.columns, name)
    return value


def _optional(part: Struct, name: str, row: Cells[str, str], forms: Cells[str, Any]) -> Any:
    given = getattr(part, name)
    return None if given is None else value_of(cell_of(given), row, forms[name])


def _fields(part: Struct, row: Cells[str, str], forms: Cells[str, Any]) -> dict[str, Any]:
    found = {name: _optional(part, name, row, forms) for name in part.__struct_fields__}
    return {name: value for name, value in found.items() if value is not None}


def _window(cells: WindowCells, row: Cells[str, str], time_zone: str) -> Window | None:
    if cells.day is not None and cells.slot is not None:
        day = instant_of(cells.day, row, time_zone)
        return None if day is None else Window(*slot_of(cell_of(cells.slot), day, row, time_zone))
    assert cells.start is not None
    assert cells.end is not None
    start, end = instant_of(cells.start, row, time_zone), instant_of(cells.end, row, time_zone)
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise missing(cells.start.columns if start is None else cells.end.columns, "other end of the window")
    return Window(start=start, end=end)
