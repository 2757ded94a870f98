"""What the judges of contracts work out for themselves: the period a visit counts in, and the sample of a review."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from core.demo.told import Told, facts
from msgspec.structs import replace

from dispatch.demo.judging.contracts import made_up_for
from dispatch.demo.judging.periods import periods_of
from dispatch.demo.judging.samples import months_later, quarter_of, sample_of
from dispatch.events import order as happened
from dispatch.events.category import CategoryRegistered
from dispatch.events.contract import ContractRegistered
from dispatch.events.personal import remark
from dispatch.model.catalogue import Category, Kind
from dispatch.model.contracts import Contract, Deadline, Promise, PromiseShare, Review, VisitMade
from dispatch.model.places import PlaceRef

DAY = dt.timedelta(days=1)
NOVEMBER = dt.date(2026, 11, 1)
MONTHLY = Promise(id="monthly", category="visit", least=2, of=(PromiseShare(category="check", least=1),))
ACME = Contract(id="acme", place="acme", signed=dt.date(2026, 6, 10), promises=(MONTHLY,))
KINDS: tuple[Told, ...] = tuple(
    ("category", one.id, CategoryRegistered(category=one))
    for one in (
        Category(id="visit", kind=Kind.REPAIR, skill="advising", minutes=60),
        Category(id="check", kind=Kind.REPAIR, skill="advising", minutes=60, counts_as=("visit",)),
    )
)


def later(day: dt.date, count: int) -> dt.date:
    """So many days later, all of them worked."""
    return day + count * DAY


@pytest.mark.parametrize(
    ("promise", "day", "first", "last", "asked"),
    [
        (MONTHLY, dt.date(2026, 7, 5), dt.date(2026, 7, 1), dt.date(2026, 7, 31), (("visit", 2), ("check", 1))),
        (MONTHLY, dt.date(2026, 6, 30), dt.date(2026, 6, 10), dt.date(2026, 6, 30), (("visit", 1), ("check", 0))),
        (replace(MONTHLY, partial="whole", of=()), dt.date(2026, 6, 30), dt.date(2026, 6, 10), dt.date(2026, 6, 30),
         (("visit", 2),)),
        (replace(MONTHLY, each="quarter", of=()), dt.date(2026, 11, 2), dt.date(2026, 10, 1), dt.date(2026, 12, 31),
         (("visit", 2),)),
        (replace(MONTHLY, each="week", of=()), dt.date(2026, 11, 26), dt.date(2026, 11, 23), dt.date(2026, 11, 29),
         (("visit", 2),)),
        (replace(MONTHLY, each="month", counted_from="start", of=()), dt.date(2026, 7, 12), dt.date(2026, 7, 10),
         dt.date(2026, 8, 9), (("visit", 2),)),
        (replace(MONTHLY, each="week", counted_from="start", of=()), dt.date(2026, 6, 18), dt.date(2026, 6, 17),
         dt.date(2026, 6, 23), (("visit", 2),)),
    ],
)  # fmt: skip
def test_the_period_of_a_promise(
    promise: Promise, day: dt.date, first: dt.date, last: dt.date, asked: tuple[tuple[str, int], ...]
) -> None:
    (period,) = periods_of(replace(ACME, promises=(promise,)), day, later)
    assert (period.first, period.last, period.asked) == (first, last, asked)


@pytest.mark.parametrize(
    ("deadline", "day", "span"),
    [
        (Deadline(id="plan", category="visit", working_days=30), dt.date(2026, 7, 1), ((6, 10), (7, 10))),
        (Deadline(id="plan", category="visit", working_days=30), dt.date(2026, 7, 11), None),
        (Deadline(id="lift", category="visit", by=dt.date(2026, 9, 1), opens=30), dt.date(2026, 7, 11), None),
        (Deadline(id="lift", category="visit", by=dt.date(2026, 9, 1), opens=30), dt.date(2026, 8, 2),
         ((8, 2), (9, 1))),
        (Deadline(id="lift", category="visit", by=dt.date(2026, 7, 1), every_months=2), dt.date(2026, 8, 2),
         ((7, 2), (9, 1))),
    ],
)  # fmt: skip
def test_the_period_of_a_deadline(
    deadline: Deadline, day: dt.date, span: tuple[tuple[int, int], tuple[int, int]] | None
) -> None:
    found = [(one.first, one.last) for one in periods_of(replace(ACME, promises=(), deadlines=(deadline,)), day, later)]
    assert found == ([] if span is None else [tuple(dt.date(2026, *one) for one in span)])


def test_nothing_counts_outside_the_contract() -> None:
    assert [*periods_of(ACME, dt.date(2026, 6, 9), later)] == []
    assert [*periods_of(replace(ACME, end=dt.date(2026, 8, 1)), dt.date(2026, 8, 2), later)] == []


def visit(order: str, day: int, *, category: str = "visit", fails: bool = False) -> list[tuple[dt.datetime, Told]]:
    """A visit under the contract on a day of November, made or in vain, at ten in the morning in Shanghai."""
    at = dt.datetime(2026, 11, day, 2, tzinfo=dt.UTC)
    opened = happened.OrderOpened(
        origin=happened.Origin.CONTRACT, kind=Kind.REPAIR, category=category, place=PlaceRef(site="acme"),
        reported_at=at, contract="acme", visit=order,
    )  # fmt: skip
    end = happened.VisitFailed(worker="ann", remark=remark("nobody in")) if fails else happened.VisitDone(worker="ann")
    came = happened.WorkerArrived(worker="ann", proof=None)
    return [(at, ("order", order, one)) for one in (opened, came, end)]


def played(*visits: list[tuple[dt.datetime, Told]], contract: Contract = ACME) -> list[str]:
    """What was not made up for in a November with these visits."""
    from dispatch.demo.judging.facts import Facts

    begun = facts(*KINDS, ("contract", "acme", ContractRegistered(contract=contract)), days=8)
    events = list(begun.evidence.events)
    for at, told in sorted((one for some in visits for one in some), key=lambda one: one[0]):
        (new,) = facts(told, at=at).evidence.events[1:]
        events.append(replace(new, position=len(events) + 1))
    return made_up_for(Facts(replace(begun.evidence, events=tuple(events)))).broken


def test_what_failed_is_made_on_another_day_of_its_month() -> None:
    assert played(visit("a", 24, category="check"), visit("b", 25, fails=True), visit("c", 27)) == []
    made = replace(ACME, made=(VisitMade(category="check", day=dt.date(2026, 11, 3)),))
    assert played(visit("b", 25, fails=True), visit("c", 27), contract=made) == [], "what was made before counts"


@pytest.mark.parametrize(
    "visits",
    [
        [visit("b", 25, fails=True), visit("c", 25, category="check"), visit("a", 24)],
        [visit("b", 25, fails=True), visit("c", 27, category="check")],
        [visit("b", 25, fails=True, category="check"), visit("a", 24), visit("c", 27)],
        [visit("a", 23, category="check"), visit("c", 24), visit("b", 25, fails=True)],
    ],
    ids=["on-the-same-day", "one-too-few", "not-what-it-counts-for", "before-it-failed"],
)
def test_what_does_not_make_up_for_it(visits: list[list[tuple[dt.datetime, Told]]]) -> None:
    assert len(played(*visits)) == 1


def test_the_sample_is_the_one_the_seed_draws() -> None:
    review = Review(id="quarter", category="visit", size=2, seed=7, months=2)
    old = {f"c{number}": replace(ACME, id=f"c{number}", client=f"client{number}") for number in range(6)}
    lots = {f"client{number}": hashlib.sha256(f"7/2026Q4/client{number}".encode()).hexdigest() for number in range(6)}
    lowest = sorted(lots, key=lots.__getitem__)[:2]
    assert sample_of(review, old, dt.date(2026, 12, 3)) == {f"c{client[-1]}" for client in lowest}
    new = {key: replace(one, signed=dt.date(2026, 8, 1)) for key, one in old.items()}
    assert sample_of(review, new, dt.date(2026, 12, 3)) == set(), "signed no more than two months before"
    over = {key: replace(one, end=dt.date(2026, 9, 30)) for key, one in old.items()}
    assert sample_of(review, over, dt.date(2026, 12, 3)) == set(), "over before the quarter"
    assert quarter_of(dt.date(2026, 12, 31)) == ("2026Q4", dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert months_later(dt.date(2026, 11, 30), 3) == dt.date(2027, 2, 28)
