"""What the judges of rosters see for themselves: who is free beside an open place, rest, holidays, shortages."""

from __future__ import annotations

import datetime as dt

import pytest
from core.demo.told import DAY, HOUR, MONDAY, START, Told, facts, gate, guard
from msgspec.structs import replace

from dispatch.demo.judging.guarding import five_on_duty
from dispatch.demo.judging.rosters import holidays_kept, in_training_not_sent, posts_manned, rest_day
from dispatch.demo.judging.shortage import said_of_shortage, shortage_named
from dispatch.events.horizon import HorizonDirected, HorizonPublished, LeftOpen, Shortage
from dispatch.events.order import ReasonGiven
from dispatch.events.post import PostRegistered
from dispatch.events.roster import DutiesPublished, RosteredDuty
from dispatch.events.worker import WorkerAbsent, WorkerRegistered
from dispatch.model.people import Role, Shift, SkillHeld, Terms, Training, Weekday, Worker
from dispatch.model.policy import Policy
from dispatch.model.posts import Post, PostShift

WEEK = tuple(MONDAY + ahead * DAY for ahead in range(7))
REASON = (ReasonGiven(rule="rest", message="Nobody has had their rest."),)
HEAD = HorizonPublished(
    number=1, parent=0, start=MONDAY, until=MONDAY + 7 * DAY, frozen=MONDAY, saw=0, why="first", inputs="x",
    solver="s", seed=1, budget=0, used=0, repeatable=True, cost={}, changed=1, open_count=0,
)  # fmt: skip


def published(open_: tuple[LeftOpen, ...] = (), shortage: Shortage | None = None) -> Told:
    """The roster of the week, which names what is open."""
    return "horizon", "roster", replace(HEAD, open=open_, open_count=len(open_), shortage=shortage)


def at_gate(day: dt.date, start: int = 8, hours: int = 8, **more: object) -> RosteredDuty:
    """A duty at the gate from an hour of a day on."""
    begins = START + (day - MONDAY) + start * HOUR
    made = RosteredDuty(day=day, post="gate", shift="day", start=begins, end=begins + hours * HOUR)
    return replace(made, **more)


def works(key: str, *duties: RosteredDuty) -> Told:
    """All duties of somebody in the week."""
    return "roster", key, DutiesPublished(number=1, start=MONDAY, until=MONDAY + 7 * DAY, duties=duties)


def left(*days: dt.date, named: bool = True) -> tuple[LeftOpen, ...]:
    """The gate is open on these days."""
    return tuple(LeftOpen(id="gate", day=day, part="day", reasons=REASON if named else ()) for day in days)


def test_an_open_place_is_broken_only_while_somebody_able_is_free() -> None:
    worked = [at_gate(day) for day in WEEK[:6]]
    busy = (guard("ann"), gate(), published(left(WEEK[6])), works("ann", *worked))
    assert posts_manned(facts(*busy)).broken == []
    free = posts_manned(facts(*busy, guard("bob")))
    assert (free.applied, len(free.broken)) == (7, 1) and "bob is able and free" in free.broken[0]
    assert len(posts_manned(facts(*busy[:2], published(), busy[3])).broken) == 1, "nobody named it"
    unexplained = (*busy[:2], published(left(WEEK[6], named=False)), busy[3])
    assert len(posts_manned(facts(*unexplained)).broken) == 1, "it has no reason"


def test_what_a_dispatcher_filled_or_opened_counts() -> None:
    base = (guard("ann"), gate(), published(), works("ann", *(at_gate(day) for day in WEEK[:6])))
    opened = HorizonDirected(number=2, parent=1, verb="stand-in", opened=left(WEEK[6]))
    assert posts_manned(facts(*base, ("horizon", "roster", opened))).broken == []
    filled = HorizonDirected(number=3, parent=2, verb="stand-in", filled=left(WEEK[6]))
    assert len(posts_manned(facts(*base, ("horizon", "roster", opened), ("horizon", "roster", filled))).broken) == 1


SUNDAY_NIGHT = at_gate(WEEK[5], start=20, hours=8)
NIGHT = at_gate(WEEK[4], start=22, hours=8)


@pytest.mark.parametrize(
    ("terms", "duties", "more"),
    [
        (Terms(), (at_gate(WEEK[6], start=16),), ()),
        (Terms(), (SUNDAY_NIGHT,), ()),
        (Terms(rest_min=0), (replace(SUNDAY_NIGHT, end=START + 6 * DAY + 9 * HOUR),), ()),
        (Terms(rest_days=2), tuple(at_gate(day) for day in WEEK[1:6]), ()),
        (Terms(week_minutes=900), (at_gate(WEEK[2]),), ()),
        (Terms(days_in_row=1), (at_gate(WEEK[5]),), ()),
        (Terms(holidays="off"), (), ()),
        (Terms(), (), ("away",)),
        (Terms(), (), ("expired",)),
    ],
    ids=["has-a-duty", "no-rest", "overlap", "rest-days", "week", "days-in-row", "holiday", "away", "certificate"],
)
def test_nobody_is_free_whose_agreement_a_duty_would_break(
    terms: Terms, duties: tuple[RosteredDuty, ...], more: tuple[str, ...]
) -> None:
    ann = (guard("ann"), works("ann", *(at_gate(day) for day in WEEK[:6])))
    skills = (SkillHeld(skill="guarding", expires=WEEK[5] if "expired" in more else None),)
    bob = Worker(id="bob", role=Role.GUARD, base="gate", terms=terms, skills=skills)
    told = [*ann, ("worker", "bob", WorkerRegistered(worker=bob)), gate(), published(left(WEEK[6]))]
    told += [works("bob", *duties)] if duties else []
    if "away" in more:
        told.append(("worker", "bob", WorkerAbsent(start=START + 6 * DAY, end=START + 7 * DAY)))
    policy = Policy(holidays=(WEEK[6],))
    assert posts_manned(facts(*told, policy=policy)).broken == []
    free = replace(bob, terms=Terms(), skills=(SkillHeld(skill="guarding"),))
    at_ease = [*told[:2], ("worker", "bob", WorkerRegistered(worker=free)), *told[3:5]]
    assert len(posts_manned(facts(*at_ease, policy=policy)).broken) == 1, "without it bob is free"


def test_rest_is_looked_at_in_what_is_published_and_on_single_dates() -> None:
    every_day = [at_gate(day) for day in WEEK]
    assert len(rest_day(facts(guard("ann"), published(), works("ann", *every_day))).broken) == 1
    six = rest_day(facts(guard("ann"), published(), works("ann", *every_day[:6])))
    assert (six.applied, six.broken) == (1, [])
    short = replace(HEAD, until=MONDAY + 6 * DAY)
    beyond = facts(guard("ann"), ("horizon", "roster", short), works("ann", *every_day[:6]))
    assert rest_day(beyond).applied == 0, "of the seventh day nothing is published"
    two = facts(guard("ann", terms=Terms(rest_days=2)), published(), works("ann", *every_day[:6]))
    assert len(rest_day(two).broken) == 1, "two days were agreed"


def test_shifts_on_single_dates_are_work_too() -> None:
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    usual = Shift(start="08:00", end="16:00", days=days)
    ann = Worker(id="ann", role=Role.GUARD, base="gate", shifts=(usual,))
    assert rest_day(facts(("worker", "ann", WorkerRegistered(worker=ann)))).broken == []
    extra = Shift(start="08:00", end="12:00", on=(WEEK[6],))
    more = replace(ann, shifts=(usual, extra))
    assert rest_day(facts(("worker", "ann", WorkerRegistered(worker=more)))).broken


def test_only_holidays_played_count_and_only_for_who_has_duties() -> None:
    policy = Policy(holidays=(WEEK[2], MONDAY + 30 * DAY))
    ann, bob = guard("ann", terms=Terms(holidays="off")), guard("bob", terms=Terms(holidays="double"))
    kept = holidays_kept(
        facts(ann, bob, guard("eve"), works("ann", at_gate(WEEK[1])), works("bob", at_gate(WEEK[2])), policy=policy)
    )
    assert (kept.applied, kept.broken) == (2, [])
    broken = holidays_kept(facts(ann, works("ann", at_gate(WEEK[2])), policy=policy))
    assert len(broken.broken) == 1
    assert holidays_kept(facts(ann, works("ann", at_gate(WEEK[1])), policy=Policy())).applied == 0


def test_a_shortage_is_counted_anew() -> None:
    said = Shortage(needed=14, can_give=12, open=2, message="14 places", would_close=("1 more person",))
    worked = [at_gate(day) for day in WEEK[:6]]
    told = (guard("ann"), guard("bob"), gate(2), works("ann", *worked), works("bob", *worked))

    def judged(open_: tuple[LeftOpen, ...], shortage: Shortage | None) -> list[str]:
        head = published(open_, shortage)
        return shortage_named(facts(head, *told)).broken

    open_ = (replace(left(WEEK[6])[0], missing=2),)
    assert judged(open_, said) == []
    assert "1 more person" in said_of_shortage(facts(published(open_, said), *told))
    for wrong in (None, replace(said, can_give=14), replace(said, open=1), replace(said, would_close=())):
        assert len(judged(open_, wrong)) == 1
    assert len(judged((), said)) == 1, "the places are not named"


def test_five_are_on_duty_or_named_as_missing() -> None:
    shifts = tuple(
        PostShift(id=key, start=start, end=end, minimum=5)
        for key, start, end in (("night", "00:00", "08:00"), ("day", "08:00", "16:00"), ("late", "16:00", "00:00"))
    )
    post: Told = ("post", "gate", PostRegistered(post=Post(id="gate", place="gate", shifts=shifts)))
    people = [f"g{number:02}" for number in range(15)]
    hours = {key: 8 * (number % 3) for number, key in enumerate(people)}
    names = ("night", "day", "late")
    on = [works(key, at_gate(MONDAY, start=at, shift=names[at // 8])) for key, at in hours.items()]
    told = (post, *(guard(key) for key in people))
    assert five_on_duty(facts(*told, published(), *on, days=1)).broken == []
    assert len(five_on_duty(facts(*told, published(), *on[1:], days=1)).broken) == 1
    open_ = (LeftOpen(id="gate", day=MONDAY, part="night", reasons=REASON),)
    assert five_on_duty(facts(*told, published(open_), *on[1:], days=1)).broken == [], "it is named"
    half = WorkerAbsent(start=START, end=START + HOUR)
    assert len(five_on_duty(facts(*told, published(), *on, ("worker", "g00", half), days=1)).broken) == 1


def test_whoever_is_trained_has_the_day_blocked() -> None:
    ann = guard("ann", trainings=(Training(day=WEEK[2], start="09:00", minutes=120),))
    block = replace(at_gate(WEEK[2], start=9, hours=2), post="training", shift="training", training=True)
    assert in_training_not_sent(facts(ann, works("ann", block))).broken == []
    assert len(in_training_not_sent(facts(ann, works("ann", at_gate(WEEK[2])))).broken) == 1
    assert len(in_training_not_sent(facts(ann)).broken) == 1
