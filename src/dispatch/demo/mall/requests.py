"""What is asked in a mall: spills and small things while it is open, and the month's plan of deep cleaning.

`DOMAIN.md` counts no spills; eight a day are ours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import msgspec

from dispatch.demo.draw import draw
from dispatch.demo.generator import Generator, Spoken
from dispatch.model.time import Window, at_clock

SPILLS_A_DAY = 8.0
OTHERS_A_DAY = 5.0
EVENINGS = 4
UNKNOWN_CATEGORY, UNKNOWN_PLACE = "sign-broken", "floor-9"
FLOORS = ("floor-b1", "floor-1", "floor-2", "floor-3")
"""The floors to be cleaned deeply, one an evening; there are as many batches of toilets."""
LOW_TRAFFIC = ("20:40", "23:00")
"""When a floor is cleaned deeply: the shops close, and the crew is done well before its shift ends."""
TOILETS = ("22:30", "00:20")
"""When toilets are cleaned deeply: by two of the crew, after the floor."""

_OPEN = (0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 6, 8, 9, 8, 6, 6, 6, 7, 8, 8, 5, 1, 0, 0)
"""How many people are about, by hour."""
_OTHERS = (("glass-marked", 40.0), ("bin-full", 60.0))


class MallRequests(Generator):
    """Makes the messages of one day of the mall."""

    kind = "cleaning"

    def asked(self) -> Iterator[Spoken]:
        """What shopkeepers and passers-by ask that day."""
        for index, at in enumerate(self._times("spill", SPILLS_A_DAY, _OPEN)):
            yield self._in_unit("cleaning", f"sp-{index}", (("spill", 1.0),), at)
        for index, at in enumerate(self._times("others", OTHERS_A_DAY, _OPEN[:20])):
            yield self._in_unit("cleaning", f"cl-{index}", _OTHERS, at)

    def unknown(self) -> tuple[Spoken, ...]:
        """Two requests that cannot be planned: nobody wrote down this kind of work, nobody registered that place."""
        at = self._midnight + dt.timedelta(minutes=draw(self._seed, "unknown").randrange(9 * 60, 16 * 60))
        return (
            self._request("cleaning", "uk-category", UNKNOWN_CATEGORY, {"unit": "floor-1"}, at, "app", {}),
            self._request("cleaning", "uk-place", "glass-marked", {"unit": UNKNOWN_PLACE}, at, "app", {}),
        )

    def deep_cleaning(self) -> tuple[Spoken, ...]:
        """The month's plan, entered on the first morning: four floors, a batch of toilets on each of four evenings.

        A floor may be cleaned on any of the evenings; which, the planner chooses.
        """
        found = []
        at = self._midnight + dt.timedelta(hours=6)
        evenings = range(EVENINGS)
        for evening, floor in enumerate(FLOORS):
            for key, category, place, hours, on in (
                (f"deep-{floor}", "deep-floor", floor, LOW_TRAFFIC, evenings),
                (f"deep-toilets-{evening + 1}", "deep-toilets", f"toilets-{evening + 1}", TOILETS, (evening,)),
            ):
                more = {"windows": [msgspec.to_builtins(self._hours(ahead, hours)) for ahead in on]}
                found.append(self._request("cleaning", key, category, {"unit": place}, at, "month-plan", more))
        return tuple(found)

    def _hours(self, ahead: int, hours: tuple[str, str]) -> Window:
        """Between these hours of the evening ``ahead`` days after the first; past midnight if they end before."""
        first, last = hours
        day = self._day + dt.timedelta(days=ahead)
        ends = day + dt.timedelta(days=last < first)
        return Window(start=at_clock(day, first, self._zone), end=at_clock(ends, last, self._zone))
