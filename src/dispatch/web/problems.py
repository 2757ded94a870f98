"""What goes wrong, as `Problem` JSON: one shape for every refusal, and never a traceback."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi import ResponseSpec
from msgspec import Struct

from dispatch.model.errors import DispatchError, FormError, StoreError, Uncertain
from dispatch.store.server_errors import MessageTooLarge

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

_CODES = {
    400: "bad_parameter",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "unsupported_media_type",
}
_HINTS = {
    400: "the OpenAPI document at /openapi.json shows what is allowed.",
    404: "the OpenAPI document at /openapi.json shows every path.",
    405: "the OpenAPI document at /openapi.json shows the method.",
    413: "pictures belong elsewhere, with a reference to them here.",
}
_SEND_AGAIN = "it was kept all the same; the same id sent again is never accepted twice."


class Problem(Struct, kw_only=True, omit_defaults=True):
    """Why something was not done.

    ``code`` is a stable word for machines, ``reason`` a sentence with the value at fault, ``hint`` what may help.
    ``position``: where the refused message is kept, if it is (`dispatch rejected show POSITION`).
    """

    code: str
    reason: str
    hint: str = ""
    position: int | None = None


def answers(form: type[Struct], description: str, *, media_type: str = "application/json") -> ResponseSpec:
    """How an answer is described in the OpenAPI document."""
    return ResponseSpec(form, description=description, media_type=media_type, generate_examples=False)


def told(description: str) -> ResponseSpec:
    """How a refusal is described in the OpenAPI document."""
    return answers(Problem, description, media_type=MEDIA_TYPE)


class Refusal(Exception):
    """Ends a request with ``status`` and a `Problem`."""

    def __init__(self, status: int, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.status = status
        self.problem = problem


def refuse(status: int, error: DispatchError) -> Refusal:
    """The refusal that says what ``error`` says."""
    return Refusal(status, Problem(code=error.code, reason=error.message, hint=error.hint))


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The response for anything raised while a request is handled."""
    status, problem = _told(error)
    if status == 500:
        # Neither the path nor the words of the error: both may be what somebody sent.
        where = "".join(traceback.format_tb(error.__traceback__))
        path = request.scope.get("path_template", "a path of nobody's")
        log.error("%s %s failed: %s\n%s", request.method, path, type(error).__name__, where)
    headers = {"Retry-After": "1"} if status == 503 else {}
    return Response(problem, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def _told(error: Exception) -> tuple[int, Problem]:
    match error:
        case Refusal():
            return error.status, error.problem
        case MessageTooLarge():
            return 413, Problem(code="too_large", reason=error.message, hint=error.hint)
        case Uncertain():
            return 503, Problem(code=error.code, reason=error.message, hint=_SEND_AGAIN)
        case StoreError():
            return 503, Problem(code=error.code, reason=error.message, hint=error.hint)
        case FormError():
            return 500, Problem(code=error.code, reason=error.message, hint=error.hint)
        case HTTPException() if error.status_code < 500:
            status = error.status_code
            code = _CODES.get(status, f"http_{status}")
            return status, Problem(code=code, reason=_reason(error), hint=_HINTS.get(status, ""))
    return 500, Problem(
        code="internal_error",
        reason="Something went wrong here.",
        hint="the log of the web service says more.",
    )


def _reason(error: HTTPException) -> str:
    """The parameters at fault by name, if any are; else what the framework says. No value is repeated."""
    extra = error.extra if isinstance(error.extra, list) else []
    faults = [f"{one.get('key')}: {_fault(str(one.get('message')))}" for one in extra if isinstance(one, dict)]
    if faults:
        return f"{'; '.join(faults)}."
    return "The request is not what it must be." if error.status_code == 400 else f"{error.detail.rstrip('.')}."


def _fault(message: str) -> str:
    """What the decoder says of a parameter; of a word that is none of those allowed it would repeat the word."""
    return "None of the words allowed" if message.startswith("Invalid enum value") else message
