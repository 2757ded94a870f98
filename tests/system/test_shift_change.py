"""A shift that changes, or ends, with somebody at work: the next duty begins once they are free, and where they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from system.estate import WEEK
from system.house import AREA, T0, log_of
from system.invariants import breaches
from system.served_day import ServedDay
from system.voices import HOUR, MINUTE, window

from dispatch.projections.board import BoardRow


class Estate(ServedDay):
    """One plumber whose hours change."""

    async def shifts(self, *spans: tuple[str, str], **more: Any) -> None:
        """From now on these are the plumber's hours."""
        hours = [{"start": start, "end": end, "days": WEEK} for start, end in spans]
        await self.worker("w1", shifts=hours, **more)

    async def planned(self, unit: str) -> BoardRow:
        """Somebody asks for the plumber, at any time; how it is planned."""
        order = await self.say(f"request.{AREA}.repair", source="app", category="tap", place={"unit": unit})
        return (await self.rows())[order]

    async def breaches(self) -> list[str]:
        """What the log says that must not be."""
        return breaches(await log_of(self.client.store))


@pytest.fixture
async def estate(tmp_path: Path) -> AsyncIterator[Estate]:
    """At the base, and at a house an hour and a half on foot away from it, something may be asked for."""
    async with Estate.opened(tmp_path) as day:
        await day.register(far=("unit", 30.05))
        yield day


async def at_work(estate: Estate, unit: str, after_min: int = 0) -> BoardRow:
    """The plumber is on site of a first order."""
    first = await estate.planned(unit)
    assert first.start is not None
    estate.clock.set(first.start + after_min * MINUTE)
    await estate.report("w1", "arrived", first.order)
    return first


async def test_who_is_at_work_when_the_shift_changes_is_not_sent_elsewhere_before(estate: Estate) -> None:
    await estate.shifts(("08:00", "18:00"))
    first = await at_work(estate, "far")
    assert first.start is not None
    estate.clock.set(first.start + 10 * MINUTE)
    await estate.shifts(("09:00", "17:00"))
    second = await estate.planned("far")
    # They are there already, and free after the hour the first one takes.
    assert second.start is not None
    assert first.start + 60 * MINUTE <= second.start <= first.start + 65 * MINUTE
    assert (await estate.rows())[first.order].status == "arrived"
    assert await estate.breaches() == []


async def test_who_is_on_the_way_when_the_shift_changes_goes_there_first(estate: Estate) -> None:
    await estate.shifts(("08:00", "18:00"))
    first = await estate.planned("far")
    assert first.start is not None and first.end is not None
    await estate.report("w1", "on_the_way", first.order)
    await estate.shifts(("08:10", "17:00"))
    second = await estate.planned("u1")
    assert second.start is not None and second.start >= first.end + 60 * MINUTE, "the way back was forgotten"
    assert await estate.breaches() == []


async def test_who_overruns_the_first_half_of_a_day_begins_the_second_later(estate: Estate) -> None:
    await estate.shifts(("08:00", "09:30"), ("09:30", "17:00"))
    first = await at_work(estate, "u1", after_min=45)
    estate.pass_time(70 * MINUTE)
    assert (await estate.rows())[first.order].status == "arrived"
    second = await estate.planned("u1")
    assert first.start is not None and second.start is not None
    assert second.start >= first.start + 105 * MINUTE
    estate.pass_time(91 * MINUTE)
    third = await estate.planned("u1")
    assert third.start is not None and third.start >= second.start + 60 * MINUTE
    assert await estate.breaches() == []


async def test_what_was_done_before_the_shift_changed_counts_for_the_cap_of_the_day(estate: Estate) -> None:
    caps = {"caps": {"visits_per_day": 2}}
    await estate.shifts(("08:00", "18:00"), **caps)
    first = await at_work(estate, "u1")
    await estate.report("w1", "done", first.order)
    await estate.shifts(("08:10", "17:00"), **caps)
    planned = [(await estate.planned("u1")).start for _ in range(3)]
    today = [start for start in planned if start is not None and start < T0 + 24 * HOUR]
    assert len(today) == 1
    assert await estate.breaches() == []


@pytest.mark.parametrize("caps", [{"visits_per_day": 2}, {"minutes_per_day": 100}])
async def test_what_was_worked_on_what_came_off_the_plan_counts_for_the_cap_of_the_day(
    estate: Estate, caps: dict[str, int]
) -> None:
    """Nobody is in at the first, which gets another time; the second is cancelled with the plumber on site."""
    await estate.shifts(("08:00", "18:00"), caps=caps)
    first = await at_work(estate, "u1")
    estate.pass_time(20 * MINUTE)
    await estate.report("w1", "could_not", first.order, reason="nobody in")
    await estate.direct("reschedule", order=first.order, windows=[window(25 * HOUR, 28 * HOUR)])
    second = await at_work(estate, "u1")
    estate.pass_time(45 * MINUTE)
    await estate.direct("cancel", order=second.order)

    third = await estate.planned("u1")
    assert third.start is not None and third.start > T0 + 15 * HOUR
    again = (await estate.rows())[first.order]
    assert again.start is not None and again.workers == ("w1",)
    assert await estate.breaches() == []
