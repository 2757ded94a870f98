"""The promises of `DOMAIN.md` that worlds share, with source and check, and the verdict on what was played."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from dispatch.demo.evidence import Evidence
from dispatch.demo.judging import desk, guarding, people, plan, repair, rosters
from dispatch.demo.judging.facts import Facts
from dispatch.demo.judging.tally import Tally

SHOWN = 5
"""Broken cases named per promise; all are counted."""


class Promise(Struct, frozen=True):
    """One promise: its ``source`` in `DOMAIN.md`, how to check it, and the share of times it must be kept."""

    name: str
    source: str
    check: Callable[[Facts], Tally]
    share: float = 1.0


class Verdict(Struct, frozen=True, kw_only=True):
    """How a promise fared: how often it ``applied``, how often it was ``kept``; ``ok`` if often enough and at all."""

    name: str
    source: str
    applied: int
    kept: int
    ok: bool
    broken: tuple[str, ...] = ()


SHARED: tuple[Promise, ...] = (
    # Repair
    Promise("urgent-on-site", "Repair: urgent repair on site within 30 minutes, at any hour", repair.urgent_on_site),
    Promise("line-manned", "Repair: a 24-hour line; going inside a home takes two people", people.line_manned),
    Promise(
        "on-time", "Repair: everything else at the time agreed; on-time repair at least 98 %", repair.on_time, 0.98
    ),
    Promise("agreed-time", "Repair: at the time agreed with the resident", plan.agreed_times),
    Promise("rework-rate", "Repair: rework at most 5 %", repair.rework_rate, 0.95),
    Promise("rework-linked", "Repair: what fails its follow-up call reopens as rework, linked", repair.rework_linked),
    Promise("called-back", "Repair: order returned, then a follow-up call", repair.called_back),
    Promise("two-inside", "Repair: going inside a home takes two people as a rule", repair.two_inside),
    Promise("same-time", "Limits: never the two not there at the same time", repair.same_time),
    Promise("nobody-in-noted", "Repair: nobody in: leave a note, record the time", repair.nobody_in_noted),
    Promise("proof-left", "Repair: every visit leaves proof of presence", repair.proof_left),
    # Cleaning
    Promise("spill-dealt-with", "Cleaning: a spill reported is dealt with within 30 minutes", repair.spill_dealt_with),
    Promise("zones-held", "Cleaning: fixed people, fixed zones: each zone belongs to somebody", people.zones_held),
    Promise("households-cap", "Limits: never more households than the cap per helper (40)", people.households_cap),
    Promise("outdoors-cleaned", "Cleaning: outdoor rounds morning, noon and evening", guarding.outdoors_cleaned),
    # Patrol and guarding
    Promise("five-on-duty", "Patrol: 5 guards on duty in every shift", guarding.five_on_duty),
    Promise("rounds-covered", "Patrol: a round missed or late must show", guarding.rounds_covered),
    Promise("floors-walked", "Patrol: managers walk the floors at least 4 times a day", guarding.floors_walked),
    Promise("hazards-reported", "Patrol: a hazard found becomes a repair order", guarding.hazards_reported),
    # People
    Promise(
        "certificate-valid", "Limits: never work without the skill or a valid certificate", people.certificate_valid
    ),
    Promise("one-place", "Limits: never a person in two places", people.one_place),
    Promise("way-between", "Limits: never a person in two places; the way between them takes time", people.way_between),
    Promise("in-shift", "Limits: never a person outside a shift", people.in_shift),
    Promise("no-work-in-break", "Limits: never a person in a break", people.no_work_in_break),
    Promise("breaks-taken", "Limits: never a person in a break: each was there to take", people.breaks_kept),
    Promise("absent-not-sent", "Limits: never a person who is absent", people.absent_not_sent),
    Promise("visits-cap", "Limits: never more work than a day allows: visits", people.visits_cap),
    Promise("minutes-cap", "Limits: never more hours than a day allows", people.minutes_cap),
    Promise("rest-day", "Limits: never no rest day where one is given; one in seven", rosters.rest_day),
    Promise("quarter-hour", "Home helpers: a daily need met from within a quarter of an hour", people.quarter_hour),
    # Desk and plan
    Promise("nothing-lost", "Who: front desk registers every call", desk.nothing_lost),
    Promise("one-owner", "Who: whoever takes the first call keeps the case; never reported twice", desk.one_owner),
    Promise(
        "unplanned-visible", "Limits: what cannot be placed stays visible, with the reason", desk.unplanned_visible
    ),
    Promise("told-before", "Who: field staff know today's tasks", desk.told_before),
    Promise("steps-traced", "Emergencies: reported, decided, handled; each step leaves a trace", desk.steps_traced),
    Promise("pins-hold", "Limits: never a promise moved that a dispatcher pinned", plan.pins_hold),
    Promise("notice-kept", "Limits: no change to what was told inside the notice period", plan.notice_kept),
    Promise("shown-is-so", "Who: auditor proves what was promised, decided and done: live = rebuilt", plan.shown_is_so),
    Promise("decided-again", "Who: auditor proves what was decided, and could decide it again", plan.decided_again),
)
"""All of them are the estate's; other worlds name those they can apply."""


def shared(*names: str) -> tuple[Promise, ...]:
    """The shared promises of these names."""
    known = {promise.name: promise for promise in SHARED}
    return tuple(known[name] for name in names)


def judge(evidence: Evidence, promises: Sequence[Promise]) -> tuple[Verdict, ...]:
    """The verdict on each of ``promises``, from the evidence alone."""
    facts = Facts(evidence)
    return tuple(_verdict(promise, promise.check(facts)) for promise in promises)


def _verdict(promise: Promise, tally: Tally) -> Verdict:
    return Verdict(
        name=promise.name,
        source=promise.source,
        applied=tally.applied,
        kept=tally.kept,
        ok=tally.applied > 0 and tally.kept >= promise.share * tally.applied,
        broken=tuple(tally.broken[:SHOWN]),
    )
