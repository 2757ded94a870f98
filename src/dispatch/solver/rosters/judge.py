"""What a row of one person breaks and costs, rule by rule, with words: for reasons, stand-ins and the written cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from dispatch.solver.roster_problem import RosterPerson
from dispatch.solver.rosters.automaton import NEVER, Work, before_of, may_follow, runs_of, works_of
from dispatch.solver.rosters.counters import Counter, counters_of, limit_cost
from dispatch.solver.rosters.facts import OFF, SUNDAY, TRAINING, RosterFacts, Row
from dispatch.solver.rules import Rule


@dataclass
class Verdict:
    """``broken``: a sentence for each hard rule broken; ``cost`` by weighted rule."""

    broken: dict[Rule, str] = field(default_factory=dict)
    cost: dict[Rule, float] = field(default_factory=dict)

    def say(self, rule: Rule, message: str) -> None:
        """Note the first sentence about ``rule``."""
        self.broken.setdefault(rule, message)

    def pay(self, rule: Rule, cost: float) -> None:
        """Add to the cost of ``rule``."""
        if cost:
            self.cost[rule] = self.cost.get(rule, 0.0) + cost

    @property
    def total(self) -> float:
        """All costs."""
        return sum(self.cost.values())


class Judge:
    """Judges rows of one person."""

    def __init__(self, facts: RosterFacts, person: RosterPerson) -> None:
        self.facts, self.person = facts, person
        self._works = works_of(facts, person)
        self._before = before_of(facts, person)
        self._runs = runs_of(facts, person)
        self._counters = counters_of(facts, person, self._works)
        shifts = len(facts.problem.shifts)
        self._training = {one.day: self._works[1 + shifts + at] for at, one in enumerate(person.trainings)}

    def work(self, row: Row, day: int) -> Work:
        """What takes ``day``."""
        kind = int(row[day])
        if kind == TRAINING:
            return self._training[day]
        return self._works[0 if kind == OFF else 1 + self.facts.kinds[kind][0]]

    def judge(self, row: Row) -> Verdict:
        """What ``row`` breaks and costs."""
        verdict = Verdict()
        works = [self.work(row, day) for day in range(self.facts.days)]
        self._days(row, verdict)
        self._rests(works, verdict)
        self._in_rows(works, verdict)
        self._counts(works, verdict)
        self._halves(works, verdict)
        for shift, most in self.person.shifts.items():
            count = sum(work.shift == shift for work in works)
            if count > most:
                verdict.say(Rule.SHIFT_CAP, f"{count} of shift {shift}, of at most {most}")
        return verdict

    def _days(self, row: Row, verdict: Verdict) -> None:
        facts, person = self.facts, self.person
        for day in range(facts.days):
            kind = int(row[day])
            rule = facts.barred(person, kind, day) if kind >= 0 else None
            if rule is not None:
                verdict.say(rule, f"day {day}")
            if kind == OFF and facts.must_work(person, day):
                verdict.say(Rule.PIN, f"day {day} is off")
            for priced, cost in facts.day_costs(person, day, kind).items():
                verdict.pay(priced, cost)

    def _rests(self, works: list[Work], verdict: Verdict) -> None:
        whole = [*self._before[-1:], *works]
        for day, (one, other) in enumerate(pairwise(whole), 1 - len(self._before[-1:])):
            if not may_follow(self.person, one, other):
                rest = 1440 + other.start - one.start - one.minutes
                verdict.say(Rule.REST, f"{rest} minutes of rest before day {day}, of {self.person.rest_minutes}")
        rest_days = self.person.rest_days
        if rest_days is not None:
            known = [*self._before, *works]
            first = max(0, len(self._before) - rest_days.in_any + 1)
            for start in range(first, len(known) - rest_days.in_any + 1):
                window = known[start : start + rest_days.in_any]
                free = sum(not work.minutes for work in window)
                if free < rest_days.days:
                    day = start - len(self._before)
                    verdict.say(
                        Rule.REST_DAYS, f"{free} days off in the {rest_days.in_any} from day {day}, of {rest_days.days}"
                    )

    def _in_rows(self, works: list[Work], verdict: Verdict) -> None:
        for run in self._runs:
            state = run.begin(self._before)
            for day, work in enumerate(works):
                state, cost = run.step(state, work)
                if cost == NEVER:
                    limit = run.limit
                    verdict.say(run.rule, f"around day {day}, of {_range(limit.least, limit.most)} in a row")
                else:
                    verdict.pay(run.rule, cost)

    def _counts(self, works: list[Work], verdict: Verdict) -> None:
        for counter in self._counters:
            value = counter.begin
            worked = bool(self._before) and self._before[-1].minutes > 0
            for day, work in enumerate(works):
                value += counter.step(day, work, worked)
                worked = work.minutes > 0
                if counter.weekly and self.facts.weekday(day) == SUNDAY:
                    self._count(counter, counter.cost(value), value, verdict)
                    value = 0
            cost = counter.cost if not counter.weekly else counter.open_cost
            if cost is not None:
                self._count(counter, cost(value), value, verdict)

    def _count(self, counter: Counter, cost: float, value: int, verdict: Verdict) -> None:
        if cost == float("inf"):
            limit = {
                Rule.MINUTES: self.person.minutes, Rule.MINUTES_A_WEEK: self.person.week_minutes,
                Rule.WEEKENDS: self.person.weekends, Rule.DUTIES: self.person.duties,
            }[counter.rule]  # fmt: skip
            assert limit is not None and limit_cost(limit, value) > 0
            verdict.say(counter.rule, f"{value}, of {_range(limit.least, limit.most)}")
        else:
            verdict.pay(counter.rule, cost)

    def _halves(self, works: list[Work], verdict: Verdict) -> None:
        if self.person.whole_weekends is None:
            return
        known = [*self._before[-1:], *works]
        shift = len(self._before[-1:])
        for day in range(self.facts.days):
            if self.facts.weekday(day) == SUNDAY and day + shift > 0:
                saturday, sunday = known[day + shift - 1], known[day + shift]
                if (saturday.minutes > 0) != (sunday.minutes > 0):
                    verdict.pay(Rule.WHOLE_WEEKENDS, self.person.whole_weekends)


def _range(least: int | None, most: int | None) -> str:
    if least is None or most is None:
        return f"at least {least}" if most is None else f"at most {most}"
    return f"{least} to {most}"
