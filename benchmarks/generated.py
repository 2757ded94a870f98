"""A ledger like the real one, made up from a seed: same columns, same mix, same defects, as many rows as wanted."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random

from msgspec import Struct

COLUMNS = (
    "SRNumber", "CreatedDate", "RequestType", "Owner", "AssignTo", "RequestSource", "Status", "ServiceDate",
    "ClosedDate", "ZipCode", "Latitude", "Longitude", "APC", "CD", "NC",
)  # fmt: skip
FORMAT = "%m/%d/%Y %I:%M:%S %p"
FIRST_DAY = dt.datetime(2018, 1, 1)  # noqa: DTZ001 - the ledger's own clock; the map names its zone

_AREAS = {
    "Central APC": (34.06, -118.28, "NC"),
    "South Valley APC": (34.19, -118.47, "EV"),
    "Harbor APC": (33.77, -118.28, "HB"),
}
_TYPES = {
    "Bulky Items": ("BOS", 49),
    "Graffiti Removal": ("OCB", 21),
    "Illegal Dumping Pickup": ("BOS", 10),
    "Metal/Household Appliances": ("BOS", 8),
    "Electronic Waste": ("BOS", 4),
    "Homeless Encampment": ("BOS", 3),
    "Dead Animal Removal": ("BOS", 2),
    "Other": ("ITA", 2),
    "Single Streetlight Issue": ("BSL", 1),
}


class Counts(Struct):
    """How many rows have which defect; what an import must find again."""

    rows: int = 0
    no_place: int = 0
    no_area: int = 0
    promised_before: int = 0
    no_promise: int = 0
    bad: int = 0


def ledger(rows: int, *, seed: int, bad: int = 0, days: float = 3.4) -> tuple[list[dict[str, str]], Counts]:
    """``rows`` rows over ``days`` days, ``bad`` of them unreadable, and the count of each defect."""
    draw = random.Random(seed)
    counts = Counts()
    made = [_row(draw, number, rows, days, counts) for number in range(rows)]
    for number, row in enumerate(draw.sample([row for row in made if row["Latitude"]], bad)):
        column, value = [("CreatedDate", "yesterday"), ("Latitude", "north"), ("SRNumber", "")][number % 3]
        counts.no_area -= not row["APC"]
        row[column] = value
        counts.bad += 1
    counts.rows = rows
    return made, counts


def text_of(rows: list[dict[str, str]]) -> str:
    """The rows as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _row(draw: random.Random, number: int, rows: int, days: float, counts: Counts) -> dict[str, str]:
    apc = draw.choices(list(_AREAS), weights=(45, 45, 10))[0]
    lat, lon, yard = _AREAS[apc]
    kind = draw.choices(list(_TYPES), weights=[weight for _, weight in _TYPES.values()])[0]
    created = FIRST_DAY + dt.timedelta(seconds=int(days * 86400 * number / rows))
    promised = created.replace(hour=0, minute=0, second=0) + dt.timedelta(days=draw.randint(1, 5))
    row = dict.fromkeys(COLUMNS, "")
    row |= {
        "SRNumber": f"1-{870000000 + number}",
        "CreatedDate": created.strftime(FORMAT),
        "RequestType": kind,
        "Owner": _TYPES[kind][0],
        "AssignTo": yard,
        "RequestSource": draw.choice(["Call", "Mobile App", "Self Service"]),
        "Status": "Closed",
        "ServiceDate": promised.strftime(FORMAT),
        "Latitude": f"{lat + draw.gauss(0, 0.02):.6f}",
        "Longitude": f"{lon + draw.gauss(0, 0.02):.6f}",
        "APC": apc,
    }
    match draw.randrange(100):
        case defect if defect < 11:
            row |= {"Latitude": "", "Longitude": ""}
            counts.no_place += 1
        case defect if defect < 19:
            row["ServiceDate"] = (created - dt.timedelta(days=draw.randint(2, 9))).strftime(FORMAT)
            counts.promised_before += 1
        case defect if defect < 26:
            row["ServiceDate"] = ""
            counts.no_promise += 1
        case 26:
            row["APC"] = ""
            counts.no_area += 1
    return row
