"""From what stands in a cell to a value: tables, slugs, keys, instants; or a fault that names column and value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Cells
from enum import EnumType
from typing import Any, get_args

import msgspec

from dispatch.model.errors import DispatchError, FormError
from dispatch.model.quoting import described, may_quote
from dispatch.model.time import to_utc, zone
from dispatch.model.words import key_of
from dispatch.services.ledger.mapping import Cell, Moment

_SLOT = re.compile(r"^\s*(\d{1,2}:\d{2})\s*[-–—~～至]\s*(\d{1,2}:\d{2})\s*$")


class CellFault(DispatchError):
    """A cell does not say what the mapping takes it to say; ``column`` names it, and ``value`` where it may be told."""

    def __init__(self, message: str, *, code: str, hint: str, column: str, value: str) -> None:
        super().__init__(message, code=code, hint=hint)
        self.column = column
        self.value = value


def text_of(cell: Cell, row: Cells[str, str]) -> str | None:
    """The value of ``cell`` in ``row``, None where there is nothing. Raises `CellFault`."""
    if cell.constant is not None:
        return cell.constant
    raw = _raw(cell.columns, row, cell.join)
    if not raw:
        return cell.default
    if raw in cell.values:
        return cell.values[raw]
    if cell.other is not None:
        return cell.other
    match cell.form:
        case "key":
            return key_of(raw)
        case "slug":
            return _slug(raw, cell)
    if cell.values and cell.form is None:
        raise _fault(
            cell.columns,
            raw,
            "not_in_table",
            f"What stands there {described(raw)}; it is not in the table of values.",
            "add it, or an `other`.",
        )
    return raw


def value_of(cell: Cell, row: Cells[str, str], form: Any) -> Any:
    """The value of ``cell`` in ``row`` as ``form``, a type msgspec knows; None where there is nothing.

    Raises `CellFault`; of what may be somebody's name, number or own words it repeats nothing.
    """
    try:
        return _value_of(cell, row, form)
    except CellFault as fault:
        if not any((getattr(meta, "extra", None) or {}).get("unquoted") for meta in get_args(form)[1:]):
            raise
        message = "What stands there cannot be taken over; it is not repeated here, as it may be personal."
        raise CellFault(message, code=fault.code, hint=fault.hint, column=fault.column, value="") from None


def _value_of(cell: Cell, row: Cells[str, str], form: Any) -> Any:
    text = text_of(cell, row)
    if text is None:
        return None
    try:
        return msgspec.convert(text, form, strict=False)
    except msgspec.ValidationError as error:
        raise _fault(
            cell.columns,
            _raw(cell.columns, row, cell.join) or text,
            "bad_value",
            f"What stands there {described(text)}; it cannot stand there: {_wanted(error, form)}.",
            'a table of values, or as = "slug" or "key", makes it fit.',
        ) from error


def instant_of(moment: Moment, row: Cells[str, str], time_zone: str) -> dt.datetime | None:
    """The instant that ``moment`` names in ``row``, in UTC; None where there is nothing. Raises `CellFault`."""
    raw = _raw(moment.columns, row, " ")
    if not raw:
        return None
    found = _parsed(moment, raw)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone(time_zone))
    try:
        instant = to_utc(found)
        if not moment.end_of_day:
            return instant
        # Not before it is known to be no day without a next one, which is how some write that there is no end.
        next_day = found.date() + dt.timedelta(days=1)
        return to_utc(dt.datetime.combine(next_day, dt.time(), found.tzinfo))
    except FormError as error:
        raise _fault(moment.columns, raw, error.code, error.message, error.hint) from error


def slot_of(cell: Cell, day: dt.datetime, row: Cells[str, str], time_zone: str) -> tuple[dt.datetime, dt.datetime]:
    """Both ends, in UTC, of a slot such as ``09:00-11:30`` on the local day of ``day``; past midnight if reversed."""
    text = text_of(cell, row) or ""
    found = _SLOT.match(text)
    local = zone(time_zone)
    date = day.astimezone(local).date()
    try:
        if found is None:
            raise ValueError(text)
        start, end = (dt.datetime.strptime(clock, "%H:%M").time() for clock in found.groups())  # noqa: DTZ007
    except ValueError as error:
        raise _fault(
            cell.columns,
            text,
            "bad_value",
            f"What stands there {described(text)}; it is no slot of a day.",
            "09:00-11:30 was meant.",
        ) from error
    last = date if end > start else date + dt.timedelta(days=1)
    return to_utc(dt.datetime.combine(date, start, local)), to_utc(dt.datetime.combine(last, end, local))


def missing(columns: tuple[str, ...], field: str) -> CellFault:
    """The fault of an empty cell that must not be."""
    return _fault(columns, "", "missing_field", f"There is no {field}.", "give the mapping a default for it.")


def _parsed(moment: Moment, raw: str) -> dt.datetime:
    for form in moment.formats:
        try:
            return dt.datetime.fromisoformat(raw) if form == "iso" else dt.datetime.strptime(raw, form)  # noqa: DTZ007
        except ValueError:
            continue
    wanted = " or ".join(moment.formats)
    raise _fault(
        moment.columns,
        raw,
        "bad_instant",
        f"What stands there {described(raw)}; it is not written as {wanted}.",
        "name its format in the mapping.",
    )


def _slug(raw: str, cell: Cell) -> str:
    lower = raw.lower()
    if not lower.isascii() and any(char.isalnum() for char in lower if not char.isascii()):
        # Dropping letters would make one name out of two.
        raise _fault(
            cell.columns,
            raw,
            "bad_value",
            f"What stands there {described(raw)}, with letters other than a-z; a slug of it would lose them.",
            'a table of values or as = "key" keeps it apart from others.',
        )
    return re.sub(r"[^a-z0-9]+", "-", lower).strip("-")


def _raw(columns: tuple[str, ...], row: Cells[str, str], join: str) -> str:
    return join.join(text for column in columns if (text := row[column].strip()))


def _fault(columns: tuple[str, ...], value: str, code: str, message: str, hint: str) -> CellFault:
    told = value if may_quote(value) else ""
    return CellFault(message, code=code, hint=hint, column=" + ".join(columns), value=told)


def _wanted(error: msgspec.ValidationError, form: Any) -> str:
    """What ``form`` asks for; of an enumeration its words, as the decoder would repeat the value instead."""
    for one in (form, *get_args(form)):
        if isinstance(one, EnumType):
            return f"one of {', '.join(map(str, one.__members__.values()))} was expected"
    return str(error)
