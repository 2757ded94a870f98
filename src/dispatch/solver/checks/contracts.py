"""Hard rules and costs of contract plans: days, people, minutes, spacing, what was told, what was promised."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

from dispatch.solver.checks.contract_periods import Asked, Book, date, draws
from dispatch.solver.checks.facts import covers
from dispatch.solver.contract_plan import ContractPlan, DatedVisit
from dispatch.solver.contract_problem import Contract, ContractHelper, ContractProblem, PastVisit, ToldVisit, VisitKind
from dispatch.solver.plan import Finding
from dispatch.solver.rules import Rule


class ContractFacts:
    """A `ContractProblem` and a `ContractPlan` by id. ``visits`` are those of known contracts, kinds and helpers."""

    def __init__(self, problem: ContractProblem, plan: ContractPlan) -> None:
        self.problem = problem
        self.plan = plan
        self.contracts: dict[str, Contract] = {one.id: one for one in problem.contracts}
        self.helpers: dict[str, ContractHelper] = {one.id: one for one in problem.helpers}
        self.kinds: dict[str, VisitKind] = {one.id: one for one in problem.kinds}
        self.visits = [
            one
            for one in plan.visits
            if one.contract in self.contracts and one.helper in self.helpers and one.kind in self.kinds
        ]
        self.by_contract: dict[str, list[DatedVisit]] = defaultdict(list)
        for visit in self.visits:
            self.by_contract[visit.contract].append(visit)
        self.told: dict[str, ToldVisit] = {one.id: one for one in problem.told}
        self.asked: list[Asked] = list(Book(problem, plan).asked())
        self.past: dict[str, list[PastVisit]] = defaultdict(list)
        self.made_this_month: dict[str, set[str]] = defaultdict(set)
        self.weeks: Counter[tuple[str | None, tuple[int, int]]] = Counter()
        for past in problem.history:
            self.past[past.contract].append(past)
            if past.outcome == "done":
                self.weeks[past.helper, week_of(past.day)] += self.minutes(past.contract, past.kind)
                if past.helper is not None and _month_of(past.day) == _month_of(problem.day):
                    self.made_this_month[past.helper].add(past.contract)
        self.lapsed = self._lapsed()

    def minutes(self, contract: str, kind: str) -> int:
        """How long a visit takes there."""
        return self.contracts[contract].minutes.get(kind, self.kinds[kind].minutes)

    def room(self, helper: ContractHelper, day: int) -> int:
        """What the helper has on the day; 0 where they do not work."""
        if day in self.problem.holidays or day in helper.absent:
            return 0
        for one in helper.days:
            if one.day == day:
                return one.minutes
        works = date(day).isoweekday() in helper.weekdays or day in self.problem.workdays
        return helper.minutes if works else 0

    def stays(self, told: ToldVisit) -> bool:
        """Whether the told visit is pinned or inside the notice."""
        return told.pin or told.day < self.problem.day + self.contracts[told.contract].notice

    def days(self) -> dict[tuple[str, int], list[DatedVisit]]:
        """Visits by helper and day."""
        found: dict[tuple[str, int], list[DatedVisit]] = defaultdict(list)
        for visit in self.visits:
            found[visit.helper, visit.day].append(visit)
        return found

    def day_work(self, helper: ContractHelper, visits: list[DatedVisit]) -> int:
        """Minutes of a helper's day: visits, and the way to each contract once."""
        work = sum(self.minutes(one.contract, one.kind) for one in visits)
        return work + helper.way_minutes * len({one.contract for one in visits})

    def stands(self, told: ToldVisit, visits: list[DatedVisit]) -> Rule | None:
        """The rule that keeps the told visit from its day and helper beside ``visits``; None if it can stand."""
        contract, helper, kind = self.contracts[told.contract], self.helpers.get(told.helper), self.kinds[told.kind]
        if helper is None or not allowed(contract, helper.id):
            return Rule.ALLOWED
        if not agreed(self.problem, contract, told.day):
            return Rule.AGREED_DAY
        if kind.skill and not any(covers(held, kind.skill, kind.level, told.day) for held in helper.skills):
            return Rule.SKILL
        one = DatedVisit(contract=told.contract, kind=told.kind, day=told.day, helper=helper.id, minutes=0)
        same_day = [other for other in visits if other.helper == helper.id and other.day == told.day]
        if self.day_work(helper, [*same_day, one]) > self.room(helper, told.day):
            return Rule.MINUTES_CAP
        mine = [*(other for other in visits if other.helper == helper.id), one]
        if helper.max_week is not None and self.week_work(helper, told.day, mine) > helper.max_week:
            return Rule.WEEK_MINUTES
        if helper.max_contracts is not None and self.over_contracts(helper, helper.max_contracts, mine[:-1], one):
            return Rule.CONTRACTS_CAP
        beside = [other for other in visits if other.contract == told.contract]
        near = any(self.too_near(contract, one, other) for other in beside) or self.too_near_before(contract, one)
        return Rule.APART if near else None

    def week_work(self, helper: ContractHelper, day: int, visits: list[DatedVisit]) -> int:
        """Minutes of visits in the week of ``day``: of ``visits``, and of those made before."""
        week = week_of(day)
        work = sum(self.minutes(one.contract, one.kind) for one in visits if week_of(one.day) == week)
        return work + self.weeks[helper.id, week]

    def over_contracts(
        self, helper: ContractHelper, most: int, others: list[DatedVisit], one: DatedVisit | None = None
    ) -> int:
        """The contracts of ``helper`` if ``one`` beside ``others`` brings them over ``most``; without one, if they are.

        In all of the plan, and in the month of its first day with what was made then.
        """
        month = _month_of(self.problem.day)
        made = self.made_this_month[helper.id]
        in_month = {visit.contract for visit in others if _month_of(visit.day) == month}
        in_all = {visit.contract for visit in others}
        if one is None:
            counts = [len(in_all), len(made | in_month) if in_month - made else 0]
        else:
            counts = [0 if one.contract in in_all else len(in_all) + 1]
            if _month_of(one.day) == month and one.contract not in made | in_month:
                counts.append(len(made | in_month) + 1)
        return next((count for count in counts if count > most), 0)

    def replaces(self, contract: str, kind: str, day: int) -> bool:
        """Whether a visit of the kind on the day may be in the place of one of its period that lapsed."""
        counts = {kind, *self.kinds[kind].counts_as}
        return any(first <= day <= last and part in counts for first, last, part in self.lapsed.get(contract, ()))

    def _lapsed(self) -> dict[str, list[tuple[int, int, str]]]:
        """By contract the periods in which a visit was missed or failed: first and last day, as what it counted."""
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for asked in self.asked if any(past.outcome != "done" for past in self.problem.history) else ():
            lost = [past for past in self.past[asked.contract.id] if past.outcome != "done"]
            if not lost or asked.kind == "open":
                continue
            first, last = (one.toordinal() - date(0).toordinal() for one in (asked.first, asked.last))
            for part, *_ in asked.parts:
                if any(one.day >= first and part in (one.kind, *self.kinds[one.kind].counts_as) for one in lost):
                    until = self.problem.last if asked.kind == "overdue" else last
                    found[asked.contract.id].append((first, until, part))
        return found

    def told_so(self, visit: DatedVisit) -> bool:
        """Whether the visit was told just so: that day, that helper."""
        told = self.told.get(visit.told or "")
        return told is not None and told.day == visit.day and told.helper == visit.helper

    def in_notice(self, visit: DatedVisit) -> bool:
        """Whether the visit lies inside the notice of its contract."""
        return visit.day < self.problem.day + self.contracts[visit.contract].notice

    def too_near(self, contract: Contract, one: DatedVisit, other: DatedVisit) -> int:
        """The days that two visits of a contract had to be apart, if they are not; else 0."""
        between = abs(one.day - other.day)
        if one.kind == other.kind and between == 0:
            return 1
        return self._spaced(contract, one.kind, other.kind, between)

    def too_near_before(self, contract: Contract, one: DatedVisit) -> int:
        """The same for a visit and all those made before the plan."""
        made = [past for past in self.past[contract.id] if past.outcome == "done"]
        return max((self._spaced(contract, one.kind, past.kind, one.day - past.day) for past in made), default=0)

    def _spaced(self, contract: Contract, kind: str, other: str, between: int) -> int:
        both = {kind, *self.kinds[kind].counts_as} & {other, *self.kinds[other].counts_as}
        asked = [promise.apart for promise in contract.promises if promise.kind in both and between < promise.apart]
        return max(asked, default=0)


def _month_of(day: int) -> tuple[int, int]:
    return date(day).year, date(day).month


def week_of(day: int) -> tuple[int, int]:
    """Year and number of the week (ISO 8601) that holds the day."""
    year, week, _ = date(day).isocalendar()
    return year, week


def allowed(contract: Contract, helper: str) -> bool:
    """Whether the contract lets the helper go."""
    return contract.among is None or helper in contract.among


def agreed(problem: ContractProblem, contract: Contract, day: int) -> bool:
    """Whether the day is planned and the contract allows it."""
    in_force = contract.first <= day <= (day if contract.last is None else contract.last)
    weekday = not contract.weekdays or date(day).isoweekday() in contract.weekdays
    return in_force and weekday and day not in problem.holidays and problem.day <= day <= problem.last


def visit_skill(facts: ContractFacts) -> Iterator[Finding]:
    """The helper holds the skill on the day."""
    for visit in facts.visits:
        kind = facts.kinds[visit.kind]
        held = facts.helpers[visit.helper].skills
        if kind.skill is not None and not any(covers(one, kind.skill, kind.level, visit.day) for one in held):
            yield _found(Rule.SKILL, visit, f"{visit.helper} does not hold {kind.skill} at level {kind.level}")


def visit_allowed(facts: ContractFacts) -> Iterator[Finding]:
    """Only those go whom the contract allows."""
    for visit in facts.visits:
        if not allowed(facts.contracts[visit.contract], visit.helper):
            yield _found(Rule.ALLOWED, visit, f"{visit.helper} is not among those who may go")


def agreed_day(facts: ContractFacts) -> Iterator[Finding]:
    """The day is one of the plan and one the contract allows."""
    for visit in facts.visits:
        if not agreed(facts.problem, facts.contracts[visit.contract], visit.day):
            yield _found(Rule.AGREED_DAY, visit, "the contract does not allow the day, or it is not planned")


def workday(facts: ContractFacts) -> Iterator[Finding]:
    """The helper works on the day."""
    for visit in facts.visits:
        if facts.room(facts.helpers[visit.helper], visit.day) == 0:
            yield _found(Rule.WORKDAY, visit, f"{visit.helper} does not work on that day")


def apart(facts: ContractFacts) -> Iterator[Finding]:
    """Visits that count for the same promise are far enough apart, those made before included."""
    for name, visits in list(facts.by_contract.items()):
        contract = facts.contracts[name]
        for one, other in combinations(sorted(visits, key=lambda visit: visit.day), 2):
            least = facts.too_near(contract, one, other)
            if least:
                yield _found(Rule.APART, other, f"{other.day - one.day} days after another, {least} are agreed")
        for one in visits:
            least = facts.too_near_before(contract, one)
            if least:
                yield _found(Rule.APART, one, f"less than {least} days after one made before")


def day_minutes(facts: ContractFacts) -> Iterator[Finding]:
    """No day holds more minutes than its helper has."""
    for (name, day), visits in sorted(facts.days().items()):
        helper = facts.helpers[name]
        work, room = facts.day_work(helper, visits), facts.room(helper, day)
        if room and work > room:
            message = f"{name} has {work} minutes of work on {date(day)}, with {room} in the day."
            yield Finding(rule=Rule.MINUTES_CAP, message=message, worker=name, value=work, limit=room)
    for visit in facts.visits:
        if visit.minutes != facts.minutes(visit.contract, visit.kind):
            long = facts.minutes(visit.contract, visit.kind)
            yield _found(Rule.MINUTES_CAP, visit, f"planned for {visit.minutes} minutes, it takes {long}")


def week_minutes(facts: ContractFacts) -> Iterator[Finding]:
    """No week holds more minutes of visits than its helper's cap."""
    for helper in facts.problem.helpers:
        mine = [visit for visit in facts.visits if visit.helper == helper.id]
        firsts = {week_of(visit.day): visit.day for visit in mine}
        for day in sorted(firsts.values()) if helper.max_week is not None else ():
            work = facts.week_work(helper, day, mine)
            if helper.max_week is not None and work > helper.max_week:
                message = f"{helper.id} has {work} minutes of visits in the week of {date(day)}, over the cap."
                yield Finding(
                    rule=Rule.WEEK_MINUTES, message=message, worker=helper.id, value=work, limit=helper.max_week
                )


def contracts_cap(facts: ContractFacts) -> Iterator[Finding]:
    """No helper visits more contracts than the cap, in the plan and in the month it begins in."""
    for helper in facts.problem.helpers:
        if helper.max_contracts is None:
            continue
        mine = [visit for visit in facts.visits if visit.helper == helper.id]
        count = facts.over_contracts(helper, helper.max_contracts, mine)
        if count:
            message = f"{helper.id} visits {count} contracts, the cap is {helper.max_contracts}."
            yield Finding(
                rule=Rule.CONTRACTS_CAP, message=message, worker=helper.id, value=count, limit=helper.max_contracts
            )


def notice(facts: ContractFacts) -> Iterator[Finding]:
    """Inside the notice only what was told so is dated, and what replaces a lapsed visit."""
    for visit in facts.visits:
        stands = not facts.in_notice(visit) or facts.told_so(visit)
        if not (stands or facts.replaces(visit.contract, visit.kind, visit.day)):
            yield _found(Rule.NOTICE, visit, "it was not told so, and the day is inside the notice")


def told_pin(facts: ContractFacts) -> Iterator[Finding]:
    """What is pinned or inside the notice stays, unless a rule forbids it beside the others that stay."""
    carried = {visit.told: visit for visit in facts.visits if visit.told is not None}
    fixed = [told for told in facts.problem.told if facts.stays(told)]
    kept = [told for told in fixed if told.id in carried and _same(carried[told.id], told)]
    beside = [carried[told.id] for told in kept]
    for told in fixed:
        if told not in kept and facts.stands(told, beside) is None:
            message = f"The told visit {told.id} stays on {date(told.day)} with {told.helper}, nothing forbids it."
            yield Finding(rule=Rule.PIN, message=message, visit=told.id, worker=told.helper)


def _same(visit: DatedVisit, told: ToldVisit) -> bool:
    return visit.day == told.day and visit.helper == told.helper


def told_once(facts: ContractFacts) -> Iterator[Finding]:
    """Every told visit is carried on once, by a visit of its contract and kind, or called off with a reason."""
    plan = facts.plan
    carried = Counter(visit.told for visit in plan.visits if visit.told is not None)
    off = Counter(one.id for one in plan.called_off)
    for told in facts.problem.told:
        if carried[told.id] + off[told.id] != 1:
            times = f"carried on {carried[told.id]} times and called off {off[told.id]} times"
            yield Finding(rule=Rule.ONCE, message=f"The told visit {told.id} is {times}.", visit=told.id)
    for name in sorted({*carried, *off} - set(facts.told)):
        yield Finding(rule=Rule.ONCE, message=f"No visit {name} was told.", visit=name)
    for one in plan.called_off:
        if not one.reasons:
            yield Finding(rule=Rule.ONCE, message=f"{one.id} is called off without a reason.", visit=one.id)
    for visit in plan.visits:
        was = facts.told.get(visit.told or "")
        if was is not None and (was.contract, was.kind) != (visit.contract, visit.kind):
            yield _found(Rule.ONCE, visit, f"it carries on {was.id}, which is another contract's or of another kind")
        if visit.contract not in facts.contracts or visit.kind not in facts.kinds or visit.helper not in facts.helpers:
            yield _found(Rule.ONCE, visit, "the contract, the kind or the helper is unknown")


def promise(facts: ContractFacts) -> Iterator[Finding]:
    """What is broken is named, with what it is short of and why, and nothing else is; the bound is no higher."""
    real = {}
    for asked in facts.asked:
        short = tuple((kind, need, made) for kind, need, _, made in asked.parts if made < need)
        if asked.kind == "hard" and short:
            real[asked.contract.id, asked.promise, asked.first, asked.last] = short
    named = {}
    for one in facts.plan.broken:
        key = (one.contract, one.promise, date(one.first), date(one.last))
        named[key] = tuple((part.kind, part.need, part.have) for part in one.short)
        if not one.reasons:
            yield _broken(key, "is named as broken without a reason")
    if len(named) < len(facts.plan.broken):
        yield Finding(rule=Rule.PROMISE, message="A broken promise is named twice.")
    for key in sorted({*real, *named}):
        if key not in named:
            yield _broken(key, "is broken but not named")
        elif key not in real:
            yield _broken(key, "is named as broken but kept")
        elif named[key] != real[key]:
            yield _broken(key, f"is short of {real[key]}, the plan says {named[key]}")
    if facts.plan.bound > len(real):
        message = f"No plan is said to break fewer than {facts.plan.bound} promises, this one breaks {len(real)}."
        yield Finding(rule=Rule.PROMISE, message=message, value=facts.plan.bound, limit=len(real))


def _broken(key: tuple[str, str, object, object], what: str) -> Finding:
    message = f"Promise {key[1]} of {key[0]} from {key[2]} to {key[3]} {what}."
    return Finding(rule=Rule.PROMISE, message=message, visit=key[0])


def sample(facts: ContractFacts) -> Iterator[Finding]:
    """The samples are those that the seeds draw."""
    if list(facts.plan.samples) != draws(facts.problem):
        yield Finding(rule=Rule.DRAW, message="The samples of the reviews are not those their seeds draw.")


def _found(rule: Rule, visit: DatedVisit, what: str) -> Finding:
    message = f"The {visit.kind} visit to {visit.contract} on {date(visit.day)} by {visit.helper}: {what}."
    return Finding(rule=rule, message=message, visit=visit.contract, worker=visit.helper)
