"""Each row of a ledger becomes a request, or a fault that names the line, the column, the value and the reason."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.model.errors import DispatchError, FormError
from dispatch.model.words import is_token, key_of
from dispatch.requests.edge import read_request
from dispatch.services.ledger.files import ledger_of
from dispatch.services.ledger.mapping import Mapping, mapping_of
from dispatch.services.ledger.rows import Fault, Ready, request_of

PLAIN: dict[str, Any] = {
    "file": {"time_zone": "Asia/Shanghai"},
    "request": {
        "id": "No",
        "source": {"constant": "desk"},
        "area": {"constant": "east"},
        "kind": {"column": "Kind", "values": {"R": "repair"}, "default": "cleaning"},
        "category": {"column": "What", "as": "slug"},
        "place": {"unit": {"column": "Unit"}, "lat": "Lat", "lon": "Lon"},
        "reported_at": {"column": "When", "format": ["%Y-%m-%d %H:%M", "%Y/%m/%d"]},
        "promised_by": {"column": "Promised", "format": "%Y-%m-%d", "end_of_day": True},
        "window": {"day": {"column": "Day", "format": "%Y-%m-%d"}, "slot": "Slot"},
        "urgency": {"column": "Urgent", "values": {"yes": "urgent"}, "other": "normal"},
        "household": {"column": ["Unit", "Name"], "join": "/", "as": "key"},
        "detail": {"column": ["What", "Note"], "join": ": "},
        "contact": {"name": "Name", "phone": "Phone"},
    },
}
HEADER = "No,Kind,What,Unit,Lat,Lon,When,Promised,Day,Slot,Urgent,Name,Phone,Note"
GOOD = "7,R,Water leak,b3-1202,,,2026-01-05 08:41,2026-01-06,2026-01-06,14:00-16:00,yes,Wang,555,drips"


def mapping(**changed: Any) -> Mapping:
    """The mapping above with some entries of the request replaced."""
    return mapping_of({**PLAIN, "request": {**PLAIN["request"], **changed}})


def made(line: str, using: Mapping | None = None) -> Ready | Fault:
    """What becomes of one ``line`` under the header above."""
    using = using or mapping()
    (row,) = ledger_of(f"{HEADER}\n{line}\n".encode(), using).rows
    return request_of(row, using)


def body(line: str, using: Mapping | None = None) -> dict[str, Any]:
    """The request a good ``line`` becomes, as plain JSON."""
    found = made(line, using)
    assert isinstance(found, Ready), found
    read_request(found.body)
    plain: dict[str, Any] = json.loads(found.body)
    return plain


def changed(**cells: str) -> str:
    """The good line with some cells replaced."""
    by_name = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    return ",".join({**by_name, **cells}.values())


def test_a_row_becomes_the_request_the_mapping_says() -> None:
    found = made(GOOD)

    assert isinstance(found, Ready)
    assert found.subject == "request.east.repair"
    assert found.reported_at == dt.datetime(2026, 1, 5, 0, 41, tzinfo=dt.UTC)
    assert json.loads(found.body) == {
        "id": "7",
        "source": "desk",
        "category": "water-leak",
        "place": {"unit": "b3-1202"},
        "household": key_of("b3-1202/Wang"),
        "urgency": "urgent",
        "detail": "Water leak: drips",
        "contact": {"name": "Wang", "phone": "555"},
        "window": {"from": "2026-01-06T06:00:00Z", "to": "2026-01-06T08:00:00Z"},
        "promised_by": "2026-01-06T16:00:00Z",
        "reported_at": "2026-01-05T00:41:00Z",
    }


def test_empty_cells_are_defaults_or_nothing() -> None:
    plain = body(changed(Kind="", Promised="", Day="", Slot="", Urgent="", Name="", Phone="", Note=""))

    assert {"promised_by", "window", "contact"}.isdisjoint(plain)
    assert made(changed(Kind="")).subject == "request.east.cleaning"  # type: ignore[union-attr]


def test_a_row_without_a_place_is_sent_without_one_for_the_desk_to_refuse() -> None:
    found = made(changed(Unit=""))

    assert isinstance(found, Ready)
    assert json.loads(found.body)["place"] == {}
    with pytest.raises(FormError) as refused:
        read_request(found.body)
    assert refused.value.code == "bad_place"


def test_a_promised_day_ends_with_the_local_day_also_when_clocks_change() -> None:
    berlin = mapping_of({**PLAIN, "file": {"time_zone": "Europe/Berlin"}})

    assert body(changed(Promised="2026-03-29"), berlin)["promised_by"] == "2026-03-29T22:00:00Z"
    assert body(changed(Promised="2026-03-28"), berlin)["promised_by"] == "2026-03-28T23:00:00Z"


@pytest.mark.parametrize(
    ("cells", "column", "value", "code"),
    [
        ({"No": ""}, "No", "", "missing_field"),
        ({"No": "a b"}, "No", "", "bad_value"),
        ({"Kind": "X"}, "Kind", "X", "not_in_table"),
        ({"What": "漏水"}, "What", "", "bad_value"),
        ({"What": "!!"}, "What", "", "bad_value"),
        ({"Unit": "B3"}, "Unit", "B3", "bad_value"),
        ({"Unit": "", "Lat": "north", "Lon": "1"}, "Lat", "north", "bad_value"),
        ({"Unit": "", "Lat": "91", "Lon": "1"}, "Lat", "91", "bad_value"),
        ({"When": "yesterday"}, "When", "yesterday", "bad_instant"),
        ({"When": ""}, "When", "", "missing_field"),
        ({"When": "2999/01/01"}, "When", "", "instant_out_of_range"),
        ({"Promised": "soon"}, "Promised", "soon", "bad_instant"),
        ({"Slot": "morning"}, "Slot", "morning", "bad_value"),
        ({"Slot": "25:00-26:00"}, "Slot", "25:00-26:00", "bad_value"),
        ({"Note": "x" * 5000}, "What + Note", "", "bad_value"),
    ],
)
def test_a_bad_cell_is_named(cells: dict[str, str], column: str, value: str, code: str) -> None:
    found = made(changed(**cells))

    assert isinstance(found, Fault)
    assert (found.line, found.column, found.code) == (2, column, code)
    assert found.value == value
    assert found.reason.endswith(".")


def test_half_a_window_is_a_fault_of_the_empty_half() -> None:
    ends = mapping(window={"from": {"column": "Day", "format": "%Y-%m-%d"}, "to": {"column": "Slot"}})

    found = made(changed(Slot=""), ends)

    assert isinstance(found, Fault)
    assert (found.column, found.code) == ("Slot", "missing_field")


def test_the_reserved_area_is_refused_before_it_is_sent() -> None:
    found = made(GOOD, mapping(area={"column": "Note", "values": {"drips": "all"}}))

    assert isinstance(found, Fault)
    assert (found.column, found.code) == ("Note", "reserved_area")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_without_a_next_one_makes_its_row_bad(day: str) -> None:
    fault = made(GOOD.replace(",2026-01-06,2026-01-06,", f",{day},2026-01-06,"))
    assert isinstance(fault, Fault)
    assert (fault.code, fault.column) == ("instant_out_of_range", "Promised")


def test_chinese_headers_words_and_encoding() -> None:
    chinese = mapping_of(
        {
            "file": {"encoding": "gb18030", "delimiter": "\t", "skip_lines": 1, "time_zone": "Asia/Shanghai"},
            "request": {
                "id": "单号",
                "source": {"constant": "taizhang"},
                "area": {"column": "小区", "values": {"东苑": "east"}},
                "kind": {"column": "类别", "values": {"维修": "repair", "保洁": "cleaning"}},
                "category": {"column": "报修内容", "values": {"漏水": "water-leak"}, "as": "key"},
                "place": {"unit": {"column": "房号", "as": "key"}},
                "reported_at": {"column": ["日期", "时间"], "format": "%Y年%m月%d日 %H:%M"},
                "window": {
                    "day": {"column": "日期", "format": "%Y年%m月%d日"},
                    "slot": {"column": "时段", "values": {"上午": "09:00-12:00"}, "other": "14:00至18:00"},
                },
                "contact": {"name": "业主"},
            },
        }
    )
    text = (
        "2026年1月 业主报修台账\n"
        "单号\t日期\t时间\t小区\t类别\t报修内容\t房号\t时段\t业主\n"
        "BX-1\t2026年1月5日\t8:41\t东苑\t维修\t漏水\t3栋1202\t上午\t王先生\n"
        "BX-2\t2026年1月5日\t9:05\t东苑\t保洁\t灯不亮\t3栋1203\t下午\t李女士\n"
    )
    first, second = (request_of(row, chinese) for row in ledger_of(text.encode("gb18030"), chinese).rows)

    assert isinstance(first, Ready)
    assert isinstance(second, Ready)
    assert (first.row.line, second.row.line) == (3, 4)
    plain = json.loads(first.body)
    assert plain["category"] == "water-leak"
    assert plain["place"] == {"unit": key_of("3栋1202")}
    assert plain["contact"] == {"name": "王先生"}
    assert plain["reported_at"] == "2026-01-05T00:41:00Z"
    assert json.loads(second.body)["window"] == {"from": "2026-01-05T06:00:00Z", "to": "2026-01-05T10:00:00Z"}
    assert json.loads(second.body)["category"] == key_of("灯不亮")


@given(st.text(max_size=80))
def test_no_text_in_any_cell_does_more_than_make_a_fault(text: str) -> None:
    using = mapping()
    cells = dict.fromkeys(HEADER.split(","), text)
    (row,) = ledger_of(f"{HEADER}\n{GOOD}\n".encode(), using).rows
    found = request_of(type(row)(line=2, raw=(), cells=cells), using)

    assert isinstance(found, (Ready, Fault))


@given(st.text(alphabet=st.characters(max_codepoint=127, exclude_characters='\r\n",'), min_size=1, max_size=70))
def test_a_slug_is_a_token_or_a_fault(text: str) -> None:
    found = made(changed(What=text))

    if isinstance(found, Ready):
        assert is_token(json.loads(found.body)["category"])
    else:
        assert found.column in {"What", "What + Note"} or not text.strip()


@pytest.mark.parametrize(
    ("plain", "hint"),
    [
        ({"request": PLAIN["request"]}, "file"),
        ({**PLAIN, "file": {"time_zone": "Mars/Olympus"}}, "Mars/Olympus"),
        ({**PLAIN, "file": {"time_zone": "UTC", "encoding": "utf-99"}}, "utf-99"),
        *(({**PLAIN, "file": {"time_zone": "UTC", "encoding": name}}, name) for name in ("hex", "idna", "undefined")),
        *(
            ({**PLAIN, "request": {**PLAIN["request"], "reported_at": {"column": "At", "format": form}}}, "reads no")
            for form in ("%d %d", "%Q", "%", ["iso", "%d.%m.%Y %-H"])
        ),
        ({**PLAIN, "file": {"time_zone": "UTC", "delimiter": ";;"}}, "delimiter"),
        ({**PLAIN, "extra": 1}, "extra"),
        ({**PLAIN, "request": {**PLAIN["request"], "id": {"column": "No", "constant": "x"}}}, "id needs"),
        ({**PLAIN, "request": {**PLAIN["request"], "place": {"unit": {"as": "slug"}}}}, "unit needs"),
        ({**PLAIN, "request": {**PLAIN["request"], "window": {"slot": "Slot"}}}, "window"),
    ],
)
def test_a_bad_mapping_names_what_is_wrong_with_it(plain: dict[str, Any], hint: str) -> None:
    with pytest.raises(DispatchError, match=hint):
        mapping_of(plain)


@pytest.mark.parametrize(
    ("cells", "column"),
    [({"Name": "Wang" * 60}, "Name"), ({"Phone": "5" * 300}, "Phone"), ({"Note": "Wang " * 1000}, "What + Note")],
)
def test_a_fault_repeats_nothing_personal(cells: dict[str, str], column: str) -> None:
    found = made(changed(**cells), mapping(household={"constant": "h1"}))
    assert isinstance(found, Fault)
    assert (found.code, found.column, found.value) == ("bad_value", column, "")
    assert "Wang" not in found.reason + found.hint
    assert "555" not in found.reason + found.hint
