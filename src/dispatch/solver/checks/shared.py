"""Hard rule across routes: of a shared tool no more pieces are under way than there are."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.solver.checks.facts import Facts
from dispatch.solver.checks.hours import last_moment
from dispatch.solver.plan import Finding, Route
from dispatch.solver.problem import Duty, SharedTool, Worker
from dispatch.solver.rules import Rule


def shared_tools(facts: Facts) -> Iterator[Finding]:
    """At no moment more duties have a piece of a shared tool along than there are pieces.

    A duty has one from its beginning to its last moment if a visit on it asks for the tool, unless its worker carries
    one of their own or the duty has taken one before. The first to begin get theirs; each of the others is a finding.
    """
    for tool in facts.problem.shared:
        under_way: list[Duty] = []
        for worker, duty in _takers(facts, tool):
            begins = duty.span.start
            out = sum(last_moment(other) > begins for other in under_way)
            if out < tool.pieces:
                under_way.append(duty)
                continue
            yield Finding(
                rule=Rule.SHARED_TOOLS,
                message=f"Duty {duty.id} of {worker.id} takes {tool.id} along at {facts.clock(begins)}, when "
                f"{out} of {tool.pieces} pieces are under way.",
                worker=worker.id,
                duty=duty.id,
                value=out + 1,
                limit=tool.pieces,
            )


def _takers(facts: Facts, tool: SharedTool) -> list[tuple[Worker, Duty]]:
    """The duties that need a piece of ``tool``, each once, in the order in which they begin."""
    found: dict[tuple[str, str], tuple[Worker, Duty]] = {}
    for route, worker, duty in facts.routes:
        if tool.id not in (*worker.tools, *duty.taken) and _asked(facts, route, tool):
            found[worker.id, duty.id] = worker, duty
    # A duty of no length is over as soon as it begins.
    lasting = ((worker, duty) for worker, duty in found.values() if duty.span.start < last_moment(duty))
    return sorted(lasting, key=lambda one: (one[1].span.start, one[0].id, one[1].id))


def _asked(facts: Facts, route: Route, tool: SharedTool) -> bool:
    return any(tool.id in visit.tools for visit in facts.work(route))
