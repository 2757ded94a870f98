"""The command ``why``: of a plan in a file why visits are where they are, what else there would be, what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dispatch.cli.common import AsJson, ProblemFile, print_json, read_as, say, sound
from dispatch.model.errors import ProblemError
from dispatch.services.console import one_line
from dispatch.solver.checks.facts import clock
from dispatch.solver.plan import RoutePlan
from dispatch.solver.problem import RouteProblem
from dispatch.solver.rules import Rule

if TYPE_CHECKING:
    from dispatch.solver.why import Beside, Why


_TRIED = 40_000
"""How long changes are looked for, in stops tried: most of a second for one visit, where nobody is waiting for it."""


def why(
    problem: ProblemFile,
    plan: Annotated[Path, typer.Argument(help="A plan for its routes (JSON).")],
    visits: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[VISIT]...", help="Visits to explain; without: what the plan costs, and what is left out."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say why visits are where a plan has them: where else they could be and at what cost; what is in the way."""
    from dispatch.solver.checks import cost
    from dispatch.solver.why import ready, why_in

    asked = read_as(problem, RouteProblem, "routing problem")
    answer = read_as(plan, RoutePlan, "plan for routes")
    known = {one.id: index for index, one in enumerate(asked.visits)}
    for visit in visits or ():
        if visit not in known:
            near = " or ".join(get_close_matches(visit, known, n=3)) or "one of the ids in its visits"
            raise ProblemError(f"There is no visit {visit!r} in {problem}.", hint=f"{near} was meant.")
    # What it costs is counted anew here.
    sound(asked, answer, problem, plan, priced=False)
    planned = {stop.visit for route in answer.routes for stop in route.stops}
    state = ready(asked, answer)
    asked_about = visits or [name for name in known if name not in planned]
    found = [why_in(state, known[visit], tried=_TRIED) for visit in asked_about]
    by_rule = None if visits else cost(asked, answer)
    if as_json:
        print_json({"visits": found} if by_rule is None else {"cost": by_rule, "visits": found})
        return
    if by_rule is not None:
        say(f"The plan costs {sum(by_rule.values()):g} min: {_by_rule(by_rule)}.")
    for one in found:
        first, *more = _lines(asked, one)
        say(one_line(first))
        for line in more:
            say(f"  {one_line(line)}")


def _lines(problem: RouteProblem, found: Why) -> Iterator[str]:
    """What there is to say about a visit, the first line where it is."""

    at = partial(clock, problem)

    def there(one: Beside) -> str:
        return "left out" if one.start is None else f"{', '.join(one.workers)} at {at(one.start)}"

    if found.start is None:
        yield f"{found.visit} is left out."
    else:
        yield f"{found.visit}: {', '.join(found.workers)} at {at(found.start)}."
    for one in found.bound:
        yield f"tied to {one.visit}: {there(one)}"
    for reason in found.reasons:
        yield f"{reason.rule}: {reason.message}{_hint(reason.hint)}"
    for other in found.alternatives:
        along = "".join(f"; with it {one.visit}: {there(one)}" for one in other.along)
        price = f"{other.dearer:+g} min ({_by_rule(other.by_rule, signed=True)})"
        yield f"or {', '.join(other.workers)} at {at(other.start)}: {price}{along}"
    if found.start is not None and not found.alternatives:
        yield "There is no other place for it."
    for hindrance in found.hindrances:
        yield f"not {hindrance.worker}: {hindrance.rule}{_hint(hindrance.hint)}"
        for one in hindrance.then if hindrance.changes else ():
            if one.visit != found.visit or len(one.workers) > 1:
                yield f"  then {one.visit}: {there(one)}"


def _hint(hint: str) -> str:
    return f" ({hint})" if hint else ""


def _by_rule(costs: Mapping[Rule, float], *, signed: bool = False) -> str:
    return ", ".join(f"{rule} {value:{'+' if signed else ''}g}" for rule, value in costs.items() if value) or "nothing"
