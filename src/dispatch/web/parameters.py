"""Parameters nobody reads are refused: who misspells a filter would take the whole for what was filtered."""

from __future__ import annotations

from typing import Any

from litestar import Request

from dispatch.model.quoting import may_quote
from dispatch.web.problems import Problem, Refusal


def check_parameters(request: Request[Any, Any, Any]) -> None:
    """Raise `Refusal` (400) where the query of ``request`` has a parameter that its path does not take.

    What a path takes is what the OpenAPI document says of it, so that neither can be changed without the other.
    """
    given = list(dict.fromkeys(request.query_params))
    if not given:
        return
    operation = request.app.state.document()["paths"][request.scope["path_template"]].get(request.method.lower())
    # The page is the same whatever a messenger hangs onto a link to it.
    if operation is None or "page" in operation["tags"]:
        return
    known = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    for number, name in enumerate(given, 1):
        if name not in known:
            raise Refusal(400, _unknown(name, number, known))


def _unknown(name: str, number: int, known: list[str]) -> Problem:
    # What stands where a name should may be anything, also a number to call.
    found = f"There is no parameter {name!r} here." if may_quote(name) else f"Parameter {number} is none that is known."
    hint = f"one of {', '.join(sorted(known))} was meant." if known else "it was meant for another path: none is known."
    return Problem(code="unknown_parameter", reason=found, hint=hint)
