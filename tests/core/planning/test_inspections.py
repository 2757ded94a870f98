"""Inspections of a month on the frame: drawn by a seed, every zone seen, what was told stays, what is missed said."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from core.decide.given import Happening, on
from core.decide.sample import WEEK, entity, worker
from core.planning.folded import add, commit, folded
from msgspec.structs import replace

from dispatch.decide.inspection import KIND, name_of
from dispatch.events.horizon import DrawRecorded, HorizonPublished
from dispatch.events.inspection import InspectionMarked, InspectionMissed, InspectionsPublished, PlannedInspection
from dispatch.events.notice import NoticeIssued, NoticeRechecked, RecheckMissed
from dispatch.events.place import PlaceRegistered
from dispatch.events.policy import PolicySet
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.events.zone import ZoneRegistered
from dispatch.model.people import Role, Shift, SkillHeld
from dispatch.model.places import Place, PlaceKind, PlaceRef, Zone
from dispatch.model.policy import InspectionLevel, InspectionPolicy, Policy
from dispatch.planning.area import AreaState
from dispatch.planning.horizon_kinds import answer
from dispatch.planning.horizons import Asked, head_of_kind, publishing
from dispatch.planning.inspection_ask import inspectors_of, month_of, weeks_of, work_id
from dispatch.planning.inspections import Inspections, overdue

SECRET = "known to the planner and nobody else"
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 1, 1, 0, tzinfo=dt.UTC)
"""Nine in the morning of Sunday the first in Shanghai."""
DECEMBER = dt.date(2026, 12, 1)
LEVELS = tuple(
    InspectionLevel(id=name, skill=f"inspect-{name}", share=share, weight=weight)
    for name, share, weight in (("leader", 0.5, 1.0), ("supervisor", 0.3, 2.0), ("steward", 0.2, 3.0))
)
ZONES = tuple(f"z{number}" for number in range(6))


def staff(key: str, *levels: str, **more: Any) -> tuple[Happening, ...]:
    """Somebody at work by day who inspects at these levels."""
    fields: dict[str, Any] = {
        "role": Role.CLEANER,
        "skills": tuple(SkillHeld(skill=f"inspect-{level}") for level in levels),
        "shifts": (Shift(start="08:00", end="18:00", days=WEEK),),
    }
    return on(entity("worker", key), WorkerRegistered(worker=worker(key, **{**fields, **more})))


def zone(key: str, **more: Any) -> tuple[Happening, ...]:
    """A zone."""
    return on(entity("zone", key), ZoneRegistered(zone=Zone(id=key, place="s1", **more)))


def estate(*more: tuple[Happening, ...], levels: tuple[InspectionLevel, ...] = LEVELS) -> AreaState:
    """Six zones, two leaders, a supervisor, a steward."""
    policy = Policy(inspections=InspectionPolicy(levels=levels))
    site = Place(id="s1", kind=PlaceKind.SITE, lat=30.0, lon=120.0)
    people = (staff("ann", "leader"), staff("bob", "leader"), staff("cleo", "supervisor"), staff("dan", "steward"))
    return folded(
        on(entity("policy", "current"), PolicySet(policy=policy)),
        on(entity("place", "s1"), PlaceRegistered(place=site)),
        *people,
        *(zone(key, team="t1" if key < "z3" else "t2") for key in ZONES),
        *more,
    )


def asked(state: AreaState, now: dt.datetime = NOW) -> Asked | None:
    """What is due."""
    return Inspections().ask(state, now)


def publish(state: AreaState, now: dt.datetime = NOW, secret: str = SECRET) -> HorizonPublished:
    """Draw what is due, and let it be published; the independent check finds nothing wrong."""
    due = asked(state, now)
    assert due is not None, "nothing is due"
    answered = answer(Inspections().keyed(state.area, due, secret))
    assert answered.findings == ()
    head = None
    for batch in publishing(state, Inspections(), due, answered.plan):
        (head, *_) = batch[entity("horizon", KIND)]
        commit(state, batch, now)
    assert isinstance(head, HorizonPublished)
    return head


def planned(state: AreaState) -> list[tuple[str, PlannedInspection]]:
    """All inspections by day."""
    found = [(key, one) for key, known in state.inspections.items() for one in known.planned]
    return sorted(found, key=lambda pair: (pair[1].day, pair[1].level, pair[0]))


def test_each_level_sees_every_zone_of_the_month_from_tomorrow_on_behind_the_level_below() -> None:
    state = estate()
    published = publish(state)
    assert (published.start, published.until, published.open_count) == (dt.date(2026, 11, 2), DECEMBER, 0)
    found = planned(state)
    for level in LEVELS:
        assert {key for key, one in found if one.level == level.id} == set(ZONES), "a zone is not seen"
    assert all(dt.date(2026, 11, 2) <= one.day < DECEMBER for _, one in found)
    days = {name_of(one.level, one.work): one.day for _, one in found}
    for below, above in (("leader", "supervisor"), ("supervisor", "steward")):
        for _, one in found:
            if one.level == above:
                assert days[name_of(below, one.work)] <= one.day, "it was not inspected at the level below"
    assert {one.inspector for _, one in found if one.level == "leader"} <= {"ann", "bob"}
    assert {one.team for key, one in found if key < "z3"} == {"t1"}
    assert asked(state) is None
    assert asked(state, NOW + 20 * DAY) is None, "a day that passes is no reason"


def test_in_a_larger_estate_every_level_sees_every_zone_of_the_month() -> None:
    levels = tuple(replace(level, share=0.1) for level in LEVELS)
    more = [zone(f"y{number}", team=f"t{number % 9}") for number in range(60)]
    people = [staff(f"l{number}", "leader") for number in range(4)]
    state = estate(*more, *people, staff("sue", "supervisor"), staff("tom", "steward"), levels=levels)
    assert publish(state).open_count == 0
    for level in levels:
        assert len({key for key, one in planned(state) if one.level == level.id}) == 66


def test_another_secret_draws_others_and_the_same_the_same() -> None:
    one, same, other = estate(), estate(), estate()
    publish(one)
    publish(same)
    publish(other, secret="another that nobody knows either")
    assert planned(one) == planned(same) != planned(other)


def test_the_next_month_is_drawn_on_the_eve_of_it() -> None:
    state = estate()
    publish(state)
    assert asked(state, dt.datetime(2026, 11, 29, 15, 59, tzinfo=dt.UTC)) is None
    published = publish(state, dt.datetime(2026, 11, 30, 1, 0, tzinfo=dt.UTC))
    assert (published.start, published.until) == (DECEMBER, dt.date(2027, 1, 1))
    assert {f"{one.day:%m}" for _, one in planned(state)} == {"11", "12"}


def test_what_was_told_stays_when_somebody_falls_ill_and_their_part_is_drawn_again() -> None:
    state = estate()
    publish(state)
    before = planned(state)
    now = NOW + DAY / 24
    ill = WorkerAbsent(start=now, end=now + 40 * DAY)
    add(state, on(entity("worker", "ann"), ill), at=now)
    publish(state, now)
    after = planned(state)
    assert not any(one.inspector == "ann" and one.day > now.date() for _, one in after)
    supervised = {one.work for _, one in before if one.inspector == "ann" and one.day > now.date()}
    for pair in before:
        if pair[1].inspector != "ann" and pair[1].work not in supervised:
            assert pair in after, "what could stay was changed"
    for level in LEVELS:
        assert {key for key, one in after if one.level == level.id} == set(ZONES)


def test_a_day_that_passes_without_a_mark_is_said_once_and_the_rest_of_the_month_is_drawn_again() -> None:
    state = estate()
    publish(state)
    (zone_id, first), other, *_ = planned(state)
    marked = InspectionMarked(worker=first.inspector, level=first.level, work=first.work, points=80.0)
    add(state, on(entity("inspection", zone_id), marked))
    during = dt.datetime.combine(other[1].day, dt.time(15, 59), dt.UTC)
    assert overdue(state, during) == {}
    now = during + dt.timedelta(minutes=1)
    said = overdue(state, now)
    events = [(key.id, one) for key, several in said.items() for one in several]
    assert all(isinstance(one, InspectionMissed) for _, one in events)
    names = {(key, one.level, one.work) for key, one in events if isinstance(one, InspectionMissed)}
    assert (other[0], other[1].level, other[1].work) in names
    assert (zone_id, first.level, first.work) not in names, "it was marked"
    commit(state, said, now)
    assert overdue(state, now) == {}
    publish(state, now)
    found = planned(state)
    assert (zone_id, first) in found, "what was done stays"
    for level in LEVELS:
        assert {key for key, one in found if one.level == level.id} == set(ZONES)
    assert all(not state.inspections[key].is_missed(one) for key, one in found if one.day > other[1].day)


def test_nobody_inspects_their_own_zone_and_who_could_at_two_levels_does_at_the_higher() -> None:
    own = on(entity("zone", "z0"), ZoneRegistered(zone=Zone(id="z0", place="s1", helper="ann")))
    state = estate(own, staff("cleo", "leader", "supervisor"))
    assert "cleo" not in inspectors_of(state)["leader"]
    publish(state)
    assert not any(one.inspector == "ann" for key, one in planned(state) if key == "z0")
    assert any(one.inspector == "bob" for key, one in planned(state) if key == "z0")


def test_a_level_with_nobody_is_named_with_what_would_help() -> None:
    state = estate(levels=(*LEVELS, InspectionLevel(id="owner", skill="inspect-owner")))
    published = publish(state)
    assert {(one.id, one.part) for one in published.open if one.part is not None} == {(key, "owner") for key in ZONES}
    assert all(one.reasons and one.reasons[0].hint for one in published.open)


def test_a_certificate_that_ends_ends_the_days_of_its_holder() -> None:
    ends = dt.date(2026, 11, 10)
    held = (SkillHeld(skill="inspect-steward", expires=ends),)
    state = estate(staff("dan", "steward", skills=held))
    publish(state)
    assert all(one.day <= ends for _, one in planned(state) if one.level == "steward")


def test_without_levels_or_zones_nothing_is_due() -> None:
    assert asked(estate(levels=())) is None
    policy = Policy(inspections=InspectionPolicy(levels=LEVELS))
    assert asked(folded(on(entity("policy", "current"), PolicySet(policy=policy)))) is None


def test_the_draw_is_bound_and_its_seed_told_a_day_after_the_month() -> None:
    state = estate()
    due = asked(state)
    assert due is not None
    keyed = Inspections().keyed(state.area, due, SECRET)
    (recorded,) = Inspections().beside(keyed, answer(keyed).plan, 1)
    assert isinstance(recorded, DrawRecorded)
    assert (recorded.first, recorded.until) == (dt.date(2026, 11, 1), DECEMBER)
    assert keyed.problem.seed not in recorded.problem + recorded.plan
    publish(state)
    early = dt.datetime(2026, 12, 1, 15, 59, tzinfo=dt.UTC)
    assert Inspections().revealing(state, early, SECRET) == {}
    (seeds,) = Inspections().revealing(state, early + dt.timedelta(minutes=1), SECRET).values()
    assert [one.seed for one in seeds] == [keyed.problem.seed]  # type: ignore[attr-defined]
    assert head_of_kind(state, KIND).draws


def test_weeks_fill_the_month_and_their_ids_are_tokens() -> None:
    month = month_of(dt.date(2026, 11, 17))
    weeks = list(weeks_of(month))
    assert weeks[0][0] == month.first
    assert weeks[-1][1] == month.until
    assert all(one[1] == other[0] for one, other in pairwise(weeks))
    assert all(one[0].weekday() == 0 for one in weeks[1:])
    for number in range(24):
        some = month_of(dt.date(2026 + number // 12, 1 + number % 12, 9))
        (last, until) = list(weeks_of(some))[-1]
        assert (until - last).days >= 4, "nobody above the first level could see what begins so late"
    assert len({work_id("z" * 64, first) for first, _ in weeks}) == len(weeks)
    assert all(len(work_id("z" * 64, first)) <= 64 for first, _ in weeks)


def test_a_re_check_that_nobody_made_is_said_the_day_after() -> None:
    notice = entity("notice", "n1")
    place = PlaceRef(unit="u1")
    issued = NoticeIssued(worker="ann", place=place, found=dt.date(2026, 11, 2), recheck=dt.date(2026, 11, 5))
    state = folded(on(notice, issued))
    on_the_day = dt.datetime(2026, 11, 5, 15, 59, tzinfo=dt.UTC)
    assert overdue(state, on_the_day) == {}
    after = on_the_day + dt.timedelta(minutes=1)
    assert overdue(state, after) == {notice: [RecheckMissed(recheck=dt.date(2026, 11, 5))]}
    commit(state, overdue(state, after), after)
    assert overdue(state, after + DAY) == {}
    again = NoticeRechecked(worker="ann", day=dt.date(2026, 11, 6), put_right=False, recheck=dt.date(2026, 11, 9))
    add(state, on(notice, again))
    assert overdue(state, after + 3 * DAY) == {}
    assert overdue(state, after + 4 * DAY) == {notice: [RecheckMissed(recheck=dt.date(2026, 11, 9))]}
    add(state, on(notice, replace(again, put_right=True, recheck=None)))
    assert overdue(state, after + 40 * DAY) == {}


def test_published_anew_an_inspection_takes_the_place_of_the_same_that_was_missed() -> None:
    key = entity("inspection", "z1")
    one = PlannedInspection(level="leader", work="w", inspector="ann", day=dt.date(2026, 11, 5), team="t")
    later = replace(one, day=dt.date(2026, 11, 9))
    state = folded(
        on(
            key,
            InspectionsPublished(number=1, start=one.day, until=DECEMBER, inspections=(one,)),
            InspectionMissed(level="leader", work="w", inspector="ann", day=one.day),
            InspectionsPublished(number=2, start=later.day, until=DECEMBER, inspections=(later,)),
        )
    )
    known = state.inspections["z1"]
    assert known.planned == (later,)
    assert not known.is_missed(later)
