"""Promises of safety advisers (`DOMAIN.md`, *Periodic visits under a contract*), each judged from the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dispatch.demo.judging import contracts as under
from dispatch.demo.judging.contracts import Made, contracts_of, counting, visits_under, working_day_after
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.samples import quarter_of, sample_of
from dispatch.demo.judging.tally import Tally
from dispatch.model.contracts import Contract

ENTERPRISES = 40
VISITS_A_MONTH, CHECKS_A_MONTH = 2, 1
TRAININGS_A_YEAR, DRILLS_A_YEAR = 2, 1
PLAN_WITHIN = 30
VISIT, CHECK, TRAINING, DRILL, PLAN = "service-visit", "safety-check", "training", "drill", "safety-plan"


def enterprises_cap(facts: Facts) -> Tally:
    """No adviser has more than 40 enterprises."""
    return under.cap_per_helper(facts, ENTERPRISES, "advising")


def same_adviser(facts: Facts) -> Tally:
    """Of the visits to an enterprise, those by the adviser it is used to."""
    return under.same_helper(facts, VISIT)


def _in_month(facts: Facts, category: str, least: int) -> Tally:
    """Whether each enterprise had ``least`` visits that count as ``category`` in the month played."""
    tally = Tally()
    month = facts.days()[-1].replace(day=1)
    for contract, made in sorted(visits_under(facts).items()):
        count = len([one for one in counting(facts, made, category) if one.day >= month])
        tally.note(count >= least, f"{contract} had {count} of {category} from {month} on")
    return tally


def visits_a_month(facts: Facts) -> Tally:
    """Every enterprise has at least two visits in the month."""
    return _in_month(facts, VISIT, VISITS_A_MONTH)


def check_a_month(facts: Facts) -> Tally:
    """At least one of the month's visits is a safety check."""
    return _in_month(facts, CHECK, CHECKS_A_MONTH)


def _whole_year(facts: Facts, category: str, least: int) -> Tally:
    """Whether each enterprise with a contract for most of the year had as many, those before counted."""
    tally = Tally()
    for key, contract, made in _both(facts):
        if any(one.category == category for one in contract.promises):
            before = sum(one.category == category for one in contract.made)
            count = before + len(counting(facts, made, category))
            tally.note(count >= least, f"{key} had {count} of {category} in the year")
    return tally


def _both(facts: Facts) -> Iterator[tuple[str, Contract, list[Made]]]:
    made = visits_under(facts)
    return ((key, contract, made[key]) for key, contract in sorted(contracts_of(facts).items()))


def trainings_a_year(facts: Facts) -> Tally:
    """Every enterprise has at least two trainings in the year."""
    return _whole_year(facts, TRAINING, TRAININGS_A_YEAR)


def drill_a_year(facts: Facts) -> Tally:
    """Every enterprise has at least one drill in the year."""
    return _whole_year(facts, DRILL, DRILLS_A_YEAR)


def plan_in_time(facts: Facts) -> Tally:
    """Who signed has a plan within 30 working days."""
    tally = Tally()
    for key, contract, made in _both(facts):
        if any(one.category == PLAN for one in contract.deadlines):
            last = working_day_after(facts, contract.signed, PLAN_WITHIN)
            days = [one.day for one in counting(facts, made, PLAN)]
            tally.note(bool(days) and min(days) <= last, f"{key} signed on {contract.signed}: plan on {days}")
    return tally


def quarter_reviewed(facts: Facts) -> Tally:
    """The clients drawn for the quarter by the recorded seed are reviewed in it, and nobody else; drawn anew here."""
    tally = Tally()
    contracts, made = contracts_of(facts), visits_under(facts)
    for review in facts.policy.contracts.reviews:
        _, first, last = quarter_of(facts.days()[-1])
        drawn = sample_of(review, contracts, last)
        tally.note(len(drawn) == review.size, f"{len(drawn)} clients were drawn for {review.id}")
        reviewed = {
            key
            for key, some in made.items()
            if any(first <= one.day <= last for one in counting(facts, some, review.category))
        }
        for key in sorted(drawn | reviewed):
            what = "drawn and not reviewed" if key in drawn else "reviewed and not drawn"
            tally.note(key in drawn and key in reviewed, f"{key}, signed on {contracts[key].signed}, was {what}")
    return tally


def note(facts: Facts) -> str:
    """How many visits the month had, by what they were."""
    made = Counter(one.category for some in visits_under(facts).values() for one in some)
    return f"{made.total()} visits under {len(contracts_of(facts))} contracts: " + ", ".join(
        f"{count} {category}" for category, count in sorted(made.items())
    )
