"""Mapping files: what the columns of a spreadsheet ledger mean, as TOML (``docs/import.md``)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from dispatch.model.errors import FormError, SettingError
from dispatch.model.time import zone
from dispatch.services.toml import read_toml

_PROBE = "id,2026\n"
_MOMENT = dt.datetime(2026, 11, 22, 13, 5, 7, tzinfo=dt.UTC)
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class Cell(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"form": "as"}):
    """Where one field of a request comes from, and how what stands there becomes its value.

    ``column``: the header, or several whose cells are joined by ``join``; or a ``constant``. An empty cell is
    ``default``, or nothing. ``values`` says what a cell's words mean, ``other`` what all the rest mean. Without
    ``values`` a cell is taken as it stands. With ``form`` (in files ``as``) what ``values`` does not name becomes a
    ``slug`` (lower case, everything but a-z and 0-9 turned into ``-``) or a ``key`` (a short digest, for words in any
    script). With ``values`` and neither ``other`` nor ``form``, other words are a fault of the row.
    """

    column: Name | tuple[Name, ...] | None = None
    constant: str | None = None
    default: str | None = None
    values: dict[str, str] = {}
    other: str | None = None
    form: Literal["text", "slug", "key"] | None = None
    join: str = " "

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers it reads, possibly none."""
        return (self.column,) if isinstance(self.column, str) else self.column or ()


class Moment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an instant comes from: ``column`` or several joined by a blank, written as one of ``format``.

    A format is one of `strptime`, or ``iso``. What has no zone of its own is in the file's time zone.
    ``end_of_day``: only the day counts, and the instant is the end of that local day.
    """

    column: Name | tuple[Name, ...]
    format: str | tuple[str, ...] = "iso"
    end_of_day: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The headers it reads."""
        return (self.column,) if isinstance(self.column, str) else self.column

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats to try, in order."""
        return (self.format,) if isinstance(self.format, str) else self.format


class PlaceCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the work is. A row in which all of these are empty is sent without a place, and refused for that."""

    unit: Name | Cell | None = None
    site: Name | Cell | None = None
    checkpoint: Name | Cell | None = None
    lat: Name | Cell | None = None
    lon: Name | Cell | None = None


class WindowCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"start": "from", "end": "to"}):
    """When somebody is at home: two instants, or a ``day`` with a ``slot`` such as ``09:00-11:30``."""

    start: Moment | None = None
    end: Moment | None = None
    day: Moment | None = None
    slot: Name | Cell | None = None


class ContactCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to reach whoever asked. Personal data."""

    name: Name | Cell | None = None
    phone: Name | Cell | None = None
    email: Name | Cell | None = None
    address: Name | Cell | None = None


class RequestCells(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where each field of a request comes from; a plain text is the header of a column."""

    id: Name | Cell
    source: Name | Cell
    area: Name | Cell
    kind: Name | Cell
    category: Name | Cell
    place: PlaceCells
    reported_at: Name | Moment
    promised_by: Name | Moment | None = None
    window: WindowCells | None = None
    urgency: Name | Cell | None = None
    household: Name | Cell | None = None
    inside: Name | Cell | None = None
    detail: Name | Cell | None = None
    contact: ContactCells | None = None


class FileForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the file is written. ``skip_lines``: title lines above the headers."""

    encoding: str = "utf-8-sig"
    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    skip_lines: Annotated[int, Meta(ge=0, le=100)] = 0
    time_zone: Annotated[str, Meta(max_length=64)]


class Mapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the columns of one sort of ledger mean."""

    title: str = ""
    file: FileForm
    request: RequestCells

    def columns(self) -> tuple[str, ...]:
        """Every header the mapping reads, each once, in order of the fields."""
        return tuple(dict.fromkeys(_columns(self.request)))


def cell_of(given: str | Cell) -> Cell:
    """The cell that a field's entry stands for."""
    return Cell(column=given) if isinstance(given, str) else given


def moment_of(given: str | Moment) -> Moment:
    """The moment that a field's entry stands for."""
    return Moment(column=given) if isinstance(given, str) else given


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises `FormError` that names the entry at fault."""
    return mapping_of(read_toml(path, "mapping file", FormError), str(path))


def mapping_of(plain: object, where: str = "the mapping") -> Mapping:
    """The mapping that ``plain`` describes; raises `FormError` that names the entry at fault."""
    try:
        mapping = msgspec.convert(plain, Mapping)
    except msgspec.ValidationError as error:
        raise FormError(f"{where}: {error}.", code="bad_mapping", hint="docs/import.md shows every entry.") from error
    zone(mapping.file.time_zone)
    try:
        # Some encodings are of bytes, some of names: a text must come back from it.
        _PROBE.encode(mapping.file.encoding).decode(mapping.file.encoding, errors="surrogateescape")
    except (LookupError, UnicodeError) as error:
        raise SettingError(
            f"{where}: there is no encoding {mapping.file.encoding!r}.", hint='"utf-8-sig" or "gb18030" was meant.'
        ) from error
    _check(mapping.request, where)
    return mapping


def _check(part: Struct, where: str) -> None:
    for name in part.__struct_fields__:
        entry = getattr(part, name)
        if isinstance(entry, Cell):
            if bool(entry.columns) == (entry.constant is not None):
                raise FormError(
                    f"{where}: {name} needs either a column or a constant.",
                    code="bad_mapping",
                    hint=f'{name} = {{ column = "…" }} or {{ constant = "…" }} was meant.',
                )
        elif isinstance(entry, Moment):
            _check_formats(entry, name, where)
        elif isinstance(entry, WindowCells):
            _check_window(entry, where)
            _check(entry, where)
        elif isinstance(entry, Struct):
            _check(entry, where)


def _check_formats(moment: Moment, name: str, where: str) -> None:
    for form in moment.formats:
        try:
            if form != "iso":
                dt.datetime.strptime(_MOMENT.strftime(form), form)  # noqa: DTZ007
        except (ValueError, re.error) as error:
            raise FormError(
                f"{where}: {name} has the format {form!r}, which reads no instant ({error}).",
                code="bad_mapping",
                hint='"iso" or "%d.%m.%Y %H:%M" was meant.',
            ) from error


def _check_window(window: WindowCells, where: str) -> None:
    given = tuple(getattr(window, name) is not None for name in ("start", "end", "day", "slot"))
    if given not in {(True, True, False, False), (False, False, True, True)}:
        raise FormError(
            f"{where}: a window is either from and to, or day and slot.", code="bad_mapping", hint="one is missing."
        )


def _columns(part: Struct) -> Iterator[str]:
    for name in part.__struct_fields__:
        entry = getattr(part, name)
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, (Cell, Moment)):
            yield from entry.columns
        elif isinstance(entry, Struct):
            yield from _columns(entry)
