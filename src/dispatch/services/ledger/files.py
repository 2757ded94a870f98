"""Ledgers on disk: rows with their line numbers, whatever is wrong with some; and the rows kept aside."""

from __future__ import annotations

import csv
import io
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from dispatch.model.errors import FormError, SettingError
from dispatch.model.quoting import quoted
from dispatch.services.ledger.mapping import Mapping
from dispatch.services.ledger.rows import Fault, LedgerRow

ADDED = ("dispatch_line", "dispatch_code", "dispatch_column", "dispatch_reason", "dispatch_hint")
"""Columns added to the rows kept aside. A mapping does not read them, so the file can be mended and imported."""

_CUT_OFF = "unexpected end of data"
"""What the csv module says when a file ends inside quotes."""


class Ledger(Struct, frozen=True):
    """A ledger as read: its headers, its rows, and how many lines held nothing at all."""

    header: tuple[str, ...]
    rows: tuple[LedgerRow, ...]
    blank: int


class _Lines:
    """The lines of a text, each remembered until asked for: a row that cannot be taken apart is still kept."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._again: list[str] = []
        self._taken: list[str] = []
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self._taken.append(line)
        return line

    def take(self) -> tuple[int, str]:
        """The number of the first line since the last call, and all of them."""
        first = self.number + 1
        self.number += len(self._taken)
        text, self._taken = "".join(self._taken), []
        return first, text

    def take_one(self) -> tuple[int, str]:
        """As `take`, but the first line alone; those after it come again."""
        self._again += reversed(self._taken[1:])
        del self._taken[1:]
        return self.take()


def read_ledger(path: Path, mapping: Mapping) -> Ledger:
    """Read ``path`` as ``mapping`` says; raises `FormError` if it is not there or lacks a column that is mapped."""
    try:
        body = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FormError(f"{path} cannot be read: {reason}.", hint="the path was mistyped.") from error
    return ledger_of(body, mapping, str(path))


def ledger_of(body: bytes, mapping: Mapping, where: str = "the ledger") -> Ledger:
    """The ledger in ``body``. Bytes that are no text in its encoding make their row a bad one, not the file."""
    try:
        text = body.decode(mapping.file.encoding, errors="surrogateescape")
    except UnicodeError as error:
        raise FormError(
            f"{where} is no text in {mapping.file.encoding}.",
            code="bad_encoding",
            hint='the mapping names another encoding than the file has; "utf-8-sig" or "gb18030" was meant.',
        ) from error
    lines = _Lines(text)
    for _ in range(mapping.file.skip_lines):
        next(lines, None)
    lines.take()
    records = _records(lines, mapping.file.delimiter)
    _, header, _ = next(records, (0, (), ""))
    header = tuple(name.strip() for name in header)
    _check_header(header, mapping, where)
    rows: list[LedgerRow] = []
    blank = 0
    for line, cells, fault in records:
        if not fault and not any(cell.strip() for cell in cells):
            blank += 1
        else:
            rows.append(_row(line, cells, header, fault, mapping))
    return Ledger(header, tuple(rows), blank)


def _records(lines: _Lines, delimiter: str) -> Iterator[tuple[int, tuple[str, ...], str]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            why = "a quote is never closed" if str(error) == _CUT_OFF else str(error)
            # An open quote takes in what follows: only the line it begins on is at fault.
            line, text = lines.take_one()
            yield line, (text.rstrip("\r\n"),), f"The row cannot be taken apart: {why}."
        else:
            line, _ = lines.take()
            yield line, tuple(cells), ""


def _row(line: int, cells: tuple[str, ...], header: tuple[str, ...], fault: str, mapping: Mapping) -> LedgerRow:
    if not fault:
        # Empty cells at the end are what spreadsheets add as they please; a row without a cell that is read was cut.
        spare, lacking = cells[len(header) :], set(header[len(cells) :])
        if any(cell.strip() for cell in spare) or lacking & set(mapping.columns()):
            fault = f"The row has {len(cells)} cells, the header {len(header)}."
    if not fault and any("\udc80" <= char <= "\udcff" for cell in cells for char in cell):
        fault = f"The row holds bytes that are no text in {mapping.file.encoding}."
    padded = itertools.chain(cells, itertools.repeat(""))
    by_header = {} if fault else dict(zip(header, padded, strict=False))
    return LedgerRow(line=line, raw=cells, cells=by_header, fault=fault)


def _check_header(header: tuple[str, ...], mapping: Mapping, where: str) -> None:
    for column in mapping.columns():
        count = header.count(column)
        if count == 1:
            continue
        problem = "has no column" if count == 0 else f"has {count} columns"
        raise FormError(
            f"{where} {problem} {column!r}; its header is {', '.join(map(quoted, header)) or 'empty'}.",
            code="bad_header",
            hint="the encoding, delimiter or skip_lines of the mapping is another, or the column was renamed.",
        )


def aside_path(path: Path, named: Path | None = None) -> Path:
    """Where the rows of ``path`` that are not accepted are kept: ``named``, if unset ``<name>.rejected.csv`` beside it.

    Raises `SettingError` if nothing can be written there.
    """
    aside = named if named is not None else path.with_name(f"{path.stem}.rejected.csv")
    if aside.is_dir() or not os.access(aside.parent, os.W_OK):
        raise SettingError(
            f"Rows that are not accepted cannot be kept at {aside}.",
            hint="name another file with --rejected, in a folder that is there.",
        )
    return aside


def write_aside(path: Path, ledger: Ledger, faults: Sequence[tuple[LedgerRow, Fault]], mapping: Mapping) -> Path | None:
    """Keep rows with the reason each was not accepted; gives the file, or None if there are none.

    A file that is there already may have been mended by hand: it is left alone, and the next free name taken.
    """
    if not faults:
        return None
    text, encoding = io.StringIO(newline=""), mapping.file.encoding
    writer = csv.writer(text, delimiter=mapping.file.delimiter)
    writer.writerow([*ledger.header, *ADDED])
    for row, fault in faults:
        cells = [*row.raw, *[""] * (len(ledger.header) - len(row.raw))]
        words = (str(fault.line), fault.code, fault.column, fault.reason, fault.hint)
        # Our words may hold what the file's encoding cannot.
        added = (one.encode(encoding, errors="replace").decode(encoding) for one in words)
        # What stands beyond the header comes last, so that every column is beneath its own name.
        writer.writerow([*cells[: len(ledger.header)], *added, *cells[len(ledger.header) :]])
    body = text.getvalue().encode(encoding, errors="surrogateescape")
    for number in itertools.count(1):
        target = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        try:
            with target.open("xb") as file:
                file.write(body)
        except FileExistsError:
            if target.read_bytes() == body:
                return target
        else:
            return target
    raise AssertionError("itertools.count ended")
