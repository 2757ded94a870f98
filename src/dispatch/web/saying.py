"""Requests, reports and directions over HTTP: the bytes go to the desk as they came, and the desk decides."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from dispatch.model.errors import FormError
from dispatch.model.quoting import may_quote
from dispatch.requests.answer import Answer
from dispatch.store.subjects import DIRECT, REPORT, REQUEST, Address, parse_said
from dispatch.web.context import Context
from dispatch.web.problems import Problem, Refusal, answers, refuse, told

MAX_BODY_BYTES = 2**20
"""Four times what the desk reads, so that it is the desk that refuses what is merely too long, and keeps it."""

_STATUS = {"id_conflict": 409, "too_large": 413, "internal_error": 500}
"""Rejections with a status of their own; every other one is 422."""

_REFUSED = {
    400: told("The area, kind, worker or verb is no token. Nothing was kept."),
    409: told("`id_conflict`: this id was accepted before with other content."),
    413: told("The body is too large."),
    415: told("The Content-Type is not application/json. Nothing was kept."),
    422: told("Rejected by the desk; kept with its bytes among the rejected."),
    503: told("NATS is away, or did not say whether it kept the message."),
}


class Kept(Struct, frozen=True, kw_only=True):
    """Kept, not decided yet: it will be as soon as a desk runs. ``position`` is that among all that was said."""

    position: int
    reason: str = "It is kept, and no desk has decided it yet."
    hint: str = "sent again with the same id it gets the decision; no second work order comes of it."


_KEPT = answers(Kept, "Kept, but no desk answered in time; nothing is lost.")
_NOTED = "Noted, now or before."


def _saying(
    operation_id: str, path: str, summary: str, description: str, accepted: str, *, status_code: int = 200
) -> post:
    """Decorates a handler that says something; ``accepted``: what ``status_code`` means."""
    return post(
        path,
        status_code=status_code,
        summary=summary,
        description=description,
        tags=["say"],
        operation_id=operation_id,
        responses={status_code: answers(Answer, accepted), 202: _KEPT, **_REFUSED},
    )


@_saying(
    "submitRequest",
    "/requests/{area:str}/{kind:str}",
    "Submit a request",
    "Published as it is on `request.<area>.<kind>`; the answer is the desk's decision. The same request again gets the "
    "same answer and opens no second work order.",
    "Accepted, now or before; `Location` is the work order.",
    status_code=201,
)
async def submit_request(
    request: Request[Any, Any, Any], here: NamedDependency[Context], area: FromPath[str], kind: FromPath[str]
) -> Response[Answer | Kept]:
    """A repair, cleaning or patrol asked for."""
    return await _say(request, here, Address(REQUEST, area, kind))


@_saying(
    "submitReport",
    "/reports/{area:str}/{worker:str}",
    "Report from the field",
    "Published as it is on `report.<area>.<worker>`.",
    _NOTED,
)
async def submit_report(
    request: Request[Any, Any, Any], here: NamedDependency[Context], area: FromPath[str], worker: FromPath[str]
) -> Response[Answer | Kept]:
    """What a worker says about a visit or about being there at all."""
    return await _say(request, here, Address(REPORT, area, worker))


@_saying(
    "submitDirection",
    "/directions/{area:str}/{verb:str}",
    "Direct",
    "Published as it is on `direct.<area>.<verb>`.",
    _NOTED,
)
async def submit_direction(
    request: Request[Any, Any, Any], here: NamedDependency[Context], area: FromPath[str], verb: FromPath[str]
) -> Response[Answer | Kept]:
    """What a dispatcher decides: master data, pins, cancellations, follow-up calls, absences."""
    return await _say(request, here, Address(DIRECT, area, verb))


async def _say(request: Request[Any, Any, Any], here: Context, to: Address) -> Response[Answer | Kept]:
    try:
        parse_said(to.subject)
    except FormError as error:
        raise refuse(400, error) from error
    _check_content_type(request)
    outcome = await here.say(to.subject, await request.body())
    answer = outcome.answer
    if answer is None:
        return Response(Kept(position=outcome.position), status_code=202)
    if answer.decision == "rejected":
        problem = Problem(code=answer.code, reason=answer.reason, hint=answer.hint, position=outcome.position)
        raise Refusal(_STATUS.get(answer.code, 422), problem)
    if answer.decision == "noted":
        return Response(answer, status_code=200)
    return Response(answer, status_code=201, headers={"Location": f"/orders/{answer.area}/{answer.order}"})


def _check_content_type(request: Request[Any, Any, Any]) -> None:
    # A page of somebody else's can have a browser post anything but JSON here without asking us first.
    found = request.headers.get("content-type", "")
    if found.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(
            415,
            Problem(
                code="unsupported_media_type",
                reason=f"The Content-Type is {_media_type(found)}; it must be application/json.",
                hint="with curl, add -H 'Content-Type: application/json'.",
            ),
        )


def _media_type(header: str) -> str:
    """What a Content-Type says, if it is one: else it may be anything."""
    found = header.partition(";")[0].strip()
    parts = found.split("/")
    return repr(found) if len(parts) == 2 and all(map(may_quote, parts)) else "another"


HANDLERS: tuple[Any, ...] = (submit_request, submit_report, submit_direction)
