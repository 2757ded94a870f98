"""A ledger file is read row by row whatever is wrong with some; rows not accepted are kept as they stood."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dispatch.model.errors import FormError, SettingError
from dispatch.services.ledger.files import ADDED, aside_path, ledger_of, read_ledger, write_aside
from dispatch.services.ledger.mapping import Mapping, mapping_of
from dispatch.services.ledger.rows import Fault, LedgerRow, Ready, request_of


def mapping(**file: object) -> Mapping:
    """A small mapping; ``file`` says how the file is written."""
    return mapping_of(
        {
            "file": {"time_zone": "UTC", **file},
            "request": {
                "id": "id",
                "source": {"constant": "s"},
                "area": {"constant": "east"},
                "kind": {"constant": "repair"},
                "category": "what",
                "place": {"unit": "unit"},
                "reported_at": "at",
            },
        }
    )


HEADER = "id,what,unit,at"
GOOD = "1,leak,b3,2026-01-05T08:00:00"


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = f'title\n{HEADER}\n{GOOD}\n\n2,"two\nlines",b3,2026-01-05\n,,,\n3,leak,b3,2026-01-05\n'

    ledger = ledger_of(text.encode(), mapping(skip_lines=1))

    assert [row.line for row in ledger.rows] == [3, 5, 8]
    assert ledger.blank == 2


def test_a_byte_order_mark_and_carriage_returns_are_no_part_of_the_cells() -> None:
    ledger = ledger_of(f"\ufeff{HEADER}\r\n{GOOD}\r\n".encode(), mapping())

    assert ledger.header == ("id", "what", "unit", "at")
    assert ledger.rows[0].cells["at"] == "2026-01-05T08:00:00"


def test_rows_cut_short_and_long_ones_are_bad_unless_nothing_is_missing_or_too_much() -> None:
    rows = ledger_of(f"{HEADER},note\n1,leak\n{GOOD}\n{GOOD},,,\n{GOOD},,x\n".encode(), mapping()).rows
    short, without_note, empty_tail, long = rows

    assert short.fault == "The row has 2 cells, the header 5."
    assert without_note.cells["note"] == "" and not without_note.fault
    assert not empty_tail.fault
    assert long.fault == "The row has 6 cells, the header 5."


def test_a_quote_never_closed_makes_the_line_it_begins_on_bad_and_no_other() -> None:
    text = f'{HEADER}\n{GOOD}\n2,"leak,b3,2026-01-05\n3,leak 5" pipe,b3,2026-01-05\n4,leak,b3,2026-01-05'

    ledger = ledger_of(text.encode(), mapping())

    assert [(row.line, bool(row.fault)) for row in ledger.rows] == [(2, False), (3, True), (4, False), (5, False)]
    assert ledger.rows[1].raw == ('2,"leak,b3,2026-01-05',)
    assert "taken apart" in ledger.rows[1].fault
    (last,) = ledger_of(f'{HEADER}\n1,leak,b3,"2026-01-05\n'.encode(), mapping()).rows
    assert "never closed" in last.fault
    (closed,) = ledger_of(f'{HEADER}\n1,leak,b3,"2026-01-05"'.encode(), mapping()).rows
    assert not closed.fault


def test_in_the_file_kept_aside_every_column_stands_beneath_its_name(tmp_path: Path) -> None:
    body = f'{HEADER}\n{GOOD},too,many\n2,leak\n3,leak,b3,"2026'.encode()
    using = mapping()

    kept = write_aside(tmp_path / "l.rejected.csv", ledger_of(body, using), faults_of(body, using), using)

    assert kept is not None
    with kept.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, restkey="beyond"))
    assert [(row["id"], row["dispatch_line"], row["dispatch_code"]) for row in rows] == [
        ("1", "2", "bad_row"),
        ("2", "3", "bad_row"),
        ('3,leak,b3,"2026', "4", "bad_row"),
    ]
    assert [row.get("beyond") for row in rows] == [["too", "many"], None, None]


def test_bytes_that_are_no_text_make_their_row_bad_and_no_other() -> None:
    body = f"{HEADER}\n{GOOD}\n".encode() + b"2,\xff\xfe,b3,2026-01-05\n" + GOOD.encode()

    first, bad, last = ledger_of(body, mapping()).rows

    assert not first.fault
    assert "no text in utf-8-sig" in bad.fault
    assert not last.fault


def test_a_cell_too_large_for_the_reader_makes_its_row_bad_and_no_other() -> None:
    huge = "x" * (csv.field_size_limit() + 1)

    bad, good = ledger_of(f"{HEADER}\n1,{huge},b3,2026-01-05\n{GOOD}\n".encode(), mapping()).rows

    assert "cannot be taken apart" in bad.fault
    assert huge in bad.raw[0]
    assert isinstance(request_of(good, mapping()), Ready)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,what,unit\n", "no column 'at'"),
        ("id,what,unit,at,at\n", "2 columns 'at'"),
        ("", "its header is empty"),
        ("id;what;unit;at\n", "no column 'id'"),
    ],
)
def test_a_header_without_a_mapped_column_is_named(text: str, words: str) -> None:
    with pytest.raises(FormError, match=words):
        ledger_of(text.encode(), mapping())


@pytest.mark.parametrize("encoding", ["utf-7", "utf-16"])
def test_a_file_of_another_encoding_is_refused_as_a_whole(encoding: str) -> None:
    with pytest.raises(FormError, match=f"no text in {encoding}"):
        ledger_of(b"id,\xff+\xe9\n", mapping(encoding=encoding))


def test_our_words_about_a_row_go_into_a_file_whose_encoding_lacks_them(tmp_path: Path) -> None:
    body, using = f"{HEADER}\n2,leak,b3,yesterday\n".encode(), mapping(encoding="ascii")
    ledger = ledger_of(body, using)
    fault = Fault(line=2, code="bad_instant", reason="Wort für Wort", hint="…")
    kept = write_aside(tmp_path / "kept.csv", ledger, [(ledger.rows[0], fault)], using)
    assert kept is not None and "Wort f?r Wort,?" in kept.read_text(encoding="ascii")


def test_where_rows_cannot_be_kept_is_said_before_any_is_sent(tmp_path: Path) -> None:
    assert aside_path(tmp_path / "l.csv") == tmp_path / "l.rejected.csv"
    assert aside_path(tmp_path / "l.csv", tmp_path / "other.csv") == tmp_path / "other.csv"
    for bad in (tmp_path / "nowhere" / "kept.csv", tmp_path):
        with pytest.raises(SettingError, match="cannot be kept at"):
            aside_path(tmp_path / "l.csv", bad)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormError, match=r"nowhere\.csv"):
        read_ledger(tmp_path / "nowhere.csv", mapping())


def faults_of(body: bytes, using: Mapping) -> list[tuple[LedgerRow, Fault]]:
    """The rows of ``body`` that are no request, with their faults."""
    pairs = [(row, request_of(row, using)) for row in ledger_of(body, using).rows]
    return [(row, made) for row, made in pairs if isinstance(made, Fault)]


def test_rows_kept_aside_can_be_mended_and_imported_with_the_same_mapping(tmp_path: Path) -> None:
    body = f"{HEADER}\n{GOOD}\n2,leak,b3,yesterday\n".encode() + b"3,\xff,b3,2026-01-05\n"
    using = mapping()
    faults = faults_of(body, using)

    kept = write_aside(tmp_path / "l.rejected.csv", ledger_of(body, using), faults, using)

    assert kept is not None
    again = ledger_of(kept.read_bytes(), using)
    assert again.header == ("id", "what", "unit", "at", *ADDED)
    assert [row.cells.get("dispatch_code") or row.fault for row in again.rows] == [
        "bad_instant",
        "The row holds bytes that are no text in utf-8-sig.",
    ]
    assert b"3,\xff,b3," in kept.read_bytes()
    mended = kept.read_bytes().replace(b"yesterday", b"2026-01-04").replace(b"\xff", b"leak")
    assert faults_of(mended, using) == []


def test_a_file_kept_before_is_never_written_over(tmp_path: Path) -> None:
    using = mapping()
    body = f"{HEADER}\n2,leak,b3,yesterday\n".encode()
    ledger, faults = ledger_of(body, using), faults_of(body, using)
    path = tmp_path / "l.rejected.csv"

    assert write_aside(path, ledger, [], using) is None
    assert write_aside(path, ledger, faults, using) == path
    assert write_aside(path, ledger, faults, using) == path
    path.write_text("mended by hand", encoding="utf-8")
    assert write_aside(path, ledger, faults, using) == tmp_path / "l.rejected-2.csv"
    assert path.read_text(encoding="utf-8") == "mended by hand"
