"""What the judges of inspections, breaches and hazards ask for: each level, each day, each link."""

from __future__ import annotations

import datetime as dt

from core.demo.told import DAY, HOUR, MONDAY, START, Told, facts
from msgspec.structs import replace

from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.guarding import hazards_reported
from dispatch.demo.judging.inspections import breach_rechecked, every_zone_seen
from dispatch.events import order as happened
from dispatch.events.category import CategoryRegistered
from dispatch.events.inspection import InspectionMarked
from dispatch.events.notice import NoticeIssued, NoticeRechecked
from dispatch.events.personal import remark
from dispatch.events.round import RoundRegistered
from dispatch.events.worker import WorkerRegistered
from dispatch.events.zone import ZoneGiven, ZoneRegistered
from dispatch.model.catalogue import Category, Kind
from dispatch.model.people import Role, SkillHeld, Worker
from dispatch.model.places import Band, PlaceRef, Round, Zone
from dispatch.model.policy import InspectionLevel, InspectionPolicy, Policy

LEVELS = tuple(InspectionLevel(id=one, skill=one) for one in ("leader", "supervisor", "steward"))
POLICY = Policy(inspections=InspectionPolicy(levels=LEVELS, recheck_days=1), holidays=(MONDAY + 2 * DAY,))
FLOOR: Told = ("zone", "floor", ZoneRegistered(zone=Zone(id="floor", place="s1")))


def inspector(level: str) -> Told:
    """Somebody who inspects at one level, called by it."""
    who = Worker(id=level, role=Role.CLEANER, base="s1", skills=(SkillHeld(skill=level),))
    return "worker", level, WorkerRegistered(worker=who)


def mark(level: str, work: str = "w", by: str | None = None) -> Told:
    """A mark at a level."""
    return "inspection", "floor", InspectionMarked(worker=by or level, level=level, work=work, points=80)


PEOPLE = tuple(inspector(one.id) for one in LEVELS)


def test_a_zone_is_seen_when_each_level_saw_work_that_the_one_below_had_seen() -> None:
    def broken(*marks: Told) -> int:
        return len(every_zone_seen(facts(FLOOR, *PEOPLE, *marks, policy=POLICY)).broken)

    every = [mark(one.id) for one in LEVELS]
    assert broken(*every) == 0
    assert broken(*every[:2]) == 1
    assert broken(*every[:2], mark("steward", "other")) == 1, "nobody below had seen it"
    assert broken(*every[:2], mark("steward", by="leader")) == 1, "a leader is no steward"
    own = ("zone", "floor", ZoneGiven(helper="steward", plan=1))
    assert broken(own, *every) == 1, "it is the steward's own"
    assert len(every_zone_seen(facts(FLOOR, *PEOPLE, *every)).broken) == 1, "there are no levels"


def issued(recheck: dt.date) -> Told:
    """A breach found on Monday."""
    return "notice", "n1", NoticeIssued(worker="leader", place=PlaceRef(site="s1"), found=MONDAY, recheck=recheck)


def seen(*told: Told, looked: tuple[dt.date, ...] = (), right: bool = True, again: dt.date | None = None) -> list[str]:
    """What is broken of a notice that was ``looked`` at on some days, at the last of them ``right`` or not."""
    events = list(facts(*told, policy=POLICY).evidence.events)
    for index, day in enumerate(looked):
        last = index == len(looked) - 1
        event = NoticeRechecked(
            worker="steward", day=day, put_right=right and last, recheck=None if right and last else again
        )
        at = START + (day - MONDAY) + 12 * HOUR
        (new,) = facts(("notice", "n1", event), at=at).evidence.events[1:]
        events.append(replace(new, position=len(events) + 1))
    begun = facts(*told, policy=POLICY).evidence
    return breach_rechecked(Facts(replace(begun, events=tuple(events)))).broken


TUESDAY, THURSDAY = MONDAY + DAY, MONDAY + 3 * DAY


def test_a_breach_is_looked_at_on_its_day_and_again_until_it_is_right() -> None:
    assert seen(issued(TUESDAY), looked=(TUESDAY,)) == []
    assert len(seen(issued(TUESDAY))) == 1, "nobody looked"
    assert len(seen(issued(TUESDAY), looked=(THURSDAY,))) == 1, "too late"
    assert len(seen(issued(THURSDAY), looked=(THURSDAY,))) == 1, "the next working day is Tuesday"
    assert seen(issued(TUESDAY), looked=(TUESDAY, THURSDAY), again=THURSDAY) == [], "Wednesday is a holiday"
    assert len(seen(issued(TUESDAY), looked=(TUESDAY,), right=False, again=THURSDAY)) == 1, "not looked at again"
    wrong = seen(issued(TUESDAY), looked=(TUESDAY, MONDAY + 2 * DAY), again=MONDAY + 2 * DAY)
    assert len(wrong) == 1, "on a holiday"


def test_a_hazard_and_its_repair_name_each_other() -> None:
    band = Band(start_from="00:00", start_to="00:30")
    walked = Round(id="night", checkpoints=("pump",), minutes=10, bands=(band,))
    gear = Category(id="gear", kind=Kind.REPAIR, skill="building", minutes=30)
    place = PlaceRef(checkpoint="pump")
    window = facts(days=1).evidence
    round_ = happened.OrderOpened(
        origin=happened.Origin.ROUND, kind=Kind.PATROL, category="round", place=place, reported_at=START, round="night",
        windows=(happened.Window(start=window.start, end=window.end),),
    )  # fmt: skip
    repair = happened.OrderOpened(
        origin=happened.Origin.HAZARD, kind=Kind.REPAIR, category="gear", place=place, reported_at=START, found_on="r1"
    )
    told = happened.HazardReported(worker="ann", checkpoint="pump", category="gear", order="h1")
    done = happened.VisitDone(worker="ann", remark=remark("hazard: a valve"))

    def broken(repair: happened.OrderOpened, *hazards: happened.HazardReported) -> int:
        tally = hazards_reported(
            facts(
                ("category", "gear", CategoryRegistered(category=gear)),
                ("round", "night", RoundRegistered(round=walked)),
                ("order", "r1", round_),
                ("order", "r1", done),
                *(("order", "r1", one) for one in hazards),
                ("order", "h1", repair),
                days=1,
            )
        )
        assert tally.applied == 1
        return len(tally.broken)

    assert broken(repair, told) == 0
    assert broken(repair) == 1, "the round does not name it"
    assert broken(replace(repair, found_on="r2"), told) == 1
    assert broken(replace(repair, origin=happened.Origin.REQUEST, found_on=None), told) == 1, "only the same place"
    assert broken(replace(repair, reported_at=START - HOUR), told) == 1
    assert broken(repair, replace(told, order="h2")) == 1
