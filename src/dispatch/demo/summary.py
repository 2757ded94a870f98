"""What the days of a world came to: counts, workload, every promise with how often it applied and was kept, digests."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging import desk
from dispatch.demo.judging.facts import MINUTE, Facts
from dispatch.demo.play import Play
from dispatch.demo.promises import Verdict, judge
from dispatch.events import order as happened
from dispatch.events.plan import PlanCommitted, PlanRefused
from dispatch.model.time import local_day


class Load(Struct, frozen=True, kw_only=True):
    """Minutes at visits in the day, over the ``people`` of one role who were sent anywhere."""

    people: int
    least_min: int
    mean_min: float
    most_min: int


class Summary(Struct, frozen=True, kw_only=True):
    """What was played in numbers: ``days`` from ``day`` on.

    ``requests`` = ``accepted`` + ``rejected`` + ``duplicates`` + ``lost``. ``planned``, ``unplanned``, ``done`` and
    ``cancelled`` are orders, rounds among them; ``unplanned_reasons`` counts the unplanned by rule. ``refused_plans``
    broke a hard rule and were not committed. ``digests``: of the log (``log``) and of each read model, live and
    rebuilt. ``seconds``: how long it took to play.
    """

    ok: bool
    world: str
    day: str
    days: int
    seed: int
    requests: int
    accepted: int
    rejected: int
    duplicates: int
    lost: int
    rejected_codes: dict[str, int]
    orders: int
    planned: int
    unplanned: int
    unplanned_reasons: dict[str, int]
    done: int
    cancelled: int
    rework: int
    rounds: int
    plans: int
    refused_plans: int
    workload: dict[str, Load]
    promises: tuple[Verdict, ...]
    digests: dict[str, str]
    live_is_rebuilt: bool
    events: int
    notes: tuple[str, ...]
    seconds: float


def summarise(evidence: Evidence, *, play: Play, seed: int, seconds: float) -> Summary:
    """The summary of what was played, from the evidence alone."""
    facts = Facts(evidence)
    counts = desk.counts(facts)
    lost = counts["requests"] - counts["accepted"] - counts["rejected"] - counts["duplicates"]
    verdicts = judge(evidence, play.promises)
    same = all(one.equal for one in evidence.verified)
    out = [reasons for order in facts.orders if (reasons := desk.reasons_out(facts, order))]
    ends = Counter(type(desk.standing(events)).__name__ for events in facts.orders.values())
    digests = {one.name: one.live if one.equal else f"{one.live} rebuilt {one.rebuilt}" for one in evidence.verified}
    return Summary(
        ok=lost == 0 and same and all(verdict.ok for verdict in verdicts),
        world=play.name,
        day=f"{local_day(evidence.start, facts.zone)}",
        days=play.days,
        seed=seed,
        **counts,
        lost=lost,
        rejected_codes=dict(sorted(Counter(one.code for one in evidence.rejected).items())),
        orders=len(facts.orders),
        planned=ends["OrderPlanned"],
        unplanned=len(out),
        unplanned_reasons=dict(sorted(Counter(reasons[0] for reasons in out).items())),
        done=sum(bool(facts.events(order, happened.VisitDone)) for order in facts.orders),
        cancelled=sum(facts.called_off(order) for order in facts.orders),
        rework=sum(facts.opened(order).origin == "rework" for order in facts.orders),
        rounds=sum(facts.opened(order).round is not None for order in facts.orders),
        plans=len(facts.all("plan", PlanCommitted)),
        refused_plans=len(facts.all("plan", PlanRefused)),
        workload=_workload(facts),
        promises=verdicts,
        digests={"log": evidence.digest(), **digests},
        live_is_rebuilt=same,
        events=len(evidence.events),
        notes=play.notes(facts),
        seconds=round(seconds, 1),
    )


def _workload(facts: Facts) -> dict[str, Load]:
    minutes: dict[str, Counter[str]] = {}
    for visits in facts.visits.values():
        for visit in visits:
            for one in visit.came:
                role = facts.workers[one.worker].role
                spent = ((visit.ended or one.at) - one.at) / MINUTE
                minutes.setdefault(role, Counter())[one.worker] += round(spent)
    return {
        str(role): Load(
            people=len(spent),
            least_min=min(spent.values()),
            mean_min=round(sum(spent.values()) / len(spent), 1),
            most_min=max(spent.values()),
        )
        for role, spent in sorted(minutes.items())
    }
