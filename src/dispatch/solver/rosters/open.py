"""Why a place is open: of everybody the rule that keeps them off it, as the roster stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dispatch.solver.plan import Reason
from dispatch.solver.roster_plan import OpenPlace
from dispatch.solver.rosters.facts import OFF, TRAINING, RosterFacts
from dispatch.solver.rosters.judge import Judge
from dispatch.solver.rosters.state import Roster
from dispatch.solver.rules import RULE_TEXT, Rule

_FIXED = (Rule.ABSENT, Rule.SKILL, Rule.TRAINING, Rule.HOLIDAY, Rule.PIN, Rule.SHIFT_CAP, Rule.PLACE)


def open_places(facts: RosterFacts, judges: Sequence[Judge], roster: Roster) -> tuple[OpenPlace, ...]:
    """Every place with fewer people than its minimum, or than wanted; below the minimum with what is in the way."""
    found = []
    for day, kind in np.argwhere(roster.cover < np.maximum(facts.minimum, facts.wanted)).tolist():
        shift, post = facts.kinds[kind]
        missing = max(0, int(facts.minimum[day, kind] - roster.cover[day, kind]))
        ways = in_the_way(facts, judges, roster, day, kind) if missing else {}
        found.append(
            OpenPlace(
                day=day,
                shift=facts.problem.shifts[shift].id,
                post=post,
                missing=missing,
                short=max(0, int(facts.wanted[day, kind] - roster.cover[day, kind])),
                in_the_way={person: rule for person, (rule, _) in ways.items()},
                reasons=_reasons(ways),
            )
        )
    return tuple(found)


def in_the_way(
    facts: RosterFacts, judges: Sequence[Judge], roster: Roster, day: int, kind: int
) -> dict[str, tuple[Rule, str]]:
    """Of everybody who is not there the rule that keeps them off, and how."""
    found = {}
    for one, judge in enumerate(judges):
        person, has = judge.person, int(roster.rows[one][day])
        if has == kind:
            continue
        barred = facts.barred(person, kind, day)
        if barred is not None:
            found[person.id] = barred, ""
        elif has == TRAINING:
            found[person.id] = Rule.TRAINING, ""
        elif has != OFF:
            shift, post = facts.kinds[has]
            found[person.id] = Rule.PLACE, f"has {facts.problem.shifts[shift].id} at {post} that day"
        else:
            row = roster.rows[one].copy()
            row[day] = kind
            broken = judge.judge(row).broken
            before = judge.judge(roster.rows[one]).broken
            new = [(rule, text) for rule, text in broken.items() if before.get(rule) != text]
            found[person.id] = new[0] if new else next(iter(broken.items()), (Rule.OPEN, ""))
    return found


def _reasons(ways: dict[str, tuple[Rule, str]]) -> tuple[Reason, ...]:
    by_rule: dict[Rule, list[tuple[str, str]]] = {}
    for person, (rule, how) in ways.items():
        by_rule.setdefault(rule, []).append((person, how))
    found = []
    for rule, some in sorted(by_rule.items(), key=lambda each: (each[0] in _FIXED, len(each[1]))):
        person, how = some[0]
        hint = f"{person}: {how}" if how else ""
        message = f"{RULE_TEXT[rule]} It keeps {len(some)} of {len(ways)} off."
        found.append(Reason(rule=rule, message=message, workers=len(some), hint=hint))
    return tuple(found)
