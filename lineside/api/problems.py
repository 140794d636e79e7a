"""Errors as RFC 9457 has them: whoever asks gets one sentence that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from lineside.api.headers import NOT_KEPT, NOTHING_RUNS, SECURITY_HEADERS
from lineside.api.limits import TooMany, WrongPassword
from lineside.api.models import Problem
from lineside.api.ports import UnknownAccount
from lineside.errors import Conflict, LinesideError, Malformed, Misconfigured, Refused, Unavailable
from lineside.releases.desk import UnknownRelease

STATUS_OF: dict[type[LinesideError], HTTPStatus] = {
    Malformed: HTTPStatus.BAD_REQUEST,
    Refused: HTTPStatus.CONFLICT,
    Conflict: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    Misconfigured: HTTPStatus.INTERNAL_SERVER_ERROR,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    WrongPassword: HTTPStatus.UNAUTHORIZED,
    UnknownAccount: HTTPStatus.NOT_FOUND,
    UnknownRelease: HTTPStatus.NOT_FOUND,
}
"""What an error of ours is to a caller. Every class in `errors.py` is here; a test says so."""

SOON_SECONDS = 5
"""When to try a neighbour again that did not answer."""


def add_problems(app: FastAPI) -> None:
    """Every error of this application becomes a problem."""
    app.add_exception_handler(LinesideError, _ours)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)


def problem(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """An answer as RFC 9457 has it. What is no text at all, such as half a character, is shown as a question mark."""
    readable = detail.encode("utf-8", "replace").decode()
    body = Problem(title=status.phrase, status=status, detail=readable).model_dump()
    return JSONResponse(body, status, headers=dict(headers or {}), media_type="application/problem+json")


async def _ours(_: Request, error: Exception) -> JSONResponse:
    status = next(
        (STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), HTTPStatus.INTERNAL_SERVER_ERROR
    )
    return problem(status, str(error), _when_to_come_back(error))


def _when_to_come_back(error: Exception) -> dict[str, str]:
    if isinstance(error, TooMany):
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"Retry-After": str(SOON_SECONDS)} if isinstance(error, Unavailable) else {}


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - how it was registered
    return problem(HTTPStatus(error.status_code), str(error.detail), error.headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how it was registered
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "; ".join(map(_sentence, error.errors())))


async def _unforeseen(_: Request, __: Exception) -> JSONResponse:
    """A mistake of ours. The server's log has it; whoever asked is told no more than that."""
    headers = {**SECURITY_HEADERS, "Content-Security-Policy": NOTHING_RUNS, "Cache-Control": NOT_KEPT}
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "something went wrong here that should not; the log says what", headers
    )


def _sentence(mistake: Mapping[str, Any]) -> str:
    where = ".".join(map(str, mistake["loc"][1:])) or str(mistake["loc"][0])
    return f"{where}: {_said(str(mistake['type']), mistake.get('ctx', {}), mistake) or mistake['msg']}"


def _said(kind: str, about: Mapping[str, Any], mistake: Mapping[str, Any]) -> str:
    """The commonest mistakes in words that fit a text field; "" for all others."""
    if kind == "string_too_long":
        given = mistake.get("input")
        length = f"; this has {len(given):,}" if isinstance(given, str) else ""
        return f"at most {about['max_length']:,} characters{length}"
    is_empty = kind == "string_too_short" and about.get("min_length") == 1
    if is_empty or (kind == "string_pattern_mismatch" and about.get("pattern") == r"\S"):
        return "must not be empty"
    return {"missing": "is missing", "extra_forbidden": "is not known here"}.get(kind, "")
