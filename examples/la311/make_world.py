"""Makes ``examples/la311-world.toml`` from the mix of the ledger itself: ``python make_world.py LEDGER.csv > WORLD``.

The ledger says what was asked, where, and which yard it was given to (AssignTo); it does not say who came. So the
crews are reckoned from it: per area and trade, the minutes of all rows with a place, travel added, over what one crew
gives in the days within which most of it was promised; shared out to the area's yards in the ratio of their rows.
Minutes per visit are estimates of ours. Counts and mean positions are all that is taken over from the file.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

WORK: dict[str, tuple[str, str, int, int]] = {
    "Bulky Items": ("cleaning", "collection", 12, 4),
    "Metal/Household Appliances": ("cleaning", "collection", 12, 4),
    "Electronic Waste": ("cleaning", "collection", 10, 4),
    "Illegal Dumping Pickup": ("cleaning", "clean-up", 25, 5),
    "Homeless Encampment": ("cleaning", "clean-up", 60, 5),
    "Dead Animal Removal": ("cleaning", "clean-up", 10, 7),
    "Graffiti Removal": ("cleaning", "graffiti", 25, 4),
    "Single Streetlight Issue": ("repair", "streetlight", 45, 6),
    "Multiple Streetlight Issue": ("repair", "streetlight", 90, 7),
    "Report Water Waste": ("patrol", "inspection", 20, 5),
    "Other": ("patrol", "inspection", 20, 2),
    "Feedback": ("patrol", "inspection", 20, 2),
}
"""Per RequestType: kind, trade, minutes on site, priority."""

TRAVEL_MIN = 8
"""Minutes under way per visit, on average, that a crew is reckoned with."""
DAYS = 5
"""From Tuesday the 2nd to Saturday the 6th of January: 8 of 10 promised days lie before the 7th."""
CREW_MIN = 450
"""Minutes of a shift of eight and a half hours less the break and what is left over at its end."""

HEAD = """\
# Crews of the City of Los Angeles for the ledger la311_2018_10k.csv. Made by examples/la311/make_world.py; do not edit.
#
# One area per APC (area planning commission). {crews} crews for {rows:,} rows with a place: per area and trade the
# minutes of its rows with {travel} minutes of travel each, over {days} days of {minutes} minutes, rounded up, shared
# among the yards (AssignTo) in the ratio of their rows. A crew with its truck counts as one worker. A yard stands
# where its rows lie on average. Minutes per visit are estimates: the ledger does not say who came nor how long.

world = "la311"

[policy]
time_zone = "America/Los_Angeles"
plan_budget = 10
speeds = {{ car = 30.0 }}
# Whatever can be done within the week is done, however late: staying out costs more than a week of lateness.
weights = {{ unplanned = 25000.0 }}

[shifts.day]
start = "06:00"
end = "14:30"
days = ["mon", "tue", "wed", "thu", "fri", "sat"]
breaks = [{{ start_from = "09:30", end_by = "11:30", minutes = 30 }}]
"""


def slug(text: str) -> str:
    """Lower case, everything but a-z and 0-9 turned into a hyphen; as the import makes it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def crews_needed(rows: list[dict[str, str]]) -> int:
    """Crews that do the work of ``rows``, all of one area and trade, in `DAYS` days."""
    minutes = sum(WORK[row["RequestType"]][2] + TRAVEL_MIN for row in rows)
    return math.ceil(minutes / (DAYS * CREW_MIN))


def shared_out(crews: int, weights: Counter[str]) -> dict[str, int]:
    """``crews`` shared out by ``weights``, by largest remainders; those who get none are left out."""
    total = sum(weights.values())
    exact = {yard: crews * weight / total for yard, weight in weights.items()}
    given = {yard: int(share) for yard, share in exact.items()}
    by_rest = sorted(exact, key=lambda yard: (given[yard] - exact[yard], yard))
    for yard in by_rest[: crews - sum(given.values())]:
        given[yard] += 1
    return {yard: count for yard, count in sorted(given.items()) if count}


def world_of(rows: list[dict[str, str]]) -> str:
    """The world file for the ledger ``rows``."""
    placed = [row for row in rows if row["Latitude"] and row["Longitude"] and row["APC"]]
    by_need: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in placed:
        by_need[slug(row["APC"]), WORK[row["RequestType"]][1]].append(row)
    parts: list[str] = []
    total = 0
    for title, (kind, trade, minutes, priority) in WORK.items():
        parts.append(
            f'[[categories]]\nid = "{slug(title)}"\nkind = "{kind}"\ntitle = "{title}"\nskill = "{trade}"\n'
            f"minutes = {minutes}\npeople = 1\npriority = {priority}\n"
        )
    for (area, trade), needing in sorted(by_need.items()):
        crews = crews_needed(needing)
        total += crews
        # Rows without a yard still are work for the area's crews.
        yards = Counter(row["AssignTo"] for row in needing if row["AssignTo"]) or Counter({"city": 1})
        parts.append(f"# {area}, {trade}: {len(needing)} rows, {crews} crews\n")
        for yard, count in shared_out(crews, yards).items():
            parts += _yard(area, trade, yard, count, needing)
    head = HEAD.format(crews=total, rows=len(placed), travel=TRAVEL_MIN, days=DAYS, minutes=CREW_MIN)
    return "\n".join([head, *parts])


def _yard(area: str, trade: str, yard: str, count: int, needing: list[dict[str, str]]) -> list[str]:
    there = [row for row in needing if row["AssignTo"] == yard] or needing
    lat = sum(float(row["Latitude"]) for row in there) / len(there)
    lon = sum(float(row["Longitude"]) for row in there) / len(there)
    place = f"{slug(yard)}-{trade}-{area.removesuffix('-apc')}"
    parts = [
        f'[[places]]\nid = "{place}"\narea = "{area}"\nkind = "site"\ntitle = "{yard}, {trade}"\n'
        f"lat = {lat:.5f}\nlon = {lon:.5f}\n"
    ]
    for number in range(1, count + 1):
        parts.append(
            f'[[workers]]\nid = "{place}-{number}"\narea = "{area}"\nname = "{yard} {trade} {number}"\n'
            f'role = "{"technician" if trade == "streetlight" else "cleaner"}"\nbase = "{place}"\nmode = "car"\n'
            f'skills = [{{ skill = "{trade}" }}]\nshifts = ["day"]\n'
        )
    return parts


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8-sig", newline="") as file:
        sys.stdout.write(world_of(list(csv.DictReader(file))))
